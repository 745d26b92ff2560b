import dataclasses

import pytest
import pyvips

from pipeline.domain.labels import Label
from pipeline.domain.rendition import ENCODER, MAX_SIDE, RenditionSpec, render_key

MASTER = "ab" * 32
SPEC = RenditionSpec(1080, 1350, focus=(500, 350))


def test_quality_defaults_by_format():
    assert RenditionSpec(9, 9).quality == 88
    assert RenditionSpec(9, 9, format="webp").quality == 82
    assert RenditionSpec(9, 9, format="png", quality=50).quality is None
    assert RenditionSpec(9, 9) == RenditionSpec(9, 9, quality=88)


def test_background_in_numbers():
    assert RenditionSpec(9, 9, background="#0A64ff").rgb == (10, 100, 255)
    assert RenditionSpec(9, 9, background="#FFFFFF") == RenditionSpec(9, 9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 0},
        {"height": -1},
        {"width": MAX_SIDE + 1},
        {"fit": "fill"},
        {"format": "tiff"},
        {"background": "white"},
        {"background": "#fff"},
        {"background": "#ffffff\n"},
        {"quality": 0},
        {"quality": 101},
        {"max_bytes": 0},
        {"focus": (1001, 0)},
        {"focus": (0, -1)},
    ],
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="a rendition cannot have"):
        dataclasses.replace(SPEC, **wrong)


CHANGES = {
    "width": 1081,
    "height": 1351,
    "fit": "contain",
    "format": "webp",
    "background": "#fffffe",
    "quality": 87,
    "max_bytes": 150_000,
    "focus": (500, 351),
    "upscale": True,
    "label": Label("trainedAlgorithmicMedia", "spring"),
}


def test_every_field_is_part_of_the_key():
    assert set(CHANGES) == {field.name for field in dataclasses.fields(RenditionSpec)}
    keys = [render_key(MASTER, SPEC, "libvips-8")]
    keys += [
        render_key(MASTER, dataclasses.replace(SPEC, **{name: value}), "libvips-8")
        for name, value in CHANGES.items()
    ]
    keys += [render_key("cd" * 32, SPEC, "libvips-8"), render_key(MASTER, SPEC, "libvips-9")]
    assert len(set(keys)) == len(CHANGES) + 3


def test_key_is_stable():
    # A change here draws every rendition of every user again: meant, or a mistake?
    key = render_key(MASTER, SPEC, "libvips-8")
    assert key == "r1-7a1c17836250d239a13b848025b991740f9f48c895ffe39f877f4730733e382d"


def test_encoder_names_its_major_version():
    assert f"libvips-{pyvips.version(0)}" == ENCODER
