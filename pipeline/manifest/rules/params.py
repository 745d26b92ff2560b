"""Model parameters: known to the model, left to the author, and of a value that it takes."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.domain.card import Card
from pipeline.domain.fingerprint import Json
from pipeline.manifest import codes
from pipeline.manifest.parameters import Unfit, fitted, owned_by_plan, settable
from pipeline.manifest.places import Pointer
from pipeline.manifest.rules.case import Case
from pipeline.manifest.wording import did_you_mean, quoted, thing


def check_params(case: Case) -> None:
    """Every parameter of the campaign, of its variants and of its rules is one of the model's."""
    if case.card is None:
        return
    for at, params in _all_params(case):
        for name, value in params.items():
            _check(case, case.card, (*at, name), name, value)


def fitted_params(card: Card, params: Mapping[str, Json]) -> dict[str, Json]:
    """Parameters as they enter keys and requests; only for those without problems."""
    schemas = card.schema.get("properties")
    made: dict[str, Json] = {}
    for name, value in params.items():
        answer = fitted(value, _schema_of(schemas, name))
        if isinstance(answer, Unfit):
            raise TypeError(f"parameter {name} was not checked: {answer.why}")
        made[name] = answer
    return made


def _all_params(case: Case) -> Iterator[tuple[Pointer, Mapping[str, Json]]]:
    manifest = case.manifest
    yield ("params",), manifest.params
    for name, variant in manifest.variants.items():
        yield ("variants", name, "params"), variant.params
    for index, rule in enumerate(manifest.matrix.extend):
        yield (*case.rule("extend", index), "with", "params"), rule.with_.params


def _check(case: Case, card: Card, at: Pointer, name: str, value: Json) -> None:
    instead = owned_by_plan(card).get(name)
    known = settable(card)
    if instead is not None:
        case.problems.add(
            codes.OWNED_PARAM,
            case.source.locate_key(at),
            what=f"parameter {quoted(name)} is not the author's to set",
            why=instead,
            fix="delete the line",
        )
    elif name not in known:
        case.problems.add(
            codes.UNKNOWN_PARAM,
            case.source.locate_key(at),
            what=f"unknown parameter {quoted(name)}",
            why=f"{quoted(card.model)} has no such parameter",
            fix=did_you_mean(name, known, kind="parameters", otherwise="delete it"),
        )
    elif case.is_sound(*at):
        answer = fitted(value, _schema_of(card.schema.get("properties"), name))
        if isinstance(answer, Unfit):
            case.problems.add(
                codes.PARAM_VALUE,
                at,
                what=f"parameter {quoted(name)} cannot be {_shown(value)}",
                why=answer.why,
                fix=answer.fix or f"see `campaign models show {card.model}`",
            )


def _shown(value: Json) -> str:
    is_plain = isinstance(value, str | int) and not isinstance(value, bool)
    return quoted(value) if is_plain else thing(value)


def _schema_of(schemas: object, name: str) -> Mapping[str, Any]:
    found = schemas.get(name) if isinstance(schemas, Mapping) else None
    return found if isinstance(found, Mapping) else {}
