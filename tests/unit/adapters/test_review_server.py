"""What the review server answers and what it refuses, asked through a socket byte by byte."""

import asyncio
import json
import threading
from pathlib import Path

import pytest

from pipeline.adapters import review_server
from pipeline.adapters.review_http import RefusedError
from pipeline.adapters.review_server import ReviewServer
from pipeline.adapters.shelf import Shelf

LINES = b'{"verdicts":1,"campaign":"winter"}\n'
HIDDEN = "what no page may show"


class FakeSheet:
    """A folder with a page and two pictures, and a note of what was posted."""

    def __init__(self, folder: Path) -> None:
        self.posted: list[bytes] = []
        outside = folder / "outside"
        self.folder = folder / "sheet"
        for name in ("thumbs/ab/a b.webp", "masters/anna.jpg", "view.json", "sheet.json"):
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"bytes of {name}")
        (self.folder / "view.json").write_text(HIDDEN)
        outside.mkdir()
        (outside / "secret.txt").write_text(HIDDEN)
        (self.folder / "masters" / "link.jpg").symlink_to(outside / "secret.txt")
        (self.folder / "away").symlink_to(outside)
        names = ["thumbs/ab/a b.webp", "masters/anna.jpg", "sheet.json", "masters/gone.jpg"]
        # A list that somebody tampered with does not open other files either.
        names += ["masters/link.jpg", "away/secret.txt", "../outside/secret.txt", "masters"]
        names += [str(outside / "secret.txt"), "thumbs/../view.json"]
        self._shelf = Shelf(self.folder, lambda: names)

    def page(self) -> bytes:
        return b"<!doctype html><title>the page</title>"

    def open(self, name):
        return self._shelf.open(name)

    def save(self, posted: bytes):
        if b"refuse" in posted:
            raise RefusedError(422, "V003, line 2: no verdict")
        self.posted.append(posted)
        return {"saved": 1, "file": "reviews/anna"}


