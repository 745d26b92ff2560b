"""`campaign review NAME`: the contact sheet in a browser, its verdicts straight to disk."""

import asyncio
import gc
import html
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.adapters.review_http import RefusedError
from pipeline.adapters.review_server import PAGE, ReviewServer
from pipeline.adapters.shelf import Shelf
from pipeline.adapters.view import View
from pipeline.commands.outputs import DOCUMENT
from pipeline.commands.report import refreshed_page
from pipeline.commands.sitting import Sitting
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import UNUSABLE
from pipeline.domain.screen import visible
from pipeline.domain.verdicts import folder_name
from pipeline.reporting.verdicts_text import Written
from pipeline.reporting.words import count

_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Sat:
    """A session that has ended.

    Attributes:
        written: what it came to.
    """

    written: Written

    @property
    def text(self) -> str:
        """For people."""
        return self.written.text if self.written.verdicts else "No verdict was given.\n"

    @property
    def exit_code(self) -> int:
        """Always 0: what was accepted is on disk, and what was not was said on the page."""
        return 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        """To know."""
        return self.written.problems

    def document(self) -> Mapping[str, object]:
        """For machines, as for any other verdicts."""
        return self.written.document()


def serve_review(
    name: str,
    *,
    reviewer: str,
    draft: bool,
    opens: bool,
    ready: Callable[[str], None],
    start: Path,
) -> Sat:
    """Serve a campaign's contact sheet to this machine until interrupted.

    Args:
        name: of the campaign.
        reviewer: who reviews; empty for whoever sits here.
        draft: whether drafts are meant.
        opens: whether to open the sheet in a browser.
        ready: told the opening words, with the address, once requests are answered.
        start: the working directory.

    Raises:
        CampaignError: exit 2, the campaign or the reviewer's name is no good; exit 9, this machine
            lets nobody listen; exit 12, stored state is damaged.
    """
    sitting = Sitting(name, reviewer=reviewer, draft=draft, start=start)
    sheet = _ServedSheet(name, sitting, draft=draft, start=start)
    server = ReviewServer(sheet)
    sheet.token = server.token
    gc.enable()  # from here on the program runs for long

    def begun(address: str) -> None:
        words = _words(name, address, sheet.saves_to, sitting.reviewer)
        ready(words + _waiting(name, sheet.waiting, draft=draft))

    try:
        asyncio.run(_until_interrupted(server, begun, opens=opens))
    except OSError as error:
        raise CampaignError(UNUSABLE, [_cannot_listen(error)]) from error
    sat = Sat(sitting.end())
    # What was decided is on disk; that the pages on disk show it too is worth a try and no more.
    with suppress(CampaignError, OSError):
        if sat.written.verdicts:
            refreshed_page(name, draft=draft, start=start)
    return sat


async def _until_interrupted(
    server: ReviewServer, begun: Callable[[str], None], *, opens: bool
) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(sign, stopped.set)
    with _door() as door:

        def ready(address: str) -> None:
            begun(address)
            if opens:
                door(address)

        await server.run(ready=ready, stopped=stopped)


@contextmanager
def _door() -> Iterator[Callable[[str], None]]:
    """What opens an address in a browser without telling it to everybody.

    The arguments of a program can be read by all accounts of a machine, and whoever knows the
    address may post. So the browser gets a file of this account's own, which leads there.
    """
    with ExitStack() as at_the_end:

        def open_address(address: str) -> None:
            import webbrowser  # noqa: PLC0415 (only where a browser is wanted)

            own = tempfile.TemporaryDirectory(prefix="campaign-review-")
            page = Path(at_the_end.enter_context(own)) / "open.html"
            there = html.escape(address)
            page.write_text(
                '<!doctype html><meta charset="utf-8"><title>Contact sheet</title>'
                f'<meta http-equiv="refresh" content="0;url={there}">'
                f'<p><a href="{there}">Open the contact sheet</a></p>\n',
                "utf-8",
            )
            with suppress(webbrowser.Error):
                webbrowser.open(page.as_uri())

        yield open_address


def has_screen() -> bool:
    """Whether a browser that is opened here is one that the user sees."""
    if os.environ.get("SSH_CONNECTION"):
        return False
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(has_display) or sys.platform == "darwin"


class _ServedSheet:
    """One campaign's sheet, made anew whenever its page is loaded."""

    def __init__(self, name: str, sitting: Sitting, *, draft: bool, start: Path) -> None:
        self.token = ""
        self._name = name
        self._sitting = sitting
        self._draft = draft
        self._start = start
        made = refreshed_page(name, draft=draft, start=start)
        self._folder = made.page.parent
        self._shelf = Shelf(self._folder, self._names)
        self.saves_to = f"{made.reviews}/{folder_name(sitting.reviewer)}"
        self.waiting = made.waiting

    def _names(self) -> Iterator[str]:
        """The sheet's own files: what its view lists, and thumbnails, which name themselves."""
        view = View(self._folder)
        view.missing(())
        yield from view.files
        yield from view.thumbs
        yield DOCUMENT

    def page(self) -> bytes:
        """The page, with what it needs to post."""
        from pipeline.reporting.sheet.page import served  # noqa: PLC0415 (loads jinja)

        try:
            made = refreshed_page(self._name, draft=self._draft, start=self._start)
            text = made.page.read_text("utf-8")
        except CampaignError as error:
            raise RefusedError(500, _told(error)) from error
        except OSError as error:
            raise RefusedError(500, f"the sheet cannot be made: {error.strerror}") from error
        return served(text, token=self.token, reviewer=self._sitting.reviewer).encode()

    def open(self, name: str) -> BinaryIO | None:
        """A file of the sheet."""
        return None if name == PAGE else self._shelf.open(name)

    def save(self, posted: bytes) -> Mapping[str, object]:
        """Take a batch over."""
        try:
            told = self._sitting.take(posted)
        except CampaignError as error:
            raise RefusedError(422, _told(error)) from error
        except OSError as error:
            why = f"the verdicts cannot be written: {error.strerror}"
            raise RefusedError(500, why) from error
        return {"saved": len(told.verdicts), "file": told.file or self.saves_to}


def _told(error: CampaignError) -> str:
    """The first problems of a refusal in a line each, for a page."""
    lines = [
        f"{problem.code}{f', line {problem.at.line}' if problem.at else ''}: {problem.what};"
        f" {problem.why}"
        for problem in error.problems[:_MOST_TOLD]
    ]
    more = len(error.problems) - _MOST_TOLD
    return "\n".join([*map(visible, lines), *([f"and {more:,} more"] if more > 0 else [])])


def _words(name: str, address: str, folder: str, reviewer: str) -> str:
    return (
        f"The contact sheet of {name} is open to this machine alone:\n\n"
        f"  {address}\n\n"
        f"What {visible(reviewer)} decides there is saved at once, in {folder}.\n"
        "Whoever has the address can decide too. It ends with this command: Ctrl-C."
    )


def _waiting(name: str, deliveries: int, *, draft: bool) -> str:
    if not deliveries:
        return ""
    command = f"campaign review {name} --waiting{' --draft' if draft else ''}"
    what = count(deliveries, "delivery", "deliveries")
    return f"\nTo be assigned, because fewer pictures came than were paid for: {what}, `{command}`."


def _cannot_listen(error: OSError) -> Problem:
    return Problem(
        code="V016",
        what="the contact sheet cannot be served",
        why=f"this machine lets nobody listen on 127.0.0.1: {error.strerror or error}",
        fix="open `index.html` in the campaign's outputs instead, and bring its verdicts back with"
        " `campaign review NAME --import FILE`",
    )
