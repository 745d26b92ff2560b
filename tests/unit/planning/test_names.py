"""Names of files: safe wherever they are copied to, and one for each."""

import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.domain.plan import Address
from pipeline.manifest.files import MAX_ID, picture_id
from pipeline.manifest.rules.names import MAX_NAME
from pipeline.planning.view import MOST_NAME, human_name

ID = st.from_regex(r"[a-z0-9][a-z0-9_-]*", fullmatch=True).map(lambda text: text[:MAX_NAME])
FILE = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)
PICTURE = FILE.map(lambda name: picture_id(f"images/{name}", "images")[:MAX_ID]).filter(bool)
ADDRESS = st.builds(
    Address, set=ID, picture=PICTURE, variant=ID, size=ID, take=st.integers(1, 10_000)
)
LONG = Address("s" * 60, "p" * 120, "v" * 60, "z" * 60, 9999)
DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9])(\..*)?", re.IGNORECASE)


@given(address=ADDRESS, extension=st.sampled_from(["jpg", "png", "webp", "avif"]))
@example(address=LONG, extension="avif")
@example(address=Address("con", "nul", "aux", "prn", 1), extension="jpg")
def test_a_name_is_safe_on_every_file_system(address, extension):
    name = human_name(address, size=address.size, extension=extension)
    assert len(name.encode()) <= MOST_NAME
    assert name == name.lower()
    assert unicodedata.normalize("NFD", name) == name
    assert re.fullmatch(r"[a-z0-9._-]+", name)
    assert not name.startswith((".", "-"))
    assert not name.endswith((".", " "))
    assert DEVICES.fullmatch(name) is None
    assert name.endswith(f".{extension}")


@given(picture=st.tuples(PICTURE, PICTURE), take=st.tuples(*[st.integers(1, 40)] * 2))
@example(picture=("p" * 120, "p" * 119 + "q"), take=(1, 1))
@example(picture=("p" * 120, "p" * 120), take=(1, 2))
def test_two_pictures_of_a_set_never_share_a_name(picture, take):
    one, other = (
        LONG._replace(picture=name, take=number) for name, number in zip(picture, take, strict=True)
    )
    names = {human_name(each, size=each.size, extension="jpg") for each in (one, other)}
    assert len(names) == len({one, other})


def test_a_long_name_keeps_its_beginning_and_its_end():
    name = human_name(LONG, size="feed", extension="jpg")
    assert name.startswith("s" * 60 + "-pp")
    assert name.endswith("--feed--t9999.jpg")
