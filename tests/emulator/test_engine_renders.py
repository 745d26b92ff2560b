"""Clothes, styles, words, things that fall and settled snow, each on small pictures."""

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.emulator.engine import enlarge, letters
from pipeline.emulator.engine.canvas import Canvas
from pipeline.emulator.engine.drawn import BY_RULE
from pipeline.emulator.engine.dust import dusted
from pipeline.emulator.engine.files import open_source
from pipeline.emulator.engine.frame import Placement, place
from pipeline.emulator.engine.garment import dressed, find_cloth
from pipeline.emulator.engine.grade import GRADES
from pipeline.emulator.engine.heads import Head, covering
from pipeline.emulator.engine.lettering import lettered
from pipeline.emulator.engine.light import light_picture
from pipeline.emulator.engine.moods import MOODS
from pipeline.emulator.engine.noise import dice
from pipeline.emulator.engine.pieces import CONFETTI, LEAVES, PETALS, fallen
from pipeline.emulator.engine.raster import by_rows, mix, to_float
from pipeline.emulator.engine.recipe import Garment
from pipeline.emulator.engine.scenes import SCENES
from pipeline.emulator.engine.studio import draw_podium, draw_studio
from pipeline.emulator.engine.styles import STYLES, stylise
from pipeline.emulator.engine.tailoring import lapels
from pipeline.emulator.engine.weather import WEATHERS, shelter
from pipeline.emulator.engine.wintry import is_outdoors, wintered
from tests.emulator.engine_pictures import as_file

SIDE = 120
SKIN, CLOTH, BADGE, WALL = (0.85, 0.62, 0.5), (0.1, 0.15, 0.5), (0.9, 0.85, 0.2), (0.5, 0.6, 0.5)
FACE = Head(x=60.0, y=36.0, across=13.0, down=17.0)
BLACK, GREEN = (0.08, 0.08, 0.09), (0.1, 0.5, 0.35)


@pytest.fixture(scope="module")
def portrait():
    """A flat figure: face, coat with folds, a badge; and its mask."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    head = np.hypot((x - FACE.x) / FACE.across, (y - FACE.y) / FACE.down) < 1
    body = (y > 56) & (np.abs(x - 60) < 38)
    folds = 1.0 + 0.25 * np.sin(x / 3.0)
    picture = np.empty((SIDE, SIDE, 3), np.float32)
    picture[:] = WALL
    picture[body] = (np.array(CLOTH) * folds[..., None])[body]
    picture[head] = SKIN
    picture[72:82, 70:82] = BADGE
    return picture, (head | body).astype(np.float32)


@pytest.fixture(scope="module")
def cloth(portrait):
    return find_cloth(*portrait, (FACE,))


def test_the_cloth_is_the_coat_without_skin_badge_and_wall(cloth):
    assert cloth.share[100, 40] > 0.9
    assert cloth.share[36, 60] < 0.05
    assert cloth.share[77, 76] < 0.2
    assert cloth.share[100, 5] < 0.05


@pytest.mark.parametrize("colour", [BLACK, GREEN, (0.95, 0.94, 0.9)])
def test_a_new_colour_keeps_folds_and_everything_else(portrait, cloth, colour):
    picture, _ = portrait
    worn = dressed(picture, cloth, Garment(colour))
    coat = worn[90:115, 30:60]
    assert np.abs(np.median(coat, axis=(0, 1)) - colour).max() < 0.16
    assert coat.mean(axis=2).std() > 0.008
    assert np.abs(worn[20:50, 50:70] - picture[20:50, 50:70]).max() < 0.02
    assert np.abs(worn[:, :15] - picture[:, :15]).max() < 0.02


def test_knitting_shows_stitches_and_alters_nothing_but_cloth(portrait, cloth):
    picture, _ = portrait
    plain, knit = (dressed(picture, cloth, Garment(GREEN, knit)) for knit in (False, True))
    rows = [one[90:115, 30:60].mean(axis=2).std(axis=0).mean() for one in (plain, knit)]
    assert rows[1] > rows[0] + 0.01
    assert np.array_equal(knit[:40], picture[:40])


@pytest.fixture(scope="module")
def suited():
    """A black jacket open over a white shirt with a black tie; its mask, and where the tie is."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    head = np.hypot((x - FACE.x) / FACE.across, (y - FACE.y) / FACE.down) < 1
    neck = (np.abs(x - 60) < 8) & (y > 45) & (y < 58)
    body = (y > 54) & (np.abs(x - 60) < 40)
    shirt = body & (np.abs(x - 60) < 13 - (y - 54) * 0.42) & (y < 85)
    tie = shirt & (np.abs(x - 60) < 3) & (y > 60) & (y < 74)
    picture = np.full((SIDE, SIDE, 3), 0.6, np.float32)
    picture[body] = 0.06
    picture[shirt] = 0.9
    picture[head | neck] = SKIN
    picture[tie] = 0.06
    return picture, (head | neck | body).astype(np.float32), tie


