"""Which cells are wanted: rules over image sets, pictures, variants, sizes and takes."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from pipeline.manifest.model.parts import OPEN, PARAMS, STRICT
from pipeline.manifest.values import AxisNames, AxisTakes, Flag, Line, Takes, Text, Zipped

_SET = Field(description="Name of an image set; `*` for part of a name.", examples=["anna"])

_PICTURE = Field(description="Picture id: its file name without ending.", examples=["front"])

_VARIANT = Field(description="Name of a variant; `*` for part of a name.", examples=["snow"])

_SIZE = Field(
    description="`master`, or the name of a size that is bought (`native`).", examples=["master"]
)

_TAKE = Field(description="Number of the take.", examples=[2])

_OPTIONAL = Field(
    description="Whether it is fine if this rule changes nothing, as in a file that several"
    " campaigns extend. Otherwise a rule that changes nothing is a problem."
)


class WhereEntry(BaseModel):
    """Which pictures a rule speaks of; what is left out means all."""

    model_config = STRICT

    set: Annotated[Line | None, _SET] = None
    picture: Annotated[Line | None, _PICTURE] = None
    variant: Annotated[Line | None, _VARIANT] = None
    size: Annotated[Line | None, _SIZE] = None
    take: Annotated[Takes | None, _TAKE] = None


class ExcludeEntry(BaseModel):
    """Pictures that are not wanted; what is left out means all."""

    model_config = STRICT

    set: Annotated[Line | None, _SET] = None
    picture: Annotated[Line | None, _PICTURE] = None
    variant: Annotated[Line | None, _VARIANT] = None
    size: Annotated[Line | None, _SIZE] = None
    take: Annotated[Takes | None, _TAKE] = None
    why: Annotated[
        Line, Field(description="The reason, for reviewers.", examples=["no bag outdoors"])
    ] = ""
    optional: Annotated[Flag, _OPTIONAL] = False


class WithEntry(BaseModel):
    """Values and parameters that take the place of the variant's."""

    model_config = OPEN
    __pydantic_extra__: dict[str, Text]

    params: Annotated[
        dict[str, Any], Field(description=f"{PARAMS} Over those of the variant.")
    ] = {}


class ExtendEntry(BaseModel):
    """Other values for some pictures; adds none."""

    model_config = STRICT

    where: Annotated[WhereEntry, Field(description="Which pictures see the other values.")]
    with_: Annotated[
        WithEntry,
        Field(
            alias="with",
            description="The values that they see instead of their variant's.",
            examples=[{"light": "blue hour"}],
        ),
    ]
    optional: Annotated[Flag, _OPTIONAL] = False


class AddEntry(BaseModel):
    """Pictures beside those of the matrix: one more take, or what `axes` leave out.

    An axis that is left out means all.
    """

    model_config = STRICT

    set: Annotated[Line | None, _SET] = None
    picture: Annotated[Line | None, _PICTURE] = None
    variant: Annotated[Line | None, _VARIANT] = None
    size: Annotated[Line | None, _SIZE] = None
    take: Annotated[Takes, _TAKE]
    optional: Annotated[Flag, _OPTIONAL] = False


class AxesEntry(BaseModel):
    """Which values of the axes are multiplied; an axis that is left out has all of its values.

    The order matters for `zip` alone.
    """

    model_config = STRICT

    set: Annotated[
        AxisNames,
        Field(
            description="Image sets: `all`, a name or a list of names; `*` for part of a name.",
            examples=["all", ["anna", "bag"]],
        ),
    ] = ("all",)
    picture: Annotated[
        AxisNames,
        Field(
            description="Picture ids, in whichever sets have them: `all`, an id or a list of ids;"
            " `*` for part of an id.",
            examples=["all", ["front", "side-*"]],
        ),
    ] = ("all",)
    variant: Annotated[
        AxisNames,
        Field(
            description="Variants: `all`, a name or a list of names; `*` for part of a name.",
            examples=["all", ["snow", "studio"]],
        ),
    ] = ("all",)
    size: Annotated[
        AxisNames,
        Field(
            description="Sizes that are bought, `master` or those with a `native`: `all`, a name or"
            " a list of names.",
            examples=["all", ["master", "story"]],
        ),
    ] = ("all",)
    take: Annotated[
        AxisTakes,
        Field(
            description="Takes, of those that `takes` counts: `all`, a number or a list of"
            " numbers.",
            examples=["all", [1, 2]],
        ),
    ] = ()


class MatrixEntry(BaseModel):
    """What shapes the product of image sets, pictures, variants, sizes and takes.

    First `axes`, then `zip`, `exclude`, `extend` and `add`. Something in it that changes nothing is
    a problem.
    """

    model_config = STRICT

    axes: Annotated[
        AxesEntry,
        Field(
            description="Which values of each axis are multiplied; all where nothing is said.",
            examples=[{"set": ["anna"], "variant": "all", "take": [1]}],
        ),
    ] = AxesEntry()
    zip: Annotated[
        tuple[Zipped, ...],
        Field(
            description="Groups of axes that advance together instead of being multiplied: the"
            " first variant with the first size, the second with the second. Their lists are as"
            " long as each other; `axes` says in which order.",
            examples=[[["variant", "size"]], [["set", "variant"], ["picture", "take"]]],
        ),
    ] = ()

    exclude: Annotated[
        tuple[ExcludeEntry, ...],
        Field(
            description="Pictures that are not wanted.",
            examples=[[{"set": "bag", "variant": "snow", "why": "no bag outdoors"}]],
        ),
    ] = ()
    extend: Annotated[
        tuple[ExtendEntry, ...],
        Field(
            description="Other values for some pictures, in order; never adds a picture.",
            examples=[[{"where": {"variant": "snow"}, "with": {"light": "blue hour"}}]],
        ),
    ] = ()
    add: Annotated[
        tuple[AddEntry, ...],
        Field(
            description="Pictures on top: more takes of some, or what `axes` and `zip` leave out."
            " What `exclude` takes away stays away.",
            examples=[[{"set": "anna", "variant": "studio", "take": 2}]],
        ),
    ] = ()
