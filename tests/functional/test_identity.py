"""Names are labels: renaming costs nothing, and only what is new is bought."""

import shutil

import pytest

from tests.functional.cli import campaign
from tests.functional.hurry import Hurry
from tests.functional.provider import Provider
from tests.functional.workspace import Workspace

pytestmark = pytest.mark.slow

SMALL = "small: {size: 320x180, upscale: true}"
NATIVE = "tall: {size: 200x300, native: 1664x2496, upscale: true}"


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """A campaign of two pictures in two variants and two sizes, bought whole; and its realm."""
    folder = tmp_path_factory.mktemp("bought")
    workspace = Workspace.make(folder / "shop")
    workspace.campaign(variants=("snow", "studio"), sizes=(SMALL, NATIVE))
    with (
        pytest.MonkeyPatch.context() as patch,
        Provider(folder / "provider") as provider,
    ):
        Hurry(patch)
        patch.chdir(workspace.root)
        for name, value in provider.environment.items():
            patch.setenv(name, value)
        assert campaign("run", "winter", "--yes").code == 0
        assert provider.bill() == 8 * 40_000
    return workspace, provider


@pytest.fixture
def bought(once, workspace, monkeypatch):
    """A copy of it to change; its provider is gone, so nothing can be bought unnoticed."""
    original, provider = once
    shutil.copytree(original.root, workspace.root, dirs_exist_ok=True)
    for name, value in provider.environment.items():
        monkeypatch.setenv(name, value)
    return workspace


def totals(name="winter"):
    """What a plan would buy: pictures, requests, money; and of how many wanted pictures."""
    found = campaign("plan", name, "--json").document["totals"]
    return found["images"], found["requests"], found["cost"], found["cells"]


FREE = (0, 0, 0, 8)


def test_renaming_the_campaign_plans_no_purchase(bought, once):
    bought.folder("winter").rename(bought.folder("winter-2026"))
    bought.edit("winter-2026", "campaign: winter", "campaign: winter-2026")
    assert totals("winter-2026") == FREE
    assert campaign("run", "winter-2026").code == 0
    assert len(bought.delivered("winter-2026", once[1].realm)) == 8 + 4


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("anna: {files", "eve: {files"),
        ("snow: {place", "blizzard: {place"),
        ("tall: {size", "poster: {size"),
        ("small: {size", "tiny: {size"),
        ("title: The campaign winter", "title: Another one"),
        ("cap: 10.00 USD", "cap: 20.00 USD"),
    ],
    ids=["set", "variant", "native size", "derived size", "title", "cap"],
)
def test_renaming_a_part_plans_no_purchase(bought, old, new):
    bought.edit("winter", old, new)
    assert totals() == FREE


def test_moving_and_renaming_pictures_plans_no_purchase(bought):
    images = bought.folder("winter") / "images"
    for number, picture in enumerate(sorted(images.iterdir())):
        picture.rename(images / f"look-{9 - number}.jpg")
    images.rename(images.with_name("shots"))
    bought.edit("winter", "images/*.jpg", "shots/*.jpg")
    assert totals() == FREE


def test_everything_renamed_at_once_plans_no_purchase(bought):
    bought.folder("winter").rename(bought.folder("cold"))
    for old, new in (
        ("campaign: winter", "campaign: cold"),
        ("anna: {files", "eve: {files"),
        ("snow: {place", "blizzard: {place"),
        ("studio: {place", "indoors: {place"),
        ("tall: {size", "poster: {size"),
    ):
        bought.edit("cold", old, new)
    assert totals("cold") == FREE


def test_changing_the_prompt_buys_again_and_changing_it_back_is_free(bought):
    bought.edit("winter", "Put {set.subject}", "Place {set.subject}")
    assert totals() == (8, 4, 8 * 40_000, 8)
    plan = campaign("plan", "winter", "--json").document
    assert {cell["reason"] for cell in plan["cells"]} == {"prompt_changed"}
    assert len(plan["orphans"]) == 8
    bought.edit("winter", "Place {set.subject}", "Put {set.subject}")
    assert totals() == FREE


def test_removing_a_picture_buys_nothing_and_says_what_it_leaves(bought):
    (bought.folder("winter") / "images/p001.jpg").unlink()
    plan = campaign("plan", "winter", "--json").document
    assert plan["totals"]["cost"] == 0
    assert plan["totals"]["orphaned"] == 4 * 40_000


def test_one_picture_added_to_a_set_of_twelve_plans_exactly_one(workspace, provider):
    files = 'anna: {files: ["images/*.jpg"], reference: images/p001.jpg, subject: the woman}'
    workspace.campaign(pictures=range(1, 13), sets=(files,))
    assert campaign("run", "winter", "--yes").code == 0
    assert provider.bill() == 12 * 40_000
    workspace.pictures("winter", [13])
    plan = campaign("plan", "winter", "--json").document
    assert plan["totals"]["images"] == plan["totals"]["requests"] == 1
    assert plan["totals"]["cost"] == 40_000
    (step,) = plan["steps"]
    assert [sent["role"] for sent in step["inputs"]] == ["reference", "source"]
    assert campaign("run", "winter", "--yes").code == 0
    assert provider.bill() == 13 * 40_000
