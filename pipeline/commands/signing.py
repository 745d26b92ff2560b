"""With what the renditions of a campaign are signed: found, and held ready for those who draw."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.adapters.places import Places
from pipeline.domain.campaign import Campaign
from pipeline.domain.diagnostics import Problem, Severity
from pipeline.imaging import provenance
from pipeline.imaging.provenance.pem import IdentityError, fingerprint_of

if TYPE_CHECKING:
    from pipeline.imaging.render import Sign

FOLDER: Final = "provenance"
"""Of development certificates, in the state folder."""
CHAIN, KEY, ROOTS = "certificates.pem", "key.pem", "roots.pem"
CERTIFICATE_VARIABLE: Final = "CAMPAIGN_SIGN_CERTIFICATE"
KEY_VARIABLE: Final = "CAMPAIGN_SIGN_KEY"
UNKNOWN: Final = "unknown"
"""Stands for the fingerprint of a certificate that cannot be read; no file is ever signed by it."""
NOT_INSTALLED: Final = f"signing needs the extra `provenance`: {provenance.WANTED}"

Signers = Callable[[Path], "Sign"]
"""Gives the signer for the renditions of one master."""


@dataclass(frozen=True, slots=True)
class Signing:
    """How renditions are signed.

    Attributes:
        certificate: file of the chain.
        key: file of its key.
        fingerprint: of the certificate, for render keys.
        trouble: why nothing can be signed, as far as that is seen without the key.
    """

    certificate: Path
    key: Path
    fingerprint: str = UNKNOWN
    trouble: str = ""

    def ready(self, *, now: datetime) -> "Signers | str":
        """What signs, or why nothing can be signed, for people.

        Args:
            now: UTC; the certificate has to be valid then.
        """
        if self.trouble:
            return self.trouble
        if not provenance.is_available():
            return NOT_INSTALLED
        try:
            from pipeline.imaging.provenance.identity import read_identity  # noqa: PLC0415 (an extra)
            from pipeline.imaging.provenance.signing import Signer  # noqa: PLC0415 (as above)
        except provenance.NOT_FIT as error:
            return f"the extra `provenance` does not fit this machine: {error}"
        try:
            identity = read_identity(self.certificate, self.key, now=now)
        except IdentityError as error:
            return str(error)
        return lambda master: Signer(identity, master)


def signing_of(campaign: Campaign, places: Places) -> Signing | None:
    """With what a campaign's renditions are signed; None where its manifest does not ask for it.

    What the environment names outranks the manifest, which outranks the development certificate.
    """
    sign = campaign.provenance.sign
    if sign is None:
        return None
    folder = places.campaign(campaign.name)
    named = [os.environ.get(name, "") for name in (CERTIFICATE_VARIABLE, KEY_VARIABLE)]
    if all(named):
        return _signing(places, *(Path(one).expanduser() for one in named))
    if any(named):
        both = f"`{CERTIFICATE_VARIABLE}` and `{KEY_VARIABLE}` are set together or not at all"
        return Signing(Path(), Path(), trouble=both)
    if sign.certificate:
        files = (folder / Path(one).expanduser() for one in (sign.certificate, sign.key))
        return _signing(places, *files)
    return _development(places)


def development_folder(places: Places) -> Path:
    """Where the development certificate of a workspace lies; never under git."""
    return places.state / FOLDER


def own_roots(places: Places) -> str:
    """PEM of all development roots that were ever made here; empty where there is none."""
    try:
        return (development_folder(places) / ROOTS).read_text("latin-1")
    except OSError:
        return ""


def cannot_sign(campaign: Campaign, places: Places, *, now: datetime) -> list[Problem]:
    """A warning where a campaign wants signatures that cannot be made here."""
    signing = signing_of(campaign, places)
    ready = None if signing is None else signing.ready(now=now)
    if not isinstance(ready, str):
        return []
    return [
        Problem(
            code="S050",
            what=f"files of `{campaign.name}` cannot be signed here",
            why=ready,
            fix="mend it, then `campaign report`: until then these files are not made, since an "
            "unsigned one would be a surprise; what is bought is kept",
            severity=Severity.WARNING,
        )
    ]


def _development(places: Places) -> Signing:
    folder = development_folder(places)
    if not (folder / CHAIN).is_file():
        return Signing(
            folder / CHAIN,
            folder / KEY,
            trouble="there is no certificate on this machine: `campaign provenance init` makes one "
            f"for trying it out, `{CERTIFICATE_VARIABLE}` and `{KEY_VARIABLE}` name a real one",
        )
    return _signing(places, folder / CHAIN, folder / KEY)


def _signing(places: Places, certificate: Path, key: Path) -> Signing:
    # As messages name them; they lead to the same files.
    certificate, key = Path(places.shown(certificate)), Path(places.shown(key))
    try:
        return Signing(certificate, key, fingerprint_of(certificate))
    except IdentityError as error:
        return Signing(certificate, key, trouble=str(error))
