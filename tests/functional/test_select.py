"""Selectors on the command line: plan and run a part, and leave the rest as it is."""

import pytest

from tests.functional.cli import campaign


@pytest.fixture
def winter(workspace):
    workspace.campaign(pictures=(1, 2), variants=("snow", "studio"))
    return workspace


def actions(*words):
    document = campaign("plan", "winter", "--json", *words).document
    return {cell["address"]: (cell["action"], cell["reason"]) for cell in document["cells"]}


def test_a_plan_says_what_it_leaves_out(winter):
    planned = campaign("plan", "winter", "--select", "variant:snow", "--exclude", "anna/p002")
    assert planned.code == 0
    assert "4 pictures wanted: 1 to buy in 1 request for $0.04." in planned.out
    assert "left-out      3  not selected: neither bought nor changed" in planned.out
    assert "chosen by --select variant:snow --exclude anna/p002" in planned.out
    document = campaign(
        "plan", "winter", "--json", "--select", "variant:snow", "--exclude", "anna/p002"
    ).document
    assert document["totals"]["actions"]["left-out"] == 3
    assert document["totals"]["actions"]["buy"] == document["totals"]["images"] == 1
    assert document["chosen"] == {"select": ["variant:snow"], "exclude": ["anna/p002"]}
    left = [cell for cell in document["cells"] if cell["action"] == "left-out"]
    assert {(cell["reason"], cell["detail"], "job" in cell) for cell in left} == {
        ("not_selected", "buy", False)
    }


@pytest.mark.slow
def test_a_run_buys_what_is_selected_and_nothing_else_becomes_of_the_rest(winter, provider):
    assert campaign("run", "winter", "--yes", "--select", "variant:studio").code == 0
    before = winter.delivered("winter", provider.realm)
    ran = campaign("run", "winter", "--yes", "--select", "variant:snow,picture:p001")
    assert ran.code == 0
    assert provider.bill() == 3 * 40_000
    assert set(before) < set(winter.delivered("winter", provider.realm))
    assert "3 of 4 pictures here, 1 of them new" in ran.err
    assert actions()["anna/p002/snow/master/t1"] == ("buy", "new_cell")


@pytest.mark.slow
def test_what_is_bought_and_not_selected_keeps_its_files(winter, provider):
    assert campaign("run", "winter", "--yes").code == 0
    before = winter.delivered("winter", provider.realm)
    winter.edit("winter", "{set.subject} in", "{set.subject} right in")
    assert campaign("run", "winter", "--yes", "--select", "variant:snow").code == 0
    assert provider.bill() == 6 * 40_000
    assert {name for name in before if "snow" in name} <= set(
        winter.delivered("winter", provider.realm)
    )


@pytest.mark.slow
def test_a_draft_rehearses_the_part_that_is_selected(winter):
    ran = campaign("run", "winter", "--draft", "--select", "anna/p001/snow")
    assert ran.code == 0
    assert "for real  $0.04" in ran.err


def test_nothing_that_is_selected_is_to_be_bought(winter, provider):
    ran = campaign("run", "winter", "--yes", "--select", "action:rebuy")
    assert ran.code == 0
    assert provider.submits == 0


@pytest.mark.parametrize("verb", [("plan",), ("run", "--yes"), ("run", "--draft")])
def test_a_slip_is_told_and_nothing_is_sent(winter, provider, verb):
    command, *words = verb
    ran = campaign(command, "winter", *words, "--select", "set:ana,varant:snow")
    assert ran.code == 2
    assert "error[P040]: selectors have no key `varant`\n --> --select:1:9" in ran.err
    ran = campaign(command, "winter", *words, "--exclude", "variant:snow,set:ana")
    assert ran.code == 2
    assert "error[P042]: no wanted picture is `set:ana`\n --> --exclude:1:14" in ran.err
    assert "did you mean `anna`?" in ran.err
    assert provider.calls == []


def test_a_campaign_may_have_nothing_of_what_another_one_has(workspace):
    workspace.campaign("winter")
    workspace.campaign("autumn", variants=("rain",))
    planned = campaign("plan", "--all", "--select", "variant:rain")
    assert planned.code == 0
    assert planned.out.count("left-out") == 1
    assert campaign("plan", "winter", "--select", "variant:rain").code == 2
