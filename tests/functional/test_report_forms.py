"""What leaves the contact sheet: deliveries, other forms, differences, and the index over all."""

import csv
import errno
import hashlib
import io
import re
from collections import Counter

import pytest

from pipeline.adapters import handing_over
from pipeline.commands import forms
from tests.functional.cli import campaign
from tests.functional.workspace import Workspace
from tests.support.review import Clone
from tests.support.stocked import buy, facts_of

pytestmark = pytest.mark.slow

FIRST, SECOND, THIRD = (f"anna/p00{number}/snow/master/t1" for number in (1, 2, 3))


@pytest.fixture
def shop(workspace):
    """Three pictures, bought and here; the first is approved, the second rejected."""
    workspace.campaign(pictures=(1, 2, 3), sizes=("small: 320x180", "tiny: 160x90"))
    buy(workspace, "winter")
    say("--approve", FIRST)
    say("--reject", SECOND)
    return workspace


def say(word: str, which: str, name: str = "winter", **more: str) -> None:
    told = campaign("review", name, word, which, "--as", more.get("reviewer", "Anna"))
    assert told.code == 0, told.err


def table(folder) -> list[dict]:
    return list(csv.DictReader(io.StringIO((folder / "delivery.csv").read_text("utf-8"))))


def names(folder) -> list[str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file.relative_to(folder).as_posix() for file in files)


# Deliveries


def test_only_what_is_approved_leaves_the_house(shop):
    told = campaign("report", "winter", "--deliver", "approved", "handoff")
    assert told.code == 0, told.err
    assert "delivered  winter: 1 picture as 2 files" in told.out
    assert "held back  2 pictures: 1 rejected, 1 undecided" in told.out
    folder = shop.root / "handoff" / "winter"
    files = ["small/anna-p001--snow--small.jpg", "tiny/anna-p001--snow--tiny.jpg"]
    assert names(folder) == ["delivery.csv", *files]
    rows = table(folder)
    assert [row["file"] for row in rows] == files
    for row, file in zip(rows, files, strict=True):
        content = (folder / file).read_bytes()
        assert content == (shop.outputs("winter") / file).read_bytes()
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
        assert (row["campaign"], row["address"], row["realm"]) == ("winter", FIRST, "real")
        assert (row["verdict"], row["reviewers"], row["delivered_as"]) == (
            "approve",
            "Anna",
            "approved",
        )
        assert (row["charge_usd"], row["charge_is"]) == ("0.04", "quoted")
        assert row["digital_source_type"].endswith("/compositeWithTrainedAlgorithmicMedia")
        assert not (folder / file).is_symlink()
        assert (folder / file).stat().st_nlink == 1


def test_all_is_said_aloud_and_recorded(shop):
    told = campaign("report", "winter", "--deliver", "all", "handoff", "--size", "tiny")
    assert "unapproved 2 pictures among them: 1 rejected, 1 undecided" in told.out
    rows = table(shop.root / "handoff" / "winter")
    assert [row["verdict"] for row in rows] == ["approve", "reject", "undecided"]
    assert {row["delivered_as"] for row in rows} == {"all"}


def test_an_approval_of_another_picture_does_not_count(shop):
    shop.edit("winter", "Put {set.subject}", "Place {set.subject}")
    buy(shop, "winter", run="r-2")
    told = campaign("report", "winter", "--deliver", "approved", "handoff")
    assert told.code == 3
    assert "error[V020]" in told.err
    assert not (shop.root / "handoff").exists()


def test_the_same_again_is_left_alone_and_sizes_add_up(shop):
    deliver = ("report", "winter", "--deliver", "approved", "handoff", "--size")
    campaign(*deliver, "tiny")
    folder = shop.root / "handoff" / "winter"
    before = (folder / "tiny/anna-p001--snow--tiny.jpg").stat().st_mtime_ns
    assert (
        "1 picture as 0 files, 0.0 MB; 1 file more there already" in campaign(*deliver, "tiny").out
    )
    assert (folder / "tiny/anna-p001--snow--tiny.jpg").stat().st_mtime_ns == before
    campaign(*deliver, "master")
    assert [row["size"] for row in table(folder)] == ["master", "tiny"]
    assert "masters/anna-p001--snow--master.jpg" in names(folder)


