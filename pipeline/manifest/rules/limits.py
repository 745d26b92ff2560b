"""Limits of checks that a manifest sets make sense together."""

from pipeline.domain.flags import CHECKS
from pipeline.manifest import codes
from pipeline.manifest.checks import limits_of
from pipeline.manifest.places import Pointer
from pipeline.manifest.rules.case import Case


def check_limits(case: Case) -> None:
    """A check warns before it fails, or both at once."""
    for name, setting in case.manifest.checks.settings.items():
        if setting.warn is None and setting.fail is None:
            continue
        limits = limits_of(name, setting)
        warn, fail = limits["warn"], limits["fail"]
        below = CHECKS[name].below
        if warn is None or fail is None or (fail <= warn if below else warn <= fail):
            continue
        written = "warn" if setting.warn is not None else "fail"
        other = "fail" if written == "warn" else "warn"
        where: Pointer = ("checks", name, written)
        owner = "" if getattr(setting, other) is not None else "its own "
        case.problems.add(
            codes.CHECK_LIMITS,
            where,
            what=f"`{name}` would fail {_at(fail, below=below)}, before it warns"
            f" {_at(warn, below=below)}",
            why=f"what fails is worse than what warns, and {owner}`{other}` is {limits[other]:g}",
            fix=f"write both, like `{name}: {{warn: {fail:g}, fail: {warn:g}}}`",
        )


def _at(limit: float, *, below: bool) -> str:
    return f"{'below' if below else 'from'} {limit:g}"
