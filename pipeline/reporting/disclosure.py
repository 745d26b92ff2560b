"""Disclosure as tables: which files, which marks are in them, what is to be declared where."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from pipeline.domain.disclosure import NOT_ADVICE, Declaration, Delivered, Rule
from pipeline.reporting.provenance_text import marks_words
from pipeline.reporting.spreadsheet import table
from pipeline.reporting.words import count

DISCLOSURE_FORMAT: Final = 1
_DRAFT: Final = "draft, not for publication"
_COLUMNS: Final = (
    "destination",
    "file",
    "sha256",
    "cell",
    "model",
    "digital source type",
    "content credentials",
    "mark as wanted",
    "marks of the master",
    "rule",
    "where",
    "since",
    "binds",
    "what to declare",
    "looks at",
    "how sure",
    "read on",
    "sources",
    "note",
)


def disclosure_csv(declaration: Declaration) -> str:
    """A row for each file and rule, so that a spreadsheet can be filtered by country."""
    return table(
        _COLUMNS,
        (
            [declaration.destination, *_file(file), *_rule(rule), _note(file)]
            for file in declaration.files
            for rule in declaration.rules
        ),
    )


def disclosure_name(declaration: Declaration) -> str:
    """Name of its table: dated by the newest receipt, so that the same state has the same name."""
    return f"disclosure-{declaration.day}-{declaration.destination}.csv"


def disclosure_text(declarations: Sequence[Declaration]) -> str:
    """What there is to declare, in short; for people."""
    lines = []
    for one in declarations:
        files, rules = count(len(one.files), "file"), count(len(one.rules), "rule")
        lines.append(f"{one.campaign}: {one.title}: {files}, {rules} that may apply")
        lines += [
            f"  NOT AS WANTED  {file.name}: {file.lacking}" for file in one.files if file.lacking
        ]
    if any(file.lacking for one in declarations for file in one.files):
        lines.append("Remove the files that are not as wanted; `campaign report` makes them anew.")
    read = sorted({rule.as_of for one in declarations for rule in one.rules})
    if read:
        lines.append(f"Rules as they were read on {read[0]}; this is {NOT_ADVICE}.")
    return "".join(f"{line}\n" for line in lines)


def disclosure_document(
    realm: str, declarations: Sequence[tuple[Declaration, str]]
) -> Mapping[str, object]:
    """For machines.

    Args:
        realm: whose pictures.
        declarations: each with the path of its table.
    """
    return {
        "disclosure": DISCLOSURE_FORMAT,
        "note": NOT_ADVICE,
        "realm": realm,
        "declarations": [
            {
                "campaign": one.campaign,
                "destination": one.destination,
                "title": one.title,
                "day": one.day,
                "table": path,
                "files": [_file_document(file) for file in one.files],
                "rules": [_rule_document(rule) for rule in one.rules],
            }
            for one, path in declarations
        ],
    }


def _file(file: Delivered) -> tuple[str, ...]:
    return (
        file.name,
        file.sha256,
        file.address,
        file.model,
        ", ".join(file.marks.source_types) or "none",
        file.marks.credentials.seal.words,
        file.lacking or "yes",
        marks_words(file.master),
    )


def _rule(rule: Rule) -> tuple[str, ...]:
    return (
        rule.title,
        rule.where,
        rule.since or "not known",
        rule.whom,
        rule.declare,
        rule.reads,
        rule.trust,
        rule.as_of,
        " ".join(rule.sources),
    )


def _note(file: Delivered) -> str:
    is_draft = file.label is not None and file.label.is_draft
    return f"{_DRAFT}; {NOT_ADVICE}" if is_draft else NOT_ADVICE


def _file_document(file: Delivered) -> Mapping[str, object]:
    return {
        "file": file.name,
        "sha256": file.sha256,
        "cell": file.address,
        "model": file.model,
        "lacking": file.lacking,
        "marks": file.marks.document(),
        "master": file.master.document(),
        "note": _note(file),
    }


def _rule_document(rule: Rule) -> Mapping[str, object]:
    return {**asdict(rule), "sources": list(rule.sources), "destinations": list(rule.destinations)}
