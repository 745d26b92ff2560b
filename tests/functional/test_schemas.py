"""The published schemas: generated, complete, and what the program's documents are held to."""

import copy
import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest

from pipeline.cli.schema import schema as command
from pipeline.commands.schema import NAMES, schema
from pipeline.execution.events import Happened
from pipeline.reporting.schemas.catalogue import DOCUMENTS
from tests.functional.cli import campaign
from tests.functional.documents import hold, name_of, validator

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
WRITTEN = tuple(DOCUMENTS)


def described(part, path=""):
    """All properties of all objects of a schema."""
    if isinstance(part, list):
        for item in part:
            yield from described(item, path)
    elif isinstance(part, dict):
        for name, below in part.get("properties", {}).items():
            yield f"{path}.{name}", below
        for key, item in part.items():
            if key not in ("examples", "enum", "const", "required"):
                yield from described(item, f"{path}.{key}" if key != "properties" else path)


def objects(part):
    """All objects of a schema."""
    if isinstance(part, list):
        for item in part:
            yield from objects(item)
    elif isinstance(part, dict):
        if "properties" in part:
            yield part
        for key, item in part.items():
            if key not in ("examples", "enum", "const", "required"):
                yield from objects(item)


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_schema_is_the_generated_one(name):
    committed = (ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8")
    assert committed == schema(name), "write them anew: `campaign schema --write schemas`"


def test_there_are_no_other_schemas():
    files = {file.name for file in (ROOT / "schemas").iterdir()}
    assert files == {f"{name}.schema.json" for name in NAMES}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_schema_teaches_an_editor(name):
    body = json.loads(schema(name))
    jsonschema.Draft202012Validator.check_schema(body)
    assert body["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert re.fullmatch(rf"urn:campaign-pipeline:schema:{name}:\d+", body["$id"])
    assert body["title"]
    assert "`" in body["description"]
    for path, field in described(body):
        assert field.get("description", "").endswith((".", "…")), path
    for one in objects(body):
        assert one.get("description") or one is body
        # Readers must allow what a newer program adds.
        assert one.get("additionalProperties", True) is not False


@pytest.mark.parametrize("name", WRITTEN)
def test_examples_are_valid(name):
    body = json.loads(schema(name))
    for example in body.get("examples", ()):
        hold(example, f"example of {name}")
    for path, field in described(body):
        fits = jsonschema.Draft202012Validator({"$defs": body.get("$defs", {}), **field})
        for example in field.get("examples", ()):
            assert fits.is_valid(example), (path, example)


def test_the_command_prints_each_and_writes_all(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    choice = command.params[0].type
    assert tuple(choice.choices) == NAMES
    assert campaign("schema", "verdicts").out == schema("verdicts")
    assert campaign("schema").out == schema("campaign")
    assert campaign("schema", "--write", "here").code == 0
    assert (tmp_path / "here" / "plan.schema.json").read_text("utf-8") == schema("plan")
    assert len(list((tmp_path / "here").iterdir())) == len(NAMES)


def test_the_kinds_of_events_are_those_that_happen():
    kinds = json.loads(schema("events"))["properties"]["kind"]["enum"]
    assert set(kinds) == {kind.value for kind in Happened}


@pytest.mark.parametrize(
    "file", ["diff/empty.json", "diff/everything.json", "diff/first.json", "diff/nothing.json"]
)
def test_golden_documents_are_what_their_schema_says(file):
    hold(json.loads((GOLDEN / file).read_text("utf-8")), file)


def test_lines_of_golden_locks_are_receipts():
    for line in (GOLDEN / "formats" / "lock-v1.jsonl").read_text("utf-8").splitlines():
        hold(json.loads(line), line[:60])


# That the tests' own check can fail

LINE = {
    "kind": "charge",
    "at": "2026-11-22T09:30:00Z",
    "attempt": "a-1",
    "row": "b-1",
    "amount": 40000,
}


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"amount": "40000"},
        {"amount": 0.5},
        {"at": "2026-11-22"},
        {"kind": "charged"},
        {"row": None},
    ],
)
def test_the_check_of_the_tests_fails_where_something_is_off(change):
    hold(LINE, "a line")
    with pytest.raises(AssertionError, match="is no receipts"):
        hold({**LINE, **change}, "a line")
    for key in LINE:
        less = {name: value for name, value in LINE.items() if name != key}
        with pytest.raises(AssertionError):
            hold(less, "a line")


def test_an_unknown_key_deep_inside_is_found():
    document = json.loads((GOLDEN / "diff" / "everything.json").read_text("utf-8"))
    changed = copy.deepcopy(document)
    changed["campaigns"][0]["before"]["surprise"] = 1
    with pytest.raises(AssertionError, match="campaigns/0/before"):
        hold(changed, "a diff")
    assert json.loads(schema("diff"))["$id"].endswith(":1")
    jsonschema.Draft202012Validator(json.loads(schema("diff"))).validate(changed)


def test_a_document_without_a_schema_is_found():
    with pytest.raises(AssertionError, match="no schema"):
        name_of({"weather": 1})


@pytest.mark.slow
def test_every_json_of_a_life_is_held_to_its_schema(workspace, provider, monkeypatch):
    """One document of each kind, so that the check in `cli.py` has surely seen them all."""
    seen = []
    monkeypatch.setattr(
        "tests.functional.documents.validator",
        lambda name: seen.append(name) or validator(name),
    )
    workspace.campaign(pictures=(1, 2), more=("owner: anna", "tags: [hero]"))
    (workspace.root / "there").mkdir()
    plan = campaign("plan", "winter", "--json", "--out", "plan.json").document
    cell = plan["cells"][0]["address"]
    assert campaign("run", "winter", "--yes", "--events").code == 0
    for argv in (
        ("plan", "winter", "--explain", cell),
        ("plan", "winter", "--show-origin"),
        ("check", "winter"),
        ("check", "--explain", "M001"),
        ("check", "--explain", "all"),
        ("status",),
        ("models", "list"),
        ("destinations",),
        ("review", "winter"),
        ("review", "winter", "--reroll", cell, "--as", "Anna", "--note", "no"),
        ("review", "winter", "--list"),
        ("reconcile",),
        ("store", "push", "there"),
        ("store", "verify", "there"),
        ("models", "sync"),
        ("report", "winter", "--disclosure"),
        ("provenance", "show", "campaigns/winter/campaign.yaml"),
    ):
        ran = campaign(*argv, "--json")
        assert ran.out, (argv, ran.err)
    shutil.rmtree(workspace.state(provider.realm) / "store")
    workspace.forget_outputs()
    lost = ("store", "lost", "winter", cell, "--reason", "gone", "--even-so", "--json")
    assert campaign(*lost).code == 0
    # The first has golden documents, the second tests of its own.
    assert set(seen) | {"diff", "flags"} == set(WRITTEN)
