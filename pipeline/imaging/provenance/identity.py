"""Who signs: a certificate chain and its key, checked before they are used."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from pipeline.imaging.provenance.credentials import PURPOSES
from pipeline.imaging.provenance.pem import (
    IdentityError,
    certificates_in,
    fingerprint_of,
    key_in,
)

_CURVES: Final = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_LEAST_RSA = 2048
_Public = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Identity:
    """What signatures are made with.

    Attributes:
        chain: PEM, the signer's certificate first.
        key: PEM, unencrypted; never shown, logged or compared.
        algorithm: as C2PA calls it, such as `es256`.
        subject: whom the certificate names.
        until: last moment of its validity, UTC.
        fingerprint: SHA-256 of the signer's certificate, in hex.
    """

    chain: str
    key: bytes = field(repr=False, compare=False)
    algorithm: str
    subject: str
    until: datetime
    fingerprint: str


def read_identity(certificate: Path, key: Path, *, now: datetime) -> Identity:
    """Read and check a certificate chain and its key.

    Args:
        certificate: PEM; the signer's first, then those that vouch for it.
        key: PEM without a passphrase, of a file that nobody else may read.
        now: UTC; a certificate that is not valid yet or no more is refused.

    Raises:
        IdentityError: something of it cannot be used.
    """
    chain = certificates_in(certificate)
    secret = key_in(key)
    try:
        certificates = x509.load_pem_x509_certificates(chain.encode("latin-1"))
    except ValueError as error:
        raise IdentityError(f"`{certificate}` holds a certificate that is damaged") from error
    leaf = certificates[0]
    for one in certificates:
        _check_dates(one, now)
    _check_profile(leaf)
    return Identity(
        chain=chain,
        key=secret,
        algorithm=_algorithm(leaf, secret, key),
        subject=_name(leaf),
        until=leaf.not_valid_after_utc,
        fingerprint=fingerprint_of(certificate),
    )


def _name(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else certificate.subject.rfc4514_string()


def _check_dates(certificate: x509.Certificate, now: datetime) -> None:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > ends:
        raise IdentityError(f"the certificate of `{_name(certificate)}` expired on {ends:%Y-%m-%d}")
    if now < begins:
        raise IdentityError(
            f"the certificate of `{_name(certificate)}` is not valid before {begins:%Y-%m-%d}"
        )


def _check_profile(leaf: x509.Certificate) -> None:
    """What C2PA demands of a signer's certificate, each with a message that says so.

    The library's own answer to all of them is that the certificate is invalid.
    """
    name = _name(leaf)
    if leaf.issuer == leaf.subject:
        raise IdentityError(
            f"the certificate of `{name}` vouches for itself; C2PA wants one that another "
            "certificate signed, such as `campaign provenance init` makes"
        )
    extensions = leaf.extensions
    try:
        if extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise IdentityError(f"the certificate of `{name}` is an authority's, not a signer's")
    except x509.ExtensionNotFound:
        pass
    try:
        signs = extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound as error:
        raise IdentityError(
            f"the certificate of `{name}` does not say what its key may be used for; C2PA wants "
            "the key usage `digital signature` and an extended key usage"
        ) from error
    if not signs:
        raise IdentityError(f"the certificate of `{name}` is not for digital signatures")
    if not {one.dotted_string for one in purposes}.intersection(PURPOSES):
        raise IdentityError(
            f"the certificate of `{name}` is for another purpose (extended key usage); C2PA wants "
            "e-mail protection, document signing or C2PA's own"
        )


def _algorithm(leaf: x509.Certificate, secret: bytes, key: Path) -> str:
    """The algorithm that fits the key, which has to be the certificate's."""
    try:
        private = serialization.load_pem_private_key(secret, password=None)
    except TypeError as error:
        raise IdentityError(
            f"the key `{key}` has a passphrase; a run that signs cannot ask for it"
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise IdentityError(f"`{key}` holds no private key in PEM form") from error
    public = leaf.public_key()
    if _der(private.public_key()) != _der(public):
        raise IdentityError(f"the key `{key}` is not that of the certificate of `{_name(leaf)}`")
    match public:
        case ec.EllipticCurvePublicKey() if public.curve.name in _CURVES:
            return _CURVES[public.curve.name]
        case rsa.RSAPublicKey() if public.key_size >= _LEAST_RSA:
            return "ps256"
        case ed25519.Ed25519PublicKey():
            return "ed25519"
    raise IdentityError(
        f"the key `{key}` is of a kind that C2PA does not take; it takes P-256, P-384, P-521, "
        f"Ed25519, and RSA from {_LEAST_RSA} bits on"
    )


def _der(public: object) -> bytes:
    if not hasattr(public, "public_bytes"):
        return b""
    encoded: bytes = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded
