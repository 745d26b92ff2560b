"""Where a picture draws the eye, for crops that no author has given a focal point."""

from pathlib import Path
from typing import Any

from pipeline.imaging import loading, pixels
from pipeline.imaging.loading import MAX_PIXELS
from pipeline.imaging.thumbnail import small_copy

_SIDE = 512
_WHITE = (255, 255, 255)
_CENTRE = (500, 500)


def attention_point(original: Path, *, max_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """Find the point that libvips' saliency holds for the most striking one.

    To be asked of the original input, not of the edit: a busy new background would win.

    Returns:
        Whole per mille of the displayed width and height; the centre where nothing stands out.

    Raises:
        UnreadablePictureError: the picture cannot be read.
    """
    with loading.opened(original) as file:
        small = pixels.flatten(small_copy(file, side=_SIDE, max_pixels=max_pixels), _WHITE)
    # The crop itself is not used; its size only sets how coarsely the picture is looked at.
    answer: Any = small.smartcrop(
        max(1, small.width // 2),
        max(1, small.height // 2),
        interesting="attention",
        attention_x=True,
        attention_y=True,
    )
    across, down = int(answer[1]["attention_x"]), int(answer[1]["attention_y"])
    if (across, down) == (0, 0):  # the answer for a plain surface
        return _CENTRE
    return across * 1000 // small.width, down * 1000 // small.height
