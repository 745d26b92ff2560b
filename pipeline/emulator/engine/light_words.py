"""Light and weather: the phrases that ask for them."""

from pipeline.emulator.engine.entry import MOOD, Entry

_LIGHT = "light|lights|lighting|lit|illumination|sun|sunlight|glow"
_HERE = r"(?= *(?:$|[,.;]| in | on | at ))"
_SOFT = "(?:(?:soft|softer|gentle|diffused) )?"
_AIR = (
    r"(?: (?:falling|drifting|floating|flying|swirling|blowing|in the air|in the wind|"
    r"all around))*"
)

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "light",
        "golden hour",
        (
            rf"golden hour(?: (?:{_LIGHT}))?",
            r"(?:sunset|sundown|sunrise)(?: light| lighting| glow)?",
            rf"{_SOFT}(?:warm|golden|amber|honey)~ (?:{_LIGHT})",
            rf"{_SOFT}(?:evening|late afternoon|afternoon|low)~ (?:{_LIGHT})",
            rf"(?:warm )?(?:tungsten|candle|lamp|fire|incandescent)~ (?:{_LIGHT})",
            r"candle ?light|candle ?lit|lamp ?light|fire ?light",
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
            rf"(?:in the|this) morning|morning(?= (?:haze|mist|fog|dew)\b)|morning{_HERE}",
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
            rf"(?:rim |back |edge |strong |warm |soft )?(?:{_LIGHT})~ from (?:behind|the back)",
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
            r"(?:(?:soft|subtle|gentle|light|faint|realistic) )*(?:drop|contact|ground) shadows?",
            r"(?:natural|subtle|gentle|faint|realistic) shadows?",
        ),
    ),
    Entry(
        "soft light",
        "daylight",
        (
            rf"(?:summer|summery)~ (?:{MOOD}|look|feel|vibes?|day)|summer ?time",
            r"in (?:the )?summer",
            r"(?:hard|harsh|crisp|strong|long|graphic)~ shadows?",
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
            r"(?:large |big |one |single )?(?:soft ?box(?:es)?|octabox|beauty dish|ring light)",
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
                r"(?:(?:pink|purple|magenta|blue|cyan) )?"
                r"(?:and (?:pink|purple|magenta|blue|cyan) )?"
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
            r"(?<!sand )(?<!dust )(?<!snow )(?:rain ?|thunder ?)?storms?(?! clouds?| sky)",
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
            rf"(?:cherry|spring|apple|almond|sakura|pink|white)~ blossoms?{_AIR}",
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
)
