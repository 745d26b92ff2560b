"""Words that carry no picture: what keeps, refuses, orders, counts and fills.

All expressions are over lower-case text in which hyphens and quotation marks are spaces.
"""

KEEP_VERBS = (
    r"(?:(?<!to )keep(?:ing|s)?(?! (?:it|things|the (?:\w+ )?(?:mood|feel|vibe|atmosphere)) "
    r"(?!(?:exactly |just |all )?(?:as|the same|unchanged|intact|identical)\b))|"
    r"preserv(?:e|es|ing)|maintain(?:s|ing)?|retain(?:s|ing)?|leav(?:e|ing)|protect(?:ing)?|"
    r"stay(?:ing)? true to|hold(?:ing)? on to|"
    r"(?:do not|don't|dont|never|please don't|must not|should not|without) "
    r"(?:chang(?:e|ing)|alter(?:ing)?|modify(?:ing)?|touch(?:ing)?|edit(?:ing)?|redraw(?:ing)?|"
    r"retouch(?:ing)?|recolou?r(?:ing)?|mov(?:e|ing)|replac(?:e|ing)|cover(?:ing)?)|"
    r"no (?:changes?|edits?|alterations?) (?:to|in|of)|lock(?:ed)?(?: in)?)"
)
"""Words that open a lock; it runs to the end of its sentence or to the next order."""

_CLEAR = (
    r"(?:(?:clearly |fully |sharp and |clear and )?"
    r"(?:legible|readable|visible|recogni[sz]able|sharp))"
)
UNCHANGED = (
    r"(?:unchanged|unaltered|unmodified|untouched|intact|identical|preserved|the same|"
    r"as (?:it|they|he|she) (?:is|are|was|were)|as is|as before|exactly as shown|constant|"
    rf"(?:must|should|has to|have to|needs? to) (?:stay|remain|be kept|be)(?: {_CLEAR})|"
    r"(?:must|should|has to|have to|needs? to) (?:stay|remain|be kept)(?: the same| as it is)?|"
    rf"(?:stays?|remains?)(?: the same| put| as it is| {_CLEAR})?)"
)
"""Words that close a lock: what stands before them stays."""

EXCEPT = (
    r"\b(?:except(?: for)?|apart from|other than|aside from|besides|but not|"
    r"(?<=everything )but|(?<=the same )but|(?<=all )but)\b"
)
"""What follows is left out of a lock."""

_OBJECT = (
    r"(?= (?:the|this|that|it|them|her|him|his|their|its|my|our|everything|all|a|an|each|both)\b)"
)
ORDER_VERBS = (
    r"(?:add|change|make|put|turn|use|apply|give|replace|show|render|switch|move|blur|"
    r"remove|relight|swap|create|generate|convert|transform|shoot|photograph|recolou?r|draw|write|"
    rf"(?:dress|paint|light|style|colou?r){_OBJECT}|"
    rf"(?:place|set)(?:{_OBJECT}|(?= (?:on|in|at|against|before|under)\b)))"
)
"""Words that open an order and so end a lock; `colour` and `dress` only before what they order."""

KEEP_TARGETS: dict[str, tuple[str, ...]] = {
    "background": (
        "background",
        "backgrounds",
        "backdrop",
        "backdrops",
        "setting",
        "scene",
        "scenery",
        "surroundings",
        "environment",
        "location",
        "room",
        "wall",
        "walls",
        "floor",
        "landscape",
        "scenes",
        "settings",
    ),
    "colours": ("colour", "colours", "color", "colors", "colouring", "coloring", "hue", "hues"),
    "light": ("light", "lighting", "lights", "illumination", "shadows", "exposure"),
    "framing": (
        "framing",
        "frame",
        "composition",
        "crop",
        "position",
        "positions",
        "placement",
        "perspective",
        "angle",
        "angles",
        "layout",
        "camera",
    ),
    "weather": ("weather", "sky"),
    "clothes": (
        "clothes",
        "clothing",
        "outfit",
        "outfits",
        "garment",
        "garments",
        "attire",
        "wardrobe",
        "dress",
        "suit",
        "jacket",
        "coat",
        "shirt",
        "uniform",
    ),
    "style": ("style", "realism", "photorealism", "photorealistic", "realistic"),
}
"""Locked words that forbid an operation; anything else a lock names is never altered anyway."""

ALWAYS_KEPT: dict[str, tuple[str, ...]] = {
    "face": (
        "face",
        "faces",
        "facial",
        "features",
        "expression",
        "expressions",
        "smile",
        "likeness",
    ),
    "identity": ("identity", "person", "people", "model", "models", "character", "woman", "man"),
    "pose": ("pose", "poses", "posture", "stance", "gesture", "body", "hands"),
    "shape": ("shape", "shapes", "form", "proportions", "silhouette", "size", "scale", "cut"),
    "label": (
        "label",
        "labels",
        "logo",
        "logos",
        "text",
        "typography",
        "lettering",
        "branding",
        "print",
        "brand",
    ),
    "product": ("product", "products", "packaging", "bottle", "bag", "shoe", "shoes", "item"),
    "hair": ("hair", "hairstyle", "makeup", "skin"),
    "details": ("details", "detail", "texture", "textures", "pattern", "patterns", "markings"),
}
"""Locked words that nothing here could break."""

NEGATION = (
    r"\b(?:no|without|not|never|avoid|avoiding|nor|instead of|rather than|"
    r"(?:do not|don't|dont|never) (?:add|use|include|put|make|show|want|have|apply|turn)"
    r"(?: it| them)?)"
    r"(?: any| the| a| an| it| on| in| at| to| much| more| some| into)* $"
)
"""What stands right before a phrase and makes it a refusal."""

