"""Models for people: which there are, what one takes, makes and costs, and how to begin with it."""

import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence

from pipeline.domain.card import Card, InputRule, NamedSize, PriceRule, SizeRule
from pipeline.domain.money import format_usd
from pipeline.reporting.starter import starter
from pipeline.reporting.tables import table
from pipeline.reporting.words import count

_WIDTH = 100
_LABEL = 14
_MILLION = 1_000_000
TRUST_WORDS = {
    "verified": "the seller says so",
    "elsewhere": "true at the model's maker or another seller",
    "inferred": "read out of several sources",
}
_HOW = {
    "exact": "the published price of {}",
    "table": "read off a list of {}",
    "floor": "at least that on {}; a campaign has to state `assume_max_usd`",
    "unknown": "not known on {}; a campaign has to state `assume_max_usd`",
}


def list_text(cards: Sequence[Card], *, own: Collection[str], forbidden: Collection[str]) -> str:
    """All models as a table.

    Args:
        cards: with the workspace's prices, in the order to show.
        own: models whose price is the workspace's own.
        forbidden: models that the workspace forbids.
    """
    rows = [("MODEL", "KIND", "IN", "OUT", "PRICE", "SIZES")]
    rows += [
        (
            card.model,
            card.operation,
            _span(card.inputs.least, card.inputs.most),
            _span(1, card.outputs.most),
            f"{short_price(card.price)}{_star(card, own)}",
            f"{short_sizes(card.size)}{'  forbidden here' if card.model in forbidden else ''}",
        )
        for card in cards
    ]
    days = sorted({card.price.as_of for card in cards if card.model not in own})
    lines = list(table(rows))
    lines += ["", "IN and OUT: pictures of one request; each picture asked for is paid for."]
    if days:
        lines.append(f"PRICE: of {' to '.join(dict.fromkeys((days[0], days[-1])))}.")
    if any(card.price.extra_input for card in cards):
        lines.append("+ for each input picture beyond the first")
    if any(_star(card, own) == "*" for card in cards):
        lines.append("* read off a dated list, not off the seller's own page of the model")
    if own:
        lines.append("! the price that `campaigns/workspace.yaml` states")
    lines += ["", "`campaign models show MODEL` tells everything about one of them,"]
    lines.append("`campaign models sync` asks the provider what has changed since.")
    return "\n".join(lines) + "\n"


def _star(card: Card, own: Collection[str]) -> str:
    if card.model in own:
        return "!"
    return "" if card.price.kind == "exact" else "*"


def _span(least: int, most: int) -> str:
    if most == 0:
        return "-"
    return str(most) if least == most else f"{max(1, least)}-{most}"


def short_price(rule: PriceRule) -> str:
    """A price in a few characters, such as `$0.14 to $0.24`."""
    prices = sorted({price for price in (rule.unit, *rule.by_value.values()) if price is not None})
    if rule.kind == "unknown" or not prices:
        return "unknown"
    shown = " to ".join(dict.fromkeys(map(format_usd, (prices[0], prices[-1]))))
    if rule.kind == "floor":
        shown = f"from {shown}"
    return f"{shown} +{format_usd(rule.extra_input)}" if rule.extra_input else shown


def short_sizes(rule: SizeRule) -> str:
    """What sizes a model makes, in a few characters."""
    if rule.form == "resolution":
        return f"{' '.join(rule.resolutions)} in {count(len(rule.aspects), 'shape')}"
    if rule.max_side:
        return f"{rule.min_side} to {rule.max_side} px a side"
    return f"{_megapixels(rule.min_pixels)} to {_megapixels(rule.max_pixels)} megapixels"


