import pytest

from tests.unit.execution.stage import Stage


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path)
    yield made
    made.end()
