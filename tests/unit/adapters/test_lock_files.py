"""The lock on disk: what is read of files that were cut, merged, damaged or written by others."""

import asyncio
import errno
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.adapters import durable_files
from pipeline.adapters.lock_files import LockFiles, LockFolder, LockWriter, read_lines
from pipeline.domain.diagnostics import CampaignError
from pipeline.domain.receipts import write
from tests.unit.domain.samples import failed, gen, order

ONE, TWO, THREE = gen(order("a-1")), failed(order("a-2")), gen(order("a-3"))
HEADER = '{"lock":1}'


def lines(*receipts) -> bytes:
    return "".join(f"{line}\n" for line in (HEADER, *map(write, receipts))).encode()


def read(raw: bytes):
    warnings = []
    return list(read_lines(raw, "lock/x.jsonl", warnings)), [w.code for w in warnings]


def refusal(raw: bytes):
    with pytest.raises(CampaignError) as refused:
        read(raw)
    assert refused.value.exit_code == 12
    (problem,) = refused.value.problems
    return problem


class TestReading:
    def test_a_whole_file(self):
        assert read(lines(ONE, TWO)) == ([ONE, TWO], [])

    @pytest.mark.parametrize("raw", [b"", b"\n", b"\n\n", f"{HEADER}\n".encode(), HEADER.encode()])
    def test_a_file_without_receipts(self, raw):
        assert read(raw) == ([], [])

    def test_the_last_line_may_have_lost_its_newline(self):
        assert read(lines(ONE, TWO).removesuffix(b"\n")) == ([ONE, TWO], [])

    @pytest.mark.slow
    def test_cut_at_every_byte_it_is_a_prefix_and_says_when_it_is_torn(self):
        raw, whole = lines(ONE, TWO), [ONE, TWO]
        ends = {raw.index(b"\n", 0), len(raw) - 1, raw.index(b"\n", len(HEADER) + 1)}
        for cut in range(len(raw)):
            found, warnings = read(raw[:cut])
            assert found == whole[: len(found)]
            is_at_end_of_line = cut in ends or cut - 1 in ends or cut == 0
            assert warnings == ([] if is_at_end_of_line else ["S003"]), cut

    def test_a_cut_inside_a_letter_of_several_bytes(self):
        raw = lines(gen(order("ä" * 9)))
        cut = raw.index("ä".encode()) + 1
        assert read(raw[:cut]) == ([], ["S003"])

    def test_empty_lines_and_crlf_do_no_harm(self):
        raw = lines(ONE, TWO).replace(b"\n", b"\r\n").replace(b"1}\r\n", b"1}\r\n\r\n  \r\n", 1)
        assert read(raw) == ([ONE, TWO], [])


class TestMerging:
    def test_conflict_markers_keep_both_sides(self):
        raw = b"\n".join(
            [
                HEADER.encode(),
                write(ONE).encode(),
                b"<<<<<<< HEAD",
                write(TWO).encode(),
                b"||||||| 1234567",
                b"=======",
                write(THREE).encode(),
                b">>>>>>> their branch",
                b"",
            ]
        )
        assert read(raw) == ([ONE, TWO, THREE], ["S004"])

    def test_a_header_in_the_middle_does_no_harm(self):
        assert read(lines(ONE) + lines(TWO)) == ([ONE, TWO], [])

    def test_the_folder_is_the_union_of_its_files(self, tmp_path):
        (tmp_path / "20261121-b.jsonl").write_bytes(lines(TWO))
        (tmp_path / "20261120-a.jsonl").write_bytes(lines(ONE, TWO)[:-5])
        (tmp_path / "notes.txt").write_text("no receipt")
        receipts, warnings = LockFolder(tmp_path, shown_as="campaigns/w/lock").read()
        assert receipts == [ONE, TWO]
        assert [str(w.at) for w in warnings] == ["campaigns/w/lock/20261120-a.jsonl:3:1"]

    def test_a_folder_that_does_not_exist_holds_nothing(self, tmp_path):
        assert LockFolder(tmp_path / "none", shown_as="x").read() == ([], [])


