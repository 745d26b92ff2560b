"""Marks that files bring with them: found in every container, and never believed too much."""

import io
import socket
import struct
import subprocess
import sys
from pathlib import Path

import c2pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from pipeline.domain.marks import Mark, Marks, Seal, short_type
from pipeline.imaging.provenance import boxes, texts
from pipeline.imaging.provenance.credentials import SETTINGS, credentials
from pipeline.imaging.provenance.reading import marks_of
from tests.unit.provenance.conftest import FORMATS, picture

TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
SPACES = (
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
)


def xmp(attributes: str = "", inside: str = "") -> bytes:
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {SPACES} {attributes}>{inside}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def with_xmp(form: str, packet: bytes) -> bytes:
    if form == "png":  # Pillow takes the option and ignores it
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet.decode())
        return picture("png", pnginfo=info)
    return picture(form, xmp=packet)


@pytest.mark.parametrize("form", FORMATS)
def test_the_source_type_is_read_from_every_container(file, form):
    marks = marks_of(file(with_xmp(form, xmp(f'Iptc4xmpExt:DigitalSourceType="{TRAINED}"'))))
    assert (marks.format, marks.source_types) == (form, ("trainedAlgorithmicMedia",))
    assert marks.says_ai
    assert marks.credentials.seal is Seal.NONE


@pytest.mark.parametrize(
    "inside",
    [
        f"<Iptc4xmpExt:DigitalSourceType>{TRAINED}</Iptc4xmpExt:DigitalSourceType>",
        f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{TRAINED}"/>',
        f"<Iptc4xmpExt:DigitalSourceType>\n{TRAINED}/\n</Iptc4xmpExt:DigitalSourceType>",
    ],
)
def test_the_ways_in_which_xmp_may_say_it(inside):
    assert texts.of_xmp(xmp(inside=inside))[0] == ("trainedAlgorithmicMedia",)


def test_marks_of_vendors(file):
    exif = Image.Exif()
    exif[0x0131] = "Seedream (4.5, ASCII)"
    exif[0x010E] = '{"AIGC":{"Label":"1","ContentProducer":"x"}}'
    found = marks_of(file(picture("jpeg", exif=exif, xmp=xmp('photoshop:Credit="Made with AI"'))))
    assert found.marks == (
        Mark("XMP", "credit", "Made with AI"),
        Mark("EXIF", "AIGC", '{"AIGC":{"Label":"1","ContentProducer":"x"}}'),
        Mark("EXIF", "software", "Seedream (4.5, ASCII)"),
    )
    assert found.says_ai
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a coat\nSteps: 20")
    png = marks_of(file(picture("png", pnginfo=info)))
    assert png.marks == (Mark("text", "AI parameters", "parameters: a coat Steps: 20"),)
    assert png.says_ai
    labelled = marks_of(file(picture("webp", xmp=xmp("""TC260:AIGC='{"Label":"1"}'"""))))
    assert labelled.marks == (Mark("XMP", "AIGC", '{"Label":"1"}'),)


def test_iptc_credit():
    block = b"\x1c\x02\x6e\x00\x13Made with Google AI"
    assert list(texts._of_iptc(block)) == [Mark("IPTC", "credit", "Made with Google AI")]


def test_an_ordinary_photograph_says_nothing(file):
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    marks = marks_of(file(picture("jpeg", exif=exif)))
    assert not marks.says_ai
    assert marks.marks == (Mark("EXIF", "make", "A camera"),)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "'
    + b"z" * 1000
    + b'"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
)


@pytest.mark.parametrize("packet", [BOMB, b"<x", b"\xff\xfe\x00", b"<x>\x01</x>"])
def test_xmp_that_is_hostile_or_broken_is_told_not_obeyed(file, packet):
    with pytest.raises(ValueError, match=r"entities|no XML"):
        texts.of_xmp(packet)
    marks = marks_of(file(picture("jpeg", xmp=packet)))
    assert marks.trouble.startswith("its XMP cannot be read: ")
    assert not marks.says_ai


def test_long_and_invisible_texts_become_one_short_line():
    packet = xmp(inside=f"<photoshop:Credit>a\u202e\n{'b' * 5000}</photoshop:Credit>")
    ((mark,)) = texts.of_xmp(packet)[1]
    assert len(mark.value) == texts.LONGEST
    assert mark.value.isprintable()


