"""Faces are found wherever they are, and told apart."""

import functools

import numpy as np
import pytest
from PIL import Image

from pipeline.vision import faces
from pipeline.vision.faces import OTHER_PERSON, SAME_PERSON, face_distance, face_vector, find_faces
from tests.defects.scenes import scene

pytestmark = pytest.mark.slow


@functools.cache
def vector(name):
    rgb = scene(name)
    return face_vector(rgb, find_faces(rgb)[0])


@pytest.mark.parametrize(
    ("name", "box"), [("eileen", (174, 73, 277, 177)), ("grace", (176, 146, 362, 332))]
)
def test_a_portrait_has_one_face(name, box):
    (face,) = find_faces(scene(name))
    assert face.box == pytest.approx(box, abs=12)
    left_eye, right_eye, nose, mouth = face.points[:4]
    assert left_eye[0] < nose[0] < right_eye[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < mouth[1]


@pytest.mark.parametrize("name", ["cup", "flower", "bottle-front"])
def test_things_have_no_face(name):
    assert find_faces(scene(name)) == ()


@pytest.mark.parametrize("only_large", [False, True])
def test_a_small_face_in_a_large_picture_is_found_in_tiles(only_large):
    canvas = np.full((1500, 2400, 3), 190, np.uint8)
    portrait = np.asarray(Image.fromarray(scene("eileen")).resize((440, 440)))
    canvas[1010:1450, 1900:2340] = portrait
    (face,) = find_faces(canvas, only_large=only_large)
    assert 1900 < face.box[0] < face.box[2] < 2340
    assert face_distance(face_vector(canvas, face), vector("eileen")) < SAME_PERSON


def test_where_only_large_faces_matter_a_portrait_takes_two_looks(monkeypatch):
    portrait = np.asarray(Image.fromarray(scene("grace")).resize((1024, 1024)))
    (usual,) = find_faces(portrait)
    looked, look = [], faces._look
    monkeypatch.setattr(faces, "_look", lambda *a, **k: looked.append(k["side"]) or look(*a, **k))
    (quick,) = find_faces(portrait, only_large=True)
    assert looked[0] == 1024
    assert len(looked) == 2  # the whole, and the face from close by
    assert quick.box == pytest.approx(usual.box, abs=20)


def test_the_largest_face_comes_first():
    both = np.full((600, 1024, 3), 190, np.uint8)
    both[:512, :512] = scene("eileen")
    both[:300, 600:856] = np.asarray(Image.fromarray(scene("grace")).resize((256, 300)))
    first, second = find_faces(both)[:2]
    assert first.area > second.area
    assert first.box[0] < 512 < second.box[0]


def test_light_and_mirroring_do_not_change_a_person():
    rgb = scene("grace")
    for other in (rgb[:, ::-1], (rgb * 0.55).astype(np.uint8)):
        seen = np.ascontiguousarray(other)
        assert face_distance(face_vector(seen, find_faces(seen)[0]), vector("grace")) < SAME_PERSON


def test_two_people_are_apart():
    assert face_distance(vector("eileen"), vector("grace")) > OTHER_PERSON


@pytest.mark.parametrize("size", [(1, 1), (2, 900), (900, 3)])
def test_slivers_are_looked_at_without_trouble(size):
    assert find_faces(np.zeros((*size, 3), np.uint8)) == ()
