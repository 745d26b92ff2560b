"""Pictures of the gallery straight from the engine, without a campaign around them."""

from pipeline.emulator.engine.draft import DraftEngine
from pipeline.emulator.interface import Edited, EditRequest
from tests.gallery.cases import Case


def render(case: Case, *, size: tuple[int, int] | None = None, seed: int = 7) -> Edited:
    """Make one picture of the gallery.

    Args:
        case: which.
        size: px; the case's own where it is left out.
        seed: of the job.
    """
    width, height = size or case.size
    request = EditRequest(
        model="gallery", prompt=case.prompt, width=width, height=height, wanted=1, seed=seed
    )
    return DraftEngine().edit(request, [case.file.read_bytes()])
