"""What delivered pictures say about their own origin: read once, kept beside the check facts.

These are facts of bytes, so they can be read again at any time; nothing of them is in a lock.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.adapters.facts_store import FactsStore
from pipeline.commands.books import Books
from pipeline.commands.signing import own_roots
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.marks import Marks
from pipeline.imaging import provenance

VERSION: Final = 1
"""Raised whenever marks of the same bytes would be read otherwise."""


def marks_of_masters(books: Books, digests: Sequence[Sha256]) -> dict[Sha256, Marks]:
    """Marks of pictures in the store; reads those that are not known yet, some milliseconds each.

    Args:
        books: of the realm.
        digests: of pictures; those whose bytes are not here are left out.
    """
    known = dict(kept_marks(books, digests))
    present = books.store.present()
    missing = [one for one in dict.fromkeys(digests) if one not in known and one in present]
    if not missing:
        return known
    from pipeline.imaging.provenance.reading import Trust, marks_of  # noqa: PLC0415 (loads pixels)

    trust = Trust(own_roots=own_roots(books.places))
    found = {one: marks_of(books.store.path_of(one), trust) for one in missing}
    _facts(books).put(_kind(), {one: marks.document() for one, marks in found.items()})
    return known | found


def kept_marks(books: Books, digests: Sequence[Sha256]) -> Mapping[Sha256, Marks]:
    """Marks that are known; reads no picture."""
    found: dict[Sha256, Marks] = {}
    for key, body in _facts(books).get(_kind(), digests).items():
        try:
            found[Sha256(key)] = Marks.of_document(body)
        except (KeyError, TypeError, ValueError):
            continue  # written by another version; it is read again
    return found


def _kind() -> str:
    """Facts are of another kind with the extra, which validates, than without."""
    return f"marks-{VERSION}-validated" if provenance.is_available() else f"marks-{VERSION}"


def _facts(books: Books) -> FactsStore:
    return FactsStore(books.places.of_realm(books.realm) / "checks.sqlite3")
