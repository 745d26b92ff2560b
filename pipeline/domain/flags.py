"""Checks of delivered pictures: what each measures, when it flags, and what a flag says.

A flag never deletes, hides or buys anything; it says where to look first. Measuring is done in
`imaging.checks`; what is here is words and limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Severity = Literal["fail", "warn"]
SEVERITIES: Final[tuple[Severity, ...]] = ("fail", "warn")
"""Worst first: `fail` is not what was asked for, `warn` wants a look."""

Needs = Literal["", "checks", "nsfw"]
"""The extra without which a check is not run; none for what needs only arithmetic."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        code: never reused.
        name: as manifests and people call it.
        looks_for: one line.
        measures: what the number is, with its unit.
        warn: limit from which it warns, None if it never only warns.
        fail: limit from which it fails, None if it never does.
        below: whether the number is bad below its limit; otherwise above it.
        needs: the extra that it needs.
    """

    code: str
    name: str
    looks_for: str
    measures: str
    warn: float | None
    fail: float | None
    below: bool = False
    needs: Needs = ""


def _checks(*checks: Check) -> Mapping[str, Check]:
    return {check.name: check for check in checks}


CHECKS: Final[Mapping[str, Check]] = _checks(
    Check(
        "C001",
        "undecodable",
        "a file that is no picture, is damaged, or is too large to be decoded",
        "1 where it cannot be decoded",
        None,
        1.0,
    ),
    Check(
        "C002",
        "wrong-size",
        "another size than the one that was paid for",
        "largest difference of a side, in shares of what was asked for",
        None,
        0.0005,
    ),
    Check(
        "C003",
        "wrong-aspect",
        "another shape than the one that was paid for",
        "difference of width / height, in shares of what was asked for",
        None,
        0.01,
    ),
    Check(
        "C004",
        "unusual-file",
        "an animation, CMYK, grey or more than 8 bits a channel",
        "1 where it is one",
        1.0,
        None,
    ),
    Check(
        "C005",
        "blank",
        "a picture of one colour, or nearly",
        "spread of brightness and colour, levels of 255",
        8.0,
        4.0,
        below=True,
    ),
    Check(
        "C006",
        "nothing-changed",
        "the source itself, not edited",
        "colour difference of the most changed hundredth, delta E",
        None,
        8.0,
        below=True,
    ),
    Check(
        "C007",
        "changed-everywhere",
        "nothing of the source left in its place",
        "share of the source's detail that is gone",
        0.60,
        None,
        needs="checks",
    ),
    Check(
        "C008",
        "near-duplicate",
        "the same picture as another cell's",
        "colour difference of the most different hundredth, delta E",
        7.0,
        None,
        below=True,
    ),
    Check(
        "C009",
        "collage",
        "several pictures in one",
        "share of a straight seam at a half, third or quarter",
        0.75,
        None,
    ),
    Check(
        "C010",
        "false-resolution",
        "a picture that was enlarged to its size",
        "share of detail finer than two pixels, per mille",
        10.0,
        None,
        below=True,
    ),
    Check(
        "C011",
        "blur",
        "a picture that is soft everywhere",
        "finest detail among detail of four sizes, in its busiest parts, per mille",
        10.0,
        None,
        below=True,
    ),
    Check(
        "C012",
        "jpeg-damage",
        "visible blocks of a strongly compressed JPEG",
        "steps at the edges of 8 px blocks against steps elsewhere",
        1.5,
        None,
    ),
    Check(
        "C013",
        "unexpected-alpha",
        "transparent parts",
        "share of pixels that are not opaque",
        0.0005,
        None,
    ),
    Check(
        "C014",
        "letterbox",
        "bars along two or four borders",
        "share of the picture that bars cover",
        0.01,
        None,
    ),
    Check(
        "C015",
        "face-drift",
        "another face than the source's or the reference's",
        "distance of two faces; 0 is the same",
        0.45,
        0.60,
        needs="checks",
    ),
    Check(
        "C016",
        "subject-drift",
        "another product, animal or thing than the source's",
        "likeness of subjects, 1 is the same",
        0.60,
        0.45,
        below=True,
        needs="checks",
    ),
    Check(
        "C017",
        "no-face",
        "no face where the source has one",
        "faces that are missing",
        1.0,
        None,
        needs="checks",
    ),
    Check(
        "C018",
        "several-subjects",
        "the subject more than once",
        "subjects beyond the one of the source",
        1.0,
        None,
        needs="checks",
    ),
    Check(
        "C019",
        "wrong-position",
        "content that belongs to another cell of its request",
        "confidence of the content match, per cent",
        90.0,
        None,
        needs="checks",
    ),
    Check(
        "C020",
        "provider-flagged",
        "a picture that the provider itself calls unsafe",
        "1 where it does",
        1.0,
        None,
    ),
    Check(
        "C021",
        "nsfw",
        "a picture that may be unsafe for work",
        "score of the local network, 0 to 1",
        0.5,
        0.8,
        needs="nsfw",
    ),
    Check(
        "C022",
        "set-colour",
        "a garment or product in another colour than in the rest of its set",
        "difference of the subject's colours from the set's median, delta E, beyond the sources'",
        6.0,
        None,
        needs="checks",
    ),
    Check(
        "C023",
        "set-light",
        "another light than in the rest of its set",
        "difference of brightness and warmth from the set's median, delta E, beyond the sources'",
        9.0,
        None,
        needs="checks",
    ),
    Check(
        "C024",
        "set-subject",
        "a subject that drifts from the rest of its set",
        "distance from the set's median, 0 to 1, beyond the sources' own",
        0.22,
        None,
        needs="checks",
    ),
)
"""All checks by name, in the order of their codes."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How an author switches a check.

    Attributes:
        is_on: whether it is judged at all.
        warn: another limit for warnings, None for the check's own.
        fail: another limit for failures, None as above.
        severity: how bad whatever it finds is; None where the limits decide.
    """

    is_on: bool = True
    warn: float | None = None
    fail: float | None = None
    severity: Severity | None = None


Settings = Mapping[str, Setting]
"""By name of the check; what is not named is as it comes."""


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that wants a look.

    Attributes:
        check: name.
        severity: how bad.
        measured: the number.
        limit: that it passed.
        detail: in words, where the number alone does not say it; may be empty.
    """

    check: str
    severity: Severity
    measured: float
    limit: float
    detail: str = ""

    @property
    def code(self) -> str:
        """Of the check."""
        return CHECKS[self.check].code

    @property
    def weight(self) -> float:
        """How far the limit is passed, for sorting: 1 at the limit, more beyond it."""
        small = 1e-6
        if CHECKS[self.check].below:
            return (self.limit + small) / (max(self.measured, 0.0) + small)
        return (self.measured + small) / (self.limit + small)


