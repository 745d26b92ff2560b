"""Keys, organisations and roles, and the file that `campaign serve --keys` reads."""

import pytest

from pipeline.commands.key_file import read_keys
from pipeline.domain.diagnostics import CampaignError
from pipeline.emulator.access import AccessKey
from pipeline.emulator.faults import Faults
from tests.emulator.quick_engine import QuickEngine
from tests.emulator.world import PICTURE, SEQUENTIAL, SIZE, running

pytestmark = pytest.mark.anyio

KEYS = [
    AccessKey(key="key-of-ann", name="ann", organisation="studio"),
    AccessKey(key="key-of-bob", name="bob", organisation="studio", role="developer"),
    AccessKey(key="key-of-cai", name="cai", organisation="agency"),
    AccessKey(key="key-of-dan", name="dan", organisation="studio", role="viewer"),
    AccessKey(key="key-of-eva", name="eva", organisation="studio", role="billing"),
    AccessKey(key="key-of-new", name="new", organisation="new", is_active=False),
    AccessKey(key="key-of-bad", name="bad", organisation="bad", is_suspended=True),
]
RUN, LOOK, MONEY, SECRET = (
    ("POST", SEQUENTIAL),
    ("GET", "models"),
    ("GET", "balance"),
    ("GET", "webhook/secret"),
)


async def _status(world, key, call):
    method, path = call
    body = {"prompt": "p", "images": ["a"], "size": SIZE}
    return (await world.having(key).call(method, path, json=body)).status_code


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("ann", (200, 200, 200, 200)),
        ("bob", (200, 200, 403, 200)),
        ("dan", (403, 200, 403, 403)),
        ("eva", (403, 200, 200, 403)),
        ("new", (401, 401, 401, 401)),
        ("bad", (403, 403, 403, 403)),
        ("who", (401, 401, 401, 401)),
    ],
)
async def test_a_role_may_do_what_it_may(who, statuses):
    async with running(engine=QuickEngine(), keys=KEYS) as world:
        found = [await _status(world, f"key-of-{who}", one) for one in (RUN, LOOK, MONEY, SECRET)]
        assert tuple(found) == statuses


async def test_a_missing_permission_is_named_with_a_role_that_has_it():
    async with running(keys=KEYS) as world:
        answer = await world.having("key-of-dan").call("POST", SEQUENTIAL, json={})
        body = answer.json()
        assert body["error_code"] == "PERMISSION_DENIED"
        assert "`viewer`" in body["message"]
        assert "`owner` or `developer`" in body["message"]
        suspended = (await world.having("key-of-bad").call("GET", "models")).json()
        assert suspended["error_code"] == "ACCOUNT_SUSPENDED"
        assert suspended["code"] == 403
        inactive = (await world.having("key-of-new").call("GET", "models")).json()
        assert set(inactive) == {"code", "message", "data"}
        assert "top-up" in inactive["message"]


async def test_organisations_do_not_see_each_other():
    async with running(engine=QuickEngine(), keys=KEYS, balance=100_000) as world:
        ann, bob, cai = (world.having(f"key-of-{who}") for who in ("ann", "bob", "cai"))
        files = {"file": ("a.jpg", PICTURE, "image/jpeg")}
        images = [(await ann.data("POST", "media/upload/binary", files=files))["download_url"]]
        ours = [(await who.submit(images=images))["id"] for who in (ann, bob)]
        theirs = (await cai.submit(images=images))["id"]
        await world.provider.drained()
        for who, sees, not_sees in [(ann, ours, [theirs]), (cai, [theirs], ours)]:
            listed = (await who.data("POST", "predictions", json={}))["items"]
            assert {one["id"] for one in listed} == set(sees)
            rows = (await who.data("POST", "billings/search", json={}))["items"]
            assert {row["prediction"]["uuid"] for row in rows} == set(sees)
            for one in not_sees:
                for method in ("GET", "DELETE"):
                    assert (await who.refusal(method, f"predictions/{one}"))[0] == 404
                gone = await who.data("POST", "predictions/delete", json={"ids": [one]})
                assert gone == {"deleted": []}
        assert (await ann.data("GET", "balance"))["balance"] == 0.02
        assert (await cai.data("GET", "balance"))["balance"] == 0.06
        assert (await bob.refusal("POST", SEQUENTIAL, json={"prompt": "p", "images": images}))[
            0
        ] == 402
        await cai.submit(images=images)
        assert world.state.spent() == 160_000
        usage = {"start_time": "2026-11-01T00:00:00Z", "end_time": "2026-12-01T00:00:00Z"}
        used = await cai.data("POST", "user/usage_stats", json=usage)
        assert used["summary"]["total_requests"] == 2


