"""The tiles of the matrix as markup: ten thousand of them are most of a page.

Whatever comes from outside goes through `_safe`, addresses of files too.
"""

import functools

import markupsafe

from pipeline.reporting.sheet.view import Block, Tile
from pipeline.reporting.sheet.words import CHANGE_WORDS


@functools.lru_cache(maxsize=4096)
def _safe(text: str) -> str:
    """Text for markup and between quotation marks. Names, prices and flags recur in many tiles."""
    return str(markupsafe.escape(text))


def tiles_of(block: Block) -> markupsafe.Markup:
    """All tiles of a block, one a line."""
    written = "\n".join([_tile(tile, is_near=block.is_near) for tile in block.tiles])
    return markupsafe.Markup(written)  # noqa: S704 (made from escaped parts alone)


def picture(link: str, alt: str, *, is_near: bool) -> markupsafe.Markup:
    """A preview; far from the top it waits in a `noscript` until the script wakes it."""
    return markupsafe.Markup(_image(link, _safe(alt), is_near=is_near))  # noqa: S704 (escaped)


def _image(link: str, alt: str, *, is_near: bool) -> str:
    image = f'<img src="{markupsafe.escape(link)}" alt="{alt}" loading="lazy">'
    return image if is_near else f"<noscript>{image}</noscript>"


def _tile(tile: Tile, *, is_near: bool) -> str:
    css = f' class="{_safe(tile.css)}"' if tile.css else ""
    verdict = f' data-v="{_safe(tile.verdict)}"' if tile.verdict else ""
    badge = f' data-b="{_safe(tile.badge)}"' if tile.badge else ""
    charge = f" {_safe(tile.charge)}" if tile.charge else ""
    return (
        f'<li{css}{verdict}><a href="{markupsafe.escape(tile.link)}"{badge}>'
        f"{_pictures(tile, is_near=is_near)}{_why(tile)}"
        f"<bdi>{_change(tile)}{_safe(tile.label)}{_flags(tile)}</bdi>{charge}</a></li>"
    )


def _pictures(tile: Tile, *, is_near: bool) -> str:
    if not tile.thumb:
        return ""
    if not tile.before:
        return _image(tile.thumb, "", is_near=is_near)
    before = _image(tile.before, "before", is_near=is_near)
    return f'<span class="pair">{before}{_image(tile.thumb, "now", is_near=is_near)}</span>'


def _why(tile: Tile) -> str:
    if not tile.state:
        return ""
    return f'<bdi class="why"><b>{_safe(tile.state)}</b>{_safe(tile.reason)}</bdi>'


def _change(tile: Tile) -> str:
    if not tile.change:
        return ""
    return f'<b class="change {tile.change}">{CHANGE_WORDS[tile.change]}</b> '


def _flags(tile: Tile) -> str:
    if not tile.flags:
        return ""
    words, number = _safe(tile.flagged), tile.flags if tile.flags > 1 else ""
    return (
        f' <i class="{_safe(tile.worst)}" role="img" aria-label="flagged: {words}" title="{words}">'
        f"\N{BLACK FLAG}{number}</i>"
    )
