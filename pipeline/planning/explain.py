"""Why a cell is as it is: what it asks for, against the nearest thing that was ever asked for.

The partner of the comparison is, in this order: the purchase that serves the cell; what was last
asked for at its address, a delivery before anything else; what is most alike.
"""

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.domain.campaign import Campaign
from pipeline.domain.diagnostics import Problem
from pipeline.domain.explanation import Changed, ChangedInput, Explanation, How, Partner, Word
from pipeline.domain.fingerprint import Json, Sha256
from pipeline.domain.history import Delivery, History
from pipeline.domain.identity import InputRole
from pipeline.domain.plan import Cell, Decision, Plan
from pipeline.domain.receipts import AskedCell, Output
from pipeline.planning.pins import PINNED_REALM, own_key
from pipeline.planning.plan import shares
from pipeline.planning.select import address_matcher, nearest

_WORDS = re.compile(r"\s*\w+|\s*[^\w\s]|\s+$")
_MOST_SHOWN = 10


def find_cell(plan: Plan, text: str) -> int | Problem:
    """The one cell that a user means.

    Args:
        plan: whose cells.
        text: an address, a beginning or glob of addresses that one cell has, or a cell key.

    Returns:
        Its index in the plan, or what is wrong with the text.
    """
    matches = address_matcher(text)
    found = [
        index
        for index, cell in enumerate(plan.cells)
        if cell.key == text or str(cell.address) == text or matches(cell.address)
    ]
    exact = [n for n in found if text in {plan.cells[n].key, str(plan.cells[n].address)}]
    found = exact[:1] or found
    if len(found) == 1:
        return found[0]
    addresses = [str(plan.cells[index].address) for index in found]
    return _several(text, addresses) if found else _nothing(plan, text)


def explain(plan: Plan, index: int, history: History, campaign: Campaign) -> Explanation:
    """Explain one cell.

    Args:
        plan: as a run would carry it out now.
        index: of the cell in the plan.
        history: all receipts of the realm that can be seen.
        campaign: as declared.
    """
    cell, decision = plan.cells[index], plan.decisions[index]
    step = next((one for one in plan.steps if cell.key in {c.key for c in one.cells}), None)
    partner = _Partners(history, plan.campaign).of(cell, decision)
    key = own_key(cell)
    can_pin = (
        partner is not None
        and partner.output is not None
        and partner.asked.key != key
        and cell.pin is None
        and plan.realm == PINNED_REALM
    )
    return Explanation(
        campaign=plan.campaign,
        realm=plan.realm,
        cell=cell,
        key=key,
        decision=decision,
        price=None if step is None else shares([step])[cell.key],
        step=step,
        partner=partner,
        words=() if partner is None else _words(partner.recipe.prompt, cell.recipe.prompt),
        changes=() if partner is None else tuple(_changes(partner, cell)),
        inputs=() if partner is None else tuple(_inputs(partner, cell, campaign)),
        pin=can_pin,
    )


class _Partners:
    """Finds what a cell is compared with."""

    def __init__(self, history: History, campaign: str) -> None:
        self._history = history
        self._campaign = campaign

    def of(self, cell: Cell, decision: Decision) -> Partner | None:
        """The partner of a cell, None where nothing was ever asked for."""
        if decision.output is not None:
            return self._serving(cell, decision.output)
        address = str(cell.address)
        own = self._history.attempts_filed.get(self._campaign, frozenset())
        here = [one for one in self._asked(own) if one[1].address == address]
        if here:
            return self._best("address", here, cell)
        every = list(self._asked(self._history.orders))
        delivered = [one for one in every if self._delivery(*one) is not None]
        return self._best("alike", delivered or every, cell)

    def _asked(self, attempts: Iterable[str]) -> Iterator[tuple[str, AskedCell]]:
        for attempt in attempts:
            for asked in self._history.orders[attempt].cells:
                yield attempt, asked

    def _best(self, how: How, found: Sequence[tuple[str, AskedCell]], cell: Cell) -> Partner | None:
        if not found:
            return None
        words = _bag(cell.recipe.prompt)
        known: dict[str, float] = {}

        def rank(one: tuple[str, AskedCell]) -> tuple[object, ...]:
            attempt, asked = one
            recipe = self._history.orders[attempt].recipe
            if recipe.prompt not in known:
                known[recipe.prompt] = _likeness(words, _bag(recipe.prompt))
            is_delivered = self._delivery(attempt, asked) is not None
            when = (self._history.attempts[attempt].at, attempt, asked.key)
            if how == "address":
                return is_delivered, *when
            return (
                asked.source == cell.source,
                recipe.model == cell.recipe.model,
                recipe.size == cell.recipe.size,
                known[recipe.prompt],
                recipe.reference == cell.recipe.reference,
                recipe.params == cell.recipe.params,
                asked.take == cell.address.take,
                *when,
            )

        attempt, asked = max(found, key=rank)
        delivery = self._delivery(attempt, asked)
        return self._partner(how, attempt, asked, None if delivery is None else delivery.output)

    def _delivery(self, attempt: str, asked: AskedCell) -> Delivery | None:
        deliveries = self._history.deliveries.get(asked.key, ())
        return next((one for one in deliveries if one.attempt == attempt), None)

    def _serving(self, cell: Cell, output: Output) -> Partner | None:
        deliveries = self._history.deliveries.get(cell.key, ())
        served = next((one for one in deliveries if one.output == output), None)
        if served is None:
            return None
        order = self._history.orders.get(served.attempt)
        if order is None:
            # Only a `use` line tells of it: the campaign that bought it is not in this tree.
            asked = AskedCell(cell.key, str(cell.address), cell.source, cell.address.take)
            return Partner(
                how="serves",
                campaign="",
                asked=asked,
                recipe=cell.recipe,
                attempt=served.attempt,
                at=served.at,
                charged=None,
                is_confirmed=False,
                prediction=served.prediction,
                output=output,
            )
        asked = next(one for one in order.cells if one.key == cell.key)
        return self._partner("serves", served.attempt, asked, output)

    def _partner(self, how: How, attempt: str, asked: AskedCell, output: Output | None) -> Partner:
        history = self._history
        money = history.attempts[attempt]
        return Partner(
            how=how,
            campaign=money.campaign,
            asked=asked,
            recipe=history.orders[attempt].recipe,
            attempt=attempt,
            at=money.at,
            charged=money.share_of(asked.key),
            is_confirmed=money.is_confirmed,
            prediction=history.predictions.get(attempt, ""),
            output=output,
        )


