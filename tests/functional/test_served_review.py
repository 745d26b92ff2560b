"""`campaign review NAME` from a browser's side: what is accepted is on disk, whatever comes."""

import http.client
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.adapters import review_files
from pipeline.adapters.review_files import ReviewFolder
from pipeline.commands import sitting as sittings
from pipeline.commands.loading import load, open_workspace
from pipeline.commands.sitting import Sitting
from pipeline.commands.verdicts import bring_in
from pipeline.domain.diagnostics import CampaignError
from pipeline.domain.verdicts import Word, header, write
from pipeline.planning.expand import expand
from tests.functional.cli import campaign
from tests.functional.workspace import Workspace, lines_of
from tests.support.patience import PATIENCE_S
from tests.support.review import purchase
from tests.unit.domain.said import said

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(workspace, monkeypatch):
    """Three pictures, bought by receipts alone; the reviewer is Anna."""
    for number, (key, value) in enumerate([("user.name", "Anna")]):
        monkeypatch.setenv("GIT_CONFIG_COUNT", str(number + 1))
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
    workspace.campaign(pictures=(1, 2, 3))
    assert purchase(workspace, "winter") == 3
    return workspace


def verdicts(workspace: Workspace, *words: Word, second: int = 0, **parts):
    """A verdict on each of the first cells, as a page posts them."""
    places, shared = open_workspace(workspace.root)
    subject = load(places, shared, "winter").subject
    cells = expand(subject.campaign, subject.card, realm="real", engine=None).cells
    listed = campaign("review", "winter", "--list", "--json").document["cells"]
    pictures = {cell["key"]: cell["sha256"] for cell in listed}
    return [
        said(
            parts.get("reviewer", "Anna"),
            word,
            of=cell.key,
            picture=pictures[cell.key],
            address=str(cell.address),
            second=second,
            note=parts.get("note", ""),
        )
        for cell, word in zip(cells, words, strict=False)
    ]


def batch(given, name: str = "winter") -> bytes:
    return "".join(f"{line}\n" for line in (header(name), *map(write, given))).encode()


def files(workspace: Workspace) -> list[Path]:
    return sorted(workspace.folder("winter").glob("reviews/*/*.jsonl"))


def stored(workspace: Workspace) -> list[dict]:
    folders = {file.parent for file in files(workspace)}
    return [line for folder in folders for line in lines_of(folder) if "verdict" in line]


@dataclass
class Serving:
    """The command, and what a page of it would do."""

    process: subprocess.Popen
    origin: str
    token: str

    def ask(self, method: str, path: str = "", body: bytes | None = None):
        host = self.origin.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=PATIENCE_S)
        fields = {}
        if body is not None:
            kind = "application/x-ndjson"
            fields = {"Origin": self.origin, "X-Campaign-Token": self.token, "Content-Type": kind}
        connection.request(method, f"/{self.token}/{path}", body=body, headers=fields)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def post(self, body: bytes):
        status, content = self.ask("POST", "verdicts", body)
        return status, json.loads(content)

    def end(self, sign: int) -> str:
        self.process.send_signal(sign)
        out, _ = self.process.communicate(timeout=PATIENCE_S)
        return out


