"""Words in the one font that comes along: how wide they are, and where their lines break."""

import cv2


def font() -> cv2.FontFace:
    """The font; a new one each time: a face caches glyphs, and outputs are drawn side by side."""
    return cv2.FontFace("sans")


def width_of(text: str, letter: int, *, weight: int) -> int:
    """How wide a line is, px, in letters of a height in px and a weight of 400 to 800."""
    return int(cv2.getTextSize((1, 1), text, (0, 0), font(), letter, weight)[2])


def broken(text: str, letter: int, width: float, *, weight: int) -> list[str]:
    """Break a text into lines no wider than asked; a longer word is cut."""
    lines, current = [], ""
    for word in text.split(" "):
        longer = f"{current} {word}".strip()
        if current and width_of(longer, letter, weight=weight) > width:
            lines.append(current)
            current = word
        else:
            current = longer
        while width_of(current, letter, weight=weight) > width and len(current) > 1:
            fits = max(1, int(len(current) * width / width_of(current, letter, weight=weight)))
            lines.append(current[:fits])
            current = current[fits:]
    return [*lines, current]
