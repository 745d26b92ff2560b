"""Somebody else on the same account: requests that the account holder never made."""

from typing import Any
from uuid import uuid4

from pipeline import catalog
from pipeline.emulator.accounts import InsufficientCreditError
from pipeline.emulator.pricing import price_of
from pipeline.emulator.provider import Provider
from pipeline.emulator.records import Prediction

_PROMPT = "somebody else's picture"


def follow(provider: Provider, accepted: Prediction, *, model: str) -> Prediction | None:
    """Let somebody else's request follow one of the account's own.

    It has other inputs and addresses than ours; behind them are the same files, so that it is
    carried out as ours is.

    Args:
        provider: takes it.
        accepted: what it follows.
        model: what it asks for; empty for the same with equal parameters.

    Returns:
        The prediction, or None where the credit does not cover it or the model has no price.
    """
    card = catalog.card(model or accepted.model)
    sources = accepted.sources[: card.inputs.most]
    addresses = [f"{provider.base_url}/media/{uuid4().hex}/theirs.jpg" for _ in sources]
    inputs: dict[str, Any] = dict(accepted.inputs) if card.model == accepted.model else {}
    inputs["prompt"] = _PROMPT
    if addresses:
        inputs[card.inputs.field] = addresses if card.inputs.many else addresses[0]
    charge = price_of(card, inputs)
    if charge is None:
        return None
    try:
        followed = provider.state.accept(
            model=card.model,
            inputs=inputs,
            sources=sources,
            dropped=0,
            charge=charge,
            credit=provider.balance,
            now_us=provider.now_us(),
            is_own=False,
            organisation=accepted.organisation,
            access_key=accepted.access_key,
        )
    except InsufficientCreditError:
        return None
    provider.worker.add(followed.id)
    return followed
