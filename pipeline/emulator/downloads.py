"""Uploads and delivered pictures on their public addresses, whole or otherwise."""

import asyncio
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from pipeline.emulator.broken import BrokenAnswer, dripping
from pipeline.emulator.files import output_file, upload_file
from pipeline.emulator.moments import in_micros
from pipeline.emulator.provider import Provider, provider_of
from pipeline.emulator.records import Prediction

_JPEG = "image/jpeg"


async def media(request: Request) -> Response:
    """An upload's bytes, to anybody who knows the address."""
    provider = provider_of(request)
    upload = provider.upload(request.path_params["upload"])
    if upload is None or upload.filename != request.path_params["filename"]:
        raise HTTPException(404, "not found")
    return _whole(provider.state.folder / upload_file(upload.id), upload.content_type)


async def output(request: Request) -> Response:
    """An output's bytes, to anybody who knows the address."""
    provider = provider_of(request)
    index = request.path_params["index"]
    made = provider.prediction(request.path_params["prediction"])
    if made is None or index >= made.outputs:
        raise HTTPException(404, "not found")
    if _is_gone(provider, made):
        raise HTTPException(provider.faults.gone_status, "not there any more")
    file = provider.state.folder / output_file(made.id, index)
    media_type = provider.faults.lying_type.of(made.own) or _JPEG
    whole = _whole(file, media_type)
    return await _spoilt(provider, made, file, media_type) or whole


def _is_gone(provider: Provider, made: Prediction) -> bool:
    after_s = provider.faults.outputs_gone.of(made.own)
    return after_s is not None and provider.now_us() >= made.created_us + in_micros(after_s)


async def _spoilt(
    provider: Provider, made: Prediction, file: Path, media_type: str
) -> Response | None:
    """This download, if something is wrong with it."""
    faults, name = provider.faults, f"{made.id}/{file.name}"
    breaks = provider.is_among_first("break off", name, faults.break_off.of(made.own))
    is_cut = provider.is_among_first("truncate", name, faults.truncate.of(made.own))
    pause_s = faults.drip.of(made.own)
    if not breaks and not is_cut and pause_s is None:
        return None
    content = await asyncio.to_thread(file.read_bytes)
    half = content[: len(content) // 2]
    if breaks:
        return BrokenAnswer(half, announced=len(content), media_type=media_type)
    sent = half if is_cut else content
    if pause_s is None:
        return Response(sent, media_type=media_type)
    return dripping(sent, seconds=pause_s, sleep=provider.sleep, media_type=media_type)


class _Picture(FileResponse):
    """A file, the usual one at once: opening, reading and closing each cost a change of thread."""

    chunk_size = 4_000_000
    tiny = 64_000
    """Bytes that are read faster than a thread is woken; what was just made is in memory."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_plain = scope["method"] == "GET" and "range" not in Headers(scope=scope)
        size = int(self.headers["content-length"])
        if not is_plain or size > self.chunk_size:
            await super().__call__(scope, receive, send)
            return
        file = Path(self.path)
        is_tiny = size <= self.tiny
        content = file.read_bytes() if is_tiny else await asyncio.to_thread(file.read_bytes)  # noqa: ASYNC240 - see `tiny`
        await Response(content, headers=self.headers)(scope, receive, send)


def _whole(file: Path, media_type: str) -> Response:
    try:
        found = file.stat()
    except FileNotFoundError:
        raise HTTPException(404, "not found") from None
    return _Picture(file, media_type=media_type, stat_result=found)
