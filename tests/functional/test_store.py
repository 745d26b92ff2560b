"""Paid pictures outlive a machine: copied, checked, mended, and bought again only when lost."""

import errno
import hashlib
import json
import os
import shutil
import sqlite3

import pytest

from pipeline.adapters.runs import hold_campaign
from pipeline.adapters.store import Store
from tests.functional.cli import campaign
from tests.functional.hurry import Hurry
from tests.functional.provider import Provider, realm_of, said
from tests.functional.workspace import SINGLE, Workspace, receipts
from tests.processes.program import Program

pytestmark = pytest.mark.slow

CELLS = [
    f"anna/{picture}/{variant}/master/t1"
    for variant in ("snow", "studio")
    for picture in ("p001", "p002")
]


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """Two campaigns of two requests each, bought; and the folder of their provider."""
    folder = tmp_path_factory.mktemp("bought")
    workspace = Workspace.make(folder / "shop")
    workspace.campaign(variants=("snow", "studio"))
    workspace.campaign("autumn", pictures=(3,), model=SINGLE)
    with pytest.MonkeyPatch.context() as patch, Provider(folder / "provider") as provider:
        Hurry(patch)
        patch.chdir(workspace.root)
        for name, value in provider.environment.items():
            patch.setenv(name, value)
        assert campaign("run", "--all", "--yes").code == 0
    return workspace.root, folder / "provider", provider.environment


@pytest.fixture
def bought(once, workspace, monkeypatch):
    """A copy of it; the provider does not answer, and there is no key."""
    root, _, environment = once
    shutil.copytree(root, workspace.root, dirs_exist_ok=True)
    monkeypatch.setenv("WAVESPEED_BASE_URL", environment["WAVESPEED_BASE_URL"])
    return workspace


@pytest.fixture
def alive(once, tmp_path, monkeypatch, hurry):
    """The provider again, with all that it keeps, and a key."""
    _, folder, environment = once
    shutil.copytree(folder, tmp_path / "provider")
    with Provider(tmp_path / "provider") as provider:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield provider


@pytest.fixture
def realm(once):
    return realm_of(once[2]["WAVESPEED_BASE_URL"])


@pytest.fixture
def own(bought, realm):
    """The store of this machine."""
    return Store(bought.state(realm) / "store")


@pytest.fixture
def drive(tmp_path):
    """A shared drive."""
    folder = tmp_path / "drive"
    folder.mkdir()
    return Store(folder)


@pytest.fixture
def pushed(own, drive):
    """It has everything."""
    assert campaign("store", "push", str(drive.root)).code == 0
    return drive


def of(workspace, realm, name):
    """Digests of a campaign's pictures, by its lock."""
    gens = receipts(workspace.lock(name, realm), "gen")
    return {output["sha256"] for gen in gens for output in gen["outputs"]}


def rot(store, digest, content=b"rotten"):
    path = store.path_of(digest)
    path.chmod(0o644)
    path.write_bytes(content)


def alter(copy):
    """Change the last byte of a copy in the outputs: no more, so that its length is the same."""
    before = copy.read_bytes()
    copy.chmod(0o644)
    copy.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def forget_pictures(own):
    """Neither the store nor the outputs have them any more."""
    shutil.rmtree(own.root)
    shutil.rmtree("outputs", ignore_errors=True)


# Push and pull


def test_push_copies_what_is_not_there_and_says_so(bought, realm, own, drive):
    told = campaign("store", "push", str(drive.root))
    assert told.code == 0
    assert told.out.startswith("copied   5 pictures, ")
    assert (
        drive.present()
        == own.present()
        == of(bought, realm, "winter") | of(bought, realm, "autumn")
    )
    assert all(map(drive.is_whole, drive.present()))
    before = contents(drive.root)
    again = campaign("store", "push", str(drive.root), "--json").document
    assert again == {
        "store": 1,
        "what": "push",
        "realm": realm,
        "folder": str(drive.root),
        "copied": [],
        "bytes": 0,
        "before": 5,
        "lacking": [],
    }
    assert contents(drive.root) == before


