"""Every code that a manifest or a workspace file can be refused with; none is ever reused."""

from collections.abc import Mapping
from typing import Final

SYNTAX: Final = "M001"
CHARACTER: Final = "M002"
TAB: Final = "M003"
TOO_LONG: Final = "M004"
TOO_DEEP: Final = "M005"
TOO_MANY: Final = "M006"
ALIAS: Final = "M007"
DUPLICATE: Final = "M008"
KEY: Final = "M009"
MERGE: Final = "M010"
TAG: Final = "M011"
DOCUMENTS: Final = "M012"
NOT_A_MAP: Final = "M013"

VERSION: Final = "M020"
UNKNOWN_KEY: Final = "M021"
MISSING_KEY: Final = "M022"
KIND: Final = "M023"
CHOICE: Final = "M024"
RANGE: Final = "M025"
SIZE: Final = "M026"
MONEY: Final = "M027"
PER_CENT: Final = "M028"
BYTES: Final = "M029"
COLOUR: Final = "M030"
FOCUS: Final = "M031"
MARGIN: Final = "M032"

NAME: Final = "M035"
FOLDER: Final = "M036"
ID: Final = "M037"
MASTER_NAME: Final = "M038"
UNKNOWN_MODEL: Final = "M039"
FORBIDDEN_MODEL: Final = "M040"
NO_IMAGES: Final = "M041"
NEEDLESS_IMAGES: Final = "M042"

PATH: Final = "M045"
NO_MATCH: Final = "M046"
ESCAPING: Final = "M047"
ALIKE: Final = "M048"
NO_REFERENCE: Final = "M049"
REFERENCE_USELESS: Final = "M050"
UNREADABLE: Final = "M051"
FORMAT: Final = "M052"
HEAVY: Final = "M053"
PIXELS: Final = "M054"
SMALL: Final = "M055"
RATIO: Final = "M056"
INPUTS: Final = "M057"
UNKNOWN_PICTURE: Final = "M058"
LONG_ID: Final = "M059"

NATIVE_PIXELS: Final = "M060"
NATIVE_RATIO: Final = "M061"
NATIVE_ASPECT: Final = "M062"
NATIVE_SIDE: Final = "M063"
MASTER_NEEDED: Final = "M064"
DELIVERY_SIDE: Final = "M065"
ENLARGED: Final = "M066"
UNKNOWN_DESTINATION: Final = "M067"
SHAPE: Final = "M068"
DEVICE_NAME: Final = "M069"

PROMPT_EMPTY: Final = "M070"
STRAY: Final = "M071"
UNKNOWN_VALUE: Final = "M072"
MISSING_VALUE: Final = "M073"
UNUSED_VALUE: Final = "M074"
EMPTY_VALUE: Final = "M075"
VALUE_NAME: Final = "M076"
COUNTED: Final = "M077"

UNKNOWN_PARAM: Final = "M080"
OWNED_PARAM: Final = "M081"
PARAM_VALUE: Final = "M082"

ZERO: Final = "M085"
PER_JOB: Final = "M086"
CHEAPER: Final = "M087"
CEILING: Final = "M088"

RULE_NAME: Final = "M090"
RULE_SIZE: Final = "M091"
RULE_ALL: Final = "M092"
RULE_EMPTY: Final = "M093"

STATE: Final = "M095"
PIN: Final = "M096"
UNEQUAL: Final = "M097"
ZIPPED: Final = "M098"
NAMED_TWICE: Final = "M099"

EXTENDS: Final = "M140"
NO_PARENT: Final = "M141"
ENDLESS: Final = "M142"
LOOSER: Final = "M143"
REMOVES_NOTHING: Final = "M144"

SIGNING: Final = "M160"

CHECK_LIMITS: Final = "M150"

