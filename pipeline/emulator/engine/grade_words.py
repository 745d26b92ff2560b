"""Colours of a whole picture: the phrases that ask for them."""

from pipeline.emulator.engine.entry import ENDS, Entry

_LOOK = "look|tones?|toning|grade|grading|style|effect|colou?rs?|palette|feel|finish|filter"

_TONES = "tones?|toned|tints?|tinted|tinge|hues?|palette|colou?r grad(?:e|ing)"
_HUES = {
    "blue tones": "blue|bluish|navy|icy blue|teal",
    "purple tones": "purple|violet|lilac|lavender|magenta",
    "pink tones": "pink|rose|rosy|blush",
    "red tones": "red|crimson|burgundy",
    "orange tones": "orange|amber|peach|coral|terracotta",
    "green tones": "green|emerald|olive|sage",
    "earth tones": "earth|earthy|beige|brown|sand|sandy|ochre|tan|nude",
}
"""Hues that a whole picture can be laid in, and the colours that are called by them."""

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "grade",
        "black and white",
        (
            (
                r"(?:black (?:and|&) white|b ?& ?w|monochrome|gr[ae]yscale|film noir)"
                rf"(?: (?:{_LOOK}|photo|photograph|picture|image))?(?: with (?:film )?grain)?"
            ),
        ),
        "black and white",
    ),
    Entry(
        "grade",
        "sepia",
        (
            rf"sepia(?: (?:{_LOOK}))?",
            r"(?:like|as|into) an? (?:very )?old~ (?:photo|photograph|picture|postcard)",
        ),
        "sepia",
    ),
    Entry(
        "grade",
        "brighter",
        (
            r"(?:much |a (?:little|bit) |slightly |\d+ ?% )?(?:brighter|lighter)",
            r"brighten(?: (?:it|them|everything|this|the \w+))?(?: up)?|lighten(?: it| up| it up)*",
        ),
        "brighter",
    ),
    Entry(
        "grade",
        "darker",
        (
            r"(?:much |a (?:little|bit) |slightly |\d+ ?% )?darker",
            r"darken(?: (?:it|them|everything|this|the \w+))?",
        ),
        "darker",
    ),
    Entry(
        "grade",
        "more contrast",
        (r"(?:high|higher|more|strong|stronger|extra|increased?|boost(?: the)?)~ contrast",),
        "more contrast",
    ),
    Entry(
        "grade",
        "less contrast",
        (r"(?:low|lower|less|reduced?|soft|softer|decreased?)~ contrast|matte (?:look|finish)",),
        "less contrast",
    ),
    *(
        Entry("grade", name, (rf"(?:{words}) (?:colou?r )?(?:{_TONES})",), name)
        for name, words in _HUES.items()
    ),
    Entry(
        "grade",
        "warm",
        (rf"warm(?:er)?~ (?:{_LOOK})", rf"warmer|warm it up|warm{ENDS}"),
        "warm colours",
    ),
    Entry(
        "grade",
        "cool",
        (rf"(?:cool(?:er)?|colder|cold)~ (?:{_LOOK})", r"cooler|colder"),
        "cool colours",
    ),
    Entry(
        "grade",
        "vivid",
        (
            rf"(?:vivid|vibrant|saturated|punchy|bold|rich|bright|intense)~ (?:{_LOOK})",
            rf"(?:make (?:it|them|the colou?rs) )?pop{ENDS}",
            r"vivid|vibrant|punchy|(?:more|highly|very) (?:saturated|colou?rful)|pop of colou?r",
        ),
        "vivid colours",
    ),
    Entry(
        "grade",
        "pastel",
        (
            rf"(?:pastel|muted|soft|faded|washed out|desaturated|airy)~ (?:{_LOOK})",
            rf"pastels?|washed out|desaturated|faded{ENDS}",
        ),
        "pastel colours",
    ),
    Entry(
        "grade",
        "film",
        (
            (
                r"(?:film|analogue?|35 ?mm|kodak|portra|vintage|retro|cinematic|filmic)~ "
                rf"(?:{_LOOK}|grain|photo|photograph|photography|picture|image|still)"
            ),
            rf"(?:19)?[5-9]0'?s(?: (?:{_LOOK}|photo|photograph))?",
            (
                r"(?:with )?(?:film )?grain|analogue?|35 ?mm|portra|vintage|retro|cinematic|filmic|"
                r"grainy"
            ),
        ),
        "film look",
    ),
    Entry(
        "grade",
        "teal and orange",
        (
            rf"teal (?:and|&) orange(?: (?:{_LOOK}))?|orange (?:and|&) teal(?: (?:{_LOOK}))?",
            rf"(?:blockbuster|hollywood)(?: (?:{_LOOK}))?",
        ),
        "teal and orange",
    ),
)
