"""The cheapest client: requests as ready bytes over kept connections: `BASE COUNT WIDTH`.

It uploads one picture, then submits, looks until the end and downloads, so many at once. It reads
of each answer only its length, its status and what is needed for the next step, so that what is
measured is the provider and not its client.
"""

import asyncio
import itertools
import re
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

from pipeline.execution.decisions import PollPace
from tests.benchmarks.buying.stopwatch import Stopwatch
from tests.benchmarks.buying.wanted import KEY, MODEL, SIZE
from tests.emulator.plain_engine import jpeg

_PACE = PollPace(first_s=0.3, growth=1.5, most_s=1.0)
"""Nearly all have ended at the first look, as with those who look every two seconds."""
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_ID = re.compile(rb'"id": ?"([^"]+)"')
_OUTPUT = re.compile(rb'"outputs": ?\["([^"]+)"')


class Connection:
    """One kept connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, request: bytes) -> bytes:
        """Send a whole request; the body of its answer, which must be 200."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        found = _LENGTH.search(head)
        assert found is not None, head
        return await self._reader.readexactly(int(found[1]))


async def buy_all(base: str, count: int, width: int) -> None:
    """Buy so many pictures, so many at once, over as many connections."""
    place = urlsplit(base)
    picture = jpeg(64, 48)
    wanted = {"filename": "a.jpg", "size": len(picture), "content_type": "image/jpeg"}
    async with httpx.AsyncClient() as client:
        headers = {"Authorization": f"Bearer {KEY}"}
        asked = await client.post(f"{base}/api/v3/media/uploads", headers=headers, json=wanted)
        sent = asked.json()["data"]
        how = sent["upload"]
        (await client.put(how["url"], headers=how["headers"], content=picture)).raise_for_status()
    numbers = iter(range(count))
    with Stopwatch(count):
        async with asyncio.TaskGroup() as group:
            for _ in range(width):
                streams = await asyncio.open_connection(place.hostname, place.port)
                group.create_task(_worker(Connection(*streams), sent["download_url"], numbers))


async def _worker(connection: Connection, image: str, numbers: Iterator[int]) -> None:
    for number in numbers:
        await _buy(connection, image, number)


async def _buy(connection: Connection, image: str, number: int) -> None:
    body = f'{{"prompt":"Number {number}.","images":["{image}"],"size":"{SIZE}"}}'.encode()
    made = await connection.ask(_request("POST", f"/api/v3/{MODEL}", body))
    found = _ID.search(made)
    assert found is not None, made
    look = _request("GET", f"/api/v3/predictions/{found[1].decode()}/result")
    for looks in itertools.count(1):
        await asyncio.sleep(_PACE.wait(looks))
        seen = await connection.ask(look)
        output = _OUTPUT.search(seen)
        if output is not None:
            break
    picture = await connection.ask(_request("GET", urlsplit(output[1].decode()).path))
    assert picture.startswith(b"\xff\xd8"), picture[:20]


def _request(method: str, path: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {KEY}"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


if __name__ == "__main__":
    asyncio.run(buy_all(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
