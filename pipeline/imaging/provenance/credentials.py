"""Validate content credentials (C2PA) with the reference implementation, and nothing by network."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO, Final

import c2pa

from pipeline.domain.marks import Credentials, Seal, short_type
from pipeline.imaging.provenance.texts import short

PURPOSES: Final = (
    "1.3.6.1.5.5.7.3.4",  # e-mail protection, as the first certificates for C2PA had
    "1.3.6.1.4.1.62558.2.1",  # C2PA claim signing: what authorities of its trust list issue
    "1.3.6.1.5.5.7.3.36",  # document signing
    "1.3.6.1.4.1.311.76.59.1.9",  # Microsoft's own for C2PA
)
"""Extended key usages of certificates that may sign claims. Unless it is told, the library takes
the first alone, and calls files that were signed for C2PA's own purpose invalid."""
SETTINGS: Final[Mapping[str, Any]] = {
    "version": 1,
    "trust": {"trust_config": "\n".join(PURPOSES)},
    # A file of unknown origin must not make us call the address that it names.
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    # A thumbnail in each claim costs ten times the time and up to a megabyte.
    "builder": {"thumbnail": {"enabled": False}},
}
_MOST_LISTED = 20
_STATES = {"Trusted": Seal.TRUSTED, "Valid": Seal.VALID, "Invalid": Seal.INVALID}


def credentials(
    file: BinaryIO, mime: str, *, own_roots: str = "", anchors: str = ""
) -> Credentials:
    """Read and validate the credentials of a file that has some.

    Args:
        file: opened; read from its beginning.
        mime: of its container.
        own_roots: PEM of the development roots of this workspace, which nobody else trusts.
        anchors: PEM of roots that the user trusts.
    """
    found = _read(file, mime, own_roots)
    if found.seal is Seal.TRUSTED:
        return replace(found, seal=Seal.DEVELOPMENT)
    if anchors and found.seal is Seal.VALID:
        return _read(file, mime, anchors)
    return found


def _read(file: BinaryIO, mime: str, anchors: str) -> Credentials:
    settings = dict(SETTINGS)
    if anchors:
        settings["trust"] = {**SETTINGS["trust"], "user_anchors": anchors}
    file.seek(0)
    try:
        with (
            c2pa.Context.from_dict(settings) as context,
            c2pa.Reader(mime, file, context=context) as reader,
        ):
            return _of_document(json.loads(reader.json()))
    except c2pa.C2paError as error:
        return Credentials(seal=Seal.DAMAGED, failures=(short(str(error)),))


def _of_document(body: Mapping[str, Any]) -> Credentials:
    manifests = body.get("manifests") or {}
    active = manifests.get(body.get("active_manifest")) or {}
    signature = active.get("signature_info") or {}
    generators = active.get("claim_generator_info") or [{}]
    actions = [
        action
        for assertion in active.get("assertions") or ()
        if str(assertion.get("label", "")).startswith("c2pa.actions")
        for action in assertion["data"].get("actions") or ()
    ]
    names = [str(signature.get(part) or "") for part in ("common_name", "issuer")]
    failures = _failures(body)
    seal = _STATES.get(str(body.get("validation_state")), Seal.INVALID)
    if seal is Seal.INVALID and failures and all(map(_is_expiry, failures)):
        seal = Seal.EXPIRED
    return Credentials(
        seal=seal,
        signer=short(", ".join(name for name in names if name)),
        generator=short(_joined(generators[0].get("name"), generators[0].get("version"))),
        title=short(str(active.get("title") or "")),
        actions=tuple(_action(one) for one in actions[:_MOST_LISTED]),
        source_types=_source_types(manifests),
        parents=tuple(
            short(str(one.get("title") or "untitled"))
            for one in (active.get("ingredients") or ())[:_MOST_LISTED]
        ),
        claims=len(manifests),
        failures=failures,
    )


def _action(action: Mapping[str, Any]) -> str:
    name = str(action.get("action", "")).removeprefix("c2pa.")
    kind = short_type(str(action.get("digitalSourceType") or ""))
    return short(f"{name} ({kind})" if kind else name)


def _source_types(manifests: Mapping[str, Any]) -> tuple[str, ...]:
    found = [
        short_type(str(action["digitalSourceType"]))
        for manifest in manifests.values()
        for assertion in manifest.get("assertions") or ()
        if str(assertion.get("label", "")).startswith("c2pa.actions")
        for action in assertion["data"].get("actions") or ()
        if action.get("digitalSourceType")
    ]
    return tuple(dict.fromkeys(found))


def _failures(body: Mapping[str, Any]) -> tuple[str, ...]:
    """What the standard calls each failure; an unknown signer is a state of its own."""
    results = (body.get("validation_results") or {}).get("activeManifest") or {}
    found = [
        short(_joined(one.get("code"), one.get("explanation"), between=": "))
        for one in results.get("failure") or ()
        if one.get("code") != "signingCredential.untrusted"
    ]
    return tuple(dict.fromkeys(found))[:_MOST_LISTED]


def _is_expiry(failure: str) -> bool:
    return failure.startswith("signingCredential.expired")


def _joined(*parts: object, between: str = " ") -> str:
    return between.join(str(part) for part in parts if part)
