"""Places, seasons and backgrounds: the phrases that ask for them."""

from pipeline.emulator.engine.entry import ENDS, MOOD, NO_PLACE, Entry

_PLACE = "street|road|alley|lane|town|village|city|square|pavement|sidewalk|avenue|market"
_WILD = "forest|wood|woods|woodland|park|field|landscape|garden|mountain|mountains|meadow|nature"
_SNOWY = "snowy|snow covered|snowbound|snow filled|wintry|winter"
_WOOD = "wooden|wood|oak|walnut|pine|timber|rustic"

_TIMBER = "oak|walnut|pine|teak|timber|wood|birch|ash wood|beech|maple|driftwood|planks"
_OF_WOOD = (
    "oiled |waxed |polished |raw |rough |solid |old |aged |weathered |reclaimed |natural |warm |"
    "rustic |lacquered |knotty |vintage |antique |sanded |varnished |oak |walnut |pine "
)
_PALE = "light|pale|blond|bleached|whitewashed|white|bright|scandinavian"
_CLOSES = r"(?= *(?:$|[,.;]| (?:with|and|in|at|under|by|next|near|beside) ))"
_TOP = "(?:table|tabletop|desk|counter|board|bench|surface|planks|worktop|background|backdrop)"
_OCCASION = (
    rf"(?:{MOOD}|look|feel|vibes?|season|evening|campaign|cards?|greetings?|special|sale|edition|"
    r"advert|ad|spirit|magic|shoot|collection)"
)

