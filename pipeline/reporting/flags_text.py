"""What the checks say about delivered pictures, for people and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.flags import CHECKS, Flag, Report
from pipeline.reporting.words import count

FLAGS_FORMAT = 1


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
    """All delivered pictures of a campaign, in manifest order."""

    name: str
    pictures: tuple[Looked, ...]


def flags_text(campaigns: Sequence[OfCampaign]) -> str:
    """The flags of each campaign, worst first, and what was not run, with the reason."""
    return "\n".join("\n".join(_lines(one)) for one in campaigns) + "\n"


def flags_document(realm: str, campaigns: Sequence[OfCampaign]) -> Mapping[str, object]:
    """The same for machines, every check of every picture."""
    return {
        "flags": FLAGS_FORMAT,
        "realm": realm,
        "campaigns": [
            {"campaign": one.name, "pictures": [_picture(picture) for picture in one.pictures]}
            for one in campaigns
        ],
    }


def _lines(campaign: OfCampaign) -> Iterator[str]:
    found = [(flag, one) for one in campaign.pictures for flag in one.report.flags]
    flagged = sum(bool(one.report.flags) for one in campaign.pictures)
    looked = count(len(campaign.pictures), "picture")
    yield f"{campaign.name}: {looked}, {flagged or 'none'} flagged"
    if found:
        found.sort(key=lambda pair: _worst_first(*pair))
        wide = max(len(one.address) for _, one in found)
        for flag, one in found:
            yield f"  {flag.severity}  {flag.code}  {one.address:<{wide}}  {_words(flag)}"
    for why, names in _not_run(campaign).items():
        yield f"  not run  {', '.join(names)}: {why}"


def _worst_first(flag: Flag, one: Looked) -> tuple[bool, float, str, str]:
    return (flag.severity != "fail", -flag.weight, one.address, flag.code)


def _words(flag: Flag) -> str:
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
