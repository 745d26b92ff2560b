"""One browser for all browser tests, and sheets written to disk with small real pictures."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from pipeline.reporting.sheet.facts import SheetFacts
from pipeline.reporting.sheet.page import latest_marker, render_sheet, served

# Counts what the page's policy forbids; runs before the page's own script.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(event.violatedDirective);
});
"""


ORIGIN = "http://campaign.localhost/"
"""Where served pages seem to come from; no request reaches a socket."""
SAVED = {"saved": 1, "file": "reviews/anna/20261122-v-1.jsonl"}


def find_chromium() -> str:
    """Path of the system's Chromium; without one tests fail: a skipped proof proves nothing."""
    named = os.environ.get("CHROMIUM")
    chromium = named or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail(
            "browser tests need the system's Chromium on the PATH and found none; "
            "on Debian or Ubuntu: apt-get install chromium",
            pytrace=False,
        )
    return chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests.

    It ends with this package: as long as it lives, its event loop counts as running in this thread,
    and a test elsewhere that starts one of its own would be refused.
    """
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        yield browser
        browser.close()


@dataclass
class Opened:
    """A sheet in a browser.

    Attributes:
        folder: that holds the page.
        page: the open page.
        requests: addresses of everything that it asked for.
        errors: what went wrong in its script.
        posted: what a served page sent, with its headers.
    """

    folder: Path
    page: Page
    requests: list[str]
    errors: list[str]
    posted: list[tuple[dict[str, str], str]] = field(default_factory=list)

    def violations(self) -> list[str]:
        return self.page.evaluate("window.violations")

    def shown(self) -> int:
        return self.page.locator("main li:visible").count()

    def badges(self) -> list[str]:
        """What stands on the tiles, those without anything left out."""
        return self.page.evaluate(
            "[...document.querySelectorAll('[data-b]')].map((each) => each.dataset.b)"
        )

    def focused(self) -> str:
        """Label of the tile that has the focus."""
        return self.page.evaluate(
            "document.activeElement.querySelector('bdi:last-of-type')?.textContent"
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def start(self, number: int = 0) -> None:
        """Put the focus on a tile."""
        self.page.locator("main li > a").nth(number).focus()

    def until(self, expression: str, *, patience: float = 10.0) -> None:
        """Wait until an expression is true; the page's policy forbids Playwright's own way."""
        end = time.monotonic() + patience
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, expression
            self.page.wait_for_timeout(20)

    def close(self) -> None:
        """Nothing went wrong, also in what the test did not look at."""
        assert self.errors == []
        assert self.violations() == []


@pytest.fixture
def open_sheet(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Write a sheet and its pictures, open it from disk; options are those of a context."""
    contexts = []

    def opened(
        facts: SheetFacts,
        *,
        fragment: str = "",
        with_pictures: bool = True,
        context: BrowserContext | None = None,
        token: str = "",
        answer: dict[str, object] | None = None,
        script: str = "",
        **options,
    ) -> Opened:
        folder = write(tmp_path, facts, with_pictures=with_pictures)
        if context is None:
            context = browser.new_context(**{"viewport": {"width": 1200, "height": 800}, **options})
            contexts.append(context)
            context.add_init_script(WATCH)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.set_default_timeout(20_000)
        found = Opened(folder, page, [], [])
        page.on("request", lambda request: found.requests.append(request.url))
        page.on("pageerror", lambda error: found.errors.append(str(error)))
        address = (folder / "index.html").as_uri()
        if token:
            address = ORIGIN + "index.html"
            page.route(ORIGIN + "**", lambda route: _serve(route, found, token, answer or SAVED))
        page.goto(address + fragment)
        return found

    yield opened
    for context in contexts:
        context.close()


def _serve(route: Route, sheet: Opened, token: str, answer: dict[str, object]) -> None:
    """What `campaign review` does, without a socket."""
    asked = route.request
    name = asked.url.removeprefix(ORIGIN).partition("?")[0]
    if asked.method == "POST" and name == "verdicts":
        sheet.posted.append((asked.headers, asked.post_data or ""))
        route.fulfill(status=400 if "error" in answer else 200, json=answer)
    elif name == "index.html":
        html = (sheet.folder / name).read_text("utf-8")
        route.fulfill(body=served(html, token=token, reviewer="Anna"), content_type="text/html")
    else:
        file = sheet.folder / name
        route.fulfill(path=file) if file.is_file() else route.fulfill(status=404)


def write(outputs: Path, facts: SheetFacts, *, with_pictures: bool) -> Path:
    """Lay out a campaign's outputs: the sheet's folder, its pictures and what it links to."""
    folder = outputs / "contact-sheet"
    folder.mkdir(exist_ok=True)
    sheet = render_sheet(facts)
    (folder / "index.html").write_text(sheet.html, encoding="utf-8")
    (folder / "sheet.json").write_text(sheet.json, encoding="utf-8")
    (folder / "latest.svg").write_text(latest_marker(sheet), encoding="utf-8")
    for path in pictures(facts) if with_pictures else ():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            shade = len(str(file.name)) * 7 % 200
            kind = "WEBP" if file.suffix == ".webp" else "JPEG"
            Image.new("RGB", (48, 48), (shade, 120, 160)).save(file, kind)
    return folder


def pictures(facts: SheetFacts) -> set[str]:
    """All paths of a sheet."""
    paths: set[str | None] = set()
    for group in facts.groups:
        if group.original:
            paths |= {group.original.thumb, group.original.link}
        for cell in group.cells:
            paths |= {cell.thumb, cell.link}
            for each in cell.renditions:
                paths |= {each.link, each.thumb}
    return {path for path in paths if path is not None}
