"""Who may do what: API keys, the organisations that they belong to, and roles.

The vendor says that a key belongs to an organisation, carries the role of who made it, does nothing
before the first top-up, and that an account can be suspended. Which roles there are and what each
may do is not published; the table here is this server's own.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from starlette.exceptions import HTTPException


class May(StrEnum):
    """What a call needs permission for."""

    LOOK = "look at predictions and models"
    RUN = "run models"
    MONEY = "look at money"
    SECRETS = "read webhook secrets"


ROLES: Mapping[str, frozenset[May]] = {
    "owner": frozenset(May),
    "developer": frozenset({May.LOOK, May.RUN, May.SECRETS}),
    "billing": frozenset({May.LOOK, May.MONEY}),
    "viewer": frozenset({May.LOOK}),
}
"""Roles, most powerful first, with what each may do. Deleting is running."""

ANYBODY = "embedded"
"""Name of the key where keys are not told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """An API key.

    Attributes:
        key: what clients send.
        name: for people and bills; unique within its organisation.
        organisation: whose predictions and money it reaches.
        role: one of `ROLES`.
        is_active: whether there was a first top-up; until then it is turned away.
        is_suspended: whether its organisation's account is.
    """

    key: str
    name: str = ANYBODY
    organisation: str = ""
    role: str = "owner"
    is_active: bool = True
    is_suspended: bool = False

    @property
    def uuid(self) -> str:
        """Its name in bills, 32 hex digits; says nothing about the secret."""
        return key_uuid(self.organisation, self.name)

    def require(self, may: May) -> None:
        """Turn away who may not do something.

        Raises:
            AccessError: HTTP 401 before the first top-up, 403 for a suspended account or a role
                that does not include it.
        """
        if not self.is_active:
            raise AccessError(401, "API key is inactive until the account's first top-up", "")
        if self.is_suspended:
            raise AccessError(403, "the account is suspended", "ACCOUNT_SUSPENDED")
        if may not in ROLES[self.role]:
            fit = " or ".join(f"`{role}`" for role, able in ROLES.items() if may in able)
            raise AccessError(
                403,
                f"this API key was created by a member with the role `{self.role}`, who may not"
                f" {may}; use a key of a member with the role {fit}",
                "PERMISSION_DENIED",
            )


class AccessError(HTTPException):
    """A refusal that has an `error_code` of its own; empty for none."""

    def __init__(self, status: int, message: str, error_code: str) -> None:
        super().__init__(status, message)
        self.error_code = error_code


class Keys:
    """All keys that are let in."""

    def __init__(self, keys: Sequence[AccessKey] = ()) -> None:
        """Let in these; without any, whoever brings a key that is not empty."""
        self._keys = {_digest(key.key.encode()): key for key in keys}

    def of(self, sent: bytes) -> AccessKey | None:
        """The key that was sent; None if it is none of them."""
        if not sent:
            return None
        if not self._keys:
            return _ANY
        # A digest is looked up, so the time that it takes says nothing about any secret.
        return self._keys.get(_digest(sent))

    def named(self, uuid: str) -> AccessKey | None:
        """The key with this name in bills."""
        known = self._keys.values() if self._keys else (_ANY,)
        return next((key for key in known if key.uuid == uuid), None)


def key_uuid(organisation: str, name: str) -> str:
    """The name of a key in bills, 32 hex digits."""
    return hashlib.sha256(f"{organisation}\n{name}".encode()).hexdigest()[:32]


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


_ANY = AccessKey(key="")
