"""Selectors: which cells a command means, as people type it: `set:anna,variant:snow`.

A comma is *and*; an expression that is given several times is *or*; excluding beats selecting. A
term is `key:value`, or the beginning of an address such as `anna/*/snow`. Names may be globs.
"""

import difflib
import fnmatch
import functools
import operator
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from pipeline.domain.campaign import Campaign
from pipeline.domain.diagnostics import Problem, Span
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.money import ZERO, MicroUsd, NotMoneyError, parse_usd
from pipeline.domain.plan import PAID, Action, Address, Cell, Chosen, Decision, Reason

NO_VERDICT = "none"
"""What `verdict:` calls a cell that no verdict speaks of."""
VERDICT_WORDS = ("approve", "reject", "reroll", NO_VERDICT)
NO_VERDICTS: Mapping[CellKey, str] = MappingProxyType({})
NO_COSTS: Mapping[CellKey, MicroUsd] = MappingProxyType({})

_OF_CELLS = tuple(one.value for one in Action if one not in {Action.RENDER, Action.ORPHAN})
_WORDS: Mapping[str, Sequence[str]] = {
    "action": _OF_CELLS,
    "reason": tuple(one.value for one in Reason),
    "verdict": VERDICT_WORDS,
}
"""Keys whose values are words of a fixed list."""
_NAMES = ("set", "picture", "variant", "size", "tag", "owner", "campaign")
KEYS = (*_NAMES[:4], "take", *_NAMES[4:], *_WORDS, "cost")
_ADDRESS = "address"
_OTHER_WORDS = {
    "image": "picture",
    "images": "picture",
    "pic": "picture",
    "state": "action",
    "status": "action",
    "why": "reason",
    "review": "verdict",
    "price": "cost",
    "usd": "cost",
    "native": "size",
}
"""Words of other tools, with ours."""
_COMPARES: Mapping[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_COMPARED = re.compile(r"(>=|<=|>|<|=)?\s*(.*)", re.DOTALL)
_TAKE = re.compile(r"(>=|<=|>|<|=)?\s*t?(\d{1,9})")
_MOST_LISTED = 12
_LIKE = 0.6


class Candidate(NamedTuple):
    """A cell as a selector sees it.

    Attributes:
        campaign: that wants it.
        address: where it stands.
        decision: what becomes of it if nothing is left out; of a cell that another one stands for,
            what becomes of that one.
        verdict: `approve`, `reject`, `reroll` or `none`.
        cost: its share of the request that would buy it; zero for what is not bought.
    """

    campaign: Campaign
    address: Address
    decision: Decision
    verdict: str
    cost: MicroUsd


@dataclass(frozen=True, slots=True)
class _Term:
    """One condition.

    Attributes:
        text: as written.
        at: where, in its expression.
        line: the whole expression.
        key: one of `KEYS`, or `address`.
        test: whether a cell meets it.
        is_fixed: whether it depends on names alone, so that matching nothing must be a slip.
    """

    text: str
    at: Span
    line: str
    key: str
    test: Callable[[Candidate], bool]
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class Expression:
    """Conditions of which all have to be met; `text` as written."""

    text: str
    terms: tuple[_Term, ...]

    def matches(self, cell: Candidate) -> bool:
        """Whether a cell meets all conditions."""
        return all(term.test(cell) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cells are meant.

    Attributes:
        select: of which one has to match; all cells where there is none.
        exclude: of which none may match.
    """

    select: tuple[Expression, ...] = ()
    exclude: tuple[Expression, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether nothing was said."""
        return not self.select and not self.exclude

    @property
    def chosen(self) -> Chosen:
        """As it was written."""
        return Chosen(
            tuple(one.text for one in self.select), tuple(one.text for one in self.exclude)
        )

    @property
    def asks_cost(self) -> bool:
        """Whether what a cell costs has to be known."""
        return any(term.key == "cost" for one in self._all() for term in one.terms)

    def means(self, cell: Candidate) -> bool:
        """Whether a cell is meant; excluding beats selecting."""
        if any(one.matches(cell) for one in self.exclude):
            return False
        return not self.select or any(one.matches(cell) for one in self.select)

    def _all(self) -> Iterator[Expression]:
        yield from self.select
        yield from self.exclude


EVERYTHING = Selection()


def parse_selection(
    select: Sequence[str], exclude: Sequence[str]
) -> tuple[Selection, list[Problem]]:
    """Read selectors.

    Args:
        select: expressions after `--select`.
        exclude: expressions after `--exclude`.

    Returns:
        The selection, which means something only if there are no problems, and the problems, each
        with the column inside its expression.
    """
    problems: list[Problem] = []
    read = [
        tuple(_expression(text, option, n, problems) for n, text in enumerate(texts, start=1))
        for option, texts in (("--select", select), ("--exclude", exclude))
    ]
    return Selection(*read), problems


def pick(
    campaign: Campaign,
    cells: Sequence[Cell],
    decisions: Sequence[Decision],
    selection: Selection,
    *,
    verdicts: Mapping[CellKey, str] = NO_VERDICTS,
    costs: Mapping[CellKey, MicroUsd] = NO_COSTS,
) -> list[bool]:
    """Say for each cell whether it is meant.

    Args:
        campaign: that wants the cells.
        cells: in any order.
        decisions: one for each cell.
        selection: from `parse_selection`.
        verdicts: the word of each cell that has a verdict.
        costs: share of each cell that would be bought; asked for if `selection.asks_cost`.
    """
    first: dict[CellKey, Decision] = {}
    found: list[bool] = []
    for cell, decision in zip(cells, decisions, strict=True):
        seen = Candidate(
            campaign,
            cell.address,
            first.setdefault(cell.key, decision),
            verdicts.get(cell.key, NO_VERDICT),
            costs.get(cell.key, ZERO),
        )
        found.append(selection.means(seen))
    return found


def leave_out(
    cells: Sequence[Cell], decisions: Sequence[Decision], picked: Sequence[bool]
) -> list[Decision]:
    """Decisions in which what would be bought and is not meant is left out.

    What is bought already, under way or blocked stays as it is, whether it is meant or not. Where
    several addresses are one cell, it is enough that one of them is meant.

    Args:
        cells: wanted, in address order.
        decisions: one for each cell.
        picked: from `pick`.
    """
    meant = {cell.key for cell, is_meant in zip(cells, picked, strict=True) if is_meant}
    left: dict[CellKey, Decision] = {}
    found: list[Decision] = []
    for cell, decision in zip(cells, decisions, strict=True):
        if decision.action in PAID and cell.key not in meant:
            left[cell.key] = not_selected(decision)
        found.append(left.get(cell.key, decision))
    return found


def not_selected(decision: Decision) -> Decision:
    """What becomes of a cell that would be bought and is left out."""
    return Decision(Action.LEFT_OUT, Reason.NOT_SELECTED, decision.action.value)


def match_nothing(
    selection: Selection, wanted: Iterable[tuple[Campaign, Sequence[Cell]]]
) -> list[Problem]:
    """Problems of expressions that name what no campaign has.

    An expression may well match nothing because nothing is to be bought, or costs so much; only
    names that match nothing are a slip.

    Args:
        selection: from `parse_selection`.
        wanted: campaigns with their wanted cells.
    """
    if selection.is_everything:
        return []
    blank = Decision(Action.BUY, Reason.NEW_CELL)
    seen = [
        Candidate(campaign, cell.address, blank, NO_VERDICT, ZERO)
        for campaign, cells in wanted
        for cell in cells
    ]
    found: list[Problem] = []
    for one in (*selection.select, *selection.exclude):
        fixed = [term for term in one.terms if term.is_fixed]
        if fixed and not any(all(term.test(cell) for term in fixed) for cell in seen):
            found.append(_matches_nothing(fixed, seen))
    return found


def address_matcher(pattern: str) -> Callable[[Address], bool]:
    """A test whether an address is of a form such as `anna/*/snow`, which may leave out its end."""
    tests = [_glob(part) for part in pattern.strip("/").split("/")]

    def matches(address: Address) -> bool:
        parts = str(address).split("/")
        return len(tests) <= len(parts) and all(
            test(part) for test, part in zip(tests, parts, strict=False)
        )

    return matches


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name that was probably meant, if any is near enough."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=_LIKE)
    if not found and name:
        found = [one for one in known if name in one]
    return found[0] if len(found) == 1 else None


@functools.cache
def _glob(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(fnmatch.translate(pattern))
    return lambda name: compiled.match(name) is not None


# Reading


def _expression(text: str, option: str, number: int, problems: list[Problem]) -> Expression:
    terms: list[_Term] = []
    column = 1
    for part in text.split(","):
        at = Span(option, number, column + len(part) - len(part.lstrip()))
        term = _term(part.strip(), at, text, problems)
        if term is not None:
            terms.append(term)
        column += len(part) + 1
    return Expression(text, tuple(terms))


def _term(text: str, at: Span, line: str, problems: list[Problem]) -> _Term | None:
    if not text:
        why = "a comma joins two conditions" if line.strip() else "it is empty"
        what = "nothing" if line.strip() else "an empty text"
        problems.append(_bad(at, line, what, why, _EXAMPLE))
        return None
    key, colon, value = text.partition(":")
    if not colon:
        matches = address_matcher(text)
        return _Term(text, at, line, _ADDRESS, lambda cell: matches(cell.address), is_fixed=True)
    key, value = key.strip(), value.strip()
    if key not in KEYS:
        problems.append(_unknown_key(at, line, key))
        return None
    if not value:
        problems.append(_bad(at, line, f"`{key}:`", "no value stands behind it", _EXAMPLE))
        return None
    found = _test(key, value)
    if isinstance(found, str):
        problems.append(_bad(at, line, f"`{text}`", found, _fix(key, value)))
        return None
    return _Term(text, at, line, key, found, is_fixed=key not in _WORDS and key != "cost")


def _test(key: str, value: str) -> Callable[[Candidate], bool] | str:
    """The test of one condition, or what is wrong with its value."""
    if key == "cost":
        return _cost(value)
    if key == "take":
        return _take(value)
    match = _glob(value)
    if key in _WORDS and not any(map(match, _WORDS[key])):
        return f"no {key} is called so"
    tests: Mapping[str, Callable[[Candidate], bool]] = {
        "set": lambda cell: match(cell.address.set),
        "picture": lambda cell: match(cell.address.picture),
        "variant": lambda cell: match(cell.address.variant),
        "size": lambda cell: match(cell.address.size),
        "tag": lambda cell: any(map(match, cell.campaign.tags)),
        "owner": lambda cell: match(cell.campaign.owner),
        "campaign": lambda cell: match(cell.campaign.name),
        "action": lambda cell: match(cell.decision.action.value),
        "reason": lambda cell: match(cell.decision.reason.value),
        "verdict": lambda cell: match(cell.verdict),
    }
    return tests[key]


def _cost(value: str) -> Callable[[Candidate], bool] | str:
    sign, amount = _COMPARED.fullmatch(value).groups()  # type: ignore[union-attr] # matches any text
    compare = _COMPARES[sign or "="]
    try:
        limit = parse_usd(amount)
    except NotMoneyError as error:
        return str(error)
    return lambda cell: compare(cell.cost, limit)


def _take(value: str) -> Callable[[Candidate], bool] | str:
    found = _TAKE.fullmatch(value)
    if found is None:
        return "a take is a number from 1"
    compare, limit = _COMPARES[found[1] or "="], int(found[2])
    return lambda cell: compare(cell.address.take, limit)


# Problems

_EXAMPLE = "write it like `set:anna,variant:snow`, `anna/*/snow` or `cost:>0.10`"


def _fix(key: str, value: str) -> str:
    if key not in _WORDS:
        return f"write it like `{'cost:>0.10' if key == 'cost' else 'take:2` or `take:>1'}`"
    known = [one for one in _WORDS[key] if one != Reason.NOT_SELECTED]
    near = nearest(value, known)
    return f"did you mean `{key}:{near}`?" if near else f"use one of {_listed(known, most=40)}"


def _bad(at: Span, line: str, what: str, why: str, fix: str) -> Problem:
    return Problem(
        code="P041",
        what=f"{what} is not a condition on cells",
        why=why,
        fix=fix,
        at=at,
        source_line=line,
    )


def _unknown_key(at: Span, line: str, key: str) -> Problem:
    near = _OTHER_WORDS.get(key) or nearest(key, KEYS)
    hint = f"did you mean `{near}:`? " if near else ""
    return Problem(
        code="P040",
        what=f"selectors have no key `{key}`",
        why="what stands before the colon says what of a cell is compared",
        fix=f"{hint}Known keys: {_listed(KEYS, most=len(KEYS))}; an address has no colon",
        at=at,
        source_line=line,
    )


def _matches_nothing(terms: Sequence[_Term], seen: Sequence[Candidate]) -> Problem:
    """What to say of conditions that no cell meets together: the first that none meets at all."""
    dead = next((term for term in terms if not any(map(term.test, seen))), None)
    if dead is None:
        texts = " and ".join(f"`{term.text}`" for term in terms)
        what, at = f"no wanted picture is {texts} at once", terms[0].at
        why = "each of them matches some, and none matches all"
        fix = "say `--select` twice for pictures that are the one or the other"
    else:
        what, at = f"no wanted picture is `{dead.text}`", dead.at
        why = "a selector that names what does not exist is most likely a slip"
        fix = _existing(dead, seen)
    line = terms[0].line
    return Problem(code="P042", what=what, why=why, fix=fix, at=at, source_line=line)


def _existing(term: _Term, seen: Sequence[Candidate]) -> str:
    """What there is instead."""
    known = [one for one in dict.fromkeys(_values(term.key, seen)) if one]
    kind = {"address": "address", "size": "native size"}.get(term.key, term.key)
    if not known:
        return f"leave it out: there is no {kind}"
    near = _without_key(term, seen) or nearest(term.text.rpartition(":")[2].strip(), known)
    hint = f"did you mean `{near}`? " if near else ""
    return f"{hint}Every {kind} there is: {_listed(known)}"


def _without_key(term: _Term, seen: Sequence[Candidate]) -> str:
    """What was meant by a name without its key, or by the beginning of one; else empty."""
    if term.key != _ADDRESS:
        return ""
    for key in ("picture", "variant", "size", "tag", "owner"):
        if term.text in _values(key, seen):
            return f"{key}:{term.text}"
    begins = any(one.startswith(term.text) for one in _values(_ADDRESS, seen))
    return f"{term.text}*" if begins else ""


def _values(key: str, seen: Iterable[Candidate]) -> Iterator[str]:
    for cell in seen:
        match key:
            case "tag":
                yield from cell.campaign.tags
            case "owner":
                yield cell.campaign.owner
            case "campaign":
                yield cell.campaign.name
            case "address":
                yield str(cell.address)
            case _:
                yield str(getattr(cell.address, key))


def _listed(names: Sequence[str], *, most: int = _MOST_LISTED) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return f"{shown}, … ({len(names)} in all)" if len(names) > most else shown
