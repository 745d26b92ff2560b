"""What a failed exchange proves about the request; the table of the project's style guide."""

import asyncio
import email.utils
import gzip
import inspect
import ssl
import zlib
from datetime import UTC, datetime, timedelta

import h11
import httpx
import pytest

from pipeline.adapters.http_client import Bounds, ExchangeError, HttpClient
from pipeline.execution.ports import Failure

pytestmark = pytest.mark.anyio

ADDRESS = "https://api.example/x"


def client(answer, *, base: str = "", **bounds) -> HttpClient:
    """A client of somebody who answers with a response, an exception or a function."""

    def handle(request: httpx.Request) -> httpx.Response:
        if callable(answer):
            return answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    transport = httpx.MockTransport(handle)
    return HttpClient(transport=transport, user_agent="test/1", base=base, bounds=Bounds(**bounds))


class BreaksOff(httpx.AsyncByteStream):
    """An answer that ends with an error after its first bytes."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def __aiter__(self):
        yield b"the beginning"
        raise self._error


class Endless(httpx.AsyncByteStream):
    """An answer that goes on for ever, a piece at a time."""

    def __init__(self, piece: bytes = b"x", *, every_s: float = 0.0) -> None:
        self._piece = piece
        self._every_s = every_s
        self.given = 0
        self.is_closed = False

    async def __aiter__(self):
        while True:
            await asyncio.sleep(self._every_s)
            self.given += len(self._piece)
            yield self._piece

    async def aclose(self):
        self.is_closed = True


NEVER_LEFT = [
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError,
    httpx.UnsupportedProtocol,
]  # fmt: skip
MAY_HAVE_LEFT = [
    httpx.WriteError, httpx.WriteTimeout, httpx.ReadError, httpx.ReadTimeout, httpx.CloseError,
    httpx.RemoteProtocolError, httpx.LocalProtocolError, httpx.DecodingError,
    httpx.TooManyRedirects,
]  # fmt: skip
# What the library's transport lets through as it is: breaks in the middle of an encrypted stream,
# and mistakes of the protocol.
STRAYS = [
    ssl.SSLError, ConnectionResetError, TimeoutError, OSError, EOFError, UnicodeError, ValueError,
    RuntimeError, h11.LocalProtocolError, h11.RemoteProtocolError,
]  # fmt: skip


def packed(body: bytes) -> bytes:
    """A body as gzip, always the same."""
    return gzip.compress(body, mtime=0)


class TestSending:
    @pytest.mark.parametrize("kind", NEVER_LEFT)
    async def test_what_never_left_may_be_repeated(self, kind):
        with pytest.raises(ExchangeError) as failed:
            await client(kind("words")).send("POST", ADDRESS, json={})
        assert failed.value.failure is Failure.NOT_SENT
        assert f"{kind.__name__}: words" in failed.value.reason

    @pytest.mark.parametrize("kind", MAY_HAVE_LEFT)
    async def test_what_may_have_left_is_unknown(self, kind):
        with pytest.raises(ExchangeError) as failed:
            await client(kind("")).send("POST", ADDRESS, json={})
        assert failed.value.failure is Failure.UNKNOWN
        assert kind.__name__ in failed.value.reason

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (httpx.ConnectTimeout(""), "nobody answered there in time (ConnectTimeout)"),
            (httpx.ReadTimeout("60 s"), "it took too long (ReadTimeout: 60 s)"),
            (httpx.ConnectError("no host"), "there is no connection (ConnectError: no host)"),
            (httpx.RemoteProtocolError("x"), "the connection broke off (RemoteProtocolError: x)"),
            (httpx.ReadError(""), "the connection broke off (ReadError)"),
            (EOFError("odd"), "EOFError: odd"),
        ],
    )
    async def test_an_error_is_said_in_plain_words(self, error, words):
        with pytest.raises(ExchangeError) as failed:
            await client(error).send("POST", ADDRESS, json={})
        assert failed.value.reason == words

    @pytest.mark.parametrize("kind", STRAYS)
    async def test_what_nobody_expects_is_unknown_too(self, kind):
        for answer in (kind("words"), httpx.Response(200, stream=BreaksOff(kind("words")))):
            with pytest.raises(ExchangeError) as failed:
                await client(answer).send("POST", ADDRESS, json={})
            assert failed.value.failure is Failure.UNKNOWN

    def test_every_error_of_the_library_has_a_class(self):
        errors = {
            kind
            for _, kind in inspect.getmembers(httpx, inspect.isclass)
            if issubclass(kind, Exception)
        }
        abstract = {
            httpx.HTTPError, httpx.RequestError, httpx.TransportError, httpx.TimeoutException,
            httpx.NetworkError, httpx.ProtocolError, httpx.StreamError,
        }  # fmt: skip
        # Raised by parts of the library that are not used for sending: its client, its cookies, its
        # own reading of bodies; and by addresses, before there is a request.
        elsewhere = {
            httpx.HTTPStatusError, httpx.CookieConflict, httpx.StreamConsumed, httpx.StreamClosed,
            httpx.ResponseNotRead, httpx.RequestNotRead, httpx.InvalidURL,
        }  # fmt: skip
        assert errors == {*NEVER_LEFT, *MAY_HAVE_LEFT} | abstract | elsewhere

    @pytest.mark.parametrize("kind", [httpx.NetworkError, httpx.TransportError, httpx.HTTPError])
    async def test_a_kind_of_error_that_is_new_is_unknown(self, kind):
        class NewError(kind):
            pass

        with pytest.raises(ExchangeError) as failed:
            await client(NewError("words")).send("POST", ADDRESS, json={})
        assert failed.value.failure is Failure.UNKNOWN

    async def test_words_of_an_error_are_short_and_harmless(self):
        error = httpx.RemoteProtocolError("illegal line: \x1b[31m" + "x" * 5000)
        with pytest.raises(ExchangeError) as failed:
            await client(error).send("POST", ADDRESS, json={})
        assert len(failed.value.reason) < 400
        assert failed.value.reason.isprintable()

    @pytest.mark.parametrize(
        "kind", [httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError]
    )
    async def test_an_answer_that_breaks_off_is_unknown(self, kind):
        answer = httpx.Response(200, stream=BreaksOff(kind("gone")))
        with pytest.raises(ExchangeError) as failed:
            await client(answer).send("POST", ADDRESS, json={})
        assert failed.value.failure is Failure.UNKNOWN

    async def test_an_answer_that_is_not_what_it_says_is_unknown(self):
        answer = httpx.Response(
            200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip")
        )
        with pytest.raises(ExchangeError) as failed:
            await client(answer).send("POST", ADDRESS, json={})
        assert failed.value.failure is Failure.UNKNOWN

    async def test_an_answer_without_end_is_cut_off(self):
        endless = Endless(b"x" * 4)
        with pytest.raises(ExchangeError, match="larger than 10 bytes") as failed:
            await client(httpx.Response(200, stream=endless), reply_bytes=10).send("POST", ADDRESS)
        assert failed.value.failure is Failure.UNKNOWN
        assert (endless.given, endless.is_closed) == (12, True)

    async def test_the_bound_includes_its_own_value(self):
        answer = httpx.Response(200, content=b"x" * 10)
        reply = await client(answer, reply_bytes=10).send("POST", ADDRESS)
        assert len(reply.body) == 10

    async def test_an_answer_that_announces_too_much_is_not_read(self):
        endless = Endless()
        answer = httpx.Response(200, headers={"Content-Length": "9" * 30}, stream=endless)
        with pytest.raises(ExchangeError, match="larger than"):
            await client(answer).send("POST", ADDRESS)
        assert (endless.given, endless.is_closed) == (0, True)

    async def test_an_answer_that_drips_ends_with_the_time_for_all_of_it(self):
        endless = Endless(every_s=0.001)
        dripping = client(httpx.Response(200, stream=endless), exchange_s=0.03)
        with pytest.raises(ExchangeError, match=r"within 0\.03 s") as failed:
            await dripping.send("POST", ADDRESS, json={})
        assert failed.value.failure is Failure.UNKNOWN
        assert endless.is_closed

    async def test_what_is_large_to_send_has_more_time(self):
        async def slowly(request):
            await asyncio.sleep(0.03)
            return httpx.Response(200)

        patient = client(slowly, exchange_s=0.001, transfer_s=5)
        assert (await patient.send("PUT", ADDRESS, content=b"x")).is_ok
        assert (await patient.send("POST", ADDRESS, file=("a", b"x", "image/png"))).is_ok
        with pytest.raises(ExchangeError):
            await patient.send("POST", ADDRESS, json={})

    async def test_a_slow_stranger_does_not_hold_up_the_api(self, tmp_path):
        async def answer(request):
            if request.url.host == "slow.example":
                return httpx.Response(200, stream=Endless(every_s=0.001))
            return httpx.Response(204)

        both = client(answer, strangers=1, connections=1, transfer_s=30)
        downloads = [
            asyncio.create_task(both.download("https://slow.example/", tmp_path / str(n)))
            for n in range(3)
        ]
        await asyncio.sleep(0.01)
        assert (await both.send("GET", ADDRESS)).status == 204
        assert not any(one.done() for one in downloads)
        for one in downloads:
            one.cancel()
        for ended in await asyncio.gather(*downloads, return_exceptions=True):
            assert isinstance(ended, asyncio.CancelledError)

    @pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
    async def test_a_packed_answer_is_unpacked_though_none_was_asked_for(self, pack):
        packed = pack(b"words")

        def answer(request):
            assert request.headers["Accept-Encoding"] == "identity"
            stream = httpx.ByteStream(packed)
            return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=stream)

        assert (await client(answer).send("GET", ADDRESS)).body == b"words"

    @pytest.mark.parametrize(
        ("encoding", "body"),
        [
            ("gzip", packed(bytes(10_000_000))),
            ("deflate", zlib.compress(bytes(10_000_000))),
            ("gzip", packed(b"words")[:-3]),
            ("gzip", packed(b"words") + b"more"),
            ("gzip", packed(b"words") * 2),
            ("br", b"\x0b\x02\x80words\x03"),
            ("zstd", b"\x28\xb5\x2f\xfd"),
            ("gzip, gzip", packed(packed(b"words"))),
            ("x\x1b[31m", b""),
        ],
    )
    async def test_a_packed_answer_that_is_a_bomb_or_nonsense_is_unknown(self, encoding, body):
        stream = httpx.ByteStream(body)
        headers = [(b"Content-Encoding", encoding.encode())]
        answer = httpx.Response(200, headers=headers, stream=stream)
        with pytest.raises(ExchangeError) as failed:
            await client(answer, reply_bytes=1000).send("POST", ADDRESS, json={})
        assert failed.value.failure is Failure.UNKNOWN
        assert failed.value.reason.isprintable()

    async def test_a_packed_answer_without_content_and_end_is_cut_off(self):
        empty = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
        head = empty.flush(zlib.Z_SYNC_FLUSH)
        endless = Endless(b"\x00\x00\x00\xff\xff")  # a block that holds nothing

        class Stream(httpx.AsyncByteStream):
            async def __aiter__(self):
                yield head
                async for piece in endless:
                    yield piece

        answer = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Stream())
        with pytest.raises(ExchangeError, match="larger than 1000 bytes"):
            await client(answer, reply_bytes=1000).send("POST", ADDRESS, json={})

    @pytest.mark.parametrize(
        "address", ["https://a:b:c/", "https://a:99x/", "https://\ud800.example/", "https://a\nb/"]
    )
    async def test_nonsense_for_an_address_never_leaves(self, address):
        with pytest.raises(ExchangeError) as failed:
            await HttpClient(user_agent="test").send("PUT", address, content=b"x")
        assert failed.value.failure is Failure.NOT_SENT

    async def test_nonsense_for_a_header_never_leaves(self):
        with pytest.raises(ExchangeError) as failed:
            await client(httpx.Response(200)).send("PUT", ADDRESS, headers={"x": "ü\ud800"})
        assert failed.value.failure is Failure.NOT_SENT

    async def test_a_redirect_is_an_answer_and_not_followed(self):
        seen = []

        def answer(request):
            seen.append(str(request.url))
            return httpx.Response(307, headers={"Location": "https://elsewhere.example/"})

        reply = await client(answer).send("POST", ADDRESS, json={"secret": 1})
        assert (reply.status, reply.is_ok, seen) == (307, False, [ADDRESS])

    @pytest.mark.parametrize("where", ["https://xn--a/", "https://a:b:c/", "//", "\x00", ""])
    async def test_a_redirect_to_nowhere_is_an_answer_too(self, where):
        answer = httpx.Response(302, headers=[(b"Location", where.encode())])
        assert (await client(answer).send("POST", ADDRESS, json={})).status == 302

    async def test_nothing_is_kept_from_one_exchange_to_the_next(self):
        def answer(request):
            assert "Cookie" not in request.headers
            return httpx.Response(200, headers={"Set-Cookie": "spy=1; Domain=example; Path=/"})

        asking = client(answer)
        for _ in range(2):
            assert (await asking.send("GET", ADDRESS)).is_ok

    @pytest.mark.parametrize("address", ["https://u:p@api.example/x", "http://127.0.0.1/x"])
    async def test_only_what_the_provider_named_is_judged(self, address):
        asking = client(httpx.Response(204), base=ADDRESS)
        assert (await asking.send("GET", address)).is_ok
        with pytest.raises(ExchangeError) as failed:
            await asking.send("PUT", address, content=b"x", is_named=True)
        assert failed.value.failure is Failure.NOT_SENT

    async def test_an_error_inside_an_application_is_a_server_error(self):
        async def app(scope, receive, send):
            raise RuntimeError("a bug")

        reply = await HttpClient(app=app, user_agent="test").send("GET", "http://in.process/")
        assert reply.status == 500

    async def test_it_says_who_it_is(self):
        def answer(request):
            assert request.headers["User-Agent"] == "test/1"
            assert request.headers["X-Own"] == "1"
            return httpx.Response(204)

        assert (await client(answer).send("GET", ADDRESS, headers={"X-Own": "1"})).is_ok

    async def test_a_file_is_a_field_of_a_form(self):
        def answer(request):
            assert request.headers["Content-Type"].startswith("multipart/form-data")
            body = request.read()
            assert b'name="file"; filename="a.jpg"' in body
            assert b"image/jpeg" in body
            assert b"BYTES" in body
            return httpx.Response(200)

        await client(answer).send("POST", ADDRESS, file=("a.jpg", b"BYTES", "image/jpeg"))


class TestHints:
    @pytest.mark.parametrize(
        ("value", "seconds"),
        [
            ("7", 7.0),
            ("0.5", 0.5),
            ("-3", 0.0),
            ("", 0.0),
            ("soon", 0.0),
            ("nan", 0.0),
            ("inf", 300.0),
            ("86400", 300.0),
            ("Fri, 20 Nov 2020 12:00:00 GMT", 0.0),
            ("Fri, 20 Nov 2020 12:00:00 -0000", 0.0),
            ("Fri, 20 Nov 2099 12:00:00 GMT", 300.0),
        ],
    )
    async def test_a_servers_hint_is_bounded(self, value, seconds):
        reply = await client(httpx.Response(429, headers={"Retry-After": value})).send(
            "GET", ADDRESS
        )
        assert reply.retry_after_s == seconds

    async def test_a_date_counts_from_now(self):
        when = email.utils.format_datetime(
            datetime.now(UTC) + timedelta(seconds=100),  # noqa: TID251 (a header's date)
            usegmt=True,
        )
        reply = await client(httpx.Response(429, headers={"Retry-After": when})).send(
            "GET", ADDRESS
        )
        assert 90 < reply.retry_after_s <= 100


class TestDownloading:
    async def test_a_file_goes_to_its_place(self, tmp_path):
        answer = httpx.Response(200, content=b"picture")
        assert await client(answer).download(ADDRESS, tmp_path / "x") == 200
        assert (tmp_path / "x").read_bytes() == b"picture"

    @pytest.mark.parametrize("status", [403, 404, 410, 500])
    async def test_another_status_leaves_no_file(self, tmp_path, status):
        answer = httpx.Response(status, content=b"sorry")
        assert await client(answer).download(ADDRESS, tmp_path / "x") == status
        assert not (tmp_path / "x").exists()

    async def test_redirects_are_followed_without_a_key(self, tmp_path):
        def answer(request):
            assert "Authorization" not in request.headers
            if request.url.host == "api.example":
                return httpx.Response(302, headers={"Location": "https://cdn.example/y"})
            if request.url.path == "/y":
                return httpx.Response(307, headers={"Location": "z"})
            return httpx.Response(200, content=b"picture")

        assert await client(answer).download(ADDRESS, tmp_path / "x") == 200
        assert (tmp_path / "x").read_bytes() == b"picture"

    @pytest.mark.parametrize(("redirects", "is_fine"), [(5, True), (6, False)])
    async def test_redirects_are_followed_five_times(self, tmp_path, redirects, is_fine):
        left = [redirects]

        def answer(request):
            if not left[0]:
                return httpx.Response(200, content=b"picture")
            left[0] -= 1
            return httpx.Response(301, headers={"Location": "/again"})

        downloading = client(answer).download(ADDRESS, tmp_path / "x")
        if is_fine:
            assert await downloading == 200
        else:
            with pytest.raises(ExchangeError, match="more than 5 redirects"):
                await downloading

    @pytest.mark.parametrize(
        "onward",
        [
            "http://cdn.example/y", "file:///etc/passwd", "ftp://cdn.example/y", "data:,x",
            "https://127.0.0.1/y", "https://169.254.169.254/", "https://[::ffff:10.0.0.1]/",
            "https://2130706433/", "https://user@cdn.example/", "https://8.8.8.8:22/",
            "https://a:b:c/", "https://localhost/", "//127.1/",
        ],
    )  # fmt: skip
    async def test_each_redirect_is_judged(self, tmp_path, onward):
        asked = []

        def answer(request):
            asked.append(str(request.url))
            return httpx.Response(302, headers={"Location": onward})

        downloading = client(answer, base="https://api.example").download(ADDRESS, tmp_path / "x")
        with pytest.raises(ExchangeError):
            await downloading
        assert asked == [ADDRESS]
        assert not (tmp_path / "x").exists()

    async def test_no_redirect_leads_from_https_to_http_even_where_http_is_fine(self, tmp_path):
        def answer(request):
            return httpx.Response(302, headers={"Location": "http://api.example/y"})

        for start, words in [(ADDRESS, "from https"), ("http://api.example/x", "more than 5")]:
            with pytest.raises(ExchangeError, match=words):
                await client(answer, base="http://api.example").download(start, tmp_path / "x")

    async def test_a_redirect_that_leads_nowhere_is_a_status(self, tmp_path):
        assert await client(httpx.Response(302)).download(ADDRESS, tmp_path / "x") == 302

    async def test_a_picture_that_drips_ends_with_the_time_for_all_of_it(self, tmp_path):
        endless = Endless(every_s=0.001)
        dripping = client(httpx.Response(200, stream=endless), transfer_s=0.03)
        with pytest.raises(ExchangeError, match="within"):
            await dripping.download(ADDRESS, tmp_path / "x")
        assert endless.is_closed

    async def test_redirects_take_of_the_same_time(self, tmp_path):
        async def answer(request):
            await asyncio.sleep(0.02)
            return httpx.Response(302, headers={"Location": "/again"})

        with pytest.raises(ExchangeError, match="within"):
            await client(answer, transfer_s=0.05).download(ADDRESS, tmp_path / "x")

    async def test_a_packed_picture_is_unpacked_within_bounds(self, tmp_path):
        def packed(size):
            stream = httpx.ByteStream(gzip.compress(bytes(size)))
            return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=stream)

        assert await client(packed(100_000)).download(ADDRESS, tmp_path / "x") == 200
        assert (tmp_path / "x").stat().st_size == 100_000
        bounded = client(packed(10_000_000), picture_bytes=200_000)
        with pytest.raises(ExchangeError, match="larger than 200000 bytes"):
            await bounded.download(ADDRESS, tmp_path / "y")
        assert (tmp_path / "y").stat().st_size <= 200_000

    @pytest.mark.parametrize("kind", [*NEVER_LEFT, *MAY_HAVE_LEFT])
    async def test_every_failure_is_told(self, tmp_path, kind):
        with pytest.raises(ExchangeError):
            await client(kind("words")).download(ADDRESS, tmp_path / "x")

    async def test_a_picture_that_breaks_off_is_no_picture(self, tmp_path):
        answer = httpx.Response(200, stream=BreaksOff(httpx.ReadError("gone")))
        with pytest.raises(ExchangeError, match="gone"):
            await client(answer).download(ADDRESS, tmp_path / "x")

    async def test_a_picture_without_end_is_cut_off(self, tmp_path):
        endless = Endless(b"x" * 4)
        answer = httpx.Response(200, stream=endless)
        with pytest.raises(ExchangeError, match="larger than 10 bytes"):
            await client(answer, picture_bytes=10).download(ADDRESS, tmp_path / "x")
        assert endless.given == 12

    async def test_a_disk_that_is_full_is_no_failure_of_the_provider(self, tmp_path):
        with pytest.raises(OSError, match="No such file"):
            await client(httpx.Response(200, content=b"x")).download(ADDRESS, tmp_path / "no/x")

    @pytest.mark.parametrize(
        "address", ["https://a:b:c/", "https://\ud800.example/", "https://a\nb/"]
    )
    async def test_nonsense_for_an_address_is_told(self, tmp_path, address):
        with pytest.raises(ExchangeError) as failed:
            await HttpClient(user_agent="test").download(address, tmp_path / "x")
        assert failed.value.failure is Failure.NOT_SENT

    async def test_nothing_is_written_over(self, tmp_path):
        (tmp_path / "x").write_bytes(b"mine")
        with pytest.raises(FileExistsError):
            await client(httpx.Response(200, content=b"y")).download(ADDRESS, tmp_path / "x")


async def test_it_can_be_closed():
    made = client(httpx.Response(200))
    await made.aclose()
