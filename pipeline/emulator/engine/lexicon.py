"""The words this engine understands, as tables.

Patterns are regular expressions over lower-case text in which hyphens are spaces. `~` stands for up
to two words in between, `{colour}` for a named colour; both are expanded by the compiler. Longer
matches win over shorter ones wherever two overlap, so `soft studio lighting` is a light and the
studio in it is not a backdrop.
"""

from dataclasses import dataclass
from typing import Literal

from pipeline.emulator.engine import style_words

Slot = Literal[
    "studio",
    "podium",
    "plain",
    "blur",
    "scene",
    "season",
    "light",
    "soft light",
    "weather",
    "grade",
    "garment",
    "winter outfit",
    "dust",
    "style",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation and the phrases that ask for it.

    Attributes:
        slot: what kind of operation it is.
        value: which one.
        patterns: any of these phrases asks for it.
        label: how it is named in the list of what is possible; empty where another entry of the
            same operation is listed.
    """

    slot: Slot
    value: str
    patterns: tuple[str, ...]
    label: str = ""

    @property
    def name(self) -> str:
        """What a prompt that says no to it refuses."""
        return self.value or self.slot


_PLACE = "street|road|alley|lane|town|village|city|square|pavement|sidewalk|avenue|market"
_WILD = "forest|wood|woods|woodland|park|field|landscape|garden|mountain|mountains|meadow|nature"
_SNOWY = "snowy|snow covered|snowbound|snow filled|wintry|winter"
_MOOD = "ambience|ambiance|atmosphere|mood|setting|background|backdrop|theme"
_WOOD = "wooden|wood|oak|walnut|pine|timber|rustic"
_LIGHT = "light|lights|lighting|lit|illumination|sun|sunlight|glow"
_ENDS = r"(?= *(?:$|[,.;]))"  # alone at the end of a clause, so not in `night cream`
_HERE = r"(?= *(?:$|[,.;]| in | on | at ))"
_SOFT = "(?:(?:soft|softer|gentle|diffused) )?"
_LOOK = "look|tones?|toning|grade|grading|style|effect|colou?rs?|palette|feel|finish|filter"
_CLOTHES = (
    r"(?:outfits?|clothes|clothing|garments?|attire|suits?|dress(?:es)?|gowns?|jackets?|blazers?|"
    r"coats?|overcoats?|trench ?coats?|parkas?|shirts?|blouses?|tops?|t ?shirts?|tees?|polos?|"
    r"sweaters?|jumpers?|pullovers?|hoodies?|cardigans?|uniforms?|robes?|skirts?|trousers|pants|"
    r"jeans|shorts|kimonos?|sar(?:i|ee)s?|tuxedos?|vests?|waistcoats?|jumpsuits?|space ?suits?|"
    r"costumes?|swimsuits?|leggings|apparel|fabric|cloth|wardrobe|pyjamas|pajamas)"
)
_WARES = (
    r"(?:bags?|handbags?|backpacks?|shoes?|sneakers?|trainers?|boots?|heels?|bottles?|cups?|mugs?|"
    r"cans?|tins?|jars?|box(?:es)?|packages?|packaging|products?|cars?|bikes?|motorcycles?|"
    r"chairs?|sofas?|couch(?:es)?|armchairs?|cushions?|watch(?:es)?|hats?|caps?|wallets?|lamps?|"
    r"vases?|cases?|phones?|headphones?|hat|scarf|scarves|gloves|pillows?|rugs?|curtains?)"
)
_RECOLOUR = (
    r"(?:make|change|turn|recolou?r|dye|paint|colou?r|switch|set|convert|transform|swap|render|"
    r"show|put|give)"
)
_OWN = r"(?: the| her| his| their| its| this| my| our| a| an| all)?"
_NO_PLACE = (
    r"(?!(?: \w+){0,2} (?:studio|background|backdrop|seamless|wall|paper|light|lights|lighting|sky|"
    r"table|room))"
)
_CLOTH = r"(?!(?:denim|linen) )"
"""Before a colour that is more often what clothes are made of."""
_AIR = (
    r"(?: (?:falling|drifting|floating|flying|swirling|blowing|in the air|in the wind|"
    r"all around))*"
)

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
            rf"(?:{_SNOWY})~ (?:{_WILD}|scene|scenery|wonderland)(?: scene)?",
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
            r"neon(?: lit)?~ (?:city|street|town|downtown|skyline|cityscape)(?: at night)?",
            r"(?:city|street|skyline)~ lights(?: bokeh| background| backdrop)?",
            r"(?:city|night) bokeh",
        ),
        "a city at night",
    ),
    Entry(
        "scene",
        "street",
        (
            rf"(?:{_PLACE}|downtown|cityscape|urban)(?: scene| setting| background| backdrop)?",
            r"(?:wet |rainy )?(?:asphalt|tarmac|cobble ?stones?)",
        ),
        "a city street",
    ),
    Entry(
        "scene",
        "black marble",
        (
            (
                r"(?:black|dark|nero)~ marbled?(?: (?:table|tabletop|counter|countertop|surface|"
                r"slab|top|worktop|board|background|backdrop))?"
            ),
        ),
        "a black marble table",
    ),
    Entry(
        "scene",
        "marble",
        (
            (
                r"(?:(?:white|gr[ae]y|polished|light|carrara|elegant) )*marbled?~ "
                r"(?:table|tabletop|counter|countertop|surface|slab|top|worktop|board|background|"
                r"backdrop)"
            ),
            r"(?:on|against|over|onto|atop) (?:a |the |some )?(?:(?:white|polished|light) )*marble",
        ),
        "a marble table",
    ),
    Entry(
        "scene",
        "festive",
        (
            (
                r"(?:christmas|xmas|holiday|holidays|new year'?s?(?: eve)?|festive|diwali)~ "
                rf"(?:{_MOOD}|scene|lights?|table|look|feel|vibes?|season|bokeh|interior|room|"
                r"evening|party)"
            ),
            r"(?:fairy|string|twinkling|christmas|bokeh)~ lights(?: background| bokeh)?",
            r"lights? bokeh|bokeh lights?",
            rf"(?:for |at |this )?(?:christmas|xmas|new year'?s eve){_ENDS}",
            r"christmass?y|xmass?y",
        ),
        "festive lights",
    ),
    Entry(
        "scene",
        "brick wall",
        (
            (
                r"(?:(?:red|exposed|old|rustic|worn|painted) )*bricks?~ walls?"
                r"(?: background| backdrop)?"
            ),
            r"(?:against|before) (?:bare |exposed |red )?bricks?",
        ),
        "a brick wall",
    ),
    Entry(
        "scene",
        "concrete wall",
        (
            (
                r"(?:(?:raw|gr[ae]y|bare|industrial|smooth|polished|light|dark) )*"
                r"(?:concrete|cement|plaster|stucco)~ "
                r"(?:walls?|background|backdrop|room|loft|surface|floor)(?: background| backdrop)?"
            ),
            r"(?:against|on) (?:bare |raw |gr[ae]y )*concrete",
            r"industrial (?:loft|hall|space|warehouse)|warehouse",
        ),
        "a concrete wall",
    ),
    Entry(
        "scene",
        "desert",
        (
            (
                r"(?:(?:sandy|hot|arid|golden|vast|empty) )*(?:deserts?|sahara|sand dunes?|dunes)"
                r"(?: landscape| scene| background| backdrop| sand| dunes)?"
            ),
        ),
        "a desert",
    ),
    Entry(
        "scene",
        "flower field",
        (
            (
                r"(?:fields?|meadows?) (?:full )?of (?:\w+ )?"
                r"(?:flowers?|wild ?flowers?|poppies|daisies|tulips|lavender|sunflowers)"
            ),
            (
                r"(?:wild ?flowers?|flowers?|floral|blooming|flowery|flowering|lavender|poppy|"
                r"tulip|sunflower|daisy)~ (?:fields?|meadows?)"
            ),
        ),
        "a field of flowers",
    ),
    Entry(
        "scene",
        "meadow",
        (
            (
                r"(?:(?:green|grassy|open|summer|lush|sunny|rolling) )*"
                r"(?:meadows?|grass|lawn|countryside|hillside|pasture|prairie|grassland)"
                r"(?: background| backdrop| scene)?"
            ),
            rf"(?:in|on|across) (?:a |an |the )?(?:\w+ )?fields?{_ENDS}",
            r"(?:green|grassy|rolling|gentle)~ hills|(?:in|on|over) the hills",
        ),
        "a meadow",
    ),
    Entry(
        "scene",
        "table",
        (
            rf"(?:{_WOOD})~ (?:table|tabletop|desk|counter|board|bench)",
            r"(?:wooden|wood|oak|walnut|timber) (?:surface|top|planks|background|backdrop)",
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
                r"apartment|cafe|café|coffee shop|restaurant|bakery|cabin|chalet|office|bedroom|"
                r"hotel lobby|hotel room|hotel|library|bookshop|bar|pub|loft)"
                r"(?: interior| scene| setting| background| backdrop)?"
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
            r"(?:in|surrounded by) nature|outdoors|outside|outdoor~ (?:scene|setting|background)",
            r"green bokeh",
        ),
        "a green forest",
    ),
    Entry(
        "season",
        "winter",
        (
            rf"(?:snow|{_SNOWY})~ (?:{_MOOD})",
            (
                r"(?:in |for |deep |cold )?(?:the )?(?:winter|wintertime|winter time|midwinter)"
                rf"(?: (?:season|look|feel|vibes?|magic))?{_ENDS}"
            ),
        ),
        "a winter mood",
    ),
    Entry(
        "season",
        "autumn",
        (
            rf"(?:autumn|autumnal|fall)~ (?:{_MOOD}|look|feel|vibes?|colou?rs?|tones?|palette|day)",
            r"(?:in |during )?(?:the )?(?:autumn|autumnal|fall season)",
            r"season to fall",
            r"in (?:the )?fall",
        ),
        "an autumn mood",
    ),
    Entry(
        "season",
        "spring",
        (
            rf"(?:spring|springtime|cherry blossoms?)~ (?:{_MOOD}|look|feel|vibes?|colou?rs?|day)",
            r"(?:in |during )?(?:the )?(?:spring|springtime)" + _ENDS,
        ),
        "a spring mood",
    ),
    Entry(
        "scene",
        "mountains",
        (
            (
                r"(?:on |in |before |high in )?(?:the |a )?"
                r"(?:rocky |alpine |high |misty |foggy |snowy )?"
                r"(?:mountains?|alps|peaks|"
                r"mountain (?:range|landscape|view|scenery|backdrop|road|top))"
            ),
        ),
        "mountains",
    ),
    Entry(
        "scene",
        "space",
        (
            (
                r"(?:in |into )?(?:outer )?space(?= *(?:$|[,.;]| with| background| scene))"
                r"(?: background| scene)?"
            ),
            (
                r"(?:in |among )?(?:the )?(?:cosmos|galaxy|nebula|milky way|universe)"
                r"(?: background| backdrop)?"
            ),
            r"outer space|deep space",
        ),
        "outer space",
    ),
    # Backdrops that are made from a colour or from the picture.
    Entry(
        "studio",
        "",
        (
            (
                r"(?!(?:\w+ ){0,3}?(?:bricks?|stone|clay|concrete|plaster|cement|stucco) walls?)"
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
            rf"(?:an? |the )?studio{_ENDS}",
            r"(?:{colour})~ gradient(?: background| backdrop)?",
            r"gradient (?:background|backdrop)",
        ),
        "a studio in any colour",
    ),
    Entry(
        "studio",
        "dark",
        (r"(?:dark|darker|deep dark)~ (?:background|backdrop)", r"low key background"),
    ),
    Entry(
        "studio",
        "light",
        (r"(?:light|lighter|bright|clean bright)~ (?:background|backdrop)",),
    ),
    Entry(
        "podium",
        "",
        (
            r"(?:{colour})~ (?:podium|pedestal|plinth|platform|dais|display stand|display block)",
            r"podium|pedestal|plinth|dais|(?:round|product|display|circular)~ (?:platform|stand)",
        ),
        "a plinth",
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
                rf"(?: a| plain| solid| flat| pure| uniform)* (?:{{colour}}){_NO_PLACE}"
            ),
            (
                r"(?:on|against|in front of|over|onto) (?:a )?(?:plain |solid |flat |pure )*"
                rf"(?:{{colour}}){_ENDS}"
            ),
            rf"(?:pure|solid|plain) (?:{{colour}}){_ENDS}",
            r"(?:plain|solid|flat|uniform|neutral)~ (?:background|backdrop)",
            r"(?:remove|cut out|drop|erase|delete)~ (?:background|backdrop)",
            (
                r"(?:isolated?|cut out|cutout)(?: of)?(?: the| a| this| my| our)?~ "
                r"(?:product|subject|item|object|bottle|bag|shoe|person|model)"
            ),
            r"isolated|cut out|cutout",
            r"use (?:{colour}) (?:instead|as (?:a |the )?(?:background|backdrop))",
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
            rf"(?:in the|late|this) (?:evening|afternoon)|evening{_HERE}",
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
            rf"(?:in the|this) morning|morning{_HERE}",
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
            r"night (?:portrait|shot|photo|photograph|picture|view)",
            rf"night{_HERE}",
        ),
        "night",
    ),
    Entry(
        "light",
        "dramatic",
        (
            (
                r"(?:dramatic|moody|(?:hard|harsh)(?! (?:sun|day))|contrasty|rembrandt|theatrical|"
                r"low key|spot|side|rim|edge|back)~ "
                rf"(?:{_LIGHT})"
            ),
            r"(?:dramatic|moody|low key|chiaroscuro|spotlight|spotlit)(?: mood| atmosphere)?",
            r"back ?lit|back ?light(?:ing)?|rim ?lit|dark and moody",
        ),
        "dramatic light",
    ),
    Entry(
        "light",
        "daylight",
        (
            rf"{_SOFT}(?:day|natural|bright|midday|noon|summer|sunny)~ (?:{_LIGHT})",
            r"daylight|sunlight|sunshine|sunny day|sunny|sunlit|midday|bright day",
            r"(?:hard|harsh|strong|direct)~ (?:sun|sunlight|sunshine|daylight)",
        ),
        "daylight",
    ),
    Entry(
        "soft light",
        "soft studio",
        (
            rf"(?:soft|softer|diffuse|diffused|gentle|even|flattering|window)~ (?:{_LIGHT})",
            r"soft(?:er)? shadows?",
        ),
    ),
    Entry(
        "soft light",
        "daylight",
        (
            rf"(?:summer|summery)~ (?:{_MOOD}|look|feel|vibes?|day)|summer ?time",
            r"in (?:the )?summer",
        ),
    ),
    Entry(
        "light",
        "soft studio",
        (
            (
                r"(?:(?:soft|softer|diffused|gentle)(?: \w+)? )?"
                rf"(?:studio|softbox|beauty|clamshell|professional)~ (?:{_LIGHT})"
            ),
        ),
        "soft studio light",
    ),
    Entry(
        "light",
        "high key",
        (
            rf"(?:high key|bright and airy|light and airy|airy)(?:~ (?:{_LIGHT}))?",
            rf"(?:very bright|overexposed|brilliant|bright white)~ (?:{_LIGHT})",
        ),
        "high key light",
    ),
    Entry(
        "light",
        "neon",
        (
            (
                r"(?:neon|cyberpunk|synthwave|nightclub|disco)(?: lit)?"
                rf"(?:~ (?:{_LIGHT}|signs?|reflections?))?"
            ),
            (
                r"(?:pink|purple|magenta|blue|cyan) and (?:pink|purple|magenta|blue|cyan) "
                rf"(?:neon )?(?:{_LIGHT}|gels?(?: {_LIGHT})?)"
            ),
        ),
        "neon light",
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
    Entry(
        "weather",
        "leaves",
        (
            (
                r"(?:falling|drifting|flying|golden|autumn|swirling|colou?rful|dry|fallen|yellow|"
                rf"red|orange)~ leaves{_AIR}"
            ),
            rf"leaves{_AIR}|leaf fall",
        ),
        "falling leaves",
    ),
    Entry(
        "weather",
        "petals",
        (
            (
                r"(?:falling|drifting|floating|flower|rose|cherry|cherry blossom|pink|blossom|"
                rf"sakura|swirling)~ petals{_AIR}"
            ),
            rf"(?:falling|drifting)~ blossoms?|petals{_AIR}",
        ),
        "drifting petals",
    ),
    Entry(
        "weather",
        "golden confetti",
        (
            (
                r"(?:falling )?(?:gold|golden|metallic|glittering)~ "
                rf"(?:confetti|glitter|sparkles){_AIR}"
            ),
        ),
        "golden confetti",
    ),
    Entry(
        "weather",
        "confetti",
        (
            rf"(?:falling|colou?rful|party|festive|celebration)~ confetti{_AIR}",
            rf"confetti{_AIR}",
        ),
        "confetti",
    ),
    # Clothes and wares: their colour and cloth, never their cut.
    Entry(
        "winter outfit",
        "",
        (
            r"(?:{colour}) (?:winter|warm|knitted|knit)~ (?:outfits?|wardrobe|attire|clothes)",
            (
                r"(?:winter|wintry|ski|snow|warm)~ (?:outfits?|clothes|clothing|coats?|jackets?|"
                r"parkas?|wear) in (?:a )?(?:{colour})"
            ),
            (
                r"(?:(?:change|swap|switch)(?: the| her| his| their)? (?:outfits?|clothes|look) "
                r"(?:to|into|for|with) )?(?:an? |some )?"
                r"(?:winter|wintry|cold weather|ski|snow|apres ski|warm|cosy|cozy)~ "
                r"(?:outfits?|clothes|clothing|wear|attire|wardrobe|apparel|fashion|garments?|"
                r"coats?|jackets?)"
            ),
            r"winterwear|dress(?:ed)?~ (?:warmly|for (?:the )?(?:winter|cold|snow))",
        ),
        "a winter outfit",
    ),
    Entry(
        "garment",
        "knit",
        (
            rf"(?:{{colour}})~ (?:knit|knitted|woolly|chunky|wool|woollen|woolen)~ {_CLOTHES}",
            (
                rf"(?:knit|knitted|woolly|woollen|woolen|wool|chunky|cable knit)~ "
                rf"(?:{_CLOTHES}|texture|look|knitwear)"
            ),
            r"knitwear|chunky knits?|cable knits?",
        ),
        "knitted cloth",
    ),
    Entry(
        "garment",
        "",
        (
            (
                rf"(?:{_RECOLOUR}{_OWN}(?: {{any}})? )?(?:{_CLOTHES}|look) (?:to|into|with|for|by)"
                rf"(?: an?| some| all)?~ (?:{{colour}})~ {_CLOTHES}"
            ),
            rf"{_CLOTH}(?:{{colour}})~ {_CLOTHES}",
            rf"{_CLOTHES},?(?: but| only| just)? in (?:{{colour}})(?: please| instead)?{_ENDS}",
            (
                rf"{_CLOTHES} (?:should|must|shall|could|has to|have to|needs to) be(?: all| in)?"
                rf"(?: an?)? (?:{{colour}})"
            ),
            (
                rf"(?:give|giving){_OWN}~ (?:{_CLOTHES}|{_WARES}) an? (?:\w+ )?(?:{{colour}})"
                rf"(?: \w+)? (?:finish|colou?r|coating|paint|paint job)"
            ),
            (
                rf"{_RECOLOUR}{_OWN}~ (?:{_CLOTHES}|{_WARES})(?: colou?rs?)?"
                rf"(?: to| in| into| be| appear| look| become| as)?(?: an?| all)? (?:{{colour}})"
                rf"{_NO_PLACE}"
            ),
            (
                rf"(?:colou?r|hue) of(?: the| her| his| their| its)?~ (?:{_CLOTHES}|{_WARES})"
                rf"(?: to| into| is| be| becomes)* (?:{{colour}})"
            ),
            rf"(?:{_CLOTHES}|{_WARES}) colou?r(?: to| into| is|:)* (?:{{colour}}){_NO_PLACE}",
            (
                r"(?:recolou?r|dye)(?: it| them| this| everything)?(?: to| in| into)? (?:{colour})"
                rf"{_NO_PLACE}"
            ),
            rf"(?:dressed|wearing|wears|wear|clad)(?: in)?(?: all)? (?:{{colour}}){_ENDS}",
            rf"(?:{{colour}})~ (?:{_WARES}) instead",
        ),
        "clothes in any colour",
    ),
    Entry(
        "dust",
        "",
        (
            (
                r"(?:a )?(?:light |fine |gentle )?(?:dusting|layer|coat|sprinkling|blanket) of "
                r"(?:fresh |light |fine )?(?:snow|frost)"
                rf"(?: (?:on|over)(?: the| her| his| their| its)?~ (?:{_CLOTHES}|{_WARES}|"
                r"shoulders|hair|head|subject|person))?"
            ),
            (
                r"(?:snow|frost) (?:dusted|covered|capped|topped)~ "
                rf"(?:{_CLOTHES}|{_WARES}|shoulders|hair|subject|person)"
            ),
            (
                r"(?:snow|frost|snowflakes) (?:on|in|over)(?: the| her| his| their| its)?~ "
                rf"(?:{_CLOTHES}|{_WARES}|shoulders|hair|head|subject|person)"
            ),
            r"(?:dusted|covered|sprinkled) (?:with|in) (?:fresh |light |a little )?(?:snow|frost)",
        ),
        "a dusting of snow",
    ),
    # Grades.
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
            r"(?:much |a (?:little|bit) |slightly )?(?:brighter|lighter)",
            r"brighten(?: (?:it|them|everything|this|the \w+))?(?: up)?|lighten(?: it| up| it up)*",
        ),
        "brighter",
    ),
    Entry(
        "grade",
        "darker",
        (
            r"(?:much |a (?:little|bit) |slightly )?darker",
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
            rf"(?:make (?:it|them|the colou?rs) )?pop{_ENDS}",
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
    # Paintings and drawings.
    *(Entry("style", name, style_words.patterns(name), name) for name in style_words.STYLES),
)
