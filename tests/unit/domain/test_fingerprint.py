import hashlib

import pytest

from pipeline.domain.fingerprint import NotCanonicalError, canonical, digest


def test_canonical_json_is_sorted_tight_and_keeps_its_letters():
    value = {"b": [1, None, True], "a": {"é": "ü/\u2028", "Z": ""}}
    assert canonical(value) == '{"a":{"Z":"","é":"ü/\u2028"},"b":[1,null,true]}'


def test_the_order_of_keys_does_not_matter_but_that_of_lists_does():
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})
    assert canonical([1, 2]) != canonical([2, 1])


def test_things_that_are_not_equal_are_not_equal():
    distinct = [None, "null", 0, "0", False, "", [], {}, 1, True, "1", [1], {"1": 1}]
    assert len({canonical(value) for value in distinct}) == len(distinct)


@pytest.mark.parametrize("value", [1.0, [0.5], {"a": {"b": [1, 2.5]}}, {"a": float("nan")}])
def test_a_float_has_no_canonical_form(value):
    with pytest.raises(NotCanonicalError, match="float"):
        canonical(value)


def test_a_digest_is_that_of_the_text_as_utf_8():
    assert digest("é") == hashlib.sha256("é".encode()).hexdigest()