def test_another_file_is_never_written_over_not_even_through_a_link(shop):
    folder = shop.root / "handoff" / "winter"
    (folder / "small").mkdir(parents=True)
    (folder / "tiny").mkdir()
    mine = folder / "small/anna-p001--snow--small.jpg"
    mine.write_bytes(b"mine")
    elsewhere = shop.root / "elsewhere"
    elsewhere.write_bytes(b"elsewhere")
    (folder / "tiny/anna-p001--snow--tiny.jpg").symlink_to(elsewhere)
    told = campaign("report", "winter", "--deliver", "approved", "handoff")
    assert told.code == 2
    assert told.err.count("error[V021]") == 2
    assert (mine.read_bytes(), elsewhere.read_bytes()) == (b"mine", b"elsewhere")
    assert not (folder / "delivery.csv").exists()


def test_a_foreign_table_is_not_written_over(shop):
    folder = shop.root / "handoff" / "winter"
    folder.mkdir(parents=True)
    (folder / "delivery.csv").write_text("a,b\n1,2\n")
    told = campaign("report", "winter", "--deliver", "approved", "handoff")
    assert (told.code, "error[V022]" in told.err) == (2, True)
    assert names(folder) == ["delivery.csv"]


@pytest.mark.parametrize(
    ("folder", "size", "code"),
    [
        ("outputs/handoff", "small", "V017"),
        (".campaign/handoff", "small", "V017"),
        ("campaigns/winter/campaign.yaml", "small", "V018"),
        ("handoff", "smal", "V019"),
    ],
)
def test_deliveries_that_make_no_sense(shop, folder, size, code):
    told = campaign("report", "winter", "--deliver", "approved", folder, "--size", size)
    assert told.code == 2
    assert f"error[{code}]" in told.err


def test_a_full_disk_leaves_whole_files_and_the_next_go_ends_it(shop, monkeypatch):
    say("--approve", "set:anna")
    real, room = handing_over._pour, [3]

    def pour(old, new):
        room[0] -= 1
        if room[0] < 0:
            new.write(old.read(10))
            raise OSError(errno.ENOSPC, "No space left on device", "handoff")
        return real(old, new)

    monkeypatch.setattr(handing_over, "_pour", pour)
    told = campaign("report", "winter", "--deliver", "approved", "handoff")
    assert told.code == 12
    assert "error[S016]" in told.err
    folder = shop.root / "handoff" / "winter"
    assert len(names(folder)) == 3
    for name in names(folder):
        assert (folder / name).read_bytes() == (shop.outputs("winter") / name).read_bytes()
    monkeypatch.setattr(handing_over, "_pour", real)
    # As a kill leaves it.
    left = folder / "small" / ".anna-p001--snow--small.jpg.0123456789ab.tmp"
    left.write_bytes(b"half a")
    (folder / "small" / ".mine.0123456789ab.tmp").write_bytes(b"mine")
    told = campaign("report", "winter", "--deliver", "approved", "handoff")
    assert (told.code, "3 files more there already" in told.out) == (0, True)
    assert len(table(folder)) == 6
    assert not left.exists()
    assert (folder / "small" / ".mine.0123456789ab.tmp").exists()


def test_several_campaigns_in_one_folder_do_not_meet(shop):
    shop.campaign("spring", pictures=(1,))
    buy(shop, "spring", run="r-9")
    say("--approve", "set:anna", "spring")
    told = campaign("report", "--all", "--deliver", "approved", "handoff", "--size", "small")
    assert told.code == 0, told.err
    file = "small/anna-p001--snow--small.jpg"
    assert [name for name in names(shop.root / "handoff") if name.endswith(".jpg")] == [
        f"spring/{file}",
        f"winter/{file}",
    ]


def test_what_is_not_approved_any_more_is_named_and_left(shop):
    deliver = ("report", "winter", "--deliver", "approved", "handoff", "--size", "tiny")
    campaign(*deliver)
    say("--reject", FIRST)
    say("--approve", THIRD)
    told = campaign(*deliver)
    assert "outdated   1 file of earlier deliveries would not be delivered now" in told.out
    assert "  handoff/winter/tiny/anna-p001--snow--tiny.jpg\n" in told.out
    assert len(table(shop.root / "handoff" / "winter")) == 2


