"""Measure pictures for the checks: what is known already is not measured again, nothing ever fails.

Numbers are facts of bytes, so they are remembered by digest: of the picture, and of its source
where both were looked at. A kind of fact has a version; another version is another fact.
"""

import functools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pipeline import vision
from pipeline.domain.fingerprint import Sha256
from pipeline.imaging.checks import alone, change, keptfacts, seenfacts
from pipeline.imaging.checks import safety as score
from pipeline.imaging.checks.alone import Alone
from pipeline.imaging.checks.change import Change
from pipeline.imaging.checks.keptfacts import Kept
from pipeline.imaging.checks.reading import Bytes8, UnreadablePictureError, read, read_small
from pipeline.imaging.checks.safety import Safety
from pipeline.imaging.checks.safety import is_available as is_nsfw_available
from pipeline.imaging.checks.seenfacts import Seen

Body = dict[str, Any]
"""Numbers as JSON."""

NO_CHECKS = "the extra `checks` is not installed"
NO_NSFW = "the extra `nsfw` is not installed"
ERROR = "error"
_WIDTH = 4  # pictures in memory for each that is worked on: what waits is only a path


class Facts(Protocol):
    """Where numbers are remembered; see `adapters.facts_store`."""

    def get(self, kind: str, keys: Sequence[str]) -> Mapping[str, Body]:
        """What is known of these keys."""
        ...

    def put(self, kind: str, found: Mapping[str, Body]) -> None:
        """Remember."""
        ...


@dataclass(frozen=True, slots=True)
class Item:
    """A picture to measure.

    Attributes:
        sha256: of its bytes.
        path: of the file.
        source: digest and path of the picture that it was made from; None where there is none, or
            where its bytes are not here.
    """

    sha256: Sha256
    path: Path
    source: tuple[Sha256, Path] | None = None

    @property
    def pair(self) -> str:
        """Key of what is measured of picture and source together."""
        return f"{self.sha256}+{self.source[0]}" if self.source else ""


