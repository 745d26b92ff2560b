"""An explanation of one cell for machines: format 1, money in micro-dollars."""

from collections.abc import Mapping

from pipeline.domain.explanation import Explanation, Partner
from pipeline.domain.plan import Step

EXPLAIN_FORMAT = 1


def explain_document(of: Explanation, *, file: str) -> Mapping[str, object]:
    """The explanation as one JSON document; what there is not is null or an empty list.

    Args:
        of: the explanation.
        file: where the picture lies that serves the cell; empty where there is none.
    """
    decision = of.decision
    partner = of.partner
    pin = None
    if of.pin and partner is not None and partner.output is not None:
        pin = {
            "address": str(of.cell.address),
            "key": partner.asked.key,
            "picture": partner.output.sha256,
        }
    return {
        "explain": EXPLAIN_FORMAT,
        "campaign": of.campaign,
        "realm": of.realm,
        "address": str(of.cell.address),
        "key": of.key,
        "pinned_to": None if of.cell.key == of.key else of.cell.key,
        "action": decision.action.value,
        "reason": decision.reason.value,
        "detail": decision.detail,
        "price": of.price,
        "request": None if of.step is None else _request(of.step),
        "file": file or None,
        "partner": None if partner is None else _partner(partner),
        "prompt": [{"fate": word.fate, "text": word.text} for word in of.words],
        "changes": [
            {"path": one.path, "before": one.before, "after": one.after} for one in of.changes
        ],
        "inputs": [
            {
                "role": one.role,
                "before": {"sha256": one.before, "file": one.before_name or None},
                "after": {"sha256": one.after, "file": one.after_name or None},
            }
            for one in of.inputs
        ],
        "pin": pin,
    }


def _request(step: Step) -> Mapping[str, object]:
    return {
        "job": step.request.job,
        "cells": [cell.key for cell in step.cells],
        "amount": step.quote.amount,
        "most": step.quote.most,
    }


def _partner(partner: Partner) -> Mapping[str, object]:
    output = partner.output
    return {
        "how": partner.how,
        "campaign": partner.campaign or None,
        "address": partner.asked.address,
        "key": partner.asked.key,
        "attempt": partner.attempt,
        "at": partner.at,
        "charged": partner.charged,
        "confirmed": partner.is_confirmed,
        "prediction": partner.prediction or None,
        "picture": None
        if output is None
        else {
            "sha256": output.sha256,
            "width": output.width,
            "height": output.height,
            "bytes": output.bytes,
            "mime": output.mime,
        },
    }
