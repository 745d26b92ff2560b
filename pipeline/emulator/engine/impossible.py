"""What the draft engine cannot do, by the words that ask for it.

It edits the pixels that it is given. Whoever asks for more is told so, rather than that nothing was
understood: the real model may well do it.
"""

import re
from collections.abc import Iterable

from pipeline.emulator.engine.colours import PATTERN as COLOUR
from pipeline.emulator.engine.phrases import FINISHES

_ACCESSORY = (
    r"sunglasses|glasses|spectacles|hats?|caps?|beanie|helmet|crown|scarf|gloves?|mittens|tie|"
    r"bow tie|jewell?ery|necklace|earrings?|bracelet|rings?|watch|belt|boots|heels|umbrella|"
    r"headphones|wings|veil|mask|backpack|handbag"
)
_WORN = (
    r"wear(?:s|ing)?|outfits?|dress(?:es|ed)?|clothes|clothing|attire|suits?|jackets?|coats?|"
    r"shirts?|blouses?|skirts?|trousers|pants|jeans|sweaters?|jumpers?|hood(?:ie|ies)|uniforms?|"
    r"costumes?|gowns?|kimonos?|saris?|bikinis?|swimsuits?|tuxedos?|sleeves?|collars?|fabric"
)
_NO_MATERIAL = "only the colour changes, not the material"
_TABLE: tuple[tuple[str, str], ...] = (
    (
        (
            r"(?:light|lit|lighting|lights|sun|sunlight|softbox|rays|glow)\b[^,;]*? from "
            r"(?:above|below|the (?:top|front|bottom|camera))|"
            r"overhead (?:light|lights|lighting|sun|softbox|lamps?)"
        ),
        "its light comes from the left or from the right",
    ),
    (
        r"image \d+|(?:second|third|other|reference|first) (?:image|picture|photo)",
        "it cannot take a style or a background from another picture",
    ),
    (r"\d+ ?x ?\d+(?: ?px)?", "sizes come from the campaign"),
    (r"transparen\w+", "it makes no transparent pictures; ask for a white background"),
    (
        r"text|words?|slogans?|headlines?|captions?|titles?|typography|lettering|taglines?",
        "lettering needs its words in quotation marks",
    ),
    (
        (
            r"(?:remov|eras|delet|hid|declutter)\w*|get(?:ting)? rid of|take (?:away|off|out)|"
            r"clean(?:ed|ing)? up|wip(?:e|ing)|cut out|tak(?:e|ing) the \w+ (?:away|off|out)|"
            r"missing"
        ),
        "it cannot remove things",
    ),
    (
        (
            r"zoom\w*|close ups?|closer|wide angle|angles?|overhead|"
            r"from (?:above|below|behind|the (?:side|back|front|top|left|right))|"
            r"bird'?s eye|top down|flat ?lay|rotat\w+|camera|tilt\w*|full body|full length|"
            r"half body|"
            r"(?:side|back|front|rear|top) view|profile|perspective|macro|fish ?eye|telephoto|lens|"
            r"crop\w*|uncrop|outpaint\w*|extend\w*|expand\w*|flip\w*|mirror\w*|upside|panoram\w+|"
            r"aspect ratio|\d+:\d+|widescreen|vertical|horizontal|landscape orientation"
        ),
        "it cannot turn the camera; crops come from the campaign's sizes",
    ),
    (
        (
            r"smil(?:e|es|ing|ey)|laugh(?:s|ing)?|frown\w*|grin\w*|wink\w*|cry(?:ing)?|expressions?|"
            r"happ(?:y|ier)|sad(?:der)?|angry|surprised|serious|scared|eyes? (?:open|closed|shut)|"
            r"(?:open|close|closed) (?:her|his|their|the)? ?(?:eyes|mouth)|emotions?"
        ),
        "it cannot change a face or its expression",
    ),
    (
        (
            r"hair\w*|beards?|moustaches?|mustaches?|bald|make ?up|lipstick|skin|wrinkles?|"
            r"freckles?|"
            r"younger|older|aged?|slim(?:mer)?|thinner|muscular|tattoos?|teeth|eye ?colou?r|eyes?|"
            r"noses?|lips|blemish\w*|acne|gender|tan(?:ned)?|faces?|bod(?:y|ies)|nails?"
        ),
        "it cannot change a face, hair or body",
    ),
    (
        (
            r"pos(?:e|es|ed|ing)|sit(?:s|ting)?|seated|stand(?:s|ing)?|walk(?:s|ing)?|run(?:s|ning)?|"
            r"jump\w*|danc\w+|kneel\w*|lean\w*|lying|lie down|arms?|hands?|legs?|heads?|"
            r"fac(?:e|ing)|"
            r"hold(?:s|ing)?|wav(?:e|ing)|point\w*|gestur\w+|rais(?:e|ed|ing)|look(?:s|ing)? "
            r"(?:at|away|up|down|left|right|over|back|into)|gaz\w+|turn(?:ed|ing)? (?:around|away)|"
            r"gestures?|hug\w*|kiss\w*|riding|driving|eating|drinking|swimming|flying|sleeping"
        ),
        "it cannot change the pose",
    ),
    (
        r"animat\w+|videos?|gifs?|cinemagraph|loop(?:ing)?|motion|moving",
        "it makes still pictures only",
    ),
    (
        (
            r"collages?|grids?|before and after|side by side|split screen|diptych|triptych|"
            r"contact sheet|storyboard|mood ?board|frames"
        ),
        "it makes one scene a picture",
    ),
    (
        (
            r"anime|manga|pixar|disney|ghibli|lego|pixel art|8 bit|low poly|3d|clay(?:mation)?|"
            r"cubis(?:m|t)|picasso|surrealis\w*|dali|art deco|art nouveau|vaporwave|steampunk|"
            r"origami|paper cut|isometric|vector|flat design|cgi|unreal engine|octane"
        ),
        "it is not one of its styles",
    ),
    (
        (
            r"upscal\w+|restor\w+|denois\w+|sharpen\w*|enhanc\w+|deblur\w*|colou?ri[sz]e|repair\w*|"
            r"fix(?:ed|ing)?|retouch\w*|smooth\w*|improv\w+"
        ),
        "it cannot repair or retouch pictures",
    ),
    (
        (
            r"droplets?|splash\w*|steam\w*|smoke|bubbles?|condensation|ice(?: cubes?)?|flames?|"
            r"fire|clouds?|lightning|rainbow"
        ),
        "it cannot add objects",
    ),
    (
        (
            r"(?:chang|mak|turn|recolou?r|dye|paint)\w* (?:the |her |his |their )?"
            rf"(?:{_ACCESSORY})|"
            rf"(?:the |her |his |their )?(?:{_ACCESSORY}) (?:to |in |into )?(?:{COLOUR})"
        ),
        "it recolours the largest garment, and the main product, alone",
    ),
    (_ACCESSORY, "it cannot add objects"),
    (
        (
            r"candles?|blankets?|plants?|books?|pillows?|ribbons?|balloons?|gifts?|presents?|"
            r"ornaments?|baubles?|fruits?|waterfalls?|rocks?|pools?|birds?|butterfl(?:y|ies)|"
            r"(?:sun|god|light) ?(?:rays?|beams?)|lens flares?"
        ),
        "it cannot add objects",
    ),
    (_WORN, "it cannot change what is worn, only its colour"),
    (
        (
            r"bigger|larger|smaller|taller|longer|shorter|wider|thicker|resiz\w+|reshap\w+|shapes?|"
            r"materials?|transparent|melt\w*|broken|inflated|made of \w+"
        ),
        "it cannot change shape or material",
    ),
    (
        (
            r"(?:replac|swap|exchang|substitut)\w*|(?:turn|transform|convert|chang|morph)\w* "
            r"(?:\w+ ){1,4}?(?:to|into)|become\w*"
        ),
        "it cannot exchange things",
    ),
    (
        (
            r"(?:add|insert|includ|sprinkl|scatter|decorat|surround|fill|cover|attach|draw|wrap)\w*|"
            r"(?:give|giving) (?:her|him|it|them|the \w+)|put (?:an?|some) |place (?:an?|some) |"
            r"next to|beside|together with|accompanied|more (?:people|of)|crowd|background people|"
            r"^ *(?:and |but )?(?:with|featuring|plus|showing|wearing) "
            r"(?:an?|some|many|few|lots|several|two|three|four|five|six|\d+|fresh|little|large|small)"
        ),
        "it cannot add objects",
    ),
)
_CAMERA = re.compile(
    r"(?<!\w)(?:top down|flat ?lay|bird'?s eye|overhead|close ups?|wide (?:angle|shot)|full body|"
    r"from (?:above|below|behind))(?!\w)"
)
_COMPILED = tuple((re.compile(rf"(?<!\w)(?:{words})(?!\w)"), why) for words, why in _TABLE)
_ABOUT_SUBJECTS = re.compile(
    r"(?<!\w)(?:remov|eras|delet|replac|swap|exchang|substitut|get rid|take away)\w*(?!\w)"
    r"|(?<!\w)(?:add|insert|includ)\w* (?:an?|another|some|more|two|three|four|five|\d+) "
)


def why_impossible(clause: str) -> str:
    """Say why a clause cannot be done; empty where nobody knows.

    Args:
        clause: what is left of it, lower case, when all that was understood is taken out.
    """
    return next((why for words, why in _COMPILED if words.search(clause)), "")


def why_of_finish(words: Iterable[str]) -> str:
    """Say why a finish is not done; empty where none of the words is one."""
    return _NO_MATERIAL if any(word in FINISHES for word in words) else ""


def is_about_the_camera(clause: str) -> bool:
    """Whether plain words, each of them harmless, ask for another point of view: `top down`."""
    return _CAMERA.search(clause) is not None


def is_about_subjects(clause: str) -> bool:
    """Whether a clause wants to add or take away what pictures usually show: `add a dog`."""
    return _ABOUT_SUBJECTS.search(clause) is not None
