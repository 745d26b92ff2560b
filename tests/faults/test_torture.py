"""Random trouble, power cuts and losses: the books always end where the provider's bill does.

`make torture` tries ten thousand schedules; `make test` a few. A schedule that fails is named by
its number: `pytest tests/faults/test_torture.py --schedule NUMBER`.
"""

import asyncio
import contextlib
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from pipeline.commands.books import Books
from pipeline.commands.settling import Decisions
from pipeline.domain.attempt import State as AttemptState
from pipeline.domain.diagnostics import CampaignError
from pipeline.domain.plan import Action
from tests.faults.schedules import PICTURE, Life, Schedule, schedule
from tests.faults.truth import Truth
from tests.support.lives import Fuse, PowerCut, World

ROUNDS = 26
"""So many whole runs are allowed to bring everything in order: each of the twelve requests that a
fault may hit can fail, and wait a round for what is given back, before the next is made."""
AN_HOUR = 3600


def pytest_generate_tests(metafunc):
    if "seeds" in metafunc.fixturenames:
        one = metafunc.config.getoption("--schedule")
        count = metafunc.config.getoption("--schedules")
        chunks = [[one]] if one is not None else _chunks(count)
        metafunc.parametrize("seeds", chunks, ids=[f"{c[0]}-{c[-1]}" for c in chunks])


def _chunks(count, size=20):
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


@pytest.mark.slow
# A cut leaves files open, as it must; Python says so when it cleans up.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_whatever_goes_wrong_the_books_equal_the_bill_and_nothing_is_bought_twice(seeds):
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            try:
                Torture(schedule(seed), Path(folder)).run()
            except Exception as error:
                raise AssertionError(f"schedule {seed}: {error}") from error


