"""`campaign serve --faults FILE`: trouble to rehearse with, switched on from a file."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from pipeline.cli import campaign as command_line
from pipeline.commands.fault_file import read_faults, switches
from pipeline.domain.diagnostics import CampaignError
from pipeline.emulator.chosen import Cases, Chosen
from pipeline.emulator.faults import BY_SUBMIT, Faults
from tests.functional.cli import campaign
from tests.functional.provider import bill, predictions
from tests.functional.workspace import add_up, cells_bought
from tests.support.campaigns import SEQUENTIAL, picture_bytes
from tests.support.patience import PATIENCE_S

EVERYTHING = Path(__file__).parents[1] / "emulator" / "faults-everything.yaml"
HEADERS = {"Authorization": "Bearer any"}


def written(tmp_path, text):
    file = tmp_path / "faults.yaml"
    file.write_text(text, "utf-8")
    return file


def read(tmp_path, text):
    return read_faults(written(tmp_path, text))[0]


def struck(choice, most=30):
    of = choice.has if isinstance(choice, Chosen) else lambda number: choice.of(number) is not None
    return [number for number in range(1, most) if of(number)]


# The file.


def test_the_example_switches_everything_on():
    faults, words = read_faults(EVERYTHING)
    scalars = {"seed", "retry_after_s", "gone_status"}
    assert set(faults.on) == set(Faults.__dataclass_fields__) - scalars
    assert (faults.seed, faults.retry_after_s, faults.gone_status) == (7, 3, 404)
    assert [line.split(":")[0].split(",")[0] for line in words] == list(faults.on)
    assert "drop_answer, submits 3, 9: accepted and charged; the connection breaks" in words[1]


def test_file_type_and_help_know_the_same_switches():
    names = list(Faults.__dataclass_fields__)
    assert list(switches()) == names
    assert all(switches().values())
    told = CliRunner().invoke(command_line, ["serve", "--help"]).output
    assert [name for name in names if f" {name} " not in told and f" {name}:" not in told] == []
    choosers = (Chosen, Cases)
    picking = {name for name in names if isinstance(getattr(Faults(), name), choosers)}
    assert picking > BY_SUBMIT
    by_prediction = [name for name in names if name in picking - BY_SUBMIT]
    places = [told.index(f"\n    {name} ") for name in by_prediction]
    assert places == sorted(places)
    assert places[0] > told.index("Predictions:")


@pytest.mark.parametrize(
    ("written_as", "numbers"),
    [
        ("[3, 9]", [3, 9]),
        ("[]", []),
        ("all", list(range(1, 30))),
        ("{every: 10}", [10, 20]),
        ("{from: 4, to: 6}", [4, 5, 6]),
        ("{from: 28}", [28, 29]),
        ("{to: 2}", [1, 2]),
        ("{from: 5, to: 20, every: 8}", [8, 16]),
        ("{share: 0}", []),
        ("{share: 1}", list(range(1, 30))),
    ],
)
def test_a_choice_can_be_written_in_several_ways(tmp_path, written_as, numbers):
    faults = read(
        tmp_path,
        f"version: 1\nnonsense: {written_as}\nempty: {written_as}\n"
        f"refuse: [{{submits: {written_as}, status: 429}}]\n",
    )
    assert struck(faults.nonsense) == struck(faults.empty) == struck(faults.refuse) == numbers


def test_values_arrive_as_they_were_written(tmp_path):
    faults = read(
        tmp_path,
        "version: 1\nretry_after_s: none\nforget_after_s: 0.5\n"
        "delay: [{submits: [1], seconds: 2.5}, {submits: all, seconds: 1}]\n"
        "missing: [{predictions: [2], positions: [1, 3]}]\n"
        "truncate: [{predictions: [1]}, {predictions: [2], downloads: 2}]\n"
        "foreign: [{submits: [1]}, {submits: [2], model: bytedance/seedream-v4.5/edit}]\n",
    )
    assert (faults.retry_after_s, faults.forget_after_s) == (None, 0.5)
    assert (faults.delay.of(1), faults.delay.of(2)) == (2.5, 1.0)
    assert faults.withheld(2, wanted=4) == {1, 3}
    assert faults.truncate.of(1) > 10**6 > faults.truncate.of(2) == 2
    assert [faults.foreign.of(n) for n in (1, 2, 3)] == ["", "bytedance/seedream-v4.5/edit", None]


def test_json_says_the_same(tmp_path):
    document = {"version": 1, "seed": 4, "nonsense": {"share": 0.25}, "hide_inputs": True}
    from_json = read(tmp_path, json.dumps(document))
    from_yaml = read(tmp_path, "version: 1\nseed: 4\nnonsense:\n  share: 0.25\nhide_inputs: true\n")
    assert from_json == from_yaml
    assert 0 < len(struck(from_json.nonsense, 200)) < 100


BAD = """\
version: 1
drop_anser: [1]
nonsense: {evry: 3}
refuse:
  - {submits: [0], status: 429}
  - {submits: [1], status: 99}
  - {submit: [1], status: 500}
