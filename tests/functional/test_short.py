"""Fewer pictures than were paid for: nothing is guessed, a person says, a top-up is asked about."""

import pytest

from pipeline.emulator.faults import Faults
from tests.functional.cli import campaign
from tests.functional.workspace import receipts

pytestmark = pytest.mark.slow


@pytest.fixture
def short(workspace, serve):
    """Three pictures asked for, the first one did not come."""
    provider = serve(faults=Faults(missing={1: frozenset({1})}))
    workspace.campaign(pictures=(1, 2, 3))
    assert campaign("run", "winter", "--yes").code == 5
    return provider


def assignments(waiting, *cells):
    attempt = waiting["attempt"]
    return [
        word
        for number, cell in enumerate(cells, start=1)
        for word in ("--assign", f"{attempt}/{number}={cell}")
    ]


def waiting_one():
    told = campaign("review", "winter", "--json")
    assert told.code == 5
    (one,) = told.document["waiting"]
    return one


def test_what_waits_is_listed_with_pictures_to_look_at(short, workspace):
    one = waiting_one()
    assert one["charged"] == 120_000
    assert len(one["pictures"]) == 2
    assert all((workspace.root / path).is_file() for path in one["pictures"])
    told = campaign("review", "winter")
    assert "2 of 3 pictures came for $0.12" in told.out
    assert f"campaign review winter --assign {one['attempt']}/1=CELL" in told.out


def test_what_a_person_says_serves_and_the_rest_is_a_top_up_that_yes_does_not_buy(short, workspace):
    one = waiting_one()
    _, second, third = one["cells"]
    told = campaign("review", "winter", *assignments(one, second, third))
    assert told.code == 0, told.err
    assert "top-up    1 picture for $0.04" in told.out
    (match,) = receipts(workspace.lock("winter", short.realm), "match")
    assert match["how"] == "person"
    assert workspace.delivered("winter", short.realm) == [
        f"{kind}/anna-p00{n}--snow--{name}.jpg"
        for kind, name in (("masters", "master"), ("small", "small"))
        for n in (2, 3)
    ]
    assert not (workspace.outputs("winter", short.realm) / "unassigned").exists()
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert short.submits == 1
    assert "^ top-up" in campaign("plan", "winter").out


def test_a_picture_of_nobody_leaves_its_cell_to_be_topped_up(short):
    one = waiting_one()
    told = campaign("review", "winter", *assignments(one, "none", one["cells"][2]))
    assert told.code == 0
    assert "top-up    2 pictures for $0.08" in told.out


def test_a_person_may_change_her_mind(short, hurry):
    one = waiting_one()
    first, second, third = one["cells"]
    campaign("review", "winter", *assignments(one, second, third))
    hurry.pass_by(seconds=2)  # receipts are dated to the second
    told = campaign("review", "winter", *assignments(one, first, third))
    assert told.code == 0
    document = campaign("plan", "winter", "--json").document
    actions = {cell["address"]: cell["action"] for cell in document["cells"]}
    assert actions == {first: "cached", second: "top-up", third: "cached"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["{a}/1={2}", "{a}/1={3}", "{a}/2=none"], "R052"),
        (["{a}/1={2}"], "R055"),
        (["{a}/1={2}", "{a}/2={2}"], "R054"),
        (["{a}/1={2}", "{a}/9={3}"], "R051"),
        (["{a}/1={2}", "{a}/2=anna/p009/snow/master/t1"], "R053"),
        (["a-nobody/1={2}"], "R050"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_written(short, workspace, words, code):
    one = waiting_one()
    names = {"a": one["attempt"], "2": one["cells"][1], "3": one["cells"][2]}

    def filled(word: str) -> str:
        for name, value in names.items():
            word = word.replace(f"{{{name}}}", value)
        return word

    told = campaign("review", "winter", *(w for word in words for w in ("--assign", filled(word))))
    assert told.code == 2
    assert f"error[{code}]" in told.err
    assert receipts(workspace.lock("winter", short.realm), "match") == []


def test_an_empty_delivery_is_paid_and_a_top_up(workspace, serve):
    provider = serve(faults=Faults(empty={1}))
    workspace.campaign(pictures=(1, 2))
    assert campaign("run", "winter", "--yes").code == 5
    assert "Nothing waits" not in campaign("review", "winter").out
    assert "^ top-up" in campaign("plan", "winter").out
    assert provider.bill() == 80_000


def test_two_empty_deliveries_are_enough(workspace, serve):
    serve(faults=Faults(empty={1, 2}))
    workspace.campaign(pictures=(1,))
    assert campaign("run", "winter", "--yes").code == 5
    planned = campaign("plan", "winter", "--json").document
    assert [cell["action"] for cell in planned["cells"]] == ["top-up"]