def test_a_tie_stays_black_and_a_jacket_that_was_black_gets_lapels(suited):
    picture, alpha, tie = suited
    cloth = find_cloth(picture, alpha, (FACE,))
    assert cloth.opening is not None
    assert cloth.share[tie].max() < 0.1
    worn = dressed(picture, cloth, Garment(GREEN))
    assert np.abs(worn[tie] - picture[tie]).max() < 0.02
    # Beside the shirt a lapel's edge is darker than the cloth on both sides of it.
    row = worn[72, 20:52, 1]
    dark = int(row.argmin())
    assert 2 < dark < 29
    assert row[dark] < 0.93 * min(row[:dark].max(), row[dark:].max())
    shade = lapels((SIDE, SIDE), cloth.opening)
    assert np.abs(shade[:40] - 1.0).max() < 0.05
    assert 0.4 < shade.min() < 0.9 < shade.max() < 1.2


def test_a_pullover_and_a_bright_jacket_get_no_lapels(suited, portrait, cloth):
    picture, alpha, _ = suited
    assert cloth.opening is None
    closed = picture.copy()
    closed[60:][picture[60:].min(axis=2) > 0.8] = 0.06
    assert find_cloth(closed, alpha, (FACE,)).opening is None
    blue = picture.copy()
    blue[(alpha > 0) & (picture.max(axis=2) < 0.1)] = (0.25, 0.3, 0.6)
    assert find_cloth(blue, alpha, (FACE,)).opening is None


def test_cream_stays_cream_on_any_cloth(portrait, cloth):
    picture, _ = portrait
    red, green, blue = dressed(picture, cloth, Garment((0.96, 0.92, 0.82)))[90:115, 30:60].mean(
        axis=(0, 1)
    )
    assert red > green > blue


def test_where_nothing_is_cloth_none_is_found(portrait):
    picture, _ = portrait
    assert find_cloth(picture, np.zeros((SIDE, SIDE), np.float32), (FACE,)) is None


