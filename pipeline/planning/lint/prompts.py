"""Rules about words: what a shared prompt can say, and how it comes out once it is filled in."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.domain.campaign import ImageSet
from pipeline.domain.diagnostics import Span
from pipeline.domain.fingerprint import canonical
from pipeline.domain.identity import Recipe
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.template import parse
from pipeline.planning.lint.case import Case, Finding, quoted

_PICTURE = r"(?:images?|pictures?|photos?|photographs?|figures?|inputs?)"
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "one first 1st",
            "two second 2nd",
            "three third 3rd",
            "four fourth 4th",
            "five fifth 5th",
            "six sixth 6th",
            "seven seventh 7th",
            "eight eighth 8th",
            "nine ninth 9th",
            "ten tenth 10th",
        ),
        start=1,
    )
    for word in words.split()
}
_ORDINALS = "|".join(word for word in _NUMBERS if word[-2:] in {"st", "nd", "rd", "th"})
_CARDINALS = "|".join(word for word in _NUMBERS if word not in _ORDINALS.split("|"))
_UNIT = r"(?!\s*(?:mm|cm|px|mp|k|x|%|by|degrees?|inch|of)\b)"
_NOT_IN_THE_SCENE = r"(?!\s+(?:frames?|books?|albums?|walls?|shoots?|booths?|rail)\b)"
# Built when first used: compiling these takes longer than planning most campaigns.
_DIRECTION = (
    rf"(?i)\b{_PICTURE}\s+(?:no\.?\s*|number\s+|#\s*)?(?P<number>\d{{1,2}}|{_CARDINALS})\b{_UNIT}"
    rf"|\b(?P<ordinal>{_ORDINALS})\s+(?:input\s+|source\s+|reference\s+)?{_PICTURE}\b"
    rf"{_NOT_IN_THE_SCENE}"
    rf"|\bthe\s+(?:left|right|upper|lower|leftmost|rightmost|last|other)\s+"
    rf"(?:input\s+|source\s+)?{_PICTURE}\b{_NOT_IN_THE_SCENE}"
    r"|\brespectively\b"
)

_KEEPING = (
    r"(?i)\b(?:keep\w*|preserv\w*|retain\w*|maintain\w*|unchanged|unaltered|untouched|intact|same"
    r"|identical|leav\w+|remain\w*|stays?|as\s+(?:it|they|he|she)\s+(?:is|are)"
    r"|(?:do\s+not|don['\u2019]t|without|never)\s+(?:alter|chang|touch|modif|mov)\w*"
    r"|(?:only|just|nothing)\s+(?:\w+\s+)?(?:chang|replac|edit|alter)\w*"
    r"|(?:chang|replac|edit|alter)\w*\s+(?:only|just|nothing))\b"
)
_ENGLISH = r"(?i)\b(?:the|a|an|in|on|with|and|of|put|make|to|into|at)\b"

_HIDDEN = r"(?m)[ \t]+$|(?<=\S)[ \t]{2,}(?=\S)|[\u00a0\u1680\u2000-\u200a\u202f\u205f]"
_HAN = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
_WORDS_OF_A_CHARACTER = 2  # 600 English words are advised where 300 Chinese characters are
_STAND_INS = frozenset({"tbd", "todo", "tba", "xxx", "n/a", "fixme", "placeholder", "lorem ipsum"})
_STOPS = ".,;:!?"
# Typographic quotes and dashes, as those that every keyboard has.
_PLAIN = {
    **dict.fromkeys(range(0x2018, 0x201C), "'"),
    **dict.fromkeys(range(0x201C, 0x2020), '"'),
    **dict.fromkeys(range(0x2010, 0x2016), "-"),
}


def per_picture(case: Case) -> Iterator[Finding]:
    """Which picture is number 2 follows from packing, so a shared prompt cannot mean one."""
    if not case.campaign.sets:
        return
    fixed = set.intersection(*(_fixed(image_set, case) for image_set in case.campaign.sets))
    texts = [("the prompt", case.campaign.prompt, case.campaign.prompt_at)]
    texts += [(f"value `{key}`", text, at) for _, key, text, at in case.values()]
    for whose, text, at in texts:
        for found in re.finditer(_DIRECTION, text):
            if _number(found) in fixed:
                continue
            yield Finding(
                what=f"{quoted(' '.join(found[0].split()))} in {whose} means one of the pictures",
                why="the prompt is the same for all, and which picture has which number depends on"
                " what is left to buy",
                fix="say it of all pictures alike; what one picture needs is an image set with"
                " `values` of its own",
                at=at,
                words=found[0],
            )
            break


def _number(found: re.Match[str]) -> int:
    """The picture's number, 0 where it has none."""
    word = (found["number"] or found["ordinal"] or "").casefold()
    return int(word) if word.isdecimal() else _NUMBERS.get(word, 0)


