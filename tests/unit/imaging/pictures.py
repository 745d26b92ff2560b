"""Test pictures, made and read back with Pillow: the oracle shares no code with the product."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image


def smooth(width, height):
    """A colourful picture without hard edges."""
    down, across = np.mgrid[0:height, 0:width]
    red = 127 + 120 * np.sin(across / max(width, 2) * 5)
    green = 127 + 120 * np.cos(down / max(height, 2) * 4)
    blue = 255 * (across + down) / (width + height)
    return Image.fromarray(np.stack([red, green, blue], -1).astype(np.uint8))


def noisy(width, height, seed=0):
    """A picture that compresses badly."""
    values = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


def encoded(image, form, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def saved(path, image, form, **options):
    path.write_bytes(encoded(image, form, **options))
    return path


def read(path):
    """The picture in a file, fully decoded."""
    image = Image.open(io.BytesIO(Path(path).read_bytes()))
    image.load()
    return image


def psnr(one, other):
    """Peak signal-to-noise ratio of two pictures of equal size, dB."""
    difference = np.asarray(one, float) - np.asarray(other, float)
    error = float(np.mean(difference**2))
    return 99.0 if error == 0 else 10 * np.log10(255**2 / error)


def png_claiming(width, height):
    """A complete little PNG file whose header claims another size than its data has."""

    def chunk(kind, body):
        checksum = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def jpeg_claiming(width, height):
    data = bytearray(encoded(smooth(32, 32), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def leftovers(folder):
    """Names of all files in a folder, hidden ones too."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
