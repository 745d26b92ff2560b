"""A provider that errs: the exit code is right, the money is known, nothing is bought twice."""

import pytest
from starlette.responses import Response

from pipeline.emulator.faults import Faults
from tests.functional.cli import campaign
from tests.functional.provider import Call, nonsense_at, said
from tests.functional.workspace import SINGLE, add_up, cells_bought, receipts

pytestmark = pytest.mark.slow


def status(name="winter"):
    """Money of a campaign: charged, reserved, in doubt."""
    (found,) = campaign("status", name, "--json").document["campaigns"]
    return found["charged"], found["reserved"], found["in_doubt"]


def in_step(workspace, provider) -> int:
    """Money, after asserting that bill, books and receipts agree."""
    campaign("reconcile")
    lock = workspace.lock("winter", provider.realm)
    charged, reserved, in_doubt = status()
    assert provider.bill() == charged == add_up(lock)
    assert (reserved, in_doubt) == (0, 0)
    assert len(set(cells_bought(lock))) == len(cells_bought(lock))
    return charged


# Found again, or never sent: nobody has to know.


@pytest.mark.parametrize(
    "faults",
    [
        Faults(drop_answer={1}),
        Faults(nonsense={1}),
        Faults(drop_answer={1, 2}),
        Faults(drop_answer={1}, nonsense={2}),
    ],
    ids=["dropped", "nonsense", "both dropped", "one each"],
)
def test_a_lost_answer_is_found_again_in_the_history(workspace, serve, faults):
    provider = serve(faults=faults)
    workspace.campaign(variants=("snow", "studio"))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 0
    assert "looking into the provider's history" in ran.err
    assert "found in the history: its input address was uploaded for this attempt alone" in ran.err
    assert provider.submits == len(provider.predictions()) == 2
    assert in_step(workspace, provider) == 160_000


def test_a_busy_provider_is_asked_again_after_the_time_it_names(workspace, serve, hurry):
    provider = serve(faults=Faults(refuse={1: 429, 2: 429}, retry_after_s=77))
    workspace.campaign(pictures=(1,))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 0
    assert "trying again in 77 s" in ran.err
    assert provider.submits == 3
    assert hurry.ahead_s >= 2 * 77
    assert in_step(workspace, provider) == 40_000


def test_a_provider_that_stays_busy_is_given_up_and_nothing_is_charged(workspace, serve):
    provider = serve(faults=Faults(refuse=dict.fromkeys(range(1, 2000), 429)))
    workspace.campaign(pictures=(1,))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 9
    assert "every request was turned away for 30 minutes" in ran.err
    assert "nothing was charged" in ran.err
    provider = serve()
    assert in_step(workspace, provider) == 0
    assert campaign("run", "winter", "--yes").code == 0
    assert in_step(workspace, provider) == 40_000


# In doubt: said, held, and ended by proof.


def test_a_server_error_before_acceptance_is_in_doubt_until_it_is_proved_absent(
    workspace, serve, hurry
):
    provider = serve(faults=Faults(refuse={1: 500}))
    workspace.campaign(pictures=(1, 2))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 6
    assert "may have been charged $0.08; it stays reserved" in ran.err
    assert provider.bill() == 0
    assert campaign("status", "winter").code == 6
    assert status() == (0, 0, 80_000)
    (doubt,) = receipts(workspace.lock("winter", provider.realm), "doubt")
    assert doubt["quote"] == 80_000

    again = campaign("run", "winter", "--yes")
    assert again.code == 6
    assert provider.submits == 1, "a doubt is never bought past"
    early = campaign("reconcile")
    assert early.code == 6
    assert "look again 15 minutes after the send" in early.out

    hurry.pass_by(minutes=16)
    late = campaign("reconcile")
    assert late.code == 0
    assert "released   1 attempt that never arrived" in late.out
    assert status() == (0, 0, 0)
    assert campaign("run", "winter", "--yes").code == 0
    assert provider.submits == 2
    assert in_step(workspace, provider) == 80_000


def test_a_doubt_leaves_the_other_requests_alone(workspace, serve):
    provider = serve(faults=Faults(refuse={1: 502}))
    workspace.campaign(variants=("snow", "studio"))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 6
    assert "2 of 4 pictures here, 2 of them new" in ran.err
    assert provider.bill() == 80_000
    assert status() == (80_000, 0, 80_000)


