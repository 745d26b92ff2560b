"""`campaign models sync`: what differs between the cards and what the provider says today."""

import asyncio
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import __version__, catalog
from pipeline.adapters.clock import SystemClock
from pipeline.adapters.durable_files import write_durably
from pipeline.adapters.http_client import Bounds, HttpClient
from pipeline.adapters.places import Places, find_places
from pipeline.catalog.compare import compare, probes
from pipeline.commands.loading import find_card, priced
from pipeline.commands.models import Around, siblings_together
from pipeline.commands.realms import KEY_VARIABLE, Realm, api_key, choose_realm
from pipeline.domain.campaign import Workspace
from pipeline.domain.card import quote
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import UNUSABLE, USAGE
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.money import MicroUsd
from pipeline.domain.offers import Asked, Comparison, Probe
from pipeline.domain.picture import PictureFacts
from pipeline.execution.ports import Clock, Failure, ProviderError, Seller
from pipeline.manifest.load import read_workspace
from pipeline.manifest.price_lines import NotEditableError, price_lines, with_prices
from pipeline.providers.wavespeed import WaveSpeed
from pipeline.providers.wavespeed_catalog import MOST_BYTES, read_catalogue
from pipeline.reporting.models_json import comparison_document
from pipeline.reporting.sync_text import FILE, sync_text

SYNC_FORMAT = 1
_AT_ONCE = 8
_NEW_FILE = "version: 1\n"
_NO_PICTURES: Mapping[Sha256, tuple[Path, PictureFacts]] = {}


@dataclass(frozen=True, slots=True)
class Synced:
    """What differs from the provider, and whether it was written down."""

    found: Comparison
    is_written: bool

    @property
    def text(self) -> str:
        """For people."""
        lines = price_lines(self.found.raises) if self.found.raises else ""
        return sync_text(self.found, lines=lines, is_written=self.is_written)

    def document(self) -> Mapping[str, object]:
        """For machines; money in micro-dollars."""
        return {
            "sync": SYNC_FORMAT,
            **comparison_document(self.found),
            "written": self.is_written,
        }


def sync_models(*, write: bool, start: Path) -> Synced:
    """Compare all cards with the provider's catalogue and prices; asking costs nothing.

    Args:
        write: put prices that rise into the workspace file, and nothing else.
        start: the working directory.

    Raises:
        CampaignError: exit 9, no key or no answer; exit 2, the workspace file has problems, or its
            layout is not edited by a program. Nothing was written.
    """
    around = Around.of(start)
    if around.problems:
        raise CampaignError(USAGE, around.problems)
    if write and around.places is None:
        find_places(start)  # says that there is no workspace, and how to begin one
    realm = choose_realm(draft=False)
    key = _key(realm)
    try:
        found = asyncio.run(_ask(realm, key, around.workspace))
    except ProviderError as error:
        raise CampaignError(UNUSABLE, [_no_catalogue(realm, error)]) from error
    is_written = write and bool(found.raises) and around.places is not None
    if is_written and around.places is not None:
        write_prices(around.places, around.workspace, found.raises)
    return Synced(found, is_written)


def _key(realm: Realm) -> str:
    try:
        return api_key(realm)
    except CampaignError as error:
        if os.environ.get(KEY_VARIABLE, "").strip():
            raise
        raise CampaignError(UNUSABLE, [_no_key(realm)]) from error


async def _ask(realm: Realm, key: str, workspace: Workspace) -> Comparison:
    client = HttpClient(
        user_agent=f"campaign-pipeline/{__version__}",
        base=realm.base,
        bounds=Bounds(reply_bytes=MOST_BYTES),
    )
    try:
        return await look(client, base=realm.base, key=key, clock=SystemClock(), own=workspace)
    finally:
        await client.aclose()


