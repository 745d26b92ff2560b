import functools
import unicodedata

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.diagnostics import Span
from pipeline.manifest import codes, source
from pipeline.manifest.source import MAX_CHARACTERS, MAX_DEPTH, parse

FILE = "campaigns/spring/campaign.yaml"


def value_of(text):
    found, problems = parse(text, file=FILE)
    assert problems == []
    return found.value


def codes_of(text):
    return [problem.code for problem in parse(text, file=FILE)[1]]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("null", None),
        ("~", None),
        ("", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("12", 12),
        ("-3", -3),
        ("True", "True"),
        ("NULL", "NULL"),
        ("no", "no"),
        ("on", "on"),
        ("16:9", "16:9"),
        ("1:1", "1:1"),
        ("014", "014"),
        ("-0", "-0"),
        ("+1", "+1"),
        ("0x10", "0x10"),
        ("0b1", "0b1"),
        ("1_000", "1_000"),
        ("0.10", "0.10"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("2026-11-22", "2026-11-22"),
        ("9" * 30, "9" * 30),
        ("=", "="),
        ('"12"', "12"),
        ("'true'", "true"),
        ('"null"', "null"),
        ("'~'", "~"),
        ('"\\u00e9"', "é"),
    ],
)
def test_yaml_types_only_nulls_booleans_and_plain_integers(written, value):
    found = value_of(f"key: {written}\n")
    assert found == {"key": value}
    assert type(found["key"]) is type(value)


def test_blocks_and_folds_are_text():
    assert value_of("a: |\n  12\n  no\nb: >\n  x\n  y\n") == {"a": "12\nno\n", "b": "x y\n"}


def test_keys_that_look_like_numbers_are_text():
    assert value_of("{1080: a, 014: b, '': c}") == {"1080": "a", "014": "b", "": "c"}


def test_text_is_brought_to_nfc():
    assert value_of("cafe\u0301: cafe\u0301\n") == {"caf\u00e9": "caf\u00e9"}


@pytest.mark.parametrize("text", ["\ufeffa: 1\r\nb: two\r\n", "a: 1\rb: two\r", "a: 1\nb: two"])
def test_marks_and_line_ends_do_not_matter(text):
    found, problems = parse(text, file=FILE)
    assert problems == []
    assert found.value == {"a": 1, "b": "two"}
    assert found.locate(("b",)) == Span(FILE, 2, 4)
    assert found.line(2) == "b: two"


def test_every_value_and_key_knows_its_place():
    text = "a: 1\nb:\n  - x\n  - {é: y, d: z}\n"
    found, _ = parse(text, file=FILE)
    assert found.locate(("a",)) == Span(FILE, 1, 4)
    assert found.locate(("b", 0)) == Span(FILE, 3, 5)
    assert found.locate(("b", 1, "d")) == Span(FILE, 4, 15)
    assert found.locate_key(("b", 1, "d")) == Span(FILE, 4, 12)
    assert found.written(("b", 1)) == "{é: y, d: z}"


def test_what_is_missing_points_at_what_is_around_it():
    found, _ = parse("a:\n  b: {c: 1}\n  d: short\n", file=FILE)
    assert found.locate(("a", "b", "missing")) == found.locate_key(("a", "b"))
    assert found.locate(("a", "d", "size")) == Span(FILE, 3, 6)
    assert found.locate(("missing",)) == Span(FILE, 1, 1)


def test_a_part_of_a_text_is_found_in_block_and_quotes():
    found, _ = parse('p: |\n  one {x}\n  two {x}\nq: "a {x}"\n', file=FILE)
    assert found.locate_text(("p",), "{x}") == Span(FILE, 2, 7)
    assert found.locate_text(("p",), "{x}", 1) == Span(FILE, 3, 7)
    assert found.locate_text(("q",), "{x}") == Span(FILE, 4, 7)
    assert found.locate_text(("q",), "{y}") == Span(FILE, 4, 4)


def test_an_alias_repeats_a_value_and_keeps_its_places():
    found, problems = parse("a: &x {b: [1, two]}\nc: *x\nd: [*x, *x]\n", file=FILE)
    assert problems == []
    assert found.value["c"] == found.value["d"][1] == {"b": [1, "two"]}
    assert found.value["c"] is not found.value["a"]
    assert found.locate(("d", 1, "b", 0)) == found.locate(("a", "b", 0))


