"""A workspace, a provider on loopback, and the command line as processes between them."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.functional.cli import Ran, campaign
from tests.functional.conftest import _few_certificates, one_certificate  # noqa: F401 (fixtures)
from tests.functional.hurry import Hurry
from tests.functional.provider import Provider
from tests.functional.workspace import Workspace
from tests.processes.hurried import SharedTime
from tests.processes.program import EAGER, Program
from tests.processes.vendor import Vendor


@pytest.fixture
def workspace(tmp_path):
    """A workspace without a campaign."""
    return Workspace.make(tmp_path / "shop")


@pytest.fixture
def serve(tmp_path):
    """Start a provider; parts of it can be chosen."""
    with ExitStack() as stack:
        yield lambda **parts: stack.enter_context(Provider(tmp_path / "provider", **parts))


@pytest.fixture
def provider(serve):
    return serve()


@pytest.fixture
def start(workspace):
    """Start a command in the workspace; it is killed at the end of the test at the latest."""
    with ExitStack() as stack:

        def started(provider, *argv: str, module=EAGER, **how) -> Program:
            environment = {**provider.environment, **how.pop("more", {})}
            return stack.enter_context(
                Program(*argv, cwd=workspace.root, environment=environment, module=module, **how)
            )

        yield started


@pytest.fixture
def hurry(monkeypatch):
    """Time of this process, and so of a provider in it; processes beside it have their own."""
    return Hurry(monkeypatch)


@pytest.fixture
def shared_time(tmp_path, monkeypatch):
    """Time of this process and of those that are started as `tests.processes.hurried`."""
    time = SharedTime(tmp_path / "time")
    time.put_in_place(monkeypatch.setattr)
    return time


@pytest.fixture
def vend(tmp_path, shared_time):
    """Start a provider in a process of its own, in the shared time."""
    with ExitStack() as stack:
        yield lambda faults=None: stack.enter_context(
            Vendor(tmp_path / "vendor", shared_time, faults=faults)
        )


@pytest.fixture
def hurried(start):
    """Start a command in the shared time."""
    return lambda vendor, *argv: start(vendor, "pipeline", *argv, module="tests.processes.hurried")


@pytest.fixture
def here(workspace, monkeypatch, request):
    """Run a command in this process, which takes less time than one of its own."""
    if "shared_time" not in request.fixturenames:
        request.getfixturevalue("hurry")

    def run(provider, *argv: str, root: Path | None = None) -> Ran:
        for name, value in provider.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(root or workspace.root)
        return campaign(*argv)

    return run