def test_pull_into_a_fresh_clone_brings_everything_back_without_a_key(bought, own, pushed, realm):
    present = own.present()
    delivered = bought.delivered("winter", realm)
    locks = bought.state(realm).parent / "locks"
    (bought.state(realm) / "lock").rename(locks)
    for folder in bought.state().iterdir():
        if folder != locks:
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
    bought.state(realm).mkdir()
    locks.rename(bought.state(realm) / "lock")  # as git would bring those of real money
    bought.forget_outputs()
    told = campaign("store", "pull", str(pushed.root))
    assert (told.code, told.out.split(",")[0]) == (0, "copied   5 pictures")
    assert own.present() == present
    assert (bought.state() / ".gitignore").read_text() == "*\n"
    assert campaign("report", "winter").code == 0
    assert bought.delivered("winter", realm) == delivered
    assert campaign("plan", "winter", "--json").document["totals"]["cost"] == 0


def test_copies_in_the_outputs_stay_where_the_store_is_gone(bought, own, pushed, realm):
    """They may be all that is left, even where somebody altered them."""
    outputs = bought.root / f"outputs/winter/{realm}"
    masters = contents(outputs / "masters")
    for name in masters:
        alter(outputs / "masters" / name)
    altered, delivered = contents(outputs / "masters"), bought.delivered("winter", realm)
    shutil.rmtree(own.root)
    told = campaign("report", "winter")
    assert told.code == 0
    assert "absent    4 pictures bought" in told.err
    assert own.present() == frozenset(), "other bytes are not the picture"
    assert contents(outputs / "masters") == altered
    assert bought.delivered("winter", realm) == delivered
    assert campaign("store", "pull", str(pushed.root)).code == 0
    assert campaign("report", "winter").code == 0
    assert contents(outputs / "masters") == masters


def test_pull_takes_what_the_named_campaigns_have_and_nothing_else(bought, own, pushed, realm):
    stranger = pushed.make_room("5" * 64)
    stranger.write_bytes(b"of another workspace")
    forget_pictures(own)
    told = campaign("store", "pull", str(pushed.root), "autumn", "--json").document
    assert set(told["copied"]) == own.present() == of(bought, realm, "autumn")
    assert campaign("store", "pull", str(pushed.root)).code == 0
    assert own.present() == of(bought, realm, "autumn") | of(bought, realm, "winter")


def test_pull_brings_what_a_campaign_wants_and_another_one_bought(bought, own, pushed, realm):
    assert campaign("init", "spring", "--from", "winter").code == 0
    forget_pictures(own)
    assert campaign("store", "pull", str(pushed.root), "spring").code == 0
    assert own.present() == of(bought, realm, "winter")


def test_damage_here_is_never_pushed(bought, own, drive, realm):
    spoiled = min(of(bought, realm, "winter"))
    rot(own, spoiled)
    told = campaign("store", "push", str(drive.root))
    assert told.code == 5
    assert f"{spoiled[:12]}: damaged here, so it was not copied" in told.out
    assert drive.present() == own.present() - {spoiled}


def test_damage_here_leaves_a_good_one_there_alone(bought, own, pushed, realm):
    spoiled = min(of(bought, realm, "winter"))
    rot(own, spoiled)
    assert campaign("store", "push", str(pushed.root)).code == 0
    assert pushed.is_whole(spoiled)


def test_damage_there_is_never_taken_and_said_with_its_address(bought, own, pushed, realm):
    spoiled = receipts(bought.lock("winter", realm), "gen")[0]
    address, digest = spoiled["cells"][0]["address"], spoiled["outputs"][0]["sha256"]
    rot(pushed, digest, pushed.path_of(digest).read_bytes()[:-1])
    forget_pictures(own)
    told = campaign("store", "pull", str(pushed.root))
    assert told.code == 5
    assert f"lacking  {address}: damaged in {pushed.root}, so it was not taken" in told.out
    assert "the provider keeps it until" in told.out
    assert len(own.present()) == 4
    assert digest not in own


