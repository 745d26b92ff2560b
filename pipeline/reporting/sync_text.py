"""What differs between the cards and the provider, for people."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.offers import Asked, Comparison, Offer
from pipeline.reporting.tables import table
from pipeline.reporting.words import count

_MOST_RELATED = 40
FILE = "campaigns/workspace.yaml"


def sync_text(found: Comparison, *, lines: str, is_written: bool) -> str:
    """Lay a comparison out.

    Args:
        found: what differs.
        lines: what the workspace file should say of prices that rise; empty where none does.
        is_written: whether it says so now.
    """
    cards = len({one.probe.card.model for one in found.asked})
    prices, models = count(len(found.asked), "price"), count(cards, "model")
    shown = [f"Asked {found.base} on {found.on}: {prices} of {models} with a card.", ""]
    parts = [
        *_prices(found),
        *_untold(found),
        *_fields(found.fields),
        *_vanished(found),
        *_related(found),
    ]
    shown += parts or ["Nothing differs from the cards.", ""]
    shown += _advice(found, lines, is_written=is_written)
    return "\n".join(shown).rstrip("\n") + "\n"


def _prices(found: Comparison) -> Iterator[str]:
    changed = [one for one in _news(found.asked) if one.differs]
    if not changed:
        return
    yield "Prices that are not those of the cards"
    rows = [("MODEL", "FOR", "CARD", "AS OF", "NOW", ""), *map(_row, changed)]
    yield from (f"  {line}" for line in table(rows))
    yield ""


def _news(asked: Sequence[Asked]) -> Iterator[Asked]:
    """Answers that do not follow from the price of one picture and the card's surcharge."""
    first: dict[str, MicroUsd] = {}
    for one in asked:
        if one.now is None:
            continue
        probe, model = one.probe, one.probe.card.model
        is_plain = probe.inputs <= 1 and probe.outputs == 1
        surcharge = probe.card.price.extra_input * max(0, probe.inputs - 1)
        follows = first.get(model, MicroUsd(0)) * probe.outputs + surcharge
        if is_plain:
            first.setdefault(model, one.now)
        if is_plain or one.now != follows:
            yield one


def _row(one: Asked) -> tuple[str, ...]:
    now = one.now or MicroUsd(0)
    if one.rises:
        verdict = f"rises by {format_usd(MicroUsd(now - one.planned))}"
    elif now > one.listed:
        verdict = f"covered: the workspace says {format_usd(one.planned)}"
    else:
        verdict = "falls; plans keep the card's price"
    listed = one.probe.listed
    return (
        one.probe.card.model,
        one.probe.what,
        format_usd(one.listed),
        listed.as_of,
        format_usd(now),
        verdict,
    )


def _untold(found: Comparison) -> Iterator[str]:
    silent = [one for one in found.asked if one.now is None]
    if silent:
        yield "Prices that the provider did not tell"
        rows = [(one.probe.card.model, one.probe.what, one.why) for one in silent]
        yield from (f"  {line}" for line in table(rows))
        yield ""


def _fields(fields: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    if fields:
        yield "Requests that are not described as on the cards"
        for model, changes in fields.items():
            yield f"  {model}"
            yield from (f"    {change}" for change in changes)
        yield ""


def _vanished(found: Comparison) -> Iterator[str]:
    if found.vanished:
        yield "Models with a card that the provider does not list any more"
        yield from (f"  {model}" for model in found.vanished)
        yield ""


def _related(found: Comparison) -> Iterator[str]:
    if found.related:
        yield "Models of the same families without a card"
        rows = [_offer(offer) for offer in found.related[:_MOST_RELATED]]
        yield from (f"  {line}" for line in table(rows))
        if len(found.related) > _MOST_RELATED:
            yield f"  … and {len(found.related) - _MOST_RELATED} more; `--json` lists them"
        yield ""
    if found.others:
        yield f"{count(len(found.others), 'other model')} without a card; `--json` lists them."
    if found.odd:
        yield f"{count(found.odd, 'entry', 'entries')} of the catalogue could not be read."
    if found.others or found.odd:
        yield ""


def _offer(offer: Offer) -> tuple[str, ...]:
    price = "" if offer.base_price is None else f"from {format_usd(offer.base_price)}"
    return offer.model, offer.kind, price


def _advice(found: Comparison, lines: str, *, is_written: bool) -> Iterator[str]:
    if not found.raises:
        return
    if is_written:
        yield f"Wrote {count(len(found.raises), 'price')} to `{FILE}`; look at `git diff`."
    else:
        yield f"So that no plan promises too little, `{FILE}` should say (`--write` does it):"
        yield ""
        yield from (f"    {line}" for line in lines.splitlines())
    uneven = {one.probe.card.model for one in found.asked if _is_uneven(one, found.raises)}
    if uneven:
        yield ""
        yield "There is one price for a model there, so some requests of these are then overstated,"
        yield "until their cards are renewed:"
        yield from (f"  {model}" for model in found.raises if model in uneven)


def _is_uneven(one: Asked, raises: Mapping[str, MicroUsd]) -> bool:
    """Whether the price for the workspace file is above what this request costs."""
    card, price = one.probe.card, raises.get(one.probe.card.model)
    if price is None or one.now is None:
        return False
    surcharge = card.price.extra_input * max(0, one.probe.inputs - 1)
    listed = card.price.by_value.get(str(one.probe.body.get(card.price.by_field or "")), price)
    return max(price, listed) * one.probe.outputs + surcharge > one.now
