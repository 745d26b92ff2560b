"""Prices written into the text of a workspace file, everything else left as it is.

A file that people keep has comments, an order and a layout of its own, which reading and writing it
as data would lose; so the few characters that change are found by their place.
"""

import json
import re
from collections.abc import Mapping

import yaml

from pipeline.domain.money import MicroUsd, format_usd

_KEY = "prices"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]*")
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


class NotEditableError(ValueError):
    """The text is laid out in a way that a program had better leave alone."""


def with_prices(text: str, prices: Mapping[str, MicroUsd]) -> str:
    """A workspace file's text with these models' prices under `prices:`.

    Lines that are there are changed in place; others come behind the last price, or behind
    everything else where there are none yet. Whoever calls this reads the result again and holds
    it to what was wanted.

    Args:
        text: of a file without problems.
        prices: of one picture, by model.

    Raises:
        NotEditableError: it cannot be done by changing a few characters.
    """
    mark = _MARK if text.startswith(_MARK) else ""
    body = text.removeprefix(_MARK)
    for model, price in sorted(prices.items()):
        body = _with_price(body, model, _amount(price))
    return mark + body


def price_lines(prices: Mapping[str, MicroUsd]) -> str:
    """The same as lines for a person to paste."""
    lines = [f"  {_name(model)}: {_amount(price)}\n" for model, price in sorted(prices.items())]
    return f"{_KEY}:\n{''.join(lines)}"


def _amount(price: MicroUsd) -> str:
    return f"{format_usd(price).replace('$', '').replace(',', '')} USD"


def _name(model: str) -> str:
    return model if _PLAIN.fullmatch(model) else json.dumps(model)


def _with_price(text: str, model: str, amount: str) -> str:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        # Such as a line behind the mark that ends a document, put there for another price.
        raise NotEditableError("a price does not fit behind its last line") from error
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise NotEditableError("the file is not written as lines of keys")
    section = _value(root, _KEY)
    if section is None:
        indent = " " * root.start_mark.column
        return _with_line(
            text, len(text), f"{indent}{_KEY}:", f"{indent}  {_name(model)}: {amount}"
        )
    if not isinstance(section, yaml.MappingNode):
        raise NotEditableError(f"`{_KEY}` holds no keys")
    own = _value(section, model)
    if own is not None:
        return _with_value(text, own, amount)
    entry = f"{_name(model)}: {amount}"
    if section.flow_style:
        return _with_more(text, section, entry)
    last_key, last_value = section.value[-1]
    return _with_line(text, _end(last_value), f"{' ' * last_key.start_mark.column}{entry}")


def _value(mapping: yaml.MappingNode, name: str) -> yaml.Node | None:
    """The value of a key as it is written; None where there is no such key.

    Raises:
        NotEditableError: an alias stands for it, so it is written elsewhere.
    """
    for key, value in mapping.value:
        if key.value == name:
            if _start(value) < _end(key):
                raise NotEditableError(f"an alias stands for `{name}`")
            found: yaml.Node = value
            return found
    return None


def _with_value(text: str, old: yaml.Node, new: str) -> str:
    written = text[_start(old) : _end(old)]
    quote = written[:1] if written[:1] in {"'", '"'} else ""
    return f"{text[: _start(old)]}{quote}{new}{quote}{text[_end(old) :]}"


def _with_more(text: str, section: yaml.MappingNode, entry: str) -> str:
    if not section.value:
        return f"{text[: _start(section)]}{{{entry}}}{text[_end(section) :]}"
    at = _end(section.value[-1][1])
    return f"{text[:at]}, {entry}{text[at:]}"


def _with_line(text: str, behind: int, *lines: str) -> str:
    """Put lines behind the line that a place is in; the text's own line ends are kept."""
    ends = "\r\n" if "\r\n" in text else "\n"
    added = "".join(f"{line}{ends}" for line in lines)
    line_end = text.find("\n", max(0, behind - 1)) + 1
    if line_end == 0:
        return f"{text}{ends}{added}"
    return f"{text[:line_end]}{added}{text[line_end:]}"


def _start(node: yaml.Node) -> int:
    return int(node.start_mark.index)


def _end(node: yaml.Node) -> int:
    return int(node.end_mark.index)
