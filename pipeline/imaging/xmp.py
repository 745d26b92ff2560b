"""The XMP packet of a rendition: its label, in words of the IPTC Photo Metadata Standard 2025.1.

The packet is made of nothing but the label, so equal labels are equal bytes; it holds no date, no
name of this program's version and nothing of the source pictures. Property names of the standard's
Extension schema (2025.1): `DigitalSourceType`, `AISystemUsed`, `AIPromptInformation`. The model's
version is part of the model's id, so `AISystemVersionUsed` is left out rather than guessed.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

import pyvips

from pipeline.domain.labels import DRAFT_WORDS, Label

TOOL = "campaign-pipeline"
_FIELD = "xmp-data"
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
_PNG_HEADER = 33
"""Length of a PNG's signature and its first chunk, which is always there and always as long."""
_PNG_KEYWORD = b"XML:com.adobe.xmp\0" + b"\0\0" + b"\0" + b"\0"
"""Keyword, not compressed, no language, no translated keyword."""
# What XML 1.0 cannot hold, even escaped.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def packet(label: Label) -> bytes:
    """A label as an XMP packet in UTF-8."""
    spaces = "".join(f' xmlns:{name}="{uri}"' for name, uri in _NAMESPACES.items())
    body = "".join(f"\n  {element}" for element in _elements(label))
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f' <rdf:Description rdf:about=""{spaces}>{body}\n </rdf:Description>\n'
        "</rdf:RDF>\n</x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    )
    return text.encode()


def labelled(image: pyvips.Image, label: Label) -> pyvips.Image:
    """A picture that carries its label in place of any other XMP, for savers that keep XMP."""
    image = image.copy()
    image.set_type(pyvips.GValue.blob_type, _FIELD, packet(label))  # type: ignore[arg-type] # its annotation lacks blobs
    return image


def into_png(data: bytes, label: Label) -> bytes:
    """A PNG file with its label behind the header, as it is.

    The encoder would compress it, which the XMP specification (part 3, 1.1.5) asks not to do:
    programs that look for the packet in the file's bytes would not find it.

    Args:
        data: a whole PNG file without XMP.
        label: of it.
    """
    body = b"iTXt" + _PNG_KEYWORD + packet(label)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:_PNG_HEADER] + chunk + data[_PNG_HEADER:]


def _elements(label: Label) -> Iterator[str]:
    yield _text("Iptc4xmpExt:DigitalSourceType", label.source_uri)
    if label.system:
        yield _text("Iptc4xmpExt:AISystemUsed", label.system)
    if label.prompt is not None:
        yield _text("Iptc4xmpExt:AIPromptInformation", label.prompt)
    yield _text("xmp:CreatorTool", TOOL)
    yield _text("photoshop:TransmissionReference", label.campaign)
    if label.is_draft:
        yield _text("xmp:Label", "Draft")
        yield _text("photoshop:Instructions", DRAFT_WORDS)
        language = f"<rdf:li xml:lang={quoteattr('x-default')}>{escape(DRAFT_WORDS)}</rdf:li>"
        yield f"<dc:description><rdf:Alt>{language}</rdf:Alt></dc:description>"


def _text(name: str, value: str) -> str:
    return f"<{name}>{escape(_IMPOSSIBLE.sub('', value))}</{name}>"
