"""Measuring: any file is a fact or a reason, in bounded memory, once, and never a crash."""

import hashlib
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from pipeline.adapters.facts_store import FactsStore
from pipeline.domain.fingerprint import Sha256
from pipeline.imaging import memory
from pipeline.imaging.checks import alone, change, kept, reading, seen, seenfacts, sets
from pipeline.imaging.checks.colour import halved, shrunk, to_lab
from pipeline.imaging.checks.measure import Item, compare, measure_all


def photo(width=640, height=480, seed=0):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (12, 16, 3)).astype(np.uint8)
    smooth = np.asarray(Image.fromarray(coarse).resize((width, height), Image.BICUBIC), np.int16)
    noisy = smooth + rng.integers(-12, 12, smooth.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def encoded(pixels, kind="JPEG", **options):
    buffer = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def put(tmp_path):
    def write(raw, source=None):
        digest = Sha256(hashlib.sha256(raw).hexdigest())
        path = tmp_path / digest
        path.write_bytes(raw)
        return Item(digest, path, source and (source.sha256, source.path))

    return write


@pytest.fixture
def facts(tmp_path):
    return FactsStore(tmp_path / "facts.sqlite3")


def measure(items, facts):
    return measure_all(items, facts, networks=False, workers=2)


def read(raw, tmp_path):
    path = tmp_path / "picture"
    path.write_bytes(raw)
    return reading.read(path)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(side=60_000):
    rows = zlib.compress(b"\0" * 1000)
    head = chunk(b"IHDR", struct.pack(">II", side, side) + b"\x08\x02\0\0\0")
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


BAD = {
    "empty": b"",
    "text": b"<html>not found</html>",
    "truncated": encoded(photo())[:9_000],
    "header": encoded(photo())[:200],
    "bomb": bomb(),
    "lying": bomb(200),
    "torn": encoded(photo(), "PNG")[:40_000] + b"\xff" * 5_000 + encoded(photo(), "PNG")[45_000:],
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_file_is_a_reason_and_nothing_else(name, put, facts):
    good = put(encoded(photo()))
    bad, whole = measure([put(BAD[name]), good], facts)
    assert bad.error
    assert bad.alone is None
    assert whole.error == ""
    assert whole.alone is not None


def test_a_file_that_is_not_there_is_a_reason(put, facts):
    item = put(b"x")
    item.path.unlink()
    assert "there is no such file" in measure([item], facts)[0].error


def test_a_bomb_is_refused_by_its_claim():
    assert reading.MOST_PIXELS < 60_000 * 60_000


def test_a_picture_above_the_ceiling_is_never_decoded(tmp_path):
    path = tmp_path / "picture"
    path.write_bytes(encoded(photo(300, 200)))
    with pytest.raises(reading.UnreadablePictureError, match="never decoded"):
        reading.read(path, most_pixels=59_999)
    assert reading.read(path, most_pixels=60_000).header.width == 300


@pytest.mark.parametrize(
    ("raw", "oddity"),
    [
        (encoded(Image.fromarray(photo()).convert("CMYK")), "CMYK"),
        (encoded(Image.fromarray(photo()).convert("L")), "grey"),
        (
            encoded(Image.fromarray(photo()[..., 0].astype(np.uint16) * 257), "PNG"),
            "more than 8 bits a channel",
        ),
        (
            encoded(
                Image.fromarray(photo()),
                "WEBP",
                save_all=True,
                append_images=[Image.fromarray(photo(seed=1))],
            ),
            "an animation of 2 frames",
        ),
    ],
)
def test_unusual_files_are_read_and_said(raw, oddity, tmp_path):
    found = read(raw, tmp_path)
    assert oddity in found.oddities
    assert found.small.shape == (480, 640, 3)


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 2), (33, 33)])
def test_tiny_pictures_and_slivers_are_measured(size, put, facts):
    source = put(encoded(photo()))
    pixels = np.full((*size, 3), 90, np.uint8)
    (found,) = measure([put(encoded(pixels, "PNG"), source)], facts)
    assert found.alone is not None
    assert found.alone.spread == 0.0
    assert found.change is not None


def test_a_turned_photograph_is_measured_upright(tmp_path):
    image = Image.fromarray(photo(300, 200))
    exif = image.getexif()
    exif[0x0112] = 6
    found = read(encoded(image, exif=exif), tmp_path)
    assert (found.header.width, found.header.height) == (200, 300)
    assert found.small.shape == (300, 200, 3)


