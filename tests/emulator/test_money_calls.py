"""Older and rarer questions about money: legacy quote, usage, monthly export, bills by key."""

from datetime import UTC, datetime

import pytest

from pipeline.emulator.faults import Faults
from tests.emulator.quick_engine import QuickEngine
from tests.emulator.world import SEQUENTIAL, SINGLE, Clock, running

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world():
    async with running(engine=QuickEngine()) as world:
        yield world


async def test_the_legacy_quote_is_the_price_of_one_request(world):
    body = {"model_id": SEQUENTIAL, "inputs": {"max_images": 4}}
    quoted = await world.data("POST", "model/pricing", json=body)
    assert quoted == {"model_id": SEQUENTIAL, "unit_price": 0.16, "currency": "USD"}
    assert (await world.refusal("POST", "model/pricing", json={"model_id": "a/b"}))[0] == 404


async def test_usage_is_summed_by_model_and_day():
    clock = Clock(datetime(2026, 11, 20, 23, 59, tzinfo=UTC))
    faults = Faults(fail={2: 5000})
    async with running(engine=QuickEngine(), clock=clock, faults=faults) as world:
        images = [await world.upload()]
        await world.submit(images=images, max_images=3)
        await world.submit(images=images)
        clock.forward(minutes=2)
        await world.submit(SINGLE, images=images)
        await world.provider.drained()
        clock.forward(minutes=1)
        span = {"start_time": "2026-11-20T00:00:00Z", "end_time": "2026-11-22T00:00:00Z"}
        found = await world.data("POST", "user/usage_stats", json=span)
        assert found["summary"] == {
            "total_cost": 0.16, "total_requests": 3, "success_requests": 2,
        }  # fmt: skip
        assert found["daily_usage"] == [
            {"date": "2026-11-20", "amount": 0.12, "count": 2},
            {"date": "2026-11-21", "amount": 0.04, "count": 1},
        ]
        first, second = found["per_model_usage"]
        assert (first["model_uuid"], first["total_cost"], first["total_count"]) == (
            SEQUENTIAL, 0.12, 2,
        )  # fmt: skip
        assert (first["model_type"], first["unit_price"]) == ("image-to-image", 0.04)
        assert second["last_used_date"] == "2026-11-21T00:01:00.000000000Z"
        of_one = await world.data("POST", "user/usage_stats", json={**span, "model_uuid": SINGLE})
        assert of_one["summary"]["total_requests"] == 1
        later = {**span, "start_time": "2026-11-21T00:00:00Z"}
        since = await world.data("POST", "user/usage_stats", json=later)
        assert since["summary"]["total_requests"] == 1
        for wrong in [{}, {"start_time": 10**9}, {**span, "end_time": "soon"}]:
            assert (await world.refusal("POST", "user/usage_stats", json=wrong))[0] == 400


async def test_the_export_has_one_month_oldest_first_with_negative_deductions():
    clock = Clock(datetime(2026, 11, 30, 23, 59, 59, 999_999, tzinfo=UTC))
    async with running(engine=QuickEngine(), clock=clock) as world:
        images = [await world.upload()]
        ids = [(await world.submit(images=images))["id"] for _ in range(2)]
        refunded = (await world.submit(images=images, size="1*1"))["id"]
        await world.provider.drained()
        clock.forward(seconds=1)
        await world.submit(images=images)
        asked = {"year_month": "2026-11"}
        found = await world.data("POST", "scheduler/billings/query", json=asked)
        rows = [(row["prediction"]["uuid"], row["price"]) for row in found["items"]]
        assert rows == [(ids[0], -0.04), (ids[1], -0.04), (refunded, -0.04), (refunded, 0.04)]
        assert (found["page"], found["total"]) == (1, 4)
        page = {**asked, "page": 2, "page_size": 3}
        second = await world.data("POST", "scheduler/billings/query", json=page)
        assert second["items"] == found["items"][3:]
        december = await world.data(
            "POST", "scheduler/billings/query", json={"year_month": "2026-12"}
        )
        assert december["total"] == 1
        for wrong in [{}, {"year_month": "2026-13"}, {"year_month": "11-2026"}, {"year_month": 3}]:
            assert (await world.refusal("POST", "scheduler/billings/query", json=wrong))[0] == 400
        large = {**asked, "page_size": 1001}
        assert (await world.refusal("POST", "scheduler/billings/query", json=large))[0] == 400


async def test_a_whole_number_may_be_written_with_a_point(world):
    found = await world.data("POST", "billings/search", json={"page": 1.0, "page_size": 2.0})
    assert found["page"] == 1
    assert (await world.refusal("POST", "billings/search", json={"page": 1.5}))[0] == 400
