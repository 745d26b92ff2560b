"""One attempt driven from wherever it stands to its end, every effect after its durable intent.

reserved -> (upload) -> submitting -> POST -> submitted -> poll -> ready -> take in -> stored ->
settled or failed -> receipt filed -> filed. A program stopped between any two of these continues
here, and none of the steps is done twice that costs money.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from pipeline.domain.attempt import OpenAttempt, State
from pipeline.domain.fingerprint import Json, Sha256
from pipeline.domain.moment import moment
from pipeline.domain.money import ZERO, MicroUsd
from pipeline.domain.receipts import Doubt, Failed, Gen, Match, Output, Receipt, Waive, read
from pipeline.execution.decisions import Again, PollPace, Verdict, after_submit, is_forgotten
from pipeline.execution.events import Event, Happened, Listener
from pipeline.execution.find import Absent, Found, Search
from pipeline.execution.outcome import Ended
from pipeline.execution.pacing import Pacer, TooBusyError
from pipeline.execution.polling import Poller
from pipeline.execution.ports import (
    Clock,
    Failure,
    GoneError,
    Intake,
    Ledger,
    Lock,
    NotYetError,
    OwnedError,
    Prediction,
    Progress,
    Provider,
    ProviderError,
)

_REUSE_UPLOADS = timedelta(hours=24)
"""Uploads live seven days; official clients reuse their address for one."""
_LOOKS_S = (2.0, 10.0, 30.0)
"""When to look for a lost submit in the history before calling it in doubt."""
_FETCHES = 5
_FETCH_WAIT_S = 5.0
# With ten thousand attempts under way the pictures that are in memory are counted, not hoped for.
_UPLOADS_AT_ONCE = 24
_FETCHES_AT_ONCE = 12


class StopRunError(Exception):
    """The provider rejects this account, or everybody; this run can buy nothing more."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Everything that an attempt touches."""

    provider: Provider
    intake: Intake
    ledger: Ledger
    lock: Lock
    clock: Clock
    search: Search
    pacer: Pacer
    pace: PollPace
    listen: Listener


@dataclass(frozen=True, slots=True)
class Sending:
    """How to send an order.

    Attributes:
        body: request body without pictures.
        inputs: digests in the order in which they are sent.
        field: body field for their addresses.
        many: whether the field is a list.
    """

    body: Mapping[str, Json]
    inputs: tuple[Sha256, ...]
    field: str
    many: bool