def test_links_and_foreign_files_are_left_alone(bought, own, drive, tmp_path, realm):
    precious = tmp_path / "precious"
    precious.mkdir()
    digest = min(of(bought, realm, "winter"))
    (drive.root / "sha256").mkdir()
    (drive.root / "sha256" / digest[:2]).symlink_to(precious)
    (drive.root / "holiday.jpg").write_bytes(b"a beach")
    (drive.root / "sha256" / "notes.txt").write_bytes(b"mine")
    told = campaign("store", "push", str(drive.root))
    assert told.code == 5
    assert "is in the way" in told.out
    assert list(precious.iterdir()) == []
    forget_pictures(own)
    (precious / digest).write_bytes(b"from behind a link")
    assert campaign("store", "pull", str(drive.root)).code == 5
    assert campaign("store", "verify", str(drive.root)).code == 0
    assert digest not in own
    assert (precious / digest).read_bytes() == b"from behind a link"
    assert (drive.root / "holiday.jpg").read_bytes() == b"a beach"
    assert (drive.root / "sha256" / "notes.txt").read_bytes() == b"mine"


def test_a_folder_that_nobody_may_write_to_is_refused_and_can_be_pulled_from(
    bought, own, pushed, monkeypatch
):
    present = own.present()
    forget_pictures(own)
    before = contents(pushed.root)
    for path in (pushed.root, *pushed.root.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert campaign("store", "pull", str(pushed.root)).code == 0
    assert campaign("store", "push", str(pushed.root)).code == 0, "nothing is to be written"
    assert campaign("store", "verify", str(pushed.root)).code == 0
    assert own.present() == present
    assert contents(pushed.root) == before


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), 2),
        (OSError(errno.EROFS, "Read-only file system"), 2),
        (OSError(errno.ENOSPC, "No space left on device"), 5),
    ],
    ids=["forbidden", "read-only", "full"],
)
@pytest.mark.usefixtures("bought")
def test_what_cannot_be_written_stops_with_its_reason_and_goes_on_later(
    own, drive, monkeypatch, error, code
):
    real = os.fsync
    written = []

    def fails_at_the_fourth(handle):
        written.append(handle)
        if len(written) > 3:
            raise error
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails_at_the_fourth)
        told = campaign("store", "push", str(drive.root))
    assert told.code == code
    assert f"error[S030]: `{drive.root}` cannot be written" in told.err
    assert error.strerror in told.err
    assert all(map(drive.is_whole, drive.present()))
    assert drive.unfinished() == []
    assert campaign("store", "push", str(drive.root)).code == 0
    assert drive.present() == own.present()


@pytest.mark.parametrize(
    "where", ["{root}/.campaign", "{store}", "{store}/sha256", "{root}/outputs"]
)
@pytest.mark.parametrize("what", ["push", "pull", "verify"])
def test_a_folder_inside_the_program_s_own_is_refused(bought, own, where, what):
    folder = where.format(root=bought.root, store=own.root)
    before = contents(bought.root)
    told = campaign("store", what, folder)
    assert told.code == 2
    assert "error[S032]" in told.err
    assert contents(bought.root) == before


def test_a_link_to_the_store_is_the_store(bought, own, tmp_path):
    (tmp_path / "link").symlink_to(own.root)
    assert "error[S032]" in campaign("store", "push", str(tmp_path / "link")).err


@pytest.mark.parametrize("what", ["push", "pull", "verify"])
def test_a_drive_that_is_not_mounted_is_not_made_up(bought, tmp_path, what):
    told = campaign("store", what, str(tmp_path / "nowhere"))
    assert told.code == 2
    assert "error[S031]" in told.err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("what", ["pull", "verify"])
def test_a_folder_without_a_store_is_refused(bought, drive, what):
    told = campaign("store", what, str(drive.root))
    assert (told.code, "error[S033]" in told.err) == (2, True)


def test_a_store_behind_a_link_is_refused(bought, drive, tmp_path):
    (drive.root / "sha256").symlink_to(tmp_path)
    assert "error[S033]" in campaign("store", "push", str(drive.root)).err


