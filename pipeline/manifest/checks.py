"""The manifest's key `checks`: how a campaign switches the checks of delivered pictures.

There is one field for each check, so that a misspelt name is a problem with a hint like any other
key. Names, units and limits come from `domain.flags`.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from pipeline.domain.flags import CHECKS, Setting, Settings
from pipeline.manifest import codes
from pipeline.manifest.values import Leaf, choice, refusal, wrong_kind
from pipeline.manifest.wording import quoted

_WORDS = ("off", "warn", "fail")
_LIMIT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_STRICT = ConfigDict(frozen=True, extra="forbid")


def _limit(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise wrong_kind("a number such as `0.5`")
    text = str(value).strip()
    if not _LIMIT.fullmatch(text):
        raise refusal(
            codes.RANGE,
            what=f"{quoted(text)} is no limit of a check",
            why="a limit is a number from 0 to 999999, with or without a decimal point",
            fix="write it like `0.5`; `campaign schema` says what each check measures",
        )
    return float(text)


SeverityWord = Annotated[Literal["off", "warn", "fail"], choice(*_WORDS)]
Limit = Annotated[
    float,
    Leaf(
        _limit,
        {
            "type": ["string", "number"],
            "pattern": r"^\s*[0-9]{1,6}(\.[0-9]{1,6})?\s*$",
            "minimum": 0,
            "maximum": 999_999.999_999,
        },
    ),
]


class CheckEntry(BaseModel):
    """How one check is judged: one word, or a map with limits."""

    model_config = _STRICT

    severity: Annotated[
        SeverityWord | None,
        Field(
            description="`off` for not at all; `warn` or `fail` for how bad whatever it finds is."
            " Left out, the check's own limits decide between the two."
        ),
    ] = None
    warn: Annotated[
        Limit | None,
        Field(description="From where on it warns, in what the check measures.", examples=["0.5"]),
    ] = None
    fail: Annotated[
        Limit | None,
        Field(description="From where on it fails, in what the check measures.", examples=["0.7"]),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"severity": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        long = handler.resolve_ref_schema(handler(core))
        short = {"type": "string", "enum": list(_WORDS), "examples": ["off"]}
        return {"description": cls.__doc__ or "", "anyOf": [short, long]}

    @property
    def setting(self) -> Setting:
        """What it comes to."""
        return Setting(
            is_on=self.severity != "off",
            warn=self.warn,
            fail=self.fail,
            severity=None if self.severity == "off" else self.severity,
        )


def _about(name: str) -> Any:
    check = CHECKS[name]
    side = "below" if check.below else "from"
    limits = [
        f"{word} {side} {limit:g}"
        for word, limit in (("warns", check.warn), ("fails", check.fail))
        if limit is not None
    ]
    return Field(
        alias=name,
        description=f"{check.code}: looks for {check.looks_for}. Measures: {check.measures};"
        f" {' and '.join(limits)}.",
    )


class ChecksEntry(BaseModel):
    """How loudly each check of delivered pictures speaks; flags never delete or buy anything."""

    model_config = _STRICT

    undecodable: Annotated[CheckEntry | None, _about("undecodable")] = None
    wrong_size: Annotated[CheckEntry | None, _about("wrong-size")] = None
    wrong_aspect: Annotated[CheckEntry | None, _about("wrong-aspect")] = None
    unusual_file: Annotated[CheckEntry | None, _about("unusual-file")] = None
    blank: Annotated[CheckEntry | None, _about("blank")] = None
    nothing_changed: Annotated[CheckEntry | None, _about("nothing-changed")] = None
    changed_everywhere: Annotated[CheckEntry | None, _about("changed-everywhere")] = None
    near_duplicate: Annotated[CheckEntry | None, _about("near-duplicate")] = None
    collage: Annotated[CheckEntry | None, _about("collage")] = None
    false_resolution: Annotated[CheckEntry | None, _about("false-resolution")] = None
    blur: Annotated[CheckEntry | None, _about("blur")] = None
    jpeg_damage: Annotated[CheckEntry | None, _about("jpeg-damage")] = None
    unexpected_alpha: Annotated[CheckEntry | None, _about("unexpected-alpha")] = None
    letterbox: Annotated[CheckEntry | None, _about("letterbox")] = None
    face_drift: Annotated[CheckEntry | None, _about("face-drift")] = None
    subject_drift: Annotated[CheckEntry | None, _about("subject-drift")] = None
    no_face: Annotated[CheckEntry | None, _about("no-face")] = None
    several_subjects: Annotated[CheckEntry | None, _about("several-subjects")] = None
    wrong_position: Annotated[CheckEntry | None, _about("wrong-position")] = None
    provider_flagged: Annotated[CheckEntry | None, _about("provider-flagged")] = None
    nsfw: Annotated[CheckEntry | None, _about("nsfw")] = None
    set_colour: Annotated[CheckEntry | None, _about("set-colour")] = None
    set_light: Annotated[CheckEntry | None, _about("set-light")] = None
    set_subject: Annotated[CheckEntry | None, _about("set-subject")] = None

    @property
    def settings(self) -> Settings:
        """The checks that are switched, by name."""
        found: dict[str, Setting] = {}
        for name, field in type(self).model_fields.items():
            entry: CheckEntry | None = getattr(self, name)
            if entry is not None:
                found[field.alias or name] = entry.setting
        return found


def limits_of(name: str, setting: Setting) -> Mapping[str, float | None]:
    """The limits of a check as a campaign has them: `warn` and `fail`, None where it has none."""
    check = CHECKS[name]
    return {
        "warn": check.warn if setting.warn is None else setting.warn,
        "fail": check.fail if setting.fail is None else setting.fail,
    }
