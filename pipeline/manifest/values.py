"""Values as authors write them, each with its parser and the JSON Schema an editor checks with.

A parser takes what strict YAML gives (text, whole numbers, true and false) and refuses with a
problem's parts. The schemas accept numbers wherever a text is wanted, since editors read `12.00`
as a number.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Annotated, Any, Literal, LiteralString, NamedTuple

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from pipeline.domain.campaign import AXES, AxisName, PixelSize, Sequence
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.lint import LintLevel
from pipeline.domain.money import MicroUsd, NotMoneyError, parse_usd
from pipeline.domain.rendition import Fit, RenditionFormat
from pipeline.domain.review_budget import OnLost
from pipeline.manifest import codes
from pipeline.manifest.wording import did_you_mean, listed, quoted

PER_MILLE = 1000
MOST_TAKES = 50
MOST_IMAGES = 1_000_000
MOST_RATE = 1_000_000
MOST_JOBS = 1_000_000
MOST_REVIEWERS = 20
ALL = "all"

_LONGEST_SIDE = 999_999
_TWO_NUMBERS = re.compile(r"[0-9]+x[0-9]+")
_SIZE = re.compile(r"([1-9][0-9]{0,5})x([1-9][0-9]{0,5})")
_NEARLY_SIZE = re.compile(
    r"([1-9][0-9]{0,5})\s*(?:px)?\s*[xX*\u00d7]\s*([1-9][0-9]{0,5})\s*(?:px)?"
)
_RATIO = re.compile(r"([1-9][0-9]?)\s*:\s*([1-9][0-9]?)")
_DECIMAL_COMMA = re.compile(r"([0-9]{1,6}),([0-9]{1,2})(?:\s*USD)?")
_PER_CENT = re.compile(r"([0-9]{1,3})\s*%")
_MOST_PER_CENT = 100
_INCREASE = re.compile(r"([0-9]{1,6})\s*%")
_BYTES = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(B|kB|MB|KiB|MiB)?")
_UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "KiB": 2**10, "MiB": 2**20}
_LEAST_BYTES = 1_000
_MOST_BYTES = 10**9
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SHARE = re.compile(r"0(?:\.[0-9]{1,9})?|1(?:\.0{1,9})?")
_MARGIN_SHARE = re.compile(r"([0-9]{1,2}(?:\.[0-9])?)\s*%")
_MARGIN_PX = re.compile(r"([0-9]{1,5})\s*(?:px)?")
_WHOLE = re.compile(r"[0-9]{1,18}")
_CELL_KEY = re.compile(r"c[1-9][0-9]{0,3}-[0-9a-f]{64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")

_TEXT_SCHEMA: Mapping[str, Any] = {"type": ["string", "number"]}


class Margin(NamedTuple):
    """What stays free at one edge: in per mille of the side, or in px where these are given."""

    per_mille: int = 0
    px: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """How one kind of value is read, and what an editor should accept for it."""

    read: Callable[[Any], object]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return dict(self.schema)


def refusal(code: LiteralString, *, what: str, why: str, fix: str) -> PydanticCustomError:
    """A parser's answer to a value of the right kind that it cannot take."""
    return PydanticCustomError(code, "not accepted", {"what": what, "why": why, "fix": fix})


def wrong_kind(expected: str, *, fix: str = "") -> PydanticCustomError:
    """A parser's answer to a value of another kind; the reader of errors knows its name."""
    return PydanticCustomError(codes.KIND, "wrong kind", {"expected": expected, "fix": fix})


def read_text(value: Any) -> str:
    """Text; a whole number is taken as its digits, so that `title: 2026` needs no quotes."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, bool):
        raise wrong_kind("text", fix=f'put it in quotes: `"{str(value).lower()}"`')
    raise wrong_kind("text")


def _one_line(value: Any) -> str:
    return " ".join(read_text(value).split())


def _written(value: Any, expected: str) -> str:
    """The text of a value that a parser of its own reads further."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value).strip()
    raise wrong_kind(expected)


