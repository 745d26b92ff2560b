"""What files say about themselves, read back from their bytes by readers of our own and Pillow."""

import io
import struct
import xml.etree.ElementTree as ET
import zlib

import pytest
from PIL import Image

from pipeline.domain.identity import Recipe
from pipeline.domain.labels import MOST_PROMPT, Label, label_of
from pipeline.domain.rendition import RenditionSpec, render_key
from pipeline.imaging.render import Rendered, RenditionProblem, render_all
from pipeline.imaging.xmp import packet
from tests.unit.imaging.pictures import leftovers, noisy, saved, smooth

FORMATS = ("jpeg", "png", "webp", "avif")
SPACES = {
    "ext": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
}
TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
LABEL = Label(
    "compositeWithTrainedAlgorithmicMedia",
    "winter",
    "bytedance/seedream-v4.5/edit",
    "wavespeed",
    prompt='Put "her" in <snow> & 雪.',
)


def of_jpeg(data):
    at, found = 2, []
    while data[at] == 0xFF and data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        body = data[at + 4 : at + 2 + length]
        if data[at + 1] == 0xE1 and body.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
            found.append(body.partition(b"\0")[2])
        at += 2 + length
    return found


def of_png(data):
    at, found = 8, []
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        (crc,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert crc == zlib.crc32(kind + body)
        if kind == b"iTXt" and body.startswith(b"XML:com.adobe.xmp\0"):
            assert body[18:22] == bytes(4), "not compressed, no language, no other keyword"
            found.append(body[22:])
        at += 12 + length
    return found


def of_webp(data):
    at, found = 12, []
    while at < len(data):
        kind, length = struct.unpack("<4sI", data[at : at + 8])
        if kind == b"XMP ":
            found.append(data[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
    return found


def of_avif(data):
    """The item's place stands in tables of the container; its bytes stand as they are."""
    found, at = [], 0
    while (at := data.find(b"<?xpacket begin", at)) >= 0:
        end = data.index(b"?>", data.index(b"<?xpacket end", at)) + 2
        found.append(data[at:end])
        at = end
    assert not found or b"application/rdf+xml" in data
    return found


PACKETS = {"jpeg": of_jpeg, "png": of_png, "webp": of_webp, "avif": of_avif}


def told(data, form):
    """What a file's one packet says, by name."""
    (found,) = PACKETS[form](data)
    about = ET.fromstring(found).find(".//rdf:Description", SPACES)  # noqa: S314 (our own file)
    short = {uri: name for name, uri in SPACES.items()}
    names = {}
    for one in about:
        space, _, name = one.tag.removeprefix("{").partition("}")
        names[f"{short[space]}:{name}"] = "".join(one.itertext())
    return names


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>a secret</x:xmpmeta>"
    folder = tmp_path_factory.mktemp("labels")
    return saved(folder / "m.jpg", smooth(60, 40), "JPEG", exif=exif, xmp=xmp)


def rendered(master, target, **wanted):
    (result,) = render_all(master, [(RenditionSpec(30, 20, **wanted), target)])
    assert isinstance(result, Rendered), result
    return target.read_bytes()


class TestFiles:
    @pytest.mark.parametrize("form", FORMATS)
    def test_a_label_is_read_back_word_for_word(self, tmp_path, master, form):
        data = rendered(master, tmp_path / "o", format=form, label=LABEL)
        assert told(data, form) == {
            "ext:DigitalSourceType": TERMS + "compositeWithTrainedAlgorithmicMedia",
            "ext:AISystemUsed": "bytedance/seedream-v4.5/edit (wavespeed)",
            "ext:AIPromptInformation": 'Put "her" in <snow> & 雪.',
            "xmp:CreatorTool": "campaign-pipeline",
            "photoshop:TransmissionReference": "winter",
        }

    @pytest.mark.parametrize("form", FORMATS)
    def test_pillow_finds_it_and_nothing_else(self, tmp_path, master, form):
        data = rendered(master, tmp_path / "o", format=form, label=LABEL)
        image = Image.open(io.BytesIO(data))
        image.load()
        assert image.format == form.upper()
        assert image.info["xmp"] == packet(LABEL)
        assert not {"exif", "icc_profile", "comment"} & set(image.info)
        assert b"secret" not in data

    @pytest.mark.parametrize("form", FORMATS)
    def test_without_a_label_there_is_no_metadata(self, tmp_path, master, form):
        data = rendered(master, tmp_path / "o", format=form)
        assert PACKETS[form](data) == []
        assert b"secret" not in data

    @pytest.mark.parametrize("form", FORMATS)
    def test_the_label_alone_changes_no_pixel(self, tmp_path, master, form):
        plain = rendered(master, tmp_path / "a", format=form)
        marked = rendered(master, tmp_path / "b", format=form, label=LABEL)
        pixels = [Image.open(io.BytesIO(data)).tobytes() for data in (plain, marked)]
        assert pixels[0] == pixels[1]

    def test_the_label_counts_against_a_ceiling(self, tmp_path):
        busy = saved(tmp_path / "m.png", noisy(180, 120), "PNG")
        wanted = {"width": 180, "height": 120, "quality": 95, "format": "webp"}
        (plain,) = render_all(busy, [(RenditionSpec(**wanted), tmp_path / "a")])
        ceiling = plain.bytes + len(packet(LABEL)) // 2
        spec = RenditionSpec(**wanted, label=LABEL, max_bytes=ceiling)
        (result,) = render_all(busy, [(spec, tmp_path / "b")])
        data = (tmp_path / "b").read_bytes()
        assert len(data) == result.bytes <= ceiling
        assert result.quality < 95
        assert told(data, "webp")["photoshop:TransmissionReference"] == "winter"

    def test_what_xml_cannot_hold_is_left_out(self, tmp_path, master):
        odd = Label("trainedAlgorithmicMedia", "winter", "m", "p", prompt="a\x00b\x1b\ufffec\td")
        data = rendered(master, tmp_path / "o", label=odd)
        assert told(data, "jpeg")["ext:AIPromptInformation"] == "abc\td"

    def test_the_longest_prompt_fits_into_a_jpeg(self, tmp_path, master):
        odd = Label("trainedAlgorithmicMedia", "w", prompt="雪" * MOST_PROMPT)
        data = rendered(master, tmp_path / "o", label=odd)
        assert told(data, "jpeg")["ext:AIPromptInformation"] == "雪" * MOST_PROMPT


RECIPE = Recipe("wavespeed", "real", "a/b", "Put it there.", None, {}, "4096x4096", None)


class TestWhichLabel:
    def label(self, recipe=RECIPE, **how):
        plain = {"campaign": "w", "is_edit": True, "is_draft": False, "tells_prompt": False}
        return label_of(recipe, **{**plain, **how})

    def test_edits_are_composites_and_words_alone_are_generated(self):
        assert self.label().source_uri == TERMS + "compositeWithTrainedAlgorithmicMedia"
        assert self.label(is_edit=False).source_uri == TERMS + "trainedAlgorithmicMedia"

    def test_drafts_claim_no_model_and_say_that_they_are_drafts(self, tmp_path, master):
        for is_edit, term in ((True, "compositeSynthetic"), (False, "algorithmicMedia")):
            label = self.label(is_draft=True, is_edit=is_edit)
            said = told(rendered(master, tmp_path / "o", label=label), "jpeg")
            assert said["ext:DigitalSourceType"] == TERMS + term
            assert "ext:AISystemUsed" not in said
            assert said["xmp:Label"] == "Draft"
            assert said["dc:description"].startswith("DRAFT. ")
            assert said["photoshop:Instructions"] == said["dc:description"]

    def test_the_prompt_is_told_only_where_the_author_wants_it(self):
        assert self.label().prompt is None
        assert self.label(tells_prompt=True).prompt == "Put it there."

    def test_a_picture_of_unknown_making_claims_the_stricter_type_and_no_model(self):
        label = self.label(None, tells_prompt=True)
        assert (label.source_type, label.model, label.prompt) == (
            "compositeWithTrainedAlgorithmicMedia",
            "",
            None,
        )

    @pytest.mark.parametrize(
        "other",
        [
            Label("trainedAlgorithmicMedia", "winter"),
            Label("compositeSynthetic", "summer"),
            Label("compositeSynthetic", "winter", is_draft=True),
            Label("compositeSynthetic", "winter", "m"),
            Label("compositeSynthetic", "winter", "m", "p"),
            Label("compositeSynthetic", "winter", prompt=""),
            Label("compositeSynthetic", "winter", prompt="x"),
        ],
    )
    def test_whatever_a_file_says_is_in_its_key(self, other):
        specs = [RenditionSpec(9, 9, label=one) for one in (None, LABEL, other)]
        assert len({render_key("ab" * 32, spec, "e") for spec in specs}) == 3


class TestSigning:
    class Stamp:
        room = 40

        def __init__(self, refusal=""):
            self.refusal, self.asked = refusal, []

        def __call__(self, data, *, mime, master, spec, **more):
            if self.refusal:
                raise ValueError(self.refusal)
            self.asked.append((mime, master, spec, packet(LABEL) in data))
            return data + b"x" * self.room

    def test_what_is_signed_is_the_finished_file_and_is_written_as_it_comes(self, tmp_path, master):
        stamp, spec = self.Stamp(), RenditionSpec(30, 20, label=LABEL, format="webp")
        (result,) = render_all(master, [(spec, tmp_path / "o")], sign=stamp)
        assert stamp.asked == [("image/webp", master, spec, True)]
        assert (tmp_path / "o").read_bytes().endswith(b"x" * 40)
        assert result.bytes == (tmp_path / "o").stat().st_size

    def test_the_signature_counts_against_a_ceiling(self, tmp_path):
        busy = saved(tmp_path / "m.png", noisy(90, 60), "PNG")
        full = len(rendered(busy, tmp_path / "a", quality=80, format="webp"))
        spec = RenditionSpec(30, 20, quality=80, max_bytes=full + 39, format="webp")
        (result,) = render_all(busy, [(spec, tmp_path / "o")], sign=self.Stamp())
        assert result.bytes <= full + 39
        assert result.quality < 80

    def test_what_cannot_be_signed_is_not_written(self, tmp_path, master):
        wanted = [(RenditionSpec(30, 20), tmp_path / "here" / "o")]
        (result,) = render_all(master, wanted, sign=self.Stamp("the key is gone"))
        assert isinstance(result, RenditionProblem)
        assert result.reason == "it cannot be signed: the key is gone"
        assert not leftovers(tmp_path)
