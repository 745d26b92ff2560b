"""All that a picture file says about its own origin, read without ever trusting it."""

from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from pipeline.domain.marks import Credentials, Marks, Seal
from pipeline.imaging import loading
from pipeline.imaging.loading import UnreadablePictureError
from pipeline.imaging.provenance import NOT_FIT, is_available, texts
from pipeline.imaging.provenance.boxes import container


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to believe.

    Attributes:
        own_roots: PEM of this workspace's development roots.
        anchors: PEM of roots that the user names.
    """

    own_roots: str = ""
    anchors: str = ""


def marks_of(path: Path, trust: Trust | None = None) -> Marks:
    """Read the marks of any file; never fails, whatever it holds, and calls nobody.

    Pixels stay unread. Without the extra `provenance` credentials are found and not validated.
    """
    try:
        with loading.opened(path) as file:
            return _marks(file, trust or Trust())
    except (UnreadablePictureError, OSError) as error:
        return Marks(trouble=str(error))


def _marks(file: FileIO, trust: Trust) -> Marks:
    found = container(file)
    seal = Credentials()
    if found.has_credentials:
        seal = _validated(file, found.format, trust)
    try:
        header = loading.header(file)
        types, marks, trouble = texts.of_image(loading.stream(file, header))
    except UnreadablePictureError as error:
        return Marks(format=found.format, credentials=seal, trouble=str(error))
    return Marks(found.format, types, marks, seal, trouble)


def _validated(file: FileIO, form: str, trust: Trust) -> Credentials:
    if not is_available():
        return Credentials(seal=Seal.UNREAD)
    try:
        from pipeline.imaging.provenance.credentials import credentials  # noqa: PLC0415 (an extra)
    except NOT_FIT:
        return Credentials(seal=Seal.UNREAD)
    return credentials(file, f"image/{form}", own_roots=trust.own_roots, anchors=trust.anchors)
