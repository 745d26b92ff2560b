"""From numbers to flags: pure, no pixels.

Limits are in `domain.flags` and in the campaign's settings.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.domain.flags import Docket
from pipeline.imaging.checks.alone import CLAIMS_DETAIL, Alone
from pipeline.imaging.checks.change import Change
from pipeline.imaging.checks.keptfacts import Kept
from pipeline.imaging.checks.safety import Safety
from pipeline.imaging.checks.seenfacts import Seen, unpack
from pipeline.imaging.checks.sets import Drift

_CLEAR_POINTS = 40  # points that agree, from which a subject is surely the same
_SAME_SUBJECT = 0.6
_SAME_FACE = 0.93
SAME_PERSON, OTHER_PERSON = 0.45, 0.60
"""Distances of faces, as `vision.faces` has them, which needs OpenCV."""
_CUT = 0.12  # cut faces of one person are up to 0.56 apart from here on, measured
_SOME_POINTS = 12  # unrelated pictures have up to 7
_LEAST_SPREAD = 8.0
_NOTHING_LIKE_IT = 100.0


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of one delivered picture; None for what is not.

    Attributes:
        wanted: width and height that were paid for.
        error: why it cannot be decoded; empty where it can.
        alone: numbers of it.
        change: against its source.
        kept: against its source.
        seen: in it.
        source: seen in its source.
        safety: its score.
        look_alike: how different the picture is that is most like it, delta E, and its address.
        drift: from its set.
        elsewhere: address of the cell that content says it belongs to, and how sure, per cent;
            0 where content agrees with its place.
        provider_flagged: whether the provider called it unsafe.
        is_draft: whether it is a draft.
        no_networks: why nothing was seen.
        no_source: why nothing was compared.
        no_twin: why it is not known whether another picture is nearly the same.
        no_set: why its set says nothing.
        no_place: why content does not say where it belongs.
    """

    wanted: tuple[int, int] | None = None
    error: str = ""
    alone: Alone | None = None
    change: Change | None = None
    kept: Kept | None = None
    seen: Seen | None = None
    source: Seen | None = None
    safety: Safety | None = None
    look_alike: tuple[float, str] | None = None
    drift: Drift | None = None
    elsewhere: tuple[str, float] | None = None
    provider_flagged: bool | None = None
    is_draft: bool = False
    no_networks: str = ""
    no_safety: str = ""
    no_source: str = ""
    no_twin: str = ""
    no_set: str = ""
    no_place: str = ""


def judge(case: Case, docket: Docket) -> None:
    """Give every check its answer: a flag, a pass, or why there is none."""
    if case.error:
        docket.judge("undecodable", 1.0, case.error)
        return
    if case.alone is None:
        return  # a library failed on it: every check stays without an answer
    docket.judge("undecodable", 0.0)
    for part in (_file, _quality, _change, _people, _things, _set, _provider):
        part(case, docket.judge)


_Judge = Callable[..., None]


def _file(case: Case, judge: _Judge) -> None:
    alone = case.alone
    if alone is None:
        return
    if case.wanted is not None:
        wide, high = case.wanted
        sides = max(abs(alone.width - wide) / wide, abs(alone.height - high) / high)
        came = f"{alone.width}x{alone.height} instead of {wide}x{high}"
        judge("wrong-size", sides, came)
        shape = (alone.width / alone.height) / (wide / high)
        judge("wrong-aspect", max(shape, 1 / shape) - 1, came)
    else:
        judge("wrong-size", None, why="it is not known what was asked for")
        judge("wrong-aspect", None, why="it is not known what was asked for")
    judge("unusual-file", float(bool(alone.oddities)), ", ".join(alone.oddities))
    judge("unexpected-alpha", alone.transparent)


def _quality(case: Case, judge: _Judge) -> None:
    alone = case.alone
    if alone is None:
        return
    judge("blank", alone.spread)
    judge("collage", alone.seams)
    judge("letterbox", alone.bars)
    judge("jpeg-damage", alone.blocks, why="too small to tell")
    sharpness = alone.sharpness
    if sharpness is None and alone.spread >= _LEAST_SPREAD:
        sharpness = 0.0  # something is there, and none of it has an edge
    judge("blur", sharpness, why="there is nothing to see")
    if case.is_draft:
        judge("false-resolution", None, why="drafts are enlarged, by design")
    elif max(alone.width, alone.height) < CLAIMS_DETAIL:
        judge("false-resolution", None, why=f"only from {CLAIMS_DETAIL} px on")
    else:
        judge("false-resolution", alone.finest, why="too small to tell")


