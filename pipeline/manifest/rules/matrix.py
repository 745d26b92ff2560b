"""The matrix: every name in it exists. Whether its rules change anything, planning finds out."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.domain.campaign import MASTER, AxisName
from pipeline.manifest import codes
from pipeline.manifest.globs import is_pattern, name_matches
from pipeline.manifest.model.matrix import AddEntry, ExcludeEntry, WhereEntry
from pipeline.manifest.places import Pointer
from pipeline.manifest.rules.axes import check_axes
from pipeline.manifest.rules.case import Case
from pipeline.manifest.values import ALL
from pipeline.manifest.wording import did_you_mean, quoted


class _Named(NamedTuple):
    """A name or pattern that something in the matrix speaks of.

    Attributes:
        speaker: what speaks of it, for sentences: `exclude` rule.
        axis: of the name.
        name: as written.
        at: where.
        sets: which image sets a picture is looked for in; may be a pattern.
    """

    speaker: str
    axis: AxisName
    name: str
    at: Pointer
    sets: str = "*"


_KINDS: dict[AxisName, str] = {"set": "image set", "picture": "picture", "variant": "variant"}


def check_matrix(case: Case) -> None:
    """Axes and rules name what exists, and no rule is empty."""
    before = len(case.problems.found)
    _check_all(case, _of_axes(case))
    # What a list with an unknown name would hold, nobody can say.
    check_axes(case, are_known=len(case.problems.found) == before)
    _check_all(case, _of_rules(case))
    _check_empty(case)


def _check_all(case: Case, names: Iterator[_Named]) -> None:
    for named in names:
        if case.problems.are_full:
            return
        if case.is_sound(*named.at):
            _check(case, named)


def _check_empty(case: Case) -> None:
    for index, entry in enumerate(case.manifest.matrix.exclude):
        at = case.rule("exclude", index)
        if case.is_sound(*at) and not _axes(entry):
            case.problems.add(
                codes.RULE_ALL,
                at,
                what="this `exclude` rule names nothing",
                why="an axis that is left out means all, so it would exclude every picture",
                fix="name what is not wanted, such as `{set: bag, variant: snow}`, or delete it",
            )
    for index, extend in enumerate(case.manifest.matrix.extend):
        at = case.rule("extend", index)
        if case.is_sound(*at) and not extend.with_.model_extra and not extend.with_.params:
            case.problems.add(
                codes.RULE_EMPTY,
                (*at, "with"),
                what="this `extend` rule gives no value",
                why="it would change nothing",
                fix="write the values, such as `with: {light: blue hour}`, or delete it",
            )


def _of_axes(case: Case) -> Iterator[_Named]:
    axes = case.manifest.matrix.axes
    lists: dict[AxisName, Sequence[str]] = {
        "set": axes.set,
        "picture": axes.picture,
        "variant": axes.variant,
        "size": axes.size,
    }
    for axis, names in lists.items():
        for index, name in enumerate(names):
            if names != (ALL,):
                yield _Named("list", axis, name, ("matrix", "axes", axis, index))


def _of_rules(case: Case) -> Iterator[_Named]:
    matrix = case.manifest.matrix
    for index, exclude in enumerate(matrix.exclude):
        if not exclude.optional:
            yield from _of_rule("exclude", exclude, case.rule("exclude", index))
    for index, extend in enumerate(matrix.extend):
        if not extend.optional:
            yield from _of_rule("extend", extend.where, (*case.rule("extend", index), "where"))
    for index, add in enumerate(matrix.add):
        if not add.optional:
            yield from _of_rule("add", add, case.rule("add", index))


def _of_rule(
    kind: str, axes: WhereEntry | ExcludeEntry | AddEntry, where: Pointer
) -> Iterator[_Named]:
    names: dict[AxisName, str | None] = {
        "set": axes.set,
        "picture": axes.picture,
        "variant": axes.variant,
        "size": axes.size,
    }
    for axis, name in names.items():
        if name is not None:
            yield _Named(f"`{kind}` rule", axis, name, (*where, axis), axes.set or "*")


def _axes(entry: ExcludeEntry) -> bool:
    written = (entry.set, entry.picture, entry.variant, entry.size, entry.take)
    return any(axis is not None for axis in written)


def _check(case: Case, named: _Named) -> None:
    match named.axis:
        case "set":
            _check_among(case, named, case.names("images"))
        case "picture":
            _check_picture(case, named)
        case "variant":
            _check_among(case, named, case.variant_names())
        case _:
            if case.is_sound("sizes") and case.is_sound("master"):
                _check_size(case, named)


def _check_picture(case: Case, named: _Named) -> None:
    wanted = [name for name in case.names("images") if _is_named(named.sets, [name])]
    if any(name not in case.sets for name in wanted):
        return
    known = [one for name in wanted for one in case.sets[name].ids.values()]
    # Where the set itself is unknown, that is the problem.
    if known or (not wanted and named.sets == "*"):
        _check_among(case, named, known)


def _check_size(case: Case, named: _Named) -> None:
    paid, size = list(case.native_names()), named.name
    if _is_named(size, paid):
        return
    declared = case.manifest.sizes.get(size)
    if declared is None and size != MASTER:
        _check_among(case, named, paid)
        return
    if declared is None:
        why = "every size has a `native` of its own, so no master is bought"
    elif declared.native is None:
        why = f"`{size}` is derived from the master for free, and the matrix is what is bought"
    else:
        why = f"another size before `{size}` has the same `native`, and both are one picture"
    case.problems.add(
        codes.RULE_SIZE,
        named.at,
        what=f"{quoted(size)} is not bought",
        why=why,
        fix=did_you_mean(size, paid, kind="sizes that are bought", otherwise="delete it"),
    )


def _is_named(pattern: str, names: list[str]) -> bool:
    return pattern in names or (
        is_pattern(pattern) and any(name_matches(pattern, name) for name in names)
    )


def _check_among(case: Case, named: _Named, known: list[str]) -> None:
    if case.problems.are_full or _is_named(named.name, known):
        return
    kind = _KINDS.get(named.axis, "size")
    kinds = f"{kind}s" if named.axis in _KINDS else "sizes that are bought"
    what = "delete it" if named.speaker == "list" else "delete the rule"
    case.problems.add(
        codes.RULE_NAME,
        named.at,
        what=f"unknown {kind} {quoted(named.name)}",
        why=f"this {named.speaker} speaks of something that the campaign does not have",
        fix=did_you_mean(named.name, known, kind=kinds, otherwise=what),
    )
