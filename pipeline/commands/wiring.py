"""The provider's side of a run, built for a realm: client, intake, and for drafts the provider."""

import gc
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from pipeline import __version__
from pipeline.adapters.http_client import HttpClient
from pipeline.adapters.intake import MOST_PIXELS, StoreIntake
from pipeline.adapters.places import Places
from pipeline.adapters.store import Store
from pipeline.commands.buying import Outside
from pipeline.commands.realms import Realm, api_key, not_installed
from pipeline.commands.session import Subject
from pipeline.domain.diagnostics import CampaignError
from pipeline.domain.exit_codes import UNUSABLE
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.picture import PictureFacts
from pipeline.execution.decisions import PollPace
from pipeline.execution.ports import Clock
from pipeline.providers.wavespeed import WaveSpeed

_DRAFT_PACE = PollPace(first_s=0.05, growth=1.5, most_s=0.5)
_PER_DRAFT_MINUTE = 100_000


@asynccontextmanager
async def connect(
    realm: Realm, places: Places, subjects: Sequence[Subject], store: Store, clock: Clock
) -> AsyncIterator[Outside]:
    """Open the provider's side.

    Args:
        realm: where to buy.
        places: of the workspace.
        subjects: campaigns whose pictures may be sent; not empty.
        store: where pictures go.
        clock: for waiting.

    Raises:
        CampaignError: exit 9; there is no key, or the embedded provider is not installed.
    """
    from pipeline.imaging.inspect import inspect, verify  # noqa: PLC0415 (loads the pixel library)

    gc.enable()  # from here on the program may run for hours
    account = subjects[0].workspace.account
    agent = f"campaign-pipeline/{__version__}"
    locate = _pictures(places, subjects).__getitem__
    async with AsyncExitStack() as stack:
        if realm.is_draft:
            app, base = await stack.enter_async_context(_embedded(places, clock))
            key = "draft"
        else:
            app, base, key = None, realm.base, api_key(realm)
        client = HttpClient(app=app, user_agent=agent, base=base)
        stack.push_async_callback(client.aclose)
        vendor = WaveSpeed(client, base=base, key=key, locate=locate, clock=clock)
        yield Outside(
            provider=vendor,
            seller=vendor,
            intake=StoreIntake(
                client,
                store,
                verify=partial(verify, max_pixels=MOST_PIXELS),
                inspect=inspect,
                is_official=realm.is_real,
            ),
            pace=_DRAFT_PACE if realm.is_draft else PollPace(),
            per_minute=_PER_DRAFT_MINUTE if realm.is_draft else account.requests_per_minute,
            concurrent=_cores() if realm.is_draft else account.concurrent,
            exclusive=realm.is_draft or account.exclusive,
        )


@asynccontextmanager
async def _embedded(places: Places, clock: Clock) -> AsyncIterator[tuple[object, str]]:
    try:
        from pipeline.emulator.app import IN_PROCESS_URL, create_app  # noqa: PLC0415 (an extra)
        from pipeline.emulator.engine.draft import DraftEngine  # noqa: PLC0415 (an extra)
        from pipeline.emulator.state import State  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        raise CampaignError(UNUSABLE, [not_installed(str(error.name))]) from error
    with State(places.of_realm("draft") / "provider") as state:
        app = create_app(
            state=state,
            engine=DraftEngine(),
            base_url=IN_PROCESS_URL,
            clock=clock.now,
            at_once=_cores(),
        )
        try:
            yield app, IN_PROCESS_URL
        finally:
            await app.state.provider.aclose()


def _cores() -> int:
    return max(1, len(os.sched_getaffinity(0)))


def _pictures(
    places: Places, subjects: Sequence[Subject]
) -> Mapping[Sha256, tuple[Path, PictureFacts]]:
    found: dict[Sha256, tuple[Path, PictureFacts]] = {}
    for subject in subjects:
        folder = places.campaign(subject.campaign.name)
        for image_set in subject.campaign.sets:
            references = () if image_set.reference is None else (image_set.reference,)
            for picture in (*image_set.pictures, *references):
                found[picture.facts.sha256] = (folder / picture.path, picture.facts)
    return found
