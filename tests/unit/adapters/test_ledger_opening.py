"""Ledgers that are new, old, damaged, cut short or out of reach."""

import asyncio
import fcntl
import os
import random
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest

from pipeline.adapters.ledger import SqliteLedger, examine, opening, schema, set_aside
from pipeline.adapters.runs import Runs
from pipeline.domain.attempt import State
from pipeline.domain.diagnostics import CampaignError
from pipeline.execution.ports import Reserved
from tests.unit.adapters.apart import begin, finish, give_rights_up, in_a_child
from tests.unit.adapters.ledgers import reserve, send, spent
from tests.unit.domain.samples import AT, UNIT

pytestmark = pytest.mark.anyio
FORMATS = Path(__file__).parents[2] / "golden" / "formats"
OLDER = {"1": FORMATS / "ledger-v1-money.sql", "2": FORMATS / "ledger-v2.sql"}


def open_ledger(path: Path, run: str = "r-9") -> SqliteLedger:
    return SqliteLedger(path, run=run, runs=Runs(path.parent / "runs"))


def told(path: Path) -> list:
    """All that a ledger says; new attempts can be reserved in it as well."""

    async def look() -> list:
        ledger = open_ledger(path)
        try:
            found = [
                ledger.receipts(),
                ledger.booked(),
                ledger.claims(),
                await ledger.open_attempts(),
                ledger.predictions(),
                ledger.overruns(),
                ledger.filings(),
                ledger.needs_looking_back(),
            ]
            number = 100 + len(ledger.attempts())
            assert isinstance(await reserve(ledger, f"a-{number}", cells=(number,)), Reserved)
            return found
        finally:
            await ledger.aclose()

    return asyncio.run(look())


