"""Rules about the source pictures: the best one first, and the others like each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pipeline.domain.campaign import ImageSet, Picture
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.look import Look
from pipeline.planning.lint.case import Case, Finding, named, per_cent, sent_pictures, times

_MUCH_SHARPER = 3
_MUCH_LARGER = 4
_MUCH_BRIGHTER = 300
_MUCH_WARMER = 250
_OTHER_SHAPE = 2
_OTHER_DISTANCE = 2.5
_FEWEST_PIXELS = 384
_AFTER = "what is bought of this set would be bought again, so decide before the first run"


def better_reference(case: Case) -> Iterator[Finding]:
    """The first picture carries the identity, so it should be the best one there is."""
    for image_set in case.campaign.sets:
        reference = image_set.reference
        if reference is None or reference.facts.sha256 not in case.looks:
            continue
        better = _better_than(reference, image_set, case)
        if better is None:
            continue
        picture, how = better
        yield Finding(
            what=f"picture `{picture.id}` {how} as `{reference.id}`, the reference of image set"
            f" `{image_set.id}`",
            why="the reference is sent first in every request, and the model relies on the first"
            " picture most",
            fix=f"if it shows the subject as well, write `reference: {picture.path}`; {_AFTER}",
            at=image_set.at,
            words="reference",
        )


def _better_than(reference: Picture, of: ImageSet, case: Case) -> tuple[Picture, str] | None:
    own = case.looks[reference.facts.sha256]
    sharper: list[tuple[int, Picture]] = []
    larger: list[tuple[int, Picture]] = []
    for picture in sent_pictures(of):
        look = case.looks.get(picture.facts.sha256)
        if look is None or picture.facts.sha256 == reference.facts.sha256:
            continue
        pixels, own_pixels = picture.facts.pixels, reference.facts.pixels
        if look.sharpness >= _MUCH_SHARPER * max(own.sharpness, 1) and pixels * 2 >= own_pixels:
            sharper.append((look.sharpness, picture))
        if pixels >= _MUCH_LARGER * own_pixels and look.sharpness * 2 >= own.sharpness:
            larger.append((pixels, picture))
    if sharper:
        sharpness, picture = max(sharper, key=lambda one: (one[0], one[1].id))
        return picture, f"is {times(sharpness, own.sharpness)} times as sharp"
    if larger:
        pixels, picture = max(larger, key=lambda one: (one[0], one[1].id))
        return picture, f"has {times(pixels, reference.facts.pixels)} times as many pixels"
    return None


def no_reference(case: Case) -> Iterator[Finding]:
    """Requests know nothing of each other; a picture that all of them carry keeps the identity."""
    card, campaign = case.card, case.campaign
    if not (
        card.takes_reference and card.outputs.is_sequential and campaign.sequence == "pictures"
    ):
        return
    most = _most_together(case)
    for image_set in campaign.sets:
        pictures = len({picture.facts.sha256 for picture in image_set.pictures})
        if image_set.reference is not None or pictures <= most:
            continue
        best = _best(image_set, case.looks)
        path = (best or image_set.pictures[0]).path
        judged = "the sharpest of the large ones would be" if best else "for example"
        yield Finding(
            what=f"image set `{image_set.id}` has {pictures} pictures and no reference",
            why=f"one request takes {most} of them, and requests know nothing of each other; only"
            " a reference is sent with every one",
            fix=f"name the picture that shows the subject best; {judged}"
            f" `reference: {path}`; {_AFTER}",
            at=image_set.at,
        )


def _most_together(case: Case) -> int:
    """Most pictures of one set that one request can edit."""
    rule, most = case.card.inputs, min(case.card.inputs.most, case.card.outputs.most)
    if case.card.outputs.inputs_plus_outputs is not None:
        most = min(most, case.card.outputs.inputs_plus_outputs // 2)
    cap = case.campaign.budget.max_images_per_job
    return max(1, min(most, rule.most, cap or most))


def _best(image_set: ImageSet, looks: Mapping[Sha256, Look]) -> Picture | None:
    seen = [one for one in image_set.pictures if one.facts.sha256 in looks]
    if not seen:
        return None
    largest = max(picture.facts.pixels for picture in seen)
    large = [picture for picture in seen if picture.facts.pixels * 2 >= largest]
    return max(large, key=lambda one: (looks[one.facts.sha256].sharpness, one.id))


def other_framing(case: Case) -> Iterator[Finding]:
    """One prompt and one size for a portrait and a panorama: one of them is re-invented."""
    for image_set in case.campaign.sets:
        pictures = sent_pictures(image_set)
        unlike = {
            picture.id: f"is {picture.facts.width}x{picture.facts.height}"
            for picture in _far(pictures, _shape, _OTHER_SHAPE)
        }
        known = [one for one in pictures if _subject(case, one)]
        for picture in _far(known, lambda one: _subject(case, one), _OTHER_DISTANCE):
            share = per_cent(_subject(case, picture), 1000)
            unlike.setdefault(picture.id, f"shows its subject over {share}% of its length")
        yield from _unlike(
            image_set,
            unlike,
            how=f"framed very differently from {_whom(unlike, pictures)}",
            why="all get one prompt and one size, so what a picture lacks in shape or distance is"
            " cut off or invented",
            fix="crop them alike, or make an image set of their own for them",
        )


def _shape(picture: Picture) -> int:
    return picture.facts.width * 1000 // picture.facts.height


def _subject(case: Case, picture: Picture) -> int:
    look = case.looks.get(picture.facts.sha256)
    return 0 if look is None else look.subject or 0


def other_light(case: Case) -> Iterator[Finding]:
    """A set is edited as one series; lamps and daylight in it end up in one picture."""
    for image_set in case.campaign.sets:
        pictures = [one for one in sent_pictures(image_set) if one.facts.sha256 in case.looks]
        if not pictures:
            continue
        looks = {picture.id: case.looks[picture.facts.sha256] for picture in pictures}
        usual = _median(look.brightness for look in looks.values())
        tone = _median(look.warmth for look in looks.values())
        unlike = {
            name: words
            for name, look in looks.items()
            if (words := _light(look.brightness - usual, look.warmth - tone))
        }
        yield from _unlike(
            image_set,
            unlike,
            how=f"in very different light from {_whom(unlike, pictures)}",
            why="the pictures of a set become one series, and the model takes over light and"
            " colour from what it is sent",
            fix="even the light out before, or make an image set of their own for them",
        )


def _whom(unlike: Mapping[str, str], pictures: Sequence[Picture]) -> str:
    return "each other" if len(unlike) == len(pictures) else "the others"


def _light(brighter: int, warmer: int) -> str:
    words = []
    if abs(brighter) > _MUCH_BRIGHTER:
        words.append("much brighter" if brighter > 0 else "much darker")
    if abs(warmer) > _MUCH_WARMER:
        words.append("much warmer" if warmer > 0 else "much colder")
    return f"is {' and '.join(words)}" if words else ""


def damaged(case: Case) -> Iterator[Finding]:
    """Planning reads headers only; what is broken behind them shows when it is too late."""
    for image_set in case.campaign.sets:
        broken = {
            picture.id: f"cannot be decoded: {case.damaged[picture.facts.sha256]}"
            for picture in sent_pictures(image_set)
            if picture.facts.sha256 in case.damaged
        }
        yield from _unlike(
            image_set,
            broken,
            how="damaged",
            why="the model would edit what is left, at full price",
            fix="export or copy it anew, from the original",
        )


def small_sources(case: Case) -> Iterator[Finding]:
    """What a picture does not show, the model makes up."""
    for image_set in case.campaign.sets:
        small = {
            picture.id: f"is {picture.facts.width}x{picture.facts.height}"
            for picture in sent_pictures(image_set)
            if max(picture.facts.width, picture.facts.height) < _FEWEST_PIXELS
        }
        yield from _unlike(
            image_set,
            small,
            how="too small to show details",
            why=f"with less than {_FEWEST_PIXELS} pixels on the longer side, faces and labels are a"
            " few pixels wide, and the model makes up the rest",
            fix="use the originals, not previews of them",
        )


def _unlike(
    image_set: ImageSet, unlike: Mapping[str, str], *, how: str, why: str, fix: str
) -> Iterator[Finding]:
    """One finding for all such pictures of a set, with what is special about the first ones."""
    if not unlike:
        return
    is_one = len(unlike) == 1
    details = "; ".join(f"`{name}` {words}" for name, words in list(unlike.items())[:3])
    yield Finding(
        what=f"{'picture' if is_one else 'pictures'} {named(list(unlike))} of image set"
        f" `{image_set.id}` {'is' if is_one else 'are'} {how}",
        why=f"{why} ({details}{'; …' if len(unlike) > 3 else ''})",  # noqa: PLR2004 (as above)
        fix=fix,
        at=image_set.at,
    )


def _far(
    pictures: Sequence[Picture], measure: Callable[[Picture], int], factor: float
) -> Iterator[Picture]:
    """Pictures whose number is so many times the median, or the other way round."""
    if not pictures:
        return
    usual = _median(map(measure, pictures))
    for picture in pictures:
        value = measure(picture)
        if max(value, usual) >= factor * max(min(value, usual), 1):
            yield picture


def _median(values: Iterable[int]) -> int:
    """The middle value, the lower one of two."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2]
