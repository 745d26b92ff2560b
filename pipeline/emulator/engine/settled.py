"""Settles what the phrases of a prompt say together: first come, what is named above ours."""

from dataclasses import replace

from pipeline.emulator.engine.colours import named_colour
from pipeline.emulator.engine.entry import Entry
from pipeline.emulator.engine.phrases import Hit
from pipeline.emulator.engine.recipe import Backdrop, Garment
from pipeline.emulator.engine.rgb import Rgb

_STUDIO_GREY = named_colour("neutral grey")
_STUDIOS = {"dark": named_colour("dark charcoal"), "light": named_colour("off white")}
"""Backgrounds that are only called dark or light."""
_PURE_WHITE = named_colour("white")
_BLUSH = named_colour("blush")
_WINTER_CLOTH = named_colour("oxblood")
"""Deep, and seen on a dark suit as well as on a bright one."""
_MEDIUM = "oil painting"
_INDOORS = (
    "interior",
    "table",
    "pale table",
    "dark table",
    "festive",
    "linen",
    "marble",
    "black marble",
)
"""Scenes that are one place together, the one that says most last."""
_WILD = frozenset({"desert", "mountains", "beach", "forest", "meadow", "flower field", "winter"})
_STRONGER = {
    frozenset({"neon", "night"}): "neon",
    frozenset({"daylight", "high key"}): "high key",
}
"""Lights that say the same together as the one of them."""
_SEASONS = {"autumn": ("leaves", "warm"), "spring": ("petals", "pastel")}


