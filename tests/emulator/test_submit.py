"""Submitting, and what becomes of it."""

import base64
import io
import json

import pytest
from PIL import Image

from pipeline import catalog
from pipeline.domain.money import MicroUsd
from pipeline.emulator.app import IN_PROCESS_URL
from pipeline.emulator.interface import Edited, EngineError
from tests.emulator.plain_engine import HeldEngine, PlainEngine, jpeg
from tests.emulator.world import PICTURE, SEQUENTIAL, SINGLE, SIZE, running

pytestmark = pytest.mark.anyio


class FixedEngine:
    """Ends every job with the error or the pictures it was given."""

    version = "fixed-1"

    def __init__(self, error=None, pictures=()):
        self.error, self.pictures = error, pictures

    def edit(self, request, pictures):
        if self.error is not None:
            raise self.error
        return Edited(pictures=self.pictures)


async def test_a_submit_is_answered_with_a_created_prediction(world):
    accepted = await world.submit(max_images=2)
    assert accepted["status"] == "created"
    assert accepted["model"] == SEQUENTIAL
    assert (accepted["outputs"], accepted["error"]) == ([], "")
    assert "code" not in accepted
    assert accepted["created_at"] == "2026-11-20T12:00:00.123456000Z"
    assert accepted["urls"]["get"] == (
        f"{IN_PROCESS_URL}/api/v3/predictions/{accepted['id']}/result"
    )
    assert len(accepted["id"]) == 32
    assert int(accepted["id"], 16)


@pytest.mark.slow
async def test_a_finished_prediction_names_its_outputs_in_order(world):
    accepted = await world.submit(max_images=3)
    done = await world.finish(accepted["id"])
    assert done["status"] == "completed"
    assert done["has_nsfw_contents"] == [False] * 3
    async with world.stranger() as stranger:
        files = [await stranger.get(url) for url in done["outputs"]]
    assert {file.headers["content-type"] for file in files} == {"image/jpeg"}
    assert [Image.open(io.BytesIO(file.content)).size for file in files] == [(2560, 1440)] * 3
    request, _ = world.engine.requests[0]
    assert [file.content for file in files] == list(PlainEngine().edit(request, []).pictures)
    short_form = await world.data("GET", f"predictions/{accepted['id']}")
    assert short_form == done


async def test_the_engine_sees_the_request_and_the_files_in_order(world):
    pictures = [jpeg(32, 20 + index) for index in range(3)]
    images = [await world.upload(picture) for picture in pictures]
    accepted = await world.submit(images=images, prompt="trois café", max_images=2)
    await world.finish(accepted["id"])
    ((request, seen),) = world.engine.requests
    assert seen == tuple(pictures)
    assert (request.model, request.prompt) == (SEQUENTIAL, "trois café")
    assert (request.width, request.height, request.wanted) == (2560, 1440, 2)
    assert 0 <= request.seed < 2**63


@pytest.mark.slow
async def test_the_seed_depends_on_the_request_and_how_often_it_was_asked_for(world):
    other = jpeg(64, 48, (1, 2, 3))
    asked = [
        {"images": [await world.upload(name="a.jpg")]},
        {"images": [await world.upload(name="b.jpg")], "max_images": 1, "enable_sync_mode": True},
        {"images": [await world.upload(other)]},
        {"prompt": "make it red"},
        {"images": [await world.upload(), await world.upload(other)]},
        {"images": [await world.upload(other), await world.upload()]},
    ]
    for inputs in asked:
        await world.submit(**inputs)
    await world.provider.drained()
    seeds = [request.seed for request, _ in world.engine.requests]
    assert len(set(seeds)) == len(asked), "the second take of a request is another picture"


@pytest.mark.slow
async def test_the_same_history_gives_the_same_seeds(world):
    async def seeds() -> list[int]:
        async with running() as fresh:
            for name in ("a.jpg", "b.jpg"):
                await fresh.submit(images=[await fresh.upload(name=name)])
                await fresh.provider.drained()
            return [request.seed for request, _ in fresh.engine.requests]

    assert await seeds() == await seeds()