async def look(
    client: HttpClient, *, base: str, key: str, clock: Clock, own: Workspace
) -> Comparison:
    """Ask a provider for its catalogue and for the price of every kind of request.

    Args:
        client: closed by the caller.
        base: the provider's scheme and host.
        key: API key.
        clock: for waiting, and for the day.
        own: the workspace, whose prices are what plans take.

    Raises:
        ProviderError: the catalogue cannot be read, or the account is rejected.
    """
    listed = await read_catalogue(client, base=base, key=key, clock=clock)
    cards = [catalog.card(model) for model in siblings_together(catalog.models())]
    seller = WaveSpeed(client, base=base, key=key, locate=_NO_PICTURES.__getitem__, clock=clock)
    wanted = [probe for card in cards if card.model in listed.offers for probe in probes(card)]
    turns = asyncio.Semaphore(_AT_ONCE)
    asked = await asyncio.gather(*(_price(seller, probe, own, turns) for probe in wanted))
    return compare(cards, listed, asked, base=base, on=clock.now().date().isoformat())


async def _price(seller: Seller, probe: Probe, own: Workspace, turns: asyncio.Semaphore) -> Asked:
    card = priced(probe.card, own)
    planned = quote(card, probe.body, inputs=probe.inputs, outputs=probe.outputs)
    amount = probe.listed.amount if planned is None else planned.amount
    try:
        async with turns:
            return Asked(probe, amount, await seller.price(card.model, probe.body))
    except ProviderError as error:
        if error.failure is Failure.UNUSABLE:
            raise
        return Asked(probe, amount, None, error.reason)


def write_prices(places: Places, workspace: Workspace, raises: Mapping[str, MicroUsd]) -> None:
    """Put prices into the workspace file, which keeps its comments and layout.

    Args:
        places: of the workspace.
        workspace: as the file says now.
        raises: prices of one picture by model, each above what the workspace says.

    Raises:
        CampaignError: exit 2; the file is not laid out for it, and was not changed.
    """
    file = places.workspace_file.resolve()
    is_there = file.is_file()
    try:
        old = file.read_bytes().decode("utf-8") if is_there else _NEW_FILE
        new = with_prices(old, raises)
        _check(new, workspace, raises)
    except (NotEditableError, ValueError) as error:
        raise CampaignError(USAGE, [_not_editable(error, raises)]) from error
    mode = stat.S_IMODE(file.stat().st_mode) if is_there else 0o644
    write_durably(file, new.encode("utf-8"), mode=mode)


def _check(text: str, before: Workspace, raises: Mapping[str, MicroUsd]) -> None:
    """Read a changed file again and hold it to what was meant.

    Raises:
        NotEditableError: it says anything else, or a price that is lower than before.
    """
    read, _ = read_workspace(
        text, file=FILE, card_of=find_card, models=catalog.models(), strict=True
    )
    wanted = {**before.prices, **raises}
    is_lower = any(wanted[model] < price for model, price in before.prices.items())
    if read is None or is_lower or read != replace(before, prices=wanted):
        raise NotEditableError("the changed file would not say what is meant")


def _no_key(realm: Realm) -> Problem:
    return Problem(
        code="R061",
        what="there is no API key, so nobody can be asked",
        why=f"`{realm.base}` answers accounts only, and `{KEY_VARIABLE}` is not set",
        fix=f"set `{KEY_VARIABLE}` to a key of your account (wavespeed.ai/accesskey); what the"
        " cards say is shown without one: `campaign models list`",
        money="nothing was charged; asking is free",
    )


def _no_catalogue(realm: Realm, error: ProviderError) -> Problem:
    return Problem(
        code="R060",
        what=f"the catalogue of `{realm.base}` cannot be read",
        why=error.reason,
        fix="check key and address and try again; plans go on with the prices of the cards",
        money="nothing was charged; asking is free",
    )


def _not_editable(error: Exception, raises: Mapping[str, MicroUsd]) -> Problem:
    lines = price_lines(raises).splitlines()
    return Problem(
        code="M131",
        what=f"`{FILE}` is not laid out in a way that a program should edit",
        why=str(error),
        fix=f"write under `{lines[0]}` yourself: {', '.join(line.strip() for line in lines[1:])}",
    )
