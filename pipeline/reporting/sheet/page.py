"""Make a contact sheet: one page that opens from disk, and the same facts as JSON.

The page needs no server and reaches for nothing outside its folder. Its policy lets only this
package's own script and style run, named by their digests, and forbids the script to make markup
out of text; so a prompt or a name can never become code. Without script the page is complete for
reading.
"""

import base64
import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import jinja2

from pipeline.domain.campaign import PixelSize
from pipeline.domain.fingerprint import digest
from pipeline.reporting.sheet import view
from pipeline.reporting.sheet.document import write_document
from pipeline.reporting.sheet.embedded import embed
from pipeline.reporting.sheet.facts import SheetFacts
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


def render_sheet(facts: SheetFacts) -> Sheet:
    """Render the page and the document: the same facts give the same bytes.

    Raises:
        FactsError: a cell names a prompt or parameters that are not in the tables.
        UnsafePathError: a path leads out of the campaign's outputs.
    """
    _check(facts)
    document = write_document(facts)
    name = digest(document)
    blocks = view.blocks(facts)
    style = _source("sheet.css") + _shape(facts.campaign.master)
    script = _source("sheet.js")
    html = _template().render(
        campaign=facts.campaign,
        policy=content_security_policy(script=script, style=style),
        style=style,
        script=script,
        facts=embed(facts, blocks),
        digest=name,
        blocks=blocks,
        counts=view.counts(facts),
        newest=view.newest_day(facts),
        money=view.money(facts),
        choices=view.choices(facts),
        variants=view.variants(facts),
        sizes=view.sizes(facts),
        command=view.command(facts),
        versions=facts.versions,
        total=len(facts.cells),
    )
    return Sheet(html=html, json=document, digest=name)


def content_security_policy(*, script: str, style: str) -> str:
    """The page's policy; script and style are the exact texts between their tags."""
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' data: blob:",
            f"script-src '{_source_hash(script)}'",
            f"style-src '{_source_hash(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


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
