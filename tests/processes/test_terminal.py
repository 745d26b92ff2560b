"""A person at a terminal: asked before anything is bought, and free to answer late or not."""

import pytest

from tests.functional.workspace import SINGLE, receipts

pytestmark = pytest.mark.slow


@pytest.fixture
def asked(workspace, provider, start):
    """Start a run on a terminal and wait for its question."""

    def ask(name: str, question: str):
        program = start(provider, "run", name, has_terminal=True)
        program.says(question)
        return program

    return ask


def assert_nothing_was_sent(provider):
    """Before the answer, a run that finds no ledger looks into history and bill, and no more."""
    assert {call.path for call in provider.calls} <= {"predictions", "billings/search"}


def test_a_yes_buys(workspace, provider, asked):
    workspace.campaign()
    person = asked("winter", "Buy 2 pictures for $0.08? [y/N]")
    assert_nothing_was_sent(provider)
    person.type("y\n")
    told = person.ended()
    assert told.code == 0
    assert "2 of 2 pictures here, 2 of them new" in told.err
    assert provider.bill() == 80_000


def test_anything_else_buys_nothing(workspace, provider, asked):
    workspace.campaign()
    person = asked("winter", "[y/N]")
    person.type("\n")
    told = person.ended()
    assert told.code == 0
    assert "Nothing was bought." in told.err
    assert_nothing_was_sent(provider)


def test_leaving_the_question_buys_nothing(workspace, provider, asked):
    workspace.campaign()
    person = asked("winter", "[y/N]")
    # Ctrl-D; Ctrl-C is taken the same way, but gets lost where it comes just before the reading.
    person.type("\x04")
    told = person.ended()
    assert told.code == 130
    assert "nothing is lost" in told.err
    assert_nothing_was_sent(provider)


def test_what_another_run_bought_before_the_answer_is_used_and_not_bought_again(
    workspace, provider, asked, here
):
    workspace.campaign("winter", model=SINGLE, pictures=(1, 2, 3))
    workspace.campaign("autumn", model=SINGLE, pictures=(1, 2))
    person = asked("winter", "Buy 3 pictures for $0.12? [y/N]")
    other = here(provider, "run", "autumn", "--yes")
    assert other.code == 0
    person.type("y\n")
    told = person.ended()
    assert told.code == 0
    assert "3 of 3 pictures here, 1 of them new" in told.err
    assert provider.bill() == 120_000
    assert len(receipts(workspace.lock("winter", provider.realm), "use")) == 2
    assert len(receipts(workspace.lock("winter", provider.realm), "gen")) == 1


def test_a_cap_that_another_run_used_up_before_the_answer_stops_the_run(
    workspace, provider, asked, here
):
    workspace.share("account: {requests_per_minute: 1000}\nbudget: {cap: 0.12 USD}")
    workspace.campaign("winter", pictures=(1, 2))
    workspace.campaign("autumn", pictures=(3, 4))
    person = asked("winter", "Buy 2 pictures for $0.08? [y/N]")
    other = here(provider, "run", "autumn", "--yes")
    assert other.code == 0
    person.type("y\n")
    told = person.ended()
    assert told.code == 4
    assert "workspace has $0.04 left" in told.err
    assert provider.bill() == 80_000
