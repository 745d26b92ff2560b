"""Selectors on the command line: read, and refused where they name what no campaign has."""

from collections.abc import Sequence

from pipeline.commands.session import Subject
from pipeline.domain.diagnostics import CampaignError
from pipeline.domain.exit_codes import USAGE
from pipeline.domain.plan import Plan
from pipeline.planning.select import Selection, match_nothing, parse_selection


def read_selection(select: Sequence[str], exclude: Sequence[str]) -> Selection:
    """What `--select` and `--exclude` say.

    Raises:
        CampaignError: exit 2; one of them cannot be read.
    """
    selection, problems = parse_selection(select, exclude)
    if problems:
        raise CampaignError(USAGE, problems)
    return selection


def check_selection(
    selection: Selection, subjects: Sequence[Subject], plans: Sequence[Plan]
) -> None:
    """Refuse selectors that name what none of the campaigns has.

    Args:
        selection: from `read_selection`.
        subjects: what was planned.
        plans: one for each.

    Raises:
        CampaignError: exit 2; one of them matches nothing.
    """
    wanted = [(one.campaign, plan.cells) for one, plan in zip(subjects, plans, strict=True)]
    problems = match_nothing(selection, wanted)
    if problems:
        raise CampaignError(USAGE, problems)
