"""The table of rules, and how a campaign is held against it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pipeline.domain import lint as codes
from pipeline.domain.campaign import Campaign, Workspace
from pipeline.domain.diagnostics import Problem, Severity, placed
from pipeline.domain.lint import LintLevel
from pipeline.planning.lint import pictures, places, prompts, requests, sizes
from pipeline.planning.lint.case import Case, Finding


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        code: stands for what it looks for; see `domain.lint`.
        severity: unless the author says otherwise.
        find: looks at a campaign; takes any that is without errors, and never raises.
        needs_looks: whether it has nothing to say before the pictures were looked at.
        needs_files: whether it speaks of finished files, and has nothing to say before they are
            there.
        costs: whether what it finds may cost money, so that a plan warns of it.
    """

    code: str
    severity: Severity
    find: Callable[[Case], Iterator[Finding]]
    needs_looks: bool = False
    needs_files: bool = False
    costs: bool = False


_ADVICE, _WARNING = Severity.ADVICE, Severity.WARNING

RULES: Final[tuple[Rule, ...]] = (
    Rule(codes.REFERENCE, _ADVICE, pictures.better_reference, needs_looks=True),
    Rule(codes.NO_REFERENCE, _ADVICE, pictures.no_reference),
    Rule(codes.FRAMING, _ADVICE, pictures.other_framing),
    Rule(codes.LIGHT, _ADVICE, pictures.other_light, needs_looks=True),
    Rule(codes.ONE_PICTURE, _WARNING, prompts.per_picture),
    Rule(codes.SAME_REQUEST, _WARNING, requests.same_requests),
    Rule(codes.GAP, _WARNING, prompts.gaps),
    Rule(codes.LONG_PROMPT, _WARNING, prompts.long_prompts),
    Rule(codes.CUT_AWAY, _WARNING, sizes.cut_away),
    Rule(codes.NEEDLESS_NATIVE, _WARNING, sizes.needless_natives, costs=True),
    Rule(codes.SEQUENCE_OF_ONE, _ADVICE, requests.sequence_of_one),
    Rule(codes.LOOK_ALIKE, _WARNING, prompts.look_alikes, costs=True),
    Rule(codes.KEEPS_NOTHING, _ADVICE, prompts.keeps_nothing),
    Rule(codes.SMALL_SOURCE, _ADVICE, pictures.small_sources),
    Rule(codes.HIDDEN_SPACE, _ADVICE, prompts.hidden_spaces),
    Rule(codes.DAMAGED, _WARNING, pictures.damaged, needs_looks=True),
    Rule(codes.FOREIGN_FORMAT, _WARNING, places.foreign_formats),
    Rule(codes.OTHER_SHAPE, _WARNING, places.other_shapes),
    Rule(codes.HEAVY_CEILING, _ADVICE, places.heavy_ceilings),
    Rule(codes.NOT_ON_WHITE, _WARNING, places.not_on_white),
    Rule(codes.BORDER, _WARNING, places.borders_off_white, needs_files=True),
    Rule(codes.SMALL_PRODUCT, _WARNING, places.small_products, needs_files=True),
    Rule(codes.HEAVY_FILE, _WARNING, places.heavy_files, needs_files=True),
)

Levels = Mapping[str, LintLevel]


def levels(campaign: Campaign, workspace: Workspace) -> Levels:
    """How rules are switched: by the campaign, else by the workspace."""
    return {**workspace.lint, **campaign.lint}


def needs_looks(switched: Levels) -> bool:
    """Whether any rule wants the pictures looked at."""
    return any(rule.needs_looks and switched.get(rule.code) != "off" for rule in RULES)


def lint(case: Case, switched: Levels, *, texts: Mapping[str, str]) -> list[Problem]:
    """Hold a campaign against all rules that are not off.

    Args:
        case: the campaign.
        switched: levels of rules that are switched.
        texts: of the files that places point into, to find words and show lines; may be empty.
    """
    return list(_found(case, switched, RULES, texts))


def of_files(case: Case, switched: Levels, *, texts: Mapping[str, str]) -> list[Problem]:
    """What finished files are warned of, once they are made. Never an error.

    Args:
        case: the campaign, with what the files show.
        switched: levels of rules that are switched.
        texts: as for `lint`.
    """
    found = _found(case, switched, [rule for rule in RULES if rule.needs_files], texts)
    return [replace(one, severity=Severity.WARNING) if one.is_error else one for one in found]


def costly(case: Case, switched: Levels, *, texts: Mapping[str, str]) -> list[Problem]:
    """What a plan warns of: where money would be spent in vain. Never an error.

    Args:
        case: the campaign; looks are not needed.
        switched: levels of rules that are switched.
        texts: as for `lint`.
    """
    found = _found(case, switched, [rule for rule in RULES if rule.costs], texts)
    return [replace(one, severity=Severity.WARNING) if one.is_error else one for one in found]


def _found(
    case: Case, switched: Levels, rules: Iterable[Rule], texts: Mapping[str, str]
) -> Iterator[Problem]:
    for rule in rules:
        level = switched.get(rule.code)
        if level == "off":
            continue
        severity = rule.severity if level is None else Severity(level)
        for finding in rule.find(case):
            yield _problem(rule.code, severity, finding, texts)


def _problem(code: str, severity: Severity, finding: Finding, texts: Mapping[str, str]) -> Problem:
    problem = Problem(
        code=code,
        what=finding.what,
        why=finding.why,
        fix=finding.fix,
        at=finding.at,
        severity=severity,
    )
    return placed(problem, texts, words=finding.words)
