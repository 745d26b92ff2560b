import os

import pytest

from pipeline.adapters.listing import list_folder


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "winter"
    (made / "images" / "anna").mkdir(parents=True)
    (made / "images" / "anna" / "front.jpg").write_bytes(b"1")
    (made / "campaign.yaml").write_bytes(b"")
    return made


def listed(folder):
    found = list_folder(folder)
    return list(found.files), sorted(found.escaping)


def test_files_are_listed_in_byte_order(folder):
    for name in ("images/Z.jpg", "images/a.jpg", "images/é.jpg", "images/z.jpg"):
        (folder / name).write_bytes(b"")
    assert listed(folder) == (
        [
            "campaign.yaml", "images/Z.jpg", "images/a.jpg", "images/anna/front.jpg",
            "images/z.jpg", "images/é.jpg",
        ],
        [],
    )  # fmt: skip


def test_locks_and_reviews_hold_no_pictures(folder):
    for name in ("lock/x.jsonl", "reviews/a/b.jsonl", "images/lock/x.jpg"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    assert listed(folder)[0] == ["campaign.yaml", "images/anna/front.jpg", "images/lock/x.jpg"]


def test_a_name_that_is_no_text_is_listed(folder):
    path = os.fsencode(folder) + b"/images/\xff.jpg"
    os.close(os.open(path, os.O_CREAT))
    assert os.fsdecode(b"images/\xff.jpg") in listed(folder)[0]


class TestLinks:
    def test_links_inside_are_followed(self, folder):
        (folder / "eve").symlink_to("images/anna")
        (folder / "one.jpg").symlink_to("images/anna/front.jpg")
        assert listed(folder) == (
            ["campaign.yaml", "eve/front.jpg", "images/anna/front.jpg", "one.jpg"],
            [],
        )

    def test_two_links_to_one_folder_are_both_followed(self, folder):
        (folder / "a").symlink_to("images/anna")
        (folder / "b").symlink_to("images/anna")
        assert {"a/front.jpg", "b/front.jpg"} <= set(listed(folder)[0])

    def test_links_that_lead_out_are_told_apart(self, folder, tmp_path):
        (tmp_path / "secret").mkdir()
        (tmp_path / "secret" / "key.jpg").write_bytes(b"")
        (tmp_path / "other.jpg").write_bytes(b"")
        (folder / "out").symlink_to(tmp_path / "secret")
        (folder / "images" / "x.jpg").symlink_to("../../other.jpg")
        (folder / "images" / "gone.jpg").symlink_to("/nowhere/at/all.jpg")
        assert listed(folder) == (
            ["campaign.yaml", "images/anna/front.jpg"],
            ["images/gone.jpg", "images/x.jpg", "out/"],
        )

    def test_a_folder_whose_name_begins_like_ours_is_outside(self, folder, tmp_path):
        (tmp_path / "winter-2").mkdir()
        (folder / "twin").symlink_to("../winter-2")
        assert listed(folder)[1] == ["twin/"]

    def test_a_link_to_nothing_inside_is_nothing(self, folder):
        (folder / "gone.jpg").symlink_to("images/none.jpg")
        assert listed(folder) == (["campaign.yaml", "images/anna/front.jpg"], [])

    def test_circles_are_walked_once(self, folder):
        (folder / "images" / "again").symlink_to("..")
        (folder / "images" / "anna" / "self").symlink_to(".")
        (folder / "images" / "anna" / "up").symlink_to("../../images")
        assert listed(folder) == (["campaign.yaml", "images/anna/front.jpg"], [])

    def test_two_folders_that_link_to_each_other_end_somewhere(self, folder):
        (folder / "images" / "eve").mkdir()
        (folder / "images" / "eve" / "anna").symlink_to("../anna")
        (folder / "images" / "anna" / "eve").symlink_to("../eve")
        files, _ = listed(folder)
        assert "images/eve/anna/front.jpg" in files
        assert len(files) < 20

    def test_a_link_to_itself_is_nothing(self, folder):
        (folder / "loop").symlink_to("loop")
        (folder / "a").symlink_to("b")
        (folder / "b").symlink_to("a")
        assert listed(folder) == (["campaign.yaml", "images/anna/front.jpg"], [])

    def test_the_folder_itself_may_be_a_link(self, folder, tmp_path):
        (tmp_path / "alias").symlink_to("winter")
        assert listed(tmp_path / "alias") == (["campaign.yaml", "images/anna/front.jpg"], [])


def test_pipes_are_no_files(folder):
    os.mkfifo(folder / "pipe.jpg")
    assert "pipe.jpg" not in listed(folder)[0]
