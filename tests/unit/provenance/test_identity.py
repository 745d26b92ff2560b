"""Certificates and keys: what is refused, and that the message says why."""

import datetime as dt
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pipeline.domain.rendition import RenditionSpec
from pipeline.imaging.provenance.development import CHAIN, KEY, ROOTS, make_chain, write_chain
from pipeline.imaging.provenance.identity import read_identity
from pipeline.imaging.provenance.pem import IdentityError, fingerprint_of
from pipeline.imaging.provenance.signing import Signer
from tests.unit.provenance.conftest import EDIT, NOW, picture

PEM = serialization.Encoding.PEM
CLAIM_SIGNING = x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1")


def pem_of(key, passphrase: bytes = b"") -> bytes:
    how = (
        serialization.BestAvailableEncryption(passphrase)
        if passphrase
        else serialization.NoEncryption()
    )
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, how)


class Authority:
    """Issues certificates of any shape."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "some root")])

    def issue(self, key, *, purpose=CLAIM_SIGNING, ca=False, itself=False, signs=True) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "some signer")])
        made = (
            x509.CertificateBuilder()
            .subject_name(self.name if itself else name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - dt.timedelta(days=1))
            .not_valid_after(NOW + dt.timedelta(days=10))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .add_extension(
                x509.KeyUsage(
                    digital_signature=signs,
                    content_commitment=not signs,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    key_cert_sign=False,
                    crl_sign=False,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
        )
        if purpose is not None:
            made = made.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        return made.sign(self.key, hashes.SHA256()).public_bytes(PEM)


@pytest.fixture(scope="module")
def authority():
    return Authority()


def files(tmp_path: Path, certificate: bytes, key: bytes, mode: int = 0o600) -> tuple[Path, Path]:
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    for path, data in zip(paths, (certificate, key), strict=True):
        path.write_bytes(data)
    paths[1].chmod(mode)
    return paths


def refusal(tmp_path, certificate: bytes, key: bytes, mode: int = 0o600, now=NOW) -> str:
    with pytest.raises(IdentityError) as error:
        read_identity(*files(tmp_path, certificate, key, mode), now=now)
    assert "PRIVATE" not in str(error.value)
    return str(error.value)


def test_dates(tmp_path):
    chain = make_chain(now=NOW, days=30)
    certificates = chain.leaf + chain.root
    later, earlier = NOW + dt.timedelta(days=31), NOW - dt.timedelta(days=1)
    assert "expired on" in refusal(tmp_path, certificates, chain.key, now=later)
    assert "is not valid before" in refusal(tmp_path, certificates, chain.key, now=earlier)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_may_read(tmp_path, mode):
    chain = make_chain(now=NOW)
    said = refusal(tmp_path, chain.leaf, chain.key, mode)
    assert f"its mode is {mode:04o}" in said
    assert "`chmod 600 " in said


def test_keys_that_cannot_be_used(tmp_path, authority):
    chain, other = make_chain(now=NOW), make_chain(now=NOW)
    assert "is not that of the certificate" in refusal(tmp_path, chain.leaf, other.key)
    assert "holds no private key" in refusal(tmp_path, chain.leaf, chain.leaf)
    key = ec.generate_private_key(ec.SECP256R1())
    locked = refusal(tmp_path, authority.issue(key), pem_of(key, b"secret"))
    assert "has a passphrase" in locked
    odd = ec.generate_private_key(ec.SECP256K1())
    assert "of a kind that C2PA does not take" in refusal(
        tmp_path, authority.issue(odd), pem_of(odd)
    )


def test_certificates_of_another_shape(tmp_path, authority):
    key = ec.generate_private_key(ec.SECP256R1())

    def said(**shape) -> str:
        return refusal(tmp_path, authority.issue(key, **shape), pem_of(key))

    assert "vouches for itself" in said(itself=True)
    assert "is an authority's" in said(ca=True)
    assert "for another purpose" in said(purpose=ExtendedKeyUsageOID.SERVER_AUTH)
    assert "does not say what its key may be used for" in said(purpose=None)
    assert "is not for digital signatures" in said(signs=False)


def test_files_that_are_not_there_or_hold_something_else(tmp_path):
    chain = make_chain(now=NOW)
    assert "no certificate in PEM form" in refusal(tmp_path, b"\xff\xfe nonsense", chain.key)
    broken = chain.leaf.replace(b"M", b"!", 3)
    assert "certificate" in refusal(tmp_path, broken, chain.key)
    with pytest.raises(IdentityError, match="there is no certificate"):
        read_identity(tmp_path / "none.pem", tmp_path / "key.pem", now=NOW)
    with pytest.raises(IdentityError, match="there is no certificate"):
        fingerprint_of(tmp_path)


@pytest.mark.parametrize(
    ("make", "algorithm"),
    [
        (lambda: ec.generate_private_key(ec.SECP384R1()), "es384"),
        (ed25519.Ed25519PrivateKey.generate, "ed25519"),
        (lambda: rsa.generate_private_key(65537, 2048), "ps256"),
    ],
)
def test_certificates_of_authorities_sign(tmp_path, office, authority, make, algorithm):
    """C2PA's own key usage too, which the library takes only when it is told of it."""
    key = make()
    identity = read_identity(*files(tmp_path, authority.issue(key), pem_of(key)), now=NOW)
    assert (identity.algorithm, identity.subject) == (algorithm, "some signer")
    spec = RenditionSpec(96, 64, label=EDIT)
    sign = Signer(identity, office.master)
    data = sign(picture("jpeg"), mime="image/jpeg", master=office.master, spec=spec, name="a")
    assert len(data) > len(picture("jpeg"))


def test_a_new_chain_replaces_the_old_and_its_root_stays_known(tmp_path):
    folder = tmp_path / "provenance"
    write_chain(folder, make_chain(now=NOW))
    first = fingerprint_of(folder / CHAIN)
    write_chain(folder, make_chain(now=NOW))
    assert fingerprint_of(folder / CHAIN) != first
    assert (folder / ROOTS).read_text().count("BEGIN CERTIFICATE") == 2
    assert stat.S_IMODE((folder / KEY).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert read_identity(folder / CHAIN, folder / KEY, now=NOW).until > NOW


def test_the_fingerprint_is_that_of_the_signers_certificate(office):
    """Read without any library, so that render keys are the same without the extra."""
    chain = (office.folder / CHAIN).read_bytes()
    leaf = x509.load_pem_x509_certificates(chain)[0]
    assert fingerprint_of(office.folder / CHAIN) == leaf.fingerprint(hashes.SHA256()).hex()
    assert office.identity.fingerprint == leaf.fingerprint(hashes.SHA256()).hex()
