"""How problems name things: quoted, shortened, listed, and compared with what was meant."""

from collections.abc import Collection, Sequence

_LONGEST = 60
MOST_LISTED = 12
_MOST_COMPARED = 200
_LIKE = 0.6


def quoted(text: object) -> str:
    """A value in backticks, on one line and not longer than a line can bear."""
    shown = str(text).replace("\n", "\\n").replace("\r", "\\r").replace("`", "'")
    if len(shown) > _LONGEST:
        shown = shown[: _LONGEST - 1] + "…"
    return f"`{shown}`"


def listed(names: Collection[object], *, most: int = MOST_LISTED) -> str:
    """Names in backticks, the way a sentence lists them; long lists are cut and say so.

    Args:
        names: in the order to show, one or more.
        most: how many to show.
    """
    shown = [quoted(name) for name in list(names)[:most]]
    if len(names) > most:
        return f"{', '.join(shown)}, … ({len(names)} in all)"
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name that was probably meant, if any is near enough."""
    import difflib  # noqa: PLC0415 - only needed once something is wrong

    wanted = name[:_LONGEST].casefold()
    by_fold: dict[str, str] = {}
    for candidate in list(known)[:_MOST_COMPARED]:
        by_fold.setdefault(candidate.casefold(), candidate)
    found = difflib.get_close_matches(wanted, by_fold, n=1, cutoff=_LIKE)
    if found:
        return by_fold[found[0]]
    part_of = [candidate for fold, candidate in by_fold.items() if wanted and wanted in fold]
    return part_of[0] if len(part_of) == 1 else None


def did_you_mean(
    name: str, known: Sequence[str], *, kind: str, otherwise: str, most: int = MOST_LISTED
) -> str:
    """A fix for a name that does not exist.

    Args:
        name: as written.
        known: names that do exist, in the order to show.
        kind: what they are, such as `image sets`.
        otherwise: the fix where there are none; to delete it is one also where there are some.
        most: how many known names to show; of more than that, none beside one that is near.
    """
    if not known:
        return otherwise
    near = nearest(name, known)
    if near is None:
        before = f"{otherwise}, or " if otherwise.startswith("delete") else ""
        return f"{before}use one of the known {kind}: {listed(known, most=most)}"
    if len(known) > most:
        return f"did you mean {quoted(near)}? There are {len(known)} {kind}"
    return f"did you mean {quoted(near)}? Known {kind}: {listed(known, most=most)}"


def dotted(pointer: Sequence[str | int]) -> str:
    """A pointer as people write it: `matrix.exclude[0].set`."""
    text = ""
    for part in pointer:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def thing(value: object) -> str:
    """What kind of value was written, for `is …`."""
    match value:
        case None:
            return "empty"
        case bool():
            return f"`{str(value).lower()}`"
        case int():
            return f"the number `{value}`"
        case str():
            return f"the text {quoted(value)}"
        case dict():
            return "a map"
        case _:
            return "a list"


def number(value: int) -> str:
    """A whole number with separators for people."""
    return f"{value:,}"