def test_a_campaign_that_is_not_there_is_refused(bought, pushed):
    told = campaign("store", "pull", str(pushed.root), "wintr")
    assert told.code == 2
    assert "did you mean `winter`?" in told.err


def test_drafts_have_a_store_of_their_own(workspace, drive):
    pytest.importorskip("cv2")
    workspace.campaign(pictures=(1,))
    assert campaign("run", "winter", "--draft").code == 0
    assert campaign("store", "push", str(drive.root)).out.startswith("copied   0 pictures")
    assert campaign("store", "push", str(drive.root), "--draft").code == 0
    draft = Store(workspace.state("draft") / "store")
    assert drive.present() == draft.present() != frozenset()
    spoiled = min(draft.present())
    rot(draft, spoiled)
    workspace.forget_outputs()
    told = campaign("store", "verify", "--draft")
    assert told.code == 0
    assert f"mended   {spoiled[:12]}: from the provider" in told.out


def test_several_machines_push_at_once(bought, own, drive, tmp_path):
    for number in range(200):
        content = str(number).encode() * 5000
        digest = hashlib.sha256(content).hexdigest()
        own.make_room(digest).write_bytes(content)
    shutil.copytree(bought.root, tmp_path / "second")
    environment = {"WAVESPEED_BASE_URL": os.environ["WAVESPEED_BASE_URL"]}
    programs = [
        Program("store", "push", str(drive.root), cwd=root, environment=environment)
        for root in (bought.root, tmp_path / "second")
    ]
    for program in programs:
        with program:
            assert program.ended().code == 0
    assert drive.present() == own.present()
    assert all(map(drive.is_whole, drive.present()))
    assert drive.unfinished() == []


# Verify


def test_a_whole_store_is_said_to_be_whole(bought, own):
    told = campaign("store", "verify")
    assert (told.code, told.out.split(",")[0]) == (0, "checked  5 pictures")
    assert not (own.root / "damaged").exists()


@pytest.mark.parametrize("content", [b"", b"rotten"])
def test_damage_is_set_aside_never_deleted_and_replaced_from_the_folder_later(
    bought, own, pushed, realm, content
):
    bought.forget_outputs()
    spoiled = min(of(bought, realm, "winter"))
    rot(own, spoiled, content)
    told = campaign("store", "verify")
    assert told.code == 5
    (aside,) = (own.root / "damaged").iterdir()
    assert aside.read_bytes() == content
    assert f"damaged  {spoiled[:12]}: set aside at {aside.relative_to(bought.root)}" in told.out
    assert "the provider was not asked: there is no API key" in told.out
    assert campaign("store", "verify").code == 5, "it is still not there"
    assert campaign("plan", "winter", "--json").document["totals"]["cost"] == 0
    assert campaign("store", "pull", str(pushed.root), "winter").code == 0
    assert own.is_whole(spoiled)
    assert campaign("store", "verify").code == 0


def test_each_side_is_mended_from_the_other(bought, own, pushed, realm):
    here, there, *_ = sorted(of(bought, realm, "winter"))
    rot(own, here)
    rot(pushed, there)
    told = campaign("store", "verify", str(pushed.root), "--json")
    assert told.code == 0
    first, second = told.document["sides"]
    assert first["mended"] == [{"sha256": here, "from": str(pushed.root)}]
    assert [one["sha256"] for one in second["set_aside"]] == [there]
    assert all(map(own.is_whole, own.present()))
    assert all(map(pushed.is_whole, pushed.present()))
    assert len(own.present()) == len(pushed.present()) == 5
    assert [path.read_bytes() for path in pushed.damaged().values()] == [b"rotten"]


def test_what_is_damaged_on_both_sides_is_taken_from_neither(bought, own, pushed, realm):
    bought.forget_outputs()
    spoiled = min(of(bought, realm, "winter"))
    rot(own, spoiled, b"one way")
    rot(pushed, spoiled, b"another way")
    told = campaign("store", "verify", str(pushed.root))
    assert told.code == 5
    assert spoiled not in own
    assert spoiled not in pushed


