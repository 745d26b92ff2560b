"""Nothing that is not a whole picture gets into the store."""

import asyncio
import hashlib
import threading
from functools import partial

import httpx
import pytest

from pipeline.adapters import intake as module
from pipeline.adapters.http_client import Bounds, HttpClient
from pipeline.adapters.intake import MOST_PIXELS, StoreIntake
from pipeline.adapters.store import Store
from pipeline.execution.ports import GoneError, NotYetError
from pipeline.imaging.inspect import inspect, verify
from tests.support.campaigns import picture_bytes
from tests.unit.imaging.pictures import encoded, jpeg_claiming, noisy, png_claiming

pytestmark = pytest.mark.anyio

ADDRESS = "https://cdn.example/1.jpg"
PICTURE = picture_bytes(1)


def intake(folder, answer, *, is_official=True, verifying=verify, **bounds):
    def handle(request):
        assert "Authorization" not in request.headers
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer

    client = HttpClient(
        transport=httpx.MockTransport(handle), user_agent="test", bounds=Bounds(**bounds)
    )
    return StoreIntake(
        client,
        Store(folder),
        verify=partial(verifying, max_pixels=MOST_PIXELS),
        inspect=inspect,
        is_official=is_official,
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
        ("https://127.0.0.1/1.jpg", True, False),
        ("https://169.254.169.254/latest/meta-data", True, False),
        ("https://user@cdn.example/1.jpg", True, False),
        ("https://cdn.example/\x1b[2J\n", True, False),
        ("javascript:alert(1)", False, False),
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
        with pytest.raises(NotYetError) as failed:
            await taking
        assert str(failed.value).isprintable()
        assert kept(tmp_path) == set()


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

    async def test_what_was_damaged_is_forgotten_with_the_whole_picture(self, tmp_path):
        answers = [self.CUT, PICTURE, self.CUT]
        taking = intake(tmp_path, lambda: httpx.Response(200, content=answers.pop(0)))
        with pytest.raises(NotYetError):
            await taking.take_in(ADDRESS)
        assert (await taking.take_in(ADDRESS)).bytes == len(PICTURE)
        with pytest.raises(NotYetError):
            await taking.take_in(ADDRESS)


class TestBombs:
    """A small file that would fill the memory, or nearly: never decoded, never kept."""

    SIDE = 8192
    BOMBS = (
        png_claiming(100_000, 100_000),
        png_claiming(100_000, 100_000)[:50],
        png_claiming(SIDE, SIDE + 1),
        jpeg_claiming(65_000, 65_000),
    )

    @pytest.mark.parametrize("bomb", BOMBS, ids=["png", "header", "a row more", "jpeg"])
    async def test_it_is_refused_however_often_it_comes(self, tmp_path, bomb):
        taking = intake(tmp_path, httpx.Response(200, content=bomb))
        for _ in range(3):
            with pytest.raises(NotYetError, match="no picture: it claims"):
                await taking.take_in(ADDRESS)
        assert kept(tmp_path) == set()

    async def test_also_where_whoever_verifies_lets_it_pass(self, tmp_path):
        def careless(path, *, max_pixels):
            return inspect(path)

        taking = intake(tmp_path, httpx.Response(200, content=self.BOMBS[0]), verifying=careless)
        with pytest.raises(NotYetError, match=r"claims 100000x100000 pixels; no model delivers"):
            await taking.take_in(ADDRESS)

    async def test_frames_count_together(self, tmp_path):
        frames = [noisy(40, 30, seed) for seed in range(4)]
        film = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

        def bounded(path, *, max_pixels):
            return verify(path, max_pixels=40 * 30 * 3)

        taking = intake(tmp_path, httpx.Response(200, content=film), verifying=bounded)
        with pytest.raises(NotYetError, match="40x30 pixels x 4 frames"):
            await taking.take_in(ADDRESS)

    async def test_an_animation_is_kept_whole_and_as_large_as_a_frame(self, tmp_path):
        frames = [noisy(40, 30, seed) for seed in range(4)]
        film = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
        output = await intake(tmp_path, httpx.Response(200, content=film)).take_in(ADDRESS)
        assert output == (hashlib.sha256(film).hexdigest(), len(film), 40, 30, "image/gif")

    async def test_only_so_many_are_decoded_at_once(self, tmp_path, monkeypatch):
        monkeypatch.setattr(module, "_DECODED_AT_ONCE", 2)
        now, most = 0, 0

        async def counted(work, *parts):
            nonlocal now, most
            if work != taking._measure:
                return work(*parts)
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1
            return work(*parts)

        monkeypatch.setattr(module.asyncio, "to_thread", counted)
        taking = intake(tmp_path, httpx.Response(200, content=PICTURE))
        await asyncio.gather(*(taking.take_in(f"{ADDRESS}?{n}") for n in range(8)))
        assert most == 2


class TestDisk:
    """What waits for a disk must not keep anybody else waiting."""

    async def test_nobody_waits_for_the_disk_of_another(self, tmp_path, monkeypatch):
        is_synced, others_went_on = threading.Event(), asyncio.Event()
        taking = intake(tmp_path, httpx.Response(200, content=PICTURE))
        real = taking._store.keep

        def slow(arrived, digest):
            assert is_synced.wait(timeout=10), "the loop stood still"
            real(arrived, digest)

        monkeypatch.setattr(taking._store, "keep", slow)
        going = asyncio.create_task(taking.take_in(ADDRESS))
        asyncio.get_running_loop().call_later(0.001, others_went_on.set)
        await others_went_on.wait()
        assert not going.done()
        is_synced.set()
        assert kept(tmp_path) != set()
        assert (await going).sha256 == hashlib.sha256(PICTURE).hexdigest()

    async def test_it_returns_only_when_the_picture_is_in_the_store(self, tmp_path):
        taking = intake(tmp_path, httpx.Response(200, content=PICTURE))
        outputs = await asyncio.gather(*(taking.take_in(f"{ADDRESS}?{n}") for n in range(8)))
        assert kept(tmp_path) == {outputs[0].sha256}

    async def test_a_disk_that_fails_is_told_and_nothing_is_left(self, tmp_path, monkeypatch):
        taking = intake(tmp_path, httpx.Response(200, content=PICTURE))

        def fail(arrived, digest):
            raise OSError("no room")

        monkeypatch.setattr(taking._store, "keep", fail)
        with pytest.raises(OSError, match="no room"):
            await taking.take_in(ADDRESS)
        assert kept(tmp_path) == set()


class TestDigests:
    """What lies at an address, whatever it is, without keeping it."""

    @pytest.mark.parametrize("content", [PICTURE, b"", b"no picture at all", PICTURE[:-9]])
    async def test_of_whatever_it_is(self, tmp_path, content):
        found = await intake(tmp_path, httpx.Response(200, content=content)).digest_of(ADDRESS)
        assert found == hashlib.sha256(content).hexdigest()
        assert kept(tmp_path) == set()

    @pytest.mark.parametrize("status", [404, 410])
    async def test_of_what_is_gone(self, tmp_path, status):
        with pytest.raises(GoneError):
            await intake(tmp_path, httpx.Response(status)).digest_of(ADDRESS)

    @pytest.mark.parametrize(
        "answer",
        [httpx.Response(500), httpx.ReadError("gone"), httpx.Response(200, content=b"x" * 9)],
    )
    async def test_of_what_does_not_come(self, tmp_path, answer):
        with pytest.raises(NotYetError):
            await intake(tmp_path, answer, picture_bytes=8).digest_of(ADDRESS)
        assert kept(tmp_path) == set()

    @pytest.mark.parametrize(
        "address", ["file:///etc/passwd", "https://10.0.0.1/", "", "https://[x"]
    )
    async def test_only_from_where_pictures_come_from(self, tmp_path, address):
        with pytest.raises(NotYetError):
            await intake(tmp_path, httpx.Response(200, content=PICTURE)).digest_of(address)


@pytest.mark.parametrize("what", ["take_in", "digest_of"])
async def test_who_gives_up_waiting_leaves_nothing(tmp_path, what):
    started = asyncio.Event()

    class Slow(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield PICTURE[:100]
            started.set()
            await asyncio.Event().wait()

    taking = intake(tmp_path, httpx.Response(200, stream=Slow()))
    going = asyncio.create_task(getattr(taking, what)(ADDRESS))
    await started.wait()
    assert len(kept(tmp_path)) == 1
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert kept(tmp_path) == set()
