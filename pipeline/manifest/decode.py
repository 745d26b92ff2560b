"""Plain values to types, as far as they will go: each value that is refused is left out and said.

The types are the judge. Only once they refuse something is the schema asked too, for structure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.domain.fingerprint import Json
from pipeline.manifest import codes
from pipeline.manifest.places import MAX_PROBLEMS, Pointer, Problems, Source
from pipeline.manifest.schema import (
    Mismatch,
    Schema,
    about,
    accepts_part,
    check,
    expects_map,
    in_words,
    known_keys,
)
from pipeline.manifest.wording import did_you_mean, dotted, nearest, quoted, thing

Body = TypeVar("Body", bound=BaseModel)

NULLS = ("null", "~")
"""How a file says that it does without a value of what it extends; nothing at all after a key is a
slip."""

_MOST_FOR_SCHEMA = 10_000
_MOST_KEYS = 30
_KINDS = {"dict_type": "object", "model_type": "object", "tuple_type": "array"}


@dataclass(frozen=True)
class Decoded(Generic[Body]):
    """What could be made of a file.

    Attributes:
        body: the types; refused values are missing from it.
        broken: pointers of all that is missing or cannot be relied on; what stands in the body for
            a broken required key is a stand-in.
        kept: for lists that lost items, the index in the file of each item that is left.
    """

    body: Body
    broken: frozenset[Pointer]
    kept: Mapping[Pointer, Sequence[int]]

    def is_sound(self, *pointer: str | int) -> bool:
        """Whether nothing at, above or below this place is broken."""
        around = (pointer[:length] for length in range(len(pointer) + 1))
        return pointer not in self._above_broken and not any(at in self.broken for at in around)

    @cached_property
    def _above_broken(self) -> frozenset[Pointer]:
        return frozenset(_above(self.broken))

    def index(self, pointer: Pointer, index: int) -> int:
        """Index in the file of an item of a list of the body."""
        kept = self.kept.get(pointer)
        return index if kept is None else kept[index]


@dataclass(frozen=True, slots=True)
class _Refused:
    """One reason why a value is refused.

    Attributes:
        kind: as in `Mismatch`, or `said` where a parser gave the whole message.
        pointer: as in `Mismatch`.
        detail: the kinds that are expected, or the checker's own words.
        parts: what a parser said: `code`, `what`, `why` and `fix`, or a better `fix` alone.
    """

    kind: str
    pointer: Pointer
    detail: str
    parts: Mapping[str, str]


def decode(
    source: Source,
    model: type[Body],
    schema_of: Callable[[], Schema],
    stand_ins: Mapping[str, Json],
    problems: Problems,
    *,
    strict: bool = False,
) -> Decoded[Body] | None:
    """Read values into types and note every problem.

    Args:
        source: values and places.
        model: the type of the whole file.
        schema_of: gives its JSON Schema; asked only if something is wrong.
        stand_ins: a value for each required key of the root, used where it is missing.
        problems: takes what is found.
        strict: ask the schema even if the types accept everything.

    Returns:
        As much as could be read; None if the file is no map or of a later version.
    """
    root = source.value
    if not isinstance(root, dict):
        not_a_map(root, problems)
        return None
    version = root.get("version")
    if isinstance(version, int) and version > 1:
        # A later version may mean something else by every other key, so nothing else is read.
        _, refused = _validate({"version": version}, model, {})
        about_version = (item for item in refused if item.pointer == ("version",))
        _note(about_version, schema_of(), problems)
        return None
    broken = set(source.damaged)
    for pointer in [at for at, value in _walk(root) if value is None and at not in broken]:
        if not problems.are_full:
            _empty(pointer, schema_of(), problems)
        broken.add(pointer)
    return _Fitting(root, model, schema_of, problems).fit(broken, stand_ins, strict=strict)


@dataclass(frozen=True, slots=True)
class _Fitting(Generic[Body]):
    """Leaves out what is refused until the rest is accepted."""

    root: dict[str, Json]
    model: type[Body]
    schema_of: Callable[[], Schema]
    problems: Problems

    def fit(
        self, broken: set[Pointer], stand_ins: Mapping[str, Json], *, strict: bool
    ) -> Decoded[Body]:
        left, kept = _without(self.root, broken)
        body, refused = _validate(left, self.model, kept)
        if refused or strict:
            structure = self._structure(left, kept) if strict or self._is_small() else []
            schema = self.schema_of()
            _note(_merged(refused, structure, broken, schema), schema, self.problems)
        filled: dict[str, Json] | None = None
        while body is None:
            useless = {_to_leave_out(item, broken) for item in refused}
            if filled is not None and useless <= broken:
                raise AssertionError(f"leaving out {sorted(map(str, useless))} changes nothing")
            broken |= useless
            left, kept = _without(self.root, broken)
            filled = {key: value for key, value in stand_ins.items() if key not in left}
            broken |= {(key,) for key in filled}
            body, refused = _validate({**left, **filled}, self.model, kept)
        return Decoded(body, frozenset(broken), kept)

    def _is_small(self) -> bool:
        return len(self.problems.source.values) <= _MOST_FOR_SCHEMA

    def _structure(
        self, left: dict[str, Json], kept: Mapping[Pointer, Sequence[int]]
    ) -> list[Mismatch]:
        found = check(left, self.schema_of())
        return [
            Mismatch(item.kind, _in_file(item.pointer, left, kept, is_exact=True), item.detail)
            for item in found
        ]


def _validate(
    left: dict[str, Json], model: type[Body], kept: Mapping[Pointer, Sequence[int]]
) -> tuple[Body | None, list[_Refused]]:
    try:
        return model.model_validate(left), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    return None, [_from_types(dict(item), left, kept) for item in found]


def _from_types(
    error: Mapping[str, Any], left: dict[str, Json], kept: Mapping[Pointer, Sequence[int]]
) -> _Refused:
    kind, context = error["type"], error.get("ctx", {})
    pointer = _in_file(error["loc"], left, kept)
    if kind == "missing":
        return _Refused("missing", (*pointer, error["loc"][-1]), "", {})
    if kind == "extra_forbidden":
        return _Refused("unknown", pointer, "", {})
    if kind == codes.KIND:
        return _Refused("kind", pointer, context["expected"], {"fix": context["fix"]})
    if kind in codes.MEANINGS:
        return _Refused("said", pointer, "", {"code": kind, **context})
    if kind in _KINDS:
        return _Refused("kind", pointer, in_words(_KINDS[kind]), {})
    return _Refused("else", pointer, error["msg"], {})


def _in_file(
    way: Sequence[str | int],
    left: Json,
    kept: Mapping[Pointer, Sequence[int]],
    *,
    is_exact: bool = False,
) -> Pointer:
    """Translate a validator's way to a value into the pointer of that value in the file.

    Ways lead through long forms even where the short one was written, so parts that the file does
    not have are left out, unless `is_exact`. Lists may have lost items.
    """
    pointer: Pointer = ()
    at: Json = left
    for part in way:
        if isinstance(at, dict) and part in at:
            at = at[str(part)]
            pointer = (*pointer, part)
        elif isinstance(at, list) and isinstance(part, int) and part < len(at):
            at = at[part]
            indices = kept.get(pointer)
            pointer = (*pointer, part if indices is None else indices[part])
        elif is_exact:
            pointer = (*pointer, part)
    return pointer


def _merged(
    refused: Iterable[_Refused],
    structure: Iterable[Mismatch],
    broken: set[Pointer],
    schema: Schema,
) -> Iterator[_Refused]:
    """Both opinions, each pointer once: a parser's words first, then the schema's, then the rest.

    What is missing because it was left out before is not missing, nor what was only misspelt.
    """
    types = [item for item in refused if not (item.kind == "missing" and item.pointer in broken)]
    by_pointer = {item.pointer: item for item in types if item.parts}
    said = set(by_pointer) | _above(by_pointer)
    from_schema = [_Refused(item.kind, item.pointer, item.detail, {}) for item in structure]
    for item in from_schema + [item for item in types if not item.parts]:
        if item.pointer in by_pointer or item.pointer in broken:
            continue
        around = (item.pointer[:length] for length in range(len(item.pointer)))
        is_said = item.pointer in said or any(at in by_pointer for at in around)
        if item.kind in ("kind", "else") and is_said:
            continue
        by_pointer[item.pointer] = item
    # No more of them than problems are shown: to look for the nearest name takes long.
    unknown = [item.pointer for item in by_pointer.values() if item.kind == "unknown"]
    misspelt = {
        (*pointer[:-1], nearest(str(pointer[-1]), known_keys(schema, pointer[:-1])))
        for pointer in unknown[:MAX_PROBLEMS]
    }
    for item in by_pointer.values():
        if item.kind != "missing" or item.pointer not in misspelt:
            yield item


def _to_leave_out(refused: _Refused, broken: set[Pointer]) -> Pointer:
    """The value to do without: the map around a missing key, but never the whole file."""
    pointer = refused.pointer
    if refused.kind == "missing" and len(pointer) > 1:
        pointer = pointer[:-1]
    while pointer in broken and len(pointer) > 1:
        pointer = pointer[:-1]
    return pointer


def _without(
    root: dict[str, Json], broken: set[Pointer]
) -> tuple[dict[str, Json], dict[Pointer, Sequence[int]]]:
    """A copy without the broken values, and which items its shortened lists still have."""
    kept: dict[Pointer, Sequence[int]] = {}
    if not broken:
        return root, kept
    above = _above(broken)

    def copy(value: Json, at: Pointer) -> Json:
        # As deep as the file, which the reader of YAML bounds.
        if at not in above:
            return value
        if isinstance(value, dict):
            return {
                key: copy(item, (*at, key))
                for key, item in value.items()
                if (*at, key) not in broken
            }
        if isinstance(value, list):
            indices = [index for index in range(len(value)) if (*at, index) not in broken]
            if len(indices) < len(value):
                kept[at] = indices
            return [copy(value[index], (*at, index)) for index in indices]
        return value

    left = copy(root, ())
    return (left if isinstance(left, dict) else {}), kept


def _above(pointers: Iterable[Pointer]) -> set[Pointer]:
    """All places around these."""
    return {pointer[:length] for pointer in pointers for length in range(len(pointer))}


def _walk(root: Json) -> Iterator[tuple[Pointer, Json]]:
    """All values in file order, without recursion."""
    waiting: list[tuple[Pointer, Json]] = [((), root)]
    while waiting:
        pointer, value = waiting.pop()
        yield pointer, value
        if isinstance(value, dict):
            waiting += [((*pointer, key), item) for key, item in reversed(value.items())]
        elif isinstance(value, list):
            indexed = list(enumerate(value))
            waiting += [((*pointer, index), item) for index, item in reversed(indexed)]


def _note(refused: Iterable[_Refused], schema: Schema, problems: Problems) -> None:
    for item in refused:
        if problems.are_full:
            return
        match item.kind:
            case "unknown":
                _unknown_key(item.pointer, schema, problems)
            case "missing":
                _missing_key(item.pointer, schema, problems)
            case "said":
                parts = item.parts
                problems.add(
                    parts["code"],
                    item.pointer,
                    what=parts["what"],
                    why=parts["why"],
                    fix=parts["fix"],
                )
            case _:
                _wrong_kind(item, schema, problems)


def not_a_map(root: Json, problems: Problems) -> None:
    """Note that a whole file is no map, unless its text was refused already."""
    if problems.found:
        return
    what = "the file is empty" if root is None else f"the file is {thing(root)}"
    problems.add(
        codes.NOT_A_MAP,
        (),
        what=what,
        why="it holds keys with values, one a line, such as `version: 1`",
        fix="begin it with `version: 1`",
    )


def _unknown_key(pointer: Pointer, schema: Schema, problems: Problems) -> None:
    if problems.are_full:
        return  # to look for the nearest name takes long, and nobody would read it
    key, around = str(pointer[-1]), pointer[:-1]
    problems.add(
        codes.UNKNOWN_KEY,
        problems.source.locate_key(pointer),
        what=f"unknown key {quoted(key)}" + (f" in `{dotted(around)}`" if around else ""),
        why="there is no such key at this place, and one that does nothing would hide a slip",
        fix=did_you_mean(
            key,
            known_keys(schema, around),
            kind="keys here",
            otherwise="delete the line",
            most=_MOST_KEYS,
        ),
    )


def _missing_key(pointer: Pointer, schema: Schema, problems: Problems) -> None:
    key, around = str(pointer[-1]), pointer[:-1]
    meaning = about(schema, pointer)
    problems.add(
        codes.MISSING_KEY,
        pointer,
        what=f"`{key}` is missing" + (f" in `{dotted(around)}`" if around else ""),
        why=_first_sentence(meaning) or "it has to be there",
        fix=f"add {_example(key, meaning)}",
    )


def _wrong_kind(refused: _Refused, schema: Schema, problems: Problems) -> None:
    source, pointer = problems.source, refused.pointer
    fix = refused.parts.get("fix", "")
    if not fix and source.written(pointer).startswith("{") and "text" in refused.detail:
        fix = "put the whole text in quotes, since YAML takes a `{` at its start for a map"
    problems.add(
        codes.KIND,
        pointer,
        what=f"`{dotted(pointer)}` is {thing(source.value_at(pointer))}",
        why=f"it takes {refused.detail}" if refused.kind == "kind" else refused.detail,
        fix=fix or f"write it like {_nearest_example(pointer, schema)}",
    )


def _empty(pointer: Pointer, schema: Schema, problems: Problems) -> None:
    if not accepts_part(schema, pointer):
        # Else what is around it is of a wrong kind, which is said there.
        if pointer and isinstance(pointer[-1], str) and expects_map(schema, pointer[:-1]):
            _unknown_key(pointer, schema, problems)
        return
    source = problems.source
    at = source.locate_key(pointer)
    if source.ancestors and source.written(pointer) in NULLS:
        problems.add(
            codes.REMOVES_NOTHING,
            at,
            what=f"`{dotted(pointer)}` removes nothing",
            why=f"`{source.written(pointer)}` takes away what this file extends, and that has no"
            " such value",
            fix=did_you_mean(
                str(pointer[-1]),
                source.ancestors[0].keys_at(pointer[:-1]),
                kind="keys there",
                otherwise="delete the line",
                most=_MOST_KEYS,
            ),
        )
        return
    is_comment = f"{pointer[-1]}: #" in source.line_of(at)[at.column - 1 :]
    problems.add(
        codes.KIND,
        at,
        what=f"`{dotted(pointer)}` has no value",
        why="`#` begins a comment, so nothing is left of the value"
        if is_comment
        else "nothing follows it that belongs to it",
        fix="put the value in quotes"
        if is_comment
        else "give it a value, indented if it is on lines of its own, or delete the line",
    )


def _first_sentence(meaning: Schema) -> str:
    sentence = str(meaning.get("description", "")).partition(". ")[0].rstrip(".")
    return sentence[:1].lower() + sentence[1:]


def _nearest_example(pointer: Pointer, schema: Schema) -> str:
    """An example of the value, or of the smallest value around it that has one."""
    while len(pointer) > 1 and not about(schema, pointer).get("examples"):
        pointer = pointer[:-1]
    return _example(str(pointer[-1]), about(schema, pointer))


def _example(key: str, meaning: Schema) -> str:
    examples = meaning.get("examples") or [meaning.get("const", "…")]
    return f"`{key}: {_as_yaml(examples[0])}`"


def _as_yaml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_as_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_as_yaml(item) for item in value) + "]"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'"{text}"' if text.startswith(("#", "{", "*")) else text
