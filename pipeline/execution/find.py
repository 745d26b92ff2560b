"""Finding out what became of a submit that got no answer: proof, or it stays in doubt."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from pipeline.domain.attempt import OpenAttempt
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.identity import is_echoed
from pipeline.execution.decisions import RETENTION
from pipeline.execution.ports import (
    BillingRow,
    Clock,
    GoneError,
    Ledger,
    NotYetError,
    Prediction,
    Provider,
    ProviderError,
)
from pipeline.execution.records import SKEW, Records

SETTLED_AFTER = timedelta(minutes=15)
"""How long after a send a listing may still miss it."""

_MIXED_UP = (
    "the provider told the id of its prediction {} to another request as well, and the books have "
    "it there: the pictures of the two may be mixed up, so look at both before deciding"
)

DigestOf = Callable[[str], Awaitable[Sha256]]
"""Digest of what lies at an address; raises NotYetError or GoneError."""


@dataclass(frozen=True, slots=True)
class Found:
    """The attempt's prediction, and the proof that it is."""

    prediction: str
    proof: str


class Absent(NamedTuple):
    """Proof that nothing arrived."""

    proof: str


class Unknown(NamedTuple):
    """No proof either way; `why` says what is missing."""

    why: str


Finding = Found | Absent | Unknown


class Search:
    """Looks for lost attempts in the provider's history and bill."""

    def __init__(
        self,
        provider: Provider,
        ledger: Ledger,
        clock: Clock,
        *,
        exclusive: bool,
        digest_of: DigestOf | None = None,
    ) -> None:
        """Prepare to look.

        Args:
            provider: whose history.
            ledger: tells which predictions have an owner.
            clock: for the window.
            exclusive: whether the key is used by this workspace alone.
            digest_of: reads pictures that the history names; without it only addresses prove.
        """
        self._provider = provider
        self._records = Records(provider, clock)
        self._ledger = ledger
        self._clock = clock
        self._exclusive = exclusive
        self._digest_of = digest_of
        self._digests: dict[str, Sha256] = {}

    async def look(self, attempt: OpenAttempt) -> Finding:
        """Look for one attempt.

        Adopted is only an exact match of what was asked, or, under an exclusive key, the only
        prediction without an owner of that model in the window while no other attempt could be its
        owner. An exact match is an echoed input that was uploaded for this attempt alone; where
        that address is not known any more, the same prompt, parameters and pictures. Absent is what
        two complete listings do not show, both taken long enough after the send, while the bill has
        no row without an owner.
        """
        sent = datetime.fromisoformat(attempt.sent_at or attempt.reserved_at)
        try:
            listing = await self._records.listing(sent - SKEW, sent=sent)
        except ProviderError as error:
            return Unknown(f"the provider's history could not be read: {error.reason}")
        owned = await self._ledger.owned()
        unowned = [prediction for prediction in listing if prediction.id not in owned]
        for prediction in listing:
            if prediction.id in owned and _is_fresh_input(prediction, attempt):
                return Unknown(_MIXED_UP.format(prediction.id))
        candidates: list[Prediction] = []
        for prediction in unowned:
            told = await self._compare(prediction, attempt)
            if told:
                return Found(prediction.id, told)
            if told is not None:
                candidates.append(prediction)
        if candidates:
            return await self._only_one(attempt, candidates)
        age = self._clock.now() - sent
        if age < SETTLED_AFTER:
            return Unknown("the history does not show it yet; look again 15 minutes after the send")
        if age > RETENTION - SKEW:
            return Unknown("the provider's history does not reach back to it any more")
        return await self._absent(attempt, sent)

    async def may_have_left(self, attempt: OpenAttempt) -> str:
        """Why an attempt of a dead run that was only reserved may have been sent all the same.

        A ledger that lost its last writes cannot be told from a good one, so the history is asked.

        Returns:
            The reason, or nothing where no prediction without an owner looks like it.

        Raises:
            ProviderError: the history could not be read.
        """
        reserved = datetime.fromisoformat(attempt.reserved_at)
        since = reserved - SKEW
        if self._clock.now() - since > RETENTION:
            return await self._billed_without_owner(since)
        listing = await self._records.listing(since, sent=reserved)
        owned, ours = await self._ledger.owned(), await self._ledger.uploads()
        for prediction in listing:
            if prediction.id in owned or await self._compare(prediction, attempt) is None:
                continue
            told = frozenset(prediction.inputs)
            if not told or self._exclusive or told & ours:
                return f"prediction {prediction.id} has no owner and looks like it"
        return ""

    async def _billed_without_owner(self, since: datetime) -> str:
        """As `may_have_left`, by the bill, which reaches back further than the history."""
        bill = await self._provider.bill_between(since, since + timedelta(days=1))
        owned = await self._ledger.owned()
        strangers = [row.prediction for row in bill if row.prediction not in owned]
        return f"the bill has prediction {strangers[0]} without an owner" if strangers else ""

    async def _compare(self, prediction: Prediction, attempt: OpenAttempt) -> str | None:
        """Compare what a prediction asks for with what an attempt asked for.

        Returns:
            The proof that it is this attempt's, nothing where it may be, None where it is not.
        """
        if _is_fresh_input(prediction, attempt):
            return "its input address was uploaded for this attempt alone"
        if not may_be(prediction, attempt):
            return None
        asked, echo = _digests(attempt), prediction.asked
        if attempt.fresh or echo is None or not asked or self._digest_of is None:
            return ""  # nothing more is told, or words alone, which may be anybody's
        sent = [one for one in prediction.inputs if one != echo.get("prompt")]
        if len(sent) != len(asked):
            return None
        try:
            told = [await self._digest(address, self._digest_of) for address in sent]
        except (NotYetError, GoneError):
            return ""
        return "it asks for the same with the same pictures" if told == asked else None

    async def _digest(self, address: str, read: DigestOf) -> Sha256:
        """Digest of what lies at an address; read once, however many attempts are compared."""
        known = self._digests.get(address)
        if known is None:
            known = self._digests[address] = await read(address)
        return known

    async def _only_one(
        self, attempt: OpenAttempt, candidates: Sequence[Prediction]
    ) -> Found | Unknown:
        rivals = [
            other
            for other in await self._ledger.open_attempts()
            if not other.prediction and other.order.recipe.model == attempt.order.recipe.model
        ]
        # An entry that could not be read has no id: it may be this one, and cannot be adopted.
        is_alone = len(candidates) == len(rivals) == 1 and bool(candidates[0].id)
        # Of an attempt that only a lock tells of, the ledger was lost: others may have been lost
        # with it, and the only one left need not be this one's.
        is_alone &= bool(attempt.fresh) or not _digests(attempt)
        if self._exclusive and is_alone and _is_in_time(candidates[0], attempt):
            proof = "the key is exclusive and this is the only prediction without an owner"
            return Found(candidates[0].id, proof)
        listed = ", ".join(prediction.id or "(not readable)" for prediction in candidates)
        return Unknown(f"these predictions have no owner and may be it: {listed}")

    async def _absent(self, attempt: OpenAttempt, sent: datetime) -> Absent | Unknown:
        settled = sent + SETTLED_AFTER
        try:
            listings = await self._records.two_listings(sent - SKEW, sent=settled)
            bill = await self._records.bill(sent - SKEW, sent=settled)
        except ProviderError as error:
            return Unknown(f"the provider's records could not be read: {error.reason}")
        owned = await self._ledger.owned()
        for prediction in listings:
            if prediction.id not in owned and await self._compare(prediction, attempt) is not None:
                return Unknown("something appeared in the history only now; look again")
        strangers = _unexplained(bill, listings, owned)
        if strangers:
            rows = ", ".join(row.row for row in strangers)
            return Unknown(f"the bill has rows without an owner: {rows}")
        return Absent(
            "two complete listings of the provider's history, taken at least 15 minutes after the "
            "send, do not show it, and the bill has no row without an owner"
        )


