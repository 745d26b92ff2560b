"""A provider that costs next to nothing, for what the embedded one is too slow for: `HELD`.

It speaks as much of the protocol as a purchase needs, keeps everything in memory and checks
nothing. No prediction ends before HELD of them were submitted; with 0 each has ended when it is
first looked at. It prints its base address when it listens, and ends on SIGTERM.
"""

import itertools
import json
import sys

from starlette.types import Receive, Scope, Send

from pipeline.emulator.serve import serve
from tests.emulator.plain_engine import jpeg

_API = "/api/v3/"


class Light:
    """The provider as an ASGI application."""

    def __init__(self, base: str, held: int) -> None:
        """Answer at an address; end nothing before so many were submitted."""
        self._base = base
        self._held = held
        self._submitted = 0
        self._uploads = itertools.count()
        self._picture = jpeg(16, 16)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        path: str = scope["path"]
        if path.startswith("/outputs/"):
            # What follows the end of a JPEG is not looked at, and makes each file another one.
            body = self._picture + path.encode()
        elif path.startswith(_API):
            body = json.dumps({"code": 200, "data": self._answer(path)}).encode()
        else:
            body = b""
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, path: str):
        if path == f"{_API}media/uploads":
            number = next(self._uploads)
            how = {"method": "PUT", "url": f"{self._base}/tickets/{number}", "headers": {}}
            return {"download_url": f"{self._base}/media/{number}.jpg", "upload": how}
        if path.endswith("/result"):
            return self._prediction(path.split("/")[-2])
        self._submitted += 1
        return self._prediction(f"p{self._submitted:08}")

    def _prediction(self, name: str):
        has_ended = self._submitted >= self._held
        return {
            "id": name,
            "status": "completed" if has_ended else "processing",
            "outputs": [f"{self._base}/outputs/{name}.jpg"] if has_ended else [],
        }


def main(held: str) -> None:
    serve(lambda base: Light(base, int(held)), on_ready=lambda base: print(base, flush=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
