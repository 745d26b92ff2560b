import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline.domain.campaign import PixelSize
from pipeline.manifest import codes, values


def read(kind, value):
    return TypeAdapter(kind).validate_python(value)


def refused(kind, value):
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    [error] = caught.value.errors()
    return error["type"], error["ctx"]


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        (values.Text, " a b ", "a b"),
        (values.Text, 2026, "2026"),
        (values.Line, "a\n  b", "a b"),
        (values.Size, "1080x1350", PixelSize(1080, 1350)),
        (values.Size, " 1x999999 ", PixelSize(1, 999999)),
        (values.Money, "12.00 USD", 12_000_000),
        (values.Money, 12, 12_000_000),
        (values.Money, "$0.035", 35_000),
        (values.PerCent, "80%", 80),
        (values.PerCent, "100 %", 100),
        (values.Bytes, "500kB", 500_000),
        (values.Bytes, "1.5MB", 1_500_000),
        (values.Bytes, "1KiB", 1024),
        (values.Bytes, "2 MiB", 2_097_152),
        (values.Bytes, 1000, 1000),
        (values.Bytes, "1500 B", 1500),
        (values.Colour, "#F0f0F0", "#f0f0f0"),
        (values.Focus, ["0.5", "0.35"], (500, 350)),
        (values.Focus, [0, 1], (0, 1000)),
        (values.Focus, ["0.0005", "1.0"], (1, 1000)),
        (values.Flag, True, True),
        (values.Takes, 50, 50),
        (values.FitWord, "contain", "contain"),
        (values.Patterns, "a.jpg", ("a.jpg",)),
        (values.Patterns, ["a.jpg", 7], ("a.jpg", "7")),
        (values.Version, 1, 1),
    ],
)
def test_values_are_read_as_people_write_them(kind, written, value):
    assert read(kind, written) == value


@pytest.mark.parametrize(
    ("kind", "written", "code", "fix"),
    [
        (values.Size, "4096*4096", codes.SIZE, "write `4096x4096`"),
        (values.Size, "1080 X 1920 px", codes.SIZE, "write `1080x1920`"),
        (values.Size, "4:5", codes.SIZE, "write the pixels, such as `1080x1350`"),
        (values.Size, "0x10", codes.SIZE, "write it like `1080x1350`"),
        (values.Size, "010x10", codes.SIZE, "write it like `1080x1350`"),
        (values.Size, "1080x1350x3", codes.SIZE, "write it like `1080x1350`"),
        (values.Money, "12 EUR", codes.MONEY, "write it like `12.00 USD`"),
        (values.Money, "0,15", codes.MONEY, "write `0.15`, with a decimal point"),
        (values.Money, -1, codes.MONEY, "write it like `12.00 USD`"),
        (values.Money, 10**12 - 1, codes.MONEY, "write it like `12.00 USD`"),
        (values.PerCent, 80, codes.PER_CENT, "write `80%`"),
        (values.PerCent, "0%", codes.PER_CENT, "write it like `80%`"),
        (values.PerCent, "101%", codes.PER_CENT, "write it like `80%`"),
        (values.PerCent, "0.8", codes.PER_CENT, "write it like `80%`"),
        (values.Bytes, 999, codes.BYTES, "did you mean `999kB`?"),
        (values.Bytes, 0, codes.BYTES, "write it like `500kB`"),
        (values.Bytes, "500 KB", codes.BYTES, "did you mean `500kB`?"),
        (values.Bytes, "2mb", codes.BYTES, "did you mean `2MB`?"),
        (values.Bytes, "2 GB", codes.BYTES, "write it like `500kB` or `1.5MB`"),
        (values.Bytes, "9999MB", codes.BYTES, "write it like `500kB`"),
        (values.Colour, "ffffff", codes.COLOUR, 'write `"#ffffff"`'),
        (values.Colour, "white", codes.COLOUR, 'write it like `"#ffffff"`, in quotes'),
        (values.Colour, "#fff", codes.COLOUR, 'write it like `"#ffffff"`, in quotes'),
        (values.Focus, ["0.5"], codes.FOCUS, "write it like `[0.5, 0.35]`"),
        (values.Focus, ["0.5", "1.01"], codes.FOCUS, "write it like `[0.5, 0.35]`"),
        (values.Focus, ["0.5", "-0.1"], codes.FOCUS, "write it like `[0.5, 0.35]`"),
        (values.Focus, [[], {}], codes.FOCUS, "write it like `[0.5, 0.35]`"),
        (values.Flag, "no", codes.KIND, "write `false`"),
        (values.Flag, "True", codes.KIND, "write `true`"),
        (values.Flag, 1, codes.KIND, ""),
        (values.Takes, 0, codes.RANGE, "write `1` or more"),
        (values.Takes, 51, codes.RANGE, "write `50` or less"),
        (values.Takes, "07", codes.KIND, "write `7`, without quotes or leading zeros"),
        (values.Takes, "two", codes.KIND, ""),
        (values.Takes, True, codes.KIND, ""),
        (values.FormatWord, "jpg", codes.CHOICE, "did you mean `jpeg`? "),
        (values.FitWord, " cover", codes.CHOICE, "did you mean `cover`? "),
        (values.FitWord, 5, codes.KIND, ""),
        (values.Text, True, codes.KIND, 'put it in quotes: `"true"`'),
        (values.Text, [], codes.KIND, ""),
        (values.Version, 3, codes.VERSION, "write `version: 1`, "),
        (values.Version, "1", codes.KIND, "write `version: 1`"),
    ],
)
def test_refused_values_say_what_to_write(kind, written, code, fix):
    found, parts = refused(kind, written)
    assert found == code
    assert parts["fix"].startswith(fix)
    assert bool(parts["fix"]) == bool(fix)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("0x10", "each side is a whole number of pixels from 1 to 999,999"),
        ("1000000x10", "each side is a whole number of pixels from 1 to 999,999"),
        ("1080", "a size is width x height in pixels, with an `x` between"),
    ],
)
def test_a_size_that_is_none_is_told_from_one_that_cannot_be(written, why):
    assert refused(values.Size, written)[1]["why"] == why