def test_without_echoed_inputs_a_shared_key_proves_nothing_and_nothing_is_bought_twice(
    workspace, serve
):
    provider = serve(faults=Faults(drop_answer={1}))
    provider.hide_inputs = True
    workspace.campaign(pictures=(1,))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 6
    (prediction,) = provider.predictions()
    assert f"these predictions have no owner and may be it: {prediction['id']}" in ran.err
    assert campaign("run", "winter", "--yes").code == 6
    assert campaign("reconcile").code == 6
    assert provider.bill() == status()[2] == 40_000


def test_without_echoed_inputs_an_exclusive_key_proves_it(workspace, serve):
    provider = serve(faults=Faults(drop_answer={1}))
    provider.hide_inputs = True
    workspace.share("exclusive: true")
    workspace.campaign(pictures=(1,))
    assert campaign("run", "winter", "--yes").code == 0
    assert in_step(workspace, provider) == 40_000


# Refused and failed: said, with the money, and no way into a loop.


def test_a_refused_request_is_said_and_costs_nothing(workspace, serve):
    provider = serve(faults=Faults(refuse={1: 400}))
    workspace.campaign(variants=("snow", "studio"))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "HTTP 400: the request was turned away (nothing was charged)" in ran.err
    assert in_step(workspace, provider) == 80_000


@pytest.mark.parametrize("refusal", [401, 402, 403])
def test_an_account_that_is_turned_away_stops_the_run(workspace, serve, refusal):
    provider = serve(faults=Faults(refuse={1: refusal}))
    workspace.share("account: {requests_per_minute: 1000, concurrent: 1}")
    workspace.campaign(variants=("snow", "studio", "beach"))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 9
    assert "error[R014]: the provider turned our requests away" in ran.err
    assert "2 requests not begun" in ran.err
    assert provider.submits == 1
    assert in_step(workspace, provider) == 0


def test_a_moderated_request_is_charged_blocked_and_only_tried_again_on_request(workspace, serve):
    provider = serve(faults=Faults(fail={1: 1200}))
    workspace.campaign(pictures=(1,))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "(code 1200)" in ran.err
    assert "charged $0.04 until the provider refunds it" in ran.err
    again = campaign("run", "winter", "--yes")
    assert again.code == 5
    plan = campaign("plan", "winter", "--json").document
    assert [cell["reason"] for cell in plan["cells"]] == ["moderated"]
    assert provider.submits == 1
    assert in_step(workspace, provider) == 40_000
    assert campaign("run", "winter", "--yes", "--retry-failed").code == 0
    assert in_step(workspace, provider) == 80_000


def test_a_failed_request_is_given_back_and_tried_again_by_the_next_run(workspace, serve):
    provider = serve(faults=Faults(fail={1: 5000}))
    workspace.campaign(pictures=(1, 2))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "(code 5000)" in ran.err
    assert status() == (0, 0, 0), "a run reads the bill at its end, and this one shows the refund"
    reconciled = campaign("reconcile")
    assert reconciled.code == 0
    assert "0 new rows, $0.00 beside quotes" in reconciled.out
    plan = campaign("plan", "winter", "--json").document
    assert plan["totals"]["requests"] == 2, "packed alone after a failure"
    assert campaign("run", "winter", "--yes").code == 0
    assert in_step(workspace, provider) == 80_000


def test_a_request_that_the_model_cannot_take_is_given_back_and_not_repeated(workspace, serve):
    provider = serve(faults=Faults(fail={1: 1401}))
    workspace.campaign(pictures=(1,))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "(code 1401)" in ran.err
    assert in_step(workspace, provider) == 0
    assert campaign("run", "winter", "--yes").code == 5
    assert provider.submits == 1
    assert campaign("run", "winter", "--yes", "--retry-failed").code == 0
    assert in_step(workspace, provider) == 40_000


def test_after_two_charged_failures_the_program_gives_up(workspace, serve):
    provider = serve(faults=Faults(fail={1: 5000, 2: 5000}, refund_never={1, 2}))
    workspace.campaign(pictures=(1,))
    assert campaign("run", "winter", "--yes").code == 5
    assert campaign("run", "winter", "--yes").code == 5
    third = campaign("run", "winter", "--yes")
    assert third.code == 5
    assert provider.submits == 2
    plan = campaign("plan", "winter", "--json").document
    assert [cell["reason"] for cell in plan["cells"]] == ["gave_up"]


