"""Pictures that the receipts of a realm name: whose they are, and who may still have them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.commands.books import Books, kept_since
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.history import Filed, History, fold
from pipeline.domain.receipts import Gen, Lost, Output, Use
from pipeline.execution.decisions import RETENTION
from pipeline.execution.refetch import Kept


@dataclass(frozen=True, slots=True)
class Holding:
    """One picture that was paid for and not given up.

    Attributes:
        digest: of its bytes.
        bytes: how many they are.
        label: its address, or its attempt where nobody knows which cell it serves.
        campaigns: whose locks name it, or under whose name the ledger has it.
        delivery: the latest receipt of a purchase that brought it; None where only others' use of
            it is known.
    """

    digest: Sha256
    bytes: int
    label: str
    campaigns: frozenset[str]
    delivery: Gen | None

    def kept_until(self, now: datetime) -> str:
        """The day (UTC) on which the provider forgets it; empty where it cannot be asked."""
        gen = self.delivery
        if gen is None or not gen.prediction or gen.at < kept_since(now):
            return ""
        return f"{datetime.fromisoformat(gen.at) + RETENTION:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Lacking:
    """A picture that could not be had or passed on.

    Attributes:
        digest: of its bytes.
        label: whose it is, or empty where no receipt says so.
        why: what is the matter, and where it might be.
    """

    digest: Sha256
    label: str
    why: str

    @property
    def text(self) -> str:
        """One line for people."""
        return f"{self.label or self.digest[:12]}: {self.why}"

    def document(self) -> Mapping[str, object]:
        """For machines."""
        named = {"address": self.label} if self.label else {}
        return {"sha256": self.digest, **named, "why": self.why}


class Whereabouts:
    """Says where pictures might be that are not here."""

    def __init__(self, known: Mapping[Sha256, Holding], books: Books, *, now: datetime) -> None:
        """Look around.

        Args:
            known: what receipts name.
            books: of the realm; damaged copies lie in their store.
            now: UTC.
        """
        shown = books.places.shown
        self._known = known
        self._aside = {digest: shown(path) for digest, path in books.store.damaged().items()}
        self._now = now

    def lacking(self, digest: Sha256, why: str) -> Lacking:
        """A picture that could not be had."""
        holding = self._known.get(digest)
        hints: list[str] = []
        until = "" if holding is None else holding.kept_until(self._now)
        if until:
            hints.append(f"the provider keeps it until {until}: `campaign run`")
        if digest in self._aside:
            hints.append(f"a damaged copy is at {self._aside[digest]}")
        if not hints:
            hints.append("perhaps on the machine that bought it: `campaign store push` there")
        return Lacking(digest, "" if holding is None else holding.label, "; ".join((why, *hints)))


def holdings(books: Books) -> dict[Sha256, Holding]:
    """All pictures that receipts name, whether delivered to a cell or not yet anybody's.

    What was declared lost is not among them, unless it serves another cell.
    """
    filed = books.receipts()
    history = fold(filed)
    campaigns: dict[Sha256, set[str]] = defaultdict(set)
    deliveries: dict[Sha256, Gen] = {}
    labels: dict[Sha256, str] = {}
    lengths: dict[Sha256, int] = {}
    for campaign, receipt in filed:
        for output in _outputs(receipt):
            lengths[output.sha256] = output.bytes
            campaigns[output.sha256].add(campaign)
            labels.setdefault(output.sha256, _label(receipt))
            if isinstance(receipt, Gen):
                known = deliveries.get(output.sha256)
                if known is None or known.at < receipt.at:
                    deliveries[output.sha256] = receipt
    labels |= _addresses(history)
    given_up = _given_up(filed, history)
    return {
        digest: Holding(
            digest, lengths[digest], labels[digest], frozenset(names), deliveries.get(digest)
        )
        for digest, names in sorted(campaigns.items())
        if digest not in given_up
    }


def absent(known: Mapping[Sha256, Holding], books: Books) -> dict[Sha256, int]:
    """The pictures of some that are not on this machine, with the lengths of their bytes."""
    here = books.store.present()
    return {digest: one.bytes for digest, one in known.items() if digest not in here}


def to_fetch(
    known: Mapping[Sha256, Holding], digests: Iterable[Sha256], now: datetime
) -> list[Kept]:
    """What the provider may still have of some pictures, by prediction."""
    wanted: dict[str, set[Sha256]] = defaultdict(set)
    gens: dict[str, Gen] = {}
    for digest in digests:
        holding = known.get(digest)
        if holding is not None and holding.delivery is not None and holding.kept_until(now):
            gen = holding.delivery
            gens[gen.prediction] = gen
            wanted[gen.prediction].add(digest)
    return [
        Kept(
            prediction,
            tuple(output.sha256 for output in gen.outputs),
            frozenset(wanted[prediction]),
        )
        for prediction, gen in gens.items()
    ]


def _outputs(receipt: object) -> tuple[Output, ...]:
    match receipt:
        case Gen():
            return receipt.outputs
        case Use():
            return (receipt.output,)
    return ()


def _label(receipt: object) -> str:
    match receipt:
        case Gen():
            return f"a picture of attempt {receipt.order.attempt}"
        case Use():
            return receipt.cell.address
    return ""


def _addresses(history: History) -> dict[Sha256, str]:
    """Where delivered pictures stand, as the attempt called it that bought them."""
    asked = {
        (attempt, cell.key): cell.address
        for attempt, order in history.orders.items()
        for cell in order.cells
    }
    found: dict[Sha256, str] = {}
    for key, delivered in history.deliveries.items():
        for delivery in delivered:
            address = asked.get((delivery.attempt, key))
            if address is not None:
                found.setdefault(delivery.output.sha256, address)
    return found


def _given_up(filed: Iterable[Filed], history: History) -> frozenset[Sha256]:
    lost = {receipt.sha256 for _, receipt in filed if isinstance(receipt, Lost)}
    serving = {
        delivery.output.sha256
        for delivered in history.deliveries.values()
        for delivery in delivered
    }
    return frozenset(lost - serving)
