"""Decoded pictures share a number of bytes, in the order of asking, and all get their turn."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.rendition import RenditionSpec
from pipeline.imaging import loading, memory
from pipeline.imaging.loading import Header
from pipeline.imaging.memory import Room, of_this_machine, to_decode, to_shrink
from pipeline.imaging.render import Rendered, render_all
from tests.unit.imaging.pictures import saved, smooth

LARGE = Header(4096, 4096, "jpeg")
MEGA = 1 << 20


class TestRoom:
    @settings(max_examples=30, deadline=None)
    @given(wanted=st.lists(st.integers(0, 150), min_size=1, max_size=12), workers=st.integers(1, 6))
    def test_never_more_is_taken_than_there_is_and_everybody_gets_it(self, wanted, workers):
        room, held, most = Room(100), [0], [0]
        lock = threading.Lock()

        def take(size):
            with room.taken(size):
                with lock:
                    held[0] += min(size, 100)
                    most[0] = max(most[0], held[0])
                with lock:
                    held[0] -= min(size, 100)
            return size

        with ThreadPoolExecutor(workers) as pool:
            assert list(pool.map(take, wanted)) == wanted
        assert most[0] <= 100
        assert held == [0]

    def test_a_large_one_is_not_overtaken(self):
        room, order = Room(100), []
        started = threading.Event()

        def large():
            started.set()
            with room.taken(100):
                order.append("large")

        def small():
            with room.taken(1):
                order.append("small")

        with ThreadPoolExecutor(2) as pool:
            with room.taken(50):
                waiting = pool.submit(large)
                started.wait()
                while not room._waiting and not waiting.done():
                    pass
                behind = pool.submit(small)
            waiting.result()
            behind.result()
        assert order == ["large", "small"]

    def test_what_fails_inside_gives_it_back(self):
        room = Room(10)
        with pytest.raises(KeyError), room.taken(10):
            raise KeyError
        with room.taken(10):
            pass


class TestCosts:
    """Measured as growth of a fresh process; an estimate below it would let pictures pile up."""

    @pytest.mark.parametrize(
        ("header", "decode", "shrink"),
        [
            (LARGE, 69, 9),
            (replace(LARGE, is_progressive=True), 156, 106),
            (replace(LARGE, format="png"), 69, 29),
            (replace(LARGE, format="png", depth=4, has_alpha=True), 132, 45),
            (replace(LARGE, format="png", is_progressive=True), 97, 70),
            (replace(LARGE, format="png", depth=6), 120, 37),
            (replace(LARGE, format="webp"), 168, 5),
            (replace(LARGE, format="avif"), 250, 250),
        ],
    )
    def test_are_not_below_what_was_measured(self, header, decode, shrink):
        assert decode * 0.9 <= to_decode(header) / MEGA <= decode * 1.6
        assert shrink * 0.9 <= to_shrink(header) / MEGA

    @pytest.mark.parametrize(
        ("form", "options", "expected"),
        [
            ("JPEG", {}, (3, False, False)),
            ("JPEG", {"progressive": True}, (3, False, True)),
            ("PNG", {}, (3, False, False)),
        ],
    )
    def test_headers_say_what_they_are_made_from(self, tmp_path, form, options, expected):
        path = saved(tmp_path / "m", smooth(60, 40), form, **options)
        with loading.opened(path) as file:
            found = loading.header(file)
        assert (found.depth, found.has_alpha, found.is_progressive) == expected

    def test_alpha_and_depth(self, tmp_path):
        path = saved(tmp_path / "m", smooth(60, 40).convert("RGBA"), "PNG")
        with loading.opened(path) as file:
            assert (loading.header(file).depth, loading.header(file).has_alpha) == (4, True)

    def test_there_is_room_on_this_machine(self):
        assert 256 * MEGA <= of_this_machine() <= 2048 * MEGA


def test_renders_take_turns_where_there_is_room_for_one(tmp_path, monkeypatch):
    master = saved(tmp_path / "m.jpg", smooth(200, 200), "JPEG")
    monkeypatch.setattr(memory, "ROOM", Room(1))
    inside, most = [0], [0]
    decode = loading.decode

    def counting(file, **options):
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        try:
            return decode(file, **options)
        finally:
            inside[0] -= 1

    monkeypatch.setattr(loading, "decode", counting)
    with ThreadPoolExecutor(4) as pool:
        found = list(
            pool.map(
                lambda at: render_all(master, [(RenditionSpec(20, 20), tmp_path / f"{at}")]),
                range(8),
            )
        )
    assert all(isinstance(one, Rendered) for (one,) in found)
    assert most == [1]
