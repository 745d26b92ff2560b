"""Clothes and wares, their colour and cloth: the phrases that ask for them."""

from pipeline.emulator.engine.entry import ENDS, NO_PLACE, Entry

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
_CLOTH = r"(?!(?:denim|linen) )"
"""Before a colour that is more often what clothes are made of."""

ENTRIES: tuple[Entry, ...] = (
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
            rf"{_CLOTHES},?(?: but| only| just)? in (?:{{colour}})(?: please| instead)?{ENDS}",
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
                rf"(?: to| in| into| be| appear| look| become| as)?(?: an?| all)?% (?:{{colour}})"
                rf"{NO_PLACE}"
            ),
            (
                rf"(?:colou?r|hue) of(?: the| her| his| their| its)?~ (?:{_CLOTHES}|{_WARES})"
                r"(?: from (?:{any}))?"
                rf"(?: to| into| is| be| becomes)* (?:{{colour}})"
            ),
            rf"(?:{_CLOTHES}|{_WARES}) colou?r(?: to| into| is|:)* (?:{{colour}}){NO_PLACE}",
            (
                r"(?:recolou?r|dye)(?: it| them| this| everything)?(?: to| in| into)? (?:{colour})"
                rf"{NO_PLACE}"
            ),
            rf"dress (?:her|him|them|it)(?: up)? in (?:all )?(?:{{colour}}){ENDS}",
            rf"(?:dressed|wearing|wears|wear|clad)(?: in)?(?: all)? (?:{{colour}}){ENDS}",
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
)
