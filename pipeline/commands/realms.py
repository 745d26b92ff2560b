"""Whose money and pictures: the vendor's own host, the embedded provider, or a self-hosted one."""

import importlib.util
import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.adapters.places import DRAFT, REAL
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import UNUSABLE, USAGE
from pipeline.emulator.engine_version import DRAFT_ENGINE
from pipeline.providers.names import OFFICIAL_BASE, OFFICIAL_HOST

KEY_VARIABLE = "WAVESPEED_API_KEY"
BASE_VARIABLE = "WAVESPEED_BASE_URL"
_OF_DRAFTS = ("cv2", "onnxruntime", "starlette")
"""Packages of the extra `draft` without which there are no drafts to speak of."""
_UNSAFE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Realm:
    """Where a run buys.

    Attributes:
        name: `real`, `draft`, or made from the address of a self-hosted provider.
        base: scheme and host; empty for drafts.
    """

    name: str
    base: str

    @property
    def is_draft(self) -> bool:
        """Whether the embedded provider makes the pictures, for free."""
        return self.name == DRAFT

    @property
    def engine(self) -> str | None:
        """Version of the embedded engine, which is part of every key; None for all but drafts."""
        return DRAFT_ENGINE if self.is_draft else None

    @property
    def is_real(self) -> bool:
        """Whether real money is spent."""
        return self.name == REAL


def choose_realm(*, draft: bool) -> Realm:
    """The realm that a command means.

    Args:
        draft: whether the user asked for the embedded provider; otherwise the environment decides.

    Raises:
        CampaignError: exit 2; `WAVESPEED_BASE_URL` is no address. Exit 9; drafts are asked for, and
            a package that makes them is missing.
    """
    if draft:
        missing = [name for name in _OF_DRAFTS if importlib.util.find_spec(name) is None]
        if missing:
            raise CampaignError(UNUSABLE, [not_installed(missing[0])])
        return Realm(DRAFT, "")
    base = os.environ.get(BASE_VARIABLE, "").strip().rstrip("/") or OFFICIAL_BASE
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise CampaignError(USAGE, [_no_address(base)])
    if parts.hostname == OFFICIAL_HOST:
        if parts.scheme != "https":
            raise CampaignError(USAGE, [_not_secret(base)])
        return Realm(REAL, base)
    name = _UNSAFE.sub("-", parts.netloc.rpartition("@")[2].lower()).strip("-")
    if name in {REAL, DRAFT}:
        name = f"host-{name}"
    return Realm(name, base)


def api_key(realm: Realm) -> str:
    """The API key.

    Raises:
        CampaignError: exit 9; there is none, and this is how to go on without.
    """
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        raise CampaignError(UNUSABLE, [_no_key(realm)])
    if not key.isascii() or not key.isprintable() or " " in key:
        raise CampaignError(UNUSABLE, [_bad_key()])
    return key


def not_installed(package: str) -> Problem:
    """Problem of an extra that is missing."""
    return Problem(
        code="R006",
        what="the embedded provider is not installed",
        why=f"the package `{package}` is missing; it belongs to the extra `draft`",
        fix='install it: `pip install "campaign-pipeline[draft]"`',
        money="nothing was charged",
    )


def _no_key(realm: Realm) -> Problem:
    whose = "WaveSpeedAI" if realm.is_real else f"`{realm.base}`"
    return Problem(
        code="R002",
        what="there is no API key, so the provider cannot be asked",
        why=f"{whose} answers accounts only, and `{KEY_VARIABLE}` is not set",
        fix=f"set `{KEY_VARIABLE}` to a key of your account (wavespeed.ai/accesskey), or rehearse "
        "for free with the embedded provider: `campaign run NAME --draft`",
        money="nothing was charged",
    )


def _bad_key() -> Problem:
    return Problem(
        code="R003",
        what=f"`{KEY_VARIABLE}` is not an API key",
        why="it holds spaces or characters that no key has; it is not shown here",
        fix="copy the key again, without quotes or line breaks",
        money="nothing was charged",
    )


def _no_address(base: str) -> Problem:
    return Problem(
        code="R004",
        what=f"`{BASE_VARIABLE}` is not a provider's address: `{base}`",
        why="it needs a scheme and a host and nothing else",
        fix=f"write it like `http://127.0.0.1:8123`, or unset it to use {OFFICIAL_BASE}",
        money="nothing was charged",
    )


def _not_secret(base: str) -> Problem:
    return Problem(
        code="R005",
        what=f"`{base}` would send the API key in the open",
        why="the vendor's own host is spoken to over https only",
        fix=f"unset `{BASE_VARIABLE}`, or set it to {OFFICIAL_BASE}",
        money="nothing was charged",
    )
