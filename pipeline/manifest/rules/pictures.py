"""Source pictures: readable, within the model's limits, and few enough for one request."""

from collections.abc import Iterator

from pipeline.domain.card import Card, InputRule
from pipeline.domain.picture import PictureFacts
from pipeline.manifest import codes
from pipeline.manifest.files import SetFiles
from pipeline.manifest.places import Pointer
from pipeline.manifest.rules.case import Case, Finding
from pipeline.manifest.wording import did_you_mean, listed, number, quoted


def check_pictures(case: Case) -> None:
    """Every picture that would be sent is one that the model takes."""
    for name, files in case.sets.items():
        for path in dict.fromkeys([*files.ids, *([files.reference] if files.reference else [])]):
            _check_picture(case, path, files.places[path])
        _check_focus(case, name, files)
        if case.card is not None and case.manifest.images[name].reference is not None:
            _check_reference(case, name, files, case.card)


def _check_picture(case: Case, path: str, pointer: Pointer) -> None:
    facts = case.facts.get(path, "it was not looked at")
    if isinstance(facts, str):
        case.problems.add(
            codes.UNREADABLE,
            pointer,
            what=f"picture {quoted(path)} cannot be read",
            why=facts,
            fix="export it anew, or narrow the pattern so that it is not matched",
        )
    elif case.card is not None and case.card.operation == "edit":
        case.note(pointer, _limits(path, facts, case.card))


def _limits(path: str, facts: PictureFacts, card: Card) -> Iterator[Finding]:
    rule = card.inputs
    if _is_fine(facts, rule):
        return
    name, model = quoted(path), quoted(card.model)
    if facts.format not in rule.formats:
        yield Finding(
            code=codes.FORMAT,
            what=f"picture {name} is a {facts.format} file",
            why=f"{model} takes {listed(rule.formats)}",
            fix=f"save it as {_favourite(rule)}",
        )
    if facts.size > rule.max_bytes:
        yield Finding(
            code=codes.HEAVY,
            what=f"picture {name} has {number(facts.size)} bytes",
            why=f"{model} takes files of at most {number(rule.max_bytes)} bytes",
            fix=f"save it as {_favourite(rule)} of lower quality, or smaller",
        )
    size = f"{facts.width}x{facts.height}"
    if facts.pixels > rule.max_pixels:
        yield Finding(
            code=codes.PIXELS,
            what=f"picture {name} has {number(facts.pixels)} pixels ({size})",
            why=f"{model} takes pictures of at most {number(rule.max_pixels)} pixels",
            fix="make it smaller",
        )
    longer, shorter = max(facts.width, facts.height), min(facts.width, facts.height)
    if shorter < rule.min_side:
        yield Finding(
            code=codes.SMALL,
            what=f"picture {name} is {size}",
            why=f"{model} takes pictures with at least {rule.min_side} pixels on each side",
            fix="use a larger one",
        )
    if longer > rule.max_ratio * shorter:
        yield Finding(
            code=codes.RATIO,
            what=f"picture {name} is {size}",
            why=f"{model} takes pictures whose longer side is at most {rule.max_ratio} times the"
            " shorter one",
            fix="crop it",
        )


def _is_fine(facts: PictureFacts, rule: InputRule) -> bool:
    """Whether none of the limits is passed; asked first, since thousands of pictures are fine."""
    width, height = facts.width, facts.height
    longer, shorter = (width, height) if width > height else (height, width)
    return (
        facts.format in rule.formats
        and facts.size <= rule.max_bytes
        and width * height <= rule.max_pixels
        and rule.min_side <= shorter
        and longer <= rule.max_ratio * shorter
    )


def _favourite(rule: InputRule) -> str:
    return "jpeg" if "jpeg" in rule.formats else rule.formats[0]


def _check_reference(case: Case, name: str, files: SetFiles, card: Card) -> None:
    pointer: Pointer = ("images", name, "reference")
    if card.operation == "text":
        return
    if not card.takes_reference:
        case.problems.add(
            codes.REFERENCE_USELESS,
            pointer,
            what=f"image set `{name}` has a reference",
            why=f"{quoted(card.model)} cannot tell a reference from the picture to edit",
            fix="delete the line, or choose another model",
        )
        return
    others = [path for path in files.ids if path != files.reference]
    rule, both = card.inputs, card.outputs.inputs_plus_outputs
    inputs = 1 + bool(others)
    if files.reference is not None and (
        inputs > rule.most or (both is not None and inputs + 1 > both)
    ):
        case.problems.add(
            codes.INPUTS,
            pointer,
            what=f"each request of image set `{name}` would carry {inputs} pictures",
            why=f"the reference goes with every picture, and {quoted(card.model)} takes"
            f" {rule.most if inputs > rule.most else (both or 0) - 1} in one request",
            fix="delete the line, or choose another model",
        )


def _check_focus(case: Case, name: str, files: SetFiles) -> None:
    known = list(files.ids.values())
    for picture in case.manifest.images[name].focus:
        if picture not in known and not case.problems.are_full:
            pointer: Pointer = ("images", name, "focus", picture)
            case.problems.add(
                codes.UNKNOWN_PICTURE,
                case.source.locate_key(pointer),
                what=f"image set `{name}` has no picture {quoted(picture)}",
                why="a picture is called by its file's name without the ending, in small letters",
                fix=did_you_mean(picture, known, kind="pictures", otherwise="delete it"),
            )
