"""A campaign of two requests, runs that cannot write everywhere, and what must be true later."""

import pytest

from tests.processes.conftest import (  # noqa: F401 (fixtures)
    _few_certificates,
    here,
    one_certificate,
    provider,
    serve,
    shared_time,
    start,
)
from tests.processes.conftest import workspace as empty_workspace  # noqa: F401 (a fixture)
from tests.processes.vendor import assert_nothing_leaked, see_through

COST = 160_000


@pytest.fixture
def workspace(empty_workspace):  # noqa: F811 (a fixture)
    """One with a campaign that needs two requests, which are made one after the other."""
    empty_workspace.share("account: {requests_per_minute: 1000, concurrent: 1}")
    empty_workspace.campaign(variants=("snow", "studio"))
    return empty_workspace


@pytest.fixture
def run(start, provider, shared_time):  # noqa: F811 (fixtures)
    """Run the campaign on a disk that is full from some moment on; see `tests.disk.full`."""

    def ran(moment: str):
        argv = (moment, "pipeline", "run", "winter", "--yes")
        how = {"module": "tests.disk.full", "more": shared_time.environment}
        ended = start(provider, *argv, **how).end()
        assert provider.bill() <= COST
        return ended

    return ran


@pytest.fixture
def finish(here, shared_time, workspace, provider):  # noqa: F811 (fixtures)
    """Run it where all can be written: nothing is bought twice, and the bill equals the books."""

    def finished() -> None:
        see_through(here, shared_time, workspace, provider)
        assert_nothing_leaked(here, workspace, provider)
        assert provider.bill() == COST

    return finished