async def test_unknown_keys_are_dropped_without_a_word_and_counted(world):
    accepted = await world.submit(max_imagse=4, webhook_url="https://example.org", seed=3)
    kept = world.state.prediction(accepted["id"])
    assert kept.dropped == 3
    assert set(kept.inputs) == {"prompt", "images", "size"}
    assert (await world.finish(accepted["id"]))["embedded"]["dropped_inputs"] == 3


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"prompt": None}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"images": []}, "images"),
        ({"images": "one"}, "images"),
        ({"images": [1]}, "images.0"),
        ({"images": ["a"] * 11}, "images"),
        ({"size": "2048x2048"}, "size"),
        ({"size": 2048}, "size"),
        ({"max_images": 0}, "max_images"),
        ({"max_images": 16}, "max_images"),
        ({"max_images": "4"}, "max_images"),
        ({"max_images": True}, "max_images"),
    ],
)
async def test_what_the_schema_forbids_is_refused_and_costs_nothing(world, change, word):
    body = {"prompt": "p", "images": ["a"], "size": SIZE, **change}
    status, message = await world.refusal("POST", SEQUENTIAL, json=body)
    assert status == 400
    assert word in message
    assert world.state.spent() == 0


@pytest.mark.parametrize("missing", ["prompt", "images"])
async def test_a_missing_parameter_is_refused_by_name(world, missing):
    body = {"prompt": "p", "images": ["a"]}
    del body[missing]
    status, message = await world.refusal("POST", SEQUENTIAL, json=body)
    assert status == 400
    assert missing in message


@pytest.mark.parametrize(
    ("inputs", "word"),
    [
        ({"size": "1024*1024"}, "at least 3686400 pixels"),
        ({"size": "2560*1439"}, "at least 3686400 pixels"),
        ({"size": "4097*4096"}, "at most 16777216 pixels"),
        ({"size": "0*0"}, "at least"),
        ({"size": "99999999999999999999*2"}, "size"),
        ({"size": "2048*2048\n"}, "size"),
        ({"size": "10000*600"}, "aspect ratio"),
        ({"max_images": 15}, "at most 15 together"),
    ],
)
async def test_what_only_the_model_forbids_fails_later_and_is_refunded(world, inputs, word):
    accepted = await world.submit(**inputs)
    failed = await world.finish(accepted["id"])
    assert (failed["status"], failed["code"]) == ("failed", 1401)
    assert word in failed["error"]
    assert failed["outputs"] == []
    assert world.engine.requests == []
    assert world.state.spent() == 0


async def test_inputs_and_outputs_may_reach_the_limit_together():
    async with running(engine=FixedEngine(pictures=(PICTURE,) * 14)) as world:
        accepted = await world.submit(max_images=14)
        assert len((await world.finish(accepted["id"]))["outputs"]) == 14


async def test_a_size_that_is_left_out_is_the_vendors_default(world):
    body = {"prompt": "p", "images": [await world.upload()]}
    accepted = await world.data("POST", SINGLE, json=body)
    await world.finish(accepted["id"])
    ((request, _),) = world.engine.requests
    assert (request.width, request.height, request.wanted) == (2048, 2048, 1)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a.jpg",
        "",
        "data:image/png;base64,iVBORw0KGgo=",
        f"{IN_PROCESS_URL}/media/{'0' * 32}/a.jpg",
        f"{IN_PROCESS_URL}/media/../provider.sqlite3",
        f"{IN_PROCESS_URL}/outputs/{'0' * 32}/0.jpg",
        f"{IN_PROCESS_URL}.example.org/a.jpg",
    ],
)
async def test_only_addresses_of_this_server_are_read(world, address):
    accepted = await world.submit(images=[await world.upload(), address])
    failed = await world.finish(accepted["id"])
    assert (failed["status"], failed["code"]) == ("failed", 1402)
    assert world.state.spent() == 0


async def test_an_output_can_be_the_next_input(world):
    first = await world.finish((await world.submit())["id"])
    second = await world.finish((await world.submit(images=first["outputs"]))["id"])
    assert second["status"] == "completed"
    (_, (seen,)) = world.engine.requests[1]
    assert Image.open(io.BytesIO(seen)).size == (2560, 1440)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no picture at all", 1402),
        (b"", 1402),
        (jpeg(14, 40), 1401),
        (jpeg(16, 300), 1401),
        (jpeg(6001, 6001), 1401),
        (PICTURE + bytes(10_000_000), 1401),
    ],
    ids=["text", "empty", "small", "long", "pixels", "bytes"],
)
async def test_a_file_that_the_model_cannot_take_fails_the_prediction(world, content, code):
    if content:
        address = await world.upload(content)
    else:
        files = {"file": ("a.jpg", b"")}
        address = (await world.data("POST", "media/upload/binary", files=files))["download_url"]
    accepted = await world.submit(images=[address])
    failed = await world.finish(accepted["id"])
    assert (failed["status"], failed["code"]) == ("failed", code)


