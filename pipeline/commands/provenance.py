"""`campaign provenance`: what files say about their origin; a certificate to try signing out."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.places import Places, prepare_state
from pipeline.commands.loading import open_workspace
from pipeline.commands.signing import (
    CERTIFICATE_VARIABLE,
    CHAIN,
    KEY,
    KEY_VARIABLE,
    development_folder,
    own_roots,
)
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import DONE, UNFINISHED, USAGE
from pipeline.domain.marks import Marks, Seal
from pipeline.imaging import provenance
from pipeline.imaging.provenance.pem import IdentityError, certificates_in
from pipeline.reporting.provenance_text import provenance_document, provenance_text

_BROKEN: Final = frozenset({Seal.EXPIRED, Seal.INVALID, Seal.DAMAGED})


@dataclass(frozen=True, slots=True)
class Shown:
    """What files say."""

    files: tuple[tuple[str, Marks], ...]

    @property
    def exit_code(self) -> int:
        """2 where a file is no readable picture, 5 where credentials are broken, else 0."""
        if any(not marks.format for _, marks in self.files):
            return USAGE
        broken = any(marks.credentials.seal in _BROKEN for _, marks in self.files)
        return UNFINISHED if broken else DONE

    @property
    def text(self) -> str:
        """For people."""
        return provenance_text(self.files, how_to_validate=provenance.WANTED)

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return provenance_document(self.files)


def show(files: Sequence[Path], *, anchors: Path | None, start: Path) -> Shown:
    """Read the marks of any files; changes nothing and calls nobody.

    Args:
        files: to read, pictures or not.
        anchors: PEM file of roots that the user trusts.
        start: the working directory; where it is in no workspace, no certificate is its own.

    Raises:
        CampaignError: exit 2; `anchors` holds no certificate.
    """
    from pipeline.imaging.provenance.reading import Trust, marks_of  # noqa: PLC0415 (loads pixels)

    trust = Trust(own_roots=_roots(start), anchors=_anchors(anchors))
    return Shown(tuple((str(file), marks_of(file, trust)) for file in files))


@dataclass(frozen=True, slots=True)
class Initiated:
    """A development certificate that is ready, made now or before."""

    text: str


def init(*, renew: bool, start: Path) -> Initiated:
    """Make a development certificate for the workspace, unless there is one.

    Args:
        renew: make a new one all the same; what is signed is then signed again.
        start: the working directory.

    Raises:
        CampaignError: exit 2; the extra is missing.
    """
    places, _ = open_workspace(start)
    if not provenance.is_available():
        raise CampaignError(USAGE, [_not_installed()])
    from pipeline.imaging.provenance import development  # noqa: PLC0415 (an extra)
    from pipeline.imaging.provenance.identity import read_identity  # noqa: PLC0415 (as above)

    folder, now = development_folder(places), SystemClock().now()
    made = "There is one already"
    if renew or not (folder / CHAIN).is_file():
        prepare_state(places.state)
        development.write_chain(folder, development.make_chain(now=now))
        made = "Made a development certificate"
    shown = (Path(places.shown(folder / name)) for name in (CHAIN, KEY))
    try:
        identity = read_identity(*shown, now=now)
    except IdentityError as error:
        raise CampaignError(USAGE, [_unusable(str(error))]) from error
    return Initiated(
        _ready(places, made, until=f"{identity.until:%Y-%m-%d}", fingerprint=identity.fingerprint)
    )


def _ready(places: Places, made: str, *, until: str, fingerprint: str) -> str:
    folder = development_folder(places)
    return f"""{made}, valid until {until}.
  certificates  {places.shown(folder / CHAIN)}
  key           {places.shown(folder / KEY)} (yours alone, never in git)
  fingerprint   {fingerprint}

To sign what campaigns deliver, say so in a manifest, then run or report:
  provenance: {{sign: true}}

What it is worth: files signed with it are provably unchanged, and `campaign provenance show FILE`
proves it. Who signed is proved to nobody: readers elsewhere show an unknown signer. There is no
time stamp either, so files signed with any certificate count as expired when it expires. It is for
trying things out.

With a real certificate, from an authority that C2PA lists:
  export {CERTIFICATE_VARIABLE}=chain.pem {KEY_VARIABLE}=key.pem
or in the manifest, as paths of files (the key's with mode 0600, outside the repository):
  provenance: {{sign: {{certificate: signing/chain.pem, key: ~/.keys/signing.pem}}}}
"""


def _roots(start: Path) -> str:
    try:
        places, _ = open_workspace(start)
    except CampaignError:
        return ""
    return own_roots(places)


def _anchors(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return certificates_in(path)
    except IdentityError as error:
        raise CampaignError(USAGE, [_no_anchors(path, str(error))]) from error


def _not_installed() -> Problem:
    return Problem(
        code="S051",
        what="certificates cannot be made here",
        why="that needs the extra `provenance`, which is not installed",
        fix=f"install it: {provenance.WANTED}",
    )


def _unusable(why: str) -> Problem:
    return Problem(
        code="S052",
        what="the development certificate cannot be used",
        why=why,
        fix="make a new one: `campaign provenance init --renew`; files are then signed again",
    )


def _no_anchors(path: Path, why: str) -> Problem:
    return Problem(
        code="S053",
        what=f"`{os.fspath(path)}` names nobody to trust",
        why=why,
        fix="give a PEM file of root certificates, such as the trust list that C2PA publishes",
    )