def may_be(prediction: Prediction, attempt: OpenAttempt) -> bool:
    """Whether a prediction could be this attempt's although nothing proves it."""
    if prediction.model and prediction.model != attempt.order.recipe.model:
        return False
    if len(prediction.addresses) > len(attempt.order.cells):
        return False
    if prediction.asked is not None and not _asks_the_same(prediction, attempt):
        return False
    # Inputs that are told and do not hold the fresh address belong to somebody else.
    return not (attempt.fresh and prediction.inputs)


def _is_fresh_input(prediction: Prediction, attempt: OpenAttempt) -> bool:
    """Whether a prediction was given what was uploaded for this attempt alone."""
    return bool(attempt.fresh) and attempt.fresh in prediction.inputs


def _asks_the_same(prediction: Prediction, attempt: OpenAttempt) -> bool:
    """Whether an echoed request has this attempt's words and parameters."""
    asked, echo = attempt.order.asked, prediction.asked
    if echo is None or echo.get("prompt") != asked.get("prompt"):
        return False
    params = asked.get("params")
    return is_echoed(params if isinstance(params, dict) else {}, echo)


def _digests(attempt: OpenAttempt) -> list[object]:
    inputs = attempt.order.asked.get("inputs")
    pictures = inputs if isinstance(inputs, list) else []
    return [picture["sha256"] for picture in pictures if isinstance(picture, dict)]


def _is_in_time(prediction: Prediction, attempt: OpenAttempt) -> bool:
    """Whether a prediction was created when the attempt was sent, as far as both are known."""
    if prediction.created_at is None or not attempt.sent_at:
        return True
    sent = datetime.fromisoformat(attempt.sent_at)
    return sent - SKEW <= prediction.created_at <= sent + SETTLED_AFTER


def _unexplained(
    bill: Sequence[BillingRow], listing: Sequence[Prediction], owned: frozenset[str]
) -> list[BillingRow]:
    """Rows of the bill that belong to no attempt and to no prediction known to be another's."""
    listed = frozenset(prediction.id for prediction in listing if prediction.id)
    return [row for row in bill if row.prediction not in owned | listed]
