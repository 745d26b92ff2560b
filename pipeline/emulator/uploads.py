"""Files in: ticket and multipart uploads."""

import asyncio
import mimetypes
import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.emulator.answers import success, upload_object
from pipeline.emulator.bodies import MOST_UPLOAD, read_bounded, read_file_field, read_shape
from pipeline.emulator.files import upload_file, write_whole
from pipeline.emulator.provider import Provider, provider_of
from pipeline.emulator.records import Upload
from pipeline.emulator.shapes import TicketRequest

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_MIME = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
_LONGEST_NAME = 120


async def ticket(request: Request) -> JSONResponse:
    """Give out an address to which one file may be sent once, without a key."""
    provider = provider_of(request)
    wanted = await read_shape(request, TicketRequest)
    if wanted.size > MOST_UPLOAD:
        raise HTTPException(413, f"file is larger than {MOST_UPLOAD} bytes")
    upload = _add(provider, wanted.filename, wanted.content_type, wanted.size)
    how = {
        "method": "PUT",
        "url": f"{provider.base_url}/tickets/{upload.ticket}",
        "headers": _ticket_headers(upload),
    }
    return success({**upload_object(upload, base_url=provider.base_url), "upload": how})


async def put(request: Request) -> Response:
    """Take the bytes of a ticket: exactly its headers, exactly its size, once, and no key.

    A key that arrives here has been handed to a storage host, so it is an error.
    """
    provider = provider_of(request)
    upload = provider.state.uploads.of_ticket(request.path_params["ticket"])
    if upload is None or upload.created_us < provider.horizon_us():
        raise HTTPException(404, "upload ticket not found")
    if "authorization" in request.headers:
        raise HTTPException(400, "a ticket is its own permission; send no Authorization header")
    wrong = [n for n, v in _ticket_headers(upload).items() if request.headers.get(n) != v]
    if wrong:
        raise HTTPException(403, f"header {wrong[0]} is not as in the ticket")
    content = await read_bounded(request, MOST_UPLOAD)
    if len(content) != upload.size:
        raise HTTPException(400, f"{len(content)} bytes sent, {upload.size} announced")
    now = provider.state.uploads.of_id(upload.id)
    if now is None or now.received:
        raise HTTPException(412, "the file is there already")
    await _receive(provider, upload, content)
    return Response(status_code=200)


async def multipart(request: Request) -> JSONResponse:
    """Take a file in one call."""
    provider = provider_of(request)
    part = await read_file_field(request)
    upload = _add(provider, part.filename, part.content_type, len(part.content))
    await _receive(provider, upload, part.content)
    return success(upload_object(upload, base_url=provider.base_url))


def _add(provider: Provider, filename: str, content_type: str, size: int) -> Upload:
    safe = _UNSAFE.sub("-", filename).strip(".-")[-_LONGEST_NAME:] or "file"
    guessed = mimetypes.guess_type(safe)[0] or "application/octet-stream"
    kind = content_type if _MIME.fullmatch(content_type) else guessed
    return provider.state.uploads.add(
        filename=safe, content_type=kind, size=size, now_us=provider.now_us()
    )


async def _receive(provider: Provider, upload: Upload, content: bytes) -> None:
    path = provider.state.folder / upload_file(upload.id)
    await asyncio.to_thread(write_whole, path, content, durable=provider.state.durable)
    provider.state.uploads.receive(upload.id)
    await provider.state.saved()


def _ticket_headers(upload: Upload) -> dict[str, str]:
    return {"Content-Type": upload.content_type, "If-None-Match": "*"}
