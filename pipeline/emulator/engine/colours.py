"""Colours by the names people give them."""

import functools
import re

from pipeline.emulator.engine.rgb import Rgb, rgb

# Studio and fashion words first, then the CSS names that people also write.
NAMES: dict[str, str] = {
    "white": "#ffffff",
    "off white": "#f5f2ea",
    "snow white": "#fafbfc",
    "ivory": "#f6f0e0",
    "cream": "#f5ead0",
    "eggshell": "#efe8d8",
    "vanilla": "#f3e5ab",
    "linen": "#ece2d3",
    "oatmeal": "#ded2bd",
    "sand": "#d9c6a5",
    "beige": "#dccbb0",
    "khaki": "#b9a77c",
    "tan": "#cba678",
    "camel": "#be945f",
    "caramel": "#b4713d",
    "honey": "#dca142",
    "ochre": "#c4842d",
    "mustard": "#d3a02a",
    "gold": "#cfa03a",
    "golden": "#cfa03a",
    "rose gold": "#d9a08c",
    "brass": "#b08d4b",
    "bronze": "#9a6b3c",
    "copper": "#b56b44",
    "rust": "#a64b2a",
    "terracotta": "#c4694a",
    "clay": "#b3745a",
    "brick": "#9e4434",
    "chestnut": "#7d4733",
    "brown": "#7a5238",
    "chocolate": "#553423",
    "coffee": "#5b4234",
    "espresso": "#3b2a23",
    "taupe": "#9b8b7b",
    "mushroom": "#b6a596",
    "stone": "#b7b0a4",
    "greige": "#bfb6a8",
    "mocha": "#8b6a56",
    "grey": "#9d9fa1",
    "neutral grey": "#d4d3d1",
    "silver": "#c3c6c9",
    "slate": "#66707a",
    "graphite": "#474b50",
    "charcoal": "#3a3d40",
    "anthracite": "#33373b",
    "black": "#141416",
    "jet black": "#08080a",
    "red": "#c1272d",
    "scarlet": "#c92a1e",
    "crimson": "#b01735",
    "burgundy": "#6f1d2f",
    "oxblood": "#5a1a2b",
    "maroon": "#6b1a22",
    "wine": "#6b2237",
    "cherry": "#a8173a",
    "coral": "#f0806a",
    "salmon": "#ee9a84",
    "peach": "#f6c3a0",
    "apricot": "#f2b283",
    "orange": "#ea7e26",
    "tangerine": "#f08a2c",
    "amber": "#eba62c",
    "yellow": "#f2cd3a",
    "lemon": "#f5e26b",
    "lime": "#b9d53f",
    "olive": "#75763a",
    "sage": "#a9b79b",
    "moss": "#6d7a43",
    "green": "#4a8f52",
    "forest green": "#2b5a3b",
    "emerald": "#0f6d4e",
    "mint": "#b7e0cb",
    "pistachio": "#bfd39b",
    "jade": "#3f9d7d",
    "teal": "#1f7a7d",
    "petrol": "#1d5666",
    "turquoise": "#3fbdb8",
    "aqua": "#7fd4d2",
    "cyan": "#35bcd6",
    "sky blue": "#9ccbe8",
    "baby blue": "#b5d6ec",
    "powder blue": "#bcd4e2",
    "ice blue": "#d3e6ef",
    "blue": "#2f6db5",
    "royal blue": "#2a4fae",
    "cobalt": "#1f46a3",
    "navy": "#1b2a4a",
    "navy blue": "#1b2a4a",
    "midnight blue": "#15203d",
    "indigo": "#3d3b8e",
    "denim": "#47688c",
    "periwinkle": "#a5aee2",
    "lavender": "#c9bfe3",
    "lilac": "#c8a9d6",
    "violet": "#7a4fa3",
    "purple": "#6f3f95",
    "plum": "#6a3256",
    "aubergine": "#452540",
    "mauve": "#b592a6",
    "magenta": "#c42b86",
    "fuchsia": "#cf2f8d",
    "pink": "#efa5bd",
    "hot pink": "#ee4f93",
    "blush": "#f0cfc6",
    "rose": "#d98694",
    "dusty rose": "#c9989a",
}

