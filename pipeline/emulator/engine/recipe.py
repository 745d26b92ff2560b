"""What a prompt asks for, once read: the only thing the renders see of its words."""

from dataclasses import dataclass, replace
from typing import Literal

from pipeline.emulator.engine.rgb import Rgb

BackdropKind = Literal["studio", "plain", "blur", "scene"]
Side = Literal[-1, 0, 1]
NoteKind = Literal["not understood", "not possible", "cancelled", "left out"]


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A new background.

    Attributes:
        kind: a seamless studio, one flat colour, the picture's own background out of focus, or a
            drawn scene.
        colour: of the studio or the flat background.
        scene: name of the scene, a key of `scenes.SCENES`; empty for the other kinds.
        soft: whether the prompt asks for it to be out of focus.
        podium: whether a plinth stands in the studio.
        season: whether only a season was named: a landscape then stays where it is.
    """

    kind: BackdropKind
    colour: Rgb = (0.0, 0.0, 0.0)
    scene: str = ""
    soft: bool = False
    podium: bool = False
    season: bool = False


@dataclass(frozen=True, slots=True)
class Garment:
    """How the clothes change; their shape never does.

    Attributes:
        colour: of the cloth; None keeps its own.
        knit: whether the cloth looks knitted.
    """

    colour: Rgb | None = None
    knit: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A clause of the prompt that is not done, as it will be told.

    Attributes:
        kind: `cancelled` by a lock of the same prompt, `left out` for another clause of it.
        clause: in the author's words.
        why: in words; empty where there is nothing to add.
    """

    kind: NoteKind
    clause: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.clause}" + (f" ({self.why})" if self.why else "")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Operations in the order they are drawn, and what must stay.

    Attributes:
        backdrop: None keeps the picture's own background.
        light: name of a mood, a key of `moods.MOODS`; empty leaves the light to the backdrop.
        weather: of `snow`, `rain`, `fog`, `leaves`, `petals`, `confetti`,
            `golden confetti`; each at most once.
        grades: keys of `grade.GRADES`, in prompt order.
        keeps: what the prompt locks: `background`, `colours`, `framing`, `light`, ... Pose, face,
            shape and lettering are never altered, locked or not.
        refused: operations that the prompt says no to, such as `snow`; scenes leave them out.
        notes: clauses that are not done, in prompt order.
        garment: None leaves the clothes as they are.
        dusted: whether snow lies on what faces upwards.
        style: name of a painting or drawing style; empty for a photograph.
        lettering: words to set on the picture, as the prompt quotes them; empty for none.
        locks: what the prompt says is to stay, in the author's words.
        side: where the light comes from: -1 left, 1 right, 0 where the prompt names no side.
        lettering_at: where the words are to stand; empty where the prompt names no place.
        glossy: whether the ground mirrors what stands on it.
    """

    backdrop: Backdrop | None
    light: str
    weather: tuple[str, ...]
    grades: tuple[str, ...]
    keeps: frozenset[str]
    refused: frozenset[str]
    notes: tuple[Note, ...]
    garment: Garment | None = None
    dusted: bool = False
    style: str = ""
    lettering: str = ""
    locks: tuple[str, ...] = ()
    side: Side = 0
    lettering_at: Literal["", "top", "bottom"] = ""
    glossy: bool = False

    def on_a_poster(self) -> "Recipe":
        """What is left of it where there is no picture to edit, only words to set."""
        return replace(self, garment=None, dusted=False, style="", weather=())

    @property
    def does_something(self) -> bool:
        """Whether any pixel would change."""
        return bool(
            self.backdrop
            or self.light
            or self.weather
            or self.grades
            or self.garment
            or self.dusted
            or self.style
            or self.lettering
        )
