"""What a scene is drawn on: its size, its light and its dice; and what comes back."""

from dataclasses import dataclass

from pipeline.emulator.engine.frame import Stage
from pipeline.emulator.engine.moods import Mood
from pipeline.emulator.engine.noise import Dice, dice
from pipeline.emulator.engine.raster import Picture

_LEAST = 16  # px, below which there is nothing to draw


@dataclass(frozen=True, slots=True)
class Canvas:
    """One empty frame.

    Attributes:
        width: px.
        height: px.
        mood: the light.
        side: where the light comes from: -1 left, 1 right.
        standing: whether the subject stands on a ground; otherwise it is cut by the lower border,
            as portraits are, and no ground is needed.
        above: whether the subject was seen from above, so that mostly ground lies behind it.
        soft: whether the prompt asks for a blurred background.
        seed: of the job.
    """

    width: int
    height: int
    mood: Mood
    side: int
    standing: bool
    above: bool
    soft: bool
    seed: int

    @property
    def unit(self) -> float:
        """The length that drawing is measured in: the frame's side if it were square, in px."""
        return float((self.width * self.height) ** 0.5)

    def within(self, side: int) -> tuple[int, int]:
        """Width and height, px, at which what is far away is drawn before it is enlarged.

        Args:
            side: the longer of them at most, px.
        """
        shrink = min(1.0, side / max(self.width, self.height))
        return max(_LEAST, round(self.width * shrink)), max(_LEAST, round(self.height * shrink))

    def horizon(self, *, standing: float, portrait: float) -> float:
        """Height of the horizon from the top, as a share of the frame.

        Args:
            standing: for a subject that stands on the ground.
            portrait: for one that the lower border cuts.
        """
        if not self.standing:
            return portrait
        return 0.3 * standing if self.above else standing

    def dice(self, *purpose: str | int) -> Dice:
        """Numbers for one purpose; the same for every output of a job."""
        return dice(self.seed, "scene", *purpose)


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A backdrop, drawn.

    Attributes:
        picture: fills the frame.
        stage: how it wants its subject.
        wrap: how far its light bleeds over the subject's edge, 0 to 1.
        gloss: how far the ground mirrors what stands on it, 0 to 1.
    """

    picture: Picture
    stage: Stage
    wrap: float
    gloss: float = 0.0
