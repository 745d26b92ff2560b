"""Sign finished renditions: content credentials (C2PA) whose parent is the master as delivered.

What is signed is the finished file with its XMP; nothing may change it afterwards. Signatures and
the names of manifests are random, so the same file signed twice differs: what it was made for is
named by its render key, which knows the certificate.
"""

import base64
import functools
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import c2pa

from pipeline import __version__
from pipeline.domain.labels import DRAFT_WORDS, Label
from pipeline.domain.rendition import RenditionSpec
from pipeline.imaging import loading
from pipeline.imaging.provenance.credentials import SETTINGS
from pipeline.imaging.provenance.identity import Identity
from pipeline.imaging.provenance.texts import short

TOOL: Final = "campaign-pipeline"
_DRAFT_ENGINE: Final = "campaign-pipeline draft engine"
_PARENT: Final = "master"
_FROM_WORDS: Final = frozenset({"trainedAlgorithmicMedia", "algorithmicMedia"})

_SPARE: Final = 512
"""Bytes for names that are longer than that of the tiny picture."""
_TINY: Final = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////"
    "////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABP/EABQQAQAA"
    "AAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AE//Z"
)
"""A grey JPEG of one pixel."""


class SigningError(ValueError):
    """A file that could not be signed; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Parent:
    """What a rendition is derived from.

    Attributes:
        format: its container's.
        width: px, upright.
        height: px, upright.
    """

    format: str
    width: int
    height: int


class Signer:
    """Signs the renditions of one master with one identity; an `imaging.render.Sign`."""

    def __init__(self, identity: Identity, master: Path) -> None:
        """Prepare.

        Args:
            identity: who signs.
            master: the parent of all that is signed; read, never changed. Credentials of its own
                become part of the chain, whatever their state.
        """
        self._identity = identity
        self._master = master

    @functools.cached_property
    def room(self) -> int:
        """Most bytes that a signature adds; found by signing a tiny picture.

        A master with credentials adds all of them to each of its renditions.
        """
        spec = RenditionSpec(1, 1, label=Label("compositeWithTrainedAlgorithmicMedia", ""))
        signed = self(_TINY, mime="image/jpeg", master=self._master, spec=spec, name="")
        return len(signed) - len(_TINY) + _SPARE

    @functools.cached_property
    def _parent(self) -> Parent:
        with loading.opened(self._master) as file:
            header = loading.header(file)
        return Parent(header.format, header.width, header.height)

    def __call__(
        self, data: bytes, *, mime: str, master: Path, spec: RenditionSpec, name: str
    ) -> bytes:
        """A finished file with credentials; everything else in it stays as it is.

        Args:
            data: of a finished file.
            mime: of it.
            master: the one that this signer is for.
            spec: what was made of it.
            name: under which people know the file.

        Raises:
            SigningError: it was not signed.
        """
        try:
            with master.open("rb") as file:
                return self._signed(data, mime, _claim(spec, name, self._parent), file)
        except c2pa.C2paError as error:
            raise SigningError(short(str(error))) from error
        except OSError as error:
            raise SigningError(f"its master cannot be read: {error.strerror}") from error

    def _signed(self, data: bytes, mime: str, claim: Mapping[str, Any], master: BinaryIO) -> bytes:
        form = self._parent.format
        ingredient = {
            "title": f"{self._master.name}.{form}",
            "description": "the picture as it was delivered",
            "relationship": "parentOf",
            "label": _PARENT,
        }
        info = c2pa.C2paSignerInfo(  # type: ignore[no-untyped-call] # the library has no types there
            alg=self._identity.algorithm.encode(),
            sign_cert=self._identity.chain.encode("latin-1"),
            private_key=self._identity.key,
            ta_url=None,
        )
        result = io.BytesIO()
        # Handles of the library are made anew for each file: they refuse to be shared by threads.
        with (
            c2pa.Context.from_dict(dict(SETTINGS)) as context,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder.from_json(json.dumps(claim), context=context) as builder,
        ):
            builder.add_ingredient(json.dumps(ingredient), f"image/{form}", master)
            builder.sign(signer, mime, io.BytesIO(data), result)
        return result.getvalue()


def _claim(spec: RenditionSpec, name: str, parent: Parent) -> dict[str, Any]:
    label = spec.label
    is_draft = label is not None and label.is_draft
    return {
        "claim_generator_info": [{"name": TOOL, "version": __version__}],
        "title": f"DRAFT {name}" if is_draft else name,
        "format": f"image/{spec.format}",
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": _actions(spec, label, parent)}}
        ],
    }


def _actions(spec: RenditionSpec, label: Label | None, parent: Parent) -> list[dict[str, Any]]:
    """What was done, in order.

    The parent already is what the model made; the action that says so stands in this claim because
    most readers look at the newest one alone.
    """
    opened: dict[str, Any] = {"action": "c2pa.opened", "parameters": {"ingredientIds": [_PARENT]}}
    found = [opened]
    if label is not None:
        made = {
            "digitalSourceType": label.source_uri,
            "softwareAgent": {
                "name": _DRAFT_ENGINE if label.is_draft else label.model or "unknown"
            },
            "description": DRAFT_WORDS if label.is_draft else _made_by(label),
        }
        if label.source_type not in _FROM_WORDS:
            found.append({"action": "c2pa.edited", **made})
        else:
            # `created` may not stand beside `opened`, so what was opened says how it came to be.
            opened |= made
    return [*found, *({"action": f"c2pa.{one}"} for one in _derived(spec, parent))]


def _made_by(label: Label) -> str:
    verb = "Made from words alone" if label.source_type in _FROM_WORDS else "Edited"
    by = f" by {label.system}" if label.system else " by a generative model"
    return f"{verb}{by}; the parent is the file as delivered."


def _derived(spec: RenditionSpec, parent: Parent) -> Sequence[str]:
    """What rendering did to the master, as C2PA calls it."""
    found: list[str] = []
    if (spec.width, spec.height) != (parent.width, parent.height):
        found.append("resized")
    is_other_shape = spec.width * parent.height != spec.height * parent.width
    if spec.fit == "cover" and is_other_shape:
        found.append("cropped")
    if spec.format != parent.format:
        found.append("transcoded")
    return found
