"""The words this engine understands, as tables.

Patterns are regular expressions over lower-case text in which hyphens are spaces. `~` stands for up
to two words in between, `{colour}` for a named colour; both are expanded by the compiler. Longer
matches win over shorter ones wherever two overlap, so `soft studio lighting` is a light and the
studio in it is not a backdrop.
"""

from dataclasses import dataclass
from typing import Literal

Slot = Literal["studio", "plain", "blur", "scene", "light", "weather", "grade"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation and the phrases that ask for it.

    Attributes:
        slot: what kind of operation it is.
        value: which one.
        patterns: any of these phrases asks for it.
        label: how it is named in the list of what is possible.
    """

    slot: Slot
    value: str
    patterns: tuple[str, ...]
    label: str

    @property
    def name(self) -> str:
        """What a prompt that says no to it refuses."""
        return self.value or self.slot


_PLACE = "street|road|alley|lane|town|village|city|square|pavement|sidewalk|avenue|market"
_WILD = "forest|wood|woods|woodland|park|field|landscape|garden|mountain|mountains|meadow|nature"
_SNOWY = "snowy|snow covered|snowbound|snow filled|wintry|winter"
_MOOD = "ambience|ambiance|atmosphere|mood|scene|scenery|setting|background|backdrop|wonderland"
_WOOD = "wooden|wood|oak|walnut|pine|timber|rustic"
_LIGHT = "light|lights|lighting|lit|illumination|sun|sunlight|glow"
_ENDS = r"(?= *(?:$|[,.;]))"  # alone at the end of a clause, so not in `night cream`
_SOFT = "(?:(?:soft|softer|gentle|diffused) )?"
_LOOK = "look|tones?|toning|grade|grading|style|effect|colou?rs?|palette|feel|finish"

ENTRIES: tuple[Entry, ...] = (
    # Backdrops that are drawn.
    Entry(
        "scene",
        "snow street",
        (
            rf"(?:{_SNOWY})~ (?:{_PLACE})(?: scene)?",
            rf"(?:{_PLACE})~ (?:in|under|covered in|covered with) (?:the |deep |fresh )?snow",
        ),
        "a snowy street",
    ),
    Entry(
        "scene",
        "winter",
        (
            rf"(?:{_SNOWY})~ (?:{_WILD})(?: scene)?",
            rf"(?:snow|{_SNOWY})~ (?:{_MOOD})",
            rf"(?:{_WILD})~ (?:in|under|covered in|covered with) (?:the |deep |fresh )?snow",
            r"(?:in|on) (?:the |deep |fresh )?snow",
        ),
        "a winter landscape",
    ),
    Entry(
        "scene",
        "beach",
        (
            r"(?:sandy |tropical |sunny )?(?:beach|sea(?:side|shore)|shore|coast(?:line)?)",
            r"(?:by|at|near) the (?:sea|ocean|water)",
            r"(?:sea|ocean)(?:side)?~ (?:background|backdrop|view)",
        ),
        "a beach",
    ),
    Entry(
        "scene",
        "city night",
        (
            r"(?:night|nighttime|neon|nocturnal)~ (?:city|street|town|downtown|skyline|cityscape)",
            r"(?:city|street|town|downtown|skyline|cityscape)~ (?:at night|by night|nightscape)",
            r"(?:city|street) lights",
            r"(?:city|night) bokeh",
        ),
        "a city at night",
    ),
    Entry(
        "scene",
        "street",
        (rf"(?:{_PLACE}|downtown|cityscape|urban)(?: scene| setting| background| backdrop)?",),
        "a city street",
    ),
    Entry(
        "scene",
        "table",
        (
            rf"(?:{_WOOD})~ (?:table|tabletop|desk|counter|board|bench)",
            r"(?:wooden|wood|oak|walnut|timber) (?:surface|top|planks)",
            r"(?:kitchen|dining|coffee|bar|breakfast) (?:table|counter|worktop|island)",
            r"(?:table|tabletop|desk|countertop)",
        ),
        "a wooden table",
    ),
    Entry(
        "scene",
        "interior",
        (
            (
                r"(?:warm |cosy |cozy |bright |modern )?(?:kitchen|interior|living room|room|"
                r"apartment|cafe|café|coffee shop|restaurant|bakery|cabin|chalet)"
                r"(?: interior| scene| setting)?"
            ),
            r"indoors",
        ),
        "a warm interior",
    ),
    Entry(
        "scene",
        "forest",
        (
            (
                r"(?:green |lush |summer |deep |mossy |misty )?(?:forest|woods|woodland|jungle|"
                r"park|garden|orchard|grove|greenery|foliage)(?: scene| setting| clearing)?"
            ),
            r"(?:in|surrounded by) nature",
            r"green bokeh",
        ),
        "a green forest",
    ),
    # Backdrops that are made from a colour or from the picture.
    Entry(
        "studio",
        "",
        (
            (
                r"(?:{colour})~ (?:photo |photography |seamless )?"
                r"(?:studio|seamless|cyclorama|infinity cove|sweep|paper|wall)"
                r"(?: paper| background| backdrop| setting)?"
            ),
            r"(?:studio|seamless|cyclorama)~ (?:in|of) (?:a )?(?:{colour})",
            (
                r"(?:seamless|photo|photography|neutral|clean|minimal|simple)~ (?:studio|cyclorama)"
                r"(?: background| backdrop| setting)?"
            ),
            r"(?:studio|seamless) (?:background|backdrop|setting|shot|photo|photograph|portrait)",
            r"(?:in|inside)~ studio",
        ),
        "a studio in any colour",
    ),
    Entry(
        "plain",
        "",
        (
            (
                r"(?:plain |solid |flat |pure |uniform |clean |simple )*(?:{colour})~ "
                r"(?:background|backdrop)"
            ),
            (
                r"(?:background|backdrop)(?: colou?r)?(?: to| in| into| is| be| becomes|:)?"
                r"(?: a| plain| solid| flat| pure| uniform)* (?:{colour})"
            ),
            (
                r"(?:on|against|in front of|over|onto) (?:a )?(?:plain |solid |flat |pure )*"
                rf"(?:{{colour}}){_ENDS}"
            ),
            r"(?:plain|solid|flat|uniform|neutral)~ (?:background|backdrop)",
            r"(?:remove|cut out|drop|erase|delete)~ (?:background|backdrop)",
            r"(?:background|backdrop) (?:removed|cut out)",
        ),
        "a plain background in any colour",
    ),
    Entry(
        "blur",
        "",
        (
            (
                r"(?:blur|blurred|blurry|blurring|defocused|soft focus|out of focus|bokeh|soft)~ "
                r"(?:background|backdrop)"
            ),
            r"(?:background|backdrop)~ (?:blurred|blurry|blur|defocused|out of focus|bokeh|softer)",
            r"(?:shallow|narrow|small) depth of field",
            r"(?:portrait|bokeh) (?:mode|effect|blur)",
            r"(?:creamy |soft |beautiful )?bokeh",
        ),
        "a blurred background",
    ),
    # Light.
    Entry(
        "light",
        "golden hour",
        (
            rf"golden hour(?: (?:{_LIGHT}))?",
            r"(?:sunset|sundown|sunrise)(?: light| lighting| glow)?",
            rf"{_SOFT}(?:warm|golden|amber|honey)~ (?:{_LIGHT})",
            rf"{_SOFT}(?:evening|late afternoon|low)~ (?:{_LIGHT})",
            rf"(?:in the|late|this) (?:evening|afternoon)|evening{_ENDS}",
        ),
        "golden hour",
    ),
    Entry(
        "light",
        "cold morning",
        (
            rf"{_SOFT}(?:cold|cool|crisp|frosty|icy|chilly|pale|early)~ (?:{_LIGHT})",
            rf"{_SOFT}(?:morning|winter|overcast|cloudy|northern)~ (?:{_LIGHT})",
            r"(?:cold|crisp|frosty|chilly|early)~ morning",
            rf"(?:in the|this) morning|morning{_ENDS}",
            r"overcast(?: sky| day)?",
        ),
        "cold morning light",
    ),
    Entry(
        "light",
        "blue hour",
        (rf"(?:blue hour|dusk|twilight|nightfall|dawn|daybreak)(?: (?:{_LIGHT}))?",),
        "blue hour",
    ),
    Entry(
        "light",
        "night",
        (
            rf"{_SOFT}(?:night|moon|midnight|nighttime)~ (?:{_LIGHT})",
            r"(?:at|by|in the|during the) night",
            r"nighttime|night time|night scene|midnight|moonlight|moonlit",
            rf"night{_ENDS}",
        ),
        "night",
    ),
    Entry(
        "light",
        "dramatic",
        (
            (
                r"(?:dramatic|moody|hard|harsh|contrasty|rembrandt|theatrical|low key|spot|side)~ "
                rf"(?:{_LIGHT})"
            ),
            r"(?:dramatic|moody|low key|chiaroscuro|spotlight|spotlit)(?: mood| atmosphere)?",
        ),
        "dramatic light",
    ),
    Entry(
        "light",
        "daylight",
        (
            rf"{_SOFT}(?:day|natural|bright|midday|noon|summer|sunny)~ (?:{_LIGHT})",
            r"daylight|sunlight|sunshine|sunny day|sunny|sunlit|midday|bright day",
        ),
        "daylight",
    ),
    Entry(
        "light",
        "soft studio",
        (
            rf"(?:soft|softer|softbox|diffuse|diffused|gentle|even|flattering)~ (?:{_LIGHT})",
            rf"(?:studio|softbox|beauty|high key|clamshell)~ (?:{_LIGHT})",
            r"high key",
        ),
        "soft studio light",
    ),
    # Weather.
    Entry(
        "weather",
        "snow",
        (
            r"(?:falling|gentle|light|heavy|soft|some|drifting)~ (?:snow|snowflakes)",
            r"snowing|snowfall|snow falling|snowflakes|snowstorm|blizzard|snow",
        ),
        "snow",
    ),
    Entry(
        "weather",
        "rain",
        (
            (
                r"(?:heavy |light |gentle |falling |pouring )?"
                r"(?:rain|raining|rainy|rainfall|drizzle|downpour)"
            ),
        ),
        "rain",
    ),
    Entry(
        "weather",
        "fog",
        (r"(?:light |dense |thick |soft |gentle )?(?:fog|foggy|mist|misty|haze|hazy)",),
        "fog",
    ),
    # Grades.
    Entry(
        "grade",
        "black and white",
        (
            (
                r"(?:black (?:and|&) white|b ?& ?w|monochrome|gr[ae]yscale|film noir)"
                rf"(?: (?:{_LOOK}|photo|photograph|picture|image))?"
            ),
        ),
        "black and white",
    ),
    Entry("grade", "sepia", (rf"sepia(?: (?:{_LOOK}))?",), "sepia"),
    Entry("grade", "warm", (rf"warm(?:er)?~ (?:{_LOOK})", r"warmer|warm it up"), "warm colours"),
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
            r"vivid|vibrant|punchy|(?:more|highly|very) (?:saturated|colou?rful)|pop of colou?r",
        ),
        "vivid colours",
    ),
    Entry(
        "grade",
        "pastel",
        (
            rf"(?:pastel|muted|soft|faded|washed out|desaturated|airy)~ (?:{_LOOK})",
            r"pastels?|washed out|desaturated",
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
            r"film grain|analogue?|35 ?mm|portra|vintage|retro|cinematic|filmic|grainy",
        ),
        "film look",
    ),
)

KEEP_VERBS = (
    r"(?:keep(?:ing)?|preserv(?:e|ing)|maintain(?:ing)?|retain(?:ing)?|leav(?:e|ing)|"
    r"(?:do not|don't|dont|never) (?:change|alter|modify|touch|edit|redraw|retouch|recolou?r)|"
    r"without (?:changing|altering|modifying|touching|editing)|no changes? to)"
)
"""Words that open a lock; it runs to the end of its sentence or to the next order."""

UNCHANGED = r"(?:unchanged|the same|as (?:it|they) (?:is|are)|as is|intact|untouched|identical)"
"""Words that close a lock: what stands before them stays."""

ORDER_VERBS = (
    r"(?:add|change|make|put|place|set|turn|use|apply|give|replace|show|render|switch|move|blur|"
    r"remove|relight|swap|create|generate|convert|transform|shoot|photograph)"
)
"""Words that open an order and so end a lock."""

KEEP_TARGETS: dict[str, tuple[str, ...]] = {
    "background": (
        "background",
        "backdrop",
        "setting",
        "scene",
        "scenery",
        "surroundings",
        "environment",
        "location",
    ),
    "colours": ("colour", "colours", "color", "colors", "colouring", "coloring", "hue", "hues"),
    "light": ("light", "lighting", "illumination", "shadows", "exposure"),
    "framing": (
        "framing",
        "composition",
        "crop",
        "position",
        "placement",
        "perspective",
        "angle",
        "layout",
    ),
    "weather": ("weather",),
}
"""Locked words that forbid an operation; anything else a lock names is never altered anyway."""

SUBJECT_VERBS = (
    r"(?:put|place|show|set|stand|position|photograph|shoot|picture|portray|move|seat|sit|"
    r"bring|present|display|render|depict|feature|stage|drop|lay|take|transport)"
)
BEFORE_PLACE = (
    r"(?:in|on|onto|into|inside|at|against|to|in front of|under|beside|near|before|over|upon|"
    r"amid|within|with|by)"
)
COUNTS = (
    r"(?:i want (?:you )?to |please )?(?:generate|create|make|produce|give me) "
    r"(?:a (?:series|set) of )?(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"(?: \w+){0,2} (?:images?|pictures?|photos?|variations?|versions?|edits?)(?: of)?"
)
"""How authors count outputs; the count itself travels in the request."""

_FILLERS = """
    a an the this that these those it its her his him their them our my your i we you he she they
    is are be been being was were do does did have has had will would should can could may must
    and or of to in on onto into at by for from with as so such than then also too very more most
    some any all both each every only just quite rather really please now here there where which
    who while over under up down out off around about across along near behind before between
    through within against front side top bottom left right middle centre center inside outside
    add change make put place set turn use apply give replace show render switch move create
    generate convert transform shoot photograph edit picture image images photo photos photograph
    pictures portrait shot scene setting look looks looking feel feeling style effect mood
    atmosphere ambience ambiance environment background backdrop surface version result
    new different nice beautiful gorgeous elegant stylish classy pretty lovely stunning
    professional editorial commercial clean simple minimal minimalist minimalistic modern luxury
    luxurious premium high quality hq resolution detailed realistic photorealistic natural
    naturally real sharp crisp perfect subtle subtly gentle gently soft softly slight slightly
    light lightly little bit touch hint warm cold cool bright dark cosy cozy calm quiet peaceful
    festive atmospheric seamless plain solid large small big wide long short deep fresh early late
    day time hour coloured colored colour color tone tones 4k 8k hd ultra
    no not without never avoid avoiding
    standing sitting placed set against visible shown lit
    subject person people woman man girl boy lady model models product products item items object
    bottle bag coat cup shoe shoes animal cat dog
"""
FILLERS = frozenset(_FILLERS.split())
"""Words that carry no order of their own; a clause of these alone is not worth a note."""