@pytest.mark.parametrize("form", FORMATS)
def test_files_that_lie_about_their_type(office, tmp_path, form):
    """The name counts for nothing, the bytes do."""
    other = "png" if form == "jpeg" else "jpg"
    path = tmp_path / f"lie.{other}"
    path.write_bytes(office.sign(form))
    marks = marks_of(path)
    assert (marks.format, marks.credentials.seal) == (form, Seal.VALID)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_is_cut_short_is_not_called_valid(office, file, form):
    data = office.sign(form)
    for share in (3, 9):
        seal = marks_of(file(data[: len(data) * share // 10])).credentials.seal
        assert not seal.holds


def test_things_that_are_no_pictures(tmp_path, file):
    assert marks_of(tmp_path / "none").trouble == "there is no such file"
    assert marks_of(tmp_path).trouble == "it is a folder"
    assert marks_of(file(b"")).trouble == "it is empty"
    marks = marks_of(file(b"%PDF-1.7 c2pa jumb"))
    assert (marks.format, marks.credentials.seal) == ("", Seal.NONE)
    assert "a PDF" in marks.trouble


STARTS = (
    b"\xff\xd8\xff\xe0\x00\x04ab",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\xff\xff\xff\xffWEBP",
    b"\0\0\0\x14ftypavif\0\0\0\0mif1",
    b"II*\0\x08\0\0\0",
    b"GIF89a\x01\0\x01\0\x80\0\0" + b"\0" * 6,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=200))
def test_no_bytes_make_the_container_reader_fail_or_run_on(start, rest):
    found = boxes.container(io.BytesIO(start + rest))
    assert found.format
    assert isinstance(found.has_credentials, bool)


def test_containers_that_never_end():
    """Parts of no length, and directories that point at each other."""
    boxes.container(io.BytesIO(b"\0\0\0\x08ftypavif" + b"\0\0\0\x08skip" * 50_000))
    loop = b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 8)
    assert not boxes.container(io.BytesIO(loop)).has_credentials
    # A length of more than the file has is not read into memory.
    huge = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 0xFFFFFFFF, b"IDAT")
    assert not boxes.container(io.BytesIO(huge)).has_credentials


GONE = """
import importlib.util
importlib.util.find_spec = lambda name: None
"""
UNFIT = "raise RuntimeError('Unsupported platform')"


@pytest.mark.parametrize("what", ["gone", "unfit"])
def test_without_the_extra_credentials_are_found_and_never_called_valid(office, tmp_path, what):
    path = tmp_path / "a.jpg"
    path.write_bytes(office.sign("jpeg"))
    if what == "unfit":
        (tmp_path / "c2pa.py").write_text(UNFIT)
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
{GONE if what == "gone" else ""}
from pathlib import Path
from pipeline.imaging.provenance.reading import marks_of
marks = marks_of(Path({str(path)!r}))
print(marks.credentials.seal.value, marks.credentials.seal.holds)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "not-validated False\n"


def test_marks_survive_being_kept(office, file):
    marks = marks_of(file(office.sign("png")))
    assert Marks.of_document(marks.document()) == marks
    assert Marks.of_document(Marks(trouble="x").document()) == Marks(trouble="x")


def test_types_of_others_are_kept_whole():
    assert short_type("http://c2pa.org/digitalsourcetype/empty") == (
        "http://c2pa.org/digitalsourcetype/empty"
    )


def test_nobody_is_called_who_keeps_credentials_elsewhere(office, file):
    """A file may name an address where its credentials lie; reading it must not ask there."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.2)
        address = f"http://127.0.0.1:{trap.getsockname()[1]}/manifest"
        identity, result = office.identity, io.BytesIO()
        info = c2pa.C2paSignerInfo(
            identity.algorithm.encode(), identity.chain.encode(), identity.key, None
        )
        claim = {"title": "far", "claim_generator_info": [{"name": "somebody"}]}
        with (
            c2pa.Context.from_dict(dict(SETTINGS)) as context,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder.from_json(claim, context=context) as builder,
        ):
            builder.set_intent(
                c2pa.C2paBuilderIntent.CREATE, c2pa.C2paDigitalSourceType.DIGITAL_CAPTURE
            )
            builder.set_no_embed()
            builder.set_remote_url(address)
            builder.sign(signer, "image/jpeg", io.BytesIO(picture("jpeg")), result)
        assert address.encode() in result.getvalue()
        assert marks_of(file(result.getvalue())).credentials.seal is Seal.NONE
        found = credentials(io.BytesIO(result.getvalue()), "image/jpeg")
        assert found.seal is Seal.DAMAGED
        with pytest.raises(TimeoutError):
            trap.accept()


def test_a_certificate_that_has_expired_since_is_no_sign_of_tampering(file):
    """Nothing proves when a file was signed, so its signature expires with the certificate.

    The file was signed with a certificate that was valid for three seconds.
    """
    expired = Path(__file__).with_name("expired.jpg")
    marks = marks_of(expired)
    assert marks.credentials.seal is Seal.EXPIRED
    assert not marks.credentials.seal.holds
    tampered = bytearray(expired.read_bytes())
    tampered[-10] ^= 1
    assert marks_of(file(bytes(tampered))).credentials.seal is Seal.INVALID
