"""The work behind one prediction, from stored files to stored files; runs in worker threads."""

import hashlib
import json
import logging
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

import pyvips

from pipeline import catalog
from pipeline.domain.card import Card, InputRule
from pipeline.emulator.files import output_file, write_whole
from pipeline.emulator.interface import Edited, EditRequest, Engine, EngineError
from pipeline.emulator.pricing import outputs_wanted, with_defaults
from pipeline.emulator.records import Prediction
from pipeline.emulator.state import State
from pipeline.emulator.validation import IllegalError, output_size

INVALID_PARAMETER = 1401
UNREACHABLE = 1402
INTERNAL = 5000

_SIGNATURES = (
    ("jpeg", b"\xff\xd8\xff"),
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("gif", b"GIF8"),
    ("tiff", b"II*\x00"),
    ("tiff", b"MM\x00*"),
)
_MOST_SEEN = 4096
_seen: dict[str, tuple[int, int] | None] = {}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """A request that can be made: its input files were read and found to be legal.

    Attributes:
        request: without its seed, which depends on what was made before.
        pictures: input files' bytes in request order.
        digest: names the request as the model sees it, in hex.
    """

    request: EditRequest
    pictures: tuple[bytes, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Made:
    """The outputs' files are durable."""

    outputs: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing is delivered; `code` and `error` are the prediction's."""

    code: int
    error: str


def prepare(prediction: Prediction, *, state: State) -> Ready | Failed:
    """Read a prediction's input files and judge them as the model does."""
    try:
        return _prepare(prediction, state.folder)
    except EngineError as error:
        return Failed(error.code, error.message)
    except Exception as error:  # noqa: BLE001 - a failed picture must not end the worker
        return _internal(prediction, error)


def make(
    prediction: Prediction,
    ready: Ready,
    *,
    again: int,
    engine: Engine,
    state: State,
    withheld: AbstractSet[int],
) -> Made | Failed:
    """Do a prediction's work.

    Doing it again gives the same files, so that work cut short by a crash is simply repeated.

    Args:
        prediction: an accepted request.
        ready: what `prepare` made of it.
        again: how many other predictions asked for exactly the same before.
        engine: makes the pictures.
        state: its folder is where outputs are written.
        withheld: positions from 1 of the pictures that are not delivered.
    """
    try:
        edited = _edit(ready, again, engine)
        delivered = [
            picture for place, picture in enumerate(edited.pictures, 1) if place not in withheld
        ]
        for index, content in enumerate(delivered):
            file = state.folder / output_file(prediction.id, index)
            write_whole(file, content, durable=state.durable)
    except EngineError as error:
        return Failed(error.code, error.message)
    except Exception as error:  # noqa: BLE001 - a failed picture must not end the worker
        return _internal(prediction, error)
    return Made(outputs=len(delivered), notes=edited.notes)


def _edit(ready: Ready, again: int, engine: Engine) -> Edited:
    request = replace(ready.request, seed=_seed(ready.digest, again))
    edited = engine.edit(request, ready.pictures)
    if len(edited.pictures) != request.wanted:
        made = f"{len(edited.pictures)} pictures made of {request.wanted}"
        raise EngineError(INTERNAL, made)
    return edited


def _internal(prediction: Prediction, error: Exception) -> Failed:
    _log.debug("prediction %s", prediction.id, exc_info=error)
    return Failed(INTERNAL, f"internal error: {type(error).__name__}: {error}")


def _prepare(prediction: Prediction, folder: Path) -> Ready:
    card = catalog.card(prediction.model)
    try:
        width, height = output_size(card, prediction.inputs)
    except IllegalError as error:
        raise EngineError(INVALID_PARAMETER, f"invalid parameter: {error}") from error
    pictures = [_read(folder, source) for source in prediction.sources]
    digests = [hashlib.sha256(picture).hexdigest() for picture in pictures]
    for picture, digest in zip(pictures, digests, strict=True):
        _check_picture(card.inputs, picture, digest)
    request = EditRequest(
        model=card.model,
        prompt=str(prediction.inputs.get("prompt", "")),
        width=width,
        height=height,
        wanted=outputs_wanted(card, prediction.inputs),
        seed=0,
    )
    return Ready(request, tuple(pictures), _request_digest(card, prediction, digests))


def _read(folder: Path, source: str | None) -> bytes:
    if source is None:
        raise EngineError(UNREACHABLE, "media URL not reachable: only uploads to this server are")
    try:
        return (folder / source).read_bytes()
    except FileNotFoundError:
        raise EngineError(UNREACHABLE, "media URL not reachable: the file is gone") from None


def _request_digest(card: Card, prediction: Prediction, digests: Sequence[str]) -> str:
    """Names the request as the model sees it, in hex.

    Addresses are left out, since they differ with each upload, and so are the two switches that
    only say how the answer travels.
    """
    unseen = {card.inputs.field, "enable_sync_mode", "enable_base64_output"}
    full = with_defaults(card, prediction.inputs)
    seen = {
        "model": card.model,
        "pictures": digests,
        "inputs": {name: value for name, value in full.items() if name not in unseen},
    }
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


def _seed(request: str, again: int) -> int:
    """A number for the engine's dice: asking for the same once more is asking for another take."""
    digest = hashlib.sha256(f"{request}/{again}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


def _check_picture(rule: InputRule, picture: bytes, digest: str) -> None:
    kind = _format(picture)
    if kind is None:
        raise EngineError(UNREACHABLE, "media URL not reachable: the file is no picture")
    if kind not in rule.formats:
        raise EngineError(INVALID_PARAMETER, f"image format {kind} is not supported")
    if len(picture) > rule.max_bytes:
        raise EngineError(INVALID_PARAMETER, f"image file must be at most {rule.max_bytes} bytes")
    sides = _sides(picture, digest)
    if sides is None:
        return  # a known format that this library was built without; the engine has the last word
    shorter, longer = sides
    if shorter < rule.min_side:
        raise EngineError(INVALID_PARAMETER, f"image sides must be at least {rule.min_side} px")
    if longer * shorter > rule.max_pixels:
        raise EngineError(INVALID_PARAMETER, f"image must have at most {rule.max_pixels} pixels")
    if longer > rule.max_ratio * shorter:
        raise EngineError(INVALID_PARAMETER, f"image sides must be within 1:{rule.max_ratio}")


def _sides(picture: bytes, digest: str) -> tuple[int, int] | None:
    """Shorter and longer side in px; None where the header cannot be read.

    What was found is kept by digest: references and retries come again and again.
    """
    if digest not in _seen:
        if len(_seen) >= _MOST_SEEN:
            _seen.clear()
        try:
            header = pyvips.Image.new_from_buffer(picture, "")
        except pyvips.Error:
            _seen[digest] = None
        else:
            shorter, longer = sorted((header.width, header.height))
            _seen[digest] = (shorter, longer)
    return _seen[digest]


def _format(picture: bytes) -> str | None:
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "webp"
    return next((name for name, start in _SIGNATURES if picture.startswith(start)), None)
