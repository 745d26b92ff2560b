import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.manifest import schema
from pipeline.manifest.model.campaign import Manifest
from pipeline.manifest.schema import Mismatch, campaign_schema, check, workspace_schema
from tests.unit.manifest.samples import MANIFEST, load, load_workspace

SCHEMAS = Path(__file__).parents[3] / "schemas"


@pytest.mark.parametrize(
    ("name", "generated"),
    [("campaign", campaign_schema), ("workspace", workspace_schema)],
)
def test_the_committed_schemas_are_the_generated_ones(name, generated):
    committed = (SCHEMAS / f"{name}.schema.json").read_text("utf-8")
    assert committed == schema.as_text(generated()), "write them anew with `campaign schema`"


@pytest.mark.parametrize("generated", [campaign_schema, workspace_schema])
def test_schemas_are_schemas_and_say_what_every_key_is_for(generated):
    body = generated()
    jsonschema.Draft202012Validator.check_schema(body)
    assert body["$schema"] == schema.DIALECT
    assert body["$id"].startswith("urn:")
    for entry in (body, *body["$defs"].values()):
        for branch in entry.get("anyOf", [entry]):
            for key, described in branch.get("properties", {}).items():
                assert described.get("description"), key
                assert "null" not in str(described.get("type")), key


def test_mismatches_are_neutral_and_said_once():
    value = {
        "version": 1,
        "campaign": "spring",
        "budget": {"cap": [], "capp": 1},
        "sizes": {"a": 5, "b": {"size": 1}},
    }
    assert set(check(value, campaign_schema())) == {
        Mismatch("missing", ("model",)),
        Mismatch("missing", ("prompt",)),
        Mismatch("kind", ("budget", "cap"), "text"),
        Mismatch("unknown", ("budget", "capp")),
        Mismatch("kind", ("sizes", "a"), "text or a map of names to values"),
        Mismatch("kind", ("sizes", "b", "size"), "text"),
    }


def test_known_keys_follow_short_and_long_forms():
    body = campaign_schema()
    assert schema.known_keys(body, ("images", "any"))[:2] == ["files", "reference"]
    assert schema.known_keys(body, ("matrix", "extend", 3, "with")) == ["params"]
    assert schema.known_keys(body, ("tags", 0)) == []
    assert schema.known_keys(body, ("nothing", "here")) == []


def test_an_editor_accepts_numbers_where_the_program_reads_text():
    """Editors read `12.00` as a number, and strict YAML reads it as text: both are right."""
    as_editors_see_it = yaml.safe_load(MANIFEST)
    as_editors_see_it["images"]["anna"]["focus"]["front"] = [0.5, 0.35]
    as_editors_see_it["budget"]["cap"] = 12.00
    as_editors_see_it["title"] = 2026.1
    assert check(as_editors_see_it, campaign_schema()) == []


@pytest.mark.slow
def test_a_manifest_without_problems_needs_no_jsonschema():
    code = (
        "import sys\n"
        "from tests.unit.manifest.samples import MANIFEST, load\n"
        "assert load(MANIFEST).campaign is not None\n"
        "assert not {'jsonschema', 'difflib', 'rich', 'numpy'} & set(sys.modules)\n"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)


WORD = st.text("abc-é 19", min_size=1, max_size=6)
NAME = st.text("abc", min_size=1, max_size=3)
TEXT = st.one_of(WORD, st.integers(-5, 10**6))
SIZE = st.builds("{}x{}".format, st.integers(1, 5000), st.integers(1, 5000))
MONEY = st.one_of(
    st.integers(1, 99), st.sampled_from(["12.00 USD", "$0.5", " 3 ", "0.000001", "7USD"])
)
AXES = {"set": TEXT, "picture": TEXT, "variant": TEXT, "size": TEXT}
TAKE = st.integers(1, 50)
PARAMS = st.dictionaries(NAME, st.one_of(TEXT, st.booleans(), st.lists(TEXT, max_size=2)))
VALUES = st.dictionaries(NAME, TEXT, max_size=2)
SIZE_ENTRY = st.fixed_dictionaries(
    {"size": SIZE},
    optional={
        "native": SIZE,
        "fit": st.sampled_from(["cover", "contain"]),
        "format": st.sampled_from(["jpeg", "png", "webp"]),
        "background": st.sampled_from(["#ffffff", " #0A1b2C"]),
        "quality": st.integers(1, 100),
        "max_bytes": st.sampled_from([1000, 500000, "500kB", "1.5MB", "2 MiB", "3000"]),
    },
)
FOCUS = st.lists(st.sampled_from([0, 1, "0.5", "0.125"]), min_size=2, max_size=2)
FILES = st.one_of(TEXT, st.lists(TEXT, min_size=1, max_size=2))
IMAGES = st.fixed_dictionaries(
    {"files": FILES},
    optional={
        "reference": TEXT,
        "subject": TEXT,
        "values": VALUES,
        "focus": st.dictionaries(NAME, FOCUS, max_size=2),
    },
)
MANIFESTS = st.fixed_dictionaries(
    {"version": st.just(1), "campaign": TEXT, "model": TEXT, "prompt": TEXT},
    optional={
        "title": TEXT,
        "owner": TEXT,
        "tags": st.lists(TEXT, max_size=2),
        "images": st.dictionaries(
            NAME, st.one_of(WORD, st.lists(TEXT, min_size=1, max_size=2), IMAGES), max_size=2
        ),
        "variants": st.dictionaries(
            NAME, st.builds(lambda v, p: v | {"params": p}, VALUES, PARAMS), max_size=2
        ),
        "takes": TAKE,
        "master": SIZE,
        "sizes": st.dictionaries(NAME, st.one_of(SIZE, SIZE_ENTRY), max_size=2),
        "matrix": st.fixed_dictionaries(
            {},
            optional={
                "exclude": st.lists(
                    st.fixed_dictionaries({}, optional=AXES | {"take": TAKE, "why": TEXT}),
                    max_size=2,
                ),
                "extend": st.lists(
                    st.fixed_dictionaries(
                        {
                            "where": st.fixed_dictionaries({}, optional=AXES),
                            "with": st.builds(lambda v, p: v | {"params": p}, VALUES, PARAMS),
                        }
                    ),
                    max_size=2,
                ),
                "add": st.lists(st.fixed_dictionaries({"take": TAKE}, optional=AXES), max_size=2),
            },
        ),
        "budget": st.fixed_dictionaries(
            {},
            optional={
                "cap": MONEY,
                "warn_at": st.sampled_from(["1%", "80 %", "100%"]),
                "max_images": st.integers(1, 500),
                "max_per_job": MONEY,
            },
        ),
        "params": PARAMS,
        "sequence": st.sampled_from(["pictures", "takes"]),
        "assume_max_usd": MONEY,
    },
)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(MANIFESTS)
def test_whatever_the_types_accept_the_schema_accepts(value):
    Manifest.model_validate(value)
    assert check(value, campaign_schema()) == []


def test_strict_reading_agrees_on_the_samples():
    assert load(MANIFEST, strict=True).problems == []
    workspace = "version: 1\nbudget: {cap: 5 USD, month_images: 7}\nprices: {}\nstate: ../x\n"
    assert load_workspace(workspace, strict=True)[1] == []


def test_strict_reading_says_nothing_twice():
    text = MANIFEST.replace("takes: 1", "takes: none\ntakess: 2").replace("4096x4096", "big")
    assert load(text, strict=True).codes == load(text).codes
