"""The vendor's protocol, spoken with a vendor that misbehaves in every known way."""

import hashlib
import inspect
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import httpx
import pytest

from pipeline.adapters.http_client import HttpClient
from pipeline.domain.picture import PictureFacts
from pipeline.execution.ports import BillingRow, Failure, Prediction, Progress, ProviderError
from pipeline.providers import wavespeed
from pipeline.providers.wavespeed import WaveSpeed
from tests.support.clock import START, JumpingClock

pytestmark = pytest.mark.anyio

BASE = "https://api.example"
KEY = "sk-0123456789abcdef0123456789"
MODEL = "bytedance/seedream-v4.5/edit-sequential"
BODY = {"prompt": "x", "images": ["https://cdn.example/1.jpg"]}
PICTURE = b"the bytes of a picture"
DIGEST = hashlib.sha256(PICTURE).hexdigest()
TICKET = {
    "download_url": "https://cdn.example/u/1.jpg",
    "upload": {"method": "PUT", "url": "https://bucket.example/1", "headers": {"X-Meta": "1"}},
}


def ok(data, **more) -> httpx.Response:
    body = {"code": 200, "message": "success", "data": data, **more}
    return httpx.Response(200, content=json.dumps(body))  # which can hold lone surrogates


class Vendor:
    """Answers requests one after the other, the last answer for ever; keeps what it was asked."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.clock = JumpingClock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, locate=None) -> WaveSpeed:
        http = HttpClient(transport=httpx.MockTransport(self), user_agent="test", base=BASE)
        return WaveSpeed(http, base=BASE, key=KEY, locate=locate or self._nobody, clock=self.clock)

    @property
    def bodies(self) -> list:
        return [json.loads(request.content) for request in self.requests]

    @staticmethod
    def _nobody(digest):
        raise KeyError(digest)


@pytest.fixture
def locate(tmp_path):
    (tmp_path / "front.jpg").write_bytes(PICTURE)
    facts = PictureFacts(DIGEST, len(PICTURE), 10, 10, "jpeg")
    return {DIGEST: (tmp_path / "front.jpg", facts)}.__getitem__


def errors_of_the_library() -> list[type[Exception]]:
    """All errors that sending can come to, found by looking, so that a new one is among them."""
    found = [kind for _, kind in inspect.getmembers(httpx, inspect.isclass)]
    return [
        kind
        for kind in found
        if issubclass(kind, httpx.RequestError) and not issubclass(kind, httpx.HTTPStatusError)
    ]


NEVER_LEFT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"}
TURNED_AWAY = {*range(400, 500), 307, 308} - {401, 402, 403, 408, 409, 429, 460, 499}


def proved(status: int) -> Failure:
    """What a status proves about a submit that named no prediction: the table, in other words."""
    if status == 429:
        return Failure.BUSY
    if status in {401, 402, 403}:
        return Failure.UNUSABLE
    return Failure.REFUSED if status in TURNED_AWAY else Failure.UNKNOWN


NO_ID = {
    "nothing": b"",
    "a page": b"<html>",
    "no JSON": b"{",
    "an envelope": b'{"code": 400, "message": "no", "data": null}',
    "an envelope of success": b'{"code": 200, "message": "success", "data": {}}',
    "an id of the request": b'{"code": 400, "message": "no", "id": "req-7"}',
    "an error": b'{"error": "no"}',
    "an empty id": b'{"code": 200, "data": {"id": ""}}',
    "no id": b'{"code": 200, "data": {"id": null}}',
}
AN_ID = {
    "in an envelope": b'{"code": 200, "message": "success", "data": {"id": "p-1"}}',
    "in an envelope of an error": b'{"code": 500, "message": "no", "data": {"id": "p-1"}}',
}


async def failure_of(call) -> ProviderError:
    with pytest.raises(ProviderError) as failed:
        await call
    assert KEY not in failed.value.reason
    return failed.value


class TestSubmitting:
    async def test_one_request_leaves_and_its_id_comes_back(self):
        vendor = Vendor(ok({"id": "p-1", "status": "created"}))
        assert await vendor.client().submit(MODEL, BODY) == "p-1"
        (request,) = vendor.requests
        assert (request.method, str(request.url)) == ("POST", f"{BASE}/api/v3/{MODEL}")
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        assert vendor.bodies == [BODY]

    @pytest.mark.slow
    @pytest.mark.parametrize("body", NO_ID)
    async def test_what_each_status_says_about_the_money(self, body):
        for status in range(100, 600):
            vendor = Vendor(httpx.Response(status, content=NO_ID[body]))
            failed = await failure_of(vendor.client().submit(MODEL, BODY))
            assert failed.failure is proved(status), (status, failed.reason)
            assert len(vendor.requests) == 1

    @pytest.mark.slow
    @pytest.mark.parametrize("body", AN_ID)
    async def test_a_no_that_names_a_prediction_is_none(self, body):
        """Above all a 429: to repeat it would buy a second time."""
        for status in range(100, 600):
            vendor = Vendor(httpx.Response(status, content=AN_ID[body]))
            submitting = vendor.client().submit(MODEL, BODY)
            if 200 <= status < 300:
                assert await submitting == "p-1"
            else:
                assert (await failure_of(submitting)).failure is Failure.UNKNOWN, status
            assert len(vendor.requests) == 1

    @pytest.mark.parametrize("kind", errors_of_the_library())
    async def test_what_each_broken_exchange_says_about_the_money(self, kind):
        vendor = Vendor(kind("x"))
        failed = await failure_of(vendor.client().submit(MODEL, BODY))
        never_left = kind.__name__ in NEVER_LEFT
        assert failed.failure is (Failure.NOT_SENT if never_left else Failure.UNKNOWN)
        assert len(vendor.requests) == 1

    def test_the_errors_that_were_thought_of(self):
        assert {kind.__name__ for kind in errors_of_the_library()} == NEVER_LEFT | {
            "RequestError", "TransportError", "TimeoutException", "NetworkError", "ProtocolError",
            "WriteError", "WriteTimeout", "ReadError", "ReadTimeout", "CloseError",
            "RemoteProtocolError", "LocalProtocolError", "DecodingError", "TooManyRedirects",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"null", b"[]", b"7", b'"text"', b"{", b"\xff", b"<html></html>",
            b'{"code": 200}', b'{"code": 200, "data": null}', b'{"code": 200, "data": {}}',
            b'{"code": 200, "data": {"id": ""}}', b'{"code": 200, "data": {"id": 7}}',
            b'{"code": 200, "data": [{"id": "p-1"}]}', b'{"code": 400, "message": "bad"}',
            b'{"id": null}', b'{"code": 429, "message": "too many", "data": null}',
            b'{"code": 400, "message": "bad", "id": "req-7"}', b"[" * 100_000, b'{"a":' * 100_000,
            b'{"data": {"id": NaN}}', b"9" * 5_000, b'{"data": {"id": "\xed\xa0\x80"}}',
        ],
    )  # fmt: skip
    async def test_a_yes_without_an_id_may_have_been_charged(self, body):
        vendor = Vendor(httpx.Response(200, content=body))
        assert (await failure_of(vendor.client().submit(MODEL, BODY))).failure is Failure.UNKNOWN

    @pytest.mark.parametrize(
        "body",
        [
            {"code": 200, "data": {"id": "p-1"}},
            {"data": {"id": "p-1"}},
            {"id": "p-1", "status": "created"},
            # What the envelope says does not matter any more: it was accepted.
            {"code": 500, "message": "oops", "data": {"id": "p-1", "status": "failed"}},
        ],
    )
    async def test_an_id_is_proof_wherever_it_stands(self, body):
        assert await Vendor(httpx.Response(200, json=body)).client().submit(MODEL, BODY) == "p-1"

    @pytest.mark.parametrize(
        "absurd",
        ["x" * 201, "a\nb", "a\x00b", "\x1b[2J", ".", "..", "...", "\ud800", "", 7, [], {}],
    )
    async def test_an_id_that_nobody_could_use_leaves_it_in_doubt(self, absurd):
        failed = await failure_of(Vendor(ok({"id": absurd})).client().submit(MODEL, BODY))
        assert failed.failure is Failure.UNKNOWN

    @pytest.mark.parametrize(
        "odd", ["a/b", "../../balance", "a?b#c", "a b", "%2e%2e", "ü", "x" * 200]
    )
    async def test_an_id_stays_where_ids_stand(self, odd):
        vendor = Vendor(ok({"id": odd, "status": "created"}))
        assert await vendor.client().submit(MODEL, BODY) == odd
        assert (await vendor.client().result(odd)).id == odd
        path = vendor.requests[1].url.raw_path.decode()
        inner = path.removeprefix("/api/v3/predictions/").removesuffix("/result")
        assert len(inner) == len(path) - 27
        assert not set(inner) & set("/?# ")
        assert unquote(inner) == odd

    async def test_an_id_in_an_error_is_no_prediction(self):
        vendor = Vendor(httpx.Response(400, json={"id": "req-7", "message": "bad"}))
        assert (await failure_of(vendor.client().submit(MODEL, BODY))).failure is Failure.REFUSED

    async def test_a_hint_to_wait_is_passed_on(self):
        vendor = Vendor(httpx.Response(429, headers={"Retry-After": "17"}))
        assert (await failure_of(vendor.client().submit(MODEL, BODY))).retry_after_s == 17

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ({"message": "bad size"}, "HTTP 400: bad size"),
            ({"error": "bad size"}, "HTTP 400: bad size"),
            ({"detail": "bad size"}, "HTTP 400: bad size"),
            ({"errors": ["a", "b"]}, "HTTP 400: ['a', 'b']"),
            ({"message": "no", "error_code": "role"}, "HTTP 400: no (role)"),
            ({"message": ""}, "HTTP 400"),
            ({"message": "a\x1b[31m\nb"}, "HTTP 400: a [31m b"),
            ({"message": "x" * 900}, f"HTTP 400: {'x' * 300}"),
            ([], "HTTP 400: the answer is not the vendor's JSON"),
        ],
    )
    async def test_the_vendors_words_are_told_short_and_harmless(self, body, words):
        vendor = Vendor(httpx.Response(400, json=body))
        assert (await failure_of(vendor.client().submit(MODEL, BODY))).reason == words

    @pytest.mark.parametrize("spelling", [KEY, "".join(f"\\u{ord(c):04x}" for c in KEY)])
    async def test_a_key_that_the_vendor_repeats_is_not_told(self, spelling):
        body = f'{{"message": "bad key {spelling} here"}}'
        vendor = Vendor(httpx.Response(401, content=body.encode()))
        failed = await failure_of(vendor.client().submit(MODEL, BODY))
        assert failed.reason == "HTTP 401: bad key *** here"

    async def test_nor_in_an_answer_that_is_none(self):
        error = httpx.RemoteProtocolError(f"illegal status line: b'POST Bearer {KEY}'")
        failed = await failure_of(Vendor(error).client().submit(MODEL, BODY))
        said = "RemoteProtocolError: illegal status line: b'POST Bearer ***'"
        assert failed.reason == f"the connection broke off ({said})"

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le"])
    async def test_nor_in_another_encoding(self, encoding):
        body = f'{{"message": "bad key {KEY} here"}}'.encode(encoding)
        failed = await failure_of(Vendor(httpx.Response(401, content=body)).client().balance())
        assert failed.reason == "HTTP 401: the answer is not the vendor's JSON"

    async def test_nor_as_an_id(self):
        failed = await failure_of(Vendor(ok({"id": f"p-{KEY}"})).client().submit(MODEL, BODY))
        assert failed.failure is Failure.UNKNOWN


class TestLooking:
    async def look(self, data) -> Prediction:
        return await Vendor(ok({"id": "p-1", **data})).client().result("p-1")

    async def test_where_it_looks(self):
        vendor = Vendor(ok({"id": "p-1", "status": "processing"}))
        await vendor.client().result("p-1")
        (request,) = vendor.requests
        where = f"{BASE}/api/v3/predictions/p-1/result"
        assert (request.method, str(request.url)) == ("GET", where)

    @pytest.mark.parametrize(
        ("status", "progress"),
        [
            ("created", Progress.UNDER_WAY),
            ("processing", Progress.UNDER_WAY),
            ("completed", Progress.COMPLETED),
            ("failed", Progress.FAILED),
            ("cancelled", Progress.FAILED),
            ("timeout", Progress.FAILED),
            ("deleted", Progress.FAILED),
            ("queued", Progress.UNDER_WAY),
            ("COMPLETED", Progress.UNDER_WAY),
            (None, Progress.UNDER_WAY),
            (5, Progress.UNDER_WAY),
            ([], Progress.UNDER_WAY),
            ({"state": "failed"}, Progress.UNDER_WAY),
        ],
    )
    async def test_a_status_nobody_documented_is_under_way(self, status, progress):
        assert (await self.look({"status": status})).progress is progress

    @pytest.mark.parametrize(
        ("outputs", "addresses"),
        [
            (["https://x/1", "https://x/2"], ("https://x/1", "https://x/2")),
            ([{"url": "https://x/1"}, "https://x/2"], ("https://x/1", "https://x/2")),
            (
                [{"uri": "https://x/1", "w": 7}, {"image_url": "https://x/2"}],
                ("https://x/1", "https://x/2"),
            ),
            # What is empty was not delivered.
            ([None, "", {}, {"url": None}, {"url": ""}, [], "https://x/1"], ("https://x/1",)),
            ([], ()),
            (None, ()),
            # One edition of the documentation shows a single text.
            ("https://x/1", ("https://x/1",)),
            ({"url": "https://x/1"}, ("https://x/1",)),
        ],
    )
    async def test_addresses_of_pictures(self, outputs, addresses):
        seen = await self.look({"status": "completed", "outputs": outputs})
        assert seen.addresses == addresses

    @pytest.mark.parametrize(
        "outputs",
        [
            [7], [True], [["https://x/1"]], [{"file": "https://x/1"}], [{"url": 7}],
            [{"url": ["x"]}], ["https://x/1", {"b64": "xxxx"}], 7, True, ["https://x/\n1"], ["https://x/\x00"],
            [f"https://x/{'1' * 4000}"], [f"https://x/{n}" for n in range(65)],
        ],
    )  # fmt: skip
    async def test_outputs_that_nobody_documented_are_not_taken_for_none(self, outputs):
        """They are paid for; whoever looks, looks again, and a later version may know them."""
        failed = await failure_of(self.look({"status": "completed", "outputs": outputs}))
        assert failed.failure is Failure.NOT_SENT
        assert failed.reason.isprintable()

    async def test_an_address_with_the_key_in_it_is_without_it(self):
        seen = await self.look({"status": "completed", "outputs": [f"https://x/1?key={KEY}"]})
        assert seen.addresses == ("https://x/1?key=***",)

    async def test_another_host_that_the_answer_names_is_never_asked(self):
        named = {"status": "processing", "urls": {"get": "https://evil.example/result"}}
        vendor = Vendor(ok({"id": "p-1", **named}))
        for _ in range(2):
            await vendor.client().result("p-1")
        assert {request.url.host for request in vendor.requests} == {"api.example"}

    @pytest.mark.parametrize("absurd", ["", ".", "..", "a\nb", "x" * 201])
    async def test_what_is_no_id_is_never_asked_for(self, absurd):
        vendor = Vendor(ok({}))
        assert (await failure_of(vendor.client().result(absurd))).failure is Failure.REFUSED
        assert vendor.requests == []

    async def test_a_failure_has_its_code_and_words(self):
        seen = await self.look({"status": "failed", "code": 1200, "error": "flagged"})
        assert (seen.code, seen.message) == (1200, "flagged")

    @pytest.mark.parametrize(
        ("code", "error"),
        [("1200", None), (None, 5), (1.5, ["x"]), (True, None), (-1, None), (10**30, None)],
    )
    async def test_nonsense_in_a_failure_is_none(self, code, error):
        assert (await self.look({"status": "failed", "code": code, "error": error})).code == 0

    async def test_words_of_a_failure_are_harmless(self):
        said = "a\x1b[2J\ud800\nb" + "x" * 5000
        seen = await self.look({"status": "failed", "error": said})
        assert len(seen.message) == 2000
        assert seen.message.isprintable()

    @pytest.mark.parametrize(
        ("answer", "failure"),
        [
            (httpx.Response(302), Failure.NOT_SENT),
            (httpx.Response(408), Failure.NOT_SENT),
            (httpx.ReadTimeout("slow"), Failure.NOT_SENT),
            (httpx.ConnectError("away"), Failure.NOT_SENT),
            (httpx.Response(500), Failure.NOT_SENT),
            (httpx.Response(503, content=b"<html>"), Failure.NOT_SENT),
            (httpx.Response(429), Failure.BUSY),
            (httpx.Response(401), Failure.UNUSABLE),
            (httpx.Response(404, json={"message": "not found"}), Failure.REFUSED),
            (httpx.Response(200, content=b"<html>"), Failure.NOT_SENT),
            (ok(None), Failure.NOT_SENT),
            (ok([]), Failure.NOT_SENT),
            (ok({"id": "p-other", "status": "completed"}), Failure.NOT_SENT),
            (httpx.Response(200, json={"code": 500, "data": {"id": "p-1"}}), Failure.NOT_SENT),
        ],
    )
    async def test_what_could_not_be_told_is_no_failure_of_the_prediction(self, answer, failure):
        vendor = Vendor(answer)
        assert (await failure_of(vendor.client().result("p-1"))).failure is failure
        assert len(vendor.requests) == 1  # whoever looks, looks again by itself


class TestUploading:
    async def test_by_ticket_and_without_the_key(self, locate):
        vendor = Vendor(ok(TICKET), httpx.Response(200))
        address = await vendor.client(locate).upload(DIGEST, "a-1-0011")
        assert address == "https://cdn.example/u/1.jpg"
        ask, put = vendor.requests
        assert str(ask.url) == f"{BASE}/api/v3/media/uploads"
        assert json.loads(ask.content) == {
            "filename": "a-1-0011.jpg", "size": len(PICTURE), "content_type": "image/jpeg",
        }  # fmt: skip
        assert (put.method, str(put.url)) == ("PUT", "https://bucket.example/1")
        assert put.content == PICTURE
        assert put.headers["X-Meta"] == "1"
        assert "Authorization" not in put.headers
        assert KEY not in str(put.headers)

    @pytest.mark.parametrize("status", [404, 405, 501])
    async def test_by_form_where_there_are_no_tickets(self, locate, status):
        vendor = Vendor(httpx.Response(status), ok({"download_url": "https://cdn.example/2.jpg"}))
        assert await vendor.client(locate).upload(DIGEST, "a") == "https://cdn.example/2.jpg"
        _, form = vendor.requests
        assert str(form.url) == f"{BASE}/api/v3/media/upload/binary"
        assert form.headers["Authorization"] == f"Bearer {KEY}"
        assert PICTURE in form.content
        assert b'filename="a.jpg"' in form.content

    @pytest.mark.parametrize(
        "trouble",
        [
            httpx.ReadTimeout("slow"),
            httpx.WriteError("gone"),
            httpx.ConnectError("away"),
            httpx.Response(500),
            httpx.Response(429, headers={"Retry-After": "9"}),
            httpx.Response(200, content=b"<html>"),
            ok({}),
            ok({"upload": {}}),
            ok({"upload": {"url": 7}}),
            ok([]),
        ],
    )
    async def test_it_costs_nothing_and_is_repeated(self, locate, trouble):
        vendor = Vendor(trouble, ok(TICKET), httpx.Response(200))
        assert await vendor.client(locate).upload(DIGEST, "a") == "https://cdn.example/u/1.jpg"
        assert vendor.clock.elapsed() >= 1

    async def test_a_hint_to_wait_is_heeded(self, locate):
        busy = httpx.Response(429, headers={"Retry-After": "9"})
        vendor = Vendor(busy, ok(TICKET), httpx.Response(200))
        await vendor.client(locate).upload(DIGEST, "a")
        assert vendor.clock.elapsed() == 9

    async def test_but_not_for_ever(self, locate):
        vendor = Vendor(httpx.ConnectError("away"))
        failed = await failure_of(vendor.client(locate).upload(DIGEST, "a"))
        assert (failed.failure, len(vendor.requests)) == (Failure.NOT_SENT, 5)
        assert vendor.clock.elapsed() == 1 + 2 + 4 + 8

    @pytest.mark.parametrize(
        ("status", "failure"), [(401, Failure.UNUSABLE), (400, Failure.REFUSED)]
    )
    async def test_a_no_is_not_repeated(self, locate, status, failure):
        vendor = Vendor(httpx.Response(status))
        failed = await failure_of(vendor.client(locate).upload(DIGEST, "a"))
        assert (failed.failure, len(vendor.requests)) == (failure, 1)

    async def test_a_no_of_the_bucket_is_told(self, locate):
        vendor = Vendor(ok(TICKET), httpx.Response(412, content=b"<Error/>"))
        failed = await failure_of(vendor.client(locate).upload(DIGEST, "a"))
        assert failed.reason.startswith("the upload was refused: HTTP 412")

    @pytest.mark.parametrize(
        "upload",
        [
            {"url": "https://a:b:c/"},
            {"url": "https://\ud800.example/"},
            {"url": "https://bucket.example/1", "headers": ["x"]},
            {"url": "https://bucket.example/1", "headers": {"x": "ü\ud800"}},
            {"url": "https://bucket.example/1", "headers": {"x": None}},
            {"url": "https://bucket.example/1", "method": None},
        ],
    )
    async def test_a_nonsensical_ticket_breaks_nothing(self, locate, upload):
        def answer(request):
            return (
                httpx.Response(200) if request.method == "PUT" else ok({**TICKET, "upload": upload})
            )

        try:
            address = await Vendor(answer).client(locate).upload(DIGEST, "a")
        except ProviderError:
            pass
        else:
            assert address == "https://cdn.example/u/1.jpg"

    @pytest.mark.parametrize(
        "address",
        [
            None, "", 7, "s3://x", "javascript:x", {}, "cdn.example", "http://cdn.example/1.jpg",
            "https://127.0.0.1/1", "https://user@cdn.example/1", "https://169.254.169.254/",
            "https://cdn.example/\n1", "https://cdn.example/\ud800", f"https://x/{'1' * 70_000}",
        ],
    )  # fmt: skip
    async def test_an_address_that_is_none_is_a_failure(self, locate, address):
        def answer(request):
            assert request.method == "POST"
            return ok({**TICKET, "download_url": address})

        failed = await failure_of(Vendor(answer).client(locate).upload(DIGEST, "a"))
        assert failed.failure is Failure.NOT_SENT

    @pytest.mark.parametrize(
        "upload",
        [
            {"url": "http://bucket.example/1"},
            {"url": "https://127.0.0.1/1"},
            {"url": "https://[::ffff:169.254.169.254]/1"},
            {"url": "https://2130706433/1"},
            {"url": "https://user:pass@bucket.example/1"},
            {"url": "file:///tmp/x"},
            {"url": "https://bucket.example/1", "method": "DELETE"},
            {"url": "https://bucket.example/1", "method": ["PUT"]},
            {"url": "https://bucket.example/1", "headers": {"Host": "inside"}},
            {"url": "https://bucket.example/1", "headers": {"content-length": "1"}},
            {"url": "https://bucket.example/1", "headers": {"Transfer-Encoding ": "chunked"}},
            {"url": "https://bucket.example/1", "headers": {f"X-{n}": "1" for n in range(51)}},
        ],
    )
    async def test_a_ticket_to_where_nothing_is_uploaded_is_not_used(self, locate, upload):
        vendor = Vendor(lambda request: ok({**TICKET, "upload": upload}))
        failed = await failure_of(vendor.client(locate).upload(DIGEST, "a"))
        assert failed.failure is Failure.NOT_SENT
        assert {request.url.host for request in vendor.requests} == {"api.example"}

    async def test_an_upload_does_not_follow_where_it_is_sent(self, locate):
        def answer(request):
            if request.url.host == "bucket.example":
                return httpx.Response(307, headers={"Location": "https://evil.example/"})
            return ok(TICKET)

        vendor = Vendor(answer)
        failed = await failure_of(vendor.client(locate).upload(DIGEST, "a"))
        assert failed.failure is Failure.NOT_SENT
        assert "evil.example" not in {request.url.host for request in vendor.requests}

    async def test_what_is_sent_is_what_was_hashed(self, locate, tmp_path):
        (tmp_path / "front.jpg").write_bytes(b"other bytes")
        vendor = Vendor(ok(TICKET))
        failed = await failure_of(vendor.client(locate).upload(DIGEST, "a"))
        assert failed.failure is Failure.REFUSED
        assert "`front.jpg` changed" in failed.reason
        assert vendor.requests == []

    async def test_a_picture_that_is_gone_is_refused(self, locate, tmp_path):
        (tmp_path / "front.jpg").unlink()
        vendor = Vendor(ok(TICKET))
        for digest in (DIGEST, "0" * 64):
            failed = await failure_of(vendor.client(locate).upload(digest, "a"))
            assert failed.failure is Failure.REFUSED
        assert vendor.requests == []


class TestListing:
    async def test_the_history_of_a_window_with_its_inputs(self):
        item = {
            "id": "p-1",
            "model": MODEL,
            "status": "completed",
            "created_at": "2026-11-20T12:00:00.123456789Z",
            "outputs": ["https://x/1"],
            "inputs": {"prompt": "see https:// nothing", "images": ["https://u/1", "https://u/2"]},
        }
        vendor = Vendor(ok({"page": 1, "items": [item]}))
        (found,) = await vendor.client().history(START, START + timedelta(hours=1))
        assert found == Prediction(
            "p-1", Progress.COMPLETED, ("https://x/1",), 0, "", MODEL,
            datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC),
            ("see https:// nothing", "https://u/1", "https://u/2"),
            {"prompt": "see https:// nothing", "images": ["https://u/1", "https://u/2"]},
        )  # fmt: skip
        assert vendor.bodies == [
            {
                "created_after": "2026-11-20T12:00:00Z",
                "created_before": "2026-11-20T13:00:00Z",
                "include_inputs": True,
                "page": 1,
                "page_size": 100,
            }
        ]

    @pytest.mark.parametrize(
        "item",
        [
            None, 7, "nonsense", [], {}, {"id": 7, "inputs": BODY}, {"id": "", "inputs": BODY},
            {"id": "..", "inputs": BODY}, {"id": "a\nb", "inputs": BODY}, {"id": "x" * 201},
            {"id": f"p-{KEY}", "inputs": BODY}, {"status": []}, {"id": None, "outputs": 7},
        ],
    )  # fmt: skip
    async def test_an_entry_that_cannot_be_read_could_be_anybodys(self, item):
        """It stays in the list, says nothing of whose it is, and has no id to be adopted by."""
        vendor = Vendor(ok({"items": [{"id": "p-1"}, item]}))
        _, found = await vendor.client().history(START, START)
        assert found == Prediction("", Progress.UNDER_WAY)

    async def test_each_entry_that_cannot_be_read_counts(self):
        vendor = Vendor(ok({"items": [None, None, {"id": 7}]}))
        assert len(await vendor.client().history(START, START)) == 3

    async def test_an_entry_with_strange_outputs_is_listed_all_the_same(self):
        vendor = Vendor(ok({"items": [{"id": "p-1", "outputs": [7]}]}))
        (found,) = await vendor.client().history(START, START)
        assert (found.id, found.addresses) == ("p-1", ())

    @pytest.mark.parametrize(
        ("inputs", "asked"),
        [
            ({}, None),
            ({"inputs": None}, None),
            ({"inputs": []}, None),
            ({"inputs": "a text"}, None),
            ({"inputs": '{"prompt": "x", "n": 2}'}, {"prompt": "x", "n": 2}),
            ({"inputs": "{no"}, None),
            ({"input": {"max_images": 4}}, {"max_images": 4}),
            ({"inputs": {"a": 1, "b": 0.50, "c": True, "d": None}},
             {"a": 1, "b": "0.5", "c": True, "d": None}),
            ({"inputs": {"deep": [{"x": [1.25]}], "big": 10**30}},
             {"deep": [{"x": ["1.25"]}], "big": str(10**30)}),
            ({"inputs": {"prompt": "two\nlines", "half": "\ud800"}},
             {"prompt": "two\nlines", "half": "\ufffd"}),
            ({"inputs": {"prompt": f"my key is {KEY}"}}, {"prompt": "my key is ***"}),
        ],
    )  # fmt: skip
    async def test_what_was_asked_is_told_as_keys_are_made_of_it(self, inputs, asked):
        (found,) = (
            await Vendor(ok({"items": [{"id": "p-1", **inputs}]})).client().history(START, START)
        )
        assert found.asked == asked

    async def test_decimals_are_told_as_they_were_written(self):
        body = b'{"code":200,"data":{"items":[{"id":"p","inputs":{"a":0.50,"b":1e2,"c":NaN}}]}}'
        (found,) = await Vendor(httpx.Response(200, content=body)).client().history(START, START)
        assert found.asked == {"a": "0.50", "b": "1E+2", "c": None}

    @pytest.mark.parametrize(
        ("inputs", "addresses"),
        [
            ({"inputs": None}, ()),
            ({"input": {"image": "https://u/1"}}, ("https://u/1",)),
            ({"inputs": {"a": [{"b": ["https://u/1"]}, 7, None, "text"]}}, ("https://u/1",)),
            ({}, ()),
        ],
    )
    async def test_echoed_inputs_in_either_spelling(self, inputs, addresses):
        vendor = Vendor(ok({"items": [{"id": "p-1", **inputs}]}))
        (found,) = await vendor.client().history(START, START)
        assert found.inputs == addresses

    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2026-11-20T12:00:00Z", START),
            ("2026-11-20T12:00:00.000000001Z", START),
            ("2026-11-20T12:00:00", START),
            ("2026-11-20T20:00:00+08:00", START),
            ("2026-11-20T20:00:00.5+08:00", START + timedelta(seconds=0.5)),
            ("yesterday", None),
            ("", None),
            (None, None),
            (True, None),
            ([], None),
            ({}, None),
            (1795176000, START),
            (1795176000.0, START),
            (1795176000000, START),
            ("1795176000000", START),
            (1795176000500000, START + timedelta(seconds=0.5)),
            (1795176000000000000, START),
            (0, None),
            (-1795176000, None),
            (10**30, None),
            ("0001-01-01T00:00:00+14:00", None),
            ("9999-12-31T23:59:59-14:00", None),
            ("Fri, 20 Nov 2026 12:00:00 GMT", None),
        ],
    )
    async def test_moments(self, text, moment):
        vendor = Vendor(ok({"items": [{"id": "p-1", "created_at": text}]}))
        (found,) = await vendor.client().history(START, START)
        assert found.created_at == moment

    async def test_all_pages_are_read(self):
        def answer(request):
            page = json.loads(request.content)["page"]
            size = 100 if page < 3 else 5
            return ok({"items": [{"id": f"p-{page}-{n}"} for n in range(size)]})

        vendor = Vendor(answer)
        found = await vendor.client().history(START, START)
        assert len({one.id for one in found}) == 205
        assert [body["page"] for body in vendor.bodies] == [1, 2, 3]

    async def test_a_full_last_page_is_followed_by_an_empty_one(self):
        def answer(request):
            is_first = json.loads(request.content)["page"] == 1
            return ok({"items": [{"id": f"p-{n}"} for n in range(100 if is_first else 0)]})

        vendor = Vendor(answer)
        assert len(await vendor.client().history(START, START)) == 100
        assert len(vendor.requests) == 2

    @pytest.mark.parametrize("more", [{"total": 45}, {"has_more": True}])
    async def test_a_vendor_with_smaller_pages_is_read_to_the_end(self, more):
        """What looks like the last page must not prove that nothing else was there."""

        def answer(request):
            page = json.loads(request.content)["page"]
            items = [{"id": f"p-{page}-{n}"} for n in range({1: 20, 2: 20, 3: 5}.get(page, 0))]
            told = more if page < 3 else {"total": 45, "has_more": False}
            return ok({"items": items, **told})

        assert len(await Vendor(answer).client().history(START, START)) == 45

    @pytest.mark.parametrize("told", [{"total": 10_000}, {"has_more": True}])
    async def test_a_list_that_ends_before_it_says_is_not_complete(self, told):
        """A shorter list would prove that something never arrived."""

        def answer(request):
            page = json.loads(request.content)["page"]
            return ok({"items": [{"id": "p"}] if page == 1 else [], **told})

        failed = await failure_of(Vendor(answer).client().history(START, START))
        assert "not complete" in failed.reason

    @pytest.mark.parametrize("told", [{}, {"has_more": True}, {"total": 10_000}])
    async def test_a_page_that_comes_again_is_no_end(self, told):
        vendor = Vendor(ok({"items": [{"id": f"p-{n}"} for n in range(100)], **told}))
        failed = await failure_of(vendor.client().history(START, START))
        assert "not complete" in failed.reason
        assert len(vendor.requests) == 2

    async def test_an_endless_list_is_not_complete(self, monkeypatch):
        monkeypatch.setattr(wavespeed, "_MOST_PAGES", 5)

        def answer(request):
            page = json.loads(request.content)["page"]
            return ok({"items": [{"id": f"p-{page}-{n}"} for n in range(100)]})

        vendor = Vendor(answer)
        failed = await failure_of(vendor.client().history(START, START))
        assert "does not end after 5 pages" in failed.reason
        assert len(vendor.requests) == 5

    async def test_pages_that_are_too_much_together_are_not_complete(self, monkeypatch):
        monkeypatch.setattr(wavespeed, "_MOST_LIST_BYTES", 10_000)

        def answer(request):
            page = json.loads(request.content)["page"]
            return ok({"items": [{"id": f"p-{page}-{n}"} for n in range(100)]})

        vendor = Vendor(answer)
        assert "too large" in (await failure_of(vendor.client().history(START, START))).reason
        assert len(vendor.requests) < 10

    async def test_a_page_with_more_than_was_asked_for_is_not_complete(self):
        vendor = Vendor(ok({"items": [{"id": f"p-{n}"} for n in range(101)]}))
        assert "too large" in (await failure_of(vendor.client().history(START, START))).reason

    async def test_pages_that_shift_while_they_are_read_lose_and_double_nothing(self):
        """New entries come first, and push others onto the next page."""
        everything = [{"id": f"p-{n}", "inputs": {"n": n}} for n in range(230)]

        def answer(request):
            page = json.loads(request.content)["page"]
            now = [{"id": f"new-{n}"} for n in range(3 * page)] + everything
            items = now[(page - 1) * 100 : page * 100]
            for item in items:  # they also get on with it
                item["status"] = "completed" if page > 1 else "processing"
            return ok({"items": items, "total": len(now)})

        found = await Vendor(answer).client().history(START, START)
        ids = [one.id for one in found]
        assert len(ids) == len(set(ids))
        assert set(ids) >= {one["id"] for one in everything}

    async def test_an_id_that_is_two_predictions_is_listed_as_two(self):
        one, other = {"id": "p", "inputs": {"a": "https://u/1"}}, {"id": "p", "inputs": {"a": "x"}}
        found = await Vendor(ok({"items": [one, other, one]})).client().history(START, START)
        assert [prediction.asked for prediction in found] == [one["inputs"], other["inputs"]]

    @pytest.mark.parametrize("told", [{"total": True}, {"total": "many"}, {"total": None},
                                      {"total": -1}, {"has_more": "yes"}])  # fmt: skip
    async def test_nonsense_about_the_end_is_none(self, told):
        vendor = Vendor(ok({"items": [{"id": "p"}], **told}))
        assert len(await vendor.client().history(START, START)) == 1

    @pytest.mark.parametrize(
        "answer",
        [
            ok(None),
            ok({}),
            ok({"items": None}),
            ok({"items": {}}),
            httpx.Response(200, content=b"x"),
        ],
    )
    async def test_a_list_that_is_none_is_not_complete(self, answer):
        failed = await failure_of(Vendor(answer).client().history(START, START))
        assert failed.failure is Failure.NOT_SENT

    async def test_a_page_that_fails_is_asked_for_again(self):
        pages = [ok({"items": [{"id": f"p-{n}"} for n in range(100)]}), httpx.Response(502),
                 httpx.ReadTimeout("slow"), ok({"items": [{"id": "p-last"}]})]  # fmt: skip
        vendor = Vendor(*pages)
        assert len(await vendor.client().history(START, START)) == 101
        assert [body["page"] for body in vendor.bodies] == [1, 2, 2, 2]


class TestBilling:
    async def rows(self, *items) -> list[BillingRow]:
        return list(await Vendor(ok({"items": list(items)})).client().billing(["p-1"]))

    @pytest.mark.parametrize(
        ("price", "kind", "amount"),
        [
            (0.04, "deduct", 40_000),
            (-0.04, "deduct", 40_000),  # one edition writes deductions negative
            (40_000, "deduct", 40_000),  # one edition writes micro-dollars
            (-40_000, "deduct", 40_000),
            ("0.04", "deduct", 40_000),
            (0.04, "refund", -40_000),
            (-0.04, "refund", -40_000),
            (40_000, "refund", -40_000),
            (0, "deduct", 0),
            (0.0, "refund", 0),
            (1, "deduct", 1_000_000),
            (0.1 + 0.2, "deduct", 300_000),
            (0.0275, "deduct", 27_500),
            (12.34, "deduct", 12_340_000),
            ("40000", "deduct", 40_000),
            (40_000.0, "deduct", 40_000),
            (0.0000004, "deduct", 0),
            (999, "deduct", 999_000_000),
            (1000, "deduct", 1000),
            (0.04, "hold", 40_000),  # a kind that nobody documented
            (0.04, None, 40_000),
        ],
    )
    async def test_amounts_in_every_spelling_and_sign(self, price, kind, amount):
        (row,) = await self.rows(
            {
                "uuid": "row-1", "billing_type": kind, "price": price,
                "prediction": {"uuid": "p-1"}, "created_at": "2026-11-20T12:00:00.5Z",
            }
        )  # fmt: skip
        assert row == BillingRow("row-1", "p-1", amount, "2026-11-20T12:00:00Z")

    @pytest.mark.parametrize(
        "price",
        [
            None,
            True,
            "free",
            [],
            {},
            "NaN",
            "sNaN",
            "Infinity",
            "1e999999",
            "-1e400000",
            1234.56,
            "",
        ],
    )
    async def test_an_amount_that_is_none_stops_the_reading(self, price):
        with pytest.raises(ProviderError):
            await self.rows({"uuid": "row-1", "price": price})

    async def test_an_amount_as_a_bare_monster_stops_the_reading(self):
        body = b'{"code":200,"data":{"items":[{"uuid":"r","price":1e999999}]}}'
        with pytest.raises(ProviderError):
            await Vendor(httpx.Response(200, content=body)).client().billing(["p-1"])

    @pytest.mark.parametrize(
        "row", [{"price": 0.04}, {"uuid": 7, "price": 1}, {"uuid": "a\nb", "price": 1}, None, "x"]
    )
    async def test_a_row_without_an_id_stops_the_reading(self, row):
        with pytest.raises(ProviderError):
            await self.rows(row)

    async def test_a_row_of_nobody_has_no_prediction(self):
        items = [
            {"uuid": "1", "price": 1, "prediction": None},
            {"uuid": "2", "price": 1},
            {"uuid": "3", "price": 1, "prediction": {"uuid": None}},
            {"uuid": "4", "price": 1, "prediction": "p-1"},
            {"uuid": "5", "price": 1, "prediction": [7]},
        ]
        rows = await Vendor(ok({"items": items})).client().bill_between(START, START)
        assert [row.prediction for row in rows] == ["", "", "", "p-1", ""]

    async def test_rows_of_others_than_were_asked_for_are_left_out(self):
        mine, other = ({"uuid": p, "price": 1, "prediction": {"uuid": p}} for p in ("p-1", "p-2"))
        assert [row.row for row in await self.rows(mine, other)] == ["p-1"]

    async def test_a_row_that_is_read_twice_counts_once(self):
        row = {"uuid": "1", "price": 1, "prediction": {"uuid": "p-1"}, "order": {"state": "pre"}}
        (found,) = await self.rows(row, {**row, "order": {"state": "done"}})
        assert found.amount == 1_000_000

    async def test_a_row_that_says_two_things_stops_the_reading(self):
        row = {"uuid": "1", "price": 1, "prediction": {"uuid": "p-1"}}
        with pytest.raises(ProviderError, match="two things"):
            await self.rows(row, {**row, "price": 2})

    async def test_predictions_are_asked_for_a_hundred_at_a_time(self):
        vendor = Vendor(ok({"items": []}))
        await vendor.client().billing([f"p-{n}" for n in range(250)])
        assert [len(body["prediction_uuids"]) for body in vendor.bodies] == [100, 100, 50]
        assert await vendor.client().billing([]) == []
        assert len(vendor.requests) == 3

    async def test_a_window_is_asked_for_in_milliseconds(self):
        vendor = Vendor(ok({"items": []}))
        await vendor.client().bill_between(START, START + timedelta(seconds=1))
        (body,) = vendor.bodies
        assert (body["start_time"], body["end_time"]) == ("1795176000000", "1795176001000")
        assert "prediction_uuids" not in body


class TestSelling:
    async def test_a_price(self):
        vendor = Vendor(ok({"price": 0.16, "discounted_price": 0.1, "currency": "USD"}))
        assert await vendor.client().price(MODEL, {"max_images": 4}) == 160_000
        assert vendor.bodies == [{"model_id": MODEL, "inputs": {"max_images": 4}}]

    @pytest.mark.parametrize(
        ("balance", "amount"),
        [
            (12.5, 12_500_000),
            (0, 0),
            (5000, 5_000_000_000),
            ("7.25", 7_250_000),
            (-1.5, -1_500_000),
        ],
    )
    async def test_a_balance_is_dollars_however_large(self, balance, amount):
        assert await Vendor(ok({"balance": balance})).client().balance() == amount

    @pytest.mark.parametrize(
        ("price", "amount"),
        [("0.16", 160_000), (160_000, 160_000), (0.0275, 27_500), (0.00000001, 1), (1, 1_000_000)],
    )
    async def test_a_price_in_every_spelling_is_never_rounded_down(self, price, amount):
        assert await Vendor(ok({"price": price})).client().price(MODEL, {}) == amount

    @pytest.mark.parametrize("price", [0, 0.0, "0", -0.04, -40_000, "NaN", "1e99999", True])
    async def test_nothing_and_less_are_no_price(self, price):
        await failure_of(Vendor(ok({"price": price})).client().price(MODEL, {}))

    @pytest.mark.parametrize("data", [{}, None, {"price": None, "balance": None}, {"price": "x"}])
    async def test_none_is_no_price_and_no_balance(self, data):
        vendor = Vendor(ok(data))
        await failure_of(vendor.client().price(MODEL, {}))
        await failure_of(vendor.client().balance())

    async def test_questions_are_repeated_and_a_no_is_not(self):
        vendor = Vendor(httpx.Response(503), ok({"balance": 1}))
        assert await vendor.client().balance() == 1_000_000
        denied = Vendor(httpx.Response(403))
        assert (await failure_of(denied.client().balance())).failure is Failure.UNUSABLE
        assert len(denied.requests) == 1


async def test_the_key_goes_to_the_api_host_and_nowhere_else(locate):
    def answer(request):
        if request.url.host == "bucket.example":
            return httpx.Response(200)
        if request.url.path.endswith("/media/uploads"):
            return ok(TICKET)
        return ok({"id": "p-1", "items": [], "price": 1, "balance": 1})

    vendor = Vendor(answer)
    client = vendor.client(locate)
    await client.upload(DIGEST, "a")
    await client.submit(MODEL, BODY)
    await client.result("p-1")
    await client.history(START, START)
    await client.billing(["p-1"])
    await client.bill_between(START, START)
    await client.price(MODEL, {})
    await client.balance()
    told = {(r.url.host, r.headers.get("Authorization")) for r in vendor.requests}
    assert told == {("api.example", f"Bearer {KEY}"), ("bucket.example", None)}
    for request in vendor.requests:
        assert KEY not in str(request.url)
        assert KEY.encode() not in request.content
