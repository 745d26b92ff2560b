"""Verdicts: from the terminal and from files into git, bound to pictures, and what they come to."""

import json
import os

import pytest

from pipeline.domain.verdicts import Word, header, write
from tests.functional.cli import campaign
from tests.functional.workspace import Workspace, cells_bought, lines_of
from tests.support.review import Clone, purchase
from tests.unit.domain.said import said

pytestmark = pytest.mark.slow

FIRST, SECOND = "anna/p001/snow/master/t1", "anna/p002/snow/master/t1"


@pytest.fixture
def bought(workspace, provider):
    """Two pictures, bought."""
    workspace.campaign(pictures=(1, 2))
    assert campaign("run", "winter", "--yes").code == 0
    return provider


def reviews(workspace, provider):
    """All stored verdicts, without the first lines of their files."""
    folder = workspace.state(provider.realm) / "reviews" / "winter"
    files = sorted(folder.glob("*/*.jsonl"))
    lines = [line for file in files for line in lines_of(file.parent)]
    for file in files:
        text = file.read_text("utf-8")
        assert text.startswith(f'{{"verdicts":{2 if "clear" in text else 1},')
    return list({json.dumps(line): line for line in lines if "verdict" in line}.values())


def index_of(workspace):
    """The page over all campaigns, which a run keeps up to date."""
    return (workspace.root / "outputs" / "index.html").read_text("utf-8")


def standing():
    told = campaign("review", "winter", "--list", "--json")
    assert told.code == 0, told.err
    return {cell["address"]: cell for cell in told.document["cells"]}


def words():
    return {address: cell["verdict"] for address, cell in standing().items()}


def test_what_is_said_is_a_line_bound_to_the_picture(bought, workspace):
    told = campaign("review", "winter", "--approve", FIRST, "--as", "Anna", "--note", "lovely")
    assert told.code == 0, told.err
    assert "approved  1 picture\n" in told.out
    assert f'"winter/{bought.realm}/index.html"' in index_of(workspace)
    (line,) = reviews(workspace, bought)
    cell = standing()[FIRST]
    assert line.pop("at").endswith("Z")
    assert line == {
        "verdict": "approve",
        "address": FIRST,
        "cell": cell["key"],
        "picture": cell["sha256"],
        "reviewer": "Anna",
        "note": "lovely",
    }
    assert words() == {FIRST: "approve", SECOND: None}


def test_a_change_of_mind_within_a_second_counts(bought):
    campaign("review", "winter", "--reject", "set:anna", "--as", "Anna")
    campaign("review", "winter", "--approve", FIRST, "--as", "anna")
    assert words() == {FIRST: "approve", SECOND: "reject"}


def test_whoever_gave_a_verdict_takes_it_back(bought, workspace):
    campaign("review", "winter", "--reject", "set:anna", "--as", "Anna")
    campaign("review", "winter", "--approve", "set:anna", "--as", "Ben")
    assert words() == {FIRST: "reject", SECOND: "reject"}
    told = campaign("review", "winter", "--clear", FIRST, "--as", "anna", "--note", "mistaken")
    assert told.code == 0, told.err
    assert "cleared   1 picture\n" in told.out
    assert words() == {FIRST: "approve", SECOND: "reject"}
    assert [vote["reviewer"] for vote in standing()[FIRST]["votes"]] == ["Ben"]
    assert len(reviews(workspace, bought)) == 5

    # Of a selection only those pictures of which she says something; twice is nothing to clear.
    told = campaign("review", "winter", "--clear", "set:anna", "--as", "Anna", "--json")
    assert [verdict["address"] for verdict in told.document["verdicts"]] == [SECOND]
    assert words() == {FIRST: "approve", SECOND: "approve"}
    told = campaign("review", "winter", "--clear", FIRST, "--as", "Anna")
    assert told.code == 2
    assert "error[V027]: `Anna` has no verdict in" in told.err
    told = campaign("review", "winter", "--clear", FIRST, "--reject", FIRST, "--as", "Ben")
    assert "is to be rejected and cleared" in told.err


