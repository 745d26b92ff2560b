import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.manifest.parameters import Unfit, fitted, owned_by_plan, settable
from tests.unit.manifest.samples import NANO, QWEN, SEQUENTIAL

PROPERTIES = QWEN.schema["properties"]


@pytest.mark.parametrize(
    ("schema", "written", "value"),
    [
        ({"type": "integer"}, 7, 7),
        ({"type": "integer"}, "7", 7),
        ({"type": "integer"}, "-1", -1),
        ({"type": "number"}, 1, "1"),
        ({"type": "number"}, "0.50", "0.5"),
        ({"type": "number"}, "10.00", "10"),
        ({"type": "number"}, "-0.0", "0"),
        ({"type": "number"}, "100", "100"),
        ({"type": "boolean"}, True, True),
        ({"type": "boolean"}, "false", False),
        ({"type": "string"}, "x", "x"),
        ({"type": "string"}, 2026, "2026"),
        ({"type": ["integer", "string"]}, "auto", "auto"),
        ({"type": ["integer", "string"]}, "5", 5),
        ({"enum": ["1k", "2k"]}, "2k", "2k"),
        ({"enum": [1, 2]}, "2", 2),
        ({"enum": [True, "auto"]}, True, True),
        ({"type": "array", "items": {"type": "number"}, "maxItems": 2}, ["0.10", 2], ["0.1", "2"]),
        (
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
            {"a": "1"},
            {"a": 1},
        ),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, 5, 5),
        ({}, "anything", "anything"),
        ({"type": "string", "pattern": "^a"}, "ab", "ab"),
        ({"type": "integer", "minimum": 0, "maximum": 9, "multipleOf": 3}, 6, 6),
    ],
)
def test_values_become_what_the_schema_wants(schema, written, value):
    found = fitted(written, schema)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "integer"}, "7.5"),
        ({"type": "integer"}, True),
        ({"type": "integer", "minimum": 0}, -1),
        ({"type": "integer", "multipleOf": 3}, 5),
        ({"type": "number"}, "1e3"),
        ({"type": "number"}, "nan"),
        ({"type": "number"}, True),
        ({"type": "number", "maximum": 0.5}, "0.51"),
        ({"type": "boolean"}, "yes"),
        ({"type": "boolean"}, 1),
        ({"type": "string"}, True),
        ({"type": "string", "minLength": 2}, "x"),
        ({"type": "string", "pattern": "^a"}, "b"),
        ({"type": "string"}, None),
        ({"enum": ["1k", "2k"]}, "4k"),
        ({"enum": ["1", "2"]}, []),
        ({"type": "array"}, "x"),
        ({"type": "array", "items": {"type": "integer"}}, ["x"]),
        ({"type": "array", "maxItems": 1}, [1, 2]),
        ({"type": "object", "required": ["a"]}, {}),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, {"a": "x"}),
        ({"type": ["integer", "boolean"]}, "x"),
        ({"anyOf": [{"type": "string"}]}, 5),
    ],
)
def test_other_values_are_unfit_and_say_why(schema, written):
    found = fitted(written, schema)
    assert isinstance(found, Unfit)
    assert found.why


SCHEMAS = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "string", "boolean", "array"])},
    optional={
        "minimum": st.integers(-3, 3),
        "maximum": st.integers(-3, 3),
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(0, 3),
        "minItems": st.integers(0, 2),
        "maxItems": st.integers(0, 2),
    },
)
VALUES = st.one_of(
    st.booleans(), st.integers(-5, 5), st.text("ab1", max_size=4), st.lists(st.just(1), max_size=3)
)


@settings(max_examples=60, deadline=None)
@given(SCHEMAS, VALUES)
def test_what_is_fitted_is_what_the_library_accepts(schema, written):
    found = fitted(written, schema)
    library = jsonschema.Draft202012Validator(schema)
    if isinstance(found, Unfit):
        assert not library.is_valid(written)
    else:
        assert library.is_valid(found)


def test_the_plan_owns_what_it_fills_in():
    assert set(owned_by_plan(SEQUENTIAL)) >= {"prompt", "images", "size", "max_images", "webhook"}
    assert set(owned_by_plan(NANO)) >= {"resolution", "aspect_ratio"}
    assert "image" in owned_by_plan(QWEN)
    assert settable(SEQUENTIAL) == []
    assert settable(QWEN)[:2] == ["seed", "strength"]
