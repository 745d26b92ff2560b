"""What finished files show, where their destination asks; each file is measured once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.adapters.facts_store import FactsStore
from pipeline.adapters.view import Made
from pipeline.commands.advice import texts_of
from pipeline.commands.session import Subject
from pipeline.domain.campaign import Size
from pipeline.domain.diagnostics import Problem
from pipeline.domain.plan import Plan
from pipeline.domain.shown import SHOWN_VERSION, Shown
from pipeline.planning.lint.case import Case
from pipeline.planning.lint.rules import levels, of_files
from pipeline.planning.view import WantedFile

_KIND = f"shown-{SHOWN_VERSION}"
_CLEAN = (0, 100)


def remarks(
    subject: Subject,
    plan: Plan,
    files: Sequence[WantedFile],
    *,
    made: Mapping[str, Made],
    folder: Path,
    facts: FactsStore,
) -> list[Problem]:
    """Warnings about finished files; none of them stands in the way of anything.

    Args:
        subject: the campaign.
        plan: of it.
        files: that belong to its cells.
        made: those that are in place, by name.
        folder: where they lie.
        facts: remembers what was measured, by render key.
    """
    sizes = {size.name: size for size in subject.campaign.sizes}
    here = [file for file in files if file.size and file.name in made]
    pixels = _measured([one for one in here if _asks(sizes[one.size])], folder, facts)
    shown = [
        Shown(one.size, one.name, made[one.name].bytes, *pixels.get(one.key, _CLEAN))
        for one in here
    ]
    case = Case(campaign=subject.campaign, card=subject.card, cells=plan.cells, shown=shown)
    switched = levels(subject.campaign, subject.workspace)
    return of_files(case, switched, texts=texts_of(case.files))


def _asks(size: Size) -> bool:
    """Whether a size's destination asks for something that only pixels can answer."""
    place = size.destination
    return place is not None and (place.white_border or place.fill > 0)


def _measured(
    files: Sequence[WantedFile], folder: Path, facts: FactsStore
) -> Mapping[str, tuple[int, int]]:
    known = facts.get(_KIND, [file.key for file in files]) if files else {}
    found = {key: (int(body["off_white"]), int(body["fill"])) for key, body in known.items()}
    missing = [file for file in files if file.key not in found]
    if missing:
        from pipeline.imaging.renditions_lint import measure  # noqa: PLC0415 (the pixel library)

        learned = dict(_each(missing, folder, measure))
        facts.put(_KIND, {key: {"off_white": o, "fill": f} for key, (o, f) in learned.items()})
        found |= learned
    return found


def _each(
    files: Sequence[WantedFile], folder: Path, measure: Callable[[Path], tuple[int, int]]
) -> Iterator[tuple[str, tuple[int, int]]]:
    for file in files:
        try:
            yield file.key, measure(folder / file.name)
        except ValueError:
            continue  # changed by somebody since; the next run makes it again