REFUSAL = (
    r"^\W*(?:and |but |with )?"
    r"(?:no|without|avoid|avoiding|never|not|nothing else|(?:do not|don't|dont) \w+)\b"
)
"""How a clause begins that only refuses."""

SUBJECT_VERBS = (
    r"(?:put|place|show|set|stand|position|photograph|shoot|picture|portray|move|seat|sit|"
    r"bring|present|display|render|depict|feature|stage|drop|lay|take|transport|immerse|"
    r"imagine|situate|transfer|style(?! of))"
)
BEFORE_PLACE = (
    r"(?:in|on|onto|into|inside|at|against|to|in front of|under|beside|near|before|over|upon|"
    r"amid|amidst|among|within|with|by|for|outside|outdoors|indoors|during|as if|wearing|"
    r"surrounded|standing|sitting|lit|walking)"
)
PICTURE_OF = (
    r"\b(?:photos?|photographs?|pictures?|images?|shots?|portraits?|series|sets?|packshots?|"
    r"renders?|views?|campaign|close ups?|posters?|banners?|illustrations?) "
    r"(?:of|for|showing|featuring) "
)
"""How a subject is led in that stands before anything else."""

COUNTS = (
    r"(?:i (?:want|would like|need) (?:you )?to |please |can you |we need |i need )?"
    r"(?:(?:generate|create|make|produce|give me|deliver|return|output|render|output) )?"
    r"(?:me )?(?:a (?:series|set|batch|total) of |exactly |up to |at least )?"
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a dozen|a few|several|multiple)"
    r"(?: (?!(?:of|image|images|version|versions)\b)\w+){0,2}? "
    r"(?:images?|pictures?|photos?|variations?|variants?|versions?|edits?|options?|outputs?|"
    r"results?|shots?)\b(?: in total| total| each)?(?: of(?= ))?"
)
"""How authors count outputs; the count itself travels in the request."""

TEXT_WORDS = (
    r"(?:text|words?|title|headline|caption|tagline|slogan|lettering|typography|banner|sign|"
    r"writing|inscription|message|copy|says?|saying|said|reads?|reading|written|write|writes|"
    r"called|titled|labelled|labeled|overlay|(?<!block )(?<!japanese )print|printed)"
)
"""What stands before quoted words that are to be set on the picture."""

_FILLERS = """
    a an the this that these those it its itself her hers his him their theirs them our ours my
    mine your yours i we you he she they one ones us me
    is are be been being was were do does did have has had will would should can could may must
    let lets let's it's i'd i'm that's there's
    and or of to in on onto into at by for from with as so such than then also too very more most
    some any all both each every only just quite rather really please now here there where which
    who while over under up down out off around about across along near behind before between
    through within against if like but yet still again when until because
    front side top bottom left right middle centre center inside outside towards toward beside
    add adding adds change changing make making put putting place placing set setting turn turning
    use using apply applying give giving given replace replacing show showing render switch move
    moving create creating generate generating convert transform transforming shoot photograph
    want want's need needs looking try keep keeping turned changed placed photographed shown
    edit edited editing picture pictures image images photo photos photograph photographs
    portrait portraits shot shots scene scenes setting look looks looking feel feels feeling style
    styled styling effect effects mood moods atmosphere ambience ambiance environment background
    backgrounds backdrop backdrops surface version versions result results filter finish vibe vibes
    aesthetic composition overall whole entire complete completely everything else
    new different another nice beautiful beautifully gorgeous elegant stylish classy pretty lovely
    stunning amazing attractive appealing striking eye catching
    professional professionally editorial commercial advertising ad advert campaign catalogue
    catalog ecommerce e commerce shop store website social media instagram marketing brand hero
    lifestyle clean simple minimal minimalist minimalistic modern contemporary luxury luxurious
    premium chic fashion high quality hq resolution detailed realistic photorealistic photoreal
    natural naturally real authentic sharp crisp perfect perfectly subtle subtly gentle gently soft
    softly slight slightly strong strongly
    light lightly little bit touch hint lots lot plenty amount warm cold cool bright dark cosy cozy
    calm quiet peaceful serene dreamy magical festive atmospheric romantic fresh fun
    seamless plain solid large small big wide long short deep early late full
    day time hour coloured colored colour color colours colors tone tones toned 4k 8k hd ultra uhd
    no not without never avoid avoiding don't dont only instead rather
    consistent consistently consistency series across same matching match throughout
    standing sitting placed set against visible lit lighting lit light
    dress dressed outfit clothes clothing garment wear wears wearing worn
    season seasons coming streaming pouring corporate business beauty portraiture outdoor food
    thanks thank hi hello hey dear please kindly
    photography photoshoot headshot lookbook packshot postcard poster banner flyer cover card
    theme themed environmental candid legible readable recognisable recognizable visible clearly
    beneath underneath below
    centered centred centrally old wide w
"""
FILLERS = frozenset(_FILLERS.split())
"""Words that carry no order of their own; a clause of these alone is not worth a note."""

_SUBJECTS = """
    subject subjects person people woman women man men girl girls boy boys lady gentleman officer
    model models product products item items object objects bottle bottles bag bags cup cups mug
    shoe shoes sneaker sneakers animal animals cat cats dog dogs coffee drink drinks perfume watch
    can jar box packaging package chair lamp car bike motorcycle food dish plate meal cake burger
    pizza salad soup bread dessert breakfast window windows serum perfume fragrance lotion candle
    headphones laptop phone sofa backpack handbag tote sneaker building pagoda temple house
    flower flowers face portrait child children kid kids couple family team
"""
SUBJECTS = frozenset(_SUBJECTS.split())
"""Who or what a picture shows: fillers too, unless an order is about them."""