# What a word before a colour does to it: share of white mixed in, share of black, saturation.
SHADES: dict[str, tuple[float, float, float]] = {
    "light": (0.45, 0.0, 0.9),
    "pale": (0.6, 0.0, 0.8),
    "bright": (0.12, 0.0, 1.25),
    "soft": (0.3, 0.0, 0.75),
    "pastel": (0.55, 0.0, 0.85),
    "warm": (0.0, 0.0, 1.0),
    "cool": (0.0, 0.0, 1.0),
    "mid": (0.0, 0.0, 1.0),
    "medium": (0.0, 0.0, 1.0),
    "neutral": (0.0, 0.0, 0.6),
    "muted": (0.1, 0.05, 0.55),
    "dusty": (0.18, 0.05, 0.55),
    "bold": (0.0, 0.0, 1.2),
    "vivid": (0.0, 0.0, 1.3),
    "vibrant": (0.0, 0.0, 1.3),
    "electric": (0.05, 0.0, 1.5),
    "neon": (0.08, 0.0, 1.7),
    "deep": (0.0, 0.3, 1.1),
    "rich": (0.0, 0.12, 1.2),
    "dark": (0.0, 0.5, 1.0),
    "very dark": (0.0, 0.7, 1.0),
    "very light": (0.7, 0.0, 0.8),
}
_WARM_SHIFT = {"warm": (1.04, 1.0, 0.93), "cool": (0.95, 1.0, 1.05)}


def _alternatives(words: list[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace("grey", "gr[ae]y") for word in longest_first)


_HUES = ("green", "blue", "red", "grey", "yellow", "brown", "pink", "purple", "orange", "white")
_SUFFIX = re.compile(rf" (?:{'|'.join(_HUES)})$")
PATTERN = (
    rf"(?:(?:{_alternatives(list(SHADES))}) ){{0,2}}"
    rf"(?:{_alternatives(list(NAMES))})(?: (?:{_alternatives(list(_HUES))}))?"
    r"(?: colou?red| colou?r)?\b"
    r"|#[0-9a-f]{6}\b"
)
"""Regular expression of a colour in lower-case words without hyphens; no groups inside."""


_LAST_WORDS = frozenset(name.split(" ")[-1] for name in NAMES)


def named_colour(words: str) -> Rgb:
    """The colour that matching words stand for, such as `warm light grey` or `#e8e0d4`.

    Args:
        words: lower case text that `PATTERN` matches in full.
    """
    if words.startswith("#"):
        return rgb(words)
    name = re.sub(r" colou?r(ed)?$", "", words).replace("gray", "grey")
    if not any(name.endswith(known) for known in NAMES if " " in known):
        # `Emerald green` is emerald; `forest green` has a name of its own.
        shorter = _SUFFIX.sub("", name)
        name = shorter if shorter.split(" ")[-1] in _LAST_WORDS else name
    shades: list[str] = []
    while name not in NAMES:
        shade = next(s for s in sorted(SHADES, key=len, reverse=True) if name.startswith(s + " "))
        shades.append(shade)
        name = name[len(shade) + 1 :]
    colour = rgb(NAMES[name])
    for shade in shades:
        colour = _shaded(colour, shade)
    return colour


def _shaded(colour: Rgb, shade: str) -> Rgb:
    white, black, saturation = SHADES[shade]
    # What is pale already would be white, and no colour any more.
    white *= min(1.0, 0.2 + 1.6 * (1.0 - min(colour)))
    shift = _WARM_SHIFT.get(shade, (1.0, 1.0, 1.0))
    grey = sum(colour) / 3
    shaded = [
        (grey + (value - grey) * saturation) * by * (1 - white - black) + white
        for value, by in zip(colour, shift, strict=True)
    ]
    red, green, blue = (min(1.0, max(0.0, value)) for value in shaded)
    return red, green, blue


def mentioned(words: str) -> list[Rgb]:
    """Colours a text names, in its order, each once.

    Args:
        words: as written.
    """
    found = re.findall(rf"(?<!\w)(?:{PATTERN})", words.lower().replace("-", " "))
    return [named_colour(name) for name in dict.fromkeys(found)]


def name_of(colour: Rgb) -> str:
    """A colour in words if it has a name, with a shade or without, else as `#rrggbb`."""
    code = _code(colour)
    return _names().get(code, code)


@functools.cache
def _names() -> dict[str, str]:
    """Codes of all colours that one or two words name, each with its shortest name."""
    shaded = (f"{shade} {name}" for shade in SHADES for name in NAMES)
    found: dict[str, str] = {}
    for words in (*NAMES, *shaded):
        found.setdefault(_code(named_colour(words)), words)
    return found


def _code(colour: Rgb) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in colour)