def test_the_provider_mends_for_free_while_it_keeps_results(bought, own, alive, realm):
    bought.forget_outputs()
    bill = alive.bill()
    gen = max(receipts(bought.lock("winter", realm), "gen"), key=lambda gen: gen["attempt"])
    for output in gen["outputs"]:
        rot(own, output["sha256"])
    told = campaign("store", "verify")
    assert told.code == 0
    assert told.out.count("from the provider") == 2
    assert all(map(own.is_whole, own.present()))
    assert len(own.present()) == 5
    assert (alive.bill(), alive.submits) == (bill, 0)
    looked = [call for call in alive.calls if call.path.endswith("/result")]
    assert len(looked) == 1, "each prediction is looked at once"


def test_the_provider_s_other_bytes_are_not_the_picture(bought, own, alive, realm, monkeypatch):
    bought.forget_outputs()
    first, second = receipts(bought.lock("winter", realm), "gen")
    spoiled = first["outputs"][0]["sha256"]
    other = own.path_of(second["outputs"][0]["sha256"]).read_bytes()
    rot(own, spoiled)

    def meddle(call):
        if call.method == "GET" and not call.path.startswith("predictions"):
            return said(200, other, media_type="image/jpeg")
        return None

    alive.meddle = meddle
    told = campaign("store", "verify")
    assert told.code == 5
    assert "what the provider has now is another picture" in told.out
    assert spoiled not in own
    assert all(map(own.is_whole, own.present()))


def test_after_seven_days_nobody_is_asked(bought, own, alive, hurry, realm):
    bought.forget_outputs()
    rot(own, min(of(bought, realm, "winter")))
    hurry.pass_by(days=8)
    told = campaign("store", "verify")
    assert told.code == 5
    assert "no whole copy was found" in told.out
    assert alive.calls == []


def test_damage_that_nobody_paid_for_is_set_aside_too(bought, own):
    digest = "7" * 64
    own.make_room(digest).write_bytes(b"whose?")
    assert campaign("store", "verify").code == 5
    assert own.damaged().keys() == {digest}
    assert campaign("store", "verify").code == 0, "no receipt asks for it"


# Recover


def reasons(*names):
    document = campaign("plan", *names, "--json").document
    return {(cell["action"], cell["reason"]) for cell in document["cells"]}, document["totals"]


def test_the_plan_says_what_can_be_fetched_again_for_free(bought, own, hurry):
    forget_pictures(own)
    found, totals = reasons("winter")
    assert found == {("recover", "result_absent")}
    assert (totals["cost"], totals["actions"]["recover"]) == (0, 4)
    hurry.pass_by(days=8)
    found, totals = reasons("winter")
    assert found == {("cached", "result_absent")}
    assert totals["cost"] == 0


def test_a_run_fetches_what_is_absent_for_free(bought, own, alive, realm):
    bill, present = alive.bill(), own.present()
    delivered = bought.delivered("winter", realm)
    forget_pictures(own)
    ran = campaign("run", "winter")
    assert ran.code == 0, "nobody has to agree to what is free"
    assert "4 of 4 pictures here; nothing was bought" in ran.err
    assert own.present() == of(bought, realm, "winter") < present
    assert bought.delivered("winter", realm) == delivered
    assert (alive.bill(), alive.submits) == (bill, 0)
    looked = [call.path for call in alive.calls if call.path.endswith("/result")]
    assert len(looked) == len(set(looked)) == 2
    calls = len(alive.calls)
    assert campaign("run", "winter").code == 0
    assert len(alive.calls) == calls, "what is here is not asked for"


def test_a_run_buys_what_is_new_and_fetches_what_is_absent(bought, own, alive, realm):
    bill = alive.bill()
    forget_pictures(own)
    bought.pictures("winter", [9])
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 0
    assert "6 of 6 pictures here, 2 of them new" in ran.err
    assert alive.bill() == bill + 80_000


def test_without_a_key_nothing_is_fetched_and_nothing_stops(bought, own):
    forget_pictures(own)
    ran = campaign("run", "winter")
    assert ran.code == 0
    assert "4 absent pictures not fetched again: the provider was not asked: there is no API" in (
        ran.err
    )
    assert "absent    4 pictures bought, but not on this machine" in ran.err