def refusal(work) -> str:
    """Code of the one problem with which a damaged ledger is refused."""
    with pytest.raises(CampaignError) as refused:
        work()
    assert refused.value.exit_code == 12
    (problem,) = refused.value.problems
    assert "campaign reconcile --rebuild" in problem.fix
    assert problem.money == "nothing was charged by this command"
    return problem.code


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Bytes of a ledger with attempts in all states."""
    path = tmp_path_factory.mktemp("whole") / "ledger.sqlite3"

    async def make() -> None:
        ledger = open_ledger(path, "r-1")
        await ledger.looked_back(AT)
        for number, state in enumerate(list(State)[:7]):
            await send(ledger, f"a-{number}", cells=(number,), upto=state)
        await ledger.aclose()

    asyncio.run(make())
    return path.read_bytes()


class TestNew:
    async def test_a_new_one_has_to_look_back_until_it_did(self, desk):
        ledger = desk.ledger()
        assert ledger.needs_looking_back()
        desk.end(ledger)
        ledger = desk.ledger()
        assert ledger.needs_looking_back()
        await ledger.looked_back(AT)
        assert not ledger.needs_looking_back()
        desk.end(ledger)
        assert not desk.ledger().needs_looking_back()

    def test_a_file_of_no_bytes_is_new(self, desk):
        desk.path.parent.mkdir()
        desk.path.touch()
        assert desk.ledger().needs_looking_back()

    async def test_a_log_whose_ledger_is_gone_is_kept_beside_the_new_one(self, desk):
        """SQLite would delete it; it may be all that tells of open charges."""
        ledger = desk.ledger()
        await reserve(ledger)
        log = desk.path.with_name("ledger.sqlite3-wal")
        content = log.read_bytes()
        desk.end(ledger)
        desk.path.unlink()
        for _ in range(2):
            log.write_bytes(content)
            new = desk.ledger()
            assert new.needs_looking_back()
            desk.end(new)
            desk.path.write_bytes(b"")
        for name in ("ledger.sqlite3.lost-wal", "ledger.sqlite3.lost-2-wal"):
            assert desk.path.with_name(name).read_bytes() == content

    def test_nobody_else_opens_it_while_a_lost_log_is_put_away(self, desk, monkeypatch):
        """What looks lost may be the log of a ledger that another process is just making."""

        def is_alone(path: Path) -> None:
            handle = os.open(path.parent, os.O_RDONLY)
            with pytest.raises(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.close(handle)
            seen.append(path)

        seen: list[Path] = []
        monkeypatch.setattr(opening, "_keep_lost_log", is_alone)
        desk.ledger()
        assert seen == [desk.path]

    @pytest.mark.slow
    def test_several_processes_may_make_it_at_once(self, tmp_path):
        for number in range(5):
            path = tmp_path / str(number) / "ledger.sqlite3"

            def use(run: int, path: Path = path) -> bool:
                async def work() -> bool:
                    ledger = open_ledger(path, f"r-{run}")
                    answer = await reserve(ledger, f"a-{run}", cells=(run,))
                    await ledger.aclose()
                    return isinstance(answer, Reserved)

                return asyncio.run(work())

            children = [begin(lambda run=run: use(run)) for run in range(4)]
            assert finish(children) == [True] * 4
            ledger = open_ledger(path)
            assert len(ledger.attempts()) == 4
            assert spent(ledger) == (0, 4 * UNIT, 0, 4)
            ledger.close()


class TestDamaged:
    @pytest.mark.slow
    def test_a_flipped_byte_is_refused_or_does_no_harm(self, tmp_path, whole):
        """Never a traceback, and never a new ledger in its place."""
        dice = random.Random(20261122)  # noqa: S311 (no secret)
        places = [*range(0, 100, 2), *dice.sample(range(100, len(whole)), 60)]
        path = tmp_path / "ledger.sqlite3"
        codes = []
        for place in places:
            _lay(path, whole[:place] + bytes([whole[place] ^ 0xA5]) + whole[place + 1 :])
            try:
                assert told(path)[-1] is False, place
            except CampaignError as error:
                codes.append(error.exit_code)
        assert len(codes) > 20
        assert set(codes) == {12}

    @pytest.mark.slow
    def test_a_file_cut_at_any_length_is_refused(self, tmp_path, whole):
        path = tmp_path / "ledger.sqlite3"
        for length in [1, 15, 16, 99, 100, 511, 512, *range(1000, len(whole), 9999)]:
            _lay(path, whole[:length])
            assert refusal(lambda: told(path)) == "S010", length
            assert path.stat().st_size == length  # nothing was put into it

    def test_a_damaged_page_is_found_although_nobody_asks_for_it(self, tmp_path, whole):
        path = tmp_path / "ledger.sqlite3"
        for page in range(2 * 4096, len(whole), 4096):
            _lay(path, whole[:page] + bytes(4096) + whole[page + 4096 :])
            assert refusal(lambda: open_ledger(path)) == "S010", page

    def test_a_large_one_is_looked_through_after_a_death_only_or_when_asked_to(
        self, tmp_path, whole, monkeypatch
    ):
        monkeypatch.setattr(opening, "_SMALL", 0)
        path = tmp_path / "ledger.sqlite3"
        last = len(whole) - 4096
        damaged = whole[:last] + bytes(4096)
        _lay(path, damaged)
        open_ledger(path).close()
        assert refusal(lambda: examine(path)) == "S010"
        _lay(path, damaged)
        keeper = sqlite3.connect(path)
        keeper.execute("UPDATE meta SET value = 'again' WHERE name = 'looked_back'")
        keeper.commit()  # leaves a log, as a process does that dies
        assert refusal(lambda: open_ledger(path)) == "S010"
        keeper.close()

    def test_a_trigger_that_changed_is_found(self, tmp_path, whole):
        """The totals would go wrong, and nothing else would say so."""
        path = tmp_path / "ledger.sqlite3"
        _lay(path, whole.replace(b"charged = charged + excluded", b"charged = charged - excluded"))
        assert refusal(lambda: open_ledger(path)) == "S010"

    @pytest.mark.parametrize(
        "damage",
        [
            "UPDATE attempts SET body = 'no json' WHERE id = 'a-1'",
            "UPDATE attempts SET body = '[]' WHERE id = 'a-1'",
            "UPDATE attempts SET outputs = '[7]' WHERE id = 'a-5'",
            "UPDATE attempts SET receipt = '{\"kind\": \"gen\"}' WHERE id = 'a-6'",
            "UPDATE meta SET value = 'many' WHERE name = 'filings'",
            "DELETE FROM meta WHERE name = 'looked_back'",
        ],
    )
    def test_what_makes_no_sense_is_damage(self, tmp_path, whole, damage):
        path = tmp_path / "ledger.sqlite3"
        _lay(path, whole)
        db = sqlite3.connect(path)
        with db:
            assert db.execute(damage).rowcount == 1
        db.close()
        assert refusal(lambda: told(path)) == "S010"

    def test_a_folder_in_its_place_is_refused(self, tmp_path):
        path = tmp_path / "ledger.sqlite3"
        path.mkdir()
        assert refusal(lambda: open_ledger(path)) == "S012"

    def test_a_file_where_its_folder_should_be_is_refused(self, tmp_path):
        (tmp_path / "state").touch()
        assert refusal(lambda: open_ledger(tmp_path / "state" / "ledger.sqlite3")) == "S012"

    def test_totals_that_went_wrong_are_made_anew(self, tmp_path, whole):
        path = tmp_path / "ledger.sqlite3"
        for wrong in (
            "UPDATE totals SET charged = charged + 1 WHERE scope = 'campaign'",
            "DELETE FROM totals WHERE scope = 'month'",
            "DELETE FROM totals",
        ):
            _lay(path, whole)
            db = sqlite3.connect(path)
            right = db.execute("SELECT * FROM totals").fetchall()
            with db:
                db.execute(wrong)
            db.close()
            ledger = open_ledger(path)
            assert ledger._reads.execute("SELECT * FROM totals").fetchall() == right
            ledger.close()

    def test_after_a_death_even_totals_that_agree_are_compared_with_all_attempts(
        self, tmp_path, whole
    ):
        path = tmp_path / "ledger.sqlite3"
        _lay(path, whole)
        keeper = sqlite3.connect(path)
        right = keeper.execute("SELECT * FROM totals").fetchall()
        keeper.execute("UPDATE totals SET charged = charged + 1")
        keeper.commit()
        ledger = open_ledger(path)
        assert ledger._reads.execute("SELECT * FROM totals").fetchall() == right
        ledger.close()
        keeper.close()


@pytest.fixture
def open_to_all():
    """A folder that a child without rights can reach."""
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    folder.chmod(0o755)
    yield folder
    for found in (folder, *folder.iterdir()):
        found.chmod(0o755)
    shutil.rmtree(folder)


class TestOutOfReach:
    @pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o555, 0o444), (0o755, 0)])
    def test_without_the_right_to_read_or_to_keep_a_log_it_is_refused(
        self, open_to_all, whole, folder_mode, file_mode
    ):
        path = open_to_all / "ledger.sqlite3"
        path.write_bytes(whole)

        def without_rights() -> str:
            give_rights_up(open_to_all)
            path.chmod(file_mode)
            open_to_all.chmod(folder_mode)
            return refusal(lambda: open_ledger(path))

        assert in_a_child(without_rights) == "S012"
        open_to_all.chmod(0o755)
        path.chmod(0o644)
        assert path.read_bytes() == whole

    def test_one_that_may_only_be_read_can_be_read_and_reserves_nothing(self, open_to_all, whole):
        path = open_to_all / "ledger.sqlite3"
        path.write_bytes(whole)

        async def use() -> tuple[int, str]:
            ledger = open_ledger(path)
            with pytest.raises(CampaignError) as refused:
                await reserve(ledger, "a-99", cells=(99,))
            found = len(ledger.attempts())
            await ledger.aclose()
            return found, refused.value.problems[0].code

        def without_rights() -> tuple[int, str]:
            give_rights_up(open_to_all)
            path.chmod(0o444)
            return asyncio.run(use())

        assert in_a_child(without_rights) == (7, "S012")
        assert path.read_bytes() == whole


class TestCutLog:
    @pytest.mark.slow
    async def test_a_log_cut_anywhere_leaves_a_beginning_of_what_was_committed(
        self, desk, tmp_path
    ):
        ledger = desk.ledger()
        log = desk.path.with_name("ledger.sqlite3-wal")
        sizes = [log.stat().st_size]
        for number in range(30):
            await reserve(ledger, f"a-{number}", cells=(number,))
            sizes.append(log.stat().st_size)
        assert sizes == sorted(set(sizes))
        cut = tmp_path / "cut" / "ledger.sqlite3"
        cut.parent.mkdir()
        for length in sorted(
            {*range(0, sizes[-1], 20_011), *sizes[::3], *(n - 1 for n in sizes[::3])}
        ):
            _lay(cut, desk.path.read_bytes(), log=log.read_bytes()[:length])
            again = open_ledger(cut)
            whole_commits = sum(length >= size for size in sizes) - 1
            assert again.needs_looking_back()
            assert again.attempts() == {f"a-{n}" for n in range(max(0, whole_commits))}, length
            assert spent(again)[1] == max(0, whole_commits) * UNIT
            again.close()


class TestSettingAside:
    def test_it_is_renamed_with_all_that_lies_beside_it_and_nothing_is_written_over(self, tmp_path):
        path = tmp_path / "ledger.sqlite3"
        for _ in range(2):
            _lay(path, b"damaged", log=b"log")
            path.with_name("ledger.sqlite3-shm").write_bytes(b"index")
            set_aside(path, AT)
        assert {found.name for found in tmp_path.iterdir()} == {
            f"ledger.sqlite3.damaged-{AT}{again}{ending}"
            for again in ("", "-2")
            for ending in ("", "-wal", "-shm")
        }

    def test_it_returns_where_a_readable_one_can_still_be_read(self, tmp_path, whole):
        path = tmp_path / "ledger.sqlite3"
        _lay(path, whole)
        before = told(path)
        aside = set_aside(path, AT)
        assert not path.exists()
        assert told(aside)[-2:] == before[-2:]

    def test_a_folder_in_its_place_is_set_aside_too(self, tmp_path):
        path = tmp_path / "ledger.sqlite3"
        path.mkdir()
        assert set_aside(path, AT).is_dir()
        assert told(path)[-1] is True

    def test_what_a_process_has_open_is_not_set_aside(self, tmp_path, whole):
        path = tmp_path / "ledger.sqlite3"
        _lay(path, whole)
        ready, done = os.pipe(), os.pipe()

        def keep_open() -> None:
            ledger = open_ledger(path)
            os.write(ready[1], b"!")
            os.read(done[0], 1)
            ledger.close()

        child = begin(keep_open)
        os.read(ready[0], 1)
        with pytest.raises(CampaignError) as refused:
            set_aside(path, AT)
        assert refused.value.exit_code == 8
        assert path.exists()
        os.write(done[1], b"!")
        finish([child])
        set_aside(path, AT)
        assert not path.exists()
        for handle in (*ready, *done):
            os.close(handle)

    def test_one_that_was_interrupted_can_be_called_again(self, tmp_path, monkeypatch):
        path = tmp_path / "ledger.sqlite3"
        _lay(path, b"damaged", log=b"log")
        real = opening.rename_durably

        def only_once(source: Path, target: Path) -> None:
            real(source, target)
            monkeypatch.setattr(opening, "rename_durably", broken)

        def broken(source: Path, target: Path) -> None:
            raise OSError("the disk is gone")

        monkeypatch.setattr(opening, "rename_durably", only_once)
        with pytest.raises(CampaignError):
            set_aside(path, AT)
        monkeypatch.setattr(opening, "rename_durably", real)
        assert [found.name for found in tmp_path.glob("*-wal")] == ["ledger.sqlite3-wal"]
        set_aside(path, AT)
        assert [found.read_bytes() for found in tmp_path.glob("*-wal")] == [b"log"]
        assert [found.read_bytes() for found in tmp_path.glob("*T12:00:00Z")] == [b"damaged"]


class TestBringingUp:
    @pytest.fixture(params=sorted(OLDER))
    def older(self, request):
        """An older format."""
        return request.param

    @pytest.fixture
    def old(self, tmp_path, older):
        path = tmp_path / "ledger.sqlite3"
        db = sqlite3.connect(path)
        db.executescript(OLDER[older].read_text("utf-8"))
        db.close()
        return path

    def test_it_is_then_no_different_from_one_that_was_made(self, old, tmp_path):
        open_ledger(old).close()
        new = tmp_path / "new" / "ledger.sqlite3"
        open_ledger(new).close()
        assert _schema(old) == _schema(new)

    def test_it_needs_no_looking_back(self, old):
        ledger = open_ledger(old)
        assert not ledger.needs_looking_back()
        ledger.close()

    def test_all_or_nothing(self, old, older, monkeypatch):
        before = _dump(old)
        script = f"_FROM_{older}_COPIED"
        monkeypatch.setattr(schema, script, getattr(schema, script) + "SELECT nothing;\n")
        assert refusal(lambda: open_ledger(old)) == "S010"
        assert _dump(old) == before
        monkeypatch.undo()
        open_ledger(old).close()

    @pytest.mark.slow
    def test_several_processes_may_do_it_at_once(self, old):
        children = [begin(lambda: open_ledger(old).close()) for _ in range(4)]
        finish(children)
        examine(old)

    def test_an_older_program_refuses_what_was_brought_up(self, old):
        """It reads this row first, and nothing else when it is not its own format."""
        open_ledger(old).close()
        db = sqlite3.connect(old)
        assert db.execute("SELECT value FROM meta WHERE name = 'format'").fetchall() == [("3",)]
        db.close()

    def test_nothing_in_it_was_bought_under_a_permit(self, old):
        ledger = open_ledger(old)
        assert {row.permit for row in ledger.booked()} == {""}
        sums = "SELECT images, held_images, charged, reserved, in_doubt FROM totals WHERE scope = ?"
        whole, permits = (
            ledger._reads.execute(sums, (scope,)).fetchall() for scope in ("workspace", "permit")
        )
        assert permits == whole
        ledger.close()


def test_a_ledger_of_format_2_whose_tables_are_not_those_that_were_made_is_not_signed(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    db = sqlite3.connect(path)
    db.executescript(OLDER["2"].read_text("utf-8"))
    db.execute("DROP TRIGGER bill_stands")
    db.commit()
    db.close()
    before = _dump(path)
    assert refusal(lambda: open_ledger(path)) == "S010"
    assert _dump(path) == before


def _lay(path: Path, content: bytes, *, log: bytes | None = None) -> None:
    for found in path.parent.glob(f"{path.name}-*"):
        found.unlink()
    path.write_bytes(content)
    if log is not None:
        path.with_name(f"{path.name}-wal").write_bytes(log)


def _schema(path: Path) -> list:
    db = sqlite3.connect(path)
    found = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")
    rows = found.fetchall()
    db.close()
    return rows


def _dump(path: Path) -> list[str]:
    db = sqlite3.connect(path)
    lines = list(db.iterdump())
    db.close()
    return lines
