"""Picture in, picture out: colour, scale and background, without any file."""

import pyvips

RGB = tuple[int, int, int]


def to_srgb(image: pyvips.Image) -> pyvips.Image:
    """Bring any colour space to 8-bit sRGB; transparency stays.

    A profile in the picture is obeyed; where there is none, or one that does not fit, CMYK is read
    by libvips' own CMYK profile and everything else as sRGB.
    """
    is_cmyk = image.interpretation == "cmyk"
    if is_cmyk or image.get_typeof("icc-profile-data") != 0:
        fallback = "cmyk" if is_cmyk else "srgb"
        image = image.icc_transform("srgb", embedded=True, input_profile=fallback)
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    return image if image.format == "uchar" else image.cast("uchar")


def over(data: memoryview, width: int, height: int) -> pyvips.Image:
    """A picture over 8-bit sRGB pixels in memory, three bytes each; they are not copied."""
    image = pyvips.Image.new_from_memory(data, width, height, 3, "uchar")
    return image.copy(interpretation="srgb")


def resize(image: pyvips.Image, width: int, height: int) -> pyvips.Image:
    """Scale to exactly this size (Lanczos), transparent pixels not bleeding into their neighbours.

    Args:
        image: in memory: it is read out of order.
        width: px, 1 or more.
        height: px, 1 or more.
    """
    if (width, height) == (image.width, image.height):
        return image
    horizontal, vertical = width / image.width, height / image.height
    if not image.hasalpha():
        return image.resize(horizontal, vscale=vertical)
    scaled = image.premultiply().resize(horizontal, vscale=vertical).unpremultiply()
    return scaled.rint().cast(image.format)  # a bare cast would cut 254.99 down to 254


def flatten(image: pyvips.Image, background: RGB) -> pyvips.Image:
    """Lay an sRGB picture on a plain background; an opaque one is returned as it is."""
    if not image.hasalpha():
        return image
    return image.flatten(background=list(background))


def pad(image: pyvips.Image, width: int, height: int, background: RGB) -> pyvips.Image:
    """Centre an opaque picture on a plain background of at least its size."""
    left, top = (width - image.width) // 2, (height - image.height) // 2
    return image.embed(left, top, width, height, extend="background", background=list(background))
