"""Lists, money and the catalogue."""

import re
from datetime import timedelta

import pytest

from pipeline import catalog
from pipeline.emulator.answers import iso
from pipeline.emulator.faults import Faults
from pipeline.emulator.moments import micros, read_moment
from tests.emulator.world import SEQUENTIAL, SINGLE, running

pytestmark = pytest.mark.anyio

# Failing every prediction keeps the engine out of what is about lists and money.
FAIL = Faults(fail=dict.fromkeys(range(1, 100), 1403))


@pytest.fixture
async def world():
    async with running(faults=FAIL) as world:
        yield world


async def _submit_all(world, count, **inputs):
    """Submit at one-minute steps; ids, oldest first."""
    images = [await world.upload()]
    ids = []
    for _ in range(count):
        ids.append((await world.submit(images=images, **inputs))["id"])
        world.clock.forward(minutes=1)
    await world.provider.drained()
    return ids


async def _listed(world, **query):
    listed = await world.data("POST", "predictions", json=query)
    assert set(listed) == {"page", "items"}
    return [item["id"] for item in listed["items"]]


async def test_the_list_is_newest_first_and_paged(world):
    ids = await _submit_all(world, 5)
    assert await _listed(world) == ids[::-1]
    pages = [await _listed(world, page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert pages == [ids[:2:-1], [ids[2], ids[1]], [ids[0]], []]


async def test_predictions_of_one_moment_keep_their_order(world):
    images = [await world.upload()]
    ids = [(await world.submit(images=images))["id"] for _ in range(4)]
    assert await _listed(world) == ids[::-1]


async def test_the_list_is_filtered_by_model_status_and_time(world):
    start = world.clock.now
    ids = await _submit_all(world, 3)
    other = await world.submit(SINGLE)
    assert await _listed(world, model=SINGLE) == [other["id"]]
    assert await _listed(world, status="failed", model=SEQUENTIAL) == ids[::-1]
    assert await _listed(world, status="completed") == []
    after = (start + timedelta(minutes=1)).isoformat()
    assert await _listed(world, created_after=after, model=SEQUENTIAL) == ids[:0:-1]
    before = (start + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S.%f999Z")
    assert await _listed(world, created_before=before) == ids[1::-1]
    assert await _listed(world, created_after=after, created_before=before) == [ids[1]]


async def test_inputs_are_listed_only_when_asked_for(world):
    address = await world.upload()
    await world.submit(images=[address], unknown=1)
    (item,) = (await world.data("POST", "predictions", json={"include_inputs": True}))["items"]
    assert item["inputs"] == {"prompt": "make it blue", "images": [address], "size": "2560*1440"}
    (item,) = (await world.data("POST", "predictions", json={}))["items"]
    assert "inputs" not in item


async def test_a_listed_prediction_is_the_one_behind_its_address(world):
    (one,) = await _submit_all(world, 1)
    (item,) = (await world.data("POST", "predictions", json={}))["items"]
    assert item == await world.data("GET", f"predictions/{one}/result")


async def test_everything_is_forgotten_after_seven_days_but_the_money():
    async with running() as world:
        done = await world.finish((await world.submit())["id"])
        address = await world.upload()
        world.clock.forward(days=7)
        assert await _listed(world, created_after="2020-01-01") == [done["id"]]
        world.clock.forward(seconds=1)
        assert await _listed(world, created_after="2020-01-01") == []
        assert (await world.refusal("GET", f"predictions/{done['id']}/result"))[0] == 404
        async with world.stranger() as stranger:
            for url in [*done["outputs"], address]:
                assert (await stranger.get(url)).status_code == 404
        late = await world.finish((await world.submit(images=[address]))["id"])
        assert late["code"] == 1402
        found = await world.data("POST", "billings/search", json={"prediction_uuids": [done["id"]]})
        assert found["total"] == 1
        assert not [
            path for path in world.state.folder.rglob("*") if path.name in {"file", "0.jpg"}
        ]
        assert world.state.outlived(micros(world.clock.now) + 1) == [
            world.state.folder / "outputs" / late["id"]
        ]


@pytest.mark.parametrize(
    "query",
    [
        {"page": 0},
        {"page": 10**12},
        {"page": "1"},
        {"page_size": 101},
        {"page_size": True},
        {"model": 3},
        {"created_after": "yesterday"},
        {"created_after": 1.5},
        {"created_before": True},
        {"include_inputs": "yes"},
    ],
)
async def test_a_query_that_makes_no_sense_is_400_and_names_the_field(world, query):
    status, message = await world.refusal("POST", "predictions", json=query)
    assert status == 400
    assert next(iter(query)) in message


async def test_billing_adds_up(world):
    kept = await _submit_all(world, 2, max_images=3)
    found = await world.data("POST", "billings/search", json={"page_size": 100})
    assert (found["page"], found["total"], found["has_more"]) == (1, 4, False)
    kinds = [(row["billing_type"], row["price"]) for row in found["items"]]
    assert sorted(kinds) == [("deduct", 0.12)] * 2 + [("refund", 0.12)] * 2
    assert {row["prediction"]["uuid"] for row in found["items"]} == set(kept)
    assert {row["order"]["state"] for row in found["items"]} == {"done"}
    of_one = await world.data("POST", "billings/search", json={"prediction_uuids": kept[:1]})
    assert len({row["order"]["uuid"] for row in of_one["items"]}) == 1
    assert of_one["total"] == 2
    assert (await world.data("GET", "balance"))["balance"] == 1_000_000


async def test_moderation_keeps_its_charge_and_other_failures_do_not():
    codes = [1200, 1401, 1403, 5000, 5003]
    async with running(faults=Faults(fail=dict(enumerate(codes, 1)))) as world:
        ids = await _submit_all(world, len(codes))
        for code, one in zip(codes, ids, strict=True):
            found = await world.data("POST", "billings/search", json={"prediction_uuids": [one]})
            kinds = sorted(row["billing_type"] for row in found["items"])
            assert kinds == (["deduct"] if code == 1200 else ["deduct", "refund"])
            assert (await world.data("GET", f"predictions/{one}/result"))["code"] == code
        assert (await world.data("GET", "balance"))["balance"] == 999_999.96


async def test_billing_is_filtered_sorted_and_paged(world):
    start = world.clock.now
    ids = await _submit_all(world, 3)

    async def rows(**query):
        found = await world.data("POST", "billings/search", json=query)
        return [(r["prediction"]["uuid"], r["billing_type"]) for r in found["items"]], found

    deducts = [(one, "deduct") for one in ids]
    assert (await rows(billing_type="deduct"))[0] == deducts[::-1]
    assert (await rows(billing_type="deduct", sort="created_at ASC"))[0] == deducts
    assert (await rows(billing_type="refund", model_uuid=SINGLE))[0] == []
    milliseconds = str(micros(start + timedelta(seconds=30)) // 1000)
    later = (start + timedelta(seconds=90)).isoformat()
    query = {"billing_type": "deduct", "start_time": milliseconds, "end_time": later}
    assert (await rows(**query))[0] == deducts[1:2]
    assert (await rows(**{**query, "start_time": int(milliseconds)}))[0] == deducts[1:2]
    for page, has_more in [(1, True), (2, True), (3, False), (9, False)]:
        _, found = await rows(page=page, page_size=2)
        assert (found["page"], found["total"], found["has_more"]) == (page, 6, has_more)


async def test_an_order_is_not_done_while_its_prediction_is_pending():
    async with running() as world:
        accepted = await world.submit()
        (row,) = (await world.data("POST", "billings/search", json={}))["items"]
        assert row["prediction"] == {
            "uuid": accepted["id"],
            "model_uuid": SEQUENTIAL,
            "status": row["prediction"]["status"],
        }
        assert row["order"]["state"] == "pre"


async def test_a_search_for_very_many_predictions_is_answered(world):
    many = [f"{number:x}" for number in range(60_000)]
    found = await world.data("POST", "billings/search", json={"prediction_uuids": many})
    assert found["total"] == 0


@pytest.mark.parametrize(
    ("model", "inputs", "price"),
    [
        (SEQUENTIAL, {"max_images": 4, "images": ["a"]}, 0.16),
        (SEQUENTIAL, {"max_images": 15}, 0.6),
        (SEQUENTIAL, {}, 0.04),
        (SEQUENTIAL, {"max_images": 10**4000}, 0.6),
        (SEQUENTIAL, {"max_images": -1}, 0.04),
        (SINGLE, {"images": ["a", "b"]}, 0.04),
    ],
)
async def test_a_quote_is_free_and_missing_inputs_collapse_to_the_floor(
    world, model, inputs, price
):
    quoted = await world.data("POST", "model/price", json={"model_id": model, "inputs": inputs})
    assert quoted == {
        "model_id": model,
        "price": price,
        "discounted_price": price,
        "currency": "USD",
    }
    assert world.state.spent() == 0


async def test_a_quote_for_an_unknown_model_is_404(world):
    assert (await world.refusal("POST", "model/price", json={"model_id": "x/y"}))[0] == 404
    assert (await world.refusal("POST", "model/price", json={}))[0] == 400


async def test_the_catalogue_has_every_card_with_its_schema_and_formula(world):
    listed = {entry["model_id"]: entry for entry in await world.data("GET", "models")}
    assert list(listed) == list(catalog.models())
    entry = listed[SEQUENTIAL]
    assert entry["base_price"] == 0.04
    assert entry["formula"] == "0.04 * (max_images ? max_images : 1)"
    (api,) = entry["api_schema"]["api_schemas"]
    assert (api["method"], api["api_path"]) == ("POST", f"/api/v3/{SEQUENTIAL}")
    assert set(api["request_schema"]) == {"type", "properties", "required", "x-order-properties"}
    assert api["request_schema"]["required"] == ["prompt", "images"]


def test_moments_are_read_in_every_form_that_clients_send():
    moment = 1_763_640_000_123_000
    for text in ["1763640000123", 1763640000123, "2025-11-20T12:00:00.123Z", iso(moment)]:
        assert read_moment(text) == moment
    assert read_moment("2025-11-20T13:00:00.123+01:00") == moment
    assert read_moment("2025-11-20T12:00:00.123") == moment
    assert re.fullmatch(r"2025-11-20T12:00:00\.\d{9}Z", iso(moment))
