import pytest

from pipeline.domain.difference import LostReceipt, Point
from pipeline.reporting.diff_markdown import COMMENT_LIMIT, TAG, diff_markdown
from tests.unit.planning.comparing import between, side
from tests.unit.reporting import reviews


def test_a_program_finds_its_comment_and_sees_what_it_is_valid_for():
    first, second = diff_markdown(reviews.nothing()).splitlines()[:2]
    assert first == TAG == "<!-- campaign-diff -->"
    assert second == f"<!-- valid-at base={'a' * 40} head={'b' * 40} -->"
    worktree = diff_markdown(reviews.first()).splitlines()[1]
    assert worktree.endswith(f"head={'b' * 40}+worktree -->")


def test_names_of_branches_are_not_in_it():
    point = Point("<img src=x>@everybody", "b" * 40)
    assert "everybody" not in diff_markdown(between(side(), side(point=point)))


def test_what_people_may_have_written_cannot_become_markup():
    lost = (LostReceipt("winter", "gen", "a|`<b>@everybody\n# x"),)
    said = diff_markdown(between(side(), side(), lost=lost))
    assert "`a/'<b>@everybody# x`" in said


def rows_of(said):
    """Rows of each table, which all have as many cells as its head."""
    tables, table = [], []
    for line in [*said.splitlines(), ""]:
        if line.startswith("|"):
            table.append(line.count("|"))
        elif table:
            tables.append(table)
            table = []
    return tables


@pytest.fixture(scope="module")
def huge():
    return reviews.many(600)


def test_the_whole_is_shown_where_it_fits(huge):
    assert "Cut to fit" not in diff_markdown(reviews.everything())
    whole = diff_markdown(huge, most=10_000_000)
    assert "Cut to fit" not in whole
    assert "… and" not in whole
    assert len(whole.encode()) > COMMENT_LIMIT


@pytest.mark.parametrize("most", [8_192, 20_000, COMMENT_LIMIT])
def test_a_long_report_is_cut_below_the_limit_and_points_to_the_whole(huge, most):
    said = diff_markdown(huge, most=most, full_at="[the artifact](https://example.org/run/1)")
    assert most * 0.9 < len(said.encode()) < most
    assert "**Cut to fit.** The whole report: [the artifact](https://example.org/run/1)" in said
    assert said.startswith(TAG)
    assert said.rstrip().endswith("</sub>")
    assert "**all campaigns**" in said
    assert "`lost_receipts`" in said
    assert said.count("<details") == said.count("</details>")
    for table in rows_of(said):
        assert len(set(table)) == 1


def test_left_out_rows_are_counted(huge):
    said = diff_markdown(huge, most=20_000)
    shown = sum(line.startswith("- `campaigns/") for line in said.splitlines())
    left_out = next(line for line in said.splitlines() if line.startswith("- … and "))
    assert shown + int(left_out.split()[3].replace(",", "")) == 600


def test_without_a_place_for_the_whole_it_names_the_command_that_prints_it(huge):
    said = diff_markdown(huge)
    assert f"`campaign diff {'a' * 40}..{'b' * 40} --format text`" in said


def test_the_comment_says_discarded_money_before_any_table():
    said = diff_markdown(reviews.everything())
    assert said.index("its prompt changed") < said.index("| campaign |")
    assert said.index("receipt of base is missing") < said.index("its prompt changed")
