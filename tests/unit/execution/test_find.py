"""Proof, or it stays in doubt."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.domain.attempt import State
from pipeline.execution.find import Absent, Found, Search, Unknown
from pipeline.execution.ports import BillingRow, Failure, ProviderError
from tests.support.clock import START
from tests.unit.domain.samples import order
from tests.unit.execution.stage import Script, seen

pytestmark = pytest.mark.anyio

BROKEN = ProviderError(Failure.NOT_SENT, "HTTP 502")
FRESH = "https://u/a-1"
AT = START.strftime("%Y-%m-%dT%H:%M:%SZ")


async def lost(stage, attempt="a-1", *, cells=(1, 2), fresh=None):
    """An attempt that was sent now, without an answer."""
    await stage.reserve(order(attempt, cells=cells))
    at = stage.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    address = f"https://u/{attempt}" if fresh is None else fresh
    await stage.books.submitting(attempt, fresh=address, at=at)
    return await stage.books.state_of(attempt)


async def look(stage, attempt, *, exclusive=False):
    return await Search(stage.provider, stage.books, stage.clock, exclusive=exclusive).look(attempt)


def history(stage, *listings):
    stage.provider.histories = Script(*listings)


class TestExactMatch:
    @pytest.mark.parametrize("exclusive", [True, False])
    async def test_an_input_that_only_this_attempt_has_is_proof(self, stage, exclusive):
        attempt = await lost(stage)
        mine = seen("p-mine", inputs=["https://u/ref", FRESH])
        history(stage, [seen("p-1", inputs=["https://u/other"]), mine, seen("p-2", inputs=[])])
        found = await look(stage, attempt, exclusive=exclusive)
        assert found == Found("p-mine", "its input address was uploaded for this attempt alone")

    async def test_also_among_rivals_and_at_once(self, stage):
        attempt = await lost(stage)
        await lost(stage, "a-2", cells=(3, 4))
        history(stage, [seen("p-b", inputs=["https://u/a-2"]), seen("p-a", inputs=[FRESH])])
        assert (await look(stage, attempt)).prediction == "p-a"

    async def test_a_prediction_that_has_an_owner_is_nobody_elses(self, stage):
        attempt = await lost(stage)
        other = await lost(stage, "a-2", cells=(3, 4))
        await stage.books.submitted(other.id, prediction="p-mine")
        history(stage, [seen("p-mine", inputs=[FRESH])])
        assert isinstance(await look(stage, attempt), Unknown)

    async def test_an_id_that_was_told_twice_is_never_proof_of_absence(self, stage):
        attempt = await lost(stage)
        other = await lost(stage, "a-2", cells=(3, 4))
        await stage.books.submitted(other.id, prediction="p-mine")
        history(stage, [seen("p-mine", inputs=[FRESH])])
        stage.clock.jump(hours=3)
        finding = await look(stage, attempt, exclusive=True)
        assert isinstance(finding, Unknown)
        assert "p-mine to another request as well" in finding.why

    async def test_the_window_begins_before_the_send_as_clocks_differ(self, stage):
        attempt = await lost(stage)
        stage.clock.jump(minutes=3)
        await look(stage, attempt)
        assert stage.provider.windows[0] == (
            START - timedelta(minutes=5), START + timedelta(minutes=8),
        )  # fmt: skip

    async def test_an_attempt_without_inputs_of_its_own_matches_nothing_exactly(self, stage):
        attempt = await lost(stage, fresh="")
        history(stage, [seen("p-1", inputs=[""])])
        assert isinstance(await look(stage, attempt), Unknown)


class TestSamePictures:
    """For an attempt of which only a lock tells: nobody knows the address of its input any more."""

    def echo(self, attempt, prediction, *, pictures):
        asked = attempt.order.asked
        addresses = tuple(f"https://u/{one}" for one in pictures)
        body = {"prompt": asked["prompt"], **asked["params"], "images": list(addresses)}
        return replace(seen(prediction, inputs=addresses), asked=body)

    async def look(self, stage, attempt, *, exclusive=True):
        async def digest_of(address):
            stage.log.append("digest")
            return address.removeprefix("https://u/")

        search = Search(
            stage.provider, stage.books, stage.clock, exclusive=exclusive, digest_of=digest_of
        )
        return await search.look(attempt)

    def pictures(self, attempt):
        return [picture["sha256"] for picture in attempt.order.asked["inputs"]]

    @pytest.mark.parametrize("exclusive", [True, False])
    async def test_the_same_words_with_the_same_pictures_are_proof(self, stage, exclusive):
        attempt = await lost(stage, fresh="")
        mine = self.echo(attempt, "p-mine", pictures=self.pictures(attempt))
        history(stage, [mine])
        found = await self.look(stage, attempt, exclusive=exclusive)
        assert found == Found("p-mine", "it asks for the same with the same pictures")

    async def test_the_same_words_with_other_pictures_are_somebody_elses(self, stage):
        attempt = await lost(stage, fresh="")
        other = self.echo(attempt, "p-1", pictures=["0" * 64] * len(self.pictures(attempt)))
        history(stage, [other])
        assert "p-1" not in (await self.look(stage, attempt)).why

    async def test_the_only_one_is_not_taken_where_others_may_have_been_lost_as_well(self, stage):
        attempt = await lost(stage, fresh="")
        history(stage, [seen("p-1", at=START + timedelta(seconds=2))])
        found = await self.look(stage, attempt)
        assert isinstance(found, Unknown)
        assert "p-1" in found.why


class TestOnlyOne:
    @pytest.mark.parametrize("exclusive", [True, False])
    async def test_an_entry_that_cannot_be_read_is_never_adopted_and_nothing_is_absent_beside_it(
        self, stage, exclusive
    ):
        attempt = await lost(stage)
        stage.clock.jump(minutes=16)
        history(stage, [seen("", model="")])
        found = await look(stage, attempt, exclusive=exclusive)
        assert isinstance(found, Unknown)
        assert "(not readable)" in found.why

    async def test_under_an_exclusive_key_the_only_one_is_it(self, stage):
        attempt = await lost(stage)
        history(stage, [seen("p-1", at=START + timedelta(seconds=2))])
        found = await look(stage, attempt, exclusive=True)
        assert found.prediction == "p-1"
        assert "exclusive" in found.proof

    async def test_under_a_shared_key_it_may_be_anybodys(self, stage):
        attempt = await lost(stage)
        history(stage, [seen("p-1")])
        found = await look(stage, attempt)
        assert isinstance(found, Unknown)
        assert "p-1" in found.why

    async def test_of_two_candidates_none_is_taken(self, stage):
        attempt = await lost(stage)
        history(stage, [seen("p-1"), seen("p-2")])
        found = await look(stage, attempt, exclusive=True)
        assert isinstance(found, Unknown)
        assert "p-1, p-2" in found.why

    async def test_of_two_attempts_neither_takes_it(self, stage):
        attempt = await lost(stage)
        await lost(stage, "a-2", cells=(3, 4))
        history(stage, [seen("p-1")])
        assert isinstance(await look(stage, attempt, exclusive=True), Unknown)

    async def test_an_attempt_that_found_its_own_is_no_rival(self, stage):
        attempt = await lost(stage)
        other = await lost(stage, "a-2", cells=(3, 4))
        await stage.books.submitted(other.id, prediction="p-2")
        history(stage, [seen("p-1"), seen("p-2")])
        assert (await look(stage, attempt, exclusive=True)).prediction == "p-1"

    async def test_predictions_of_other_models_do_not_count(self, stage):
        attempt = await lost(stage)
        history(stage, [seen("p-1"), seen("p-other", model="someone/else")])
        assert (await look(stage, attempt, exclusive=True)).prediction == "p-1"

    async def test_nor_do_those_whose_told_inputs_are_others(self, stage):
        attempt = await lost(stage)
        history(stage, [seen("p-1"), seen("p-other", inputs=["https://u/other"])])
        assert (await look(stage, attempt, exclusive=True)).prediction == "p-1"

    @pytest.mark.parametrize("after", [timedelta(hours=3), timedelta(minutes=-6)])
    async def test_one_of_another_time_is_not_taken(self, stage, after):
        attempt = await lost(stage)
        stage.clock.jump(hours=4)
        history(stage, [seen("p-1", at=START + after)])
        assert isinstance(await look(stage, attempt, exclusive=True), Unknown)

    async def test_one_whose_model_nobody_tells_may_be_it(self, stage):
        attempt = await lost(stage)
        history(stage, [seen("p-1", model="")])
        assert (await look(stage, attempt, exclusive=True)).prediction == "p-1"


class TestAbsence:
    @pytest.mark.parametrize("exclusive", [True, False])
    async def test_it_takes_two_listings_and_the_bill_a_quarter_of_an_hour_later(
        self, stage, exclusive
    ):
        attempt = await lost(stage)
        stage.clock.jump(minutes=15)
        found = await look(stage, attempt, exclusive=exclusive)
        assert isinstance(found, Absent)
        assert stage.provider.log == ["history", "history", "bill"]

    async def test_not_before_15_minutes(self, stage):
        attempt = await lost(stage)
        stage.clock.jump(minutes=14, seconds=59)
        assert isinstance(await look(stage, attempt), Unknown)
        assert stage.provider.log == ["history"]

    @pytest.mark.parametrize("days", [6.999, 7, 30])
    async def test_not_once_the_history_does_not_reach_back(self, stage, days):
        attempt = await lost(stage)
        stage.clock.jump(days=days)
        assert isinstance(await look(stage, attempt), Unknown)

    async def test_not_while_a_row_of_the_bill_has_no_owner(self, stage):
        attempt = await lost(stage)
        stage.clock.jump(minutes=20)
        stage.provider.bill = Script([BillingRow("row-7", "p-stranger", 40_000, AT)])
        found = await look(stage, attempt)
        assert isinstance(found, Unknown)
        assert "row-7" in found.why

    async def test_rows_of_known_predictions_are_explained(self, stage):
        attempt = await lost(stage)
        other = await lost(stage, "a-2", cells=(3, 4))
        await stage.books.submitted(other.id, prediction="p-2")
        stage.clock.jump(minutes=20)
        history(stage, [seen("p-theirs", inputs=["https://u/theirs"]), seen("p-2")])
        rows = [BillingRow(f"row-{p}", p, 40_000, AT) for p in ("p-theirs", "p-2")]
        stage.provider.bill = Script(rows)
        assert isinstance(await look(stage, attempt), Absent)

    async def test_not_if_something_turns_up_in_the_second_listing(self, stage):
        attempt = await lost(stage)
        stage.clock.jump(minutes=20)
        history(stage, [], [seen("p-late", inputs=[FRESH])])
        assert isinstance(await look(stage, attempt), Unknown)

    @pytest.mark.parametrize(
        ("listings", "bill"), [([BROKEN], [[]]), ([[], BROKEN], [[]]), ([[]], [BROKEN])]
    )
    async def test_not_if_any_of_it_could_not_be_read(self, stage, listings, bill):
        attempt = await lost(stage)
        stage.clock.jump(minutes=20)
        history(stage, *listings)
        stage.provider.bill = Script(*bill)
        found = await look(stage, attempt)
        assert isinstance(found, Unknown)
        assert "HTTP 502" in found.why

    async def test_not_while_a_candidate_is_there(self, stage):
        attempt = await lost(stage)
        stage.clock.jump(minutes=20)
        history(stage, [seen("p-1")])
        assert isinstance(await look(stage, attempt), Unknown)


class TestReservedByTheDead:
    """A ledger that lost its last writes looks like one whose run sent nothing."""

    async def may_have_left(self, stage, *, exclusive=False):
        attempt = await stage.reserve()
        search = Search(stage.provider, stage.books, stage.clock, exclusive=exclusive)
        return await search.may_have_left(attempt)

    async def test_an_empty_history_means_no(self, stage):
        assert await self.may_have_left(stage) == ""

    @pytest.mark.parametrize("exclusive", [True, False])
    async def test_a_prediction_that_tells_no_inputs_means_perhaps(self, stage, exclusive):
        history(stage, [seen("p-1")])
        assert "p-1" in await self.may_have_left(stage, exclusive=exclusive)

    async def test_inputs_that_we_uploaded_mean_perhaps(self, stage):
        await stage.books.uploaded("d" * 64, "https://u/ours", AT, reusable=True)
        history(stage, [seen("p-1", inputs=["https://u/ours", "https://u/lost"])])
        assert "p-1" in await self.may_have_left(stage)

    async def test_inputs_that_we_do_not_know_mean_no_under_a_shared_key(self, stage):
        history(stage, [seen("p-1", inputs=["https://u/theirs"])])
        assert await self.may_have_left(stage) == ""

    async def test_and_perhaps_under_an_exclusive_one(self, stage):
        history(stage, [seen("p-1", inputs=["https://u/lost"])])
        assert "p-1" in await self.may_have_left(stage, exclusive=True)

    async def test_other_models_and_owned_predictions_mean_no(self, stage):
        other = await lost(stage, "a-2", cells=(3, 4))
        await stage.books.submitted(other.id, prediction="p-2")
        history(stage, [seen("p-2"), seen("p-3", model="someone/else")])
        assert await self.may_have_left(stage, exclusive=True) == ""

    async def test_a_history_that_cannot_be_read_releases_nothing(self, stage):
        history(stage, BROKEN)
        with pytest.raises(ProviderError):
            await self.may_have_left(stage)

    async def test_beyond_the_history_the_bill_is_asked(self, stage):
        attempt = await stage.reserve()
        stage.clock.jump(days=8)
        search = Search(stage.provider, stage.books, stage.clock, exclusive=True)
        assert await search.may_have_left(attempt) == ""
        stage.provider.bill = Script([BillingRow("row-1", "p-9", 40_000, AT)])
        assert "p-9" in await search.may_have_left(attempt)
        assert "history" not in stage.provider.log


async def test_nothing_is_changed_by_looking(stage):
    attempt = await lost(stage)
    stage.clock.jump(minutes=20)
    await look(stage, attempt)
    assert (await stage.books.state_of("a-1")).state is State.SUBMITTING
