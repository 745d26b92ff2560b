"""The page's script and style as they are sent: built from their sources, and small.

The built files are golden: after a change to a source run `make golden`.
"""

from importlib import resources

import minify
import pytest

SHEET = resources.files("pipeline.reporting.sheet")
PARTS = ("cells.js", "verdicts.js", "story.js", "compare.js", "ways_out.js", "keys.js")
"""In this order: each knows the names of those before it."""
MOST_BYTES = 40_000
"""Of script and style together, as text inside the page; the aim is 25,000."""


def source(name: str) -> str:
    return SHEET.joinpath(name).read_text(encoding="utf-8")


def script() -> str:
    """All parts in one block, so that nothing of them is seen from outside and names can shrink."""
    return minify.string("text/javascript", "\n".join(['"use strict";{', *map(source, PARTS), "}"]))


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("wake.min.js", lambda: minify.string("text/javascript", source("wake.js"))),
        ("sheet.min.js", script),
        ("sheet.min.css", lambda: minify.string("text/css", source("sheet.css"))),
    ],
)
def test_what_is_sent_is_built_from_the_sources(name, build, golden):
    golden(SHEET / name, build())


def test_every_script_of_the_package_is_part_of_the_page():
    sources = {file.name for file in SHEET.iterdir() if file.name.endswith(".js")}
    assert sources == {"wake.js", "wake.min.js", *PARTS, "sheet.min.js"}


def test_script_and_style_stay_small():
    sent = source("wake.min.js") + source("sheet.min.js") + source("sheet.min.css")
    assert len(sent.encode()) <= MOST_BYTES