def _change(case: Case, judge: _Judge) -> None:
    found = [
        one
        for one in (case.change and case.change.most, case.kept and case.kept.most)
        if one is not None
    ]
    judge("nothing-changed", min(found, default=None), why=case.no_source)
    judge("changed-everywhere", _gone(case), why=case.no_source or case.no_networks)


def _gone(case: Case) -> float | None:
    """Share of the source's detail that is gone; 0 where its subject or face is surely there."""
    if case.kept is None or case.seen is None or case.source is None:
        return None
    if case.kept.points >= _SOME_POINTS:
        return 0.0
    for one, other in (
        (case.seen.subject, case.source.subject),
        (case.seen.face, case.source.face),
    ):
        seen, before = unpack(one), unpack(other)
        # Both are compared as cosines here; faces of one person are above 0.9.
        if seen is not None and before is not None:
            alike = float(seen @ before) / float(np.linalg.norm(seen) * np.linalg.norm(before))
            if alike >= (_SAME_SUBJECT if one == case.seen.subject else _SAME_FACE):
                return 0.0
    return case.kept.gone


def _people(case: Case, judge: _Judge) -> None:
    why = case.no_source or case.no_networks
    seen, source = case.seen, case.source
    if seen is None or source is None:
        judge("no-face", None, why=why)
        judge("face-drift", None, why=why)
        return
    if not source.faces:
        judge("no-face", 0.0)
        judge("face-drift", None, why="the source shows no face")
        return
    before, after = unpack(source.face), unpack(seen.face)
    judge("no-face", float(after is None))
    if before is None or after is None:
        judge("face-drift", None, why="there is no face to compare")
        return
    apart = float(np.linalg.norm(before - after))
    if max(seen.cut, source.cut) >= _CUT and SAME_PERSON <= apart < OTHER_PERSON:
        judge("face-drift", None, why="the border cuts the face")
    else:
        judge("face-drift", apart)


def _things(case: Case, judge: _Judge) -> None:
    why = case.no_source or case.no_networks
    seen, source, kept = case.seen, case.source, case.kept
    if seen is None or source is None or kept is None:
        judge("several-subjects", None, why=why)
        judge("subject-drift", None, why=why)
        return
    before, after = unpack(source.subject), unpack(seen.subject)
    if source.faces:
        judge("several-subjects", max(0.0, float(seen.faces - 1)) if source.faces == 1 else 0.0)
        judge("subject-drift", None, why="of people the face is compared")
        return
    if source.parts or before is None:
        judge("several-subjects", None, why="the source shows no single subject")
    else:
        alike = [part for text in seen.parts if (part := unpack(text)) is not None]
        copies = sum(float(part @ before) >= _SAME_SUBJECT for part in alike)
        judge("several-subjects", float(max(copies, kept.copies, 1) - 1))
    points = min(1.0, kept.points / _CLEAR_POINTS)
    if before is None or after is None:
        likely = points if points >= _SAME_SUBJECT else None
        judge("subject-drift", likely, why="no subject stands out")
    else:
        judge("subject-drift", max(points, float(before @ after)))


def _set(case: Case, judge: _Judge) -> None:
    if case.look_alike is None:
        judge("near-duplicate", None if case.no_twin else _NOTHING_LIKE_IT, why=case.no_twin)
    else:
        different, address = case.look_alike
        judge("near-duplicate", different, f"like {address}")
    if case.elsewhere is None:
        judge("wrong-position", None, why=case.no_place)
    else:
        address, confidence = case.elsewhere
        judge("wrong-position", confidence, f"looks like {address}")
    drift = case.drift
    why = case.no_set or case.no_networks
    judge("set-colour", None if drift is None else drift.colour, why=why)
    judge("set-light", None if drift is None else drift.light, why=why)
    judge("set-subject", None if drift is None else drift.subject, why=why or "no subjects")


def _provider(case: Case, judge: _Judge) -> None:
    flagged = case.provider_flagged
    why = "the receipt does not say"
    judge("provider-flagged", None if flagged is None else float(flagged), why=why)
    score = None if case.safety is None else case.safety.score
    judge("nsfw", score, why=case.no_safety)