def test_what_the_provider_forgot_stays_absent_and_is_never_bought(
    bought, own, once, serve, monkeypatch
):
    forgetful = serve()
    assert forgetful.environment == once[2], "the same address, and none of its predictions"
    forget_pictures(own)
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 0
    assert ran.err.count("not fetched again") == 4
    assert own.present() == frozenset()
    assert (forgetful.submits, forgetful.bill()) == (0, 0)


# Copies of our own


@pytest.mark.parametrize("words", [("run", "winter"), ("report", "winter")])
def test_copies_in_the_outputs_are_taken_back_for_free(bought, own, realm, words):
    """Nobody is asked for them: the provider does not answer, and there is no key."""
    delivered = bought.delivered("winter", realm)
    shutil.rmtree(own.root)
    told = campaign(*words)
    assert told.code == 0
    folder = f"outputs/winter/{realm}/masters"
    assert (
        f"restored  4 pictures that the store lacked, from whole copies in {folder}: "
        "nothing was charged" in told.err
    )
    assert "absent" not in told.err
    assert own.present() == of(bought, realm, "winter")
    assert all(map(own.is_whole, own.present()))
    assert bought.delivered("winter", realm) == delivered
    assert "restored" not in campaign(*words).err


def test_only_what_is_a_copy_to_the_byte_is_taken_back(bought, own, hurry, realm):
    """What was altered, a link, and what cannot be read are no proof of anything."""
    hurry.pass_by(days=8)
    whole, altered, linked = sorted((bought.root / f"outputs/winter/{realm}/masters").iterdir())[:3]
    digest = hashlib.sha256(whole.read_bytes()).hexdigest()
    alter(altered)
    target = linked.rename(bought.root / "elsewhere.jpg")
    linked.symlink_to(target)
    for other in set(linked.parent.iterdir()) - {whole, altered, linked}:
        other.unlink()
    whole.rename(whole.with_name("renamed by somebody.jpg"))
    shutil.rmtree(own.root)
    told = campaign("run", "winter")
    assert told.code == 0
    assert "restored  1 picture that" in told.err
    assert own.present() == {digest}
    assert "absent    3 pictures bought" in told.err
    assert list((own.root / "incoming").iterdir()) == []
    assert linked.is_symlink()


def test_another_campaign_s_copy_serves_and_so_does_a_source(bought, own, realm):
    """A delivered picture may well be the source of the next campaign."""
    copies = sorted((bought.root / f"outputs/winter/{realm}/masters").iterdir())
    copies[0].rename(bought.root / "outputs/autumn" / "kept.jpg")
    copies[1].rename(bought.root / "campaigns/autumn/images" / "next.jpg")
    shutil.rmtree(own.root)
    told = campaign("run", "winter")
    assert "restored  4 pictures that the store lacked" in told.err
    assert own.present() == of(bought, realm, "winter")


def test_verify_mends_damage_and_absence_from_the_outputs(bought, own, realm):
    damaged, absent, *_ = sorted(of(bought, realm, "winter"))
    rot(own, damaged)
    own.path_of(absent).unlink()
    told = campaign("store", "verify")
    assert told.code == 0
    assert f"mended   {damaged[:12]}: from outputs/winter/{realm}/masters/" in told.out
    assert f"         {absent[:12]}: from outputs/winter/{realm}/masters/" in told.out
    assert "absent" not in told.out.replace(absent[:12], "")
    assert all(map(own.is_whole, own.present()))
    assert len(own.present()) == 5
    assert [path.read_bytes() for path in own.damaged().values()] == [b"rotten"]


def test_pull_takes_from_the_outputs_what_the_folder_lacks(bought, own, pushed, realm):
    shutil.rmtree(own.root)
    shutil.rmtree(pushed.root / "sha256")
    (pushed.root / "sha256").mkdir()
    told = campaign("store", "pull", str(pushed.root))
    assert told.code == 0
    assert "restored  5 pictures" in told.err
    assert len(own.present()) == 5


