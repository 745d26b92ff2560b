"""Axes of the matrix: what the author restricts them to, and which of them advance together."""

from collections.abc import Mapping, Sequence

from pipeline.domain.campaign import AXES, Axes, AxisName
from pipeline.manifest import codes
from pipeline.manifest.globs import name_matches
from pipeline.manifest.model.matrix import AxesEntry
from pipeline.manifest.places import Pointer
from pipeline.manifest.rules.case import Case
from pipeline.manifest.values import ALL
from pipeline.manifest.wording import listed, quoted

_ZIP: Pointer = ("matrix", "zip")


def axes_of(case: Case) -> Axes:
    """The axes, patterns resolved to names in the order in which the author gives them."""
    written, known = case.manifest.matrix.axes, _known(case)
    sets = _resolved(written.set, known["set"])
    pictures = None
    if written.picture != (ALL,):
        of_set = {name: list(files.ids.values()) for name, files in case.sets.items()}
        pictures = {name: _named(written.picture, ids) for name, ids in of_set.items()}
    return Axes(
        set=sets,
        picture=pictures,
        variant=_resolved(written.variant, known["variant"]),
        size=_resolved(written.size, known["size"]),
        take=tuple(dict.fromkeys(written.take)) or None,
    )


def _known(case: Case) -> Mapping[AxisName, Sequence[str]]:
    """What there is to name, in manifest order."""
    return {
        "set": case.names("images"),
        "variant": case.variant_names(),
        "size": list(case.native_names()),
    }


def _resolved(names: Sequence[str], known: Sequence[str]) -> tuple[str, ...] | None:
    return None if tuple(names) == (ALL,) else _named(names, known)


def _named(patterns: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    found = {
        name: None
        for pattern in patterns
        for name in known
        if pattern == name or name_matches(pattern, name)
    }
    return tuple(found)


def check_axes(case: Case, *, are_known: bool) -> None:
    """No name stands twice in a list, takes are among those counted, zipped lists are equal.

    Args:
        case: what is checked.
        are_known: whether all names in the lists exist.
    """
    written = case.manifest.matrix.axes
    for axis in AXES:
        at: Pointer = ("matrix", "axes", axis)
        if case.is_sound(*at):
            _check_twice(case, at, [*_values(written, axis)])
    _check_takes(case, written)
    if not are_known or not case.is_sound("matrix", "axes") or not _can_count(case):
        return
    axes = axes_of(case)
    seen: set[AxisName] = set()
    for index, group in enumerate(case.manifest.matrix.zip):
        at = (*_ZIP, case.decoded.index(_ZIP, index))
        twice = [axis for axis in group if axis in seen]
        seen |= set(group)
        if twice:
            _in_two_groups(case, at, twice[0])
        elif not case.names("images") and not {"set", "picture"}.isdisjoint(group):
            _no_sets(case, at)
        else:
            _check_lengths(case, at, group, axes)


def _values(written: AxesEntry, axis: AxisName) -> Sequence[str | int]:
    values: Sequence[str | int] = getattr(written, axis)
    return values


def _check_twice(case: Case, at: Pointer, values: Sequence[str | int]) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            case.problems.add(
                codes.NAMED_TWICE,
                (*at, index),
                what=f"{quoted(value)} stands twice in `{at[-1]}`",
                why="each value of an axis is taken once, so that one of them is a slip",
                fix="delete it, or write the one that is meant; to make a picture again, use"
                " `takes`",
            )


def _check_takes(case: Case, written: AxesEntry) -> None:
    takes = case.manifest.takes
    if not case.is_sound("takes") or not case.is_sound("matrix", "axes", "take"):
        return
    for index, take in enumerate(written.take):
        if take > takes:
            case.problems.add(
                codes.RULE_NAME,
                ("matrix", "axes", "take", index),
                what=f"there is no take `{take}`",
                why=f"`takes` is {takes}, and `axes` takes some of what there is",
                fix=f"write `takes: {take}`, or take it out of the list",
            )


def _can_count(case: Case) -> bool:
    """Whether sets, pictures, variants and sizes could be read, so that they can be counted."""
    parts = ("images", "variants", "sizes", "master", "takes")
    return all(case.is_sound(part) for part in parts) and all(
        name in case.sets for name in case.names("images")
    )


def _in_two_groups(case: Case, at: Pointer, axis: str) -> None:
    case.problems.add(
        codes.ZIPPED,
        at,
        what=f"`{axis}` is in two groups of `zip`",
        why="an axis can advance with one group alone",
        fix="join the two groups, as in `[set, variant, size]`, or take it out of one",
    )


def _no_sets(case: Case, at: Pointer) -> None:
    case.problems.add(
        codes.ZIPPED,
        at,
        what="there are no image sets that could advance with anything",
        why="without `images` a campaign has neither sets nor pictures",
        fix="zip `variant`, `size` and `take` alone",
    )


def _check_lengths(case: Case, at: Pointer, group: Sequence[AxisName], axes: Axes) -> None:
    """Lists that advance together are as long as each other, in every set."""
    for name in _sets_to_check(case, group, axes):
        lists = {axis: _list(case, axis, axes, name) for axis in group}
        if len({len(values) for values in lists.values()}) > 1:
            of_set = f" of image set {quoted(name)}" if "picture" in group else ""
            lengths = " and ".join(
                f"`{axis}`{of_set if axis == 'picture' else ''} has {len(values)}"
                for axis, values in lists.items()
            )
            case.problems.add(
                codes.UNEQUAL,
                at,
                what=f"{listed(group)} cannot advance together: {lengths}",
                why="; ".join(
                    f"{axis}: {listed(values) if values else 'nothing'}"
                    for axis, values in lists.items()
                ),
                fix="make the lists as long as each other; `matrix.axes` says what each axis has,"
                " and in which order",
            )
            return


def _sets_to_check(case: Case, group: Sequence[AxisName], axes: Axes) -> Sequence[str]:
    """Sets whose pictures matter; any one stands for all where pictures do not."""
    names = case.names("images") if axes.set is None else axes.set
    return names if "picture" in group else ("",)


def _list(case: Case, axis: AxisName, axes: Axes, name: str) -> Sequence[str | int]:
    if axis == "take":
        return axes.take or range(1, case.manifest.takes + 1)
    if axis == "picture":
        return list(case.sets[name].ids.values()) if axes.picture is None else axes.picture[name]
    chosen: Sequence[str] | None = getattr(axes, axis)
    return _known(case)[axis] if chosen is None else chosen
