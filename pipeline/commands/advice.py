"""What rules of craft and thrift say: all of it for a check, what costs money for a plan."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline import catalog
from pipeline.adapters.pictures import Seeing, looks_of
from pipeline.adapters.places import Places
from pipeline.commands.session import Subject
from pipeline.domain.diagnostics import Problem
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.look import Look
from pipeline.domain.plan import Cell, Plan
from pipeline.manifest.presets import shipped
from pipeline.planning.lint.case import Case, sent_pictures
from pipeline.planning.lint.rules import costly, levels, lint, needs_looks


def advice(subject: Subject, cells: Sequence[Cell], places: Places) -> list[Problem]:
    """Hold a campaign against all rules; its pictures are looked at, unless they were before.

    Args:
        subject: a campaign without errors.
        cells: that it wants.
        places: of the workspace.
    """
    switched = levels(subject.campaign, subject.workspace)
    seen = _looks(subject, places) if needs_looks(switched) else {}
    case = Case(
        campaign=subject.campaign,
        card=subject.card,
        cells=cells,
        looks={one: look for one, look in seen.items() if isinstance(look, Look)},
        damaged={one: why for one, why in seen.items() if isinstance(why, str)},
        others=[catalog.card(model) for model in catalog.models()],
        places=tuple(shipped().values()),
    )
    return lint(case, switched, texts=texts_of(case.files))


def spent_in_vain(subject: Subject, plan: Plan) -> list[Problem]:
    """Warnings of what a plan would buy for nothing; none where it buys nothing."""
    if not plan.steps:
        return []
    case = Case(campaign=subject.campaign, card=subject.card, cells=plan.cells)
    switched = levels(subject.campaign, subject.workspace)
    return costly(case, switched, texts=texts_of(case.files))


def texts_of(files: frozenset[str]) -> dict[str, str]:
    """Texts of manifests by the names that messages give them; without those that went away."""
    found: dict[str, str] = {}
    for name in files:
        try:
            found[name] = Path(name).read_text("utf-8-sig", "replace")
        except OSError:
            continue
    return found


def _looks(subject: Subject, places: Places) -> Mapping[Sha256, Look | str]:
    folder = places.campaign(subject.campaign.name)
    pictures = {
        picture.facts.sha256: f"{folder}/{picture.path}"
        for image_set in subject.campaign.sets
        for picture in sent_pictures(image_set)
    }
    return looks_of(pictures, cache=places.cache, see=_see)


def _see() -> Seeing:
    from pipeline.imaging.look import look  # noqa: PLC0415 (loads the pixel library)

    return look
