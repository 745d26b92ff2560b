"""How people ask for the paintings and drawings of `styles.STYLES`."""

_ART = (
    r"(?:style|painting|paintings|art|artwork|look|effect|drawing|illustration|picture|portrait|"
    r"print|filter|rendering|aesthetic|poster|panel)"
)
_LEAD = (
    r"(?:(?:paint|draw|render|redraw|repaint)(?: it| this| them| the \w+| her| him)? )?"
    r"(?:in (?:the |an? )?|as an? |like an? |into an? |with (?:an? )?)?(?:old )?"
    r"(?:(?:style|manner|look) of (?:an? |the )?)?"
)
_OPEN: dict[str, str] = {
    "oil painting": r"oil paint(?:ing|ed)?|oils?(?= painting)|oil on canvas|painterly|impasto",
    "watercolour": r"water ?colou?rs?|aquarelle",
    "van gogh": r"(?:vincent )?van gogh(?:'s)?|starry night|post impressionis(?:m|t|tic)",
    "impressionist": r"impressionis(?:m|t|tic)|(?:claude )?monet(?:'s)?|renoir(?:'s)?",
    "expressionist": r"expressionis(?:m|t|tic)|(?:edvard )?munch(?:'s)?",
    "fauvist": r"fauvis(?:m|t)|fauve|(?:henri )?matisse(?:'s)?",
    "pop art": r"(?:(?:19)?[56]0'?s )?pop art|(?:andy )?warhol(?:'s)?",
    "stained glass": r"stained glass(?: window)?",
    "mosaic": r"mosaics?",
    "woodblock print": r"wood ?block(?: print(?:ed)?)?",
    "japanese print": r"japanese (?:wood ?block )?prints?|ukiyo ?e|(?:katsushika )?hokusai(?:'s)?",
    "woodcut": r"wood ?cut",
    "linocut": r"lino ?cut|lino ?print",
    "engraving": r"engrav(?:ing|ed)|etch(?:ing|ed)",
    "ink wash": r"ink wash|sumi ?e|chinese ink(?: painting)?",
    "bold ink": r"bold ink|brush and ink|ink brush|ink drawing|pen and ink",
    "graphic novel": r"graphic novel",
    "coloured pencil": r"colou?red pencils?|colou?r pencils?|pencil crayon",
    "wax crayon": r"(?:wax )?crayons?|oil pastels?",
    "gouache": r"gouache",
    "old master": r"old masters?|dutch master|vermeer(?:'s)?|baroque painting",
    "renaissance": r"renaissance|(?:leonardo )?da vinci(?:'s)?|botticelli(?:'s)?",
    "comic": r"comics?(?: book| strip)?|cartoon(?:ish|y)?|halftone",
    "sketch": (
        r"(?:pencil |charcoal |graphite |hand drawn |rough )?sketch(?:ed|y)?|"
        r"(?:pencil|charcoal|graphite|line) (?:drawing|art)|pencil drawn"
    ),
}
# Words that mean other things as well: a scarlet dress, a charcoal suit.
_WITH_ART: dict[str, str] = {
    "red ink": r"scarlet(?: ink)?|red ink",
    "old master": r"rembrandt(?:'s)?",
    "sketch": r"pencil|charcoal|graphite",
}


def patterns(style: str) -> tuple[str, ...]:
    """Expressions that ask for a style."""
    found = []
    if style in _OPEN:
        found.append(rf"{_LEAD}(?:{_OPEN[style]})(?:(?: \w+)?? {_ART})?")
    if style in _WITH_ART:
        found.append(rf"{_LEAD}(?:{_WITH_ART[style]}) {_ART}")
        found.append(rf"(?:style|manner|painting|drawing) of (?:an? |the )?(?:{_WITH_ART[style]})")
    return tuple(found)


LABELS = {"van gogh": "Van Gogh", "japanese print": "Japanese print"}
"""Names of styles that are written otherwise where people read them."""

STYLES: tuple[str, ...] = tuple(dict.fromkeys([*_OPEN, *_WITH_ART]))
"""Keys of `styles.STYLES` that a prompt can ask for."""
