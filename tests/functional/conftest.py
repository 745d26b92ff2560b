"""A workspace to stand in, a provider to talk to, and hurried time."""

from contextlib import ExitStack
from pathlib import Path

import certifi
import pytest

from tests.functional.hurry import Hurry
from tests.functional.provider import Provider
from tests.functional.workspace import Workspace


@pytest.fixture(scope="session")
def one_certificate(tmp_path_factory):
    """A file with one authority: loading all of them takes most of the time of a short command."""
    end = "-----END CERTIFICATE-----\n"
    file = tmp_path_factory.mktemp("certificates") / "one.pem"
    file.write_text(Path(certifi.where()).read_text("utf-8").partition(end)[0] + end, "utf-8")
    return file


@pytest.fixture(autouse=True)
def _few_certificates(one_certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(one_certificate))


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace without a campaign; the working directory."""
    made = Workspace.make(tmp_path / "shop")
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def hurry(monkeypatch):
    return Hurry(monkeypatch)


@pytest.fixture
def serve(tmp_path, monkeypatch, hurry):
    """Start a provider and point the command line at it; parts of it can be chosen."""
    with ExitStack() as stack:

        def start(**parts) -> Provider:
            provider = stack.enter_context(Provider(tmp_path / "provider", **parts))
            for name, value in provider.environment.items():
                monkeypatch.setenv(name, value)
            return provider

        yield start


@pytest.fixture
def provider(serve):
    """A provider at its best."""
    return serve()