class TestRefusing:
    def test_a_newer_format_names_both_versions(self):
        problem = refusal(b'{"lock":2}\n' + lines(ONE))
        assert problem.code == "S001"
        assert "format 2" in problem.what
        assert "format 1" in problem.why
        assert str(problem.at) == "lock/x.jsonl:1:1"

    def test_an_unknown_kind_is_a_newer_programs(self):
        problem = refusal(lines(ONE) + b'{"kind":"gift","attempt":"a-1"}\n')
        assert problem.code == "S001"
        assert "'gift'" in problem.what
        assert str(problem.at) == "lock/x.jsonl:3:1"

    @pytest.mark.parametrize(
        "line",
        [
            b'{"kind":"gen"',
            b"oops",
            b"[]",
            b"7",
            b'"text"',
            b"\xff\xfe",
            b'{"kind":"gen"}',
            b'{"attempt":"a","amount":0.1,"row":"r","at":"","kind":"charge"}',
            b'{"kind":"gen","kin',
        ],
    )
    def test_a_damaged_line_is_named_with_its_place(self, line):
        problem = refusal(lines(ONE) + line + b"\n" + lines(TWO))
        assert (problem.code, str(problem.at)) == ("S002", "lock/x.jsonl:3:1")
        assert "git log" in problem.fix

    def test_a_damaged_line_inside_conflict_markers_too(self):
        raw = lines(ONE) + b"<<<<<<< HEAD\nbroken\n=======\n>>>>>>> theirs\n"
        assert str(refusal(raw).at) == "lock/x.jsonl:4:1"

    def test_the_last_line_counts_as_whole_if_it_is_json(self):
        assert refusal(lines(ONE) + b'{"kind":"gen"}').code == "S002"


class TestWriting:
    def test_the_first_receipt_makes_the_file(self, tmp_path):
        folder = tmp_path / "winter" / "lock"
        writer = LockWriter(folder, run="r-1", day="20261122")
        assert not folder.exists()
        writer.append([ONE])
        assert (folder / "20261122-r-1.jsonl").read_bytes() == lines(ONE)
        writer.append([TWO, THREE])
        assert (folder / "20261122-r-1.jsonl").read_bytes() == lines(ONE, TWO, THREE)
        writer.close()

    def test_a_file_of_that_name_is_never_written_to(self, tmp_path):
        (tmp_path / "20261122-r-1.jsonl").write_bytes(lines(ONE))
        with pytest.raises(FileExistsError):
            LockWriter(tmp_path, run="r-1", day="20261122").append([TWO])

    def test_a_write_that_failed_half_way_leaves_no_damage_to_later_ones(
        self, tmp_path, monkeypatch
    ):
        writer = LockWriter(tmp_path, run="r-1", day="20261122")
        writer.append([ONE])
        with monkeypatch.context() as full:
            full.setattr(durable_files.os, "write", DiskFullAfter(100))
            with pytest.raises(OSError, match="space"):
                writer.append([TWO])
        receipts, warnings = LockFolder(tmp_path, shown_as="lock").read()
        assert (receipts, [w.code for w in warnings]) == ([ONE], ["S003"])
        writer.append([THREE])
        writer.close()
        assert LockFolder(tmp_path, shown_as="lock").read() == ([ONE, THREE], [])

    def test_also_when_it_was_the_first_one(self, tmp_path, monkeypatch):
        writer = LockWriter(tmp_path, run="r-1", day="20261122")
        with monkeypatch.context() as full:
            full.setattr(durable_files.os, "write", DiskFullAfter(100))
            with pytest.raises(OSError, match="space"):
                writer.append([ONE])
        writer.append([TWO])
        writer.close()
        (file,) = tmp_path.iterdir()
        assert file.read_bytes() == lines(TWO)

    def test_each_campaign_has_a_file_of_its_own(self, tmp_path):
        files = LockFiles(lambda name: tmp_path / name / "lock", run="r-1", day="20261122")

        async def work():
            await asyncio.gather(
                files.file("winter", [ONE]),
                files.file("autumn", [TWO]),
                files.file("winter", [THREE]),
            )

        asyncio.run(work())
        files.close()
        written = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.jsonl"))
        assert written == [
            "autumn/lock/20261122-r-1.jsonl", "winter/lock/20261122-r-1.jsonl",
        ]  # fmt: skip
        assert (tmp_path / "winter/lock/20261122-r-1.jsonl").read_bytes() == lines(ONE, THREE)

    def test_nothing_filed_leaves_no_file(self, tmp_path):
        LockFiles(lambda name: tmp_path / name, run="r-1", day="20261122").close()
        assert list(tmp_path.iterdir()) == []