def test_a_short_delivery_is_kept_said_and_not_bought_again(workspace, serve):
    provider = serve(faults=Faults(short={1: 1}))
    workspace.campaign(pictures=(1, 2, 3))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "0 of 3 pictures here" in ran.err
    assert "2 of 3 pictures came (charged $0.12" in ran.err
    assert campaign("run", "winter", "--yes").code == 5
    assert provider.submits == 1
    plan = campaign("plan", "winter", "--json").document
    assert {(cell["action"], cell["reason"]) for cell in plan["cells"]} == {
        ("blocked", "unassigned")
    }
    assert in_step(workspace, provider) == 120_000


def test_an_empty_delivery_is_unfinished_and_yes_alone_pays_for_nothing_again(workspace, serve):
    provider = serve(faults=Faults(short={1: 2}))
    workspace.campaign(pictures=(1, 2))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "0 of 2 pictures here" in ran.err
    assert "0 of 2 pictures came (charged $0.08" in ran.err
    again = campaign("run", "winter", "--yes")
    assert again.code == 5
    assert "would pay again for what was paid before" in again.err
    assert provider.submits == 1
    assert in_step(workspace, provider) == 80_000


def test_a_picture_that_cannot_be_fetched_now_is_fetched_by_the_next_run_for_free(workspace, serve):
    provider = serve()
    provider.meddle = nonsense_at(method="GET", path="/outputs/", answer=said(503, "later"))
    workspace.campaign(pictures=(1, 2))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "the next run fetches it for free" in ran.err
    assert status() == (80_000, 0, 0), "the bill has it already"
    plan = campaign("plan", "winter", "--json").document
    assert {cell["action"] for cell in plan["cells"]} == {"resume"}
    provider.meddle = lambda _call: None
    again = campaign("run", "winter")
    assert again.code == 0
    assert provider.submits == 1
    assert in_step(workspace, provider) == 80_000


@pytest.mark.parametrize(
    "answer",
    [said(200, "<html>no picture</html>", media_type="text/html"), Response(b"", 200)],
    ids=["a page", "nothing"],
)
def test_what_is_no_picture_is_never_kept(workspace, serve, answer):
    provider = serve()
    provider.meddle = nonsense_at(method="GET", path="/outputs/", answer=answer)
    workspace.campaign(pictures=(1,))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "what came is no picture" in ran.err
    store = workspace.state(provider.realm) / "store"
    assert [path for path in store.rglob("*") if path.is_file()] == []
    provider.meddle = lambda _call: None
    assert campaign("run", "winter").code == 0
    assert in_step(workspace, provider) == 40_000


def results_saying(**told):
    """Answer looks at a prediction with a completed one that tells this."""

    def meddle(call: Call) -> Response | None:
        if call.method != "GET" or not call.path.startswith("predictions/"):
            return None
        prediction = call.path.split("/")[1]
        data = {"id": prediction, "status": "completed", **told}
        return said(200, {"code": 200, "message": "success", "data": data})

    return meddle


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://169.254.169.254/latest/meta-data/", "metadata service"),
        ("http://10.0.0.1/admin", "not on the public internet (private, 10.0.0.0/8)"),
        ("http://2130706433/", "an unusual way to write an address"),
        ("file:///etc/passwd", "not an address that pictures come from"),
    ],
)
def test_a_picture_inside_of_our_network_is_never_fetched(workspace, serve, address, why):
    provider = serve()
    provider.meddle = results_saying(outputs=[address])
    workspace.campaign(pictures=(1,))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert why in " ".join(ran.err.split())
    assert sum(status()) == 40_000, "it is paid for, and kept in mind"
    assert campaign("run", "winter", "--yes").code == 5
    assert provider.submits == 1


def test_outputs_that_nobody_documented_are_not_taken_for_an_empty_delivery(workspace, serve):
    provider = serve()
    provider.meddle = results_saying(outputs=[{"file": {"name": "1.jpg"}}])
    workspace.campaign(pictures=(1,))
    ran = campaign("run", "winter", "--yes")
    assert ran.code == 5
    assert "an output in an unknown form" in ran.err
    assert sum(status()) == 40_000
    provider.meddle = lambda _call: None
    assert campaign("run", "winter").code == 0
    assert provider.submits == 1
    assert in_step(workspace, provider) == 40_000


