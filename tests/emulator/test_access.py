"""Who is let in where."""

import pytest

from tests.emulator.world import SEQUENTIAL, running

pytestmark = pytest.mark.anyio

API = [
    ("POST", SEQUENTIAL),
    ("POST", "predictions"),
    ("GET", "predictions/x/result"),
    ("POST", "media/uploads"),
    ("POST", "media/upload/binary"),
    ("GET", "models"),
    ("POST", "model/price"),
    ("GET", "balance"),
    ("POST", "billings/search"),
    ("GET", "nothing/here"),
]
WRONG = [{}, {"X-API-Key": "any"}, {"Authorization": "any"}, {"Authorization": "Bearer "}]


@pytest.mark.parametrize(("method", "path"), API)
async def test_every_api_call_demands_a_key(world, method, path):
    async with world.stranger() as stranger:
        for headers in WRONG:
            answer = await stranger.request(method, f"/api/v3/{path}", json={}, headers=headers)
            assert answer.status_code == 401
            assert answer.json() == {"code": 401, "message": "Invalid API key", "data": None}


async def test_a_configured_key_is_the_only_one():
    async with running(accepted_key="secret-1") as world, world.stranger() as stranger:
        for key, status in [(b"secret", 401), (b"secret-1", 200), (b"\xff", 401)]:
            headers = {"Authorization": b"Bearer " + key}
            answer = await stranger.get("/api/v3/balance", headers=headers)
            assert answer.status_code == status


async def test_outputs_and_uploads_are_public(world):
    done = await world.finish((await world.submit())["id"])
    async with world.stranger() as stranger:
        for address in [*done["outputs"], await world.upload()]:
            assert (await stranger.get(address)).status_code == 200
            assert (await stranger.head(address)).status_code == 200
            part = await stranger.get(address, headers={"Range": "bytes=0-2"})
            assert (part.status_code, part.content) == (206, b"\xff\xd8\xff")
        for path in ["/outputs/x/0.jpg", f"/outputs/{done['id']}/1.jpg", "/media/x/y", "/"]:
            answer = await stranger.get(path)
            assert answer.status_code == 404
            assert answer.json()["code"] == 404
