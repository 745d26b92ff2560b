"""Renders one output at working size: the recipe's operations in their fixed order."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.emulator.engine import frame as framing
from pipeline.emulator.engine.canvas import Canvas, Setting
from pipeline.emulator.engine.dust import dusted
from pipeline.emulator.engine.files import Source
from pipeline.emulator.engine.frame import Extent, Placement, measure
from pipeline.emulator.engine.garment import dressed, find_cloth
from pipeline.emulator.engine.grade import GRADES
from pipeline.emulator.engine.heads import Head, covering, laid
from pipeline.emulator.engine.light import (
    contrasted,
    grounded,
    light_picture,
    relight,
    with_reflection,
    with_shadow,
)
from pipeline.emulator.engine.mask import Subject
from pipeline.emulator.engine.matte import clean_colours, wrapped
from pipeline.emulator.engine.moods import MOODS
from pipeline.emulator.engine.noise import dice
from pipeline.emulator.engine.raster import (
    Bytes8,
    Picture,
    Plane,
    as_array,
    encoded,
    grid,
    linear,
    mix,
    resize,
    smoothstep,
    to_bytes,
    to_float,
)
from pipeline.emulator.engine.recipe import Backdrop, Recipe
from pipeline.emulator.engine.scenes import SCENES
from pipeline.emulator.engine.studio import draw_blurred, draw_plain, draw_podium, draw_studio
from pipeline.emulator.engine.styles import stylise
from pipeline.emulator.engine.weather import WEATHERS, blown_before, blown_behind
from pipeline.emulator.engine.wintry import is_outdoors, wintered

_TINT = 0.85
_GLANCE = 256  # px that a picture is reduced to where only its kind is asked
_ABOVE_WORDS = 0.77
_HEADROOM = 0.09  # above a subject that stands above words
_WORDS = 0.23  # above a subject that stands below words
_MIRROR = 0.42  # of a glossy ground
_LOCKED_TINT = 0.3  # of a scene's colour cast, where the prompt keeps the colours
_UNASKED = 0.55  # of the weather that comes with a scene rather than from the prompt
_PAINTED_DETAIL = 0.3  # of the source's fine detail that a painting still shows


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """One input, looked at.

    Attributes:
        source: the picture.
        subject: what stands out in it.
        extent: of the subject in the source.
        faces: in px of the source's plate, the largest first.
        plate: the source's, in its new clothes; 8-bit RGB.
    """

    source: Source
    subject: Subject
    extent: Extent
    faces: tuple[Head, ...]
    plate: Bytes8

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the source, px."""
        return self.source.width, self.source.height


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """One output at working size.

    Attributes:
        picture: encoded.
        placement: of the source in it.
        keep: share of the source's fine detail that belongs in each pixel, 0 to 1.
        faces: in px of the picture.
    """

    picture: Picture
    placement: Placement
    keep: Plane
    faces: tuple[Head, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Layers:
    """Background and subject before they become one picture.

    Attributes:
        detailed: share of the source's fine detail that the background shows.
        faces: in px of the frame.
    """

    behind: Picture
    front: Picture
    alpha: Plane
    placement: Placement
    detailed: float
    faces: tuple[Head, ...]


def look_at(source: Source, subject: Subject, faces: tuple[Head, ...] = ()) -> Cutout:
    """Measure a subject in its source; `faces` in px of its plate."""
    if subject.found:
        extent = measure(subject.alpha, width=source.width, height=source.height)
        return Cutout(source, subject, extent, faces, source.plate)
    # Nothing stands out: in a new place the whole picture stands there like a print.
    whole = Extent(
        left=0.0,
        top=0.0,
        right=float(source.width),
        bottom=float(source.height),
        cuts_left=False,
        cuts_right=False,
        cuts_top=False,
        cuts_bottom=False,
        cut_from=float(source.height),
    )
    return Cutout(source, subject, whole, faces, source.plate)


class Job:
    """What the outputs of one job share: recipe, size, light, and backdrops drawn once.

    Not for several threads at once; a job is rendered by one.
    """

    def __init__(self, recipe: Recipe, size: tuple[int, int], seed: int) -> None:
        self._recipe = recipe
        self._size = size
        self._seed = seed
        self._side = recipe.side or (1 if dice(seed, "side").uniform() < 0.5 else -1)  # noqa: PLR2004
        self._settings: dict[tuple[bool, bool], Setting] = {}
        self._scene = SCENES.get(recipe.backdrop.scene) if recipe.backdrop else None
        own = self._scene.light if self._scene else "soft studio"
        self._mood = MOODS[recipe.light or own]
        self._weather = dict.fromkeys(recipe.weather, 1.0)
        if self._scene and self._scene.weather not in ("", *recipe.refused):
            self._weather.setdefault(self._scene.weather, _UNASKED)
        self._tint = _LOCKED_TINT if "colours" in recipe.keeps else _TINT

    def needs_subject(self, width: int, height: int) -> bool:
        """Whether an input of this size must be segmented, for its layers or for a good crop."""
        frame_width, frame_height = self._size
        lit = self.shows_outline or bool(self._recipe.light)
        return lit or abs(width * frame_height / (height * frame_width) - 1) > 0.02  # noqa: PLR2004

    @property
    def shows_outline(self) -> bool:
        """Whether the subject is parted from what is behind it; light alone only weighs by it."""
        recipe = self._recipe
        return bool(
            recipe.backdrop
            or recipe.weather
            or recipe.garment
            or recipe.dusted
            or ((recipe.light or recipe.style) and "background" in recipe.keeps)
        )

    @property
    def keeps_frame(self) -> bool:
        """Whether an input fills the frame as it is, rather than its subject stand there anew."""
        backdrop = self._recipe.backdrop
        return backdrop is None or backdrop.kind == "blur"

    @property
    def needs_faces(self) -> bool:
        """Whether it matters where faces are: to spare them, or to find the clothes below."""
        recipe = self._recipe
        return bool(
            recipe.garment or recipe.dusted or recipe.style or recipe.lettering or self._weather
        )

    def dress(self, cutout: Cutout) -> Cutout:
        """The same input in the clothes that are asked for; as it is where none are found."""
        garment = self._recipe.garment
        if garment is None or not cutout.subject.found:
            return cutout
        picture = to_float(cutout.plate)
        cloth = find_cloth(picture, cutout.subject.alpha, cutout.faces)
        if cloth is None:
            return cutout
        worn = dressed(picture, cloth, garment)
        return replace(cutout, plate=to_bytes(worn))

    def render(self, cutout: Cutout, *, again: int, place: int) -> Rendered:
        """Make one output.

        Args:
            cutout: the input it is an edit of.
            again: how many earlier outputs of the job use the same input.
            place: its number among the outputs, from 0; numbers what differs between outputs.
        """
        backdrop = self._recipe.backdrop
        if backdrop is None or self.keeps_frame or self._is_landscape(cutout):
            layers = self._in_place(cutout, again)
        else:
            layers = self._set_anew(cutout, self._setting(backdrop, cutout.extent), again)
        return self._finished(layers, place)

    def _is_landscape(self, cutout: Cutout) -> bool:
        """Whether a season can come to where the picture was taken."""
        backdrop = self._recipe.backdrop
        if backdrop is None or not backdrop.season or cutout.faces:
            return False
        height, width = cutout.plate.shape[:2]
        by = min(1.0, _GLANCE / max(height, width))
        small = {"width": max(1, round(width * by)), "height": max(1, round(height * by))}
        plate = resize(to_float(cutout.plate), **small)
        return is_outdoors(plate, resize(cutout.subject.alpha, **small))

    def backdrop_alone(self) -> Picture | None:
        """The backdrop without a subject; None where the recipe has none to draw."""
        backdrop = self._recipe.backdrop
        if backdrop is None or backdrop.kind == "blur":
            return None
        return self._drawn(backdrop, stands=True, above=False).picture

    def _in_place(self, cutout: Cutout, again: int) -> _Layers:
        """The picture keeps its frame and its own background."""
        recipe = self._recipe
        placement = framing.cover(cutout.extent, source=cutout.size, frame=self._size, again=again)
        picture, alpha = self._placed(cutout, placement)
        blurred = recipe.backdrop is not None and not recipe.backdrop.season
        if recipe.backdrop is not None and recipe.backdrop.season:
            picture = wintered(picture, dice(self._seed, "winter"))
        if not cutout.subject.found:
            alpha = _middle(self._size) if blurred else np.zeros_like(alpha)
        faces = laid(cutout.faces, placement, by=cutout.source.width / cutout.plate.shape[1])
        if recipe.light:
            picture = light_picture(
                picture,
                alpha,
                self._mood,
                side=self._side,
                tint=self._tint,
                background="background" not in recipe.keeps,
            )
        if not blurred:
            front = self._dusted(picture, alpha, cutout, faces)
            return _Layers(picture, front, alpha, placement, 1.0, faces)
        behind = draw_blurred(picture, alpha)
        front = self._dusted(clean_colours(picture, alpha), alpha, cutout, faces)
        return _Layers(behind, front, alpha, placement, 0.0, faces)

    def _dusted(
        self, front: Picture, alpha: Plane, cutout: Cutout, faces: tuple[Head, ...]
    ) -> Picture:
        lies = cutout.subject.found and not (cutout.extent.stands and cutout.extent.from_above)
        if not (self._recipe.dusted and lies):
            return front
        white = np.maximum(as_array(self._mood.ground), 0.55)
        return dusted(front, alpha, faces, light=white, rng=dice(self._seed, "dust"))

    def _set_anew(self, cutout: Cutout, setting: Setting, again: int) -> _Layers:
        """The subject alone, before a new backdrop."""
        recipe, mood, extent = self._recipe, self._mood, cutout.extent
        if "framing" in recipe.keeps:
            placement = framing.cover(extent, source=cutout.size, frame=self._size, again=again)
        else:
            stage = setting.stage
            if recipe.lettering_at == "top":
                stage = replace(stage, tallest=min(stage.tallest, stage.ground - _WORDS))
            elif recipe.lettering:  # the words take the lower border
                ground = min(stage.ground, _ABOVE_WORDS)
                tallest = min(stage.tallest, ground - _HEADROOM)
                stage = replace(stage, ground=ground, tallest=tallest)
            placement = framing.stage_subject(
                extent, source=cutout.size, frame=self._size, stage=stage, again=again
            )
        picture, alpha = self._placed(cutout, placement)
        faces = laid(cutout.faces, placement, by=cutout.source.width / cutout.plate.shape[1])
        front = clean_colours(picture, alpha)
        if "light" not in recipe.keeps:
            front = relight(front, alpha, mood, side=self._side, tint=self._tint)
        behind = setting.picture
        if extent.stands:
            base = extent.bottom * placement.scale + placement.top
            behind = with_shadow(
                setting, alpha, mood, side=self._side, base=base, above=extent.from_above
            )
            front = grounded(front, alpha, mood, base=base)
            gloss = max(setting.gloss, _MIRROR) if recipe.glossy else setting.gloss
            gloss = 0.0 if extent.from_above else gloss
            behind = with_reflection(behind, front, alpha, base=base, gloss=gloss)
        front = wrapped(front, alpha, setting.picture, setting.wrap)
        front = self._dusted(front, alpha, cutout, faces)
        return _Layers(behind, front, alpha, placement, 0.0, faces)

    def _setting(self, backdrop: Backdrop, extent: Extent) -> Setting:
        """Draw a backdrop the first time that a subject of this kind needs it."""
        kind = (extent.stands, extent.stands and extent.from_above)
        if kind not in self._settings:
            self._settings[kind] = self._drawn(backdrop, stands=kind[0], above=kind[1])
        return self._settings[kind]

    def _drawn(self, backdrop: Backdrop, *, stands: bool, above: bool) -> Setting:
        canvas = Canvas(
            width=self._size[0],
            height=self._size[1],
            mood=self._mood,
            side=self._side,
            standing=stands,
            above=above,
            soft=backdrop.soft,
            seed=self._seed,
        )
        if self._scene is not None:
            return self._scene.draw(canvas)
        if backdrop.podium:
            return draw_podium(canvas, backdrop.colour)
        if backdrop.kind == "studio":
            return draw_studio(canvas, backdrop.colour)
        return draw_plain(canvas, backdrop.colour)

    def _placed(self, cutout: Cutout, placement: Placement) -> tuple[Picture, Plane]:
        """Colours and mask of an input in the frame."""
        source, frame = cutout.size, self._size
        picture = framing.place(cutout.plate, placement, source=source, frame=frame)
        alpha = framing.within(placement, source=source, frame=frame)
        if cutout.subject.found:
            cover = to_bytes(cutout.subject.alpha)
            alpha *= to_float(framing.place(cover, placement, source=source, frame=frame))
        return to_float(picture), alpha

    def _finished(self, layers: _Layers, place: int) -> Rendered:
        """Weather, contrast and grades over all layers."""
        behind, alpha = layers.behind, layers.alpha
        height, width = alpha.shape
        airs = [
            WEATHERS[name](dice(self._seed, name, place), (height, width), self._mood, amount)
            for name, amount in self._weather.items()
        ]
        for air in airs:
            behind = blown_behind(behind, air)
        front = layers.front
        picture = front if front is behind else mix(behind, front, alpha)
        clear = np.ones_like(alpha)
        spared = clear
        if airs:
            spared = covering(layers.faces, (height, width), grown=1.0, soft=0.45)
        for air in airs:
            picture, cover = blown_before(picture, air, alpha, spared)
            picture = encoded(linear(picture) * air.tint)
            clear = clear * (1.0 - cover)
        backdrop = self._recipe.backdrop
        if backdrop is not None and backdrop.kind == "scene":
            picture = contrasted(picture, self._mood.contrast)
        picture = self._painted(picture, layers, place)
        for name in self._recipe.grades:
            picture = GRADES[name](picture, dice(self._seed, "grade", name, place))
        shown = 1.0 if layers.detailed == 1.0 else alpha + (1.0 - alpha) * layers.detailed
        keep = clear * shown
        if self._recipe.style:
            keep = keep * _PAINTED_DETAIL
        return Rendered(
            np.clip(np.asarray(picture, np.float32), 0.0, 1.0),
            layers.placement,
            np.asarray(keep, np.float32),
            layers.faces,
        )

    def _painted(self, picture: Picture, layers: _Layers, place: int) -> Picture:
        """In the style that is asked for; a background that is to stay does not take part."""
        recipe = self._recipe
        if not recipe.style:
            return picture
        rng = dice(self._seed, "style", place)
        done = stylise(picture, recipe.style, faces=layers.faces, rng=rng)
        return mix(picture, done, layers.alpha) if "background" in recipe.keeps else done


def _middle(size: tuple[int, int]) -> Plane:
    """A soft oval in the middle of the frame, kept sharp where no subject stands out."""
    x, y = grid(size[1], size[0])
    far = np.sqrt(np.square((x - 0.5) / 0.33) + np.square((y - 0.5) / 0.38))
    return smoothstep(1.25, 0.75, np.asarray(far, np.float32))