def test_the_manifest_says_how_many_have_to_approve(workspace, provider):
    workspace.campaign(pictures=(1,), more=("review: {need: 2}",))
    assert campaign("run", "winter", "--yes").code == 0
    campaign("review", "winter", "--approve", FIRST, "--as", "Anna")
    campaign("review", "winter", "--approve", FIRST, "--as", "ANNA")
    assert words() == {FIRST: None}
    assert "(1 approval missing)" in campaign("review", "winter", "--list").out
    campaign("review", "winter", "--approve", FIRST, "--as", "Ben")
    assert words() == {FIRST: "approve"}


def test_selections_speak_of_verdicts_too(bought):
    campaign("review", "winter", "--reject", FIRST, "--as", "Anna")
    told = campaign("review", "winter", "--approve", "verdict:none", "--as", "Anna", "--json")
    assert [one["address"] for one in told.document["verdicts"]] == [SECOND]


def test_a_reroll_says_what_it_costs_and_buys_nothing_until_the_next_run(bought, workspace):
    told = campaign("review", "winter", "--reroll", FIRST, "--as", "Anna")
    assert "1 take more wanted, $0.04 with the next run; nothing is bought now" in told.out
    assert "anna/p001/snow/master/t2" in told.out
    assert "$9.92 of the campaign's $10.00" in told.out
    assert bought.submits == 1
    plan = campaign("plan", "winter", "--json").document
    assert [cell["address"][-2:] for cell in plan["cells"]] == ["t1", "t2", "t1"]
    assert plan["totals"]["cost"] == 40_000
    assert campaign("run", "winter", "--yes").code == 0
    assert bought.submits == 2
    assert len(set(cells_bought(workspace.lock("winter", bought.realm)))) == 3
    assert "t2" in "".join(workspace.delivered("winter", bought.realm))


def test_two_rerolls_of_one_picture_are_one_take_even_after_it_came(bought):
    campaign("review", "winter", "--reroll", FIRST, "--as", "Anna")
    told = campaign("review", "winter", "--reroll", FIRST, "--as", "Ben", "--json")
    assert told.document["takes"] == []
    assert campaign("run", "winter", "--yes").code == 0
    told = campaign("review", "winter", "--reroll", FIRST, "--as", "Carla")
    assert "no new one: all of them are wanted or bought already" in told.out
    assert campaign("plan", "winter", "--json").document["steps"] == []


def test_takes_that_wait_to_be_bought_are_one_line(bought, workspace):
    workspace.pictures("winter", [3])
    campaign("review", "winter", "--reroll", FIRST, "--as", "Anna")
    told = campaign("review", "winter", "--reroll", "set:anna", "--as", "Anna")
    assert "left out  1 cell without a picture\n  anna/p003/snow/master/t1\n" in told.out
    assert "left out  1 take asked for already and not bought yet\n" in told.out
    assert "anna/p001/snow/master/t2" not in told.out
    told = campaign("review", "winter", "--reroll", "set:anna", "--as", "Anna", "--json")
    waiting = ["anna/p001/snow/master/t2", "anna/p002/snow/master/t2", "anna/p003/snow/master/t1"]
    assert sorted(told.document["without_picture"]) == waiting


def test_a_reroll_taken_back_before_it_was_bought_is_not_bought(bought):
    campaign("review", "winter", "--reroll", FIRST, "--as", "Anna")
    campaign("review", "winter", "--approve", FIRST, "--as", "Anna")
    assert campaign("plan", "winter", "--json").document["steps"] == []


def test_rerolls_beyond_the_cap_are_written_and_said(bought, workspace):
    workspace.edit("winter", "10.00 USD", "0.10 USD")
    told = campaign("review", "winter", "--reroll", FIRST, "--as", "Anna")
    assert told.code == 0
    assert "warning[V015]" in told.err
    assert len(reviews(workspace, bought)) == 1
    assert campaign("run", "winter", "--yes").code == 3
    assert bought.submits == 1


def test_what_changed_since_is_stale_shown_and_never_applied(bought, workspace):
    campaign("review", "winter", "--approve", FIRST, "--as", "Anna")
    campaign("review", "winter", "--reroll", SECOND, "--as", "Anna")
    workspace.edit("winter", "Put {set.subject}", "Place {set.subject}")
    assert words() == {FIRST: None, SECOND: None}
    told = campaign("review", "winter", "--list")
    assert "was approve" in told.out
    assert "2 no picture, 2 stale" in told.out
    workspace.edit("winter", "Place {set.subject}", "Put {set.subject}")
    assert words()[FIRST] == "approve"


