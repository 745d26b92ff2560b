"""Colours as three values from 0 to 1, apart from pixels: planning reads prompts without them."""

Rgb = tuple[float, float, float]


def rgb(code: str) -> Rgb:
    """Read a colour such as `#d9c6a5` as three values from 0 to 1."""
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
