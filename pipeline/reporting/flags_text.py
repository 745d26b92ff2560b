"""What the checks say about delivered pictures, for people and for programs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.diagnostics import Problem, as_json
from pipeline.domain.flags import CHECKS, Flag, Report
from pipeline.reporting.words import count

FLAGS_FORMAT = 1
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Looked:
    """One delivered picture and what the checks say about it.

    Attributes:
        address: of its cell.
        key: cell key.
        picture: its digest.
        report: the answers.
    """

    address: str
    key: str
    picture: str
    report: Report


@dataclass(frozen=True, slots=True)
class OfCampaign:
    """All delivered pictures of a campaign, and what is to be said about files made of them.

    Attributes:
        name: of the campaign.
        pictures: in manifest order.
        remarks: what the places that finished files go to will not take.
    """

    name: str
    pictures: tuple[Looked, ...]
    remarks: tuple[Problem, ...] = ()


def flags_text(campaigns: Sequence[OfCampaign]) -> str:
    """The flags of each campaign, worst first, and what was not run, with the reason."""
    lines = [line for one in campaigns for line in _lines(one)]
    codes = [flag.code for one in campaigns for flag, _ in _found(one)]
    codes += [remark.code for one in campaigns for remark in one.remarks]
    if codes:
        lines.append(f"More about a code: `campaign check --explain {codes[0]}`")
    return "\n".join(lines) + "\n"


def flags_line(campaign: str, pictures: Sequence[Looked], *, is_draft: bool) -> str:
    """One line about new pictures; empty where nothing is flagged.

    Args:
        campaign: name.
        pictures: that are new.
        is_draft: whether they are drafts.
    """
    flagged = [one for one in pictures if one.report.flags]
    if not flagged:
        return ""
    found = Counter(flag.check for one in flagged for flag in one.report.flags)
    named = ", ".join(f"{times:,} {name}" for name, times in found.most_common(_SHOWN))
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    wants = "want" if len(flagged) > 1 else "wants"
    draft = " --draft" if is_draft else ""
    return (
        f"{len(flagged)} of {count(len(pictures), 'new picture')} {wants} a look"
        f" ({named}{more}): `campaign status {campaign} --flags{draft}`"
    )


def flags_document(realm: str, campaigns: Sequence[OfCampaign]) -> Mapping[str, object]:
    """The same for machines, every check of every picture."""
    return {
        "flags": FLAGS_FORMAT,
        "realm": realm,
        "campaigns": [
            {
                "campaign": one.name,
                "worst": list(dict.fromkeys(looked.address for _, looked in _found(one))),
                "pictures": [_picture(picture) for picture in one.pictures],
                "problems": [as_json(remark) for remark in one.remarks],
            }
            for one in campaigns
        ],
    }


def _lines(campaign: OfCampaign) -> Iterator[str]:
    found = _found(campaign)
    flagged = sum(bool(one.report.flags) for one in campaign.pictures)
    looked = count(len(campaign.pictures), "picture")
    yield f"{campaign.name}: {looked}, {flagged or 'none'} flagged"
    if found:
        wide = max(len(one.address) for _, one in found)
        for flag, one in found:
            yield f"  {flag.severity}  {flag.code}  {one.address:<{wide}}  {flag_words(flag)}"
    for why, names in _not_run(campaign).items():
        yield f"  not run  {', '.join(names)}: {why}"


def _found(campaign: OfCampaign) -> list[tuple[Flag, Looked]]:
    """All flags with their pictures, the worst first."""
    found = [(flag, one) for one in campaign.pictures for flag in one.report.flags]
    return sorted(found, key=lambda pair: _worst_first(*pair))


def _worst_first(flag: Flag, one: Looked) -> tuple[bool, float, str, str]:
    return (flag.severity != "fail", -flag.weight, one.address, flag.code)


def flag_words(flag: Flag) -> str:
    """One flag in words: its check, what that looks for, the number and the limit it passed."""
    is_below = CHECKS[flag.check].below
    limit = f"{'below' if is_below else 'limit'} {_number(flag.limit)}"
    said = f"{flag.check}: {CHECKS[flag.check].looks_for}"
    detail = f"; {flag.detail}" if flag.detail else ""
    return f"{said} ({_number(flag.measured)}, {limit}){detail}"


def _number(value: float) -> str:
    return f"{value:.3g}"


def _not_run(campaign: OfCampaign) -> dict[str, list[str]]:
    """Checks that no picture of the campaign got an answer from, by reason."""
    found: dict[str, list[str]] = {}
    if not campaign.pictures:
        return found
    first, *others = (
        {(one.check, one.why) for one in picture.report.not_run} for picture in campaign.pictures
    )
    common = first.intersection(*others)
    for name in CHECKS:
        for check, why in sorted(common):
            if check == name:
                found.setdefault(why, []).append(name)
    return found


def _picture(one: Looked) -> dict[str, object]:
    return {
        "address": one.address,
        "key": one.key,
        "picture": one.picture,
        "flags": [
            {
                "code": flag.code,
                "check": flag.check,
                "severity": flag.severity,
                "measured": round(flag.measured, 6),
                "limit": flag.limit,
                "detail": flag.detail,
            }
            for flag in one.report.flags
        ],
        "passed": list(one.report.passed),
        "not_run": [{"check": gap.check, "why": gap.why} for gap in one.report.not_run],
    }