class Settled:
    """Operations settled so far."""

    def __init__(self, keeps: set[str]) -> None:
        self._keeps = keeps
        self.backdrop: Backdrop | None = None
        self.light = ""
        self.style = ""
        self.weather: list[str] = []
        self.grades: list[str] = []
        self.garment: Garment | None = None
        self.also: set[str] = set()
        """Of `dust` and `gloss`: what lies on the subject, and how it stands."""

    def take(self, hit: Hit) -> str:
        """Add one operation; the answer says why that is not possible, and is empty if it is."""
        value = hit.entry.value
        match hit.entry.slot:
            case "light":
                return self._take_light(value)
            case "soft light":
                self.light = self.light or value
            case "style":
                return self._take_style(value)
            case "weather":
                self.weather.append(value)
            case "grade":
                self.grades.append(value)
            case "season":
                return self._take_season(value)
            case "garment":
                colour = named_colour(hit.colour) if hit.colour else None
                return self._take_garment(Garment(colour, knit=value == "knit"))
            case "winter outfit":
                self.also.add("dust")
                colour = named_colour(hit.colour) if hit.colour else None
                return self._take_garment(Garment(colour or _WINTER_CLOTH, knit=True))
            case "dust" | "gloss":
                self.also.add(hit.entry.slot)
            case _:
                return self._take_backdrop(_backdrop(hit))
        return ""

    def take_mist(self, refused: set[str]) -> None:
        """A misty forest is a forest in mist."""
        if "fog" not in refused and "weather" not in self._keeps:
            self.weather.append("fog")

    def finish(self) -> None:
        """Where a glossy ground is asked for and no place, it is that of a studio."""
        if "gloss" in self.also and self.backdrop is None:
            self.backdrop = Backdrop("studio", colour=_STUDIO_GREY)

    def _take_light(self, new: str) -> str:
        stronger = _STRONGER.get(frozenset({self.light, new}))
        if self.light not in {"", new} and stronger is None:
            return f"the light is already {self.light}"
        self.light = stronger or new
        return ""

    def _take_style(self, new: str) -> str:
        # An oil painting in the manner of Van Gogh is one style, not two.
        if self.style in {"", _MEDIUM} and new != self.style:
            self.style = new
        elif new not in {self.style, _MEDIUM}:
            return f"the style is already {self.style}"
        return ""

    def _take_season(self, season: str) -> str:
        """A season is weather and colours; some are a place of their own, where none is named."""
        free = self.backdrop is None and "background" not in self._keeps
        match season:
            case "winter" if free:
                self.backdrop = Backdrop("scene", scene="winter", season=True)
            case "winter":
                self.weather.append("snow")
            case "christmas":
                return self._take_christmas()
            case "valentine":
                self.weather.append("petals")
                if free:
                    self.backdrop = Backdrop("studio", colour=_BLUSH)
            case "halloween":
                self.weather.append("fog")
                self.light = self.light or "night"
                if free:
                    self.backdrop = Backdrop("scene", scene="forest")
            case _:
                weather, grade = _SEASONS[season]
                self.weather.append(weather)
                if "colours" not in self._keeps and not self.grades:
                    self.grades.append(grade)
        return ""

    def _take_christmas(self) -> str:
        """Small lights in a dark room; snow where the room may not be."""
        if "background" not in self._keeps:
            why = self._take_backdrop(Backdrop("scene", scene="festive"))
            if not (why and "snow" in self.weather):
                return why
        elif "snow" not in self.weather:
            self.weather.append("snow")
        return ""

    def _take_garment(self, new: Garment) -> str:
        old = self.garment or Garment()
        # The colour of a winter outfit is our own choice: a named one is worth more.
        named = [one for one in (old.colour, new.colour) if one not in (None, _WINTER_CLOTH)]
        if len(set(named)) > 1:
            return "the clothes have another colour already"
        colour = named[0] if named else new.colour or old.colour
        self.garment = Garment(colour, knit=old.knit or new.knit)
        return ""

    def _take_backdrop(self, new: Backdrop) -> str:
        old = self.backdrop
        if old is None:
            self.backdrop = new
        elif "blur" in {old.kind, new.kind}:
            # A blurred background names no place: it softens the one that is named.
            place = new if old.kind == "blur" else old
            self.backdrop = replace(place, soft=True)
        elif {old.kind, new.kind} <= {"studio", "plain"}:
            return self._take_colour(old, new)
        elif old.scene == "street" and new.scene in _WILD:
            self.backdrop = replace(old, scene=new.scene)  # a road in the desert
        elif {old.scene, new.scene} <= set(_INDOORS):
            # A wooden table in a kitchen is one place.
            self.backdrop = replace(old, scene=max(old.scene, new.scene, key=_INDOORS.index))
        elif (old.kind, old.scene) != (new.kind, new.scene):
            return "there is already another background"
        return ""

    def _take_colour(self, old: Backdrop, new: Backdrop) -> str:
        """Two backgrounds of one colour each: a studio, paper, a plinth before it."""
        if old.podium or new.podium:
            return self._take_podium(old, new)
        if old.kind != new.kind:
            return self._take_studio_in_colour(old, new)
        # Whoever names no colour gets grey paper, or white where a background is taken away.
        unnamed = _STUDIO_GREY if old.kind == "studio" else _PURE_WHITE
        if old.colour == unnamed:
            self.backdrop = replace(new, soft=old.soft)
        elif new.colour not in {old.colour, unnamed}:
            return "there is already another background"
        return ""

    def _take_podium(self, old: Backdrop, new: Backdrop) -> str:
        """A plinth before a coloured background is a studio in that colour."""
        colours = {one.colour for one in (old, new)} - {_STUDIO_GREY}
        if len(colours) > 1:
            return "there is already another background"
        colour = next(iter(colours), _STUDIO_GREY)
        soft = old.soft or new.soft
        self.backdrop = Backdrop("studio", colour=colour, soft=soft, podium=True)
        return ""

    def _take_studio_in_colour(self, old: Backdrop, new: Backdrop) -> str:
        """A studio with a beige backdrop is a beige studio."""
        studio, plain = (old, new) if old.kind == "studio" else (new, old)
        if studio.colour not in {_STUDIO_GREY, plain.colour}:
            return "there is already another background"
        self.backdrop = replace(studio, colour=plain.colour, soft=old.soft)
        return ""


def locks_against(entry: Entry) -> tuple[str, ...]:
    """Kept things that forbid an operation."""
    match entry.slot:
        case "light" | "soft light":
            return ("light",)
        case "weather" | "dust" | "season":
            return ("weather",)
        case "grade":
            return ("colours",)
        case "garment" | "winter outfit":
            return ("clothes", "colours")
        case "style":
            return ("style", "colours")
        case _:
            return ("background",)


def _backdrop(hit: Hit) -> Backdrop:
    match hit.entry.slot:
        case "scene":
            return Backdrop("scene", scene=hit.entry.value)
        case "studio" | "podium":
            colour = _colour(hit.colour, _STUDIOS.get(hit.entry.value, _STUDIO_GREY))
            return Backdrop("studio", colour=colour, podium=hit.entry.slot == "podium")
        case "plain":
            return Backdrop("plain", colour=_colour(hit.colour, _PURE_WHITE))
        case _:
            return Backdrop("blur")


def _colour(words: str, default: Rgb) -> Rgb:
    return named_colour(words) if words else default
