"""All documents that have a schema here; those of manifest and workspace are in `manifest`."""

from collections.abc import Mapping
from typing import Final

from pipeline.reporting.schemas import (
    books,
    check,
    destinations,
    diff,
    events,
    explain,
    flags,
    models,
    plan,
    provenance,
    receipts,
    review,
    sheet,
    status,
    verdicts,
)
from pipeline.reporting.schemas.generate import Document

DOCUMENTS: Final[Mapping[str, Document]] = {
    document.name: document
    for document in (
        plan.DOCUMENT,
        diff.DOCUMENT,
        events.DOCUMENT,
        receipts.DOCUMENT,
        verdicts.DOCUMENT,
        check.DOCUMENT,
        check.CODES,
        status.DOCUMENT,
        flags.DOCUMENT,
        models.DOCUMENT,
        destinations.DOCUMENT,
        models.SYNC,
        review.DOCUMENT,
        sheet.DOCUMENT,
        books.RECONCILE,
        books.STORE,
        explain.DOCUMENT,
        explain.ORIGINS,
        provenance.PROVENANCE,
        provenance.DISCLOSURE,
    )
}
"""By name."""
