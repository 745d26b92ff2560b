import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.lock_files import read_lines
from pipeline.domain.fingerprint import canonical
from pipeline.domain.receipts import HEADER, read, write
from tests.property.strategies import law, receipts

pytestmark = pytest.mark.slow


@law
@given(receipts)
def test_reading_what_was_written_gives_it_back(receipt):
    line = write(receipt)
    assert "\n" not in line
    assert read(json.loads(line)) == receipt
    assert write(read(json.loads(line))) == line


@law
@given(st.lists(receipts, max_size=3), st.data())
def test_a_lock_cut_anywhere_is_a_prefix_of_itself(written, data):
    lines = [canonical(HEADER), *map(write, written)]
    raw = "".join(f"{line}\n" for line in lines).encode()
    cut = data.draw(st.integers(0, len(raw)))
    warnings: list = []
    found = list(read_lines(raw[:cut], "lock", warnings))
    whole, tail = raw[:cut].count(b"\n"), raw[:cut].rpartition(b"\n")[2]
    # The last line counts as soon as it is whole, with or without its newline.
    is_whole = tail != b"" and tail == lines[whole].encode()
    assert found == written[: max(0, whole + is_whole - 1)]
    assert [warning.code for warning in warnings] == ["S003"] * (tail != b"" and not is_whole)
