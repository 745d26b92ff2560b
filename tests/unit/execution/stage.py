"""A stage for attempts and runs: a real ledger, a scripted provider, a clock that jumps."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.adapters.ledger import SqliteLedger
from pipeline.adapters.runs import Runs
from pipeline.domain.attempt import OpenAttempt
from pipeline.domain.receipts import Order, Output, Receipt
from pipeline.execution.attempt import Driver, Edges, Sending
from pipeline.execution.decisions import PollPace
from pipeline.execution.events import Event, Happened
from pipeline.execution.find import Search
from pipeline.execution.outcome import Brake
from pipeline.execution.pacing import Pacer
from pipeline.execution.ports import (
    BillingRow,
    Failure,
    GoneError,
    NotYetError,
    Prediction,
    Progress,
    ProviderError,
)
from pipeline.execution.run import Orders, Runner
from pipeline.planning.pack import Packer
from tests.support.clock import JumpingClock
from tests.unit.domain.samples import order, output
from tests.unit.planning.shop import PICTURES

UNKNOWN = ProviderError(Failure.UNKNOWN, "no answer")
NOT_SENT = ProviderError(Failure.NOT_SENT, "no connection")
REFUSED = ProviderError(Failure.REFUSED, "HTTP 400: bad size")
UNUSABLE = ProviderError(Failure.UNUSABLE, "HTTP 401: bad key")


def busy(hint_s: float = 0.0) -> ProviderError:
    return ProviderError(Failure.BUSY, "HTTP 429", retry_after_s=hint_s)


def completed(prediction: str, pictures: int) -> Prediction:
    addresses = tuple(f"https://o/{prediction}/{n}" for n in range(pictures))
    return Prediction(prediction, Progress.COMPLETED, addresses)


def failed(prediction: str, code: int = 5000) -> Prediction:
    return Prediction(prediction, Progress.FAILED, code=code, message="it broke")


def seen(prediction: str, *, inputs=(), at: datetime | None = None, model: str | None = None):
    """A prediction as the history tells it."""
    name = "bytedance/seedream-v4.5/edit-sequential" if model is None else model
    return Prediction(
        prediction, Progress.UNDER_WAY, model=name, created_at=at, inputs=tuple(inputs)
    )


class Script:
    """Answers by turns, the last one for ever; an exception is raised."""

    def __init__(self, *answers) -> None:
        self._answers = list(answers)

    def next(self):
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class ScriptedProvider:
    """A provider that follows a script, and by default does everything well.

    Attributes:
        log: names of calls in their order, shared with the rest of the stage.
        answers: what submits come to: a prediction's id, or an error.
        results: what looking at a prediction comes to.
        histories: what listings come to.
        bill: what the bill comes to.
        uploading: what uploads come to; None for an address of their own.
    """

    log: list[str]
    answers: Script | None = None
    results: dict[str, Script] = field(default_factory=dict)
    histories: Script = field(default_factory=lambda: Script([]))
    bill: Script = field(default_factory=lambda: Script([]))
    uploading: Script = field(default_factory=lambda: Script(None))
    bodies: list = field(default_factory=list)
    uploaded: list = field(default_factory=list)
    windows: list = field(default_factory=list)
    asked: dict = field(default_factory=lambda: defaultdict(int))

    async def upload(self, digest, name):
        self.log.append("upload")
        self.uploading.next()
        self.uploaded.append(digest)
        return f"https://u/{len(self.uploaded)}"

    async def submit(self, model, body):
        self.log.append("submit")
        self.bodies.append(body)
        return f"p-{len(self.bodies)}" if self.answers is None else self.answers.next()

    async def result(self, prediction):
        self.log.append("result")
        self.asked[prediction] += 1
        if prediction in self.results:
            return self.results[prediction].next()
        asked_for = self.bodies[int(prediction[2:]) - 1].get("max_images", 1)
        return completed(prediction, asked_for)

    async def history(self, since, until):
        self.log.append("history")
        self.windows.append((since, until))
        return self.histories.next()

    async def billing(self, predictions):
        raise AssertionError("a run does not ask for the bill of single predictions")

    async def bill_between(self, since, until) -> list[BillingRow]:
        self.log.append("bill")
        return self.bill.next()


@dataclass
class ScriptedIntake:
    """Takes pictures in; addresses in `gone` and `later` fail."""

    log: list[str]
    gone: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    tried: list[str] = field(default_factory=list)

    async def take_in(self, address: str) -> Output:
        self.log.append("take in")
        self.tried.append(address)
        if address in self.gone:
            raise GoneError("HTTP 404")
        if address in self.later:
            raise NotYetError("HTTP 503")
        return output(900 + int(address.rsplit("/", 1)[1]))


@dataclass
class Filing:
    """A lock in memory."""

    log: list[str]
    filed: list[tuple[str, Receipt]] = field(default_factory=list)

    async def file(self, campaign, receipts) -> None:
        self.log.append("file")
        self.filed += [(campaign, receipt) for receipt in receipts]

    @property
    def receipts(self) -> list[Receipt]:
        return [receipt for _, receipt in self.filed]


class Logged:
    """A ledger whose writes are noted in the log."""

    _READS = frozenset({"open_attempts", "state_of", "owned", "upload_of", "uploads", "is_alive"})

    def __init__(self, inner: SqliteLedger, log: list[str]) -> None:
        self._inner = inner
        self._log = log

    def __getattr__(self, name: str):
        if name not in self._READS:
            self._log.append(name)
        return getattr(self._inner, name)


class Stage:
    """Everything that a run needs, in one folder; several stages on one folder share a ledger."""

    def __init__(
        self, folder: Path, *, run: str = "r-1", clock: JumpingClock | None = None
    ) -> None:
        self.run = run
        self.runs = Runs(folder / "runs")
        self.runs.begin(run)
        self.books = SqliteLedger(folder / "ledger.sqlite3", run=run, runs=self.runs)
        self.log: list[str] = []
        self.clock = clock or JumpingClock()
        self.ledger = Logged(self.books, self.log)
        self.provider = ScriptedProvider(self.log)
        self.intake = ScriptedIntake(self.log)
        self.lock = Filing(self.log)
        self.events: list[Event] = []
        self.brake = Brake()

    def end(self) -> None:
        """The run ends, however it stands."""
        self.books.close()
        self.runs.end(self.run)

    def edges(
        self, *, exclusive: bool = False, per_minute: int = 1000, concurrent: int = 100, pace=None
    ) -> Edges:
        return Edges(
            provider=self.provider,
            intake=self.intake,
            ledger=self.ledger,
            lock=self.lock,
            clock=self.clock,
            search=Search(self.provider, self.ledger, self.clock, exclusive=exclusive),
            pacer=Pacer(self.clock, per_minute=per_minute, concurrent=concurrent),
            pace=pace or PollPace(),
            listen=self.events.append,
        )

    def driver(self, **options) -> Driver:
        return Driver(self.edges(**options))

    def runner(
        self, campaign, *, limits=(), concurrent: int = 2, breaker=None, audit=None, **options
    ) -> Runner:
        numbers = iter(range(1, 1000))
        orders = Orders(
            campaign=campaign.name,
            run=self.run,
            limits=limits,
            without=Packer(campaign, PICTURES).without,
            new_id=lambda: f"a-{self.run}-{next(numbers)}",
            concurrent=concurrent,
            breaker=breaker,
            audit=audit,
        )
        return Runner(self.edges(concurrent=concurrent, **options), orders, self.brake)

    async def reserve(self, of: Order | None = None, *, campaign: str = "winter") -> OpenAttempt:
        of = of or order()
        at = self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        reserved = await self.books.reserve(of, campaign=campaign, hold=of.quote, limits=(), at=at)
        self.log.clear()
        return reserved.attempt

    async def state(self, attempt: str = "a-1"):
        found = await self.books.state_of(attempt)
        return None if found is None else found.state

    def told(self, *kinds: Happened) -> list[str]:
        """Messages of events of some kinds."""
        return [event.message for event in self.events if event.kind in kinds]

    @property
    def kinds(self) -> list[Happened]:
        return [event.kind for event in self.events]


def sending(of: Order, *, reference=None) -> Sending:
    """How to send an order of two pictures or so."""
    inputs = tuple(cell.source for cell in of.cells)
    return Sending(
        body={"prompt": of.recipe.prompt, "max_images": len(of.cells)},
        inputs=((reference,) if reference else ()) + inputs,
        field="images",
        many=True,
    )
