"""What all contenders buy: one picture a request, from sources that take no time to send."""

from dataclasses import replace
from pathlib import Path

from pipeline.domain.campaign import Account, Campaign, Variant, Workspace
from pipeline.execution.decisions import PollPace
from tests.support.campaigns import SINGLE, SMALLEST, campaign, image_set, lay_out

KEY = "a-key-of-sixteen-letters-and-more"
MODEL = SINGLE
SIZE = f"{SMALLEST.width}*{SMALLEST.height}"
PACE = PollPace(first_s=0.05, growth=1.5, most_s=0.5)
"""As for drafts; the pace for the vendor waits 2 s before the first look."""
_PICTURES = 100
_NO_LIMIT = 1_000_000


def of(count: int) -> Campaign:
    """A campaign of so many pictures to buy; a multiple of 100."""
    variants = tuple(
        Variant(f"v{number}", {"place": f"place {number}"}, {})
        for number in range(count // _PICTURES)
    )
    plain = campaign(model=MODEL, sets=(image_set("anna", range(_PICTURES)),), cap="100000")
    return replace(plain, variants=variants)


def workspace(width: int) -> Workspace:
    """An account of so many predictions at once, and of no limit to submits a minute."""
    return Workspace(account=Account(requests_per_minute=_NO_LIMIT, concurrent=width))


def sources(folder: Path) -> list[Path]:
    """The source pictures, written below a folder."""
    lay_out(of(_PICTURES), folder)
    return sorted((folder / "campaigns").rglob("*.jpg"))