class Asking:
    """A server and whoever asks it."""

    def __init__(self, server: ReviewServer, sheet: FakeSheet) -> None:
        self.server = server
        self.sheet = sheet

    def fill(self, raw: bytes) -> bytes:
        """A request with its blanks filled in: who is asked, and the token."""
        host = f"127.0.0.1:{self.server.port}".encode()
        return raw.replace(b"HOST", host).replace(b"TOKEN", self.server.token.encode())

    async def ask(self, raw: bytes, *, ends: bool = True) -> bytes:
        """Send bytes; returns all that comes back."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        writer.write(self.fill(raw))
        await writer.drain()
        if ends:
            writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return answer

    async def status(self, raw: bytes) -> int:
        answer = await self.ask(raw)
        return int(answer.split(b" ", 2)[1]) if answer else 0


@pytest.fixture
def meet(tmp_path):
    """Run something against a server."""

    def meeting(test):
        async def whole():
            sheet = FakeSheet(tmp_path)
            server = ReviewServer(sheet)
            stopped, begun = asyncio.Event(), asyncio.Event()
            run = asyncio.create_task(
                server.run(ready=lambda _address: begun.set(), stopped=stopped)
            )
            await begun.wait()
            try:
                return await test(Asking(server, sheet))
            finally:
                stopped.set()
                await run

        return asyncio.run(whole())

    return meeting


def get(target: bytes = b"/TOKEN/", *more: bytes, method: bytes = b"GET") -> bytes:
    return b"\r\n".join([method + b" " + target + b" HTTP/1.1", b"Host: HOST", *more, b"", b""])


POSTING = (
    b"Origin: http://HOST",
    b"X-Campaign-Token: TOKEN",
    b"Content-Type: application/x-ndjson",
)


def post(
    body: bytes = LINES, *more: bytes, target: bytes = b"/TOKEN/verdicts", without: bytes = b""
):
    fields = [field for field in POSTING if not (without and field.startswith(without))]
    length = b"Content-Length: %d" % len(body)
    named = [] if without == b"Content-Length" else [length]
    return get(target, *fields, *named, *more, method=b"POST") + body


ANSWERED = {
    "the page": get(),
    "the page by its name": get(b"/TOKEN/index.html"),
    "a picture": get(b"/TOKEN/masters/anna.jpg"),
    "a thumbnail whose name is encoded": get(b"/TOKEN/thumbs/ab/a%20b.webp"),
    "the facts": get(b"/TOKEN/sheet.json"),
    "as a browser asks": get(
        b"/TOKEN/masters/anna.jpg", b"Sec-Fetch-Site: same-origin", b"Sec-Fetch-Mode: no-cors"
    ),
    "from a page that leads here": get(
        b"/TOKEN/", b"Sec-Fetch-Site: cross-site", b"Sec-Fetch-Mode: navigate"
    ),
    "a picture asked for anew": get(b"/TOKEN/masters/anna.jpg?1795386197601"),
    "its head alone": get(method=b"HEAD"),
    "verdicts": post(),
    "verdicts with a charset": post(
        LINES, b"Content-Type: application/json; charset=UTF-8", without=b"Content-Type"
    ),
}

REFUSED = {
    # Who asks, and under what name
    "no host": (b"GET /TOKEN/ HTTP/1.1\r\n\r\n", 403),
    "another host": (b"GET /TOKEN/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
    "the host by name": (b"GET /TOKEN/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 403),
    "the host without its port": (b"GET /TOKEN/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 403),
    "the host with a user": (b"GET /TOKEN/ HTTP/1.1\r\nHost: a@HOST\r\n\r\n", 403),
    "two hosts": (get(b"/TOKEN/", b"Host: HOST"), 400),
    "another origin": (get(b"/TOKEN/", b"Origin: https://evil.example"), 403),
    "no origin at all": (get(b"/TOKEN/", b"Origin: null"), 403),
    "the origin by name": (get(b"/TOKEN/", b"Origin: http://localhost"), 403),
    "a picture in a foreign page": (
        get(b"/TOKEN/masters/anna.jpg", b"Sec-Fetch-Site: cross-site"),
        403,
    ),
    "no token": (get(b"/"), 404),
    "no slash behind it": (get(b"/TOKEN"), 404),
    "another token": (get(b"/TOKEN2/"), 404),
    "half a token": (get(b"/TOK/"), 404),
    "a picture without the token": (get(b"/masters/anna.jpg"), 404),
    # Methods
    "PUT": (get(method=b"PUT"), 405),
    "DELETE": (get(method=b"DELETE"), 405),
    "OPTIONS": (get(method=b"OPTIONS"), 405),
    "TRACE": (get(method=b"TRACE"), 405),
    "CONNECT": (get(b"evil.example:443", method=b"CONNECT"), 405),
    "a method in small letters": (get(method=b"get"), 400),
    "posting to the page": (post(target=b"/TOKEN/"), 405),
    "posting to a picture": (post(target=b"/TOKEN/masters/anna.jpg"), 405),
    "getting what takes posts": (get(b"/TOKEN/verdicts"), 404),
    # Paths
    "up": (get(b"/TOKEN/../outside/secret.txt"), 404),
    "up, encoded": (get(b"/TOKEN/%2e%2e/outside/secret.txt"), 404),
    "up, encoded twice": (get(b"/TOKEN/%252e%252e/outside/secret.txt"), 404),
    "up, in long UTF-8": (get(b"/TOKEN/%c0%ae%c0%ae/outside/secret.txt"), 404),
    "up, with an encoded slash": (get(b"/TOKEN/..%2foutside%2fsecret.txt"), 404),
    "up, the way of another system": (get(b"/TOKEN/..\\outside\\secret.txt"), 404),
    "up, and that encoded": (get(b"/TOKEN/..%5coutside%5csecret.txt"), 404),
    "down and up": (get(b"/TOKEN/thumbs/../view.json"), 404),
    "before the token": (get(b"/x/../TOKEN/"), 404),
    "an absolute path": (get(b"/TOKEN//etc/passwd"), 404),
    "an absolute path, encoded": (get(b"/TOKEN/%2fetc%2fpasswd"), 404),
    "another root": (get(b"//evil.example/"), 400),
    "a whole address": (get(b"http://127.0.0.1/TOKEN/"), 400),
    "a star": (get(b"*"), 400),
    "a NUL": (get(b"/TOKEN/masters/anna.jpg%00.png"), 404),
    "a bare NUL": (get(b"/TOKEN/masters/anna.jpg\x00"), 400),
    "a line feed": (get(b"/TOKEN/masters/anna.jpg%0a"), 404),
    "half an escape": (get(b"/TOKEN/masters/anna%2"), 404),
    "a drive": (get(b"/TOKEN/C:/Windows/win.ini"), 404),
    "a device": (get(b"/TOKEN/CON"), 404),
    "a stream": (get(b"/TOKEN/masters/anna.jpg::$DATA"), 404),
    "a short name": (get(b"/TOKEN/MASTER~1/anna.jpg"), 404),
    "other letters": (get(b"/TOKEN/Masters/anna.jpg"), 404),
    "a dot behind": (get(b"/TOKEN/masters/anna.jpg."), 404),
    "a question": (get(b"/TOKEN/masters/anna.jpg?x=1"), 404),
    "a folder": (get(b"/TOKEN/masters"), 404),
    "a folder's list": (get(b"/TOKEN/masters/"), 404),
    "a file that is not the sheet's": (get(b"/TOKEN/view.json"), 404),
    "a file that is gone": (get(b"/TOKEN/masters/gone.jpg"), 404),
    "a link out of the folder": (get(b"/TOKEN/masters/link.jpg"), 404),
    "a folder that is a link": (get(b"/TOKEN/away/secret.txt"), 404),
    # Posts
    "without an origin": (post(without=b"Origin"), 403),
    "from another page": (post(LINES, b"Origin: https://evil.example", without=b"Origin"), 403),
    "without the token's header": (post(without=b"X-Campaign-Token"), 403),
    "with another token": (post(LINES, b"X-Campaign-Token: x", without=b"X-Campaign-Token"), 403),
    "with two tokens": (post(LINES, b"X-Campaign-Token: TOKEN"), 400),
    "as a form": (
        post(LINES, b"Content-Type: application/x-www-form-urlencoded", without=b"Content-Type"),
        415,
    ),
    "as plain text": (post(LINES, b"Content-Type: text/plain", without=b"Content-Type"), 415),
    "without a type": (post(without=b"Content-Type"), 415),
    "in another encoding": (
        post(LINES, b"Content-Type: application/json; charset=utf-16", without=b"Content-Type"),
        415,
    ),
    "without a length": (post(without=b"Content-Length"), 411),
    "too long": (
        get(b"/TOKEN/verdicts", *POSTING, b"Content-Length: 8000001", method=b"POST"),
        413,
    ),
    "longer than any number": (
        get(b"/TOKEN/verdicts", *POSTING, b"Content-Length: " + b"9" * 40, method=b"POST"),
        400,
    ),
    "shorter than it says": (
        get(b"/TOKEN/verdicts", *POSTING, b"Content-Length: 99", method=b"POST") + LINES,
        400,
    ),
    "no verdicts": (post(b"refuse"), 422),
    # What two readers would read differently
    "two lengths": (post(LINES, b"Content-Length: 3"), 400),
    "a list of lengths": (
        get(b"/TOKEN/verdicts", *POSTING, b"Content-Length: 3, 3", method=b"POST") + b"abc",
        400,
    ),
    "a signed length": (
        get(b"/TOKEN/verdicts", *POSTING, b"Content-Length: +3", method=b"POST") + b"abc",
        400,
    ),
    "a length in hex": (
        get(b"/TOKEN/verdicts", *POSTING, b"Content-Length: 0x3", method=b"POST") + b"abc",
        400,
    ),
    "pieces": (post(b"0\r\n\r\n", b"Transfer-Encoding: chunked"), 501),
    "pieces, disguised": (post(b"0\r\n\r\n", b"Transfer-Encoding: xchunked"), 501),
    "a space before the colon": (get(b"/TOKEN/", b"Content-Length : 3"), 400),
    "a folded line": (get(b"/TOKEN/", b"X-A: 1", b" Transfer-Encoding: chunked"), 400),
    "a bare line feed": (get(b"/TOKEN/", b"X-A: 1\nTransfer-Encoding: chunked"), 400),
    "a bare carriage return": (get(b"/TOKEN/", b"X-A: 1\rX-B: 2"), 400),
    "a NUL in a header": (get(b"/TOKEN/", b"X-A: 1\x002"), 400),
    "a header without a name": (get(b"/TOKEN/", b": 1"), 400),
    "a body of a GET": (get(b"/TOKEN/", b"Content-Length: 3") + b"abc", 400),
    "a promise": (post(LINES, b"Expect: 100-continue"), 417),
    "HTTP of old": (b"GET /TOKEN/ HTTP/1.0\r\nHost: HOST\r\n\r\n", 505),
    "HTTP of older": (b"GET /TOKEN/\r\n\r\n", 400),
    "HTTP to come": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "an empty line first": (b"\r\n\r\n" + get(), 400),
    "two spaces": (b"GET  /TOKEN/ HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    # Too much
    "many headers": (get(b"/TOKEN/", *(b"X-%d: 1" % number for number in range(70))), 431),
    "a long header": (get(b"/TOKEN/", b"X-A: " + b"a" * 20_000), 431),
    "a long address": (get(b"/TOKEN/" + b"a" * 20_000), 431),
    "half a request": (b"GET /TOKEN/ HTTP/1.1\r\nHost", 400),
}


def test_what_is_answered(meet):
    async def all_of_them(asking):
        return {name: await asking.status(raw) for name, raw in ANSWERED.items()}, asking.sheet

    found, sheet = meet(all_of_them)
    assert found == dict.fromkeys(ANSWERED, 200)
    assert sheet.posted == [LINES, LINES]


def test_what_is_refused(meet):
    async def all_of_them(asking):
        answers = {name: await asking.ask(raw) for name, (raw, _) in REFUSED.items()}
        return answers, asking.sheet

    answers, sheet = meet(all_of_them)
    found = {name: int(answer.split(b" ", 2)[1]) for name, answer in answers.items()}
    assert found == {name: status for name, (_, status) in REFUSED.items()}
    assert sheet.posted == []
    for name, answer in answers.items():
        head, _, body = answer.partition(b"\r\n\r\n")
        assert HIDDEN.encode() not in answer, name
        assert json.loads(body).keys() == {"error"}, name
        assert b"Connection: close" in head, name


def test_a_second_request_behind_the_first_is_never_read(meet):
    hidden = post(b"hidden")

    async def both(asking):
        answer = await asking.ask(post(LINES + b"", b"X-A: 1") + hidden)
        return answer, asking.sheet.posted

    answer, posted = meet(both)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert posted == [LINES]


def test_what_an_answer_says_about_itself(meet):
    async def three(asking):
        return [await asking.ask(get(b"/TOKEN/" + name)) for name in (b"", b"masters/anna.jpg")]

    page, picture = meet(three)
    for answer in (page, picture):
        for field in (
            b"Cache-Control: no-store",
            b"Cross-Origin-Resource-Policy: same-origin",
            b"Referrer-Policy: no-referrer",
            b"X-Content-Type-Options: nosniff",
            b"X-Frame-Options: DENY",
        ):
            assert field in answer
        assert b"Access-Control-" not in answer
    assert b"Content-Security-Policy: frame-ancestors 'none'\r\n" in page
    assert b"Content-Security-Policy: default-src 'none'; sandbox\r\n" in picture
    assert b"Content-Type: image/jpeg\r\n" in picture
    assert picture.endswith(b"\r\n\r\nbytes of masters/anna.jpg")


def test_a_head_has_no_body(meet):
    async def one(asking):
        return await asking.ask(get(b"/TOKEN/masters/anna.jpg", method=b"HEAD"))

    answer = meet(one)
    assert b"Content-Length: 25\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_each_session_has_a_token_of_its_own(tmp_path):
    (tmp_path / "one").mkdir()
    sheet = FakeSheet(tmp_path / "one")
    tokens = {ReviewServer(sheet).token for _ in range(50)}
    assert len(tokens) == 50
    assert min(map(len, tokens)) >= 32


def test_connections_beyond_what_a_browser_needs_are_turned_away(meet, monkeypatch):
    monkeypatch.setattr(review_server, "MOST_AT_ONCE", 1)

    async def two(asking):
        _, idle = await asyncio.open_connection("127.0.0.1", asking.server.port)
        idle.write(b"GET")
        await idle.drain()
        status = 0
        for _ in range(50):
            status = await asking.status(get())
            if status == 503:
                break
        idle.close()
        return status

    assert meet(two) == 503


def test_whoever_says_nothing_is_not_waited_for(meet, monkeypatch):
    monkeypatch.setattr(review_server, "PATIENCE", 0.01)

    async def silent(asking):
        slow = get(b"/TOKEN/verdicts", *POSTING, b"Content-Length: 9", method=b"POST")
        return await asking.ask(b"GET", ends=False), await asking.ask(slow, ends=False)

    nothing, short = meet(silent)
    assert nothing == b""
    assert b" 400 " in short


def test_a_batch_under_way_is_taken_over_before_the_end(tmp_path):
    """Ctrl-C while a batch is written: it is written to its end, and the page hears of it."""

    async def whole():
        begun, stopped = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        sheet = FakeSheet(tmp_path)
        keep = sheet.save

        def save(posted):
            loop.call_soon_threadsafe(stopped.set)
            return keep(posted)

        sheet.save = save
        server = ReviewServer(sheet)
        run = asyncio.create_task(server.run(ready=lambda _address: begun.set(), stopped=stopped))
        await begun.wait()
        asked = asyncio.create_task(Asking(server, sheet).ask(post()))
        await run
        return await asked, sheet.posted

    answer, posted = asyncio.run(whole())
    assert posted == [LINES]
    assert b" 200 OK" in answer


def test_the_end_waits_for_a_batch_that_takes_long(tmp_path, monkeypatch):
    monkeypatch.setattr(review_server, "_GOODBYE", 0)

    async def whole():
        begun, stopped, written = asyncio.Event(), asyncio.Event(), threading.Event()
        loop = asyncio.get_running_loop()
        sheet = FakeSheet(tmp_path)
        keep = sheet.save

        def later(turns: int) -> None:
            """Let the loop turn some times, in which the server would be gone."""
            stopped.set()
            loop.call_soon(later, turns - 1) if turns else written.set()

        def save(posted):
            loop.call_soon_threadsafe(later, 50)
            assert written.wait(10)
            return keep(posted)

        sheet.save = save
        server = ReviewServer(sheet)
        run = asyncio.create_task(server.run(ready=lambda _address: begun.set(), stopped=stopped))
        await begun.wait()
        asked = asyncio.create_task(Asking(server, sheet).ask(post()))
        await run
        posted = list(sheet.posted)
        await asyncio.gather(asked, return_exceptions=True)
        return posted

    assert asyncio.run(whole()) == [LINES]


def test_a_bug_is_told_and_does_not_end_the_session(meet):
    async def three(asking):
        logged = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, what: logged.append(what))
        keep, asking.sheet.page = asking.sheet.page, lambda: 1 / 0
        broken = await asking.ask(get())
        asking.sheet.page = keep
        return broken, await asking.status(get()), logged

    broken, after, logged = meet(three)
    assert b" 500 " in broken
    assert b"a bug in the program" in broken
    assert after == 200
    assert [type(one["exception"]) for one in logged] == [ZeroDivisionError]


def test_a_list_that_was_tampered_with_leads_nowhere(tmp_path):
    sheet = FakeSheet(tmp_path)
    for name in ("../outside/secret.txt", "thumbs/../view.json", "masters", "masters/link.jpg"):
        assert sheet.open(name) is None
    assert sheet.open(str(tmp_path / "outside" / "secret.txt")) is None
    with sheet.open("masters/anna.jpg") as file:
        assert file.read() == b"bytes of masters/anna.jpg"
