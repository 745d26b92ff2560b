"""What a run did, for people: pictures, money, what is left to do and where the sheet is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Action, Reason
from pipeline.reporting.words import REASON_WORDS, count, of_cap


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a run did.

    Attributes:
        campaign: name.
        realm: whose money.
        is_draft: whether the money is play money.
        bought: pictures delivered by this run.
        requests: predictions that ended in this run and were charged.
        paid: what they cost.
        cached: wanted pictures that were there before.
        wanted: all wanted pictures.
        failed: one line for each attempt that ended badly, or for many alike, with their money.
        doubts: the same of attempts in doubt.
        spent: of the cap after the run.
        cap: of the campaign, None without one.
        real_cost: drafts: what a real run would cost now; None where no price is known.
        real_left: drafts: what it would leave of the cap; None without a cap.
        made: files derived here.
        not_made: files that could not be.
        of_sources: whether those are previews or copies of source pictures alone.
        absent: pictures that are bought but not on this machine.
        not_tried: steps that were not begun.
        canary: what to do now that the canary is bought; empty where the run did not stop at it.
        page: the contact sheet, as a path to type.
        flags: what the checks found in the new pictures, one line; empty for nothing.
        open: wanted pictures that no run buys by itself, by what is the matter, with their number.
    """

    campaign: str
    realm: str
    is_draft: bool
    bought: int
    requests: int
    paid: MicroUsd
    cached: int
    wanted: int
    failed: Sequence[str]
    doubts: Sequence[str]
    spent: MicroUsd
    cap: MicroUsd | None
    real_cost: MicroUsd | None
    real_left: MicroUsd | None
    made: int
    not_made: Sequence[str]
    absent: int
    not_tried: int
    page: str
    canary: str = ""
    flags: str = ""
    of_sources: bool = False
    open: Mapping[tuple[Action, Reason], int] = field(default_factory=dict)


def run_text(facts: RunFacts) -> str:
    """The closing summary."""
    return "\n".join(_lines(facts)) + "\n"


def _lines(facts: RunFacts) -> Iterator[str]:
    yield ""
    yield f"{facts.campaign}: {_pictures(facts)}"
    yield from _table(facts)
    yield from _troubles("failed", facts.failed)
    yield from _troubles("in doubt", facts.doubts)
    for (action, reason), number in sorted(facts.open.items()):
        yield f"  {action:<10}{count(number, 'picture')}: {REASON_WORDS[reason]}"
    yield from _troubles("not made", facts.not_made)
    if facts.not_made:
        draft = " --draft" if facts.is_draft else ""
        if facts.of_sources:
            yield "            only the sheet lacks this, and it costs nothing; once it is mended,"
        else:
            yield "            what was paid for is safe in the store; once this is mended,"
        yield f"            `campaign report {facts.campaign}{draft}` makes the rest for free"
    if facts.flags:
        yield f"  flags     {facts.flags}"
    yield f"  sheet     {facts.page}"
    if facts.canary:
        yield f"  next      {facts.canary}"


def _pictures(facts: RunFacts) -> str:
    have = facts.bought + facts.cached
    whole = f"{have:,} of {count(facts.wanted, 'picture')} here"
    if facts.bought:
        return f"{whole}, {facts.bought:,} of them new"
    if facts.requests or facts.paid or facts.failed or facts.doubts:
        return whole
    return f"{whole}; nothing was bought"


def _table(facts: RunFacts) -> Iterator[str]:
    play = " (play money at catalogue prices)" if facts.is_draft else ""
    if facts.requests or facts.paid:
        paid = f"{format_usd(facts.paid)} for {count(facts.requests, 'request')}"
        yield f"  paid      {paid}{play}"
    if not facts.is_draft:
        yield f"  spent     {of_cap(facts.spent, facts.cap)}"
    elif facts.real_cost is not None:
        left = facts.real_left
        leaves = "" if left is None else f", leaving {format_usd(left)} of {_cap(facts)}"
        if left is not None and left < 0:
            leaves = f", {format_usd(MicroUsd(-left))} over the cap of {_cap(facts)}"
        yield f"  for real  {format_usd(facts.real_cost)}{leaves}"
    else:
        yield "  for real  not priced"
    if facts.made:
        yield f"  made      {count(facts.made, 'file')} (sizes and thumbnails, free)"
    if facts.absent:
        yield f"  absent    {count(facts.absent, 'picture')} bought, but not on this machine"
    if facts.not_tried:
        yield f"  left out  {count(facts.not_tried, 'request')} not begun"


def _cap(facts: RunFacts) -> str:
    return "none" if facts.cap is None else format_usd(facts.cap)


def _troubles(name: str, lines: Sequence[str]) -> Iterator[str]:
    for position, line in enumerate(lines):
        yield f"  {name if position == 0 else '':<10}{line}"