def _megapixels(pixels: int) -> str:
    tenths = (pixels * 10 + _MILLION // 2) // _MILLION
    return f"{tenths // 10}.{tenths % 10}"


def show_text(card: Card, *, is_own: bool, is_forbidden: bool) -> str:
    """Everything that a campaign's author needs of one model.

    Args:
        card: with the workspace's price.
        is_own: whether its price is the workspace's own.
        is_forbidden: whether the workspace forbids it.
    """
    opening = f"{card.title}, sold by {card.provider}. {_purpose(card)}"
    lines = [card.model, *textwrap.wrap(opening, _WIDTH), ""]
    if is_forbidden:
        lines += ["Forbidden here: `forbid_models` in `campaigns/workspace.yaml` names it.", ""]
    for label, words in (
        ("pictures in", _inputs(card)),
        ("pictures out", _outputs(card)),
        ("sizes", _sizes(card.size)),
        ("price", _price(card, is_own=is_own)),
        ("parameters", _parameters(card)),
        ("prompt", _prompt(card)),
    ):
        lines += _block(label, words)
    lines += ["", "Where this comes from", *_facts(card), "", "A manifest to start from", ""]
    lines += textwrap.indent(starter(card), "    ").splitlines()
    return "\n".join(lines) + "\n"


def _purpose(card: Card) -> str:
    what = "Edits pictures" if card.operation == "edit" else "Makes pictures from words alone"
    many = "several in one request" if card.outputs.is_sequential else "one in each request"
    return f"{what}, {many}."


def _inputs(card: Card) -> Iterator[str]:
    rule = card.inputs
    if rule.most == 0:
        yield "none, so a campaign has no `images`"
        return
    span = _span(rule.least, rule.most)
    yield f"{count(1, 'picture') if span == '1' else f'{span} pictures'.replace('-', ' to ')}"
    yield _reference(card)
    yield _files(rule)


def _reference(card: Card) -> str:
    if card.takes_reference:
        return "a set's `reference` goes first in every request and counts as one of them"
    return "no `reference`: the model could not tell it from the picture to edit"


def _files(rule: InputRule) -> str:
    return (
        f"{', '.join(rule.formats)}; at most {rule.max_bytes // _MILLION} MB and"
        f" {rule.max_pixels // _MILLION} megapixels, sides of {rule.min_side} px or more,"
        f" at most {rule.max_ratio} times as long as wide"
    )


def _outputs(card: Card) -> Iterator[str]:
    rule = card.outputs
    if not rule.is_sequential:
        yield "1 picture; each picture of a campaign is a request of its own"
        return
    yield f"1 to {rule.most} pictures; the plan asks for as many as it wants"
    if rule.inputs_plus_outputs is not None and card.inputs.most:
        yield f"pictures in and out together are at most {rule.inputs_plus_outputs}"
    if card.operation == "text":
        yield "several takes of one picture share a request with `sequence: takes`"
    yield "the model may make fewer, and what was asked for is charged"


def _sizes(rule: SizeRule) -> Iterator[str]:
    if rule.form == "resolution":
        yield "`master` and `native` are one of these, to the pixel:"
        header = ("", *rule.resolutions)
        rows = [(aspect, *_row(rule.named, aspect)) for aspect in rule.aspects]
        yield from table([header, *rows])
        return
    yield f"{rule.min_pixels:,} to {rule.max_pixels:,} pixels (width x height)"
    if rule.max_side:
        yield f"{rule.min_side} to {rule.max_side} px a side"
    yield f"at most {rule.max_ratio} times as long as wide"
    if rule.advised:
        yield f"recommended: {', '.join(map(str, rule.advised))}"


def _row(named: Sequence[NamedSize], aspect: str) -> list[str]:
    return [str(one.size) for one in named if one.aspect == aspect]


def _price(card: Card, *, is_own: bool) -> Iterator[str]:
    rule = card.price
    if rule.by_value:
        yield ", ".join(f"{value} {format_usd(price)}" for value, price in rule.by_value.items())
    elif rule.unit is not None:
        yield f"{format_usd(rule.unit)} for each picture asked for, whatever its size"
    if rule.extra_input:
        yield f"{format_usd(rule.extra_input)} more for each input picture beyond the first"
    if is_own:
        yield "the workspace's own price, from `prices` in `campaigns/workspace.yaml`"
        return
    yield f"{_HOW[rule.kind].format(rule.as_of)} ({rule.source})"


def _parameters(card: Card) -> Iterator[str]:
    """Parameters that are the author's to set, under `params`."""
    rules = _author_rules(card)
    if not rules:
        yield "none"
    for name, rule in rules.items():
        told = [_values(rule)]
        if name in card.defaults:
            told.append(f"{_said(card.defaults[name])} unless you say otherwise")
        elif "default" in rule:
            told.append(f"{_said(rule['default'])} by default")
        description = rule.get("description")
        if isinstance(description, str):
            told.append(description[0].lower() + description[1:].rstrip("."))
        yield f"{name}: {'; '.join(filter(None, told))}"


def _author_rules(card: Card) -> Mapping[str, Mapping[str, object]]:
    taken = {"prompt", "enable_sync_mode", "enable_base64_output", card.inputs.field}
    taken |= {card.size.field, card.size.aspect_field or "", card.outputs.count_field or ""}
    found = card.schema.get("properties")
    rules = found if isinstance(found, Mapping) else {}
    return {
        name: rule
        for name, rule in rules.items()
        if name not in taken and isinstance(rule, Mapping)
    }


def _values(rule: Mapping[str, object]) -> str:
    words = rule.get("enum")
    if isinstance(words, list):
        return " or ".join(map(_said, words))
    kind = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
    said = kind.get(str(rule.get("type")), "text")
    if "minimum" in rule and "maximum" in rule:
        return f"{said} from {rule['minimum']} to {rule['maximum']}"
    return said


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _prompt(card: Card) -> Iterator[str]:
    if card.advised_words is not None:
        yield f"up to about {card.advised_words} English words"
    else:
        yield "nothing is known about its length"
    if card.outputs.is_sequential:
        yield "it says nothing about how many pictures to make; the plan adds that"


def _facts(card: Card) -> Iterator[str]:
    for fact in card.facts:
        yield from _wrapped(f"{fact.about:<{_LABEL - 2}}", [fact.says], indent=2)
        yield from _wrapped("", [f"({TRUST_WORDS[fact.trust]}: {fact.source}, {fact.as_of})"], 2)


def _block(label: str, words: Iterator[str]) -> Iterator[str]:
    return _wrapped(label, list(words), indent=0)


def _wrapped(label: str, words: Sequence[str], indent: int) -> Iterator[str]:
    """Lines behind a label; long ones go on below themselves."""
    column = " " * (indent + _LABEL)
    first = f"{' ' * indent}{label:<{_LABEL}}"
    for text in words:
        yield from textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=first,
            subsequent_indent=column,
            break_long_words=False,
            break_on_hyphens=False,
        )
        first = column
