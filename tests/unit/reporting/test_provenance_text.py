"""What files say about themselves, in words; nothing is called valid that is not."""

import pytest

from pipeline.domain.marks import Credentials, Mark, Marks, Seal
from pipeline.reporting.provenance_text import SEAL_WORDS, marks_words, provenance_text

WANTED = "`pip install it`"


def text(marks: Marks) -> str:
    return provenance_text([("a.jpg", marks)], how_to_validate=WANTED)


def test_a_file_with_everything():
    marks = Marks(
        "jpeg",
        ("trainedAlgorithmicMedia",),
        (Mark("EXIF", "software", "Seedream"),),
        Credentials(
            Seal.INVALID,
            signer="Somebody",
            generator="a tool 1.0",
            title="old name.jpg",
            actions=("opened", "edited (trainedAlgorithmicMedia)"),
            parents=("master",),
            claims=2,
            failures=("assertion.dataHash.mismatch: asset hash error",),
        ),
    )
    assert text(marks) == (
        "a.jpg\n"
        "  picture         JPEG\n"
        "  says            made or changed by AI or a program\n"
        "  source type     trainedAlgorithmicMedia (XMP)\n"
        "  software        Seedream (EXIF)\n"
        "  credentials     INVALID: changed since it was signed, or signed wrongly\n"
        "    signed by     Somebody\n"
        "    signed with   a tool 1.0\n"
        "    signed as     old name.jpg\n"
        "    made from     master\n"
        "    done          opened; edited (trainedAlgorithmicMedia)\n"
        "    history       2 manifests, this one and those of its parents\n"
        "    wrong         assertion.dataHash.mismatch: asset hash error\n"
    )
    assert marks_words(marks) == (
        "trainedAlgorithmicMedia (XMP), software `Seedream` (EXIF), C2PA invalid"
    )


def test_what_is_no_picture_says_nothing_of_ai_either_way():
    said = text(Marks(trouble="it is a PDF"))
    assert said == "a.jpg\n  picture         none: it is a PDF\n"


def test_what_was_not_validated_tells_how():
    said = text(Marks("png", credentials=Credentials(Seal.UNREAD)))
    assert "nobody validated them" in said
    assert f"to validate them: {WANTED}" in said
    assert "nothing of AI in what could be read" in text(Marks("png", trouble="its XMP …"))


@pytest.mark.parametrize("seal", Seal)
def test_every_state_has_words_and_only_those_that_hold_are_called_valid(seal):
    assert SEAL_WORDS[seal]
    assert SEAL_WORDS[seal].startswith("valid") == seal.holds
    assert seal.words.startswith("valid") == seal.holds


def test_a_table_cuts_what_is_long_and_tells_no_prompt():
    words = marks_words(Marks("png", marks=(Mark("XMP", "credit", "x" * 300),)))
    assert len(words) < 90
    assert marks_words(Marks("png", marks=(Mark("XMP", "AI prompt", "a secret coat"),))) == (
        "AI prompt (XMP)"
    )
    assert marks_words(Marks("png")) == "none"