class TestGathering:
    """What comes while the disk is busy is written together, and nobody goes on too early."""

    @pytest.fixture
    def files(self, tmp_path):
        files = LockFiles(lambda name: tmp_path / name, run="r-1", day="20261122")
        yield files
        files.close()

    @pytest.fixture
    def disk(self, tmp_path, monkeypatch):
        (tmp_path / "winter").mkdir()
        disk = SlowDisk()
        monkeypatch.setattr(durable_files.os, "fsync", disk.sync)
        return disk

    async def begin(self, files, disk, *receipts):
        """File a first receipt, and others while the disk is at it."""
        first = asyncio.create_task(files.file("winter", [gen(order("a-0"))]))
        await asyncio.to_thread(disk.is_busy.wait, 10)
        others = [asyncio.create_task(files.file("winter", [receipt])) for receipt in receipts]
        for _ in range(10):
            await asyncio.sleep(0)
        return first, others

    def filed(self, tmp_path):
        receipts, warnings = LockFolder(tmp_path / "winter", shown_as="lock").read()
        assert warnings == []
        return [receipt.order.attempt for receipt in receipts]

    def test_one_sync_makes_all_of_them_durable_in_the_order_in_which_they_came(
        self, tmp_path, files, disk
    ):
        many = [gen(order(f"a-{number}")) for number in range(1, 41)]

        async def work():
            first, others = await self.begin(files, disk, *many)
            assert not any(task.done() for task in (first, *others))
            disk.goes_on.set()
            await asyncio.gather(first, *others)

        asyncio.run(work())
        assert self.filed(tmp_path) == [f"a-{number}" for number in range(41)]
        # The first receipt, and all that came meanwhile.
        assert disk.syncs == 2

    def test_a_write_that_fails_is_told_to_all_who_are_in_it_and_to_nobody_else(
        self, tmp_path, files, disk
    ):
        async def work():
            first, others = await self.begin(files, disk, ONE, TWO)
            disk.fails_at = disk.syncs + 1
            disk.goes_on.set()
            await first
            told = await asyncio.gather(*others, return_exceptions=True)
            assert [str(error) for error in told] == ["the disk is gone"] * 2
            await files.file("winter", [THREE])

        asyncio.run(work())
        assert self.filed(tmp_path) == ["a-0", THREE.order.attempt]

    def test_who_is_cancelled_does_not_take_the_others_along(self, tmp_path, files, disk):
        async def work():
            first, (one, two) = await self.begin(files, disk, ONE, TWO)
            one.cancel()
            disk.goes_on.set()
            await asyncio.gather(first, two)
            assert one.cancelled()

        asyncio.run(work())
        assert TWO.order.attempt in self.filed(tmp_path)

    def test_a_receipt_that_cannot_be_written_fails_alone(self, tmp_path, files):
        broken = gen(replace(order("a-9"), asked={"a float": 0.5}))

        async def work():
            tried = asyncio.create_task(files.file("winter", [broken]))
            await asyncio.gather(files.file("winter", [ONE]), files.file("winter", [TWO]))
            with pytest.raises(TypeError):
                await tried

        asyncio.run(work())
        assert self.filed(tmp_path) == [ONE.order.attempt, TWO.order.attempt]


class SlowDisk:
    """Stops in the first sync of a lock file until it is told to go on; may fail once."""

    def __init__(self) -> None:
        self.syncs = 0
        self.fails_at = 0
        self.is_busy = threading.Event()
        self.goes_on = threading.Event()

    def sync(self, handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().suffix != ".jsonl":
            return
        self.syncs += 1
        if self.syncs == self.fails_at:
            raise OSError("the disk is gone")
        if not self.is_busy.is_set():
            self.is_busy.set()
            assert self.goes_on.wait(10)


class DiskFullAfter:
    """Writes a number of bytes and then says that there is no space."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._write = os.write

    def __call__(self, handle: int, data) -> int:
        if not self._room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._write(handle, bytes(data[: self._room]))
        self._room -= written
        return written
