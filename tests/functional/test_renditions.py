"""Delivered files: where they are cut, what they say, where they go; and none of it costs."""

import io
import sqlite3

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline import vision
from pipeline.emulator.interface import Edited
from tests.functional.cli import campaign
from tests.support.stocked import buy

pytestmark = pytest.mark.slow

WIDE, HIGH = 320, 180


class Ramp:
    """Makes small pictures that are redder to the right, so that a crop shows where it was cut."""

    version = "ramp-1"

    def edit(self, request, pictures):
        made = []
        for index in range(request.wanted):
            pixels = np.zeros((HIGH, WIDE, 3), np.uint8)
            pixels[:, :, 0] = np.linspace(0, 255, WIDE)
            pixels[:, :, 2] = (request.seed + index * 37) % 251
            buffer = io.BytesIO()
            Image.fromarray(pixels).save(buffer, "JPEG", quality=95, subsampling=0)
            made.append(buffer.getvalue())
        return Edited(pictures=tuple(made))


@pytest.fixture
def provider(serve):
    return serve(engine=Ramp())


def spotted(workspace, *spots, name="winter"):
    """Source pictures of the master's shape, each with one dark spot, per mille of the width."""
    folder = workspace.folder(name) / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for number, spot in enumerate(spots, start=1):
        image = Image.new("RGB", (WIDE, HIGH), (230, 230, 225))
        middle = spot * WIDE // 1000
        box = [middle - 9, 80, middle + 9, 98]
        ImageDraw.Draw(image).ellipse(box, fill=(160, 30, 20))
        image.save(folder / f"p{number:03}.jpg", "JPEG", quality=92)


def middle_of(file):
    """Where in the master's width the middle of a crop was, per mille."""
    with Image.open(file) as image:
        return float(np.asarray(image)[:, :, 0].mean()) * 1000 / 255


def file(workspace, provider, number, size="small", ending="jpg"):
    folder = workspace.outputs("winter", provider.realm) / size
    return folder / f"anna-p{number:03}--snow--{size}.{ending}"


def made(workspace, provider):
    """Time of making of every rendition."""
    folder = workspace.outputs("winter", provider.realm)
    return {str(one): one.stat().st_mtime_ns for one in folder.glob("[!mot]*/*.*")}


class TestFocus:
    def test_a_crop_goes_round_what_draws_the_eye_in_the_original_or_what_the_author_says(
        self, workspace, provider, monkeypatch
    ):
        workspace.campaign(pictures=(), sizes=("small: 60x120", "whole: 160x90"))
        spotted(workspace, 200, 500, 800)
        assert campaign("run", "winter", "--yes").code == 0
        for number, spot in ((1, 200), (2, 500), (3, 800)):
            assert middle_of(file(workspace, provider, number)) == pytest.approx(spot, abs=25)
        before = made(workspace, provider)

        # The author knows better, for one picture; nothing else is drawn again, and plans decode
        # nothing.
        workspace.edit("winter", "the woman}", "the woman, focus: {p003: [0.3, 0.5]}}")
        with monkeypatch.context() as patch:
            for name in ("attention.attention_point", "loading.decode", "thumbnail.small_copy"):
                patch.setattr(f"pipeline.imaging.{name}", None)
            plan = campaign("plan", "winter", "--json").document
            assert plan["totals"]["renders"] == 1
            assert campaign("status").code == 0
        assert campaign("report", "winter").code == 0
        assert middle_of(file(workspace, provider, 3)) == pytest.approx(300, abs=25)
        after = made(workspace, provider)
        changed = {name for name, time in after.items() if before[name] != time}
        assert changed == {str(file(workspace, provider, 3))}

    def test_originals_are_looked_at_once_and_the_memory_may_be_lost(
        self, workspace, provider, monkeypatch
    ):
        from pipeline.imaging import attention  # noqa: PLC0415 (its name is replaced)

        looked, look = [], attention.attention_point
        monkeypatch.setattr(
            attention, "attention_point", lambda path: looked.append(path.name) or look(path)
        )
        workspace.campaign(
            pictures=(), variants=("snow", "studio"), sizes=("small: 60x120", "whole: 160x90")
        )
        spotted(workspace, 200)
        assert campaign("run", "winter", "--yes").code == 0
        assert campaign("report", "winter").code == 0
        assert looked == ["p001.jpg"]
        times = made(workspace, provider)
        (workspace.state() / "renditions.sqlite3").write_bytes(b"no database")
        assert campaign("report", "winter").code == 0
        assert looked == ["p001.jpg"] * 2
        assert made(workspace, provider) == times, "the same point is found, so nothing is drawn"
        with sqlite3.connect(workspace.state() / "renditions.sqlite3") as db:
            assert db.execute("SELECT count(*) FROM facts").fetchone() == (1,)

    def test_no_crop_means_no_look(self, workspace, provider, monkeypatch):
        monkeypatch.setattr("pipeline.imaging.attention.attention_point", None)
        workspace.campaign(
            pictures=(), sizes=("small: 160x90", "shown: {size: 50x50, fit: contain}")
        )
        spotted(workspace, 200)
        assert campaign("run", "winter", "--yes").code == 0


