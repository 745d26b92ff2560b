"""Signed renditions, marks of masters and what is to be declared, as users meet them."""

import csv
import hashlib
import io
import json
import shutil
import stat
from datetime import timedelta

import c2pa
import pytest
from PIL import Image

from pipeline.adapters.clock import SystemClock
from pipeline.domain.marks import Seal
from pipeline.domain.rendition import RenditionSpec
from pipeline.emulator.interface import Edited
from pipeline.imaging import provenance
from pipeline.imaging.provenance import development
from pipeline.imaging.provenance.credentials import SETTINGS
from pipeline.imaging.provenance.identity import read_identity
from pipeline.imaging.provenance.reading import marks_of
from pipeline.imaging.provenance.signing import Signer
from tests.emulator.plain_engine import PlainEngine
from tests.functional.cli import campaign
from tests.functional.workspace import receipts
from tests.unit.provenance.conftest import EDIT, picture

pytestmark = pytest.mark.slow

SIZES = (
    "feed: {size: 64x48, upscale: true}",
    "shop: {size: 64x64, fit: contain, format: png, upscale: true}",
    "web: {size: 48x48, format: webp, upscale: true}",
    "next: {size: 48x32, format: avif, upscale: true}",
)
SIGNED = ("provenance: {sign: true}",)
FORMATS = {".jpg": "jpeg", ".png": "png", ".webp": "webp", ".avif": "avif"}


