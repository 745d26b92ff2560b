"""Real runs against `campaign serve --faults`, killed at random instants; then the sums.

`make torture` kills a hundred runs; `make test` kills some at moments of its own choice, in
`test_killed.py`. The seed in a test's name repeats its campaign, its provider's faults and its
instants, as far as processes can be repeated.
"""

from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.functional.workspace import SEQUENTIAL, SINGLE
from tests.processes.program import Program, size_of
from tests.processes.vendor import Faults, assert_nothing_leaked, see_through

pytestmark = [pytest.mark.slow, pytest.mark.torture]

RUN = ("run", "winter", "--yes", "--events")
LIVES, KILLS = 17, 6
"""So many stories with so many killed runs each: 102 in all."""
PICTURES = 12
UNIT = 40_000
START_S, SPIN_S = 1.5, 0.05
EVENTS, BYTES = 12, 150_000
"""How far a run may come before it is killed: events told, and bytes of the ledger's log."""


SOME, FEW = {"share": "0.15"}, {"share": "0.05"}
TROUBLES = [
    ("drop_answer", SOME),
    ("nonsense", FEW),
    ("error_after", [{"submits": FEW, "status": 504}]),
    ("refuse", [{"submits": FEW, "status": 429}, {"submits": FEW, "status": 503}]),
    ("fail", [{"predictions": SOME, "code": 5000}]),
    ("refund_later", [{"predictions": {"every": 2}, "seconds": 600}]),
    ("history_lag", [{"predictions": SOME, "seconds": 400}]),
    ("busy_looks", [{"predictions": SOME, "looks": 3}]),
    ("strange_status", [{"predictions": SOME, "looks": 2}]),
    ("output_objects", SOME),
    ("truncate", [{"predictions": SOME, "downloads": 1}]),
    ("break_off", [{"predictions": SOME, "downloads": 1}]),
]
"""What may go wrong at the provider's side; each story has some of it."""


@dataclass(frozen=True)
class Story:
    """What is bought, and what goes wrong at the provider's side.

    Attributes:
        model: makes one picture a request, or many.
        cap: tight or roomy, in cents.
        faults: of the provider.
    """

    model: str
    cap: int
    faults: Faults

    @classmethod
    def drawn(cls, dice: Random) -> "Story":
        return cls(
            model=dice.choice([SINGLE, SEQUENTIAL]),
            cap=dice.choice([4, 8]) * PICTURES,
            faults={"seed": dice.randrange(1000), **dict(dice.sample(TROUBLES, k=6))},
        )


@dataclass(frozen=True)
class Instant:
    """When a run is killed: so many bytes or events after its start, and a moment."""

    what: str
    number: int
    moment_s: float

    @classmethod
    def drawn(cls, dice: Random) -> "Instant":
        (what,) = dice.choices(["start", "events", "bytes"], weights=[1, 2, 2])
        most = {"start": 0, "events": EVENTS, "bytes": BYTES}[what]
        moment_s = dice.uniform(0, START_S if what == "start" else SPIN_S)
        return cls(what, dice.randint(0, most), moment_s)

    def kill(self, life: Program, ledger: Path) -> bool:
        """Kill a run at this instant; False where it had ended by then."""
        log = ledger.with_name(f"{ledger.name}-wal")
        before = size_of(log)
        came = (
            self.what == "start"
            or (self.what == "events" and life.events(self.number))
            or (self.what == "bytes" and life.grows(log, before + self.number))
        )
        came = came and life.lives_on(self.moment_s)
        life.kill()
        return came


@pytest.mark.parametrize("seed", range(LIVES))
def test_killed_at_random_instants_a_campaign_is_bought_once(
    *, workspace, vend, hurried, here, shared_time, seed
):
    dice = Random(seed)  # noqa: S311 (no secret: the seed repeats a failure)
    story = Story.drawn(dice)
    vendor = vend(story.faults)
    workspace.campaign(
        model=story.model,
        pictures=range(PICTURES // 3),
        variants=("snow", "studio", "street"),
        budget=f"cap: {story.cap / 100:.2f} USD",
    )
    ledger = workspace.state(vendor.realm) / "ledger.sqlite3"
    kills = 0
    while kills < KILLS:
        life = hurried(vendor, *RUN)
        kills += Instant.drawn(dice).kill(life, ledger)
        assert vendor.bill() <= story.cap * 10_000

    see_through(here, shared_time, workspace, vendor)
    assert_nothing_leaked(here, workspace, vendor)
    (status,) = here(vendor, "status", "winter", "--json").document["campaigns"]
    assert (status["pictures"], status["charged"]) == (PICTURES, PICTURES * UNIT)
