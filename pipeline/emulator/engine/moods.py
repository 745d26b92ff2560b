"""Light as data: what each mood does to a sky, to a drawn scene and to the subject in it.

Key and fill are multipliers in linear light: of the side that faces the light, and of the other.
"""

from dataclasses import dataclass

from pipeline.emulator.engine.raster import Rgb, rgb


@dataclass(frozen=True, slots=True)
class Mood:
    """One kind of light.

    Attributes:
        sky: at the top, half way down, and at the horizon.
        key: colour and strength of the main light on the subject.
        fill: colour and strength of everything else.
        ground: multiplier for lit ground and walls in a drawn scene.
        relief: how far the light models the subject, 0 to 1.
        rim: strength of the light that catches the subject's edge, 0 to 1.
        lamps: share of windows and lamps that are lit, 0 to 1.
        sun: strength of the glow low over the horizon, 0 to 1.
        haze: how soon distance fades, 0 to 1.
        shadow: darkness of the subject's shadow on the ground, 0 to 1.
        reach: length of that shadow in heights of the subject.
        contrast: of the finished picture; 1 leaves it.
        counter: colour and strength of a second light from the other side; black for none.
        lift: how far the whole is raised towards white, 0 to 1.
        wash: share of a surface's own colour that is lost in the light's, 0 to 1.
        dusk: how far skies and other bright parts of a daylight photograph darken, 0 to 1.
    """

    sky: tuple[Rgb, Rgb, Rgb]
    key: Rgb
    fill: Rgb
    ground: Rgb
    relief: float
    rim: float
    lamps: float
    sun: float
    haze: float
    shadow: float
    reach: float
    contrast: float
    counter: Rgb = (0.0, 0.0, 0.0)
    lift: float = 0.0
    wash: float = 0.0
    dusk: float = 0.0


MOODS: dict[str, Mood] = {
    "soft studio": Mood(
        sky=(rgb("#c9d6e2"), rgb("#dfe6ec"), rgb("#f1f1ee")),
        key=(1.07, 1.06, 1.04),
        fill=(0.95, 0.95, 0.96),
        ground=(1.0, 1.0, 1.0),
        relief=0.3,
        rim=0.1,
        lamps=0.15,
        sun=0.1,
        haze=0.4,
        shadow=0.42,
        reach=0.16,
        contrast=1.0,
    ),
    "daylight": Mood(
        sky=(rgb("#5f9ed6"), rgb("#9fc8e6"), rgb("#dcebf2")),
        key=(1.1, 1.08, 1.03),
        fill=(0.9, 0.93, 0.98),
        ground=(1.02, 1.01, 0.98),
        relief=0.35,
        rim=0.15,
        lamps=0.0,
        sun=0.2,
        haze=0.3,
        shadow=0.5,
        reach=0.25,
        contrast=1.02,
    ),
    "golden hour": Mood(
        sky=(rgb("#7f9bb8"), rgb("#f0bd86"), rgb("#ffd79a")),
        key=(1.42, 1.06, 0.62),
        fill=(0.76, 0.64, 0.6),
        ground=(1.04, 0.84, 0.6),
        relief=0.72,
        rim=0.6,
        lamps=0.3,
        sun=1.0,
        haze=0.6,
        shadow=0.5,
        reach=0.5,
        contrast=1.03,
    ),
    "cold morning": Mood(
        sky=(rgb("#a9bccd"), rgb("#cfdae3"), rgb("#f0e9e2")),
        key=(1.0, 1.03, 1.07),
        fill=(0.85, 0.91, 1.0),
        ground=(0.9, 0.95, 1.02),
        relief=0.3,
        rim=0.22,
        lamps=0.16,
        sun=0.3,
        haze=0.65,
        shadow=0.38,
        reach=0.3,
        contrast=1.0,
    ),
    "blue hour": Mood(
        sky=(rgb("#182a52"), rgb("#3d5b92"), rgb("#c08f93")),
        key=(0.98, 0.9, 0.92),
        fill=(0.42, 0.51, 0.8),
        ground=(0.36, 0.46, 0.72),
        relief=0.5,
        rim=0.5,
        lamps=0.75,
        sun=0.3,
        haze=0.45,
        shadow=0.42,
        reach=0.22,
        contrast=1.04,
        dusk=0.55,
    ),
    "night": Mood(
        sky=(rgb("#060a18"), rgb("#0c1630"), rgb("#263456")),
        key=(0.78, 0.68, 0.56),
        fill=(0.3, 0.36, 0.56),
        ground=(0.13, 0.16, 0.25),
        relief=0.7,
        rim=0.6,
        lamps=0.9,
        sun=0.0,
        haze=0.35,
        shadow=0.5,
        reach=0.2,
        contrast=1.05,
        dusk=1.0,
    ),
    "dramatic": Mood(
        sky=(rgb("#23272e"), rgb("#474c54"), rgb("#8a8580")),
        key=(1.12, 1.05, 0.97),
        fill=(0.3, 0.31, 0.36),
        ground=(0.42, 0.41, 0.42),
        relief=0.95,
        rim=0.4,
        lamps=0.3,
        sun=0.4,
        haze=0.4,
        shadow=0.65,
        reach=0.35,
        contrast=1.12,
        dusk=0.3,
    ),
    "starlight": Mood(
        sky=(rgb("#04050a"), rgb("#0a0d18"), rgb("#1a2236")),
        key=(1.16, 1.13, 1.08),
        fill=(0.42, 0.46, 0.58),
        ground=(0.62, 0.62, 0.64),
        relief=0.75,
        rim=0.5,
        lamps=0.0,
        sun=0.0,
        haze=0.0,
        shadow=0.7,
        reach=0.35,
        contrast=1.04,
    ),
    "neon": Mood(
        sky=(rgb("#0b0620"), rgb("#2a0f4a"), rgb("#7a1f78")),
        key=(1.6, 0.32, 1.12),
        fill=(0.2, 0.18, 0.4),
        ground=(0.26, 0.14, 0.44),
        relief=0.7,
        rim=0.85,
        lamps=1.0,
        sun=0.0,
        haze=0.4,
        shadow=0.5,
        reach=0.2,
        contrast=1.06,
        counter=(0.05, 0.95, 1.35),
        wash=0.6,
        dusk=0.6,
    ),
    "high key": Mood(
        sky=(rgb("#eef3f7"), rgb("#f6f8fa"), rgb("#ffffff")),
        key=(1.2, 1.2, 1.19),
        fill=(1.08, 1.09, 1.1),
        ground=(1.16, 1.16, 1.16),
        relief=0.15,
        rim=0.0,
        lamps=0.1,
        sun=0.0,
        haze=0.5,
        shadow=0.22,
        reach=0.12,
        contrast=0.97,
        lift=0.3,
    ),
}
