"""Whatever the program writes for programs is held to its schema, strictly: a key that the schema
does not know is an error here, so that writer and schema cannot drift, though readers allow it."""

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from jsonschema import Draft202012Validator

from pipeline.commands.schema import schema

_NUMBERED = {
    "plan": "plan",
    "plans": "plan",
    "diff": "diff",
    "event": "events",
    "lock": "receipts",
    "verdicts": "verdicts",
    "check": "check",
    "status": "status",
    "flags": "flags",
    "models": "models",
    "destinations": "destinations",
    "sync": "sync",
    "review": "review",
    "sheet": "sheet",
    "reconcile": "reconcile",
    "store": "store",
    "origins": "origins",
    "provenance": "provenance",
    "disclosure": "disclosure",
}
"""Schema by the key that holds the number of the format."""
_FILES = (
    "campaigns/*/lock/*.jsonl",
    "campaigns/*/reviews/*/*.jsonl",
    ".campaign/*/lock/*/*.jsonl",
    ".campaign/*/reviews/*/*/*.jsonl",
)

_SHEETS = ("outputs/*/sheet.json", "outputs/*/*/sheet.json")


def strict(part):
    """A schema in which no object has keys that are not described."""
    if isinstance(part, list):
        return [strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {
        key: item
        if key in ("examples", "const", "enum", "required")
        else {name: strict(below) for name, below in item.items()}
        if key in ("properties", "$defs")
        else strict(item)
        for key, item in part.items()
    }
    if "properties" in made:
        made.setdefault("additionalProperties", False)
    return made


@functools.cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(strict(json.loads(schema(name))))


def name_of(document: Mapping) -> str:
    """The schema of a document; lines behind the first one of a file have no number."""
    if "explain" in document:
        return "explain" if "campaign" in document else "codes"
    numbered = [name for key, name in _NUMBERED.items() if isinstance(document.get(key), int)]
    if not numbered:
        numbered = [name for key, name in _LINES.items() if key in document]
    assert numbered, f"a document that has no schema: {sorted(document)}"
    return numbered[0]


_LINES = {"verdict": "verdicts", "kind": "receipts"}


def hold(document, where: str) -> None:
    """Fail if a document is not what its schema says."""
    assert isinstance(document, dict), where
    name = name_of(document)
    error = next(validator(name).iter_errors(document), None)
    if error is not None:
        error = _nearest(error)
        path = "/".join(map(str, error.absolute_path))
        raise AssertionError(f"{where} is no {name}: {path or 'as a whole'}: {error.message[:600]}")


def _nearest(error):
    """Of a choice of forms the error of the one that was meant, which names itself by a word."""
    while error.validator == "anyOf":
        branches: dict[int, list] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        error = min(branches.values(), key=_strangeness)[0]
    return error


def _strangeness(errors) -> tuple[int, int]:
    return sum(one.validator in ("const", "type") for one in errors), len(errors)


class Written:
    """What a command writes below the working directory, held to its schemas when it is done."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._before = {file: file.stat().st_size for file in self._files()}
        self._sheets = {file: file.stat().st_mtime_ns for file in self._written_sheets()}

    def _written_sheets(self) -> Iterator[Path]:
        for pattern in _SHEETS:
            yield from self._root.glob(pattern)

    def _files(self) -> Iterator[Path]:
        for pattern in _FILES:
            yield from (file for file in self._root.glob(pattern) if file.is_file())

    def hold(self, argv: tuple[str, ...], out: str) -> None:
        """Check what stands on stdout, in files that were named, and in new lines of locks."""
        command = " ".join(argv)
        if ("--json" in argv or _wants_json(argv)) and out.strip():
            hold(json.loads(out), command)
        if "--events" in argv:
            for line in out.splitlines():
                hold(json.loads(line), command)
        self._hold_named(argv)
        for sheet in self._written_sheets():
            if sheet.stat().st_mtime_ns != self._sheets.get(sheet):
                hold(json.loads(sheet.read_text("utf-8")), f"sheet.json after {command}")
        for file in self._files():
            raw = file.read_bytes()[self._before.get(file, 0) :]
            for line in raw.split(b"\n")[:-1]:
                hold(json.loads(line), f"{file.name} after {command}")

    def _hold_named(self, argv: tuple[str, ...]) -> None:
        for option, name in (("--out", ""), ("--save", "diff.json")):
            if option in argv:
                file = self._root / argv[argv.index(option) + 1] / name
                if file.is_file() and file.suffix == ".json":
                    hold(json.loads(file.read_text("utf-8")), str(file))


def _wants_json(argv: tuple[str, ...]) -> bool:
    return "--format" in argv and argv[argv.index("--format") + 1 :][:1] == ("json",)
