"""What the provider calls unsafe rides from its answer into the receipt, or stays unknown."""

import json
from dataclasses import replace

import pytest

from pipeline.domain.attempt import State
from pipeline.domain.receipts import read, write
from pipeline.providers.words import prediction_of
from tests.unit.domain.samples import gen, order
from tests.unit.execution.stage import UNKNOWN, Script, completed
from tests.unit.execution.test_attempt import bring_to, buy

ADDRESSES = ["https://o/1", "https://o/2"]


def told(flags, outputs=ADDRESSES):
    data = {"id": "p-1", "status": "completed", "outputs": outputs, "has_nsfw_contents": flags}
    return prediction_of(data).flagged


@pytest.mark.parametrize(
    ("flags", "flagged"),
    [
        ([False, True], (False, True)),
        ([True, None], (True, None)),
        ([None, None], ()),
        (None, ()),
        ([], ()),
        ([True], ()),  # whose?
        ([False, False, True], ()),
        (["yes", 1], ()),
        (True, ()),
        ({"0": True}, ()),
    ],
)
def test_what_an_answer_says_of_each_picture(flags, flagged):
    assert told(flags) == flagged


def test_an_output_that_did_not_come_leaves_it_open_whose_a_flag_is():
    assert told([False, True], ["https://o/1", ""]) == ()


def test_a_receipt_with_and_without_it_is_read_back():
    plain = gen(order())
    flagged = replace(plain, flagged=(False, None))
    assert '"flagged"' not in write(plain)
    assert '"flagged":[false,null]' in write(flagged)
    for one in (plain, flagged):
        assert read(json.loads(write(one))) == one


@pytest.mark.anyio
async def test_it_rides_into_the_receipt(stage):
    stage.provider.results["p-1"] = Script(replace(completed("p-1", 2), flagged=(False, True)))
    await buy(stage)
    (receipt,) = stage.lock.receipts
    assert receipt.flagged == (False, True)


@pytest.mark.anyio
async def test_a_picture_that_is_gone_takes_its_flag_along(stage):
    attempt = await bring_to(stage, State.SUBMITTED)
    stage.provider.results["p-1"] = Script(replace(completed("p-1", 2), flagged=(False, True)))
    stage.intake.gone = {"https://o/p-1/0"}
    stage.clock.jump(days=8)
    await stage.driver().follow(attempt)
    receipt = stage.lock.receipts[0]
    assert (len(receipt.outputs), receipt.flagged) == (1, (True,))


@pytest.mark.anyio
@pytest.mark.parametrize("state", [State.READY, State.STORED])
async def test_a_run_that_died_before_its_receipt_leaves_it_to_be_asked_again(stage, state):
    attempt = await bring_to(stage, state)
    said = replace(completed("p-1", 2), flagged=(False, True), notes=("no scarf",))
    stage.provider.results["p-1"] = Script(said)
    await stage.driver().follow(attempt)
    (receipt,) = stage.lock.receipts
    assert (receipt.flagged, receipt.notes) == ((False, True), ("no scarf",))


@pytest.mark.anyio
async def test_a_provider_that_cannot_be_asked_again_keeps_no_receipt_back(stage):
    attempt = await bring_to(stage, State.STORED)
    stage.provider.results["p-1"] = Script(UNKNOWN)
    await stage.driver().follow(attempt)
    (receipt,) = stage.lock.receipts
    assert (len(receipt.outputs), receipt.flagged) == (2, ())