def _size(value: Any) -> PixelSize:
    text = _written(value, "a size in pixels such as `1080x1350`")
    found = _SIZE.fullmatch(text)
    if found is None:
        raise refusal(
            codes.SIZE,
            what=f"{quoted(text)} is not a size",
            why=f"each side is a whole number of pixels from 1 to {_LONGEST_SIDE:,}"
            if _TWO_NUMBERS.fullmatch(text)
            else "a size is width x height in pixels, with an `x` between",
            fix=_meant_size(text),
        )
    return PixelSize(int(found[1]), int(found[2]))


def _meant_size(text: str) -> str:
    near, ratio = _NEARLY_SIZE.fullmatch(text), _RATIO.fullmatch(text)
    if near is not None:
        return f"write `{near[1]}x{near[2]}`"
    if ratio is not None:
        wide, high = int(ratio[1]), int(ratio[2])
        shorter = min(wide, high)
        return f"write the pixels, such as `{wide * 1080 // shorter}x{high * 1080 // shorter}`"
    return "write it like `1080x1350`"


def _money(value: Any) -> MicroUsd:
    text = _written(value, "an amount of US dollars such as `12.00 USD`")
    try:
        return parse_usd(text)
    except NotMoneyError as error:
        comma = _DECIMAL_COMMA.fullmatch(text)
        point = f"{comma[1]}.{comma[2]}" if comma else ""
        raise refusal(
            codes.MONEY,
            what=f"{quoted(text)} is not an amount of US dollars",
            why="it is more than anybody can mean"
            if "more than" in str(error)
            else "the provider bills in US dollars; amounts have at most six decimals and no sign",
            fix=f"write `{point}`, with a decimal point" if point else "write it like `12.00 USD`",
        ) from error


def _per_cent(value: Any) -> int:
    text = _written(value, "a percentage such as `80%`")
    found = _PER_CENT.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= _MOST_PER_CENT:
        raise refusal(
            codes.PER_CENT,
            what=f"{quoted(text)} is not a percentage from 1% to 100%",
            why="the plan warns from this share of `cap` on",
            fix=f"write `{text}%`" if _is_share(text) else "write it like `80%`",
        )
    return int(found[1])


def _increase(value: Any) -> int:
    text = _written(value, "a percentage such as `20%`")
    found = _INCREASE.fullmatch(text)
    if found is None:
        raise refusal(
            codes.PER_CENT,
            what=f"{quoted(text)} is not a percentage",
            why="what is to be bought may cost so many whole per cent more; 0 or more",
            fix=f"write `{text}%`" if _WHOLE.fullmatch(text) else "write it like `20%`",
        )
    return int(found[1])


def _is_share(text: str) -> bool:
    return _WHOLE.fullmatch(text) is not None and 1 <= int(text) <= _MOST_PER_CENT


def _bytes(value: Any) -> int:
    text = _written(value, "a number of bytes such as `500kB`")
    found = _BYTES.fullmatch(text)
    if found is None:
        raise refusal(
            codes.BYTES,
            what=f"{quoted(text)} is not a number of bytes",
            why="sizes of files are written in `kB` (1,000), `MB`, `KiB` (1,024), `MiB` or bytes",
            fix=f"did you mean `{_in_known_unit(text)}`?"
            if _in_known_unit(text)
            else "write it like `500kB` or `1.5MB`",
        )
    count = int(Decimal(found[1]) * _UNITS[found[2] or "B"])
    if not _LEAST_BYTES <= count <= _MOST_BYTES:
        few = count < _LEAST_BYTES
        raise refusal(
            codes.BYTES,
            what=f"{quoted(text)} is {count:,} byte{'' if count == 1 else 's'}",
            why="no picture fits into that" if few else "no picture needs that",
            fix=f"did you mean `{count}kB`?" if few and count else "write it like `500kB`",
        )
    return count