def test_an_anchor_may_be_taken_again():
    assert value_of("[&a 1, *a, &a 2, *a]") == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: *nothing\n", codes.ALIAS),
        ("a: &a [*a]\n", codes.ALIAS),
        ("a: 1\na: 2\n", codes.DUPLICATE),
        ("a: {b: 1, b: 2}\n", codes.DUPLICATE),
        ("? [a]\n: 1\n", codes.KEY),
        ("? {a: b}\n: [c, {d: e}]\n", codes.KEY),
        ("~: 1\n", codes.KEY),
        ("a: &a x\n*a : 1\n", codes.KEY),
        ("a: {<<: 1}\n", codes.MERGE),
        ("a: !!str 1\n", codes.TAG),
        ("a: ! x\n", codes.TAG),
        ("a: !<tag:x> {}\n", codes.TAG),
        ("a: !x!y z\n", codes.TAG),
        ("a: 1\n---\nb: 2\n", codes.DOCUMENTS),
        ('a: "\\0"\n', codes.CHARACTER),
        ('a: "\\ufffd"\n', codes.CHARACTER),
        ("a: \u200fx\n", codes.CHARACTER),
        ("a: b\u2028c\n", codes.CHARACTER),
        ("a: \udc80\n", codes.CHARACTER),
        ("a:\n\tb: c\n", codes.TAB),
        ("a: b: c\n", codes.SYNTAX),
        ("#" * (MAX_CHARACTERS + 1), codes.TOO_LONG),
        ("[" * (MAX_DEPTH + 1), codes.TOO_DEEP),
        ("a: " + "{a: " * 100, codes.TOO_DEEP),
    ],
)
def test_what_a_manifest_may_not_hold(text, code):
    assert codes_of(text) == [code]


def test_a_quoted_merge_key_is_a_key():
    assert value_of("'<<': 1") == {"<<": 1}


def test_the_values_of_refused_keys_leave_no_trace():
    found, problems = parse("? [x]\n: {a: [1, 2]}\nb: 1\nb: {c: d}\ne: 2\n", file=FILE)
    assert found.value == {"b": 1, "e": 2}
    assert len(problems) == 2
    assert set(found.values) == {(), ("b",), ("e",)}


def test_refused_values_are_known_as_damaged():
    found, _ = parse('a: !x y\nb: *none\nc: "\\e"\nd: \x07\ne: {<<: 1, f: 2}\ng: 1\n', file=FILE)
    assert found.damaged == {("a",), ("b",), ("c",), ("d",), ("e",)}


def test_exactly_the_allowed_depth_is_allowed():
    assert codes_of("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert codes_of("a: &a " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 10 + "*a" + "]" * 10) == [
        codes.TOO_DEEP
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a " + "x" * 1000 + "\nb: [" + "*a," * 5000 + "]",
        "a: &a [1]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(20)),
    ],
)
def test_aliases_count_as_often_as_they_are_used(text):
    assert codes_of(text) in ([], [codes.TOO_MANY])


def test_a_bomb_is_defused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert codes_of("\n".join(lines)) == [codes.TOO_MANY]


@pytest.mark.parametrize(
    "part",
    [
        "[",
        "{",
        "- ",
        "? ",
        "{? ",
        "[{",
        "&a ",
        "!a ",
        "'",
        '"',
        "a,",
        "a: b\n",
        "? []\n",
        "\t",
        "|",
    ],
)
def test_hostile_texts_end_soon(part):
    text = (part * (MAX_CHARACTERS // len(part)))[:MAX_CHARACTERS]
    _, problems = parse(text, file=FILE)
    assert len(problems) <= 500


SNIPPETS = st.lists(
    st.sampled_from(
        [
            *("a", "b: ", "- ", "[", "]", "{", "}", ",", ":", "&a ", "*a ", "!t ", "|\n", ">"),
            *("'", '"', "\n", "  ", "\t", "#", "? ", "<<: ", "---\n", "...\n", "%YAML 1.1\n"),
            *("\\", "0", "\x00", "true", "~", "\ufeff", "\u202e", "\ud800", "\u2028", "é", "\r"),
        ]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=200), SNIPPETS))
def test_no_text_raises(text):
    found, problems = parse(text, file=FILE)
    for problem in problems:
        assert problem.at is not None
        assert problem.source_line == found.line(problem.at.line)


@settings(max_examples=50, deadline=None)
@given(SNIPPETS)
def test_both_parsers_of_the_library_agree(text):
    fast = parse(text, file=FILE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "_LOADER", yaml.SafeLoader)
        slow = parse(text, file=FILE)
    if not fast[1] and not slow[1]:
        assert fast[0].value == slow[0].value
        assert fast[0].keys == slow[0].keys


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.text("ab é\u0301:#", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz"), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(JSON)
def test_what_is_dumped_is_read_back(value):
    def nfc(part):
        match part:
            case str():
                return unicodedata.normalize("NFC", part)
            case list():
                return [nfc(item) for item in part]
            case dict():
                return {nfc(key): nfc(item) for key, item in part.items()}
        return part

    dump = functools.partial(yaml.safe_dump, allow_unicode=True, default_style=None)
    assert value_of(dump({"root": value})) == {"root": nfc(value)}
