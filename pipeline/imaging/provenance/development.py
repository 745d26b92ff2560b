"""A certificate chain for trying signatures out: valid to every reader, trusted by none.

The shape is what C2PA demands and what people lose days over: a leaf that another certificate
signed, for digital signatures (critical) and e-mail protection, no authority itself, with both key
identifiers. The root's key is forgotten as soon as the leaf is signed, so nothing else can ever be
signed in its name.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CHAIN, KEY, ROOTS = "certificates.pem", "key.pem", "roots.pem"
DAYS: Final = 5 * 365
"""Nothing proves when a file was signed, so its signature expires with the certificate."""
SUBJECT: Final = "campaign-pipeline development signer"
_ROOT: Final = "campaign-pipeline development root"
_ORGANISATION: Final = "Development only, not trusted"
# Clocks of other machines differ; a file that is signed now must be valid there as well.
_BEFORE = timedelta(hours=1)
_SECRET, _PUBLIC = 0o600, 0o644
_README = """A development certificate of campaign-pipeline, made by `campaign provenance init`.

certificates.pem  the signer's certificate and its root
key.pem           the signer's secret key: give it to nobody, commit it nowhere
roots.pem         all roots that were ever made here, to recognise files signed before

Files signed with it are valid everywhere and trusted nowhere. It can be made again at any time;
renditions are then signed again.
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """Texts in PEM form."""

    leaf: bytes
    root: bytes
    key: bytes


def make_chain(*, now: datetime, days: int = DAYS) -> Chain:
    """Make a root, a leaf that it signed, and the leaf's key.

    Args:
        now: UTC; the beginning of their validity, but for an hour.
        days: of validity.
    """
    root_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    dates = (now - _BEFORE, now + timedelta(days=days))
    root_name = _name(_ROOT)
    root = (
        _begun(root_name, root_name, root_key.public_key(), dates)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _begun(_name(SUBJECT), root_name, leaf_key.public_key(), dates)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return Chain(
        leaf.public_bytes(pem),
        root.public_bytes(pem),
        leaf_key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def write_chain(folder: Path, chain: Chain) -> None:
    """Put a chain where signing looks for it; an older one is replaced, its root stays known.

    Raises:
        OSError: it cannot be written; an older chain may be gone then, and is free to make again.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = folder / ROOTS
    before = known.read_bytes() if known.is_file() else b""
    # The key last: without it nothing is signed, and nothing looks as if it could be.
    (folder / KEY).unlink(missing_ok=True)
    _write(folder / "README", _README.encode(), _PUBLIC)
    _write(known, before + chain.root, _PUBLIC)
    _write(folder / CHAIN, chain.leaf + chain.root, _PUBLIC)
    _write(folder / KEY, chain.key, _SECRET)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write a file whose mode is right from its first moment on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    dates: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(dates[0])
        .not_valid_after(dates[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    """For signing certificates, or for signing anything but them."""
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
