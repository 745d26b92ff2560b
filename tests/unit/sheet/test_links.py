from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting.sheet.links import UnsafePathError, href

PAGE = "file:///outputs/spring/contact-sheet/index.html"
HOME = "/outputs/spring/"


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("thumbs/7b/7be1.webp", "thumbs/7b/7be1.webp"),
        ("../anna/front/t1.jpg", "../anna/front/t1.jpg"),
        ("a b/ü#1?.jpg", "a%20b/%C3%BC%231%3F.jpg"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("..hidden/x", "..hidden/x"),
        (".dot/x", ".dot/x"),
        ("100%/x", "100%25/x"),
        ('a"b<c>/x', "a%22b%3Cc%3E/x"),
        ("not-utf-8-\udcff.jpg", "not-utf-8-%FF.jpg"),
    ],
)
def test_each_part_is_encoded_by_itself(path, link):
    assert href(path) == link


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "..",
        "/",
        "/etc/passwd",
        "//host/x",
        "../../x",
        "../x/../../y",
        "a/..",
        "a/./b",
        "a//b",
        "a/",
        "..\\x",
        "\\\\host\\x",
        "a\x00b",
        "a\nb",
        "\tjavascript:x",
    ],
)
def test_what_leads_elsewhere_is_refused(path):
    with pytest.raises(UnsafePathError):
        href(path)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_link_stays_in_the_campaigns_outputs_and_names_the_very_path(path):
    try:
        link = href(path)
    except UnsafePathError:
        return
    target = urlsplit(urljoin(PAGE, link))
    assert (target.scheme, target.netloc, target.query, target.fragment) == ("file", "", "", "")
    assert target.path.startswith(HOME)
    assert unquote(link) == path
    assert link.isascii()
    assert not set(link) & set("\"'<>& ")
