"""What a failed exchange proves about the request; the table of the project's style guide."""

import email.utils
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from pipeline.adapters import http_client
from pipeline.adapters.http_client import ExchangeError, HttpClient
from pipeline.execution.ports import Failure

pytestmark = pytest.mark.anyio

ADDRESS = "https://api.example/x"


def client(answer) -> HttpClient:
    """A client of somebody who answers with a response, an exception or a function."""

    def handle(request: httpx.Request) -> httpx.Response:
        if callable(answer):
            return answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return HttpClient(transport=httpx.MockTransport(handle), user_agent="test/1")


class BreaksOff(httpx.AsyncByteStream):
    """An answer that ends with an error after its first bytes."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def __aiter__(self):
        yield b"the beginning"
        raise self._error


NEVER_LEFT = [
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError,
    httpx.UnsupportedProtocol,
]  # fmt: skip
MAY_HAVE_LEFT = [
    httpx.WriteError, httpx.WriteTimeout, httpx.ReadError, httpx.ReadTimeout, httpx.CloseError,
    httpx.RemoteProtocolError, httpx.LocalProtocolError, httpx.DecodingError,
]  # fmt: skip


class TestSending:
    @pytest.mark.parametrize("kind", NEVER_LEFT)
    async def test_what_never_left_may_be_repeated(self, kind):
        with pytest.raises(ExchangeError) as failed:
            await client(kind("words")).send("POST", ADDRESS, json={})
        assert failed.value.failure is Failure.NOT_SENT
        assert failed.value.reason == f"{kind.__name__}: words"

    @pytest.mark.parametrize("kind", MAY_HAVE_LEFT)
    async def test_what_may_have_left_is_unknown(self, kind):
        with pytest.raises(ExchangeError) as failed:
            await client(kind("")).send("POST", ADDRESS, json={})
        assert failed.value.failure is Failure.UNKNOWN
        assert failed.value.reason == f"{kind.__name__}: no details"

    def test_every_error_of_the_library_has_a_class(self):
        def below(kind):
            return {kind}.union(*(below(one) for one in kind.__subclasses__()))

        abstract = {
            httpx.HTTPError, httpx.RequestError, httpx.TransportError, httpx.TimeoutException,
            httpx.NetworkError, httpx.ProtocolError,
        }  # fmt: skip
        # Asked for by nobody here: statuses are answers, and redirects are not followed.
        not_raised = {httpx.HTTPStatusError, httpx.TooManyRedirects}
        known = {*NEVER_LEFT, *MAY_HAVE_LEFT} | abstract | not_raised
        assert below(httpx.HTTPError) == known

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

    async def test_an_answer_without_end_is_cut_off(self, monkeypatch):
        monkeypatch.setattr(http_client, "MOST_REPLY_BYTES", 10)
        with pytest.raises(ExchangeError) as failed:
            await client(httpx.Response(200, content=b"x" * 11)).send("POST", ADDRESS)
        assert failed.value.failure is Failure.UNKNOWN
        reply = await client(httpx.Response(200, content=b"x" * 10)).send("POST", ADDRESS)
        assert len(reply.body) == 10

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

    async def test_redirects_are_followed(self, tmp_path):
        def answer(request):
            if request.url.host == "api.example":
                return httpx.Response(302, headers={"Location": "https://cdn.example/y"})
            return httpx.Response(200, content=b"picture")

        assert await client(answer).download(ADDRESS, tmp_path / "x") == 200

    @pytest.mark.parametrize("kind", [*NEVER_LEFT, *MAY_HAVE_LEFT])
    async def test_every_failure_is_told(self, tmp_path, kind):
        with pytest.raises(ExchangeError):
            await client(kind("words")).download(ADDRESS, tmp_path / "x")

    async def test_a_picture_that_breaks_off_is_no_picture(self, tmp_path):
        answer = httpx.Response(200, stream=BreaksOff(httpx.ReadError("gone")))
        with pytest.raises(ExchangeError, match="gone"):
            await client(answer).download(ADDRESS, tmp_path / "x")

    async def test_a_picture_without_end_is_cut_off(self, tmp_path, monkeypatch):
        monkeypatch.setattr(http_client, "MOST_PICTURE_BYTES", 10)
        with pytest.raises(ExchangeError, match="larger than 10 bytes"):
            await client(httpx.Response(200, content=b"x" * 11)).download(ADDRESS, tmp_path / "x")

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