def _in_known_unit(text: str) -> str:
    folded = {unit.casefold(): unit for unit in _UNITS} | {"k": "kB", "m": "MB"}
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
    unit = folded.get(text[len(digits) :].strip().casefold())
    return f"{digits}{unit}" if unit and _BYTES.fullmatch(digits) else ""


def _colour(value: Any) -> str:
    text = _written(value, "a colour such as `#ffffff`")
    if _COLOUR.fullmatch(text) is None:
        bare = _COLOUR.fullmatch(f"#{text}") is not None
        raise refusal(
            codes.COLOUR,
            what=f"{quoted(text)} is not a colour",
            why="a colour is `#` and six hexadecimal digits: red, green, blue",
            fix=f'write `"#{text}"`' if bare else 'write it like `"#ffffff"`, in quotes',
        )
    return text.lower()


def _focus(value: Any) -> tuple[int, int]:
    if not isinstance(value, list):
        raise wrong_kind("two numbers from 0 to 1 such as `[0.5, 0.35]`")
    parts = [str(part) for part in value]
    if len(parts) != 2 or not all(_SHARE.fullmatch(part) for part in parts):  # noqa: PLR2004 - x, y
        raise refusal(
            codes.FOCUS,
            what=f"{quoted('[' + ', '.join(parts) + ']')} is not a focal point",
            why="it takes how far right and how far down, as shares of width and height from 0 to"
            " 1 with a decimal point",
            fix="write it like `[0.5, 0.35]`",
        )
    right, down = (_per_mille(part) for part in parts)
    return right, down