def test_what_lies_in_the_outputs_is_never_declared_lost(bought, own, hurry, realm):
    """Nor is it bought again: not even where a person insists."""
    shutil.rmtree(own.root)
    hurry.pass_by(days=8)
    locks = contents(bought.lock("winter", realm))
    told = campaign("store", "lost", "winter", CELLS[0], "--reason", "x", "--even-so")
    assert (told.code, "error[S043]" in told.err) == (2, True)
    assert contents(bought.lock("winter", realm)) == locks
    assert campaign("plan", "winter", "--json").document["totals"]["cost"] == 0


def test_a_store_that_takes_nothing_stops_no_run(bought, own, monkeypatch):
    shutil.rmtree(own.root)

    def full(_store, _arrived, _digest):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Store, "keep", full)
    told = campaign("report", "winter")
    assert told.code == 0
    assert "restored  no more: the store takes nothing (No space left on device)" in told.err
    assert "absent    4 pictures bought" in told.err
    assert list((own.root / "incoming").iterdir()) == []


def test_report_says_what_is_not_here_and_how_to_get_it(bought, own):
    forget_pictures(own)
    told = campaign("report", "winter")
    assert told.code == 0
    assert "absent    4 pictures bought, but not on this machine: `campaign store pull" in told.err


# Lost


def lose(own, hurry):
    """The pictures are nowhere any more."""
    forget_pictures(own)
    hurry.pass_by(days=8)


def test_nothing_is_declared_lost_that_is_here_unknown_or_still_to_be_had(bought, own, realm):
    bought.forget_outputs()
    gen = receipts(bought.lock("winter", realm), "gen")[0]
    own.path_of(gen["outputs"][0]["sha256"]).unlink()
    bought.pictures("winter", [9])
    locks = contents(bought.lock("winter", realm))
    absent, here = (cell["address"] for cell in gen["cells"])
    told = campaign(
        "store", "lost", "winter", absent, here, absent[:-1] + "2", "anna/p009/snow/master/t1",
        "--reason", "a broken disk",
    )  # fmt: skip
    assert told.code == 2
    assert f"error[S044]: the picture of `{absent}` is not lost yet" in told.err
    assert f"error[S043]: the picture of `{here}` is not lost" in told.err
    assert f"wants no cell `{absent[:-1]}2`" in told.err
    assert f"did you mean `{absent}`?" in told.err
    assert "error[S041]: `anna/p009/snow/master/t1` has no picture" in told.err
    assert contents(bought.lock("winter", realm)) == locks


def test_a_lost_picture_is_bought_again_only_when_a_person_agrees(bought, own, alive, hurry, realm):
    bill = alive.bill()
    lose(own, hurry)
    told = campaign("store", "lost", "winter", CELLS[0], CELLS[1], "--reason", "the disk broke")
    assert told.code == 0
    assert f"lost     {CELLS[0]}" in told.out
    assert "rebuy    2 pictures in 1 request for $0.08" in told.out
    (file,) = [
        path for path in bought.lock("winter", realm).iterdir() if '"lost"' in path.read_text()
        and '"kind":"lost"' in path.read_text()
    ]  # fmt: skip
    header, *lines = map(json.loads, file.read_text().splitlines())
    assert header == {"lock": 1}
    assert {(line["kind"], line["reason"]) for line in lines} == {("lost", "the disk broke")}
    planned = campaign("plan", "winter")
    assert "! rebuy" in planned.out
    assert "paid, and its picture declared lost" in planned.out
    document = campaign("plan", "winter", "--json").document
    assert document["totals"]["cost"] == 80_000
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "1 request would pay again for what was paid before" in ran.err
    assert (alive.bill(), alive.submits) == (bill, 0)
    again = campaign("store", "lost", "winter", CELLS[0], "--reason", "once more")
    assert again.code == 2
    assert "is declared lost already" in again.err