def test_a_picture_that_is_not_here_is_told(shop):
    for file in [*(shop.state() / "store" / "sha256").rglob("*")]:
        if file.is_file():
            file.unlink()
    told = campaign("report", "winter", "--deliver", "approved", "handoff")
    assert told.code == 5
    assert "3 pictures bought, but not on this machine" in told.err
    assert "lacking    1 picture not on this machine or not made" in told.out
    assert not (shop.root / "handoff").exists()


def test_cells_of_the_table_are_no_formulas(shop):
    say("--approve", FIRST, reviewer="=HYPERLINK(1)")
    campaign("report", "winter", "--deliver", "approved", "handoff", "--size", "tiny")
    (row,) = table(shop.root / "handoff" / "winter")
    assert row["reviewers"] == "'=HYPERLINK(1); Anna"


# Other forms


def test_one_page_holds_all_that_it_shows(shop):
    told = campaign("report", "winter", "--single-file")
    assert told.out == "outputs/winter/sheet-single.html\n"
    page = (shop.outputs("winter") / "sheet-single.html").read_text("utf-8")
    assert page.count("data:image/webp;base64,") >= 6
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    links = re.findall(r'(?:src|href)="([^"]*)"', markup)
    assert links
    assert [link for link in links if not link.startswith(("#", "data:"))] == []


def test_a_large_page_is_warned_of_and_a_larger_one_refused(shop, monkeypatch):
    monkeypatch.setattr(forms, "WARN_AT", 20_000)
    told = campaign("report", "winter", "--single-file")
    assert (told.code, "warning[V023]" in told.err) == (0, True)
    before = (shop.outputs("winter") / "sheet-single.html").read_bytes()
    monkeypatch.setattr(forms, "REFUSE_AT", 3_000)
    told = campaign("report", "winter", "--single-file")
    assert (told.code, "error[V024]" in told.err) == (2, True)
    assert (shop.outputs("winter") / "sheet-single.html").read_bytes() == before


