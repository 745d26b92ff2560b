"""Buying: the provider's side of a run, and the runner that carries a plan out on the books."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.adapters.runs import new_id
from pipeline.commands.session import Session
from pipeline.domain.plan import Plan
from pipeline.execution.attempt import Edges
from pipeline.execution.auditing import Audit
from pipeline.execution.breaker import Breaker
from pipeline.execution.decisions import PollPace
from pipeline.execution.events import Listener
from pipeline.execution.find import Search
from pipeline.execution.outcome import Brake
from pipeline.execution.pacing import Pacer
from pipeline.execution.ports import Intake, Ledger, Lock, Provider, Seller
from pipeline.execution.run import Orders, Runner
from pipeline.planning.pack import Packer


@dataclass(frozen=True, slots=True)
class Outside:
    """The provider's side of a run.

    Attributes:
        provider: sells; `seller` is the same one, asked for price and balance.
        intake: fetches what was bought.
        pace: how often to look.
        per_minute: submits a minute.
        concurrent: predictions under way at once.
        exclusive: whether the key is this workspace's alone.
    """

    provider: Provider
    seller: Seller
    intake: Intake
    pace: PollPace
    per_minute: int
    concurrent: int
    exclusive: bool


def make_runner(
    session: Session,
    outside: Outside,
    *,
    ledger: Ledger,
    lock: Lock,
    plan: Plan | None,
    brake: Brake,
    listen: Listener,
    attempt_ids: Callable[[], str] = lambda: new_id("a-"),
    breaker: Breaker | None = None,
    audit: Audit | None = None,
) -> Runner:
    """A runner for recovering (no plan) or for buying a plan's steps.

    Args:
        session: the campaign and its books.
        outside: the provider's side.
        ledger: the books' own, or what stands in for it.
        lock: where receipts are filed.
        plan: what is bought and under which caps; None for recovering.
        brake: says whether nothing more shall be begun.
        listen: hears what happens.
        attempt_ids: a fresh attempt id.
        breaker: stops a purchase in which too much goes wrong; None to go on whatever happens.
        audit: compares a purchase with the provider's bill on the way; None for nobody.
    """
    subject, clock = session.subject, session.clock
    edges = Edges(
        provider=outside.provider,
        intake=outside.intake,
        ledger=ledger,
        lock=lock,
        clock=clock,
        search=Search(
            outside.provider,
            ledger,
            clock,
            exclusive=outside.exclusive,
            digest_of=outside.intake.digest_of,
        ),
        pacer=Pacer(clock, per_minute=outside.per_minute, concurrent=outside.concurrent),
        pace=outside.pace,
        listen=listen,
    )
    orders = Orders(
        campaign=subject.campaign.name,
        run=session.books.run,
        limits=() if plan is None else plan.limits,
        permit="" if plan is None or plan.permit is None else plan.permit.digest,
        without=Packer(subject.campaign, subject.card).without,
        new_id=attempt_ids,
        concurrent=outside.concurrent,
        breaker=breaker,
        audit=audit,
    )
    return Runner(edges, orders, brake)
