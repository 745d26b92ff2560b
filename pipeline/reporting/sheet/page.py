"""Make a contact sheet: one page that opens from disk, and the same facts as JSON.

The page needs no server and reaches for nothing outside its folder. Its policy lets only this
package's own script and style run, named by their digests, and forbids the script to make markup
out of text; so a prompt or a name can never become code. Without script the page is complete for
reading.
"""

import base64
import functools
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import jinja2
import markupsafe

from pipeline.domain.campaign import PixelSize
from pipeline.domain.fingerprint import digest
from pipeline.reporting.sheet import view
from pipeline.reporting.sheet.collecting import without_collecting
from pipeline.reporting.sheet.document import write_document
from pipeline.reporting.sheet.embedded import embed, marker_size
from pipeline.reporting.sheet.facts import SheetFacts
from pipeline.reporting.sheet.keys import KEYS, REASONS
from pipeline.reporting.sheet.tiles import picture, tiles_of
from pipeline.reporting.sheet.words import pixels, visible

_HERE = "pipeline.reporting.sheet"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A contact sheet, ready to be written.

    Attributes:
        html: text of `index.html`.
        json: text of `sheet.json`.
        digest: SHA-256 of `sheet.json`, hex; the page shows its beginning.
    """

    html: str
    json: str
    digest: str


class FactsError(ValueError):
    """Facts that do not hold together; the message says which. A bug of whoever gathered them."""


def render_sheet(facts: SheetFacts, *, pictures: Mapping[str, str] | None = None) -> Sheet:
    """Render the page and the document: the same facts give the same bytes.

    Args:
        facts: of the sheet.
        pictures: previews as data addresses by their paths, for one page that stands alone: it
            shows what is in here and links to no file. None for a page beside its files.

    Raises:
        FactsError: a cell names a prompt or parameters that are not in the tables.
        UnsafePathError: a path leads out of the campaign's outputs.
    """
    _check(facts)
    with without_collecting():
        return _render(facts, pictures)


def _render(facts: SheetFacts, pictures: Mapping[str, str] | None) -> Sheet:
    document = write_document(facts)
    name = digest(document)
    blocks = view.blocks(facts, pictures)
    style = _source("sheet.min.css") + _shape(facts.campaign.master)
    scripts = [_source("wake.min.js"), _source("sheet.min.js")]
    html = _template().render(
        campaign=facts.campaign,
        policy=content_security_policy(scripts=scripts, style=style),
        style=style,
        scripts=scripts,
        facts=embed(facts, blocks, digest=name, pictures=pictures),
        digest=name,
        title=facts.title,
        stands_alone=pictures is not None,
        blocks=blocks,
        counts=view.counts(facts),
        newest=view.newest_day(facts),
        money=view.money(facts),
        review=view.review(facts),
        decided=view.decided(facts.cells),
        choices=view.choices(facts),
        variants=view.variants(facts),
        sizes=view.sizes(facts),
        command=view.command(facts),
        versions=facts.versions,
        total=len(facts.cells),
        name=view.shell_name(facts),
        reasons=REASONS,
        keys=KEYS,
        picture=picture,
        tiles_of=tiles_of,
        has_pairs=any(tile.before for block in blocks for tile in block.tiles),
    )
    return Sheet(html=html, json=document, digest=name)


def content_security_policy(*, scripts: Sequence[str], style: str) -> str:
    """The page's policy; scripts and style are the exact texts between their tags."""
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' data: blob:",
            "script-src " + " ".join(f"'{_source_hash(script)}'" for script in scripts),
            f"style-src '{_source_hash(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def served(html: str, *, token: str, reviewer: str = "") -> str:
    """The page as the review server hands it out: it may send verdicts to where it came from.

    Args:
        html: of a sheet.
        token: that each batch carries in the header `X-Campaign-Token`; letters, digits, `-`, `_`.
        reviewer: whose verdicts these are unless the page says otherwise.

    Raises:
        ValueError: the token has other characters, or this is no contact sheet.
    """
    if not _TOKEN.fullmatch(token):
        raise ValueError("a token has letters, digits, `-` and `_` only")
    policy, title = "default-src &#39;none&#39;; ", "<title>"
    if policy not in html or title not in html:
        raise ValueError("this is no contact sheet")
    allowed = html.replace(policy, f"{policy}connect-src &#39;self&#39;; ", 1)
    who = markupsafe.escape(reviewer)
    meta = f'<meta name="campaign-review" content="{token}" data-reviewer="{who}">\n'
    return allowed.replace(title, meta + title, 1)


_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}")


def latest_marker(sheet: Sheet) -> str:
    """Text of `latest.svg`: an empty picture whose size says which sheet is the newest.

    An open page may load no file but pictures, so a picture tells it that it is out of date.
    """
    width, height = marker_size(sheet.digest)
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"/>\n'


def _source_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _check(facts: SheetFacts) -> None:
    tables: Mapping[str, Sequence[object]] = {"prompts": facts.prompts, "params": facts.params}
    for cell in facts.cells:
        for name, index in (("prompts", cell.prompt), ("params", cell.params)):
            if not 0 <= index < len(tables[name]):
                raise FactsError(f"`{cell.address}` names entry {index} of {name}, there is none")


def _shape(master: PixelSize) -> str:
    """Give tiles the shape of the masters, within reason."""
    widest, tallest = (16, 9), (9, 16)
    width, height = master.width, master.height
    if width * widest[1] > height * widest[0]:
        width, height = widest
    if width * tallest[1] < height * tallest[0]:
        width, height = tallest
    return f":root{{--shape:{width}/{height}}}\n"


@functools.cache
def _source(name: str) -> str:
    """A file of this package. Script and style are built from their sources by `make golden`."""
    return resources.files(_HERE).joinpath(name).read_text(encoding="utf-8")


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["visible"] = visible
    environment.filters["pixels"] = pixels
    return environment.from_string(_source("sheet.html.j2"))