drop_answer: {from: 9, to: 3}
empty: some
foreign: [{submits: [1], model: bytedance/seedream-v4.5/edits}]
missing: [{predictions: [1]}]
delay: [{submits: {share: 1.5}, seconds: 1}]
gone_status: 403
"""


def test_all_problems_of_a_file_are_told_at_once_with_place_and_fix(tmp_path):
    with pytest.raises(CampaignError) as raised:
        read(tmp_path, BAD)
    problems = {problem.at.line: problem for problem in raised.value.problems}
    assert raised.value.exit_code == 2
    assert list(problems) == [2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert all(problem.why and problem.fix and problem.what for problem in problems.values())
    assert problems[2].what == "unknown key `drop_anser`"
    assert "did you mean `drop_answer`?" in problems[2].fix
    assert "did you mean `every`?" in problems[3].fix
    assert "did you mean `submits`?" in problems[7].fix
    assert problems[8].fix == "write `{from: 3, to: 9}`"
    assert "`all`, a list of numbers, or a map such as `{every: 3}`" in problems[9].why
    assert "did you mean `bytedance/seedream-v4.5/edit`?" in problems[10].fix
    assert problems[11].what == "`positions` is missing in `missing[0]`"
    assert problems[12].what == "`1.5` is out of range"


@pytest.mark.parametrize("text", ["", "[1]", "version: 2", "version: 1\nempty: [1", "\x00", "- a"])
def test_what_is_no_faults_file_is_said(tmp_path, text):
    with pytest.raises(CampaignError) as raised:
        read(tmp_path, text)
    assert raised.value.exit_code == 2
    assert raised.value.problems


def test_nothing_is_served_with_a_bad_file_or_without_one(workspace, tmp_path):
    bad = campaign("serve", "--port", "0", "--faults", str(written(tmp_path, BAD)))
    assert bad.code == 2
    assert "error[M021]: unknown key `drop_anser`" in bad.err
    assert "faults.yaml:2:1" in bad.err
    assert "listens on" not in bad.err
    missing = campaign("serve", "--port", "0", "--faults", "nowhere.yaml")
    assert missing.code == 2
    assert "error[M110]: the faults file `nowhere.yaml` cannot be read" in missing.err
    assert not workspace.state("served").exists()


# The server.


@pytest.fixture
def served(tmp_path):
    """Start `campaign serve` with a faults file; its base address and opening words."""
    started = []

    def start(text):
        line = ["-m", "pipeline", "serve", "--port", "0", "--state", str(tmp_path / "served")]
        process = subprocess.Popen(
            [sys.executable, *line, "--faults", str(written(tmp_path, text))],
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        words = []
        for said in process.stderr:
            words.append(said.rstrip())
            if "campaign run NAME" in said:
                break
        base_url = words[0].partition(" listens on ")[2].partition(";")[0]
        return base_url, words, process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_trouble_over_the_wire(served):
    base_url, words, process = served(
        "version: 1\ndrop_answer: [1]\nerror_after: [{submits: [2], status: 502}]\n"
        "refuse: [{submits: [3], status: 429}]\nretry_after_s: 8\n"
        "fail: [{predictions: all, code: 5000}]\nrefund_never: all\n"
        "busy_looks: [{predictions: [1], looks: 1}]\n"
    )
    assert words[1] == "Trouble is switched on; numbers count from 1:"
    assert [line.split(",")[0].strip() for line in words[2:7]] == [
        "refuse", "drop_answer", "error_after", "fail", "refund_never",
    ]  # fmt: skip
    address = f"{base_url}/api/v3/{SEQUENTIAL}"
    with httpx.Client(headers=HEADERS, trust_env=False, timeout=PATIENCE_S) as client:
        sent = {"prompt": "p", "images": ["http://nowhere.invalid/a.jpg"], "size": "2560*1440"}
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(address, json=sent)
        assert client.post(address, json=sent).status_code == 502
        busy = client.post(address, json=sent)
        assert (busy.status_code, busy.headers["retry-after"]) == (429, "8")
        assert client.post(address, json=sent).status_code == 200
        accepted = predictions(base_url)
        assert len(accepted) == 3
        look = f"{base_url}/api/v3/predictions/{accepted[-1]['id']}/result"
        assert [client.get(look).status_code for _ in range(2)] == [429, 200]
    assert bill(base_url) == 3 * 40_000
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, rest) == (0, "")


@pytest.mark.slow
def test_a_broken_download_breaks_the_connection(served):
    base_url, _, _ = served("version: 1\nbreak_off: [{predictions: [1], downloads: 1}]\n")
    with httpx.Client(headers=HEADERS, trust_env=False, timeout=PATIENCE_S) as client:
        picture = {"file": ("a.jpg", picture_bytes(1), "image/jpeg")}
        upload = client.post(f"{base_url}/api/v3/media/upload/binary", files=picture).json()
        sent = {"prompt": "a snowy street", "images": [upload["data"]["download_url"]]}
        sent |= {"size": "2560*1440", "enable_sync_mode": True}
        made = client.post(f"{base_url}/api/v3/{SEQUENTIAL}", json=sent).json()["data"]
        (output,) = made["outputs"]
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(output)
        whole = client.get(output)
        assert whole.content.endswith(b"\xff\xd9")


@pytest.mark.slow
def test_a_campaign_that_is_bought_in_trouble_is_bought_once(workspace, serve, tmp_path):
    provider = serve(
        faults=read(
            tmp_path,
            "version: 1\ndrop_answer: [1]\nrefuse: [{submits: [2], status: 429}]\n"
            "busy_looks: [{predictions: all, looks: 1}]\noutput_objects: all\n"
            "strange_status: [{predictions: all, looks: 1}]\n"
            "truncate: [{predictions: all, downloads: 1}]\n",
        )
    )
    workspace.campaign(pictures=(1,), variants=("snow", "studio"))
    ran = campaign("run", "winter", "--yes")
    if ran.code == 5:  # a file that came in halves is fetched again, at the latest by the next run
        ran = campaign("run", "winter", "--yes")
    assert ran.code == 0, ran.err
    campaign("reconcile")
    lock = workspace.lock("winter", provider.realm)
    assert provider.bill() == add_up(lock) == 80_000
    assert len(set(cells_bought(lock))) == len(cells_bought(lock)) == 2
    assert len(provider.predictions()) == 2
