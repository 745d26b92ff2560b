"""Which cases of a long test `make test` tries; `make torture` tries the others."""

from collections.abc import Iterable

import pytest


def torture_but(few: Iterable, cases: Iterable) -> list:
    """All cases; all but a few are marked as torture."""
    kept = list(few)
    told = list(cases)
    assert set(kept) <= set(told)
    return [
        case if case in kept else pytest.param(case, marks=pytest.mark.torture) for case in told
    ]
