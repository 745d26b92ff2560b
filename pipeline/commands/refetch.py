"""Absent pictures fetched again from the provider that delivered them: free while it keeps them."""

from collections.abc import Sequence

from pipeline.commands.books import Books
from pipeline.commands.buying import Outside
from pipeline.commands.holdings import holdings, to_fetch
from pipeline.commands.progress import Telling
from pipeline.commands.realms import Realm
from pipeline.commands.session import Session, Subject
from pipeline.domain.diagnostics import CampaignError
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.plan import Action, Plan
from pipeline.execution.outcome import Brake
from pipeline.execution.ports import Clock
from pipeline.execution.refetch import AT_ONCE, Kept, Refetched, fetch_again
from pipeline.reporting.words import count

_MOST_SHOWN = 5


async def refetch(
    session: Session,
    outside: Outside,
    plan: Plan,
    telling: Telling,
    *,
    brake: Brake | None = None,
) -> Refetched:
    """Fetch the pictures of all cells that a plan recovers; buys nothing.

    What cannot be had stays absent, is said, and stops nothing.
    """
    kept = _kept(session, plan)
    done = await _fetch(kept, outside, session.clock, telling, brake)
    return _told(done, plan, telling)


async def refetch_if_possible(
    realm: Realm, session: Session, plan: Plan, telling: Telling, *, brake: Brake | None = None
) -> Refetched:
    """As `refetch`, on a connection of its own; without a key nothing is fetched, which is said."""
    done = await ask_provider(
        _kept(session, plan),
        realm,
        session.books,
        subjects=[session.subject],
        telling=telling,
        clock=session.clock,
        brake=brake,
    )
    return _told(done, plan, telling)


async def ask_provider(
    kept: Sequence[Kept],
    realm: Realm,
    books: Books,
    *,
    subjects: Sequence[Subject],
    telling: Telling,
    clock: Clock,
    brake: Brake | None = None,
) -> Refetched:
    """Connect and fetch pictures again; where the provider cannot be asked, that is the reason.

    Args:
        kept: what to fetch.
        realm: whose pictures.
        books: of the realm; the pictures go into their store.
        subjects: campaigns that can be read; they say what account this is.
        telling: says how far it is.
        clock: to wait between tries.
        brake: begin no more once it is pulled.
    """
    from pipeline.commands.wiring import connect  # noqa: PLC0415 (loads the network)

    try:
        if not subjects:
            return _not_asked(kept, "no campaign of this workspace can be read")
        async with connect(realm, books.places, subjects, books.store, clock) as outside:
            return await _fetch(kept, outside, clock, telling, brake)
    except CampaignError as refused:
        return _not_asked(kept, refused.problems[0].what)


def recoverable(plan: Plan) -> frozenset[Sha256]:
    """Digests of the pictures that are not here and that the provider may still have."""
    return frozenset(
        decision.output.sha256
        for decision in plan.decisions
        if decision.action is Action.RECOVER and decision.output is not None
    )


async def _fetch(
    kept: Sequence[Kept], outside: Outside, clock: Clock, telling: Telling, brake: Brake | None
) -> Refetched:
    with telling.work("fetched again", sum(len(one.wanted) for one in kept)) as progress:
        return await fetch_again(
            kept,
            provider=outside.provider,
            intake=outside.intake,
            clock=clock,
            at_once=min(outside.concurrent, AT_ONCE),
            brake=brake,
            progress=progress,
        )


def _kept(session: Session, plan: Plan) -> list[Kept]:
    return to_fetch(holdings(session.books), sorted(recoverable(plan)), session.now)


def _not_asked(kept: Sequence[Kept], why: str) -> Refetched:
    words = f"the provider was not asked: {why}"
    wanted = frozenset[Sha256]().union(*(one.wanted for one in kept))
    return Refetched(failed=dict.fromkeys(wanted, words), stopped=words)


def _told(done: Refetched, plan: Plan, telling: Telling) -> Refetched:
    """Add what the provider forgot while the plan was looked at, and say what is still absent."""
    unasked = recoverable(plan) - done.found - done.failed.keys()
    done.failed |= dict.fromkeys(unasked, "the provider does not keep it any longer")
    if done.stopped:
        pictures = count(len(done.failed), "absent picture")
        telling.say(f"{pictures} not fetched again: {done.stopped}")
        return done
    shown = sorted(done.failed.items())[:_MOST_SHOWN]
    for digest, why in shown:
        telling.say(f"not fetched again  {digest[:12]}: {why}")
    if len(done.failed) > len(shown):
        telling.say(f"and {len(done.failed) - len(shown):,} more")
    return done
