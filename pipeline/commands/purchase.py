"""The part of a run that talks to the provider: offer, recovery, purchase."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.lock_files import LockFiles
from pipeline.commands.bill import RunAudit
from pipeline.commands.books import Books
from pipeline.commands.buying import Outside, make_runner
from pipeline.commands.lookback import LookBack, LookedBack
from pipeline.commands.outputs import make_thumb
from pipeline.commands.previews import Previewed, previewing
from pipeline.commands.realms import Realm
from pipeline.commands.session import Session, Subject
from pipeline.commands.wiring import connect
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import NOT_PERMITTED, UNUSABLE
from pipeline.domain.fingerprint import CellKey, canonical
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Plan, Step
from pipeline.emulator.engine_version import DRAFT_ENGINE
from pipeline.execution.auditing import Audit
from pipeline.execution.breaker import Breaker
from pipeline.execution.events import Listener
from pipeline.execution.outcome import Brake, Outcome
from pipeline.execution.ports import Failure, ProviderError, Seller
from pipeline.execution.run import Runner


class Purchase:
    """One campaign's dealings with the provider, from connection to connection."""

    def __init__(
        self,
        session: Session,
        outside: Outside,
        files: LockFiles,
        brake: Brake,
        *,
        listen: Listener,
        is_draft: bool,
    ) -> None:
        """Prepare; nothing is sent."""
        self._session = session
        self._is_draft = is_draft
        self._engine = DRAFT_ENGINE if is_draft else None
        self._outside = outside
        self._files = files
        self._brake = brake
        self._listen = listen

    @staticmethod
    @asynccontextmanager
    async def open(
        realm: Realm, session: Session, files: LockFiles, brake: Brake, listen: Listener
    ) -> "AsyncIterator[Purchase]":
        """Connect to the provider of a realm.

        Raises:
            CampaignError: exit 9; there is no key, or the embedded provider is not installed.
        """
        books, name = session.books, session.subject.campaign.name
        async with connect(
            realm, books.places, [session.subject], books.store, session.clock
        ) as outside:
            with previewing(lambda picture: make_thumb(books, name, picture)) as ask:
                intake = Previewed(outside.intake, ask)
                beside = replace(outside, intake=intake)
                yield Purchase(
                    session, beside, files, brake, listen=listen, is_draft=realm.is_draft
                )

    async def recover(self) -> Outcome:
        """See through what dead runs left open.

        Raises:
            CampaignError: exit 9; the history cannot be read.
        """
        try:
            return await self._runner(None).recover()
        except ProviderError as error:
            raise CampaignError(UNUSABLE, [_unreachable(error)]) from error

    @property
    def is_exclusive(self) -> bool:
        """Whether the key is this workspace's alone."""
        return self._outside.exclusive

    async def look_back(self, subjects: Sequence[Subject]) -> LookedBack:
        """Take up what only the provider's history tells of.

        Args:
            subjects: all campaigns of the workspace that can be read.

        Raises:
            CampaignError: exit 9; history or bill cannot be read.
        """
        looking = LookBack(
            self._session.books,
            subjects,
            provider=self._outside.provider,
            intake=self._outside.intake,
            runner=self._runner(None),
            clock=self._session.clock,
            engine=self._engine,
            exclusive=self._outside.exclusive,
            permit=self._session.permit,
        )
        try:
            return await looking.look()
        except ProviderError as error:
            raise CampaignError(UNUSABLE, [_unreachable(error)]) from error

    async def check_offer(self, plan: Plan) -> None:
        """Ask the provider for price and balance; nothing is sent that costs.

        Raises:
            CampaignError: exit 7, a price above the one shown; exit 9, no answer or too little
                money in the account.
        """
        await _check(self._outside.seller, [plan])

    async def buy(
        self, plan: Plan, others: Mapping[CellKey, str], *, keep_going: bool = False
    ) -> Outcome:
        """Buy the plan's steps, and wait for cells that other runs are buying.

        Args:
            plan: as agreed.
            others: wanted cells with the attempts of other runs that buy them.
            keep_going: do not stop where much goes wrong.

        Raises:
            CampaignError: exit 9; the history cannot be read.
        """
        books = self._session.books
        await books.bring_ledger_up(self._session.history)
        audit = None
        if not self._is_draft:
            provider, listen = self._outside.provider, self._listen
            audit = RunAudit(books, self._files, provider, plan.limits, listen)
        runner = self._runner(plan, breaker=None if keep_going else Breaker(), audit=audit)
        try:
            return await runner.buy(plan.steps, others=others)
        except ProviderError as error:
            raise CampaignError(UNUSABLE, [_unreachable(error)]) from error

    def _runner(
        self, plan: Plan | None, *, breaker: Breaker | None = None, audit: Audit | None = None
    ) -> Runner:
        return make_runner(
            self._session,
            self._outside,
            ledger=self._session.books.open_ledger,
            lock=self._files,
            plan=plan,
            brake=self._brake,
            listen=self._listen,
            breaker=breaker,
            audit=audit,
        )


