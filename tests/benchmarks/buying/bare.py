"""The bare loop: the same requests with httpx, and nothing else. `BASE FOLDER COUNT WIDTH`.

For each prediction it reads a source file, uploads it by ticket, submits, looks until the
prediction has ended, downloads the picture, hashes it and writes it to a file. There is no ledger,
no lock, no sync to the disk, no look into the picture, no limit on rates, and no thought about
failures: the first one ends it. The pool of connections is httpx's as it comes. It looks at every
connection for every request (without its limits it is slower still) and tries four times a request
to import a package that nothing here needs (httpcore 1.0.9, `_synchronization.py`); ours does not.
"""

import asyncio
import hashlib
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.benchmarks.buying.stopwatch import Stopwatch
from tests.benchmarks.buying.wanted import KEY, MODEL, PACE, SIZE, sources

_UNDER_WAY = frozenset({"created", "processing"})


async def buy_all(base: str, folder: Path, count: int, width: int) -> None:
    """Buy so many pictures, so many at once."""
    files = sources(folder)
    numbers = iter(range(count))
    async with httpx.AsyncClient(base_url=base, timeout=60.0) as client:
        with Stopwatch(count):
            async with asyncio.TaskGroup() as group:
                for _ in range(width):
                    group.create_task(_worker(client, folder, files, numbers))


async def _worker(
    client: httpx.AsyncClient, folder: Path, files: list[Path], numbers: Iterator[int]
) -> None:
    for number in numbers:
        await _buy(client, folder, files[number % len(files)], number)


async def _buy(client: httpx.AsyncClient, folder: Path, source: Path, number: int) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    content = source.read_bytes()  # noqa: ASYNC240 (a few bytes, and it is the fastest way)
    ask = {"filename": source.name, "size": len(content), "content_type": "image/jpeg"}
    ticket = _data(await client.post("/api/v3/media/uploads", headers=headers, json=ask))
    how = ticket["upload"]
    (await client.put(how["url"], headers=how["headers"], content=content)).raise_for_status()
    body = {"prompt": f"Number {number}.", "images": [ticket["download_url"]], "size": SIZE}
    prediction = _data(await client.post(f"/api/v3/{MODEL}", headers=headers, json=body))["id"]
    for looks in itertools.count(1):
        await asyncio.sleep(PACE.wait(looks))
        address = f"/api/v3/predictions/{prediction}/result"
        seen = _data(await client.get(address, headers=headers))
        if seen["status"] not in _UNDER_WAY:
            break
    for output in seen["outputs"]:
        picture = (await client.get(output)).raise_for_status().content
        (folder / f"{hashlib.sha256(picture).hexdigest()}.jpg").write_bytes(picture)


def _data(answer: httpx.Response):
    return json.loads(answer.raise_for_status().content)["data"]


if __name__ == "__main__":
    asyncio.run(buy_all(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
