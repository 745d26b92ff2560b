import pytest

from pipeline.domain.template import Placeholder, Stray, parse, render

VALUES = {"set": {"subject": "the woman"}, "variant": {"place": "a street", "a1_b": "x"}}


def test_placeholders_are_found_in_order_with_their_place():
    assert parse("Put {set.subject} in {variant.place}, {variant.place}.") == (
        [Placeholder("set", "subject", 4), Placeholder("variant", "place", 21),
         Placeholder("variant", "place", 38)],
        [],
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "{}", "{subject}", "{set}", "{set.}", "{.subject}", "{other.subject}", "{set.Subject}",
        "{set.1st}", "{ set.subject }", "{set.subject }", "{set.subject\n}", "{set.a.b}",
        "{set[subject]}", "{set.subject!r}", "{0}", "{set-subject}", "{set.sübject}",
    ],
)  # fmt: skip
def test_braces_that_are_no_placeholder_are_strays(text):
    assert parse(f"a {text} b") == ([], [Stray(text, 2)])


@pytest.mark.parametrize(
    ("text", "strays"),
    [
        ("a { b", [("{", 2)]),
        ("a } b", [("}", 2)]),
        ("{set.a}}", [("}", 7)]),
        ("{{set.a}}", [("{", 0), ("}", 8)]),
        ("{a{set.a}", [("{", 0)]),
    ],
)
def test_single_braces_are_strays(text, strays):
    assert [(s.text, s.offset) for s in parse(text)[1]] == strays


def test_rendering_fills_in_and_does_not_look_into_values():
    assert render("{set.subject} in {variant.place}", VALUES) == "the woman in a street"
    sly = {"set": {"subject": "{variant.place}"}, "variant": {"place": "x"}}
    assert render("{set.subject}", sly) == "{variant.place}"


def test_a_missing_value_is_named():
    with pytest.raises(KeyError) as missing:
        render("in {variant.light}", VALUES)
    assert missing.value.args == ("{variant.light}",)


def test_whatever_parses_without_strays_renders():
    template = "a {set.subject}, {variant.a1_b}\n{variant.place}"
    assert parse(template)[1] == []
    assert render(template, VALUES) == "a the woman, x\na street"