MEANINGS: Final[Mapping[str, str]] = {
    SYNTAX: "the file is not YAML",
    CHARACTER: "a character that nobody can see or that cannot be sent",
    TAB: "a tab indents a line",
    TOO_LONG: "the file is longer than a manifest can be",
    TOO_DEEP: "values are nested too deeply",
    TOO_MANY: "the file holds, or its aliases expand to, too many values",
    ALIAS: "an alias stands for nothing, or for itself",
    DUPLICATE: "a key is written twice",
    KEY: "a key is not text",
    MERGE: "a merge key",
    TAG: "a tag",
    DOCUMENTS: "several documents in one file",
    NOT_A_MAP: "the file is empty or holds something other than keys with values",
    VERSION: "the file is of a version that this program does not read",
    UNKNOWN_KEY: "a key that the language does not have",
    MISSING_KEY: "a key that has to be there is not",
    KIND: "a value of the wrong kind, or none",
    CHOICE: "a word that is not among those allowed",
    RANGE: "a number out of its range",
    SIZE: "a text that is not a size in pixels",
    MONEY: "a text that is not an amount of US dollars",
    PER_CENT: "a text that is not a percentage",
    BYTES: "a text that is not a number of bytes",
    COLOUR: "a text that is not a colour",
    FOCUS: "a value that is not a focal point",
    MARGIN: "a text that is not a margin, or margins that leave nothing",
    NAME: "a campaign's name that cannot be one",
    FOLDER: "a campaign's name that is not its folder's",
    ID: "an image set, variant or size whose name cannot be part of an address",
    MASTER_NAME: "a size called `master`, or like a folder of the outputs",
    UNKNOWN_MODEL: "a model without a card",
    FORBIDDEN_MODEL: "a model that the workspace forbids",
    NO_IMAGES: "a model that edits pictures, and no pictures",
    NEEDLESS_IMAGES: "a model that takes no pictures, and pictures",
    PATH: "a path that is not one inside the campaign's folder",
    NO_MATCH: "a path or pattern that matches no file",
    ESCAPING: "a link that leads out of the campaign's folder",
    ALIKE: "two pictures of a set with one id",
    NO_REFERENCE: "a reference that does not exist",
    REFERENCE_USELESS: "a reference on a model that cannot take one",
    UNREADABLE: "a picture that cannot be read",
    FORMAT: "a picture in a format that the model does not take",
    HEAVY: "a picture file of too many bytes",
    PIXELS: "a picture of too many pixels",
    SMALL: "a picture with too short a side",
    RATIO: "a picture that is too long for its width",
    INPUTS: "more pictures in one request than the model can ever take",
    UNKNOWN_PICTURE: "a focal point for a picture that the set does not have",
    LONG_ID: "a picture whose id is too long",
    NATIVE_PIXELS: "a paid size of too few or too many pixels",
    NATIVE_RATIO: "a paid size that is too long for its width",
    NATIVE_ASPECT: "a paid size whose aspect ratio the model does not make",
    NATIVE_SIDE: "a paid size with a side that the model does not make",
    MASTER_NEEDED: "no `master`, and none that could be taken for granted",
    DELIVERY_SIDE: "a delivery size out of bounds",
    ENLARGED: "a delivery size larger than the picture it is derived from",
    UNKNOWN_DESTINATION: "a destination that nobody knows",
    SHAPE: "an exact size of another shape than the picture it is derived from",
    DEVICE_NAME: "a size whose folder some systems cannot have",
    PROMPT_EMPTY: "an empty prompt",
    STRAY: "a brace in the prompt that belongs to no placeholder",
    UNKNOWN_VALUE: "a placeholder that nothing gives a value",
    MISSING_VALUE: "a placeholder that has a value in some variants or sets only",
    UNUSED_VALUE: "a value that no placeholder uses",
    EMPTY_VALUE: "an empty value",
    VALUE_NAME: "a value whose name cannot stand in a placeholder",
    COUNTED: "a prompt that says how many pictures to make",
    UNKNOWN_PARAM: "a parameter that the model does not have",
    OWNED_PARAM: "a parameter that the plan sets itself",
    PARAM_VALUE: "a parameter's value that the model does not take",
    ZERO: "an amount of zero where zero stops everything",
    PER_JOB: "a cap for one request above the cap for all",
    CHEAPER: "a price override that would lower a price",
    CEILING: "a stated ceiling below the known price",
    RULE_NAME: "a matrix rule or list that names what does not exist",
    RULE_SIZE: "a matrix rule that names a size which is not paid for",
    RULE_ALL: "an `exclude` rule that excludes everything",
    RULE_EMPTY: "an `extend` rule that changes nothing",
    STATE: "a place for local state that cannot be one",
    PIN: "a pin that names no cell key or no digest",
    UNEQUAL: "axes of different lengths that should advance together",
    ZIPPED: "axes that cannot advance together",
    NAMED_TWICE: "a name twice in the list of an axis",
    EXTENDS: "a path in `extends` that is not one in `campaigns/`",
    NO_PARENT: "a file to extend that is not there",
    ENDLESS: "files that extend one another without end",
    LOOSER: "a cap above that of the file it extends",
    REMOVES_NOTHING: "a `null` where there is nothing to take away",
    SIGNING: "a certificate or key for signing that is not said rightly",
    CHECK_LIMITS: "a check that would fail before it warns",
}
"""One line a code, for the documentation and for lists of folded problems."""
