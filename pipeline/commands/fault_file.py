"""The faults file of `campaign serve`: from YAML or JSON to what goes wrong.

Its switches are those of `pipeline.emulator.faults.Faults`, which says exactly what each does. The
language stands in `fault_switches`, made of `fault_cases` and `fault_values`.
"""

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pipeline.commands.fault_cases import Selection
from pipeline.commands.fault_switches import FaultsFile
from pipeline.domain.diagnostics import CampaignError, Problem, in_file_order
from pipeline.domain.exit_codes import USAGE
from pipeline.emulator.chosen import Cases, Chosen
from pipeline.emulator.faults import BY_SUBMIT, Faults
from pipeline.manifest.decode import decode
from pipeline.manifest.places import Problems
from pipeline.manifest.schema import Schema
from pipeline.manifest.source import parse
from pipeline.manifest.wording import quoted

_MOST_BYTES = 1_000_000
_V = TypeVar("_V")


def read_faults(path: Path) -> tuple[Faults, tuple[str, ...]]:
    """Read a faults file.

    Returns:
        What goes wrong, and a line of words for each switch that is on.

    Raises:
        CampaignError: exit 2; it cannot be read or has problems: all of them at once.
    """
    source, found = parse(_text(path), file=str(path))
    problems = Problems(source)
    problems.found += found
    body = None
    if source.value is not None or not found:
        decoded = decode(source, FaultsFile, _schema, {"version": 1}, problems)
        body = None if decoded is None else decoded.body
    if problems.found or body is None:
        raise CampaignError(USAGE, in_file_order(problems.found))
    faults = _faults(body)
    return faults, tuple(_words(faults))


def switches() -> dict[str, str]:
    """All keys of the file but its version, each with what it does in a few words."""
    fields = FaultsFile.model_fields.items()
    return {name: field.description or "" for name, field in fields if name != "version"}


@functools.cache
def _schema() -> Schema:
    return FaultsFile.model_json_schema()


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES + 1).decode("utf-8", "surrogateescape")
    except OSError as error:
        raise CampaignError(USAGE, [_unreadable(path, error)]) from error


def _faults(body: FaultsFile) -> Faults:
    return Faults(
        seed=body.seed,
        refuse=_cases((case.submits, case.status) for case in body.refuse),
        retry_after_s=body.retry_after_s,
        drop_answer=body.drop_answer.chosen(),
        nonsense=body.nonsense.chosen(),
        error_after=_cases((case.submits, case.status) for case in body.error_after),
        delay=_cases((case.submits, case.seconds) for case in body.delay),
        duplicate_id=body.duplicate_id.chosen(),
        price=_cases((case.submits, case.per_cent) for case in body.price),
        charge=_cases((case.submits, case.per_cent) for case in body.charge),
        foreign=_cases((case.submits, case.model) for case in body.foreign),
        fail=_cases((case.predictions, case.code) for case in body.fail),
        failed_with_outputs=_cases(
            (case.predictions, case.code) for case in body.failed_with_outputs
        ),
        refund_later=_cases((case.predictions, case.seconds) for case in body.refund_later),
        refund_never=body.refund_never.chosen(),
        short=_cases((case.predictions, case.fewer) for case in body.short),
        missing=_cases((case.predictions, frozenset(case.positions)) for case in body.missing),
        empty=body.empty.chosen(),
        busy_looks=_cases((case.predictions, case.looks) for case in body.busy_looks),
        strange_status=_cases((case.predictions, case.looks) for case in body.strange_status),
        output_objects=body.output_objects.chosen(),
        nsfw=_cases((case.predictions, frozenset(case.positions)) for case in body.nsfw),
        hide_inputs=body.hide_inputs,
        history_lag=_cases((case.predictions, case.seconds) for case in body.history_lag),
        outputs_gone=_cases((case.predictions, case.seconds) for case in body.outputs_gone),
        gone_status=body.gone_status,
        forget_after_s=body.forget_after_s,
        truncate=_cases((case.predictions, case.downloads) for case in body.truncate),
        break_off=_cases((case.predictions, case.downloads) for case in body.break_off),
        lying_type=_cases((case.predictions, case.type) for case in body.lying_type),
        drip=_cases((case.predictions, case.seconds) for case in body.drip),
    )


def _cases(pairs: Iterable[tuple[Selection, _V]]) -> Cases[_V]:
    return Cases(rules=tuple((selection.chosen(), value) for selection, value in pairs))


def _words(faults: Faults) -> Iterable[str]:
    meanings = switches()
    for name in faults.on:
        value = getattr(faults, name)
        struck = "submits" if name in BY_SUBMIT else "predictions"
        strikes = f", {struck} {value}" if isinstance(value, Chosen | Cases) else ""
        yield f"{name}{strikes}: {meanings[name]}"


def _unreadable(path: Path, error: OSError) -> Problem:
    return Problem(
        code="M110",
        what=f"the faults file {quoted(path)} cannot be read",
        why=str(error.strerror),
        fix="check its name and permissions",
    )