async def check_offers(
    realm: Realm, books: Books, subjects: Sequence[Subject], plans: Sequence[Plan]
) -> None:
    """As `Purchase.check_offer`, for all campaigns of a permit together.

    Raises:
        CampaignError: exit 7, a price above the one shown; exit 9, there is no key, no answer, or
            too little money in the account.
    """
    async with connect(realm, books.places, subjects, books.store, SystemClock()) as outside:
        await _check(outside.seller, plans)


async def _check(seller: Seller, plans: Sequence[Plan]) -> None:
    try:
        for plan in plans:
            for step in _one_of_each_price(plan.steps):
                price = await seller.price(plan.model, _priced_body(step))
                if price > step.quote.most:
                    raise CampaignError(NOT_PERMITTED, [_price_rose(step, price)])
        balance = await seller.balance()
    except ProviderError as error:
        raise CampaignError(UNUSABLE, [_unreachable(error)]) from error
    cost = MicroUsd(sum(plan.cost for plan in plans))
    if balance < cost:
        raise CampaignError(UNUSABLE, [_too_little(balance, cost)])


def _one_of_each_price(steps: Sequence[Step]) -> list[Step]:
    """One step for each price that the steps can have.

    A price follows from the parameters, the pictures sent and the pictures asked for. Two that our
    card prices alike may be priced apart by now, so the quote does not stand for them.
    """
    found: dict[tuple[str, int, int], Step] = {}
    written: dict[int, str] = {}  # many requests hold one object of parameters
    for step in steps:
        params = step.request.params
        if id(params) not in written:
            written[id(params)] = canonical(params)
        where = written[id(params)], len(step.request.inputs), len(step.cells)
        found.setdefault(where, step)
    return list(found.values())


def _priced_body(step: Step) -> Mapping[str, object]:
    """A body that prices like the step's: the vendor counts pictures and does not fetch them."""
    request = step.request
    stand_ins = [f"https://example.invalid/{n}.jpg" for n in range(len(request.inputs))]
    pictures: dict[str, object] = {}
    if stand_ins:
        pictures = {request.field: stand_ins if request.many else stand_ins[0]}
    return {"prompt": request.prompt, **request.params, **pictures}


def _price_rose(step: Step, price: MicroUsd) -> Problem:
    return Problem(
        code="R011",
        what=f"the provider now asks {format_usd(price)} where {format_usd(step.quote.most)} "
        "was shown",
        why=f"the price on the model's card is of {step.quote.as_of or 'an unknown day'}",
        fix="raise it under `prices` in `campaigns/workspace.yaml`, then plan again",
        money="nothing was charged",
    )


def _too_little(balance: MicroUsd, cost: MicroUsd) -> Problem:
    return Problem(
        code="R012",
        what=f"the account holds {format_usd(balance)} and the plan costs {format_usd(cost)}",
        why="the provider charges at the moment of the request",
        fix="top the account up, or want fewer pictures",
        money="nothing was charged",
    )


def _unreachable(error: ProviderError) -> Problem:
    fix = "try again later; nothing is lost"
    if error.failure is Failure.UNUSABLE:
        fix = "check the API key, the account's balance and the key's role"
    return Problem(
        code="R013",
        what="the provider cannot be used",
        why=error.reason,
        fix=fix,
        money="nothing was charged by this run",
    )