def test_without_a_name_the_reviewer_is_whoever_git_says(bought, workspace, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "../Anna\u00a0Sharp")
    assert campaign("review", "winter", "--approve", FIRST).code == 0
    (line,) = reviews(workspace, bought)
    assert line["reviewer"] == "../Anna\u00a0Sharp"
    folder = workspace.state(bought.realm) / "reviews" / "winter"
    assert [path.name for path in folder.iterdir()] == ["anna-sharp"]


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["--approve", "anna/p009/*"], "P042"),
        (["--approve", "sett:anna"], "P040"),
        (["--approve", "verdict:reject"], "V009"),
        (["--approve", FIRST, "--reject", "set:anna"], "V011"),
        (["--approve", "anna/p003"], "V010"),
        (["--approve", FIRST, "--as", "an\u202ena"], "V001"),
        (["--approve", FIRST, "--as", ""], "V001"),
        (["--import", "nowhere.jsonl", "--as", " "], "V001"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_written(bought, workspace, argv, code):
    workspace.pictures("winter", [3])
    told = campaign("review", "winter", *argv)
    assert told.code == 2
    assert f"error[{code}]" in told.err
    assert (" --> --as:1:1\n" in told.err) == ("--as" in argv)
    assert reviews(workspace, bought) == []


def test_cells_without_a_picture_are_left_out_and_said(bought, workspace):
    workspace.pictures("winter", [3])
    told = campaign("review", "winter", "--approve", "set:anna", "--as", "Anna")
    assert "left out  1 cell without a picture\n  anna/p003/snow/master/t1" in told.out
    assert len(reviews(workspace, bought)) == 2


@pytest.mark.parametrize(
    "argv",
    [
        ["--list", "--approve", FIRST],
        ["--import", "x", "--list"],
        ["--note", "why"],
        ["--as", "Anna"],
        ["--as", "", "--list"],
        ["--assign", "a/1=none", "--reject", FIRST],
    ],
)
def test_options_that_do_not_go_together(bought, argv):
    assert campaign("review", "winter", *argv).code == 2


# What a page or a colleague saved


def saved(tmp_path, *verdicts, name="winter", extra=()):
    file = tmp_path / "verdicts.jsonl"
    lines = [header(name), *map(write, verdicts), *extra]
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return str(file)


def about(address, word, **parts):
    cell = standing()[address]
    parts = {"reviewer": "Anna", **parts}
    return said(
        parts.pop("reviewer"), word, of=cell["key"], picture=cell["sha256"], address=address,
        **parts,
    )  # fmt: skip


def test_an_import_is_one_file_and_the_same_again_is_none(bought, workspace, tmp_path):
    file = saved(tmp_path, about(FIRST, Word.APPROVE), about(SECOND, Word.REROLL))
    told = campaign("review", "winter", "--import", file, "--json")
    assert told.code == 0, told.err
    assert told.document["takes"] == ["anna/p002/snow/master/t2"]
    stored = reviews(workspace, bought)
    assert [line.get("take") for line in stored] == [None, 2]
    again = campaign("review", "winter", "--import", file)
    assert "known     2 verdicts already" in again.out
    assert reviews(workspace, bought) == stored
    folder = workspace.state(bought.realm) / "reviews" / "winter" / "anna"
    assert len(list(folder.iterdir())) == 1
    stored_file = next(folder.iterdir())
    assert os.access(stored_file, os.R_OK)
    assert campaign("review", "winter", "--import", str(stored_file)).code == 0
    assert len(list(folder.iterdir())) == 1


def test_an_import_of_stale_verdicts_is_kept_and_said(bought, workspace, tmp_path):
    verdict = about(FIRST, Word.REJECT)._replace(picture="f" * 64)
    told = campaign("review", "winter", "--import", saved(tmp_path, verdict))
    assert "stale     1 verdict about a picture that is not the current one" in told.out
    assert words()[FIRST] is None
    assert len(reviews(workspace, bought)) == 1


def test_an_import_counts_as_a_whole_or_not_at_all(bought, workspace, tmp_path):
    good = about(FIRST, Word.APPROVE)
    unknown = good._replace(cell="c1-" + "0" * 64, address="anna/p009/snow/master/t1")
    other = about(SECOND, Word.APPROVE, reviewer="Ben")
    late = about(SECOND, Word.APPROVE)._replace(at="2099-01-01T00:00:00Z")
    cases = [
        ([good], "summer", ["V005"], []),
        ([good, unknown], "winter", ["V006"], [3]),
        ([good, other], "winter", ["V007"], [3]),
        ([good, late], "winter", ["V008"], [3]),
        ([unknown, late], "summer", ["V005", "V006", "V008"], [2, 3]),
    ]
    for verdicts, name, codes, lines in cases:
        told = campaign("review", "winter", "--import", saved(tmp_path, *verdicts, name=name))
        assert told.code == 2
        for code in codes:
            assert f"error[{code}]" in told.err
        for line in lines:
            assert f"verdicts.jsonl:{line}:1" in told.err
    told = campaign("review", "winter", "--import", saved(tmp_path, good, extra=["{", "[]"]))
    assert told.err.count("error[V003]") == 2
    assert reviews(workspace, bought) == []


def test_nobody_imports_for_somebody_else(bought, workspace, tmp_path):
    file = saved(tmp_path, about(FIRST, Word.APPROVE))
    told = campaign("review", "winter", "--import", file, "--as", "Ben")
    assert "error[V007]: this verdict is `Anna`'s and not `Ben`'s" in told.err
    assert reviews(workspace, bought) == []
    assert campaign("review", "winter", "--import", file, "--as", "ANNA").code == 0


def test_hostile_words_cannot_steer_a_terminal(bought, tmp_path):
    hostile = "\x1b[2J\u202enot\nme"
    verdict = about(FIRST, Word.REJECT, note=hostile)._replace(picture="f" * 64, address=hostile)
    told = campaign("review", "winter", "--import", saved(tmp_path, verdict))
    listed = campaign("review", "winter", "--list")
    for text in (told.out, told.err, listed.out):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "<U+001B>" in listed.out


def test_what_is_stored_and_cannot_be_read_stops_plans_and_runs(bought, workspace):
    campaign("review", "winter", "--reject", FIRST, "--as", "Anna")
    folder = workspace.state(bought.realm) / "reviews" / "winter" / "anna"
    (file,) = folder.iterdir()
    file.write_text(file.read_text("utf-8").replace('"verdicts":1', '"verdicts":3'), "utf-8")
    for command in (("plan", "winter"), ("run", "winter", "--yes"), ("review", "winter", "--list")):
        told = campaign(*command)
        assert told.code == 12
        assert "error[V013]" in told.err
    file.write_text("nonsense\n", "utf-8")
    assert "error[V012]" in campaign("plan", "winter").err


def test_drafts_are_judged_apart_from_real_pictures(workspace):
    workspace.campaign(pictures=(1,))
    told = campaign("review", "winter", "--approve", "set:anna", "--draft", "--as", "Anna")
    assert "error[V010]" in told.err
    assert not (workspace.folder("winter") / "reviews").exists()


def test_a_reroll_in_a_branch_is_in_its_budget_review(tmp_path, monkeypatch):
    """By hand: two pictures are bought; the branch asks for one more take of one of them."""
    clone = Clone.make(tmp_path / "shop")
    (clone.root / ".gitignore").write_text(".campaign/\noutputs/\n")
    workspace = Workspace.make(clone.root, shared="")
    monkeypatch.chdir(clone.root)
    workspace.campaign("winter", pictures=(1, 2))
    assert purchase(workspace, "winter") == 2
    clone.commit()
    clone.branch("topic")
    told = campaign("review", "winter", "--reroll", FIRST, "--as", "Anna")
    assert "commit it, that counts it for everybody" in told.out
    clone.commit()
    for revisions in ("main", "main..topic", "main...topic"):
        found = campaign("diff", revisions, "--format", "json").document["totals"]
        assert (found["before"]["remaining"], found["after"]["remaining"]) == (0, 40_000)
        assert (found["change"], found["orphaned"]) == (40_000, 0)
        assert (found["after"]["pictures"], found["after"]["to_buy"]) == (3, 1)
    (file,) = workspace.folder("winter").glob("reviews/anna/*.jsonl")
    file.write_text("nonsense\n", "utf-8")
    assert "error[V012]" in campaign("diff", "main").err