def test_an_entry_of_the_history_that_cannot_be_read_proves_no_absence(workspace, serve, hurry):
    provider = serve(faults=Faults(refuse={1: 500}))
    workspace.campaign(pictures=(1,))
    assert campaign("run", "winter", "--yes").code == 6
    items = said(200, {"code": 200, "data": {"items": [{"id": ["p-1"], "status": "completed"}]}})
    provider.meddle = nonsense_at(method="POST", path="predictions", answer=items)
    hurry.pass_by(minutes=20)
    assert campaign("reconcile").code == 6
    assert status() == (0, 0, 40_000)
    provider.meddle = lambda _call: None
    assert campaign("reconcile").code == 0
    assert status() == (0, 0, 0)


NONSENSE = {
    "nothing": Response(b"", 200),
    "no content": Response(status_code=204),
    "a page": said(200, "<html>upstream is having a moment</html>", media_type="text/html"),
    "a list": said(200, []),
    "null": said(200, "null"),
    "no data": said(200, {"code": 200, "message": "success"}),
    "empty data": said(200, {"code": 200, "data": {}}),
    "wrong types": said(
        200,
        {
            "code": 200,
            "data": {
                "id": 7,
                "status": [],
                "outputs": 5,
                "items": "x",
                "price": [],
                "balance": {},
                "download_url": 3,
                "upload": [],
            },
        },
    ),
    "wrong items": said(
        200, {"code": 200, "data": {"items": [None, 3, {"id": []}, {"uuid": {}, "price": "x"}]}}
    ),
    "not a number": said(200, '{"code": 200, "data": {"price": NaN, "balance": Infinity}}'),
    "an inner error": said(200, {"code": 500, "message": "no", "data": None}),
    "very deep": said(200, "[" * 100_000),
    "not text": Response(b"\xff\xfe\x00", 200, media_type="application/json"),
    "a redirect": Response(status_code=302, headers={"location": "http://127.0.0.1:1/"}),
    "a teapot": said(418, {"error": "I am a teapot"}),
    "unavailable": said(503, "unavailable", media_type="text/plain"),
}
SURFACES = {
    "price": ("POST", "model/price"),
    "balance": ("GET", "balance"),
    "ticket": ("POST", "media/uploads"),
    "put": ("PUT", "/tickets/"),
    "submit": ("POST", "bytedance/"),
    "result": ("GET", "predictions/"),
    "history": ("POST", "predictions"),
    "bill": ("POST", "billings/search"),
}


class EachKindOnce:
    """Answers calls to one surface with each kind of nonsense, one after the other."""

    def __init__(self, surface: str) -> None:
        self._surface = SURFACES[surface]
        self.left = list(NONSENSE)
        if surface == "put":
            # Whatever comes with a 2xx means that the file has arrived.
            self.left = [kind for kind in self.left if NONSENSE[kind].status_code >= 300]

    def __call__(self, call: Call) -> Response | None:
        method, path = self._surface
        if not self.left or call.method != method or not call.path.startswith(path):
            return None
        return NONSENSE[self.left.pop(0)]


@pytest.mark.parametrize("surface", SURFACES)
def test_nonsense_anywhere_is_survived_with_the_money_known(workspace, serve, hurry, surface):
    lost = surface == "history"
    provider = serve(faults=Faults(drop_answer={1} if lost else set()))
    pictures = len(NONSENSE) if surface == "submit" else 1
    workspace.campaign(pictures=range(1, pictures + 1), model=SINGLE)
    nonsense = provider.meddle = EachKindOnce(surface)
    codes = set()
    while nonsense.left:
        before = len(nonsense.left)
        codes.add(campaign("run", "winter", "--yes").code)
        if surface in {"history", "bill"}:
            codes.add(campaign("reconcile").code)
        assert len(nonsense.left) < before
    assert codes <= {0, 5, 6, 9}
    hurry.pass_by(minutes=20)
    campaign("reconcile")
    for number in range(2, pictures + 1):  # one is enough to see that buying works again
        (workspace.folder("winter") / f"images/p{number:03}.jpg").unlink()
    assert campaign("run", "winter", "--yes").code == 0
    assert in_step(workspace, provider) == 40_000