@dataclass(frozen=True, slots=True)
class NotRun:
    """A check without an answer; not a pass.

    Attributes:
        check: name.
        why: in words.
    """

    check: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What all checks say about one picture.

    Attributes:
        flags: worst first.
        passed: names of checks that found nothing.
        not_run: checks without an answer.
    """

    flags: tuple[Flag, ...] = ()
    passed: tuple[str, ...] = ()
    not_run: tuple[NotRun, ...] = ()


@dataclass(slots=True)
class Docket:
    """A report while it is written; one answer a check, the first one stays.

    Attributes:
        settings: of the campaign.
        is_draft: whether the picture is a draft: what drafts are known for is not judged.
    """

    settings: Settings = field(default_factory=dict)
    is_draft: bool = False
    _flags: dict[str, Flag] = field(default_factory=dict)
    _passed: set[str] = field(default_factory=set)
    _not_run: dict[str, NotRun] = field(default_factory=dict)

    def judge(self, name: str, measured: float | None, detail: str = "", *, why: str = "") -> None:
        """Hold a number against the limits of a check.

        Args:
            name: of the check.
            measured: None where it could not be measured.
            detail: for the flag, if it is one.
            why: it could not be measured.
        """
        setting = self.settings.get(name, Setting())
        if not setting.is_on:
            self.skip(name, "switched off")
        elif measured is None:
            self.skip(name, why or "not measured")
        elif not self._is_answered(name):
            flag = _flag(CHECKS[name], setting, measured, detail)
            if flag is None:
                self._passed.add(name)
            else:
                self._flags[name] = flag

    def skip(self, name: str, why: str) -> None:
        """Note that a check has no answer."""
        if not self._is_answered(name):
            self._not_run[name] = NotRun(name, why)

    def report(self) -> Report:
        """All answers; a check that nobody judged was not run."""
        for name in CHECKS:
            self.skip(name, "not measured")
        worst = sorted(
            self._flags.values(),
            key=lambda flag: (SEVERITIES.index(flag.severity), -flag.weight, flag.code),
        )
        return Report(
            flags=tuple(worst),
            passed=tuple(name for name in CHECKS if name in self._passed),
            not_run=tuple(self._not_run[name] for name in CHECKS if name in self._not_run),
        )

    def _is_answered(self, name: str) -> bool:
        return name in self._flags or name in self._passed or name in self._not_run


def _flag(check: Check, setting: Setting, measured: float, detail: str) -> Flag | None:
    limits: tuple[tuple[Severity, float | None], ...] = (
        ("fail", check.fail if setting.fail is None else setting.fail),
        ("warn", check.warn if setting.warn is None else setting.warn),
    )
    for severity, limit in limits:
        if limit is None:
            continue
        is_beyond = measured < limit if check.below else measured >= limit
        if is_beyond:
            return Flag(check.name, setting.severity or severity, measured, limit, detail)
    return None