def test_the_table_of_the_sheet_has_each_cell_and_no_formula(shop):
    shop.edit("winter", 'prompt: "Put', 'prompt: "=cmd Put')
    told = campaign("report", "winter", "--csv")
    assert told.out == "outputs/winter/sheet.csv\n"
    text = (shop.outputs("winter") / "sheet.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    facts = facts_of(shop, "winter")
    assert [row["address"] for row in rows] == [cell["address"] for cell in facts["cells"]]
    wanted = [row for row in rows if row["state"] == "wanted"]
    assert len(wanted) == 3
    assert all(row["prompt"].startswith("'=cmd Put") for row in wanted)


# The difference


@pytest.fixture
def history(tmp_path, monkeypatch):
    """A repository in which three pictures were bought and looked at."""
    clone = Clone.make(tmp_path / "shop")
    (clone.root / ".gitignore").write_text(".campaign/\noutputs/\n")
    workspace = Workspace.make(clone.root, shared="")
    monkeypatch.chdir(clone.root)
    workspace.campaign("winter", pictures=(1, 2, 3), variants=("snow", "dusk"))
    buy(workspace, "winter")
    say("--approve", "variant:snow")
    clone.commit()
    return workspace


def tiles_of(workspace):
    """How many tiles say what, and how many of these show the picture before beside the present."""
    page = (workspace.outputs("winter") / "difference.html").read_text("utf-8")
    tiles = re.findall(r"<li.*?</li>", page)
    return Counter(
        (re.search(r'<b class="change \w+">([^<]*)</b>', tile)[1], tile.count("<img"))
        for tile in tiles
    )


def test_a_difference_shows_only_what_differs(history):
    told = campaign("report", "winter", "--against", "HEAD")
    assert told.code == 0, told.err
    assert "winter: nothing differs\n" in told.err
    # The snow is wanted anew, the dusk goes, the fog is new and bought.
    history.edit("winter", "a place called snow", "deep snow")
    history.edit("winter", "  dusk: {place: a place called dusk}", "  fog: {place: fog}")
    told = campaign("report", "winter", "--against", "HEAD")
    assert "winter: 3 lost, 3 newly stale\n" in told.err
    buy(history, "winter", run="r-2")
    told = campaign("report", "winter", "--against", "HEAD")
    assert told.out == "outputs/winter/difference.html\n"
    assert "winter: 3 new, 3 changed, 3 lost\n" in told.err
    page = (history.outputs("winter") / "difference.html").read_text("utf-8")
    assert "Difference between HEAD (" in page
    previews = sorted((history.outputs("winter") / "difference" / "thumbs").rglob("*.webp"))
    assert len(previews) == 6
    for link in re.findall(r'(?:src|href)="((?:thumbs|difference|masters)/[^"]*)"', page):
        assert (history.outputs("winter") / link).is_file()
    assert all(f"difference/thumbs/{one.parent.name}/{one.name}" in page for one in previews)
    assert tiles_of(history) == {("New", 1): 3, ("Changed", 2): 3, ("Lost", 1): 3}


def test_a_difference_of_two_commits_is_that_of_the_days_between_them(history):
    first = Clone(history.root)
    history.edit("winter", "a place called snow", "deep snow")
    history.edit("winter", "  dusk: {place: a place called dusk}", "  fog: {place: fog}")
    buy(history, "winter", run="r-2")
    say("--reject", "variant:snow")
    first.commit()
    history.edit("winter", "deep snow", "old snow")
    told = campaign("report", "winter", "--against", "HEAD~1..HEAD")
    assert told.code == 0, told.err
    assert "winter: 3 new, 3 changed, 3 lost\n" in told.err
    page = (history.outputs("winter") / "difference.html").read_text("utf-8")
    assert "Difference between HEAD~1 (" in page
    assert "the working tree" not in page
    # What is wanted anew by now was bought and rejected there, and is shown so.
    assert tiles_of(history) == {("New", 1): 3, ("Changed", 2): 3, ("Lost", 1): 3}
    assert page.count('data-v="reject"') == 3
    assert "deep snow" in page
    assert "old snow" not in re.findall(r"<main.*</main>", page, flags=re.DOTALL)[0]
    told = campaign("report", "winter", "--against", "HEAD..HEAD~1")
    assert "winter: 3 new, 3 changed, 3 lost\n" in told.err
    assert tiles_of(history) == {("New", 1): 3, ("Changed", 2): 3, ("Lost", 1): 3}
    told = campaign("report", "winter", "--against", "HEAD..HEAD")
    assert "winter: nothing differs\n" in told.err


def test_a_new_campaign_is_all_new(history):
    history.campaign("spring", pictures=(1,))
    buy(history, "spring", run="r-3")
    told = campaign("report", "spring", "--against", "HEAD")
    assert "spring: 1 new\n" in told.err


@pytest.mark.parametrize(
    "argv",
    [
        ["--against", "nowhere"],
        ["--against", "HEAD..nowhere"],
        ["--against", "HEAD", "--draft"],
        ["--against", "HEAD", "--pdf"],
        ["--csv", "--deliver", "all", "x"],
        ["--size", "small"],
    ],
)
def test_what_does_not_go_together(history, argv):
    assert campaign("report", "winter", *argv).code == 2


# The index


def test_the_index_shows_all_campaigns_and_follows_them(shop):
    shop.campaign("spring", pictures=(1,))
    assert "index     outputs/index.html\n" in campaign("report", "winter").err
    index = shop.root / "outputs" / "index.html"
    page = index.read_text("utf-8")
    assert '<a href="winter/index.html">' in page
    assert "<strong>3 of 3</strong> delivered" in page
    assert "1 approved \u00b7 1 rejected \u00b7 1 undecided" in page
    assert "<strong>$0.12</strong> charged \u00b7 <span>$9.88 left of $10.00</span>" in page
    assert "<bdi>spring</bdi> <code>campaign run spring --draft</code>" in page
    for link in re.findall(r'(?:src|href)="([^"#]*)"', page):
        assert link == "data:," or (shop.root / "outputs" / link).is_file()
    (shop.outputs("winter") / "sheet.json").write_text('{"sheet": 99}')
    campaign("report", "spring")
    assert "<li><bdi>winter</bdi></li>" in index.read_text("utf-8")