def _fixed(image_set: ImageSet, case: Case) -> set[int]:
    """Numbers that mean the same in every request of a set."""
    reference = image_set.reference
    sources = {picture.facts.sha256 for picture in image_set.pictures}
    is_single = (
        not case.card.outputs.is_sequential
        or case.campaign.sequence == "takes"
        or len(sources) == 1
    )
    if reference is None:
        return {1} if is_single else set()
    return {1, 2} if is_single and reference.facts.sha256 not in sources else {1}


_NEAR = 200
"""Characters around a placeholder that are looked at; a prompt may have thousands of them."""


def gaps(case: Case) -> Iterator[Finding]:
    """How values meet the words around their placeholders."""
    template = case.campaign.prompt
    placeholders, _ = parse(template)
    for root, key, text, at in case.values():
        if not any(character.isalnum() for character in text) or text.casefold() in _STAND_INS:
            yield Finding(
                what=f"the value of `{key}` is {quoted(text)}, which says nothing",
                why="it stands in the prompt as it is, and the model reads it",
                fix="write what is meant; for a part that only some variants have, move the words"
                " around the placeholder into the values",
                at=at,
                words=text,
            )
            continue
        for placeholder in placeholders:
            if (placeholder.root, placeholder.key) != (root, key):
                continue
            end = placeholder.offset + len(str(placeholder))
            before = template[max(0, placeholder.offset - _NEAR) : placeholder.offset]
            after = template[end : end + _NEAR]
            excerpt = _clash(before, text, is_value=True) or _clash(text, after, is_value=False)
            if excerpt:
                yield Finding(
                    what=f"with this value of `{key}` the prompt says {quoted(excerpt)}",
                    why=f"the value is put in for `{placeholder}` as it is",
                    fix="take the word or the mark out of the value, or out of the prompt",
                    at=at,
                    words=text,
                )
                break


def _clash(left: str, right: str, *, is_value: bool) -> str:
    """What stands around a join that went wrong; empty where none did.

    Args:
        left: the text before the join.
        right: the text behind it.
        is_value: whether the value is on the right.
    """
    words, others = left.split(), right.split(maxsplit=1)
    if not words or not others:
        return ""
    last, first = words[-1], others[0]
    gap = " " if left[-1].isspace() or right[0].isspace() else ""
    is_twice = bool(gap) and last.isalpha() and last.casefold() == _letters(first)
    is_stop = first[0] in _STOPS and not first.startswith("...")
    is_doubled = is_stop and last[-1] in _STOPS and not last.endswith("...")
    is_loose = is_stop and is_value and bool(gap) and not first[1:2].isdigit()
    if is_twice:
        return f"{last} {first.rstrip(_STOPS)}"
    return f"{last}{gap}{first}" if is_doubled or is_loose else ""


def _letters(word: str) -> str:
    """A word without the marks behind it, in small letters."""
    return word.rstrip(_STOPS).casefold()


def long_prompts(case: Case) -> Iterator[Finding]:
    """Of a prompt that is too long, models follow a part."""
    most = case.card.advised_words
    if most is None or not case.recipes:
        return
    longest, address = max(case.recipes, key=lambda one: _length(one[0].prompt))
    words = _length(longest.prompt)
    if words <= most:
        return
    fact = next((fact for fact in case.card.facts if fact.about == "prompt"), None)
    source = f" ({fact.source})" if fact else ""
    yield Finding(
        what=f"the prompt of `{address}` is as long as {words} words",
        why=f"beyond {most} English words, or half as many characters of Chinese, Japanese or"
        f" Korean, the model follows only a part of it{source}",
        fix=f"say it in {words - most} words less; what is seen in the pictures need not be told",
        at=case.campaign.prompt_at,
    )


def _length(prompt: str) -> int:
    """Words; a character of a script without spaces counts as two."""
    rest, characters = re.subn(_HAN, " ", prompt)
    return len(rest.split()) + _WORDS_OF_A_CHARACTER * characters