@pytest.mark.parametrize(
    ("engine", "code"),
    [
        (FixedEngine(EngineError(1403, "execution failed")), 1403),
        (FixedEngine(RuntimeError("oops")), 5000),
        (FixedEngine(pictures=(PICTURE,)), 5000),
        (FixedEngine(pictures=(PICTURE, None)), 5000),
    ],
    ids=["its own error", "a bug", "too few", "unwritable"],
)
async def test_an_engines_failure_is_the_predictions_failure(engine, code):
    async with running(engine=engine) as world:
        accepted = await world.submit(max_images=2)
        failed = await world.finish(accepted["id"])
        assert (failed["status"], failed["code"]) == ("failed", code)
        assert world.state.spent() == 0
        assert not list(world.state.folder.rglob("*.part"))


async def test_an_unknown_model_and_an_unknown_prediction_are_404(world):
    assert (await world.refusal("POST", "no/such/model", json={}))[0] == 404
    assert (await world.refusal("GET", f"predictions/{'0' * 32}/result"))[0] == 404
    assert (await world.refusal("GET", "models/extra"))[0] == 404
    for method, path in [("GET", SEQUENTIAL), ("POST", "balance"), ("PUT", "predictions")]:
        answer = await world.call(method, path, json={})
        assert (answer.status_code, answer.json()["code"]) == (405, 405)
        assert method not in answer.headers["allow"]


@pytest.mark.parametrize(
    "raw",
    [
        *[b"", b"{", b"[]", b'"x"', b"NaN", b'{"a": NaN}', b'{"a": 1e999}', b'{"a": "\\ud800"}'],
        *[b"\xff", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"],
    ],
)
async def test_a_body_that_is_no_json_object_is_400(world, raw):
    assert (await world.refusal("POST", SEQUENTIAL, content=raw))[0] == 400


async def test_a_body_above_a_megabyte_is_413(world):
    body = json.dumps({"prompt": "x" * 1_000_000, "images": ["a"]}).encode()
    assert (await world.refusal("POST", SEQUENTIAL, content=body))[0] == 413

    async def unannounced():
        yield body[:600_000]
        yield body[600_000:]

    assert (await world.refusal("POST", SEQUENTIAL, content=unannounced()))[0] == 413


async def test_the_account_cannot_be_overdrawn():
    async with running(balance=MicroUsd(100_000)) as world:
        await world.submit(max_images=2)
        status, message = await world.refusal(
            "POST", SEQUENTIAL, json={"prompt": "p", "images": ["a"], "max_images": 1}
        )
        assert status == 402
        assert "credits" in message.lower()
        assert world.state.spent() == 80_000


async def test_sync_mode_waits_for_the_result(world):
    done = await world.submit(enable_sync_mode=True)
    assert done["status"] == "completed"
    assert len(done["outputs"]) == 1


async def test_sync_mode_gives_up_waiting_but_not_the_work():
    engine = HeldEngine()
    async with running(engine=engine, sync_wait_s=0.0) as world:
        answer = await world.submit(enable_sync_mode=True)
        assert (answer["status"], answer["code"]) == ("processing", 5004)
        assert "timed out" in answer["error"]
        engine.let_go.set()
        assert (await world.finish(answer["id"]))["status"] == "completed"


async def test_base64_outputs_are_naked(world):
    accepted = await world.submit(enable_base64_output=True)
    done = await world.finish(accepted["id"])
    (output,) = done["outputs"]
    assert base64.b64decode(output, validate=True).startswith(b"\xff\xd8\xff")


async def test_webhooks_are_refused_rather_than_never_called(world):
    body = {"prompt": "p", "images": ["a"], "enable_base64_output": True}
    answer = await world.call("POST", f"{SEQUENTIAL}?webhook=https://example.org", json=body)
    assert answer.status_code == 400
    assert "base64" in answer.json()["error"]
    assert world.state.spent() == 0


async def test_a_full_queue_turns_further_submits_away():
    engine = HeldEngine()
    async with running(engine=engine, at_once=1, most_waiting=1) as world:
        images = [await world.upload()]
        accepted = [await world.submit(images=images)]
        await engine.begun()
        accepted.append(await world.submit(images=images))
        body = {"prompt": "p", "images": images}
        answer = await world.call("POST", SEQUENTIAL, json=body)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
        engine.let_go.set()
        for one in accepted:
            assert (await world.finish(one["id"]))["status"] == "completed"
        assert world.state.spent() == 80_000


@pytest.mark.parametrize("model", catalog.models())
async def test_every_model_with_a_card_can_be_asked_for_a_picture(world, model):
    card = catalog.card(model)
    body = {"prompt": "p"}
    if card.inputs.least:
        address = await world.upload()
        body[card.inputs.field] = [address] if card.inputs.many else address
    accepted = await world.data("POST", model, json=body)
    done = await world.finish(accepted["id"])
    assert (done["status"], done["error"]) == ("completed", "")
    assert world.state.spent() > 0
