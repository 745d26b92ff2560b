"""What a long piece of work says where no bar can be drawn."""

from pipeline.commands.progress import Telling


def told(capsys, *, quiet=False, events=False):
    """What is said of six things, one of which is done every four seconds."""
    now = [0.0]
    telling = Telling(events=events, quiet=quiet, now=lambda: now[0])
    with telling.work("checks", 6) as progress:
        for _ in range(6):
            now[0] += 4.0
            progress(1)
    return capsys.readouterr()


def test_a_line_every_so_often_says_how_far_it_is(capsys):
    found = told(capsys)
    assert found.err.splitlines() == ["checks: 6 to do", "checks: 3 of 6 done"]
    assert found.out == ""


def test_programs_and_the_quiet_hear_nothing_of_it(capsys):
    assert told(capsys, quiet=True).err == ""
    assert told(capsys, events=True).out == ""
