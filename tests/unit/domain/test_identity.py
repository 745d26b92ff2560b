"""Keys: golden values, what changes them and what cannot."""

import pytest

from pipeline.domain.identity import (
    KEY_SCHEMA,
    Input,
    JobKeyer,
    Keyer,
    Recipe,
    cell_components,
    cell_key,
    is_echoed,
    job_components,
    job_key,
)
from tests.unit.domain.samples import recipe, sha

# These values are what receipts in the repositories of users hold. Whoever changes one of them
# makes every picture that was ever bought unknown, and the next run buys all of them again. A new
# key schema needs a number of its own and a way to compute its keys from the components of old
# receipts, so that it plans no purchase; then new values are added here and these stay.
GOLDEN_CELLS = [
    (
        recipe(),
        sha(1),
        1,
        "c1-c1284941060b575485108e7fd6eed101644ef7c4043b91871480a9acd150158a",
    ),
    (
        recipe(reference=sha(7), params={"seed": 5, "tags": ["a", None, True]}, prompt="Ä\n„ö“"),
        sha(2),
        3,
        "c1-3beaa9efbda0dcc5fda5bce508b8446acf3769734daff462a9e4393603bbe444",
    ),
    (
        recipe(realm="draft", engine="draft-1", size="2k 4:5"),
        None,
        12,
        "c1-b8341bbcc0cca1087a2704940f0d6e9d697465b921ab8d82bea48e3f77c2af45",
    ),
]
GOLDEN_JOB = "j1-4adcd9c2ae8dcab6dd2c409b3985d61e27ee281978bc76559f7e04334a6cdb19"


@pytest.mark.parametrize(("of", "source", "take", "key"), GOLDEN_CELLS)
def test_golden_cell_keys(of, source, take, key):
    assert cell_key(of, source, take) == key


def test_golden_job_key():
    assert job_key(job()) == GOLDEN_JOB


@pytest.mark.parametrize("engine", [None, "draft-1"])
@pytest.mark.parametrize("prompt", ["Snow.", 'Ä "inputs":[] „ö“\n"takes":[]}'])
def test_a_job_keyer_is_the_plain_definition(engine, prompt):
    of = recipe(engine=engine, reference=sha(7))
    params = {"size": "1*1", "tags": ["ü", None, True]}
    keyer = JobKeyer(recipe=of, prompt=prompt, params=params)
    for inputs, takes in [
        ([], [1]),
        ([Input("reference", sha(7)), Input("source", sha(1))], [1, 2]),
        ([Input("source", sha(2))], [12]),
    ]:
        parts = {"recipe": of, "prompt": prompt, "params": params}
        assert keyer(inputs, takes) == job_key(job_components(**parts, inputs=inputs, takes=takes))


def job(**changes):
    parts = {
        "recipe": recipe(reference=sha(7)),
        "prompt": "Put the woman in a snowy street.\n\nMake exactly 2 images.",
        "inputs": [Input("reference", sha(7)), Input("source", sha(1)), Input("source", sha(2))],
        "params": {"size": "4096*4096", "max_images": 2},
        "takes": [1, 1],
    }
    return job_components(**{**parts, **changes})


CHANGED = {
    "provider": "other",
    "realm": "test",
    "model": "bytedance/seedream-v4/edit-sequential",
    "prompt": "Put the woman in a snowy street",
    "reference": sha(7),
    "params": {"seed": 1},
    "size": "2048x2048",
    "engine": "draft-1",
}


def test_every_field_of_a_recipe_is_part_of_the_key():
    assert set(CHANGED) == set(Recipe.__dataclass_fields__)
    made = [recipe(), *(recipe(**{name: value}) for name, value in CHANGED.items())]
    assert len({cell_key(one, sha(1), 1) for one in made}) == len(made)


def test_source_and_take_are_part_of_the_key():
    wanted = [(sha(1), 1), (sha(2), 1), (None, 1), (sha(1), 2), (None, 2)]
    assert len({cell_key(recipe(), *one) for one in wanted}) == len(wanted)


@pytest.mark.parametrize(
    "params",
    [
        [{}, {"a": None}, {"a": False}, {"a": 0}, {"a": ""}, {"a": "0"}, {"a": []}, {"a": {}}],
        [{"a": 1}, {"a": "1"}, {"a": True}, {"a": [1]}, {"b": 1}, {"a": 1, "b": 1}],
        [{"a": ["x", "y"]}, {"a": ["y", "x"]}, {"a": ["xy"]}, {"a": "x,y"}],
    ],
)
def test_parameters_that_differ_give_keys_that_differ(params):
    assert len({cell_key(recipe(params=one), sha(1), 1) for one in params}) == len(params)


def test_the_order_of_parameters_does_not_matter():
    one = recipe(params={"a": 1, "b": {"c": 1, "d": 2}})
    other = recipe(params={"b": {"d": 2, "c": 1}, "a": 1})
    assert cell_key(one, sha(1), 1) == cell_key(other, sha(1), 1)


def test_the_key_schema_is_part_of_every_key():
    assert cell_components(recipe(), sha(1), 1)["schema"] == KEY_SCHEMA
    assert job()["schema"] == KEY_SCHEMA


def test_a_recipe_is_read_back_from_its_components():
    for one in (recipe(), recipe(reference=sha(3), engine="draft-1", params={"a": [1]})):
        assert Recipe.read(one.components()) == one
        assert Recipe.read(cell_components(one, sha(1), 1)) == one


def test_a_keyer_may_be_used_many_times():
    keyer = Keyer(recipe())
    assert [keyer(sha(1), 1), keyer(None, 2), keyer(sha(1), 1)] == [
        cell_key(recipe(), sha(1), 1),
        cell_key(recipe(), None, 2),
        cell_key(recipe(), sha(1), 1),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"recipe": recipe(provider="other")},
        {"recipe": recipe(realm="test")},
        {"recipe": recipe(model="other")},
        {"recipe": recipe(engine="draft-1")},
        {"prompt": "Put the woman in a snowy street.\n\nMake exactly 2 images"},
        {"inputs": [Input("reference", sha(7)), Input("source", sha(2)), Input("source", sha(1))]},
        {"inputs": [Input("source", sha(7)), Input("source", sha(1)), Input("source", sha(2))]},
        {"inputs": [Input("reference", sha(7)), Input("source", sha(1))]},
        {"params": {"size": "4096*4096", "max_images": 3}},
        {"params": {"max_images": 2}},
        {"takes": [1, 2]},
        {"takes": [1]},
    ],
)
def test_every_part_of_a_request_is_part_of_the_job_key(changes):
    assert job_key(job(**changes)) != job_key(job())


class TestEchoes:
    @pytest.mark.parametrize(
        ("sent", "told"),
        [
            ("0.5", 0.5),
            ("1", 1.0),
            ("0.00001", 0.00001),
            (3, 3),
            ("2k", "2k"),
            ([{"path": "a", "scale": "0.5"}], [{"path": "a", "scale": 0.5, "rank": 4}]),
        ],
    )
    def test_a_number_is_the_same_however_it_is_written(self, sent, told):
        assert is_echoed({"x": sent}, {"x": told, "seed": 1})

    @pytest.mark.parametrize(
        ("sent", "told"),
        [("0.5", 0.51), ("1", True), ("2k", 2), (["a"], ["a", "b"])],
    )
    def test_another_value_is_another_request(self, sent, told):
        assert not is_echoed({"x": sent}, {"x": told})
        assert not is_echoed({"x": sent}, {})