async def test_bills_tell_and_are_searched_by_key():
    async with running(engine=QuickEngine(), keys=KEYS) as world:
        ann, bob, cai = (world.having(f"key-of-{who}") for who in ("ann", "bob", "cai"))
        images = [await ann.upload()]
        for who in (ann, bob, cai):
            await who.submit(images=images)
        rows = (await ann.data("POST", "billings/search", json={}))["items"]
        keys = {row["access_key_name"]: row["access_key_uuid"] for row in rows}
        assert set(keys) == {"ann", "bob"}
        assert "key-of-ann" not in str(rows)
        for name, uuid in keys.items():
            asked = {"access_key_uuid": uuid}
            found = (await ann.data("POST", "billings/search", json=asked))["items"]
            assert [row["access_key_name"] for row in found] == [name]
            assert (await cai.data("POST", "billings/search", json=asked))["items"] == []
        for unknown in ("0" * 32, "", "caf\u00e9"):
            asked = {"access_key_uuid": unknown}
            assert (await ann.data("POST", "billings/search", json=asked))["total"] == 0


async def test_a_late_refund_goes_to_who_paid():
    faults = Faults(fail={1: 5000}, refund_later={1: 60.0})
    async with running(engine=QuickEngine(), keys=KEYS, faults=faults) as world:
        ann, cai = world.having("key-of-ann"), world.having("key-of-cai")
        await ann.submit(images=["a"])
        await world.provider.drained()
        assert (await ann.data("GET", "balance"))["balance"] == 999_999.96
        assert (await cai.data("GET", "balance"))["balance"] == 1_000_000
        world.clock.forward(minutes=2)
        assert (await ann.data("GET", "balance"))["balance"] == 1_000_000
        assert world.state.spent(organisation="studio") == 0


GOOD = """\
version: 1
keys:
  - {key: secret-of-ann, name: ann, organisation: studio}
  - {key: 1234567890, organisation: studio, role: viewer}
  - {key: secret-of-new, organisation: new, active: false}
suspended: [new]
"""
BAD = """\
version: 1
keys:
  - {key: short}
  - {key: with a space in it}
  - {key: secret-of-ann, role: king}
  - {name: nobody}
suspendet: []
"""


def test_a_keys_file_says_who_is_who(tmp_path):
    file = tmp_path / "keys.yaml"
    file.write_text(GOOD, "utf-8")
    assert read_keys(file) == (
        AccessKey(key="secret-of-ann", name="ann", organisation="studio"),
        AccessKey(key="1234567890", organisation="studio", role="viewer"),
        AccessKey(key="secret-of-new", organisation="new", is_active=False, is_suspended=True),
    )


def test_all_problems_of_a_keys_file_are_told_without_telling_a_key(tmp_path):
    file = tmp_path / "keys.yaml"
    file.write_text(BAD, "utf-8")
    with pytest.raises(CampaignError) as raised:
        read_keys(file)
    assert raised.value.exit_code == 2
    assert [problem.at.line for problem in raised.value.problems] == [3, 4, 5, 6, 7]
    assert "secret-of-ann" not in str([problem.what for problem in raised.value.problems])


@pytest.mark.parametrize(
    ("text", "code"),
    [("version: 1\nkeys: [{key: aaaaaaaa}, {key: aaaaaaaa}]", "M112"), (None, "M111")],
)
def test_a_key_stands_once_in_a_file_that_can_be_read(tmp_path, text, code):
    file = tmp_path / "keys.yaml"
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(CampaignError) as raised:
        read_keys(file)
    assert [problem.code for problem in raised.value.problems] == [code]