ENTRIES: tuple[Entry, ...] = (
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
            (
                rf"(?:{_SNOWY})~ (?:{_WILD}|pines?|firs?|spruces?|trees|scene|scenery|wonderland)"
                r"(?: scene)?"
            ),
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
            (
                r"(?:ocean|sea|gentle|crashing|rolling)~ waves|"
                r"waves (?:behind|crashing|rolling|in the (?:background|distance))"
            ),
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
            (
                r"(?:outdoor|pavement|sidewalk|street|open air)~ "
                r"(?:cafe|café|restaurant|bar|bistro|terrace)"
            ),
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
                r"(?:background|backdrop|setting|scene|lights?|table|bokeh|interior|room|party)"
            ),
            r"(?:fairy|string|twinkling|christmas|bokeh)~ lights(?: background| bokeh)?",
            r"lights? bokeh|bokeh lights?",
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
            rf"(?:in|on|across) (?:a |an |the )?(?:\w+ )?fields?{ENDS}",
            r"(?:wheat|barley|corn|rye|rice|grain|golden)~ fields?",
            r"(?:green|grassy|rolling|gentle)~ hills|(?:in|on|over) the hills",
        ),
        "a meadow",
    ),
    Entry(
        "scene",
        "table",
        (
            rf"(?:{_WOOD})~ (?:table|tabletop|desk|counter|board|bench)",
            (
                r"(?:on|onto|over|atop|against) (?:the |a |an |some )?"
                rf"(?:{_OF_WOOD})*(?:{_TIMBER}){_CLOSES}"
            ),
            rf"(?:{_OF_WOOD})+(?:{_TIMBER}){_CLOSES}",
            rf"(?:slabs?|planks?|pieces?|blocks?|boards?) of (?:{_OF_WOOD})*(?:{_TIMBER})",
            r"(?:wooden|wood|oak|walnut|timber) (?:surface|top|planks|background|backdrop)",
            r"(?:kitchen|dining|coffee|bar|breakfast) (?:table|counter|worktop|island)",
            r"(?:table|tabletop|desk|countertop)",
        ),
        "a wooden table",
    ),
    Entry(
        "scene",
        "pale table",
        (
            (
                rf"(?:(?:on|onto|over|atop) )?(?:the |a |an |some )?(?:{_PALE}) (?:{_OF_WOOD})*"
                rf"(?:{_TIMBER}|wooden)(?: {_TOP})?"
            ),
        ),
        "a pale wooden table",
    ),
    Entry(
        "scene",
        "dark table",
        (
            (
                rf"(?:(?:on|onto|over|atop) )?(?:the |a |an |some )?(?:{_OF_WOOD})*"
                r"(?:dark|deep|black|smoked) "
                rf"(?:{_OF_WOOD})*(?:{_TIMBER}|wooden)(?: {_TOP})?"
            ),
            r"(?:ebony|wenge|mahogany)(?: wood)?(?: (?:table|tabletop|desk|surface|board))?",
        ),
        "a dark wooden table",
    ),
    Entry(
        "scene",
        "linen",
        (
            (
                r"(?:on|onto|over|atop) (?:a |an |the |some )?(?:(?:crumpled|wrinkled|rumpled|"
                r"creased|natural|white|beige|soft|draped|raw|washed) )*(?:linen|fabric|cloth|"
                r"cotton|table ?cloth|bed ?sheets?|bedding|muslin)(?: cloth| fabric| sheet)?"
                rf"{_CLOSES}"
            ),
            r"(?:linen|cotton|crumpled|wrinkled)~ (?:table ?cloth|cloth|fabric|sheets?|surface)",
        ),
        "a linen cloth",
    ),
    Entry(
        "scene",
        "interior",
        (
            (
                r"(?:warm |cosy |cozy |bright |modern )?(?:kitchen|interior|living room|room|"
                r"apartment|cafe|café|coffee shop|restaurant|bakery|cabin|chalet|office|bedroom|"
                r"hotel lobby|hotel room|hotel|library|bookshop|bar|pub|loft|book ?shel(?:f|ves)|"
                r"book ?case)"
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
                r"(?:(?:green|lush|summer|deep|mossy|misty|foggy|dark|dense|enchanted) )*"
                r"(?:forest|woods|woodland|jungle|park|garden|orchard|grove|greenery|foliage)"
                r"(?: scene| setting| clearing)?"
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
            rf"(?:snow|{_SNOWY})~ (?:{MOOD})",
            (
                r"(?:in |for |deep |cold )?(?:the )?(?:winter|wintertime|winter time|midwinter)"
                rf"(?: (?:season|look|feel|vibes?|magic))?{ENDS}"
            ),
        ),
        "a winter mood",
    ),
    Entry(
        "season",
        "christmas",
        (
            rf"(?:for |at |this )?(?:christmas|xmas|new year'?s eve|the holidays){ENDS}",
            (
                r"(?:christmas|xmas|holiday|holidays|new year'?s?(?: eve)?|festive|diwali)~ "
                rf"{_OCCASION}"
            ),
            r"christmass?y|xmass?y",
        ),
        "Christmas",
    ),
    Entry(
        "season",
        "valentine",
        (rf"valentine'?s?(?: day)?(?: {_OCCASION})?",),
        "Valentine's Day",
    ),
    Entry(
        "season",
        "halloween",
        (rf"(?:for )?hallowe'?en(?: {_OCCASION})?|spooky(?: {_OCCASION})?",),
        "Halloween",
    ),
    Entry(
        "season",
        "autumn",
        (
            rf"(?:autumn|autumnal|fall)~ (?:{MOOD}|look|feel|vibes?|colou?rs?|tones?|palette|day)",
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
            rf"(?:spring|springtime|cherry blossoms?)~ (?:{MOOD}|look|feel|vibes?|colou?rs?|day)",
            r"(?:early |late )?spring(?= (?:morning|evening|afternoon|light|sunshine|sun)\b)",
            rf"(?:for |at )?easter{ENDS}|easter~ {_OCCASION}",
            r"(?:in |during )?(?:the )?(?:spring|springtime)" + ENDS,
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
            (
                r"(?:outer |deep )?space with (?:\w+ )?stars"
                r"(?: and (?:an? )?(?:nebulae?|galax(?:y|ies)))?"
            ),
            r"stars and (?:an? )?(?:nebulae?|galax(?:y|ies))|among (?:the )?stars|star ?field",
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
            (
                r"(?:studio|seamless) (?:background|backdrop|setting|shot|photo|photograph|"
                r"portrait|packshot|look)"
            ),
            r"(?:in|inside)~ studio",
            rf"(?:an? |the )?studio{ENDS}",
            r"(?:an? |the )?studio(?= with (?:an? |the )?(?:\w+ )?(?:window|lights?)\b)",
            r"(?:{colour})~ gradient(?: background| backdrop)?",
            r"gradient (?:background|backdrop)",
            r"gradient (?:from|of|in) (?:{colour})",
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
                r"(?:background|backdrop)(?: colou?r)?"
                r"(?: to match(?: the| our| my)?(?: brand| corporate)?(?: colou?r)?)?"
                r"(?: to| in| into| is| be| becomes| for| with|:)?"
                rf"(?: a| plain| solid| flat| pure| uniform)* (?:{{colour}}){NO_PLACE}"
            ),
            (
                r"(?:on|against|in front of|over|onto) (?:a )?(?:plain |solid |flat |pure )*"
                rf"(?!linen\b)(?:{{colour}}){ENDS}"
            ),
            rf"(?:pure|solid|plain) (?:{{colour}}){ENDS}",
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
        "gloss",
        "",
        (
            (
                r"(?:glossy|reflective|mirrored|mirror|mirroring)~ (?:floor|ground|surface|base|"
                r"table|table ?top|acrylic|background|backdrop)"
            ),
            r"^ *(?:glossy|reflective|mirrored)$",
            (
                r"(?:glossy|reflective|mirrored)(?= (?:{any}) (?:background|backdrop|floor|ground|"
                r"surface|studio|table|base|acrylic|podium|plinth))"
            ),
            (
                r"(?:(?:subtle|soft|slight|clear|mirror|gentle|faint|its|floor) )*reflections?"
                r"(?: below| underneath| beneath| under(?:neath)? (?:it|the \w+)|"
                r" (?:on|in) the (?:floor|ground|surface|table|base))"
            ),
            (
                r"(?:with|add) (?:an? |the )?(?:(?:subtle|soft|slight|clear|mirror|floor) )*"
                r"reflections?"
            ),
        ),
        "a glossy ground",
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
            r"(?:blurred|blurry|defocused|out of focus)(?= \w)",
            r"(?:portrait|bokeh) (?:mode|effect|blur)",
            r"(?:creamy |soft |beautiful )?bokeh",
        ),
        "a blurred background",
    ),
)
