"""`outputs/index.html`: all campaigns on one page, real ones first, drafts apart.

No script, no file but previews beside it, and a policy that says so. The same entries give the same
bytes.
"""

import base64
import functools
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources

from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.verdicts import Word
from pipeline.reporting.index.entries import Entry
from pipeline.reporting.sheet.facts import REAL, CellState
from pipeline.reporting.sheet.links import UnsafePathError, href
from pipeline.reporting.sheet.words import STATE_WORDS, visible
from pipeline.reporting.words import count

_HERE = "pipeline.reporting.index"
_PAGE = "index.html"
_DOT = " \u00b7 "


def render_index(
    entries: Sequence[Entry], *, without: Sequence[str] = (), unread: Sequence[str] = ()
) -> str:
    """Render the page.

    Args:
        entries: in the order to show.
        without: names of campaigns that have no sheet yet.
        unread: folders below the outputs whose sheet cannot be read.
    """
    style = _style()
    real = [one for one in entries if one.realm == REAL]
    others = [one for one in entries if one.realm != REAL and not one.is_draft]
    drafts = [one for one in entries if one.is_draft]
    parts = [
        *_opening(style),
        '<header><h1>Campaigns</h1>\n<p class="soft">',
        _sum(real, [*others, *drafts], without),
        "</p></header>\n<main>\n",
        *_section("bought", "Bought", "", real),
        *_section(
            "elsewhere", "From other addresses", "On books of their own, not in the sum.", others
        ),
        *_section("drafts", "Drafts", "Made by the embedded engine; nothing was bought.", drafts),
        *_lists(without, unread),
    ]
    if not (entries or without or unread):
        parts.append('<p class="empty">No campaign has a contact sheet yet.</p>\n')
    parts.append("</main>\n</body>\n</html>\n")
    return "".join(parts)


def _opening(style: str) -> Iterator[str]:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' data:",
            f"style-src 'sha256-{digest}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_safe(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>Campaigns</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )


def _sum(real: Sequence[Entry], others: Sequence[Entry], without: Sequence[str]) -> str:
    charged = MicroUsd(sum(one.charged for one in real))
    doubt = MicroUsd(sum(one.in_doubt for one in real))
    names = {one.name for one in (*real, *others)} | set(without)
    parts = [
        count(len(names), "campaign"),
        f"{sum(one.delivered for one in real):,} pictures bought and here",
        f"{format_usd(charged)} charged",
        *([f"{format_usd(doubt)} in doubt"] if doubt else []),
    ]
    return _DOT.join(parts)


def _section(css: str, heading: str, note: str, entries: Sequence[Entry]) -> Iterator[str]:
    if not entries:
        return
    yield f'<section class="{css}" aria-labelledby="{css}">\n<h2 id="{css}">{heading}</h2>\n'
    if note:
        yield f'<p class="soft">{note}</p>\n'
    yield '<ul role="list">\n'
    for one in entries:
        yield from _card(one)
    yield "</ul>\n</section>\n"


def _card(one: Entry) -> Iterator[str]:
    try:
        link = href(f"{one.folder}/{_PAGE}")
    except UnsafePathError:
        return  # a folder that no campaign can have
    stamp = '<strong class="stamp">Draft</strong> ' if one.is_draft else ""
    realm = "" if one.realm in ("real", "draft") else f" \u00b7 realm {_told(one.realm)}"
    yield f'<li><a href="{_safe(link)}">{_cover(one)}<h3>{_told(one.title or one.name)}</h3></a>\n'
    yield f'<p class="soft">{stamp}{_told(one.name)} \u00b7 {_told(one.model)}{realm}</p>\n'
    yield f"<p>{_states(one)}</p>\n"
    if one.delivered:
        yield from _decided(one)
    yield from _money(one)
    if one.newest:
        yield f'<p class="soft">newest picture {_told(one.newest)}</p>\n'
    yield "</li>\n"


def _cover(one: Entry) -> str:
    try:
        source = href(f"{one.folder}/{one.cover}") if one.cover else ""
    except UnsafePathError:
        source = ""
    if not source:
        return '<span class="none">no picture yet</span>'
    return f'<img src="{_safe(source)}" alt="" loading="lazy">'


def _states(one: Entry) -> str:
    words = [f"<strong>{one.delivered:,} of {one.wanted:,}</strong> delivered"]
    for state, told in STATE_WORDS.items():
        number = one.states.get(state, 0)
        if number and state is not CellState.DELIVERED:
            css = "" if state is CellState.WANTED else ' class="bad"'
            words.append(f"<span{css}>{number:,} {_safe(told[0].lower() + told[1:])}</span>")
    return _DOT.join(words)


def _decided(one: Entry) -> Iterator[str]:
    found = {word: one.verdicts.get(word, 0) for word in Word}
    done, total = sum(found.values()), one.delivered
    told = [
        f"{found[word]:,} {words}"
        for word, words in (
            (Word.APPROVE, "approved"),
            (Word.REJECT, "rejected"),
            (Word.REROLL, "to be taken again"),
        )
        if found[word]
    ]
    if done < total:
        told.append(f"{total - done:,} undecided")
    yield f'<p><progress max="{total}" value="{done}">{done} of {total}</progress>\n'
    yield f"{_DOT.join(told)}</p>\n"


def _money(one: Entry) -> Iterator[str]:
    if one.is_draft:
        cost = "unknown" if one.real_cost is None else format_usd(one.real_cost)
        yield f"<p>a real run would cost <strong>{cost}</strong></p>\n"
        return
    words = [f"<strong>{format_usd(one.charged)}</strong> charged"]
    if one.reserved:
        words.append(f"{format_usd(one.reserved)} reserved")
    if one.in_doubt:
        words.append(f'<span class="bad">{format_usd(one.in_doubt)} in doubt</span>')
    if one.left is not None and one.cap is not None:
        over = one.left < 0
        left = MicroUsd(abs(one.left))
        cap, amount = format_usd(one.cap), format_usd(left)
        told = f"over the cap of {cap} by {amount}" if over else f"{amount} left of {cap}"
        css = ' class="bad"' if over else ""
        words.append(f"<span{css}>{told}</span>")
    yield f"<p>{_DOT.join(words)}</p>\n"


def _lists(without: Sequence[str], unread: Sequence[str]) -> Iterator[str]:
    if without:
        yield '<section aria-labelledby="none"><h2 id="none">Not begun</h2>\n<ul class="names">\n'
        for name in without:
            command = f"campaign run {visible(name)} --draft"
            yield f"<li>{_told(name)} <code>{_safe(command)}</code></li>\n"
        yield "</ul></section>\n"
    if unread:
        yield '<section aria-labelledby="unread"><h2 id="unread">Sheets to make again</h2>\n'
        yield '<p class="soft">Another version of the program made these, or they are damaged:'
        yield ' <code>campaign report --all</code> makes them again.</p>\n<ul class="names">\n'
        for folder in unread:
            yield f"<li>{_told(folder)}</li>\n"
        yield "</ul></section>\n"


def _told(text: str) -> str:
    """Text of anybody, harmless, and kept apart from the direction of what stands around it."""
    return f"<bdi>{_safe(visible(text))}</bdi>"


def _safe(text: str) -> str:
    return escape(text, quote=True).encode("utf-8", "replace").decode()


@functools.cache
def _style() -> str:
    return resources.files(_HERE).joinpath("index.css").read_text(encoding="utf-8")
