"""A development chain and a few small pictures, made once."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.adapters.clock import SystemClock
from pipeline.domain.labels import Label
from pipeline.domain.rendition import RenditionSpec
from pipeline.imaging.provenance.development import CHAIN, KEY, ROOTS, make_chain, write_chain
from pipeline.imaging.provenance.identity import Identity, read_identity
from pipeline.imaging.provenance.signing import Signer

NOW = SystemClock().now()  # the library validates by the machine's own clock
EDIT = Label("compositeWithTrainedAlgorithmicMedia", "winter", "bytedance/seedream", "wavespeed")
FORMATS = ("jpeg", "png", "webp", "avif")


def picture(form: str, size: tuple[int, int] = (96, 64), **options: object) -> bytes:
    """A small picture, encoded by Pillow."""
    noise = np.random.default_rng(7).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, form, **options)
    return file.getvalue()


@dataclass(frozen=True)
class Office:
    """A folder with a chain, and a master."""

    folder: Path
    identity: Identity
    master: Path

    @property
    def roots(self) -> str:
        return (self.folder / ROOTS).read_text()

    def sign(self, form: str, *, label: Label | None = EDIT, data: bytes = b"", **spec) -> bytes:
        """A small signed rendition."""
        wanted = RenditionSpec(96, 64, format=form, label=label, **spec)
        return Signer(self.identity, self.master)(
            data or picture(form),
            mime=f"image/{form}",
            master=self.master,
            spec=wanted,
            name=f"anna-front--snow--feed.{form}",
        )


@pytest.fixture(scope="session")
def office(tmp_path_factory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    write_chain(folder, make_chain(now=NOW))
    master = folder / "0a1b"
    master.write_bytes(picture("jpeg", (192, 192)))
    identity = read_identity(folder / CHAIN, folder / KEY, now=NOW)
    return Office(folder, identity, master)


@pytest.fixture
def file(tmp_path):
    """Write bytes to a file without an extension, and say where."""

    def write(data: bytes) -> Path:
        path = tmp_path / "some-file"
        path.write_bytes(data)
        return path

    return write