def look_alikes(case: Case) -> Iterator[Finding]:
    """Requests that differ in what no model minds are two purchases all the same."""
    names = {id(recipe): address for recipe, address in case.recipes}
    groups: dict[tuple[str, str, str, str], list[_Alike]] = {}
    for alike in _alike(case):
        one, other = names[id(alike.one)], names[id(alike.other)]
        groups.setdefault((one.set, one.variant, other.set, other.variant), []).append(alike)
    for found in groups.values():
        one, other = names[id(found[0].one)], names[id(found[0].other)]
        prices = [case.price(case.natives[names[id(alike.other)].size]) or 0 for alike in found]
        cells = sum(alike.cells for alike in found)
        saves = MicroUsd(
            sum(price * alike.cells for price, alike in zip(prices, found, strict=True))
        )
        cost = f" for {format_usd(saves)}" if saves else ""
        owner = case.sets.get(other.set) if one.set != other.set else None
        pictures = "1 picture is" if cells == 1 else f"{cells} pictures are"
        yield Finding(
            what=f"the prompts of `{one}` and `{other}` differ only in spaces, capitals or marks",
            why=f"requests are compared to the last letter, so {pictures} bought a second time"
            f"{cost}",
            fix="make the values equal, then each is bought once; for a second try on purpose,"
            " `takes: 2` says so",
            at=(owner or case.variants[other.variant]).at,
            saves=saves,
        )


class _Alike(NamedTuple):
    """Two recipes that mean the same, and how many pictures both ask for."""

    one: Recipe
    other: Recipe
    cells: int


def _alike(case: Case) -> Iterator[_Alike]:
    by_sense: dict[str, list[Recipe]] = {}
    for recipe, _ in case.recipes:
        parts = {**recipe.components(), "prompt": _sense(recipe.prompt)}
        by_sense.setdefault(canonical(parts), []).append(recipe)
    twins = [recipes for recipes in by_sense.values() if len(recipes) > 1]
    if not twins:
        return
    cells: dict[int, set[tuple[str | None, int]]] = {}
    for cell in case.cells:
        cells.setdefault(id(cell.recipe), set()).add((cell.source, cell.address.take))
    for recipes in twins:
        first, *others = recipes
        wanted = cells[id(first)]
        for other in others:
            again = cells[id(other)]
            if wanted & again:
                yield _Alike(first, other, len(wanted & again))
            wanted = wanted | again


def _sense(prompt: str) -> str:
    """A prompt without what no model minds: kinds of spaces, quotes and dashes, capitals, ends."""
    plain = unicodedata.normalize("NFKC", prompt).casefold().translate(_PLAIN)
    return " ".join(plain.split()).rstrip(" .")


def hidden_spaces(case: Case) -> Iterator[Finding]:
    """A space that nobody sees is part of the request, and tidying it up later buys anew."""
    texts: list[tuple[str, str, Span | None]] = [
        ("the prompt", case.campaign.prompt, case.campaign.prompt_at)
    ]
    texts += [(f"value `{key}`", text, at) for _, key, text, at in case.values()]
    for whose, text, at in texts:
        found = re.search(_HIDDEN, text)
        if found is None:
            continue
        before = re.split(r"\s", text[: found.start()])[-1]
        yield Finding(
            what=f"{_kind(found[0])} in {whose}{f', behind {quoted(before)}' if before else ''}",
            why="spaces are part of a request to the last one, so whoever tidies this up once it is"
            " bought buys it again",
            fix="take it out before the first run; once it is bought, leave it as it is",
            at=at,
            words=f"{before}{found[0]}" if before else "",
        )


def _kind(spaces: str) -> str:
    if not spaces.strip(" "):
        return f"{len(spaces)} spaces" if len(spaces) > 1 else "a space at the end of a line"
    if "\t" in spaces:
        return "a tab"
    return f"a special space (U+{ord(spaces[0]):04X})"


def keeps_nothing(case: Case) -> Iterator[Finding]:
    """Vendors advise to say both what changes and what does not."""
    campaign = case.campaign
    if case.card.operation != "edit":
        return
    texts = [campaign.prompt, *(text for _, _, text, _ in case.values())]
    if not re.search(_ENGLISH, campaign.prompt) or any(re.search(_KEEPING, text) for text in texts):
        return
    yield Finding(
        what="the prompt does not say what stays as it is",
        why="the vendor advises to say both what changes and what stays; what is not named is up"
        " to the model",
        fix="add a sentence such as `Keep face, pose and labels unchanged.`; a changed prompt is"
        " another request, so add it before the first run",
        at=campaign.prompt_at,
    )
