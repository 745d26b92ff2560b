import pytest

from tests.unit.adapters.ledgers import Desk


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path / "state" / "ledger.sqlite3")
    yield made
    for ledger, _, _ in list(made.open):
        made.end(ledger)