def test_transparent_parts_are_counted_and_seen_on_white(tmp_path):
    rgba = np.dstack([np.zeros((100, 200, 3), np.uint8), np.full((100, 200), 255, np.uint8)])
    rgba[:, :50, 3] = 0
    found = read(encoded(rgba, "PNG"), tmp_path)
    assert found.transparent == pytest.approx(0.25)
    assert found.small[50, 10].tolist() == [255, 255, 255]


def test_what_is_known_is_not_measured_again(put, facts, monkeypatch):
    source = put(encoded(photo()))
    items = [put(encoded(photo(seed=2)), source), put(BAD["text"])]
    first = measure(items, facts)

    def never(_path, **_options):
        raise AssertionError("it was measured again")

    monkeypatch.setattr("pipeline.imaging.checks.measure.read", never)
    assert measure(items, facts) == first


def counted(monkeypatch, where, name):
    """The arguments of each call of a function, which still does its work."""
    calls, real = [], getattr(where, name)

    def call(*told, **more):
        calls.append(told)
        return real(*told, **more)

    monkeypatch.setattr(where, name, call)
    return calls


@pytest.mark.parametrize("workers", [1, 2])
def test_equal_bytes_are_measured_once_and_compared_with_each_source(
    put, facts, monkeypatch, workers
):
    one, other = put(encoded(photo())), put(encoded(photo(seed=1)))
    edit = encoded(photo(seed=2))
    items = [put(edit, one), put(edit, one), put(edit, other), put(edit)]
    alone_of = counted(monkeypatch, alone, "measure")
    change_of = counted(monkeypatch, change, "measure")
    told = []
    found = measure_all(items, facts, networks=False, workers=workers, progress=told.append)
    assert (len(alone_of), len(change_of)) == (1, 2)
    assert {one.alone for one in found} == {found[0].alone}
    assert [one.change is None for one in found] == [False, False, False, True]
    assert found[0].change == found[1].change != found[2].change
    assert sum(told) == len(items)
    assert min(told) >= 0