@pytest.fixture(autouse=True)
def _nobody_signs_from_outside(monkeypatch):
    for name in ("CAMPAIGN_SIGN_CERTIFICATE", "CAMPAIGN_SIGN_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def signed(workspace, provider):
    """A bought campaign whose files are signed."""
    workspace.campaign(pictures=(1,), sizes=SIZES, more=SIGNED)
    assert campaign("provenance", "init").code == 0
    assert campaign("run", "winter", "--yes").code == 0
    return workspace


def renditions(workspace, provider, name="winter"):
    folder = workspace.outputs(name, provider.realm)
    return sorted(
        file for size in ("feed", "shop", "web", "next") for file in (folder / size).iterdir()
    )


def everything(workspace):
    """Name, time and digest of all that lies in the outputs, pages and index aside."""
    return {
        str(file): (file.stat().st_mtime_ns, hashlib.sha256(file.read_bytes()).hexdigest())
        for file in (workspace.root / "outputs").rglob("*")
        if file.is_file() and file.suffix not in {".html", ".json", ".svg"}
    }


def states(*files, code=0):
    shown = campaign("provenance", "show", *map(str, files), "--json")
    assert shown.code == code, shown.err
    return [one["c2pa"]["state"] for one in shown.document["files"]]


def validated(file):
    """What the reference implementation says, with nothing of ours between."""
    with (
        file.open("rb") as opened,
        c2pa.Context.from_dict(dict(SETTINGS)) as context,
        c2pa.Reader(f"image/{FORMATS[file.suffix]}", opened, context=context) as reader,
    ):
        return json.loads(reader.json())


def test_a_signed_rehearsal_from_manifest_to_validation(workspace, hurry):
    workspace.campaign(pictures=(1,), sizes=SIZES, more=SIGNED)
    made = campaign("provenance", "init")
    assert "valid until" in made.out
    assert stat.S_IMODE((workspace.state() / "provenance" / "key.pem").stat().st_mode) == 0o600
    assert (workspace.state() / ".gitignore").read_text() == "*\n"
    ran = campaign("run", "winter", "--draft")
    assert ran.code == 0, ran.err
    folder = workspace.outputs("winter", "draft")
    files = [next((folder / size).iterdir()) for size in ("feed", "shop", "web", "next")]
    for file in files:
        body = validated(file)
        assert body["validation_state"] == "Valid"
        (manifest,) = body["manifests"].values()
        assert manifest["title"] == f"DRAFT {file.name}"
        (parent,) = manifest["ingredients"]
        master = next((folder / "masters").iterdir())
        digest = hashlib.sha256(master.read_bytes()).hexdigest()
        assert parent["title"].startswith(digest)
        assert parent["relationship"] == "parentOf"
        assert "seedream" not in json.dumps(manifest)
    assert states(*files) == ["development"] * 4
    shown = campaign("provenance", "show", str(files[0])).out
    assert "nobody else trusts" in shown
    assert "compositeSynthetic (XMP)" in shown
    before = everything(workspace)
    assert campaign("report", "winter", "--draft").code == 0
    assert everything(workspace) == before


def test_signed_once_and_again_only_where_the_certificate_changes(signed, provider):
    before = everything(signed)
    files = renditions(signed, provider)
    assert states(*files) == ["development"] * 4
    for file in files:
        (manifest,) = validated(file)["manifests"].values()
        actions = next(
            one["data"]["actions"]
            for one in manifest["assertions"]
            if one["label"].startswith("c2pa.actions")
        )
        assert actions[1]["softwareAgent"]["name"].startswith("bytedance/seedream")
        assert actions[1]["digitalSourceType"].endswith("/compositeWithTrainedAlgorithmicMedia")
    assert campaign("report", "winter").code == 0
    assert everything(signed) == before

    assert campaign("provenance", "init").out.startswith("There is one already")
    assert campaign("report", "winter").code == 0
    assert everything(signed) == before

    assert campaign("provenance", "init", "--renew").code == 0
    assert campaign("report", "winter").code == 0
    after = everything(signed)
    changed = {name for name, now in after.items() if before[name] != now}
    assert changed == {str(file) for file in files}
    assert states(*files) == ["development"] * 4
    assert provider.submits == 1


def test_a_key_that_is_gone_leaves_what_is_signed_and_loses_nothing_paid(signed, provider):
    before = everything(signed)
    key = signed.state() / "provenance" / "key.pem"
    kept = key.read_bytes()
    key.unlink()
    assert campaign("report", "winter").code == 0, "nothing is missing, so nothing is signed"
    gone = renditions(signed, provider)[0]
    gone.unlink()
    reported = campaign("report", "winter")
    assert reported.code == 5
    assert f"not made  {gone.parent.name}/{gone.name}: it cannot be signed: there is no key" in (
        reported.err
    )
    assert not gone.exists()
    key.write_bytes(kept)
    key.chmod(0o644)
    refused = campaign("report", "winter")
    assert "others may read the key" in refused.err
    assert not gone.exists()
    key.chmod(0o600)
    assert campaign("report", "winter").code == 0
    assert states(gone) == ["development"]
    others = {name: one for name, one in everything(signed).items() if name != str(gone)}
    assert others == {name: one for name, one in before.items() if name != str(gone)}


def test_without_a_certificate_the_paid_picture_is_kept_and_nothing_is_sold_unsigned(
    workspace, provider
):
    workspace.campaign(pictures=(1,), sizes=SIZES, more=SIGNED)
    checked = campaign("check", "winter")
    assert "warning[S050]: files of `winter` cannot be signed here" in checked.err
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "it cannot be signed: there is no certificate on this machine" in ran.err
    assert "Traceback" not in ran.err
    assert not any(
        (workspace.outputs("winter", provider.realm) / size).exists()
        and any((workspace.outputs("winter", provider.realm) / size).iterdir())
        for size in ("feed", "shop")
    )
    assert len(list((workspace.outputs("winter", provider.realm) / "masters").iterdir())) == 1
    assert len(receipts(workspace.lock("winter", provider.realm), "gen")) == 1
    assert campaign("provenance", "init").code == 0
    assert "S050" not in campaign("check", "winter").err
    assert campaign("report", "winter").code == 0
    assert states(*renditions(workspace, provider)) == ["development"] * 4
    assert provider.submits == 1


def test_an_expired_certificate_and_one_from_elsewhere(workspace, provider, tmp_path, monkeypatch):
    workspace.campaign(pictures=(1,), sizes=SIZES[:1], more=SIGNED)
    folder = workspace.state() / "provenance"
    long_ago = SystemClock().now() - timedelta(days=development.DAYS + 1)
    development.write_chain(folder, development.make_chain(now=long_ago))
    ran = campaign("run", "winter", "--yes")
    assert "expired on" in ran.err
    assert ran.code == 5
    assert campaign("provenance", "init").code == 2

    elsewhere = tmp_path / "elsewhere"
    development.write_chain(elsewhere, development.make_chain(now=SystemClock().now()))
    monkeypatch.setenv("CAMPAIGN_SIGN_CERTIFICATE", str(elsewhere / "certificates.pem"))
    assert "are set together or not at all" in campaign("report", "winter").err
    monkeypatch.setenv("CAMPAIGN_SIGN_KEY", str(elsewhere / "key.pem"))
    assert campaign("report", "winter").code == 0
    file = next((workspace.outputs("winter", provider.realm) / "feed").iterdir())
    assert states(file) == ["unknown-signer"]
    trusted = campaign("provenance", "show", str(file), "--trust", str(elsewhere / "roots.pem"))
    assert "signed by somebody whom you trust" in trusted.out
    nobody = campaign("provenance", "show", str(file), "--trust", "campaigns/winter/campaign.yaml")
    assert nobody.code == 2
    assert "error[S053]" in nobody.err


def test_a_manifest_names_its_certificate_and_key(workspace, provider, tmp_path):
    keys = tmp_path / "keys"
    development.write_chain(keys, development.make_chain(now=SystemClock().now()))
    folder = workspace.campaign(
        pictures=(1,),
        sizes=SIZES[:1],
        more=(f"provenance: {{sign: {{certificate: chain.pem, key: {keys}/key.pem}}}}",),
    )
    shutil.copy(keys / "certificates.pem", folder / "chain.pem")
    assert campaign("run", "winter", "--yes").code == 0
    file = next((workspace.outputs("winter", provider.realm) / "feed").iterdir())
    assert states(file) == ["unknown-signer"]


def test_without_the_extra_nothing_is_made_and_nothing_is_called_valid(
    signed, provider, monkeypatch
):
    monkeypatch.setattr(provenance, "is_available", lambda: False)
    file = renditions(signed, provider)[0]
    # The name was imported where files are read.
    monkeypatch.setattr("pipeline.imaging.provenance.reading.is_available", lambda: False)
    shown = campaign("provenance", "show", str(file))
    assert "nobody validated them" in shown.out
    assert "pip install 'campaign-pipeline[provenance]'" in shown.out
    assert "valid;" not in shown.out
    file.unlink()
    reported = campaign("report", "winter")
    assert reported.code == 5
    assert "signing needs the extra `provenance`" in reported.err
    assert not file.exists()
    assert "error[S051]" in campaign("provenance", "init", "--renew").err


def test_what_happens_to_files_afterwards_is_seen(signed, provider, tmp_path):
    file = renditions(signed, provider)[0]
    again = tmp_path / "again.jpg"
    with Image.open(file) as opened:
        opened.save(again, FORMATS[file.suffix])
    tampered = tmp_path / "tampered.jpg"
    data = bytearray(file.read_bytes())
    data[-30] ^= 1
    tampered.write_bytes(data)
    lie = tmp_path / "lie.png"
    shutil.copy(file, lie)
    assert states(again) == ["none"]
    assert states(tampered, lie, code=5) == ["invalid", "development"]
    shown = campaign("provenance", "show", str(tampered), str(tmp_path / "none"))
    assert shown.code == 2
    assert "INVALID: changed since it was signed" in shown.out
    assert "there is no such file" in shown.out


class MarkedEngine(PlainEngine):
    """Delivers pictures that already carry credentials, as a vendor might one day."""

    def __init__(self, folder) -> None:
        super().__init__()
        development.write_chain(folder, development.make_chain(now=SystemClock().now()))
        paths = (folder / "certificates.pem", folder / "key.pem")
        self._identity = read_identity(*paths, now=SystemClock().now())
        self._source = folder / "source"
        self._source.write_bytes(picture("png"))

    def edit(self, request, pictures):
        sign = Signer(self._identity, self._source)
        spec = RenditionSpec(request.width, request.height, label=EDIT)
        plain = super().edit(request, pictures).pictures
        parts = {"mime": "image/jpeg", "master": self._source, "spec": spec, "name": "vendor.jpg"}
        return Edited(pictures=tuple(sign(one, **parts) for one in plain))


def test_credentials_that_a_picture_came_with_are_kept_and_told(workspace, serve, tmp_path):
    provider = serve(engine=MarkedEngine(tmp_path / "vendor"))
    workspace.campaign(pictures=(1,), sizes=SIZES[:1], more=SIGNED)
    assert campaign("provenance", "init").code == 0
    assert campaign("run", "winter", "--yes").code == 0
    folder = workspace.outputs("winter", provider.realm)
    (master,) = (folder / "masters").iterdir()
    (output,) = receipts(workspace.lock("winter", provider.realm), "gen")[0]["outputs"]
    assert hashlib.sha256(master.read_bytes()).hexdigest() == output["sha256"]
    assert states(master) == ["unknown-signer"]
    (file,) = (folder / "feed").iterdir()
    shown = campaign("provenance", "show", str(file), "--json").document["files"][0]
    assert (shown["c2pa"]["state"], shown["c2pa"]["claims"]) == ("development", 2)
    (told,) = campaign("report", "winter", "--disclosure").out.splitlines()
    (row, *_) = rows_of(workspace.root / told)
    assert row["marks of the master"] == "C2PA valid, signer unknown"


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def test_what_is_to_be_declared_where(workspace, provider):
    sizes = (*SIZES[:1], "story: {destination: instagram-story, upscale: true}")
    workspace.campaign(pictures=(1,), sizes=sizes)
    assert campaign("report", "winter", "--disclosure").out == ""
    assert campaign("run", "winter", "--yes").code == 0
    told = campaign("report", "winter", "--disclosure")
    assert told.code == 0
    assert "not legal advice" in told.err
    anywhere, story = (workspace.root / line for line in told.out.splitlines())
    day = receipts(workspace.lock("winter", provider.realm), "gen")[0]["at"][:10]
    assert anywhere.name == f"disclosure-{day}-anywhere.csv"
    rows = rows_of(story)
    file = story.parent / rows[0]["file"]
    assert rows[0]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert {row["digital source type"] for row in rows} == {"compositeWithTrainedAlgorithmicMedia"}
    assert {row["note"] for row in rows} == {"not legal advice"}
    assert {row["mark as wanted"] for row in rows} == {"yes"}
    named = {row["rule"]: row for row in rows}
    assert "Meta advertising (Facebook, Instagram)" in named
    assert not any("Meta" in row["rule"] for row in rows_of(anywhere))
    law = next(row for name, row in named.items() if "Article 50(4)" in name)
    assert (law["where"], law["since"]) == ("European Union", "2026-08-02")
    assert law["sources"].startswith("https://eur-lex.europa.eu/")
    assert ":" not in story.name, "no time of day"
    before = story.read_bytes()
    document = campaign("report", "winter", "--disclosure", "--json").document
    assert document["note"] == "not legal advice"
    assert [one["destination"] for one in document["declarations"]] == [
        "anywhere",
        "instagram-story",
    ]
    assert story.read_bytes() == before


def test_a_mark_that_is_missing_is_told_where_things_are_declared(workspace, provider):
    workspace.campaign(pictures=(1,), sizes=SIZES[:1])
    assert campaign("run", "winter", "--yes").code == 0
    with (workspace.folder("winter") / "campaign.yaml").open("a") as file:
        file.write(SIGNED[0] + "\n")
    told = campaign("report", "winter", "--disclosure")
    assert told.code == 5
    assert (
        "NOT AS WANTED  feed/anna-p001--snow--feed.jpg: content credentials are wanted: none"
        in (told.err)
    )
    (row, *_) = rows_of(workspace.root / told.out.splitlines()[0])
    assert row["mark as wanted"] == "content credentials are wanted: none"


def test_init_is_for_a_workspace_and_show_for_any_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").write_bytes(picture("png"))
    assert campaign("provenance", "show", "a.png").code == 0
    assert campaign("provenance", "init").code == 2
    assert marks_of(tmp_path / "a.png").credentials.seal is Seal.NONE


def test_an_old_unsigned_file_is_not_delivered_where_a_signed_one_is_wanted(workspace, provider):
    workspace.campaign(pictures=(1,), sizes=SIZES[:1])
    assert campaign("run", "winter", "--yes").code == 0
    with (workspace.folder("winter") / "campaign.yaml").open("a") as file:
        file.write(SIGNED[0] + "\n")
    told = campaign("report", "winter", "--deliver", "all", "handoff")
    assert told.code == 5
    assert not list((workspace.root / "handoff").rglob("*.jpg"))
    assert campaign("provenance", "init").code == 0
    assert campaign("report", "winter", "--deliver", "all", "handoff").code == 0
    (file,) = (workspace.root / "handoff").rglob("*.jpg")
    assert states(file) == ["development"]