def test_at_a_terminal_it_is_named_apart_from_what_is_new_and_bought_once(
    bought, own, alive, realm
):
    bought.forget_outputs()
    bill = alive.bill()
    assert len(campaign("plan", "winter", "--json").document["steps"]) == 0
    digest = next(
        cell["sha256"]
        for cell in campaign("plan", "winter", "--json").document["cells"]
        if cell["address"] == CELLS[0]
    )
    own.path_of(digest).unlink()
    told = campaign("store", "lost", "winter", CELLS[0], "--reason", "the disk broke", "--even-so")
    assert told.code == 0
    bought.pictures("winter", [9])
    how = {"cwd": bought.root, "environment": alive.environment, "has_terminal": True}
    with Program("run", "winter", **how) as person:
        person.says("[y/N]")
        person.type("y\n")
        ended = person.ended()
    assert ended.code == 0
    assert "again for $0.04" in " ".join(ended.err.split())
    assert alive.bill() == bill + 40_000 + 80_000
    assert reasons("winter")[0] == {("cached", "satisfied")}
    assert campaign("run", "winter").code == 0
    assert alive.bill() == bill + 40_000 + 80_000


def test_a_cell_key_names_a_cell_too(bought, own, hurry):
    lose(own, hurry)
    cells = campaign("plan", "winter", "--json").document["cells"]
    key = cells[2]["key"]
    told = campaign("store", "lost", "winter", key, "--reason", "x", "--json").document
    assert told["cells"] == [{"address": cells[2]["address"], "key": key}]
    assert (told["requests"], told["images"], told["cost"]) == (1, 1, 40_000)


def test_what_the_provider_may_still_have_is_given_up_only_even_so(bought, own):
    forget_pictures(own)
    assert campaign("store", "lost", "winter", CELLS[0], "--reason", "x").code == 2
    told = campaign("store", "lost", "winter", CELLS[0], "--reason", "x", "--even-so")
    assert told.code == 0
    assert ("rebuy", "result_lost") in reasons("winter")[0]


def test_what_is_here_is_never_given_up(bought, own):
    told = campaign("store", "lost", "winter", CELLS[0], "--reason", "x", "--even-so")
    assert (told.code, "error[S043]" in told.err) == (2, True)


def test_a_purchase_that_others_use_is_lost_for_them_as_well(bought, own, hurry, realm):
    assert campaign("init", "spring", "--from", "winter").code == 0
    assert campaign("run", "spring").code == 0
    lose(own, hurry)
    told = campaign("store", "lost", "spring", CELLS[0], "--reason", "the disk broke")
    assert told.code == 0
    assert "shared   with `winter`: receipts add up, so it holds there as well" in told.out
    assert len(receipts(bought.lock("spring", realm), "lost")) == 1
    assert ("rebuy", "result_lost") in reasons("winter")[0]


def test_a_campaign_that_is_run_at_this_moment_is_left_alone(bought, own, hurry, realm):
    lose(own, hurry)
    hold = hold_campaign(bought.state(realm) / "held", "winter", run="r-other", since="now")
    try:
        told = campaign("store", "lost", "winter", CELLS[0], "--reason", "x")
    finally:
        hold.release()
    assert told.code == 8


def test_declaring_something_lost_makes_no_ledger(bought, own, hurry, realm):
    lose(own, hurry)
    for file in bought.state(realm).glob("ledger*"):
        file.unlink()
    assert campaign("store", "lost", "winter", CELLS[0], "--reason", "x").code == 0
    assert list(bought.state(realm).glob("ledger*")) == []


def test_a_reason_is_asked_for(bought):
    assert campaign("store", "lost", "winter", CELLS[0]).code == 2
    assert campaign("store", "lost", "winter", CELLS[0], "--reason", " ").code == 2


def test_looking_after_pictures_writes_nothing_into_the_books(bought, own, pushed, realm):
    ledger = bought.state(realm) / "ledger.sqlite3"
    before = list(sqlite3.connect(ledger).iterdump())
    locks = contents(bought.lock("winter", realm))
    rot(own, min(own.present()))
    own.path_of(max(own.present())).unlink()
    for words in (("push",), ("verify",), ("pull",)):
        assert campaign("store", *words, str(pushed.root)).code == 0 or words == ("push",)
    assert list(sqlite3.connect(ledger).iterdump()) == before
    assert contents(bought.lock("winter", realm)) == locks
