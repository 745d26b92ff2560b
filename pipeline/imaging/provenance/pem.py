"""Files of certificates and keys: read carefully, and told apart by a fingerprint."""

import base64
import hashlib
import os
import stat
from pathlib import Path
from typing import Final

_MOST_BYTES: Final = 200_000
_START, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_OTHERS: Final = 0o077


class IdentityError(ValueError):
    """A certificate or key that cannot be used; the message says why, for people."""


def fingerprint_of(certificate: Path) -> str:
    """SHA-256 of the first certificate in a file; needs neither its key nor any extra.

    Raises:
        IdentityError: it cannot be read or holds no certificate.
    """
    text = certificates_in(certificate)
    first = text[text.index(_START) + len(_START) : text.index(_END)]
    try:
        der = base64.b64decode("".join(first.split()), validate=True)
    except ValueError as error:
        raise IdentityError(f"`{certificate}` holds no certificate in PEM form") from error
    return hashlib.sha256(der).hexdigest()


def certificates_in(path: Path) -> str:
    """The text of a file that holds at least one certificate.

    Raises:
        IdentityError: it does not, or cannot be read.
    """
    text = _bytes(path, "certificate").decode("latin-1")
    if not 0 <= text.find(_START) < text.find(_END):
        raise IdentityError(f"`{path}` holds no certificate in PEM form")
    return text


def key_in(path: Path) -> bytes:
    """The content of a key file that nobody but its owner may read.

    Raises:
        IdentityError: it cannot be read, or others may read it.
    """
    data = _bytes(path, "key")
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & _OTHERS:
        raise IdentityError(
            f"others may read the key `{path}` (its mode is {mode:04o}): `chmod 600 {path}`"
        )
    return data


def _bytes(path: Path, what: str) -> bytes:
    try:
        if not path.is_file():  # asked first: opening a pipe would wait for ever
            raise IdentityError(f"there is no {what} `{path}`")
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise IdentityError(f"the {what} `{path}` cannot be read: {error.strerror}") from error