class TestTooSmall:
    def test_what_would_be_enlarged_is_not_made_and_says_why(self, workspace, provider):
        workspace.campaign(pictures=(1,), sizes=("small: 160x90", "large: 1920x1080"))
        ran = campaign("run", "winter", "--yes")
        assert ran.code == 5
        assert "not made  large/anna-p001--snow--large.jpg: the picture is 320x180" in ran.err
        assert "`upscale: true`" in ran.err
        assert "what was paid for is safe in the store" in ran.err
        assert "`campaign report winter` makes the rest for free" in ran.err
        assert file(workspace, provider, 1).is_file()
        assert provider.bill() == 40_000
        workspace.edit("winter", "large: 1920x1080", "large: {size: 1920x1080, upscale: true}")
        assert campaign("report", "winter").code == 0
        assert file(workspace, provider, 1, "large").is_file()


class TestPreviews:
    def test_a_torn_source_is_named_by_its_file_and_no_money_is_spoken_of(self, workspace):
        workspace.campaign(pictures=())
        spotted(workspace, 500)
        source = workspace.folder("winter") / "images/p001.jpg"
        source.write_bytes(source.read_bytes()[:-300])
        buy(workspace, "winter")
        for words in (("report", "winter"), ("run", "winter")):
            told = campaign(*words)
            assert told.code == 5
            assert "not made  preview of campaigns/winter/images/p001.jpg: " in told.err
            assert "thumbs/" not in told.err
            assert "paid for" not in told.err


class TestLabels:
    def test_the_prompt_is_told_where_the_manifest_says_so_and_that_is_free(
        self, workspace, provider
    ):
        workspace.campaign(pictures=(1,), sizes=("small: {size: 160x90, format: png}",))
        assert campaign("run", "winter", "--yes").code == 0
        target = file(workspace, provider, 1, ending="png")
        before = target.read_bytes()
        assert b"compositeWithTrainedAlgorithmicMedia" in before
        assert b"<photoshop:TransmissionReference>winter<" in before
        assert b"a place called snow" not in before
        workspace.edit("winter", "version: 1\n", "version: 1\nprovenance: {prompt: true}\n")
        plan = campaign("plan", "winter", "--json").document
        assert (plan["totals"]["renders"], plan["totals"]["cost"]) == (1, 0)
        assert campaign("run", "winter", "--yes").code == 0
        assert b"Put the woman in a place called snow." in target.read_bytes()
        assert provider.bill() == 40_000

    def test_masters_stay_as_they_were_delivered(self, workspace, provider):
        workspace.campaign(pictures=(1,))
        assert campaign("run", "winter", "--yes").code == 0
        masters = workspace.outputs("winter", provider.realm) / "masters"
        (master,) = masters.iterdir()
        assert b"xpacket" not in master.read_bytes()


class TestDestinations:
    def test_a_place_says_how_and_a_workspace_adds_its_own(self, workspace, provider):
        workspace.share(
            "destinations: {tile: {size: 90x120, format: webp, safe: {bottom: 25%}},"
            " google-banner-300x250: {max_bytes: 9kB}}"
        )
        workspace.campaign(
            pictures=(1,), sizes=("small: tile", "box: {destination: tile, format: avif}")
        )
        assert campaign("run", "winter", "--yes").code == 0
        with Image.open(file(workspace, provider, 1, ending="webp")) as image:
            assert (image.size, image.format) == ((90, 120), "WEBP")
        assert file(workspace, provider, 1, "box", "avif").is_file()
        listed = campaign("destinations").out
        assert "tile" in listed
        assert "0 0 25 0" in listed
        one, other = campaign("destinations", "tile", "google-banner-300x250", "--json").document[
            "destination"
        ]
        assert one["safe"] == {"top": 0, "right": 0, "bottom": 250, "left": 0}
        assert (other["max_bytes"], other["width"], other["trust"]) == (9_000, 300, "own")

    def test_files_for_a_white_page_that_are_not_white_are_told_after_run_and_report(
        self, workspace, provider, monkeypatch
    ):
        workspace.share("destinations: {amazon-main: {size: 180x180}}")
        workspace.campaign(pictures=(1, 2), sizes=("shop: amazon-main",))
        ran = campaign("run", "winter", "--yes")
        assert ran.code == 0
        assert "warning[L021]: 2 files of size `shop` do not end in pure white" in ran.err
        with monkeypatch.context() as patch:
            patch.setattr("pipeline.imaging.renditions_lint.measure", None)
            assert "warning[L021]" in campaign("report", "winter").err
            monkeypatch.setattr(vision, "is_available", lambda: False)
            told = campaign("status", "winter", "--flags")
            assert "warning[L021]: 2 files of size `shop` do not end in pure white" in told.err
            (listed,) = campaign("status", "winter", "--flags", "--json").document["campaigns"]
            assert [one["code"] for one in listed["problems"]] == ["L021"]
            workspace.edit("winter", "version: 1\n", "version: 1\nlint: {L021: off}\n")
            assert "L021" not in campaign("report", "winter").err

    def test_an_unknown_place_is_met_with_the_nearest(self, workspace):
        ran = campaign("destinations", "instagram-stroy")
        assert ran.code == 2
        assert "did you mean `instagram-story`?" in ran.err
        assert campaign("destinations", "instagram-story").out.startswith("instagram-story\n")
