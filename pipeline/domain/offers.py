"""What a provider's catalogue and prices say today, beside what the cards say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.domain.card import Card, Quote
from pipeline.domain.fingerprint import Json
from pipeline.domain.money import MicroUsd


@dataclass(frozen=True, slots=True)
class Offer:
    """One model of a provider's catalogue, as far as its entry could be read.

    Attributes:
        model: the provider's id.
        kind: what it does, in the provider's word, such as `image-to-image`; may be empty.
        base_price: what the catalogue says that it costs at least; None where it says nothing.
        fields: fields of its request with the schema of each; None where there is no schema.
        required: fields that a request needs.
    """

    model: str
    kind: str
    base_price: MicroUsd | None
    fields: Mapping[str, Mapping[str, Any]] | None
    required: frozenset[str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A provider's catalogue.

    Attributes:
        offers: by model id.
        odd: how many entries could not be read.
    """

    offers: Mapping[str, Offer]
    odd: int


@dataclass(frozen=True, slots=True)
class Probe:
    """A request whose price is asked for; asking costs nothing.

    Attributes:
        card: of the model.
        what: how it differs from the other probes of its model, for people.
        body: as it would be sent, with addresses that nobody fetches.
        inputs: pictures in it.
        outputs: pictures that it asks for.
        listed: its price by the card.
    """

    card: Card
    what: str
    body: Mapping[str, Json]
    inputs: int
    outputs: int
    listed: Quote


@dataclass(frozen=True, slots=True)
class Asked:
    """The provider's answer to a probe.

    Attributes:
        probe: what was asked.
        planned: what a plan takes for it: the card's price, or the workspace's own.
        now: what the provider asks, undiscounted; None where it told no price.
        why: why it told none.
    """

    probe: Probe
    planned: MicroUsd
    now: MicroUsd | None
    why: str = ""

    @property
    def listed(self) -> MicroUsd:
        """Price by the card."""
        return self.probe.listed.amount

    @property
    def differs(self) -> bool:
        """Whether the card does not say what the provider asks."""
        return self.now != self.listed

    @property
    def rises(self) -> bool:
        """Whether a plan would promise too little."""
        return self.now is not None and self.now > self.planned


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between the cards and the provider.

    Attributes:
        base: the provider's address.
        on: day of asking, ISO.
        asked: all prices, model by model.
        fields: what differs in the fields of requests, by model; only models that differ.
        vanished: models with a card that the catalogue does not list.
        related: models without a card of the families that have cards.
        others: ids of all other models without a card.
        odd: entries of the catalogue that could not be read.
        raises: least price of one picture for `prices:` of the workspace that no request of the
            model exceeds, for models whose price rises.
    """

    base: str
    on: str
    asked: tuple[Asked, ...]
    fields: Mapping[str, tuple[str, ...]]
    vanished: tuple[str, ...]
    related: tuple[Offer, ...]
    others: tuple[str, ...]
    odd: int
    raises: Mapping[str, MicroUsd]