@pytest.fixture
def served(shop):
    """The real command in a process of its own."""
    command = [sys.executable, "-m", "pipeline", "review", "winter", "--serve", "--no-open"]
    with subprocess.Popen(
        command,
        cwd=shop.root,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        told = ""
        for line in process.stderr:
            told += line
            if "http://" in line:
                break
        assert "http://127.0.0.1:" in told, told
        *origin, token, _ = told.split()[-1].split("/")
        yield Serving(process, "/".join(origin), token)
        process.kill()


def test_what_was_accepted_outlives_a_kill(shop, served):
    first, second = verdicts(shop, Word.APPROVE, Word.REROLL)
    status, page = served.ask("GET")
    assert status == 200
    assert f'name="campaign-review" content="{served.token}"'.encode() in page
    assert served.post(batch([first]))[0] == 200
    status, told = served.post(batch([second]))
    assert (status, told["saved"]) == (200, 1)
    served.end(signal.SIGKILL)
    (file,) = files(shop)
    assert told["file"] == str(file.relative_to(shop.root))
    assert [line["verdict"] for line in stored(shop)] == ["approve", "reroll"]
    assert campaign("plan", "winter", "--json").document["totals"]["cost"] == 40_000


def test_the_end_says_what_it_came_to(shop, served):
    given = verdicts(shop, Word.APPROVE, Word.REJECT, Word.REROLL)
    assert served.post(batch(given))[1]["saved"] == 3
    assert served.post(batch(given))[1]["saved"] == 0
    assert served.post(batch(given, name="summer"))[0] == 422
    status, told = served.post(b"\xff\x00{")
    assert (status, told["error"][:13]) == (422, "V003, line 1:")
    out = served.end(signal.SIGINT)
    assert served.process.returncode == 0
    assert "approved  1 picture\nrejected  1 picture\nreroll    1 picture\n" in out
    assert "1 take more wanted, $0.04 with the next run; nothing is bought now" in out
    assert "$9.88 of the campaign's $10.00, before they are bought" in out
    (file,) = files(shop)
    assert f"written   {file.relative_to(shop.root)}; commit it" in out


# Without a socket


@pytest.fixture
def sitting(shop):
    return Sitting("winter", reviewer="", draft=False, start=shop.root)


def test_a_session_is_one_file_that_the_import_takes_as_well(shop, sitting):
    for second, word in enumerate([Word.APPROVE, Word.REJECT, Word.APPROVE]):
        sitting.take(batch(verdicts(shop, word, word, second=second)))
    (file,) = files(shop)
    assert len(stored(shop)) == 6
    told = campaign("review", "winter", "--import", str(file), "--json").document
    assert (told["known"], told["verdicts"]) == (6, [])
    listed = campaign("review", "winter", "--list", "--json").document
    assert [cell["verdict"] for cell in listed["cells"]] == ["approve", "approve", None]


def test_of_two_words_in_one_second_the_later_one_counts(shop, sitting):
    """By caution alone the reject would win, though its reviewer took it back at once."""
    sitting.take(batch(verdicts(shop, Word.REJECT)))
    again = batch(verdicts(shop, Word.APPROVE))
    assert len(sitting.take(again).verdicts) == 1
    assert len(sitting.take(again).verdicts) == 0
    listed = campaign("review", "winter", "--list", "--json").document
    assert listed["cells"][0]["verdict"] == "approve"


def test_a_batch_that_cannot_be_written_is_not_accepted_and_may_come_again(
    shop, sitting, monkeypatch
):
    one, two = verdicts(shop, Word.APPROVE, Word.REJECT)
    sitting.take(batch([one]))
    before = files(shop)[0].read_bytes()
    real = review_files.write_durably

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(review_files, "write_durably", full)
    with pytest.raises(OSError, match="No space"):
        sitting.take(batch([two]))
    assert files(shop)[0].read_bytes() == before
    monkeypatch.setattr(review_files, "write_durably", real)
    assert len(sitting.take(batch([two])).verdicts) == 1
    assert len(stored(shop)) == 2


def test_a_long_session_goes_on_in_another_file(shop, sitting, monkeypatch):
    monkeypatch.setattr(sittings, "MOST_BYTES", 300)
    for second in range(3):
        sitting.take(batch(verdicts(shop, Word.APPROVE, second=second)))
    assert len(files(shop)) == 2
    assert len(stored(shop)) == 3


def test_two_reviewers_at_one_machine_do_not_overwrite_each_other(shop, sitting):
    """Their names lead to one folder, and each line says whose it is."""
    for name in ("Anna", "anna.", "Ben"):
        sitting.take(batch(verdicts(shop, Word.APPROVE, reviewer=name)))
    assert sorted(line["reviewer"] for line in stored(shop)) == ["Anna", "Ben", "anna."]


def test_with_a_name_said_nobody_speaks_for_somebody_else(shop):
    sitting = Sitting("winter", reviewer="Anna", draft=False, start=shop.root)
    with pytest.raises(CampaignError, match="`Ben`'s and not `Anna`'s"):
        sitting.take(batch(verdicts(shop, Word.APPROVE, reviewer="Ben")))
    assert files(shop) == []


def test_verdicts_that_no_reader_would_take_are_not_stored(shop, monkeypatch):
    """A file may get longer when it is stored, since each line then names its reviewer."""
    monkeypatch.setattr(review_files, "MOST_BYTES", 400)
    folder = ReviewFolder(shop.folder("winter") / "reviews", shown_as="reviews")
    given = verdicts(shop, Word.APPROVE, Word.APPROVE)
    with pytest.raises(CampaignError, match="cannot be read as a file of verdicts"):
        folder.write(given, campaign="winter", day="20261122", name="v-1")
    assert files(shop) == []


def test_of_thousands_of_unknown_cells_some_are_told(shop, tmp_path):
    """Looking for what each of them may have meant would take minutes."""
    line = write(verdicts(shop, Word.APPROVE)[0]._replace(cell="c1-" + "0" * 64))
    file = tmp_path / "many.jsonl"
    file.write_text(header("winter") + "\n" + f"{line}\n" * 1_000, "utf-8")
    with pytest.raises(CampaignError) as refused:
        bring_in("winter", file, reviewer="", draft=False, start=shop.root)
    assert {problem.code for problem in refused.value.problems} == {"V006"}
    assert len(refused.value.problems) == 200


@pytest.mark.parametrize(
    "argv",
    [
        ["--serve", "--list"],
        ["--open"],
        ["--waiting", "--approve", "set:anna"],
        ["--waiting", "--open"],
    ],
)
def test_ways_that_do_not_go_together(shop, argv):
    assert campaign("review", "winter", *argv).code == 2


def test_on_a_terminal_it_serves_unless_something_else_is_asked_for(shop, monkeypatch):
    asked = []

    def serve(name, **how):
        asked.append((name, how["opens"], how["reviewer"]))
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.cli.review.is_terminal", lambda: True)
    monkeypatch.setattr("pipeline.commands.review_server.serve_review", serve)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    campaign("review", "winter")
    campaign("review", "winter", "--no-open", "--as", "Ben")
    monkeypatch.setenv("SSH_CONNECTION", "1.2.3.4")
    campaign("review", "winter", "--serve")
    assert asked == [("winter", True, ""), ("winter", False, "Ben"), ("winter", False, "")]
    for argv in (["--waiting"], ["--list"], ["--json"]):
        assert campaign("review", "winter", *argv).code == 0
    assert len(asked) == 3


def test_without_a_terminal_it_lists_as_ever(shop):
    for argv in ([], ["--waiting"]):
        told = campaign("review", "winter", *argv)
        assert (told.code, told.out) == (0, "Nothing waits for a review.\n")