class Driver:
    """Brings attempts to their end.

    What a call to the ledger has returned from is durable, and nobody else touches an attempt whose
    run is alive; so the next state is what was just written, and the ledger is not asked for it.
    """

    def __init__(self, edges: Edges) -> None:
        self._on = edges
        self._poller = Poller(edges.clock, edges.pace)
        self._uploads = asyncio.Semaphore(_UPLOADS_AT_ONCE)
        self._fetches = asyncio.Semaphore(_FETCHES_AT_ONCE)

    async def buy(self, attempt: OpenAttempt, sending: Sending) -> Ended:
        """Send a reserved attempt and see it through.

        Raises:
            StopRunError: the provider rejects this account, or has turned everybody away for long;
                the attempt is released.
        """
        try:
            body, fresh = await self._body(attempt, sending)
        except ProviderError as error:
            reason = f"the pictures could not be uploaded: {error.reason}"
            await self._on.ledger.abandoned(attempt.id, reason)
            if error.failure is Failure.UNUSABLE:
                raise StopRunError(error.reason) from error
            return self._end(Happened.RELEASE, attempt, reason, ZERO)
        try:
            return await self._send(attempt, body, fresh)
        except TooBusyError as busy:
            await self._on.ledger.abandoned(attempt.id, str(busy))
            self._tell(Happened.RELEASE, attempt, str(busy))
            raise StopRunError(str(busy)) from busy

    async def follow(self, attempt: OpenAttempt) -> Ended:
        """See an attempt through whose prediction is known, from any state on."""
        if attempt.state in {State.READY, State.STORED}:
            attempt = await self._reminded(attempt)
        if attempt.state is State.SUBMITTED:
            seen = await self._poll(attempt)
            if isinstance(seen, Ended):
                return seen
            # A failure that has pictures all the same delivers them: they are looked at, whatever
            # the status says, and the bill tells what they cost.
            if seen.progress is Progress.FAILED and not seen.addresses:
                return await self._settle(attempt, self._failure(attempt, seen.code, seen.message))
            await self._on.ledger.ready(attempt.id, addresses=seen.addresses)
            attempt = replace(
                attempt,
                state=State.READY,
                addresses=tuple(seen.addresses),
                notes=seen.notes,
                flagged=seen.flagged,
            )
        if attempt.state is State.READY:
            arrived = await self._take_in(attempt)
            if isinstance(arrived, Ended):
                return arrived
            await self._on.ledger.stored(attempt.id, outputs=arrived)
            attempt = replace(attempt, state=State.STORED, outputs=tuple(arrived))
        return await self._settle(attempt, self._delivery(attempt))

    async def _reminded(self, attempt: OpenAttempt) -> OpenAttempt:
        """What the provider said beside the pictures, asked once more; its run died with it.

        No ledger holds it, and the receipt is not worth waiting for it.
        """
        try:
            seen = await self._on.provider.result(attempt.prediction)
        except ProviderError:
            return attempt
        return replace(attempt, notes=seen.notes, flagged=seen.flagged)

    async def file(self, attempt: OpenAttempt) -> Ended:
        """File the receipt of a settled attempt; its claim ends when that is durable."""
        return await self._file(attempt, read(json.loads(attempt.receipt)))

    async def _settle(self, attempt: OpenAttempt, receipt: Gen | Failed) -> Ended:
        await self._on.ledger.settled(attempt.id, receipt)
        return await self._file(attempt, receipt)

    async def _file(self, attempt: OpenAttempt, receipt: Receipt) -> Ended:
        filed: list[Receipt] = [receipt]
        if isinstance(receipt, Gen) and _is_gapped(attempt):
            filed.append(_positions(attempt, self._now()))
        await self._on.lock.file(attempt.campaign, filed)
        await self._on.ledger.filed(attempt.id)
        if isinstance(receipt, Failed):
            words = f"{receipt.message} (code {receipt.code})" if receipt.code else receipt.message
            return self._end(Happened.FAIL, attempt, words, attempt.order.quote)
        outputs = len(receipt.outputs) if isinstance(receipt, Gen) else 0
        return self._end(Happened.SETTLE, attempt, "", attempt.order.quote, outputs=outputs)

    async def search(self, attempt: OpenAttempt, *, looks: Sequence[float]) -> Ended:
        """Look for an attempt that was sent without an answer; adopt it or leave it in doubt.

        Args:
            attempt: in `submitting` or in doubt.
            looks: seconds to wait before each look; at least one.
        """
        why = ""
        for wait in looks:
            await self._on.clock.sleep(wait)
            finding = await self._on.search.look(attempt)
            if isinstance(finding, Found):
                try:
                    submitted = await self._submitted(attempt, finding.prediction)
                except OwnedError as owned:
                    why = str(owned)  # another attempt was faster
                    continue
                self._tell(Happened.RESUME, submitted, f"found in the history: {finding.proof}")
                return await self.follow(submitted)
            if isinstance(finding, Absent):
                return await self._release(attempt, finding.proof)
            why = finding.why
        return await self.doubt(attempt, why)

    async def _release(self, attempt: OpenAttempt, proof: str) -> Ended:
        """Free an attempt that surely never arrived; a doubt in the lock gets its end there."""
        if attempt.state is State.IN_DOUBT:
            waived = Waive(attempt.id, self._now(), "proof", proof)
            await self._on.lock.file(attempt.campaign, [waived])
        await self._on.ledger.abandoned(attempt.id, proof)
        return self._end(Happened.RELEASE, attempt, proof, ZERO)

    async def doubt(self, attempt: OpenAttempt, why: str) -> Ended:
        """Write down that nobody knows; hold and claims stay."""
        if attempt.state is not State.IN_DOUBT:
            receipt = Doubt(attempt.order, self._now(), why, attempt.sent_at)
            await self._on.ledger.in_doubt(attempt.id, receipt)
            await self._on.lock.file(attempt.campaign, [receipt])
        return self._end(Happened.DOUBT, attempt, why, attempt.hold)

    async def _body(self, attempt: OpenAttempt, sending: Sending) -> tuple[Mapping[str, Json], str]:
        addresses: list[Json] = []
        fresh = ""
        for position, digest in enumerate(sending.inputs):
            # The last input is uploaded for this attempt alone and never used again: its address
            # will prove whose prediction one is. The others, the reference above all, are uploaded
            # once a day.
            if position == len(sending.inputs) - 1:
                fresh = await self._upload(attempt, digest, reusable=False)
                addresses.append(fresh)
            else:
                addresses.append(await self._reused(attempt, digest))
        pictures: Mapping[str, Json] = {}
        if addresses:
            pictures = {sending.field: addresses if sending.many else addresses[0]}
        return {**sending.body, **pictures}, fresh

    async def _reused(self, attempt: OpenAttempt, digest: Sha256) -> str:
        since = moment(self._on.clock.now() - _REUSE_UPLOADS)
        known = await self._on.ledger.upload_of(digest, since=since)
        return known or await self._upload(attempt, digest, reusable=True)

    async def _upload(self, attempt: OpenAttempt, digest: Sha256, *, reusable: bool) -> str:
        async with self._uploads:
            address = await self._on.provider.upload(digest, f"{attempt.id}-{digest[:8]}")
        await self._on.ledger.uploaded(digest, address, self._now(), reusable=reusable)
        return address

    async def _send(self, attempt: OpenAttempt, body: Mapping[str, Json], fresh: str) -> Ended:
        unsent = 0
        while True:
            async with self._on.pacer.place() as place:
                # Noted anew before each try: how long ago the last one left decides what is absent.
                at = self._now()
                await self._on.ledger.submitting(attempt.id, fresh=fresh, at=at)
                attempt = replace(attempt, state=State.SUBMITTING, fresh=fresh, sent_at=at)
                try:
                    prediction = await self._on.provider.submit(attempt.order.recipe.model, body)
                    attempt = await self._submitted(attempt, prediction)
                except ProviderError as error:
                    failed = error
                except OwnedError as owned:
                    failed = ProviderError(Failure.UNKNOWN, f"the answer is wrong: {owned}")
                else:
                    self._on.pacer.accepted(place)
                    self._tell(Happened.SUBMIT, attempt)
                    return await self.follow(attempt)
                pause = 0.0
                if failed.failure is Failure.BUSY:
                    hint_s = failed.retry_after_s
                    pause = self._on.pacer.turned_away(place, hint_s=hint_s, reason=failed.reason)
            unsent = unsent + 1 if failed.failure is Failure.NOT_SENT else 0
            verdict = after_submit(failed.failure, unsent)
            if not isinstance(verdict, Again):
                return await self._not_submitted(attempt, verdict, failed)
            wait = max(pause, verdict.after_s)
            self._tell(Happened.WAIT, attempt, f"{failed.reason}; trying again in {wait:.0f} s")
            await self._on.clock.sleep(verdict.after_s)

    async def _submitted(self, attempt: OpenAttempt, prediction: str) -> OpenAttempt:
        """Make the provider's id durable; whatever stood there of a doubt is no longer true."""
        await self._on.ledger.submitted(attempt.id, prediction=prediction)
        return replace(attempt, state=State.SUBMITTED, prediction=prediction, receipt="")

    async def _not_submitted(
        self, attempt: OpenAttempt, verdict: Verdict, error: ProviderError
    ) -> Ended:
        match verdict:
            case Verdict.IN_DOUBT:
                message = f"{error.reason}; looking into the provider's history"
                self._tell(Happened.WAIT, attempt, message)
                return await self.search(attempt, looks=_LOOKS_S)
            case Verdict.REFUSED:
                await self._on.ledger.refused(attempt.id, error.reason)
                return self._end(Happened.REFUSE, attempt, error.reason, ZERO)
            case Verdict.UNUSABLE:
                await self._on.ledger.refused(attempt.id, error.reason)
                self._tell(Happened.REFUSE, attempt, error.reason)
                raise StopRunError(error.reason) from error
            case Verdict.UNREACHABLE:
                await self._on.ledger.abandoned(attempt.id, error.reason)
                return self._end(Happened.RELEASE, attempt, error.reason, ZERO)

    async def _poll(self, attempt: OpenAttempt) -> Prediction | Ended:
        started = self._on.clock.elapsed()
        looks, last = 0, "it is still under way"
        while self._on.clock.elapsed() - started < self._on.pace.patience_s:
            looks += 1
            try:
                async with self._poller.look(attempt.id, looks):
                    seen = await self._on.provider.result(attempt.prediction)
            except ProviderError as error:
                if error.failure is Failure.UNUSABLE:
                    raise StopRunError(error.reason) from error
                if error.failure is Failure.BUSY:
                    self._poller.turned_away(hint_s=error.retry_after_s)
                last = error.reason
                if error.failure is Failure.REFUSED and self._is_forgotten(attempt):
                    gone = f"the provider no longer knows it: {error.reason}"
                    return Prediction(attempt.prediction, Progress.FAILED, message=gone)
                continue
            if seen.progress is not Progress.UNDER_WAY:
                return seen
        return self._later(attempt, last)

    async def _take_in(self, attempt: OpenAttempt) -> list[Output | None] | Ended:
        arrived: list[Output | None] = []
        cells = len(attempt.order.cells)
        for position, address in enumerate(attempt.addresses):
            fetched = await self._fetch(attempt, address)
            if isinstance(fetched, Ended):
                return fetched
            arrived.append(fetched)
            # Where fewer came than were asked for, the position does not say whose this one is.
            if fetched is not None and position < cells <= len(attempt.addresses):
                self._tell_one(Happened.DELIVER, attempt, position)
        return arrived

    async def _fetch(self, attempt: OpenAttempt, address: str) -> Output | Ended | None:
        why = ""
        for tries in range(1, _FETCHES + 1):
            try:
                async with self._fetches:
                    return await self._on.intake.take_in(address)
            except GoneError as gone:
                if self._is_forgotten(attempt):
                    return None
                why = str(gone)
            except NotYetError as error:
                why = str(error)
            await self._on.clock.sleep(_FETCH_WAIT_S * tries)
        return None if self._is_forgotten(attempt) else self._later(attempt, why)

    def _later(self, attempt: OpenAttempt, why: str) -> Ended:
        return self._end(Happened.LATER, attempt, why, attempt.hold)

    def _is_forgotten(self, attempt: OpenAttempt) -> bool:
        return is_forgotten(attempt.sent_at or attempt.reserved_at, self._on.clock.now())

    def _delivery(self, attempt: OpenAttempt) -> Gen:
        here = tuple(output for output in attempt.outputs if output is not None)
        return Gen(
            attempt.order,
            attempt.prediction,
            self._now(),
            here,
            notes=attempt.notes,
            flagged=_flagged(attempt),
        )

    def _failure(self, attempt: OpenAttempt, code: int, message: str) -> Failed:
        words = message or "the provider gave no reason"
        return Failed(attempt.order, attempt.prediction, self._now(), code, words)

    def _now(self) -> str:
        return moment(self._on.clock.now())

    def _end(
        self,
        kind: Happened,
        attempt: OpenAttempt,
        message: str,
        money: MicroUsd,
        *,
        outputs: int = 0,
    ) -> Ended:
        self._tell(kind, attempt, message, money=money)
        return Ended(kind, attempt.id, _addresses(attempt), money, outputs, message)

    def _tell(
        self,
        kind: Happened,
        attempt: OpenAttempt,
        message: str = "",
        *,
        money: MicroUsd = ZERO,
    ) -> None:
        told = Event(kind, attempt.id, _addresses(attempt), message, money, attempt.prediction)
        self._on.listen(told)

    def _tell_one(self, kind: Happened, attempt: OpenAttempt, position: int) -> None:
        cell = attempt.order.cells[position]
        self._on.listen(Event(kind, attempt.id, (cell.address,), prediction=attempt.prediction))


def _addresses(attempt: OpenAttempt) -> tuple[str, ...]:
    return tuple(cell.address for cell in attempt.order.cells)


def _is_gapped(attempt: OpenAttempt) -> bool:
    """Whether all pictures were delivered and some of them are gone before they were fetched."""
    return None in attempt.outputs and len(attempt.outputs) >= len(attempt.order.cells)


def _flagged(attempt: OpenAttempt) -> tuple[bool | None, ...]:
    """What the provider said of each picture that is here; nothing where that is not clear."""
    if len(attempt.flagged) != len(attempt.outputs):
        return ()
    both = zip(attempt.outputs, attempt.flagged, strict=True)
    return tuple(flag for output, flag in both if output is not None)


def _positions(attempt: OpenAttempt, at: str) -> Match:
    """Which output is whose when some are gone: their positions are still known."""
    cells = attempt.order.cells
    owners = tuple(
        cells[position].key if position < len(cells) else None
        for position, output in enumerate(attempt.outputs)
        if output is not None
    )
    return Match(attempt.id, at, owners, "assumed", 100)