@dataclass(frozen=True, slots=True)
class Measured:
    """Numbers of one picture; None for what could not be measured.

    Attributes:
        error: why it cannot be decoded; empty where it can.
    """

    error: str = ""
    alone: Alone | None = None
    change: Change | None = None
    kept: Kept | None = None
    seen: Seen | None = None
    source: Seen | None = None
    safety: Safety | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether nobody looked at it yet."""
        return not self.error and self.alone is None


def measure_all(
    items: Sequence[Item],
    facts: Facts,
    *,
    networks: bool | None = None,
    safety: bool | None = None,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda _more: None,
) -> list[Measured]:
    """Measure pictures on all cores; as many are in memory as there are cores.

    Args:
        items: pictures whose bytes are here.
        facts: what is known already; what is learned is added as it comes.
        networks: whether to use the extra `checks`; None if it is installed.
        safety: whether to use the extra `nsfw`; None if it is installed.
        workers: at once; None for one a core.
        progress: told how many more pictures are done.

    Returns:
        One for each item, in order.
    """
    run = _run(facts, networks=networks, safety=safety)
    run.learn(items, workers or len(os.sched_getaffinity(0)), progress)
    return [run.measured(item) for item in items]


def recall_all(items: Sequence[Item], facts: Facts) -> list[Measured]:
    """What is known of pictures already, as `measure_all` would tell it; opens no file."""
    run = _run(facts)
    run.recall(items)
    return [run.measured(item) for item in items]


def compare(
    pairs: Sequence[tuple[Item, Item]], facts: Facts, *, may_measure: bool = True
) -> list[float | None]:
    """How different pictures are that may be copies of each other, delta E as in `Change`.

    Args:
        pairs: pictures whose bytes are here.
        facts: as in `measure_all`.
        may_measure: whether files may be opened; otherwise only what is known is told.

    Returns:
        One for each pair; None where one of the two cannot be read, or may not be.
    """
    keys = ["+".join(sorted((one.sha256, other.sha256))) for one, other in pairs]
    known = dict(facts.get(_CHANGE, keys))
    found: list[float | None] = []
    for key, (one, other) in zip(keys, pairs, strict=True):
        if key not in known:
            if not may_measure:
                found.append(None)
                continue
            first, second = (_if_readable((item.sha256, item.path)) for item in (one, other))
            if first is None or second is None:
                found.append(None)
                continue
            known[key] = change.measure(first, second)._asdict()
            facts.put(_CHANGE, {key: known[key]})
        found.append(float(known[key]["most"]))
    return found


def _run(facts: Facts, *, networks: bool | None = None, safety: bool | None = None) -> "_Run":
    return _Run(
        facts,
        networks=vision.is_available() if networks is None else networks,
        safety=is_nsfw_available() if safety is None else safety,
    )


class _Run:
    def __init__(self, facts: Facts, *, networks: bool, safety: bool) -> None:
        self._facts = facts
        self._networks = networks
        self._safety = safety
        self._known: dict[str, dict[str, Body]] = {kind: {} for kind in _KINDS}

    def learn(self, items: Sequence[Item], workers: int, progress: Callable[[int], None]) -> None:
        """Measure what is not known."""
        self.recall(items)
        todo = [work for work in _works(items) if self._is_new(work)]
        progress(len(items) - sum(not work.is_source for work in todo))
        with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
            waiting: dict[_Measuring, _Work] = {}
            for work in todo:
                waiting[pool.submit(self._measure, work)] = work
                if len(waiting) >= _WIDTH * workers:
                    waiting = self._collect(waiting, progress)
            while waiting:
                waiting = self._collect(waiting, progress)

    def recall(self, items: Sequence[Item]) -> None:
        """Load what is known."""
        for kind in _KINDS:
            keys = sorted({key for item in items for key in self._keys(item, kind)})
            found = self._facts.get(kind, keys)
            # What somebody else wrote there is not known; it is measured again.
            self._known[kind].update(
                (key, body) for key, body in found.items() if _is_sound(_RECORDS[kind], body)
            )

    def measured(self, item: Item) -> Measured:
        """What is known of an item by now."""
        known = self._known
        first = known[_ALONE].get(item.sha256, {})
        if ERROR in first:
            return Measured(error=str(first[ERROR]))
        source = item.source[0] if item.source else ""
        return Measured(
            alone=_read(Alone, first or None),
            change=_read(Change, known[_CHANGE].get(item.pair)),
            kept=_read(Kept, known[_KEPT].get(item.pair)) if self._networks else None,
            seen=_read(Seen, known[_SEEN].get(item.sha256)) if self._networks else None,
            source=_read(Seen, known[_SEEN].get(source)) if self._networks else None,
            safety=_read(Safety, known[_SAFETY].get(item.sha256)) if self._safety else None,
        )

    def _collect(
        self, waiting: dict["_Measuring", "_Work"], progress: Callable[[int], None]
    ) -> dict["_Measuring", "_Work"]:
        done, left = wait(waiting, return_when=FIRST_COMPLETED)
        for one in done:
            for kind, found in one.result().items():
                self._known[kind].update(found)
                self._facts.put(kind, found)
        progress(sum(not waiting[one].is_source for one in done))
        return {one: waiting[one] for one in left}

    def _keys(self, item: Item, kind: str) -> Iterator[str]:
        if kind in {_CHANGE, _KEPT}:
            if item.source:
                yield item.pair
            return
        yield item.sha256
        if kind == _SEEN and item.source:
            yield item.source[0]

    def _is_new(self, work: "_Work") -> bool:
        return any(key not in self._known[kind] for kind, key in self._wanted(work))

    def _wanted(self, work: "_Work") -> Iterator[tuple[str, str]]:
        item = work.item
        if work.is_source:
            if self._networks:
                yield _SEEN, item.sha256
            return
        if ERROR in self._known[_ALONE].get(item.sha256, {}):
            return
        if not work.is_again:
            yield _ALONE, item.sha256
            if self._networks:
                yield _SEEN, item.sha256
            if self._safety:
                yield _SAFETY, item.sha256
        if item.source:
            yield _CHANGE, item.pair
            if self._networks:
                yield _KEPT, item.pair

    def _measure(self, work: "_Work") -> dict[str, dict[str, Body]]:
        """Look at one picture; nothing that it holds may end a run whose pictures are paid."""
        try:
            return self._look_at(work)
        except Exception:  # noqa: BLE001 - any failure of a library leaves its checks not run
            return {}

    def _look_at(self, work: "_Work") -> dict[str, dict[str, Body]]:
        """Measure what is not known; whatever is wrong with the file is a fact too."""
        item = work.item
        todo = [(kind, key) for kind, key in self._wanted(work) if key not in self._known[kind]]
        found: dict[str, dict[str, Body]] = {}
        try:
            reading = None if work.is_source else read(item.path)
            small = _pixels((item.sha256, item.path)) if reading is None else reading.small
        except (UnreadablePictureError, OSError) as error:
            kind = _SEEN if work.is_source else _ALONE
            return {kind: {item.sha256: {ERROR: str(error)}}}
        for kind, key in todo:
            body: Body | None = None
            if kind == _ALONE and reading is not None:
                body = alone.measure(reading)._asdict()
            elif kind == _SEEN:
                from pipeline.imaging.checks import seen  # noqa: PLC0415 (loads the networks)

                body = seen.measure(small)._asdict()
            elif kind == _SAFETY:
                body = score.measure(small)._asdict()
            elif item.source is not None and (before := _if_readable(item.source)) is not None:
                if kind == _CHANGE:
                    body = change.measure(small, before)._asdict()
                else:
                    from pipeline.imaging.checks import kept  # noqa: PLC0415 (loads OpenCV)

                    body = kept.measure(kept.look(small), _look(item.source))._asdict()
            if body is not None:
                found.setdefault(kind, {})[key] = body
        return found


@dataclass(frozen=True, slots=True)
class _Work:
    """One picture to look at.

    Attributes:
        item: the picture.
        is_source: whether it is looked at only for what is seen in it.
        is_again: whether the same bytes are looked at already, beside another source.
    """

    item: Item
    is_source: bool = False
    is_again: bool = False


_Measuring = Future[dict[str, dict[str, Body]]]


def _works(items: Sequence[Item]) -> Iterator[_Work]:
    """What there is to look at, once for equal bytes; a source behind the first of its edits."""
    pictures: set[Sha256] = set()
    pairs: set[str] = set()
    sources: set[Sha256] = set()
    for item in items:
        is_again = item.sha256 in pictures
        if not is_again or (item.source and item.pair not in pairs):
            yield _Work(item, is_again=is_again)
        pictures.add(item.sha256)
        pairs.add(item.pair)
        if item.source and item.source[0] not in sources:
            sources.add(item.source[0])
            yield _Work(Item(*item.source), is_source=True)


@functools.lru_cache(maxsize=8)  # variants of one picture come one after the other
def _pixels(source: tuple[Sha256, Path]) -> Bytes8:
    """A small copy of a source.

    Raises:
        UnreadablePictureError: as `read`.
    """
    return read_small(source[1])


def _if_readable(source: tuple[Sha256, Path]) -> Bytes8 | None:
    """The same; None where it cannot be read."""
    try:
        return _pixels(source)
    except (UnreadablePictureError, OSError):
        return None


@functools.lru_cache(maxsize=8)
def _look(source: tuple[Sha256, Path]) -> Any:
    from pipeline.imaging.checks import kept  # noqa: PLC0415 (loads OpenCV)

    return kept.look(_pixels(source))


def _read(kind: Any, body: Body | None) -> Any:
    """A record from its JSON; None where there is none, or the picture could not be read."""
    if body is None or ERROR in body:
        return None
    return kind(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in body.items()}
    )


def _is_sound(record: Any, body: Body) -> bool:
    """Whether the JSON of a record has its fields."""
    return ERROR in body or set(body) == set(record._fields)


_ALONE = f"alone-{alone.VERSION}"
_CHANGE = f"change-{change.VERSION}"
_KEPT = f"kept-{keptfacts.VERSION}"
_SEEN = f"seen-{seenfacts.VERSION}"
_SAFETY = f"safety-{score.VERSION}"
_RECORDS: Mapping[str, Any] = {
    _ALONE: Alone,
    _CHANGE: Change,
    _KEPT: Kept,
    _SEEN: Seen,
    _SAFETY: Safety,
}
_KINDS = tuple(_RECORDS)