def _per_mille(share: str) -> int:
    return int((Decimal(share) * PER_MILLE).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _margin(value: Any) -> Margin:
    text = _written(value, "a margin such as `14%` or `250px`")
    share, pixels = _MARGIN_SHARE.fullmatch(text), _MARGIN_PX.fullmatch(text)
    if pixels is not None:
        return Margin(px=int(pixels[1]))
    if share is None or int(Decimal(share[1]) * 10) >= PER_MILLE:
        raise refusal(
            codes.MARGIN,
            what=f"{quoted(text)} is not a margin",
            why="a margin is a share of the side such as `14%`, or pixels of the size such as"
            " `250px`",
            fix="write it like `14%`",
        )
    return Margin(per_mille=int((Decimal(share[1]) * 10).to_integral_value(ROUND_UP)))


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    meant = {"yes": "true", "on": "true", "true": "true"} | {
        "no": "false",
        "off": "false",
        "false": "false",
    }
    near = meant.get(str(value).strip().casefold())
    raise wrong_kind("`true` or `false`", fix=f"write `{near}`" if near else "")


def _version(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_kind("the number 1", fix="write `version: 1`")
    if value == 1:
        return 1
    raise refusal(
        codes.VERSION,
        what=f"version {quoted(value)} is unknown",
        why="this program reads version 1",
        fix="write `version: 1`, or install a version of the program that reads this file",
    )


def _cell_key(value: Any) -> CellKey:
    text = _written(value, "a cell key such as `c1-3f2a…`")
    if _CELL_KEY.fullmatch(text) is None:
        raise _no_pin(text, "a cell key", "`c1-` and 64 hexadecimal digits, in small letters")
    return CellKey(text)


def _digest(value: Any) -> Sha256:
    text = _written(value, "a SHA-256 digest such as `3f2a…`")
    if _DIGEST.fullmatch(text) is None:
        raise _no_pin(text, "the digest of a picture", "64 hexadecimal digits, in small letters")
    return Sha256(text)


def _no_pin(text: str, what: str, form: str) -> PydanticCustomError:
    return refusal(
        codes.PIN,
        what=f"{quoted(text)} is not {what}",
        why=f"it is {form}, as receipts and the contact sheet tell it",
        fix="copy the `pins` lines that `campaign plan --explain CELL` prints",
    )


def _axis(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    if not items:
        raise wrong_kind("`all`, a name, or a list of names")
    return tuple(map(_one_line, items))


def _takes(value: Any) -> tuple[int, ...]:
    if value == ALL:
        return ()
    items = value if isinstance(value, list) else [value]
    read = whole(1, MOST_TAKES, of="takes of one shot").read
    if not items:
        raise wrong_kind("`all`, a number, or a list of numbers")
    return tuple(int(str(read(item))) for item in items)


def _zipped(value: Any) -> tuple[AxisName, ...]:
    example = "`[variant, size]`"
    if not isinstance(value, list):
        raise wrong_kind(f"a list of axes such as {example}", fix="write `zip: [[variant, size]]`")
    group = tuple(_axis_name(item) for item in value)
    why = ""
    if len(set(group)) < len(group):
        why = "an axis is named twice"
    elif len(group) < 2:  # noqa: PLR2004 - it takes two
        why = "it takes two axes or more to advance together"
    elif "set" in group and "picture" in group:
        why = "every set has pictures of its own, so there is no one list of them"
    if why:
        shown = ", ".join(group)
        raise refusal(
            codes.ZIPPED,
            what=f"{quoted(f'[{shown}]')} cannot advance together",
            why=why,
            fix=f"write it like {example}",
        )
    return group


def _axis_name(value: Any) -> AxisName:
    name = _SYNONYMS.get(str(value), str(value))
    for axis in AXES:
        if axis == value:
            return axis
    raise refusal(
        codes.CHOICE,
        what=f"{quoted(value)} is not an axis",
        why="the axes of the matrix have fixed names",
        fix=did_you_mean(name, AXES, kind="axes", otherwise=""),
    )


def whole(least: int, most: int, *, of: str) -> Leaf:
    """A whole number within bounds, both of which are allowed; `of` names what is counted."""
    expected = f"a whole number from {least:,} to {most:,}"

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            digits = str(value).strip().lstrip("0") or "0"
            is_whole = isinstance(value, str) and _WHOLE.fullmatch(digits)
            plain = f"write `{digits}`, without quotes or leading zeros" if is_whole else ""
            raise wrong_kind(expected, fix=plain)
        if not least <= value <= most:
            fix = f"write `{least}` or more" if value < least else f"write `{most}` or less"
            raise refusal(
                codes.RANGE,
                what=f"`{value}` is out of range",
                why=f"{of}: {expected}",
                fix=fix,
            )
        return value

    return Leaf(read, {"type": "integer", "minimum": least, "maximum": most})


def choice(*words: str) -> Leaf:
    """One of a few words."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise wrong_kind(f"one of {listed(words)}")
        if value not in words:
            meant = _SYNONYMS.get(value, value.strip())
            raise refusal(
                codes.CHOICE,
                what=f"{quoted(value)} is not possible here",
                why="only a few words mean something here",
                fix=did_you_mean(meant, words, kind="words", otherwise=""),
            )
        return value

    return Leaf(read, {"enum": list(words)})


_SYNONYMS = {
    "jpg": "jpeg",
    "crop": "cover",
    "fill": "cover",
    "pad": "contain",
    "fit": "contain",
    "image": "picture",
    "images": "set",
}


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | int) and not isinstance(value, bool) else value


Version = Annotated[int, Leaf(_version, {"const": 1})]
Text = Annotated[str, Leaf(read_text, _TEXT_SCHEMA)]
Line = Annotated[str, Leaf(_one_line, _TEXT_SCHEMA)]
Flag = Annotated[bool, Leaf(_flag, {"type": "boolean"})]
Size = Annotated[
    PixelSize,
    Leaf(_size, {"type": "string", "pattern": r"^\s*[1-9][0-9]{0,5}x[1-9][0-9]{0,5}\s*$"}),
]
Money = Annotated[
    MicroUsd,
    Leaf(
        _money,
        {
            "type": ["string", "number"],
            "minimum": 0,
            "pattern": r"^\s*(\$\s*)?\d{1,12}(\.\d{1,6})?(\s*USD)?\s*$",
        },
    ),
]
PerCent = Annotated[int, Leaf(_per_cent, {"type": "string", "pattern": r"^\s*[0-9]{1,3}\s*%\s*$"})]
Increase = Annotated[int, Leaf(_increase, {"type": "string", "pattern": r"^\s*[0-9]{1,6}\s*%\s*$"})]
Bytes = Annotated[
    int,
    Leaf(
        _bytes,
        {
            "type": ["string", "integer"],
            "minimum": _LEAST_BYTES,
            "pattern": r"^\s*[0-9]{1,9}(\.[0-9]{1,3})?\s*(B|kB|MB|KiB|MiB)?\s*$",
        },
    ),
]
Colour = Annotated[str, Leaf(_colour, {"type": "string", "pattern": r"^\s*#[0-9a-fA-F]{6}\s*$"})]
Focus = Annotated[
    tuple[int, int],
    Leaf(
        _focus,
        {
            "type": "array",
            "items": {"type": ["number", "string"]},
            "minItems": 2,
            "maxItems": 2,
        },
    ),
]
Takes = Annotated[int, whole(1, MOST_TAKES, of="takes of one shot")]
Images = Annotated[int, whole(1, MOST_IMAGES, of="pictures bought")]
Reviewers = Annotated[int, whole(1, MOST_REVIEWERS, of="reviewers who have to approve")]
Jobs = Annotated[int, whole(1, MOST_JOBS, of="pictures that a campaign may want")]
Quality = Annotated[int, whole(1, 100, of="encoder quality")]
Rate = Annotated[int, whole(1, MOST_RATE, of="what the provider's account allows")]
FitWord = Annotated[Fit, choice("cover", "contain", "exact")]
FormatWord = Annotated[RenditionFormat, choice("jpeg", "png", "webp", "avif")]
MarginText = Annotated[
    Margin,
    Leaf(
        _margin,
        {
            "type": ["string", "integer"],
            "minimum": 0,
            "pattern": r"^\s*([0-9]{1,2}(\.[0-9])?\s*%|[0-9]{1,5}\s*(px)?)\s*$",
        },
    ),
]
SequenceWord = Annotated[Sequence, choice("pictures", "takes")]
Tier = Literal["bronze", "silver", "gold", "ultra"]
TierWord = Annotated[Tier, choice("bronze", "silver", "gold", "ultra")]
OnLostWord = Annotated[OnLost, choice("fail", "warn")]
LintWord = Annotated[LintLevel, choice("off", "advice", "warning", "error")]
_HEX = "[0-9a-f]{64}"
PinnedKey = Annotated[
    CellKey, Leaf(_cell_key, {"type": "string", "pattern": f"^c[1-9][0-9]*-{_HEX}$"})
]
Digest = Annotated[Sha256, Leaf(_digest, {"type": ["string", "number"], "pattern": f"^{_HEX}$"})]
AxisNames = Annotated[
    tuple[str, ...],
    Leaf(
        _axis,
        {"anyOf": [_TEXT_SCHEMA, {"type": "array", "items": _TEXT_SCHEMA, "minItems": 1}]},
    ),
]
_TAKE_SCHEMA: Mapping[str, Any] = {"type": "integer", "minimum": 1, "maximum": MOST_TAKES}
AxisTakes = Annotated[
    tuple[int, ...],
    Leaf(
        _takes,
        {
            "anyOf": [
                {"const": ALL},
                _TAKE_SCHEMA,
                {"type": "array", "items": _TAKE_SCHEMA, "minItems": 1},
            ]
        },
    ),
]
Zipped = Annotated[
    tuple[AxisName, ...],
    Leaf(_zipped, {"type": "array", "items": {"enum": list(AXES)}, "minItems": 2}),
]
Patterns = Annotated[
    tuple[Line, ...],
    BeforeValidator(_as_list),
    WithJsonSchema(
        {"anyOf": [_TEXT_SCHEMA, {"type": "array", "items": _TEXT_SCHEMA, "minItems": 1}]}
    ),
]