def test_a_source_is_decoded_and_seen_once_for_all_its_edits(put, facts, monkeypatch):
    nothing = seenfacts.Seen(0, "", 0.0, "", (), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    monkeypatch.setattr(seen, "measure", lambda _rgb: nothing)
    seen_of = counted(monkeypatch, seen, "measure")
    looked_at = counted(monkeypatch, kept, "look")
    decoded = counted(monkeypatch, reading, "read_small")
    monkeypatch.setattr("pipeline.imaging.checks.measure.read_small", reading.read_small)
    source = put(encoded(photo(160, 120)))
    items = [put(encoded(photo(160, 120, seed=seed)), source) for seed in (1, 2, 3)]
    for _ in range(2):  # the second time all of it is known
        found = measure_all(items, facts, networks=True, safety=False, workers=1)
        assert [one.source for one in found] == [nothing] * 3
        assert (len(decoded), len(looked_at), len(seen_of)) == (1, 4, 4)


def test_without_a_memory_everything_is_measured_all_the_same(put, tmp_path):
    (tmp_path / "in the way").write_text("x")
    facts = FactsStore(tmp_path / "in the way" / "f")
    assert measure([put(encoded(photo()))], facts)[0].alone is not None


def test_a_library_that_fails_leaves_checks_not_run_and_is_tried_again(put, facts, monkeypatch):
    items = [put(encoded(photo())), put(encoded(photo(seed=1)))]

    def fails(_reading):
        raise RuntimeError("an error of a library")

    with monkeypatch.context() as patch:
        patch.setattr(alone, "measure", fails)
        assert [one.alone for one in measure(items, facts)] == [None, None]
        assert [one.error for one in measure(items, facts)] == ["", ""]
    assert all(one.alone for one in measure(items, facts))


def test_a_source_that_cannot_be_read_leaves_the_rest(put, facts):
    found = measure([put(encoded(photo()), put(BAD["truncated"]))], facts)[0]
    assert found.alone is not None
    assert found.change is None


def test_progress_counts_every_picture_once(put, facts):
    items = [put(encoded(photo(seed=seed))) for seed in range(5)]
    told = []
    measure_all(items, facts, networks=False, workers=2, progress=told.append)
    assert sum(told) == 5
    told.clear()
    measure_all(items, facts, networks=False, workers=2, progress=told.append)
    assert sum(told) == 5


def test_a_copy_is_no_change_and_another_picture_is():
    one = photo()
    saved = np.asarray(Image.open(io.BytesIO(encoded(one, quality=70))))
    assert change.measure(saved, one).most < 4
    assert change.measure(one[::2, ::2], one).most < 6
    assert change.measure(photo(seed=3), one).most > 20


def test_a_cropped_copy_is_no_change():
    one = photo()
    assert change.measure(np.ascontiguousarray(one[:, 80:560]), one).most < 4


def test_copies_find_each_other_and_pictures_in_other_colours_do_not(put, facts):
    one = photo()
    copy = encoded(np.asarray(Image.fromarray(one).resize((320, 240))), quality=60)
    turned = encoded(np.ascontiguousarray(one[..., ::-1]))
    items = [put(encoded(one)), put(copy), put(turned), put(encoded(photo(seed=5)))]
    found = sets.look_alikes([one.alone for one in measure(items, facts)])
    assert found == {0: 1, 1: 0}
    different = compare([(items[0], items[1]), (items[0], items[2])], facts)
    assert different[0] < 7 < different[1]
    assert compare([(items[0], put(BAD["text"]))], facts) == [None]


def test_lab_of_known_colours():
    known = {
        (255, 255, 255): (100, 0, 0),
        (0, 0, 0): (0, 0, 0),
        (255, 0, 0): (53.24, 80.09, 67.20),
        (0, 0, 255): (32.30, 79.19, -107.86),
    }
    for rgb, lab in known.items():
        assert to_lab(np.uint8([[rgb]]))[0, 0] == pytest.approx(lab, abs=0.05)


def test_shrinking_keeps_the_mean_whatever_the_size():
    plane = np.arange(35, dtype=np.float32).reshape(5, 7)
    assert shrunk(plane, 5, 7).tolist() == plane.tolist()
    assert shrunk(plane, 1, 1)[0, 0] == pytest.approx(plane.mean())
    assert shrunk(plane, 10, 14).shape == (10, 14)
    assert halved(np.full((3, 9, 6), 7, np.uint8), 4).shape == (3, 4, 3)


@given(length=st.integers(1, 60), goal=st.integers(1, 20))
@example(length=7, goal=7)
def test_every_part_of_a_pixel_counts_when_it_is_averaged(length, goal):
    values = np.random.default_rng(length).integers(0, 256, length).astype(np.float32)
    # Each pixel `goal` times, then means of `length` at a time: the same without fractions.
    exact = np.repeat(values, goal).reshape(goal, length).mean(axis=1)
    assert shrunk(values[None], 1, goal)[0] == pytest.approx(exact, abs=0.01)
    assert shrunk(values[:, None], goal, 1)[:, 0] == pytest.approx(exact, abs=0.01)


def test_detail_is_asked_only_of_pictures_that_claim_it(tmp_path):
    side = alone.CLAIMS_DETAIL
    claims = read(encoded(photo(side, 260), "PNG"), tmp_path)
    assert alone.measure(claims).finest is not None
    modest = alone.measure(read(encoded(photo(side - 1, 260), "PNG"), tmp_path))
    assert modest.finest is None
    assert modest.blocks is not None


def test_blocks_are_found_at_any_grid(tmp_path):
    rng = np.random.default_rng(0)
    even = np.repeat(np.repeat(rng.integers(80, 140, (80, 80)), 8, 0), 8, 1)
    noisy = np.clip(even + rng.normal(0, 1, even.shape), 0, 255).astype(np.uint8)
    for shift in (0, 3):
        found = read(encoded(np.repeat(noisy[shift:, shift:, None], 3, 2), "PNG"), tmp_path)
        assert alone.measure(found).blocks > 2
    smooth = read(encoded(photo(), "PNG"), tmp_path)
    assert alone.measure(smooth).blocks < 1.2


def test_numbers_of_another_shape_are_measured_again(put, facts):
    item = put(encoded(photo()))
    good = measure([item], facts)
    facts.put(f"alone-{alone.VERSION}", {item.sha256: {"width": 3, "colour": "red"}})
    assert measure([item], facts) == good


def test_pictures_wait_for_room_in_memory_and_a_large_one_gets_all_of_it(put, facts, monkeypatch):
    monkeypatch.setattr(memory, "ROOM", memory.Room(1))
    items = [put(encoded(photo(seed=seed))) for seed in range(3)]
    assert all(one.alone for one in measure(items, facts))
