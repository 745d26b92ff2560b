"""Thirty prompts on photographs that ship, and what must be true of each picture."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SQUARE, UPRIGHT, STORY, WIDE, BANNER = (
    (1024, 1024),
    (1024, 1200),
    (864, 1536),
    (1536, 1024),
    (1536, 864),
)
"""Of `UPRIGHT` and `WIDE`: the portrait's and the landscapes' own proportions."""

PHOTOGRAPHS = {
    "eileen": "campaigns/winter-lookbook/images/eileen/portrait.png",
    "grace": "campaigns/winter-lookbook/images/grace/portrait.jpg",
    "bottle": "campaigns/cold-brew/images/front.jpg",
    "bottle-high": "campaigns/cold-brew/images/high.jpg",
    "cup": "campaigns/coffee-corner/images/cup.png",
    "cat": "campaigns/coffee-corner/images/cat.png",
    "temple": "tests/defects/photos/china.jpg",
    "flower": "tests/defects/photos/flower.jpg",
    "rocket": "tests/defects/photos/rocket.jpg",
}
"""Each is in the repository once; licences stand beside them."""
PEOPLE = frozenset({"eileen", "grace"})
LABELLED = frozenset({"bottle", "bottle-high"})


@dataclass(frozen=True)
class Case:
    """One picture of the gallery.

    Attributes:
        name: what it shows; a key of manifests.
        photo: key of `PHOTOGRAPHS`.
        prompt: as a person would write it.
        size: of the output, px.
        stays: `background`, `subject` or nothing: what the picture must leave as it is. Only in
            the photograph's own proportions, so that nothing is cropped.
        drawn: whether it is painted or drawn, so that points of a label may be lost.
    """

    name: str
    photo: str
    prompt: str
    size: tuple[int, int] = SQUARE
    stays: str = ""
    drawn: bool = False

    @property
    def file(self) -> Path:
        """The photograph."""
        return ROOT / PHOTOGRAPHS[self.photo]


CASES = (
    # The two prompts of the vendor's own page.
    Case(
        "black-suit",
        "grace",
        "Change outfit to a black suit, add soft studio lighting,"
        " keep poses and background the same",
        UPRIGHT,
        stays="background",
    ),
    Case("winter-outfit", "eileen", "add winter outfit and snow ambience"),
    Case(
        "emerald-dress",
        "eileen",
        "Change her outfit to an emerald green dress. Keep face and background unchanged.",
        stays="background",
    ),
    Case(
        "snowy-street",
        "grace",
        "Put the officer in a snowy street, cold morning light. Keep face and pose unchanged.",
        STORY,
    ),
    Case(
        "outer-space", "eileen", "Put the astronaut in outer space. Keep face and pose unchanged."
    ),
    Case("golden-hour", "eileen", "golden hour light, keep face and pose unchanged"),
    Case("brick-wall", "grace", "in front of a brick wall, dramatic lighting, black and white"),
    Case("neon-city", "grace", "neon light, in the city at night"),
    Case("white-studio", "eileen", "Put her in a white studio, high key lighting", STORY),
    Case("oil-painting", "grace", "as an oil painting", UPRIGHT, drawn=True),
    Case("van-gogh", "eileen", "in the style of Van Gogh", drawn=True),
    Case("watercolour", "eileen", "watercolour painting of her on a beach", WIDE, drawn=True),
    Case("comic", "grace", "comic book style", UPRIGHT, drawn=True),
    Case("sketch", "eileen", "turn the photo into a pencil sketch", drawn=True),
    Case(
        "wooden-table",
        "bottle",
        "Place the bottle on a wooden table, warm evening light. Keep the label unchanged.",
    ),
    Case("desert", "bottle", "Show the bottle in the desert at golden hour", WIDE),
    Case("podium", "bottle", "on a terracotta podium, soft studio lighting"),
    Case("snowed-in", "bottle", "in a snowy forest with a dusting of snow", STORY),
    Case(
        "confetti",
        "bottle",
        'on a yellow studio background with confetti and with the words "Fresh batch, 20% off"',
    ),
    Case("marble", "bottle", "Place the bottle on a marble counter, morning light", BANNER),
    Case("from-above", "bottle-high", "pastel pink studio background, daylight"),
    Case("kitchen", "cup", "Show the cup of coffee in a kitchen, morning light", WIDE),
    Case("green-cup", "cup", "make the cup emerald green, keep the background", WIDE, "background"),
    Case("soft-background", "cat", "blur the background", WIDE, "subject"),
    Case("petals", "cat", 'falling petals, with the words "Meet Chelsea"', BANNER),
    Case("autumn", "temple", "falling autumn leaves, teal and orange", WIDE),
    Case("night-temple", "temple", "at night", WIDE),
    Case("japanese-print", "temple", "as a Japanese print", WIDE, drawn=True),
    Case("rain", "flower", "in the rain, film look", WIDE),
    Case("launch-fog", "rocket", "fog, blue hour", WIDE),
)
BY_NAME = {case.name: case for case in CASES}
