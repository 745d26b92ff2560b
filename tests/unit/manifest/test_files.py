import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.manifest import codes
from pipeline.manifest.files import Listing, match_files, picture_id
from pipeline.manifest.places import Problems, Source


def match(patterns, files, reference=None, escaping=()):
    problems = Problems(Source("c.yaml", ""))
    found = match_files(
        [(("images", "x", index), pattern) for index, pattern in enumerate(patterns)],
        None if reference is None else (("images", "x", "reference"), reference),
        Listing(tuple(files), frozenset(escaping)),
        problems,
    )
    return found, problems.found


def ids(patterns, files):
    found, problems = match(patterns, files)
    assert problems == []
    return {name: path for path, name in found.ids.items()}


@pytest.mark.parametrize(
    ("path", "folder", "name"),
    [
        ("images/anna/Front.JPG", "images/anna", "front"),
        ("images/anna/front.jpg", "images", "anna--front"),
        ("a/b/c/d.tar.gz", "a", "b--c--d.tar"),
        ("Look 01 (final)_v2.jpg", "", "look-01-final-_v2"),
        ("Über Straße.png", "", "uber-strasse"),
        ("写真.jpg", "", "u5199-u771f"),
        ("写真1.jpg", "", "1"),
        (".hidden.jpg", "", "hidden"),
        ("noending", "", "noending"),
        ("-x-.jpg", "", "x"),
        ("a..jpg", "", "a"),
    ],
)
def test_what_pictures_are_called(path, folder, name):
    assert picture_id(path, folder) == name


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=8).filter(lambda t: "/" not in t), min_size=1))
def test_ids_can_stand_in_addresses(parts):
    name = picture_id("/".join(parts), "")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert name
    assert not name.startswith(".")


def test_pictures_come_in_byte_order_of_their_ids():
    files = ["images/b.jpg", "images/a10.jpg", "images/B2.jpg", "images/a-1.jpg"]
    assert list(ids(["images/*.jpg"], files)) == ["a-1", "a10", "b", "b2"]


def test_a_new_file_never_renames_the_others():
    before = ids(["images/**/*.jpg"], ["images/anna/front.jpg"])
    after = ids(["images/**/*.jpg"], ["images/anna/front.jpg", "images/new/deep/front.jpg"])
    assert before == {"anna--front": "images/anna/front.jpg"}
    assert after.items() >= before.items()


def test_several_patterns_share_a_common_folder():
    files = ["images/anna/a.jpg", "images/bea/a.jpg"]
    assert ids(["images/anna/*.jpg", "images/bea/*.jpg"], files) == {
        "anna--a": files[0],
        "bea--a": files[1],
    }
    assert ids(["images/anna/a.jpg"], files) == {"a": files[0]}


def test_a_file_that_two_patterns_match_is_one_picture():
    found, problems = match(["images/*.jpg", "./images//a.jpg"], ["images/a.jpg"])
    assert problems == []
    assert found.ids == {"images/a.jpg": "a"}
    assert found.places == {"images/a.jpg": ("images", "x", 0)}


def test_a_name_that_looks_like_a_pattern_is_itself_first():
    files = ["images/a[1].jpg", "images/a1.jpg"]
    assert ids(["images/a[1].jpg"], files) == {"a-1": files[0]}


def test_decomposed_names_are_found_and_kept_as_they_are():
    files = ["images/cafe\u0301.jpg"]
    assert ids(["images/caf\u00e9.jpg"], files) == {"cafe": files[0]}


def test_a_reference_is_wanted_only_if_files_match_it():
    files = ["images/anna/front.jpg", "images/anna/refs/face.jpg"]
    found, problems = match(["images/anna/*.jpg"], files, reference=files[1])
    assert problems == []
    assert list(found.ids) == [files[0]]
    assert found.reference == files[1]
    assert found.reference_id == "refs--face"
    assert found.places[files[1]] == ("images", "x", "reference")
    outside, _ = match(["images/anna/*.jpg"], [*files, "faces/a.jpg"], reference="faces/a.jpg")
    assert outside.reference_id == "a"


@pytest.mark.parametrize(
    "path",
    [
        "/a.jpg",
        "../a.jpg",
        "a/../b.jpg",
        "C:/a.jpg",
        "c:a.jpg",
        "a\\b.jpg",
        "~/a.jpg",
        "",
        ".",
        "//",
        "https://example.com/a.jpg",
        "\\\\host\\share\\a.jpg",
    ],
)
def test_paths_that_lead_elsewhere(path):
    found, problems = match([path], ["a.jpg"])
    assert [problem.code for problem in problems] == [codes.PATH]
    assert found.ids == {}
    _, problems = match(["a.jpg"], ["a.jpg"], reference=path)
    assert [problem.code for problem in problems] == [codes.PATH]


@pytest.mark.parametrize(
    ("pattern", "escaping", "found"),
    [
        ("images/*.jpg", ["images/a.jpg"], True),
        ("images/a.jpg", ["images/a.jpg"], True),
        ("images/*.jpg", ["images/notes.txt"], False),
        ("images/anna/*.jpg", ["images/anna/"], True),
        ("images/**/*.jpg", ["images/anna/"], True),
        ("images/*.jpg", ["images/anna/"], False),
        ("images/bag/*.jpg", ["images/anna/"], False),
    ],
)
def test_links_that_lead_out_of_the_folder(pattern, escaping, found):
    _, problems = match([pattern], ["images/b.jpg", "images/bag/b.jpg"], escaping=escaping)
    assert [problem.code for problem in problems] == ([codes.ESCAPING] if found else [])


def test_a_reference_through_a_link_is_refused():
    _, problems = match(["a.jpg"], ["a.jpg"], reference="r.jpg", escaping=["r.jpg"])
    assert [problem.code for problem in problems] == [codes.ESCAPING]


@pytest.mark.parametrize(
    ("pattern", "fix"),
    [
        ("images/anna/frnt.jpg", "did you mean `images/anna/front.jpg`?"),
        ("images/anna/FRONT.jpg", "did you mean `images/anna/front.jpg`?"),
        ("images/bea/front.jpg", "did you mean `images/anna/front.jpg`?"),
        ("images/anna", "write `images/anna/*.jpg`"),
        ("images/anna/*.png", "the nearest files are `images/anna/back.jpg` and"),
        ("image/anna/*.jpg", "did you mean `images/anna/*.jpg`?"),
        ("image/anna/*.png", "put the files into `image/anna/`"),
        ("pictures/*.jpg", "put the files into `pictures/`"),
        ("*.png", "the nearest files are `images/anna/back.jpg` and"),
        ("zzz.jpg", "add the file"),
    ],
)
def test_what_matches_nothing_names_the_nearest(pattern, fix):
    files = ["images/anna/back.jpg", "images/anna/front.jpg"]
    _, [problem] = match([pattern], files)
    assert problem.code == codes.NO_MATCH
    assert problem.fix.startswith(fix)


def test_long_ids_and_alike_ids_name_the_files():
    _, [problem] = match(["*.jpg"], ["A.jpg", "a.jpg"])
    assert problem.code == codes.ALIKE
    assert "`A.jpg`" in problem.what
    assert "`a.jpg`" in problem.what
    _, [problem] = match(["*/*.jpg"], [f"{'x' * 100}/{'y' * 100}.jpg"])
    assert problem.code == codes.LONG_ID