# Differences


def _words(before: str, after: str) -> tuple[Word, ...]:
    """Two texts, word by word; empty where they are the same."""
    if before == after:
        return ()
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Word] = []
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        removed, added = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if kind == "equal":
            found.append(Word("kept", removed))
            continue
        if removed:
            found.append(Word("removed", removed))
        if added:
            found.append(Word("added", added))
    return tuple(found)


def _bag(prompt: str) -> frozenset[str]:
    return frozenset(prompt.casefold().split())


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Words that two texts share, of all that they have: 0 to 1."""
    return len(one & other) / max(1, len(one | other))


def _changes(partner: Partner, cell: Cell) -> Iterator[Changed]:
    old, new = partner.recipe, cell.recipe
    values: tuple[tuple[str, Json, Json], ...] = (
        ("provider", old.provider, new.provider),
        ("model", old.model, new.model),
        ("size", old.size, new.size),
        ("take", partner.asked.take, cell.address.take),
        ("engine", old.engine, new.engine),
    )
    for path, before, after in values:
        if before != after:
            yield Changed(path, before, after)
    for name in sorted({*old.params, *new.params}):
        yield from _json(f"params.{name}", old.params.get(name), new.params.get(name))


def _json(path: str, before: Json, after: Json) -> Iterator[Changed]:
    """What differs between two values, as deep as both have the same form."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            yield from _json(f"{path}.{name}", before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        for number, (one, other) in enumerate(itertools.zip_longest(before, after)):
            yield from _json(f"{path}[{number}]", one, other)
    elif before != after or type(before) is not type(after):
        yield Changed(path, before, after)


def _inputs(partner: Partner, cell: Cell, campaign: Campaign) -> Iterator[ChangedInput]:
    names = _names(campaign)
    pairs: tuple[tuple[InputRole, Sha256 | None, Sha256 | None], ...] = (
        ("reference", partner.recipe.reference, cell.recipe.reference),
        ("source", partner.asked.source, cell.source),
    )
    for role, before, after in pairs:
        if before != after:
            named = [names.get(digest, "") if digest else "" for digest in (before, after)]
            yield ChangedInput(role, before, after, *named)


def _names(campaign: Campaign) -> Mapping[Sha256, str]:
    """Files of a campaign by their digests, the first by name where several are alike."""
    pictures = [
        picture
        for image_set in campaign.sets
        for picture in (*image_set.pictures, *filter(None, [image_set.reference]))
    ]
    by_path = sorted(pictures, key=lambda picture: picture.path, reverse=True)
    return {Sha256(picture.facts.sha256): picture.path for picture in by_path}


# Problems


def _several(text: str, addresses: Sequence[str]) -> Problem:
    shown = ", ".join(f"`{one}`" for one in addresses[:_MOST_SHOWN])
    more = ", …" if len(addresses) > _MOST_SHOWN else ""
    return Problem(
        code="P043",
        what=f"`{text}` means {len(addresses):,} pictures",
        why="one picture is explained at a time",
        fix=f"name one of them: {shown}{more}",
    )


def _nothing(plan: Plan, text: str) -> Problem:
    addresses = [str(cell.address) for cell in plan.cells]
    near = nearest(text, addresses[:2000])
    shown = ", ".join(f"`{one}`" for one in addresses[:_MOST_SHOWN])
    more = ", …" if len(addresses) > _MOST_SHOWN else ""
    hint = f"did you mean `{near}`? Wanted are" if near else "name one of"
    return Problem(
        code="P044",
        what=f"campaign `{plan.campaign}` wants no picture `{text}`",
        why="an address has the form `set/picture/variant/size/tN`, and may leave out its end",
        fix=f"{hint} {shown}{more}",
    )