class Torture:
    """One workspace under one schedule."""

    def __init__(self, what: Schedule, folder: Path) -> None:
        self.what = what
        self.world = World(
            folder,
            faults=what.faults,
            exclusive=what.exclusive,
            campaigns=what.campaigns,
            workspace=what.workspace,
        )
        self.truth = Truth(self.world.remote)

    def run(self) -> None:
        """Live through all of it, bring it in order, and compare."""
        try:
            for life in self.what.lives:
                self.live(life)
                self.assert_no_cap_is_passed()
            self.bring_in_order()
            self.assert_books_equal_bill()
            self.assert_nothing_was_bought_twice()
            self.assert_no_paid_picture_is_lost()
            self.assert_no_cap_is_passed()
        finally:
            self.world.remote.close()

    def live(self, life: Life) -> None:
        self.world.clock.jump(seconds=life.pause_s)
        self.lose(life.loses)
        fuse = None if life.fuse is None else Fuse(life.fuse)
        self.world.run(self.what.campaigns[life.campaign], fuse)

    def lose(self, what: str) -> None:
        state = self.world.root / ".campaign" / self.world.realm
        if what == "ledger":
            for file in state.glob("ledger.sqlite3*"):
                file.unlink()
        elif what == "state":
            for part in ("ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3-shm"):
                (state / part).unlink(missing_ok=True)
            shutil.rmtree(state / "store", ignore_errors=True)
        elif what == "outputs":
            shutil.rmtree(self.world.root / "outputs", ignore_errors=True)

    def bring_in_order(self) -> None:
        """Run and reconcile as a user would who reads what is said and knows the truth."""
        for _ in range(ROUNDS):
            self.world.clock.jump(seconds=3 * AN_HOUR)
            for campaign in self.what.campaigns:
                self.world.run(campaign)
            told = self.reconcile(Decisions())
            is_settled = not self.open_attempts() and not self.spent().refund_pending
            if told.exit_code == 0 and is_settled and not self.to_buy():
                # What was given back for pictures that came all the same is on no list of ours.
                self.world.clock.jump(seconds=3 * AN_HOUR)
                self.reconcile(Decisions())
                return
            if told.exit_code:
                # What was found meanwhile needs no decision any more, and says so.
                with contextlib.suppress(CampaignError):
                    self.reconcile(self.person(told))
        raise AssertionError(f"still not in order: {told.text} {self.open_attempts()}")

    def reconcile(self, decisions: Decisions):
        return asyncio.run(self.world.reconcile(self.what.campaigns[0], decisions))

    def person(self, told) -> Decisions:
        """What somebody decides who looks at the provider's own pages."""
        adopt: dict[str, str] = {}
        waive: list[str] = []
        for attempt in self.open_attempts():
            if attempt.state is not AttemptState.IN_DOUBT:
                continue
            prediction = self.truth.prediction_of(attempt, self.owned() | set(adopt.values()))
            if prediction:
                adopt[attempt.id] = prediction
            else:
                waive.append(attempt.id)
        unexplained = {
            found[1]
            for problem in told.unexplained
            if problem.is_error and (found := re.search(r"prediction `(\w+)`", problem.what))
        }
        ours = unexplained - set(adopt.values())
        strangers = [one for one in ours if self.truth.is_foreign(one)]
        assert len(strangers) == len(ours), f"paid, ours, and nobody can say so: {ours}"
        return Decisions(adopt=adopt, waive=waive, not_mine=strangers, reason="I looked")

    # What is looked at

    def books(self):
        return Books(self.world.places, self.world.realm)

    def open_attempts(self):
        books = self.books()
        try:
            return list(books.ledger.list_open()) if books.ledger else []
        finally:
            books.close()

    def owned(self) -> set[str]:
        books = self.books()
        try:
            return set(books.ledger.predictions()) if books.ledger else set()
        finally:
            books.close()

    def history(self):
        books = self.books()
        try:
            return books.history()
        finally:
            books.close()

    def to_buy(self) -> list:
        """Steps that a run would buy now; what passes a cap is not bought."""
        plans = [self.world.plan(campaign) for campaign in self.what.campaigns]
        return [
            step
            for plan in plans
            if not any(problem.is_error for problem in plan.problems)
            for step in plan.steps
        ]

    def spent(self):
        books = self.books()
        try:
            return books.spent(books.history(), "workspace", "")
        finally:
            books.close()

    def assert_books_equal_bill(self) -> None:
        spent = self.spent()
        assert (spent.reserved, spent.in_doubt) == (0, 0)
        assert spent.total == self.truth.bill(), (spent, self.truth.bill())

    def assert_nothing_was_bought_twice(self) -> None:
        history = self.history()
        twice = {key: found for key, found in history.deliveries.items() if len(found) > 1}
        assert not twice, twice
        owners = list(history.predictions.values())
        assert sorted(owners) == sorted(set(owners)), "a prediction has two attempts"
        assert set(owners) == self.truth.predictions(), "a prediction has no attempt"

    def assert_no_paid_picture_is_lost(self) -> None:
        history = self.history()
        books = self.books()
        try:
            here = books.store.present()
        finally:
            books.close()
        by_prediction = {gen.prediction: gen for gen in history.gens.values()}
        for prediction, delivered in self.truth.deliveries().items():
            gen = by_prediction.get(prediction)
            assert gen is not None, f"{prediction} delivered and nobody wrote it down"
            assert len(gen.outputs) == delivered, (gen, delivered)
        wanted = {
            decision.output.sha256
            for campaign in self.what.campaigns
            for decision in self.world.plan(campaign).decisions
            if decision.output is not None and decision.action is not Action.RECOVER
        }
        assert wanted <= here, "a picture that is wanted and was paid for is not here"

    def assert_no_cap_is_passed(self) -> None:
        """By what the provider takes, as long as it takes what it quoted."""
        if self.what.faults.charge.is_nobody:
            cap = self.what.workspace.cap
            assert self.truth.gross() <= cap, (self.truth.gross(), cap)
            assert self.truth.gross() % PICTURE == 0


__all__ = ["PowerCut"]
