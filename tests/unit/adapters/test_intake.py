"""Nothing that is not a whole picture gets into the store."""

import hashlib

import httpx
import pytest

from pipeline.adapters.http_client import HttpClient
from pipeline.adapters.intake import StoreIntake
from pipeline.adapters.store import Store
from pipeline.execution.ports import GoneError, NotYetError
from pipeline.imaging.inspect import inspect, verify
from tests.support.campaigns import picture_bytes

pytestmark = pytest.mark.anyio

ADDRESS = "https://cdn.example/1.jpg"
PICTURE = picture_bytes(1)


def intake(folder, answer, *, is_official=True):
    def handle(request):
        assert "Authorization" not in request.headers
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer

    client = HttpClient(transport=httpx.MockTransport(handle), user_agent="test")
    return StoreIntake(
        client, Store(folder), verify=verify, inspect=inspect, is_official=is_official
    )


def kept(folder):
    return {p.name for p in folder.rglob("*") if p.is_file()}


async def test_a_picture_is_kept_under_its_digest(tmp_path):
    output = await intake(tmp_path, httpx.Response(200, content=PICTURE)).take_in(ADDRESS)
    digest = hashlib.sha256(PICTURE).hexdigest()
    assert output == (digest, len(PICTURE), 33, 24, "image/jpeg")
    assert kept(tmp_path) == {digest}
    assert Store(tmp_path).path_of(digest).read_bytes() == PICTURE


@pytest.mark.parametrize("status", [404, 410])
async def test_what_the_provider_has_not_any_more_is_gone(tmp_path, status):
    with pytest.raises(GoneError, match=str(status)):
        await intake(tmp_path, httpx.Response(status)).take_in(ADDRESS)
    assert kept(tmp_path) == set()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403),
        httpx.Response(429),
        httpx.Response(500),
        httpx.Response(304),
        httpx.ConnectError("no way"),
        httpx.ReadTimeout("slow"),
        httpx.Response(200, content=b""),
        httpx.Response(200, content=b"<html>sorry</html>"),
        httpx.Response(200, content=PICTURE[:200]),
        httpx.Response(200, content=PICTURE[:-40]),
    ],
)
async def test_everything_else_may_be_tried_again_and_leaves_nothing(tmp_path, answer):
    with pytest.raises(NotYetError):
        await intake(tmp_path, answer).take_in(ADDRESS)
    assert kept(tmp_path) == set()


@pytest.mark.parametrize(
    ("address", "is_official", "is_fine"),
    [
        ("https://cdn.example/1.jpg", True, True),
        ("http://cdn.example/1.jpg", True, False),
        ("http://cdn.example/1.jpg", False, True),
        ("file:///etc/passwd", False, False),
        ("data:image/jpeg;base64,xx", False, False),
        ("ftp://cdn.example/1.jpg", False, False),
        ("/etc/passwd", False, False),
        ("", False, False),
        ("https://[broken", True, False),
        ("https://cdn.example\ud800/1.jpg", True, False),
    ],
)
async def test_pictures_come_from_the_web_and_the_vendors_over_https(
    tmp_path, address, is_official, is_fine
):
    answer = httpx.Response(200, content=PICTURE)
    taking = intake(tmp_path, answer, is_official=is_official).take_in(address)
    if is_fine:
        assert (await taking).bytes == len(PICTURE)
    else:
        with pytest.raises(NotYetError):
            await taking


class TestDamaged:
    """A damaged picture that comes twice is what was paid for, and better than nothing."""

    CUT = PICTURE[:-8]

    async def test_what_comes_damaged_twice_alike_is_kept(self, tmp_path):
        taking = intake(tmp_path, httpx.Response(200, content=self.CUT))
        with pytest.raises(NotYetError, match="damaged"):
            await taking.take_in(ADDRESS)
        output = await taking.take_in(ADDRESS)
        assert output.sha256 == hashlib.sha256(self.CUT).hexdigest()
        assert kept(tmp_path) == {output.sha256}

    async def test_what_comes_damaged_in_two_ways_is_not(self, tmp_path):
        answers = [self.CUT, PICTURE[:-9], self.CUT, PICTURE]
        taking = intake(tmp_path, lambda: httpx.Response(200, content=answers.pop(0)))
        for _ in range(3):
            with pytest.raises(NotYetError):
                await taking.take_in(ADDRESS)
        assert (await taking.take_in(ADDRESS)).bytes == len(PICTURE)

    async def test_each_address_is_judged_alone(self, tmp_path):
        taking = intake(tmp_path, httpx.Response(200, content=self.CUT))
        for address in (ADDRESS, f"{ADDRESS}?2"):
            with pytest.raises(NotYetError):
                await taking.take_in(address)
        assert kept(tmp_path) == set()