@pytest.fixture(scope="module")
def glossy():
    """A red ball with a white highlight and a grey label on it; its mask, its parts."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    away = np.hypot(x - 60, y - 60)
    ball = away < 45
    shade = np.clip(1.1 - away / 60, 0.2, 1.0)[..., None]
    gloss = np.clip(1.5 - np.hypot(x - 46, y - 42) / 5.0, 0.0, 1.0)[..., None]
    light = np.array((0.45, 0.03, 0.02)) * shade * (1.0 - gloss) + 0.95 * gloss
    label = (np.abs(x - 60) < 22) & (np.abs(y - 76) < 12)
    picture = np.full((SIDE, SIDE, 3), 0.8, np.float32)
    picture[ball] = np.sqrt(light)[ball]
    picture[label] = 0.7
    return picture, ball.astype(np.float32), gloss[..., 0] > 0.95, label


def test_a_thing_is_painted_anew_and_keeps_gloss_label_and_surroundings(glossy):
    picture, ball, gloss, label = glossy
    cloth = find_cloth(picture, ball, ())
    done = dressed(picture, cloth, Garment(GREEN))
    paint = (ball > 0) & ~label & ~(np.hypot(*(np.mgrid[:SIDE, :SIDE] - [[[42]], [[46]]])) < 12)
    assert (done[paint][:, 1] > 1.5 * done[paint][:, 0]).mean() > 0.95
    assert np.abs(done - picture)[gloss].max() < 0.08
    assert np.abs(done - picture)[label].mean() < 0.02
    assert np.array_equal(done[ball == 0], picture[ball == 0])
    sheen = (np.abs(picture[..., 2] - 0.44) < 0.06) & (ball > 0) & ~label
    assert done[sheen][:, 2].min() > 0.42
    # Round the highlight, where paint and lamp mix, no ring of the old colour is left.
    ring = (ball > 0) & ~gloss & (np.hypot(*(np.mgrid[:SIDE, :SIDE] - [[[42]], [[46]]])) < 12)
    assert (done[ring][:, 0] - done[ring][:, 1]).max() < 0.2


def test_winter_comes_to_leaves_in_focus_and_to_nothing_else():
    rng = np.random.default_rng(1)
    leaves = np.full((64, 64, 3), (0.3, 0.45, 0.2), np.float32)
    leaves *= rng.uniform(0.5, 1.3, (64, 64, 1)).astype(np.float32)
    nothing = np.zeros((64, 64), np.float32)
    assert is_outdoors(leaves, nothing)
    assert not is_outdoors(np.full((64, 64, 3), (0.3, 0.45, 0.2), np.float32), nothing)
    assert not is_outdoors(np.repeat(leaves[..., :1], 3, axis=2), nothing)
    assert not is_outdoors(leaves, nothing + 1)
    half = np.concatenate([leaves, np.full_like(leaves, 0.5)])
    white = wintered(half, dice(1, "winter"))
    assert white[:60].mean() > half[:60].mean() + 0.15
    assert np.abs(white[70:] - half[70:]).max() < 0.1


# Three places are the same table: in other wood, or with nothing but the room.
PLACES = sorted(SCENES.keys() - {"pale table", "dark table", "interior"})


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize(
    ("standing", "above"),
    [(True, False), (True, True), (False, False)],
    ids=["low", "high", "bust"],
)
def test_every_place_is_drawn_for_every_kind_of_subject(name, standing, above):
    canvas = Canvas(
        width=96,
        height=72,
        mood=MOODS[SCENES[name].light],
        side=1,
        standing=standing,
        above=above,
        soft=False,
        seed=3,
    )
    picture = SCENES[name].draw(canvas).picture
    assert picture.shape == (72, 96, 3)
    assert picture.dtype == np.float32
    assert 0.0 <= float(picture.min()) < float(picture.max()) <= 1.0
    assert float(picture.std()) > 0.02


def test_a_plinth_stands_in_the_studio_and_carries_the_subject():
    canvas = Canvas(
        width=120,
        height=120,
        mood=MOODS["soft studio"],
        side=1,
        standing=True,
        above=False,
        soft=False,
        seed=3,
    )
    bare, plinth = draw_studio(canvas, GREEN), draw_podium(canvas, GREEN)
    changed = np.abs(bare.picture - plinth.picture).max(axis=-1) > 0.03
    ground = round(plinth.stage.ground * 120)
    assert changed[ground:, 40:80].mean() > 0.5
    assert not changed[: round(0.6 * 120)].any()


@pytest.mark.parametrize("name", sorted(STYLES))
def test_every_style_changes_the_picture(portrait, name):
    picture, _ = portrait
    done = stylise(picture, name, faces=(), rng=dice(1, "style"))
    assert done.shape == picture.shape
    assert done.dtype == np.float32
    assert 0.0 <= float(done.min()) <= float(done.max()) <= 1.0
    assert np.abs(done - picture).mean() > 0.02


@pytest.mark.slow
@pytest.mark.parametrize("name", ["van gogh", *sorted(BY_RULE)])
def test_a_style_is_weaker_over_a_face_and_always_the_same(portrait, name):
    picture, _ = portrait
    bare, spared, again = (
        stylise(picture, name, faces=faces, rng=dice(1, "style"))
        for faces in ((), (FACE,), (FACE,))
    )
    assert np.array_equal(spared, again)
    inner = np.s_[26:46, 52:68]
    # By light and shade, which say who it is; a painting's colours may stay.
    own, free, kept = (one[inner].mean(axis=2).ravel() for one in (picture, bare, spared))
    assert np.abs(kept - own).mean() <= np.abs(free - own).mean() + 0.02
    assert np.array_equal(bare[100:, :20], spared[100:, :20]) or name == "van gogh"


@pytest.mark.parametrize("kind", [LEAVES, PETALS, CONFETTI])
def test_things_fall_behind_and_before_in_their_own_colours(kind):
    light = np.ones(3, np.float32)
    behind, before = fallen(dice(3, "x"), (200, 260), kind, 1.0, light)
    for cover, colour in (behind, before):
        assert cover.shape == (200, 260)
        assert colour.shape == (200, 260, 3)
        assert 0.002 < float((cover > 0.3).mean()) < 0.5
    assert not np.array_equal(behind[0], before[0])


@pytest.mark.parametrize("name", sorted(WEATHERS))
def test_no_weather_crosses_a_face(name):
    alpha = np.zeros((160, 160), np.float32)
    alpha[40:, 40:120] = 1.0
    air = WEATHERS[name](dice(4, name), (160, 160), MOODS["daylight"], 1.0)
    faces = covering((Head(80.0, 70.0, 20.0, 26.0),), (160, 160), grown=1.0, soft=0.3)
    crossing = air.before * shelter(alpha, faces)
    assert float(crossing[60:80, 72:88].max()) < 0.05


def test_snow_lies_on_what_faces_upwards_and_not_on_faces(portrait):
    picture, alpha = portrait
    white = dusted(picture, alpha, (FACE,), light=np.ones(3, np.float32), rng=dice(5, "d"))
    change = np.abs(white - picture).mean(axis=2)
    assert change[56:60, 24:40].mean() > 4 * change[100:115, 24:96].mean()
    assert change[26:46, 52:68].max() < 0.02
    assert change[:, :15].max() == 0.0


@pytest.mark.parametrize("name", sorted(MOODS))
def test_a_light_leaves_a_locked_background_alone(portrait, name):
    picture, alpha = portrait
    lit = light_picture(picture, alpha, MOODS[name], side=1, tint=0.85, background=False)
    assert np.array_equal(lit[alpha == 0], picture[alpha == 0])
    assert np.abs(lit - picture)[alpha == 1].mean() > 0.005
    open_lit = light_picture(picture, alpha, MOODS[name], side=1, tint=0.85, background=True)
    assert np.abs(open_lit - picture)[alpha == 0].mean() > 0.003


@pytest.mark.parametrize(
    ("name", "most", "least"),
    [("blue tones", 2, 0), ("purple tones", 2, 1), ("green tones", 1, 0), ("earth tones", 0, 2)],
)
def test_tones_of_one_hue_colour_grey_and_leave_light_and_dark(name, most, least):
    ramp = np.linspace(0.0, 1.0, 40, dtype=np.float32)[None, :, None].repeat(8, axis=0)
    done = GRADES[name](np.ascontiguousarray(ramp.repeat(3, axis=2)), dice(1, "g"))
    middle = done[4, 20]
    assert middle.argmax() == most
    assert middle.argmin() == least
    assert np.ptp(middle) > 0.1
    assert np.ptp(done[4, 0]) < 0.1
    assert np.ptp(done[4, -1]) < 0.1


def test_a_table_is_of_the_wood_that_is_named():
    def top(name):
        canvas = Canvas(64, 48, MOODS["daylight"], 1, standing=True, above=True, soft=False, seed=3)
        return float(SCENES[name].draw(canvas).picture.mean())

    assert top("pale table") > top("dark table") + 0.25


def test_woods_at_night_have_a_moon_and_dark_trunks():
    def drawn(mood):
        canvas = Canvas(160, 160, MOODS[mood], 1, standing=False, above=False, soft=False, seed=3)
        return SCENES["forest"].draw(canvas).picture

    night, day = drawn("night"), drawn("daylight")
    assert night.mean() < 0.6 * day.mean()
    upper = night[:80].mean(axis=2)
    assert upper.max() > upper.mean() + 0.3
    assert upper[:, 80:].mean() > upper[:, :80].mean(), "the moon stands where the light comes from"


def test_teal_and_orange_parts_shadows_from_skin():
    ramp = np.array([[[0.2, 0.2, 0.2], SKIN]], np.float32).repeat(40, axis=0).repeat(20, axis=1)
    done = GRADES["teal and orange"](ramp, dice(1, "g"))
    assert (done[20, 10] - done[20, 10, 0])[2] > 0.03
    assert done[20, 30, 0] - done[20, 30, 2] > SKIN[0] - SKIN[2]


class TestLettering:
    def test_words_stand_in_the_lower_third_and_are_legible(self):
        plain = np.full((300, 400, 3), 128, np.uint8)
        done = lettered(plain.copy(), "Fresh batch", (), (0.9, 0.7, 0.2))
        touched = np.flatnonzero(np.abs(done.astype(int) - plain).max(axis=(1, 2)))
        assert touched[0] > 200
        panel = done[touched[0] : touched[-1] + 1, 30:200].astype(int)
        assert panel.max() - panel.min() > 190

    def test_a_face_in_the_way_sends_them_up(self):
        low = Head(x=120.0, y=250.0, across=40.0, down=50.0)
        plain = np.full((300, 400, 3), 128, np.uint8)
        done = lettered(plain.copy(), "Fresh batch", (low,), (0.9, 0.7, 0.2))
        assert np.array_equal(done[150:], plain[150:])
        assert not np.array_equal(done[:150], plain[:150])

    def test_words_stand_at_the_top_where_that_is_asked_for(self):
        plain = np.full((300, 400, 3), 128, np.uint8)
        done = lettered(plain.copy(), "Fresh batch", (), (0.9, 0.7, 0.2), high=True)
        assert np.array_equal(done[150:], plain[150:])
        assert not np.array_equal(done[:150], plain[:150])

    def test_a_badge_that_looks_like_a_face_does_not_send_them_over_a_real_one(self):
        face, badge = Head(x=100, y=60, across=26, down=34), Head(x=30, y=170, across=4, down=5)
        pixels = np.full((200, 200, 3), 200, np.uint8)
        done = lettered(pixels, "A pioneer of computing", (face, badge), (1.0, 0.5, 0.0))
        assert (done[30:90, 80:120] == 200).all()
        assert (done[120:] != 200).any()

    @pytest.mark.parametrize("size", [(20, 400), (400, 20), (64, 64), (60, 900)])
    def test_no_size_and_no_length_breaks_them(self, size):
        plain = np.full((*size, 3), 90, np.uint8)
        assert lettered(plain, "Donaudampfschiff " * 12, (), (0.9, 0.7, 0.2)).shape == plain.shape

    def test_what_has_no_glyph_is_left_out(self):
        plain = np.full((200, 300, 3), 128, np.uint8)
        assert letters.drawable("سلام") == ""
        assert np.array_equal(lettered(plain.copy(), "سلام", (), (0.9, 0.7, 0.2)), plain)


@pytest.mark.parametrize(
    ("small", "large"), [((96, 96), (256, 256)), ((90, 120), (401, 307)), ((40, 33), (400, 330))]
)
def test_strips_leave_no_seam(monkeypatch, small, large):
    rng = np.random.default_rng(0)
    picture = np.repeat(rng.random((*small, 1), np.float32), 3, axis=2)
    size = (large[1], large[0])
    in_strips = enlarge.enlarge_plain(picture, size=size, seed=1).astype(int)
    monkeypatch.setattr(enlarge, "_STRIP", 4096)
    whole = enlarge.enlarge_plain(picture, size=size, seed=1).astype(int)
    assert np.abs(in_strips - whole).max() <= 1


def test_what_no_edit_touches_gets_all_of_its_own_detail_back():
    levels = np.random.default_rng(1).integers(60, 200, (512, 512), np.uint8)
    fine = cv2.GaussianBlur(levels, (0, 0), 0.8)
    source = open_source(as_file(Image.fromarray(fine).convert("RGB")), 1)
    placement = Placement(0.25, 0.0, 0.0)
    small = place(source.plate, placement, source=(512, 512), frame=(128, 128))
    keep = np.ones((128, 128), np.float32)
    keep[:64] = 0.0
    large = enlarge.enlarge(
        to_float(small), size=(512, 512), source=source, placement=placement, keep=keep, seed=1
    )
    away = np.abs(large[..., 1].astype(int) - fine)
    assert away[280:].mean() < 1.0
    assert away[:240].mean() > 4.0


def test_work_by_rows_is_the_same_work():
    rng = np.random.default_rng(2)
    picture, plane = rng.random((37, 900, 3), np.float32), rng.random((37, 900), np.float32)
    column = rng.random((37, 1), np.float32)
    done = by_rows(lambda part, a, b: part * a + b, picture, plane, column)
    assert np.allclose(done, picture * plane[..., None] + column[..., None], atol=1e-6)
    assert np.allclose(mix(picture, done, plane), picture + (done - picture) * plane[..., None])
