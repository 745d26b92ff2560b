"""The keys file of `campaign serve`: who is let in, for which organisation, in which role."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from pipeline.domain.diagnostics import CampaignError, Problem, in_file_order
from pipeline.domain.exit_codes import USAGE
from pipeline.domain.fingerprint import Json
from pipeline.emulator.access import ANYBODY, ROLES, AccessKey
from pipeline.manifest import codes
from pipeline.manifest.decode import decode
from pipeline.manifest.places import Problems
from pipeline.manifest.schema import Schema
from pipeline.manifest.source import parse
from pipeline.manifest.values import Flag, Leaf, Line, Version, choice, refusal, wrong_kind
from pipeline.manifest.wording import quoted

_MOST_BYTES = 1_000_000
_LEAST = 8
_LEAST_FILE: Final[Mapping[str, Json]] = {"version": 1, "keys": [{"key": "x" * _LEAST}]}
_STRICT = ConfigDict(frozen=True, extra="forbid")


def _secret(value: Any) -> str:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isprintable() and text) or " " in text:
        raise wrong_kind("a key: letters, digits and signs, without spaces")
    if len(text) < _LEAST:
        raise refusal(
            codes.RANGE,
            what="the key is too short",
            why=f"keys have at least {_LEAST} characters; a shorter one is soon guessed",
            fix="take a longer one, for example from `openssl rand -hex 24`",
        )
    return text


Secret = Annotated[str, Leaf(_secret, {"type": ["string", "integer"]})]
Role = Annotated[str, choice(*ROLES)]


class KeyEntry(BaseModel):
    """One key."""

    model_config = _STRICT

    key: Annotated[Secret, Field(description="What clients send.", examples=["at-least-8"])]
    name: Annotated[Line, Field(description="For people and bills.")] = ANYBODY
    organisation: Annotated[
        Line, Field(description="Whose predictions and money it reaches; left out, one for all.")
    ] = ""
    role: Annotated[Role, Field(description="What it may do.", examples=["viewer"])] = "owner"
    active: Annotated[
        Flag, Field(description="Whether the account ever had a top-up.", examples=["false"])
    ] = True


class KeysFile(BaseModel):
    """Who is let in; nobody else is."""

    model_config = _STRICT

    version: Annotated[Version, Field(description="Version of this language: 1.")]
    keys: Annotated[
        tuple[KeyEntry, ...],
        Field(min_length=1, description="All keys.", examples=[[{"key": "at-least-8"}]]),
    ]
    suspended: Annotated[
        tuple[Line, ...], Field(description="Organisations whose account is suspended.")
    ] = ()


def read_keys(path: Path) -> tuple[AccessKey, ...]:
    """Read a keys file.

    Raises:
        CampaignError: exit 2; it cannot be read or has problems: all of them at once.
    """
    source, found = parse(_text(path), file=str(path))
    problems = Problems(source)
    problems.found += found
    body = None
    if source.value is not None or not found:
        decoded = decode(source, KeysFile, _schema, _LEAST_FILE, problems)
        body = None if decoded is None else decoded.body
    if problems.found or body is None:
        raise CampaignError(USAGE, in_file_order(problems.found))
    _refuse_twice(path, body)
    return tuple(
        AccessKey(
            key=entry.key,
            name=entry.name,
            organisation=entry.organisation,
            role=entry.role,
            is_active=entry.active,
            is_suspended=entry.organisation in body.suspended,
        )
        for entry in body.keys
    )


def _refuse_twice(path: Path, body: KeysFile) -> None:
    if len({entry.key for entry in body.keys}) < len(body.keys):
        raise CampaignError(USAGE, [_twice(path)])


def _twice(path: Path) -> Problem:
    return Problem(
        code="M112",
        what=f"a key stands twice in {quoted(path)}",
        why="a key belongs to one organisation and has one role",
        fix="remove one of the two entries",
    )


@functools.cache
def _schema() -> Schema:
    return KeysFile.model_json_schema()


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES + 1).decode("utf-8", "surrogateescape")
    except OSError as error:
        raise CampaignError(USAGE, [_unreadable(path, error)]) from error


def _unreadable(path: Path, error: OSError) -> Problem:
    return Problem(
        code="M111",
        what=f"the keys file {quoted(path)} cannot be read",
        why=str(error.strerror),
        fix="check its name and permissions",
    )
