"""What files say about their own origin, and what that is worth; for people and for machines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.domain.marks import Credentials, Mark, Marks, Seal

PROVENANCE_FORMAT: Final = 1
_COLUMN: Final = 15
_MAKERS: Final = frozenset({"AI system", "creator tool", "credit", "make", "software"})
_CELL: Final = 60
"""Most characters of one mark in a table."""
SEAL_WORDS: Final[Mapping[Seal, str]] = {
    Seal.NONE: "none",
    Seal.UNREAD: "there are some, and nobody validated them",
    Seal.TRUSTED: "valid, and signed by somebody whom you trust",
    Seal.DEVELOPMENT: "valid; signed with this workspace's development certificate, which nobody"
    " else trusts",
    Seal.VALID: "valid: unchanged since it was signed; who signed is not proved",
    Seal.EXPIRED: "EXPIRED: unchanged since it was signed, but its certificate has run out, and no"
    " time stamp proves when that was",
    Seal.INVALID: "INVALID: changed since it was signed, or signed wrongly",
    Seal.DAMAGED: "DAMAGED: there are some, and they cannot be read",
}


def provenance_text(files: Sequence[tuple[str, Marks]], *, how_to_validate: str) -> str:
    """All files, one paragraph each.

    Args:
        files: names and what they say.
        how_to_validate: what to install where signatures could not be validated.
    """
    return "\n".join(
        "\n".join([name, *_lines(marks, how_to_validate)]) + "\n" for name, marks in files
    )


def provenance_document(files: Sequence[tuple[str, Marks]]) -> Mapping[str, object]:
    """For machines."""
    return {
        "provenance": PROVENANCE_FORMAT,
        "files": [{"file": name, **marks.document()} for name, marks in files],
    }


def marks_words(marks: Marks) -> str:
    """All in a few words, for a cell of a table or a sheet."""
    parts = [*(f"{one} (XMP)" for one in marks.source_types)]
    parts += [f"{one.name}{_cut(one)} ({one.place})" for one in marks.marks]
    if marks.credentials.seal is not Seal.NONE:
        parts.append(f"C2PA {marks.credentials.seal.words}")
    return ", ".join(parts) or "none"


def _cut(mark: Mark) -> str:
    """A value that names a maker; others, such as prompts, may be nobody else's business."""
    if mark.name not in _MAKERS:
        return ""
    text = mark.value
    return f" `{text if len(text) <= _CELL else f'{text[: _CELL - 1]}…'}`"


def _lines(marks: Marks, how: str) -> Iterator[str]:
    if not marks.format:
        yield _line("picture", f"none: {marks.trouble}")
        return
    yield _line("picture", marks.format.upper())
    if marks.trouble:
        yield _line("trouble", marks.trouble)
    yield _line("says", _says(marks))
    for one in marks.source_types:
        yield _line("source type", f"{one} (XMP)")
    for mark in marks.marks:
        yield _line(mark.name, f"{mark.value} ({mark.place})")
    yield from _credentials(marks.credentials, how)


def _says(marks: Marks) -> str:
    if marks.says_ai:
        return "made or changed by AI or a program"
    return "nothing of AI in what could be read" if marks.trouble else "nothing of AI"


def _credentials(found: Credentials, how: str) -> Iterator[str]:
    yield _line("credentials", SEAL_WORDS[found.seal])
    if found.seal is Seal.UNREAD:
        yield _line("", f"to validate them: {how}")
    said = {
        "signed by": found.signer,
        "signed with": found.generator,
        "signed as": found.title,
        "made from": "; ".join(found.parents),
        "done": "; ".join(found.actions),
    }
    for name, text in said.items():
        if text:
            yield _line(f"  {name}", text)
    if found.claims > 1:
        yield _line("  history", f"{found.claims} manifests, this one and those of its parents")
    for failure in found.failures:
        yield _line("  wrong", failure)


def _line(name: str, text: str) -> str:
    return f"  {name:<{_COLUMN}} {text}".rstrip()
