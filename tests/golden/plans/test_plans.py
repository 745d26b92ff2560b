"""Plans as people and machines see them."""

import json
from dataclasses import replace
from pathlib import Path

from pipeline.domain.attempt import Claim, State
from pipeline.domain.campaign import Exclude, Matrix, PixelSize, Size, Variant, Where
from pipeline.domain.diagnostics import Span
from pipeline.domain.history import Filed
from pipeline.domain.money import parse_usd
from pipeline.domain.permit import read_permit
from pipeline.domain.plan import Limit
from pipeline.domain.receipts import Match
from pipeline.domain.screen import render_all
from pipeline.planning.permit import limit_of, under_permit
from pipeline.planning.select import parse_selection
from pipeline.reporting.plan_json import plans_document
from pipeline.reporting.plan_text import plan_text
from tests.support import campaigns
from tests.unit.domain.samples import sha
from tests.unit.planning.shop import PICTURE, PICTURES, buy, fail, lose, plan_of

HERE = Path(__file__).parent
STORY = Size("story", PixelSize(1080, 1920), native=PixelSize(1440, 2560))
FEED = Size("feed", PixelSize(1080, 1350))
LATER = "2026-11-21T12:00:00Z"


def image_set(name, numbers, *, reference=None):
    """A set whose digests no encoder can change."""

    def fixed(picture):
        number = int(picture.id[1:])
        return replace(picture, facts=replace(picture.facts, sha256=sha(number)))

    made = campaigns.image_set(name, numbers, reference=reference)
    shown = None if made.reference is None else fixed(made.reference)
    return replace(made, pictures=tuple(map(fixed, made.pictures)), reference=shown)


def campaign(numbers=(1,), **changes):
    return campaigns.campaign(sets=(image_set("anna", numbers),), **changes)


def part(of, numbers, name="anna", **changes):
    """A smaller campaign, to buy something beforehand."""
    return plan_of(replace(of, sets=(image_set(name, numbers),), **changes))


def mixed():
    """One of everything."""
    same = Variant("frost", {"place": "a place called snow"}, {})
    of = campaign(variants=("snow",), sizes=(FEED,))
    before = [
        *buy(part(of, [1, 2])),
        # Fewer came than were paid for; one of the two could be matched.
        *buy(part(of, [3, 4]), short=1, at=LATER),
        *fail(part(of, [5]), code=1200, name="f"),
        *fail(part(of, [6]), code=5003, name="g"),
        *lose(part(of, [7])),
        *buy(replace(part(of, [8]), campaign="autumn")),
        # No longer wanted: another prompt.
        *buy(part(of, [9], prompt="An old idea in {variant.place} for {set.subject}."), at=LATER),
    ]
    short = before[1].receipt.order
    match = Match(short.attempt, LATER, (short.cells[1].key,), "content", 93)
    wanted = replace(
        of,
        sets=(image_set("anna", range(1, 14)), image_set("bag", [20, 21], reference=22)),
        variants=(*of.variants, same),
        sizes=(FEED, STORY),
        matrix=Matrix(
            exclude=(
                Exclude(Where(set="anna", size="story"), "only bags have stories"),
                Exclude(Where(set="hat"), "no hats", at=Span("campaign.yaml", 30, 5)),
            )
        ),
    )
    (absent, *_) = before[0].receipt.outputs
    under_way = part(of, [10]).cells[0].key
    return plan_of(
        wanted,
        [*before, Filed("winter", match)],
        absent=[absent.sha256],
        claims={under_way: Claim("a-77", State.SUBMITTED, "r-77", is_alive=True)},
        limits=[
            Limit("campaign", "winter", parse_usd("0.60"), 20, parse_usd("0.28"), 7),
            Limit("run", "r-1", parse_usd("0.30"), None),
            Limit("month", "2026-11", parse_usd("250.00"), None, parse_usd("1.00"), 25),
        ],
    )


def test_a_mixed_plan_for_people(golden):
    plan = mixed()
    golden(HERE / "mixed.txt", plan_text(plan, renders=24) + "\n" + render_all(plan.problems))


def test_a_mixed_plan_for_machines(golden):
    document = plans_document([(mixed(), 24)])
    golden(HERE / "mixed.json", json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def test_a_plan_with_nothing_to_do(golden):
    of = campaign(range(1, 4))
    golden(HERE / "nothing.txt", plan_text(plan_of(of, buy(plan_of(of))), renders=0))


def test_a_long_plan_is_cut(golden):
    of = campaign(range(1, 8), variants=[f"v{n:02}" for n in range(33)])
    golden(HERE / "long.txt", plan_text(plan_of(of), renders=231))


def test_a_part_that_was_chosen(golden):
    of = campaign(range(1, 5), variants=("snow", "studio"))
    chosen, _ = parse_selection(["variant:snow", "anna/p00[12]"], ["anna/p003"])
    plan = plan_of(of, buy(part(of, [4], variants=of.variants[1:])), selection=chosen)
    golden(HERE / "chosen.txt", plan_text(plan, renders=0))


def test_a_plan_under_a_permit(golden):
    """Of ten listed pictures three are bought, one is not wanted, one was refused, one is short."""
    of = campaign(range(1, 10))
    permit = read_permit(plans_document([(plan_of(campaign(range(1, 11))), 0)]))
    before = [
        *buy(part(of, [1, 2, 3])),
        *fail(part(of, [4]), code=1200),
        *buy(part(of, [5]), short=1, at=LATER),
    ]
    limit = limit_of(permit, spent=parse_usd("0.20"), images=5)
    plan = plan_of(of, before, limits=[limit])
    plan = under_permit(plan, permit, permit.parts["winter"], of, PICTURES)
    golden(HERE / "permit.txt", plan_text(plan, renders=0) + "\n" + render_all(plan.problems))


def test_requests_that_differ_in_nothing_but_their_pictures_share_a_line(golden):
    of = campaign(range(1, 31), variants=("snow", "studio"), takes=2)
    golden(HERE / "many.txt", plan_text(plan_of(of), renders=120))


def test_requests_of_one_picture_share_a_line_where_there_are_many(golden):
    of, few = campaign(range(1, 40)), campaign(range(1, 4))
    texts = (plan_text(plan_of(one, card=PICTURE), renders=0) for one in (few, of))
    golden(HERE / "single.txt", "\n".join(texts))
