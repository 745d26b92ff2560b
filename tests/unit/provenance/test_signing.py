"""Signed renditions: read back by the reference implementation, broken in every way."""

import io
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import c2pa
import pytest
from PIL import Image

from pipeline.domain.labels import DRAFT_WORDS, Label
from pipeline.domain.marks import Seal
from pipeline.domain.rendition import RenditionSpec
from pipeline.imaging.provenance.credentials import SETTINGS
from pipeline.imaging.provenance.reading import Trust, marks_of
from pipeline.imaging.provenance.signing import Signer, SigningError
from pipeline.imaging.render import Rendered, RenditionProblem, render_all
from tests.unit.provenance.conftest import EDIT, FORMATS, picture


def manifests(data: bytes, form: str) -> dict:
    """What the library's own reader says, with nothing of ours between."""
    with (
        c2pa.Context.from_dict(dict(SETTINGS)) as context,
        c2pa.Reader(f"image/{form}", io.BytesIO(data), context=context) as reader,
    ):
        return json.loads(reader.json())


def active(data: bytes, form: str = "jpeg") -> dict:
    body = manifests(data, form)
    return body["manifests"][body["active_manifest"]]


@pytest.mark.parametrize("form", FORMATS)
def test_a_signed_rendition_validates_and_names_its_master_as_parent(office, file, form):
    data = office.sign(form)
    assert manifests(data, form)["validation_state"] == "Valid"
    (parent,) = active(data, form)["ingredients"]
    assert (parent["relationship"], parent["title"]) == ("parentOf", "0a1b.jpeg")
    assert "thumbnail" not in active(data, form)
    assert "thumbnail" not in parent
    seal = marks_of(file(data), Trust(own_roots=office.roots)).credentials
    assert seal.seal is Seal.DEVELOPMENT
    assert seal.title == f"anna-front--snow--feed.{form}"
    assert seal.generator == "campaign-pipeline 0.1.0"
    assert seal.source_types == ("compositeWithTrainedAlgorithmicMedia",)
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        assert (opened.format.lower(), opened.size) == (form, (96, 64))


def test_the_claim_says_what_was_done_in_order(office):
    actions = active(office.sign("png"), "png")["assertions"][0]["data"]["actions"]
    assert [one["action"] for one in actions] == [
        "c2pa.opened",
        "c2pa.edited",
        "c2pa.resized",
        "c2pa.cropped",
        "c2pa.transcoded",
    ]
    assert actions[1]["softwareAgent"]["name"] == "bytedance/seedream"
    assert actions[1]["digitalSourceType"] == EDIT.source_uri
    contained = active(office.sign("jpeg", fit="contain"))["assertions"][0]["data"]["actions"]
    assert [one["action"] for one in contained[2:]] == ["c2pa.resized"]


def test_text_to_image_and_drafts_say_so(office):
    words = active(office.sign("jpeg", label=replace(EDIT, source_type="trainedAlgorithmicMedia")))
    opened, *others = words["assertions"][0]["data"]["actions"]
    assert opened["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert "c2pa.edited" not in {one["action"] for one in others}
    draft = active(office.sign("jpeg", label=Label("compositeSynthetic", "winter", is_draft=True)))
    assert draft["title"].startswith("DRAFT ")
    edited = draft["assertions"][0]["data"]["actions"][1]
    assert edited["description"] == DRAFT_WORDS
    assert edited["softwareAgent"]["name"] == "campaign-pipeline draft engine"
    assert "seedream" not in json.dumps(draft)


def test_credentials_of_a_master_become_part_of_the_chain(office, file, tmp_path):
    master = tmp_path / "signed-master"
    master.write_bytes(office.sign("png"))
    before = master.read_bytes()
    signer = Signer(office.identity, master)
    spec = RenditionSpec(96, 64, label=EDIT)
    data = signer(picture("jpeg"), mime="image/jpeg", master=master, spec=spec, name="a.jpg")
    seal = marks_of(file(data), Trust(own_roots=office.roots)).credentials
    assert (seal.seal, seal.claims) == (Seal.DEVELOPMENT, 2)
    assert master.read_bytes() == before
    assert len(data) - len(picture("jpeg")) <= signer.room


def test_a_reencode_loses_the_signature_and_a_changed_byte_breaks_it(office, file):
    data = office.sign("jpeg", data=picture("jpeg", xmp=b"<x/>"))
    assert b"<x/>" in data
    again = io.BytesIO()
    with Image.open(io.BytesIO(data)) as opened:
        opened.save(again, "jpeg")
    assert marks_of(file(again.getvalue())).credentials.seal is Seal.NONE
    tampered = bytearray(data)
    tampered[-20] ^= 1
    seal = marks_of(file(bytes(tampered)), Trust(own_roots=office.roots)).credentials
    assert seal.seal is Seal.INVALID
    assert "dataHash.mismatch" in seal.failures[0]


def test_a_signer_elsewhere_is_unknown_and_named_roots_are_trusted(office, file):
    path = file(office.sign("webp"))
    assert marks_of(path).credentials.seal is Seal.VALID
    assert marks_of(path, Trust(anchors=office.roots)).credentials.seal is Seal.TRUSTED


def test_the_same_file_signed_twice_differs_and_only_in_its_credentials(office):
    first, second = office.sign("jpeg"), office.sign("jpeg")
    assert first != second
    assert len(first) == len(second)


def test_rendering_signs_last_and_keeps_the_byte_ceiling(office, tmp_path):
    spec = RenditionSpec(160, 160, label=EDIT, max_bytes=18_000, upscale=True)
    target = tmp_path / "feed" / "a.jpg"
    signer = Signer(office.identity, office.master)
    (made,) = render_all(office.master, [(spec, target)], sign=signer)
    assert isinstance(made, Rendered)
    assert made.bytes == target.stat().st_size <= 18_000
    assert not made.over_bytes
    marks = marks_of(target, Trust(own_roots=office.roots))
    assert marks.credentials.seal is Seal.DEVELOPMENT
    assert marks.source_types == ("compositeWithTrainedAlgorithmicMedia",)


def test_what_cannot_be_signed_is_not_written(office, tmp_path):
    spec = RenditionSpec(96, 64, label=EDIT)
    target = tmp_path / "a.jpg"
    other = replace(office.identity, key=b"-----BEGIN PRIVATE KEY-----\n")
    (made,) = render_all(office.master, [(spec, target)], sign=Signer(other, office.master))
    assert isinstance(made, RenditionProblem)
    assert made.reason.startswith("it cannot be signed: ")
    assert not target.exists()
    with pytest.raises(SigningError, match="could not be parsed"):
        office.sign("jpeg", data=picture("png"))


def test_several_threads_sign_at_once(office):
    with ThreadPoolExecutor(4) as pool:
        signed = list(pool.map(lambda _: office.sign("jpeg"), range(12)))
    assert {manifests(one, "jpeg")["validation_state"] for one in signed} == {"Valid"}


def test_the_key_is_nowhere_in_what_is_signed_or_shown(office):
    secret = office.identity.key
    assert b"PRIVATE" in secret
    assert "PRIVATE" not in repr(office.identity)
    assert secret.splitlines()[1] not in office.sign("jpeg")
    assert stat.S_IMODE((office.folder / "key.pem").stat().st_mode) == 0o600
