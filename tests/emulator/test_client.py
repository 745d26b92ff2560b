"""The vendor's own Python client, unchanged, against the embedded provider on a socket."""

import pytest
import requests
from wavespeed import Client
from wavespeed.api import client as official

from pipeline.emulator.faults import Faults
from tests.emulator.listening import listening
from tests.emulator.plain_engine import HeldEngine, jpeg
from tests.emulator.quick_engine import PICTURES
from tests.emulator.world import SEQUENTIAL, SINGLE, SIZE
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.slow
KEY = "a-key-of-sixteen-letters"


@pytest.fixture
def base():
    with listening(accepted_key=KEY) as (base, _):
        yield base


def client_of(base):
    return Client(api_key=KEY, base_url=base)


def body(client, tmp_path, **more):
    picture = tmp_path / "a picture.jpg"
    picture.write_bytes(jpeg(64, 48))
    address = client.upload(str(picture))
    return {"prompt": "make it blue", "images": [address], "size": SIZE, **more}


def fetched(outputs):
    return [requests.get(output, timeout=PATIENCE_S).content for output in outputs]


def test_run_uploads_waits_and_delivers(base, tmp_path):
    client = client_of(base)
    made = client.run(SEQUENTIAL, body(client, tmp_path, max_images=3), poll_interval=0.02)
    assert set(made) == {"outputs"}
    assert fetched(made["outputs"]) == list(PICTURES[:3])


def test_upload_takes_a_path_and_a_stream(base, tmp_path):
    client = client_of(base)
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n and so on")
    with picture.open("rb") as stream:
        for address in (client.upload(str(picture)), client.upload(stream)):
            answer = requests.get(address, timeout=PATIENCE_S)
            assert answer.content == picture.read_bytes()
            assert answer.headers["content-type"] == "image/png"


def test_run_no_throw_tells_the_id_and_the_result_can_be_asked_for_again(base, tmp_path):
    client = client_of(base)
    made = client.run_no_throw(SINGLE, body(client, tmp_path), poll_interval=0.02)
    assert (made["status"], made["error"], len(made["outputs"])) == ("completed", None, 1)
    again = client.get_result(made["task_id"])["data"]
    assert (again["status"], again["outputs"]) == ("completed", made["outputs"])


def test_sync_mode_answers_with_the_result(base, tmp_path):
    client = client_of(base)
    made = client.run(SINGLE, body(client, tmp_path), enable_sync_mode=True)
    assert fetched(made["outputs"]) == [PICTURES[0]]
    told = client.run_no_throw(SINGLE, body(client, tmp_path), enable_sync_mode=True)
    assert (told["status"], len(told["task_id"])) == ("completed", 32)


def test_sync_mode_gives_up_and_the_task_goes_on(tmp_path):
    held = HeldEngine()
    with listening(accepted_key=KEY, engine=held, sync_wait_s=0.05) as (base, _):
        client = client_of(base)
        told = client.run_no_throw(SINGLE, body(client, tmp_path), enable_sync_mode=True)
        assert (told["status"], told["outputs"]) == ("processing", None)
        assert f"task_id: {told['task_id']}" in told["error"]
        assert f"{base}/api/v3/predictions/{told['task_id']}/result" in told["error"]
        assert client.get_result(told["task_id"])["data"]["status"] in {"created", "processing"}
        held.let_go.set()
        done = client._wait(told["task_id"], timeout=PATIENCE_S, poll_interval=0.02)
        assert len(done["outputs"]) == 1


def test_a_failing_task_is_told_with_its_words(tmp_path):
    with listening(accepted_key=KEY, faults=Faults(fail={1: 1200})) as (base, provider):
        client = client_of(base)
        wanted = body(client, tmp_path)
        with pytest.raises(RuntimeError, match=r"Prediction failed \(task_id: [0-9a-f]{32}\)"):
            client.run(SINGLE, wanted, poll_interval=0.02)
        told = client.run_no_throw(SINGLE, {**wanted, "size": "10*10"}, poll_interval=0.02)
        assert told["status"] == "failed"
        assert "image size must be at least 3686400 pixels" in told["error"]
        assert provider.state.submits == 2


def test_a_deleted_task_ends_the_wait(tmp_path):
    held = HeldEngine()
    with listening(accepted_key=KEY, engine=held) as (base, _):
        client = client_of(base)
        task, _ = client._submit(SINGLE, body(client, tmp_path))
        headers = {"Authorization": f"Bearer {KEY}"}
        address = f"{base}/api/v3/predictions/{task}"
        assert requests.delete(address, headers=headers, timeout=PATIENCE_S).status_code == 200
        with pytest.raises(RuntimeError, match="Prediction deleted"):
            client._wait(task, timeout=PATIENCE_S, poll_interval=0.02)
        held.let_go.set()


def test_a_timeout_names_the_task(tmp_path):
    held = HeldEngine()
    with listening(accepted_key=KEY, engine=held) as (base, provider):
        client = client_of(base)
        wanted = body(client, tmp_path)
        with pytest.raises(TimeoutError, match=r"timed out after 0\.2 seconds \(task_id: ") as told:
            client.run(SINGLE, wanted, timeout=0.2, poll_interval=0.05)
        held.let_go.set()
        task = client._task_id_from_error(told.value)
        assert len(client._wait(task, timeout=PATIENCE_S, poll_interval=0.02)["outputs"]) == 1
        assert provider.state.submits == 1


def test_refusals_reach_the_user(base):
    with pytest.raises(RuntimeError, match="HTTP 400"):
        client_of(base).run(SINGLE, {"prompt": "p"})
    with pytest.raises(RuntimeError, match="HTTP 404"):
        client_of(base).run("no/such-model", {"prompt": "p"})
    with pytest.raises(RuntimeError, match=r"HTTP 401: .*Invalid API key"):
        Client(api_key="another", base_url=base).run(SINGLE, {"prompt": "p"})


def test_looks_that_are_turned_away_are_repeated(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(official.time, "sleep", lambda _s: None)
    with listening(accepted_key=KEY, faults=Faults(busy_looks={1: 2})) as (base, _):
        client = client_of(base)
        assert len(client.run(SINGLE, body(client, tmp_path))["outputs"]) == 1
    assert "retrying" in capsys.readouterr().out
