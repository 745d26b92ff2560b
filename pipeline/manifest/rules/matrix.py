"""Matrix rules: every name in them exists. Whether they change anything, planning finds out."""

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.domain.campaign import MASTER, ONLY_VARIANT
from pipeline.manifest import codes
from pipeline.manifest.globs import name_matches
from pipeline.manifest.model import AddEntry, ExcludeEntry, WhereEntry
from pipeline.manifest.places import Pointer
from pipeline.manifest.rules.case import Case
from pipeline.manifest.wording import did_you_mean, quoted


class _Rule(NamedTuple):
    """One rule; `where` is the place of its axes."""

    kind: str
    axes: WhereEntry | ExcludeEntry | AddEntry
    where: Pointer


class _Axis(NamedTuple):
    """What a rule says about one axis: its key, what that is called, and the name written."""

    key: str
    kind: str
    name: str


def check_matrix(case: Case) -> None:
    """Rules name what exists, and none is empty."""
    for rule in _rules(case):
        if case.problems.are_full:
            return
        if case.is_sound(*rule.where):
            _check_axes(case, rule)
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


def _rules(case: Case) -> Iterator[_Rule]:
    matrix = case.manifest.matrix
    for index, exclude in enumerate(matrix.exclude):
        yield _Rule("exclude", exclude, case.rule("exclude", index))
    for index, extend in enumerate(matrix.extend):
        yield _Rule("extend", extend.where, (*case.rule("extend", index), "where"))
    for index, add in enumerate(matrix.add):
        yield _Rule("add", add, case.rule("add", index))


def _axes(entry: ExcludeEntry) -> bool:
    written = (entry.set, entry.picture, entry.variant, entry.size, entry.take)
    return any(axis is not None for axis in written)


def _check_axes(case: Case, rule: _Rule) -> None:
    axes = rule.axes
    sets = case.names("images")
    variants = case.names("variants") or [ONLY_VARIANT]
    if axes.set is not None and not _is_named(axes.set, sets):
        _unknown(case, rule, _Axis("set", "image set", axes.set), sets)
    elif axes.picture is not None:
        _check_picture(case, rule, axes.picture, axes.set or "*")
    if axes.variant is not None and not _is_named(axes.variant, variants):
        _unknown(case, rule, _Axis("variant", "variant", axes.variant), variants)
    if axes.size is not None and case.is_sound("sizes") and case.is_sound("master"):
        _check_size(case, rule, axes.size)


def _check_picture(case: Case, rule: _Rule, picture: str, in_set: str) -> None:
    wanted = [name for name in case.names("images") if name_matches(in_set, name)]
    if any(name not in case.sets for name in wanted):
        return
    known = [one for name in wanted for one in case.sets[name].ids.values()]
    if (known or not wanted) and not _is_named(picture, known):
        _unknown(case, rule, _Axis("picture", "picture", picture), known)


def _check_size(case: Case, rule: _Rule, size: str) -> None:
    paid = list(case.native_names())
    if _is_named(size, paid):
        return
    declared = case.manifest.sizes.get(size)
    if declared is None and size != MASTER:
        _unknown(case, rule, _Axis("size", "size", size), paid)
        return
    if declared is None:
        why = "every size has a `native` of its own, so no master is bought"
    elif declared.native is None:
        why = f"`{size}` is derived from the master for free, and rules speak of what is bought"
    else:
        why = f"another size before `{size}` has the same `native`, and both are one picture"
    case.problems.add(
        codes.RULE_SIZE,
        (*rule.where, "size"),
        what=f"{quoted(size)} is not bought",
        why=why,
        fix=did_you_mean(size, paid, kind="sizes that are bought", otherwise="delete it"),
    )


def _is_named(pattern: str, names: list[str]) -> bool:
    return any(pattern == name or name_matches(pattern, name) for name in names)


def _unknown(case: Case, rule: _Rule, axis: _Axis, known: list[str]) -> None:
    kinds = "sizes that are bought" if axis.key == "size" else f"{axis.kind}s"
    case.problems.add(
        codes.RULE_NAME,
        (*rule.where, axis.key),
        what=f"unknown {axis.kind} {quoted(axis.name)}",
        why=f"this `{rule.kind}` rule speaks of something that the campaign does not have",
        fix=did_you_mean(axis.name, known, kind=kinds, otherwise="delete the rule"),
    )
