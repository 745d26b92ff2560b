import pytest

from pipeline.adapters.review_files import MOST_BYTES, ReviewFolder, read_import
from pipeline.domain.diagnostics import CampaignError, Span
from pipeline.domain.verdicts import Word, header, write
from tests.unit.domain.said import OTHER, said

ONE = said("Anna", Word.APPROVE)
TWO = said("Anna", Word.REROLL, of=OTHER, take=2, note="two left hands\nand a bag")


@pytest.fixture
def folder(tmp_path):
    return ReviewFolder(tmp_path / "reviews", shown_as="reviews")


def lay(tmp_path, name, *lines):
    file = tmp_path / "reviews" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes("".join(f"{line}\n" for line in lines).encode())
    return file


def test_what_was_written_is_read_back_and_lies_under_the_reviewers_name(folder, tmp_path):
    path = folder.write([ONE, TWO], campaign="winter", day="20261122", name="v-1")
    assert path == tmp_path / "reviews" / "anna" / "20261122-v-1.jsonl"
    assert path.read_text("utf-8").splitlines()[0] == '{"verdicts":1,"campaign":"winter"}'
    assert folder.read() == ([ONE, TWO], [])
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_no_folder_is_no_verdict(folder):
    assert folder.read() == ([], [])


def test_the_same_line_in_two_files_counts_once(folder):
    folder.write([ONE, TWO], campaign="winter", day="20261122", name="v-1")
    folder.write([ONE], campaign="winter", day="20261123", name="v-2")
    assert sorted(folder.read()[0]) == sorted([ONE, TWO])


def test_after_a_rename_the_name_in_the_file_is_a_label(folder, tmp_path):
    lay(tmp_path, "anna/1.jsonl", header("autumn"), write(ONE))
    assert folder.read() == ([ONE], [])


def test_a_write_that_fails_leaves_nothing(folder, tmp_path, monkeypatch):
    def full(handle):
        raise OSError(28, "no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        folder.write([ONE], campaign="winter", day="20261122", name="v-1")
    assert [p for p in (tmp_path / "reviews").rglob("*") if p.is_file()] == []


def test_conflict_markers_keep_both_sides_and_are_said(folder, tmp_path):
    lay(
        tmp_path,
        "anna/1.jsonl",
        header("winter"),
        *("<<<<<<< HEAD", write(ONE), "=======", write(TWO), ">>>>>>> branch"),
    )
    verdicts, warnings = folder.read()
    assert verdicts == [ONE, TWO]
    assert [warning.code for warning in warnings] == ["V014"]


@pytest.mark.parametrize(
    ("lines", "code", "line"),
    [
        (["nothing"], "V012", 1),
        ([write(ONE)], "V012", 1),
        ([header("w"), write(ONE), write(ONE)[:-5]], "V012", 3),
        ([header("w"), "[]"], "V012", 2),
        ([header("w"), "", write(TWO._replace(take=None))], "V012", 3),
        ([header("w"), '{"verdict":"reject",' + write(ONE)[1:]], "V012", 2),
        (['{"verdicts":3}', "whatever"], "V013", 1),
        ([header("w"), write(ONE), '{"verdicts":7}'], "V013", 3),
        ([header("w"), "[" * 100_000], "V012", 2),
        ([header("w"), '{"at":' + "9" * 10_000 + "}"], "V012", 2),
    ],
)
def test_what_cannot_be_read_stops_the_command_with_its_line(folder, tmp_path, lines, code, line):
    lay(tmp_path, "anna/1.jsonl", *lines)
    with pytest.raises(CampaignError) as raised:
        folder.read()
    assert raised.value.exit_code == 12
    (problem,) = raised.value.problems
    assert (problem.code, problem.at) == (code, Span("reviews/anna/1.jsonl", line, 1))


def brought(path, *, reviewer="ben"):
    return read_import(path, "some.jsonl", reviewer=reviewer)


def test_an_import_may_leave_the_reviewer_to_its_first_line_or_to_the_user(tmp_path):
    nameless = write(ONE).replace('"reviewer":"Anna",', "")
    path = lay(tmp_path, "a/1.jsonl", header("winter"), nameless)
    assert [line.verdict.reviewer for line in brought(path).lines] == ["ben"]
    lay(tmp_path, "a/1.jsonl", '{"verdicts":1,"campaign":"winter","reviewer":"Carla"}', nameless)
    assert [line.verdict.reviewer for line in brought(path).lines] == ["Carla"]


def test_a_mark_and_line_ends_of_another_system_do_not_matter(tmp_path):
    path = lay(tmp_path, "a/1.jsonl", "\ufeff" + header("winter") + "\r", "", write(ONE) + "\r")
    found = brought(path)
    assert [(line.at.line, line.verdict) for line in found.lines] == [(3, ONE)]
    assert found.campaign == "winter"


def test_all_malformed_lines_of_an_import_are_told_at_once(tmp_path):
    path = lay(tmp_path, "a/1.jsonl", header("winter"), "x", write(ONE), "{}")
    with pytest.raises(CampaignError) as raised:
        brought(path)
    assert raised.value.exit_code == 2
    assert [(p.code, p.at.line, p.source_line) for p in raised.value.problems] == [
        ("V003", 2, "x"),
        ("V003", 4, "{}"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "V002"), (b"\n \n", "V002"), (b"\xff\xfe{", "V003"), (b'{"verdicts": 9}', "V004")],
)
def test_files_that_are_none_of_verdicts(tmp_path, content, code):
    path = tmp_path / "some.jsonl"
    path.write_bytes(content)
    with pytest.raises(CampaignError) as raised:
        brought(path)
    assert [problem.code for problem in raised.value.problems] == [code]


def test_a_file_that_is_not_there_or_too_long(tmp_path):
    with pytest.raises(CampaignError) as raised:
        brought(tmp_path / "nowhere.jsonl")
    assert raised.value.problems[0].code == "V002"
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(CampaignError) as raised:
        brought(path)
    assert "more than 20,000,000 bytes" in raised.value.problems[0].why
