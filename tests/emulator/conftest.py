import pytest

from tests.emulator.world import running


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def world():
    async with running() as world:
        yield world
