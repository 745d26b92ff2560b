"""What holds for every test: golden files, and no way out to the network."""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)  # machines are busy; a law is about what holds
settings.load_profile("patient")

Golden = Callable[[Path, str], None]
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder in memory, where there is one)
_ROOM = 2 << 30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="accept what was got")
    parser.addoption("--schedules", type=int, default=40, help="schedules of trouble to try")
    parser.addoption("--schedule", type=int, help="try this schedule of trouble alone")


def pytest_configure() -> None:
    """Let tests write to memory where there is room: they sync tens of thousands of times.

    What a power cut leaves is tried with disks of our own making (`tests/processes/test_cut.py`),
    never by cutting the power of this one. `TMPDIR` chooses another place.
    """
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    if shutil.disk_usage(_MEMORY).free >= _ROOM:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare with a golden file; on a difference, pytest prints the diff."""

    def check(path: Path, got: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(got, encoding="utf-8")
        wanted = path.read_text(encoding="utf-8") if path.exists() else ""
        assert got == wanted, f"{path.name} differs; review with --update-golden, then git diff"

    return check


class YouForgotToUseTheEmbeddedProviderError(AssertionError):
    """A test reached for the network; give it the embedded provider or a transport of its own."""


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    real = httpx.AsyncHTTPTransport.handle_async_request

    async def guarded(self, sent: httpx.Request) -> httpx.Response:
        if sent.url.host not in _LOOPBACK:
            raise YouForgotToUseTheEmbeddedProviderError(str(sent.url))
        return await real(self, sent)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", guarded)


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the developer's key, host or state folder."""
    for name in ("WAVESPEED_API_KEY", "WAVESPEED_BASE_URL", "CAMPAIGN_STATE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port at which nobody listens, and which the system gives to nobody else during the test.

    Whoever sets `SO_REUSEADDR`, as servers do, can listen there.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])
