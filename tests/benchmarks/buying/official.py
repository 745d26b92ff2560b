"""The vendor's own Python client in a pool of threads: `BASE FOLDER COUNT WIDTH INTERVAL`.

Runs in the virtualenv of the peers, as a plain script. For each prediction it calls the client's
`upload` and `run`, which submits and looks until the end, every INTERVAL seconds and for the first
time at once; then it downloads the picture with requests, as that client's users do, hashes it and
writes it to a file.
"""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from stopwatch import Stopwatch
from wavespeed import Client

MODEL = "bytedance/seedream-v4.5/edit"


def main(base: str, folder: Path, count: int, width: int, interval: float) -> None:
    """Buy so many pictures, so many at once."""
    sources = sorted((folder / "campaigns").rglob("*.jpg"))
    client = Client(api_key="a-key-of-sixteen-letters-and-more", base_url=base)

    def buy(number: int) -> None:
        address = client.upload(str(sources[number % len(sources)]))
        body = {"prompt": f"Number {number}.", "images": [address], "size": "2560*1440"}
        made = client.run(MODEL, body, poll_interval=interval)
        for output in made["outputs"]:
            answer = requests.get(output, timeout=60)
            answer.raise_for_status()
            name = hashlib.sha256(answer.content).hexdigest()
            (folder / f"{name}.jpg").write_bytes(answer.content)

    with Stopwatch(count), ThreadPoolExecutor(width) as pool:
        for _ in pool.map(buy, range(count)):
            pass


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
