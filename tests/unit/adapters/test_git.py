"""Commits, trees and blobs, from repositories that git itself made."""

import os

import pytest

from pipeline.adapters.git import Entry, MissingObjectError, Repository, no_merge_base
from pipeline.adapters.git_listing import list_tree
from pipeline.adapters.listing import list_folder
from pipeline.domain.diagnostics import CampaignError
from tests.support.review import Clone


@pytest.fixture
def clone(tmp_path):
    return Clone.make(tmp_path / "here")


def put(clone, path, content=b"x"):
    file = clone.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def code_of(error):
    return [problem.code for problem in error.value.problems], error.value.exit_code


@pytest.mark.slow
def test_revisions_are_commits_or_a_problem_that_says_what_to_do(clone):
    first = clone.commit("one")
    clone.git("tag", "-a", "v1", "-m", "a tag with a text of its own")
    repository = Repository(clone.root)
    for name in ("HEAD", "main", "v1", first[:8], "HEAD^{commit}"):
        assert repository.commit(name) == first
    for name in ("mian", "--help", "-x", "HEAD~5", "", "a b", "HEAD:campaigns"):
        with pytest.raises(CampaignError) as error:
            repository.commit(name)
        assert code_of(error) == (["M121"], 2)


def test_a_branch_that_only_the_remote_has_is_suggested(clone, tmp_path):
    clone.commit("one")
    clone.git("branch", "topic")
    clone.git("clone", "--quiet", str(clone.root), str(tmp_path / "there"))
    with pytest.raises(CampaignError) as error:
        Repository(tmp_path / "there").commit("topic")
    assert error.value.problems[0].fix == "did you mean `origin/topic`?"


def test_outside_a_repository_and_without_git(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "bare").mkdir()
    with pytest.raises(CampaignError) as error:
        Repository(tmp_path / "bare")
    assert code_of(error) == (["M120"], 2)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CampaignError) as error:
        Repository(tmp_path)
    assert code_of(error) == (["M124"], 2)


def test_files_below_a_folder_whatever_they_are_called(clone):
    names = [
        "a/plain",
        "a/with space",
        "a/new\nline",
        "a/ünïcode",
        "a/-dash",
        'a/"quoted"',
        "ab/no",
    ]
    for name in names:
        put(clone, name, name.encode())
    raw = os.fsdecode(b"a/\xff-bytes")
    put(clone, raw, b"raw")
    (clone.root / "a" / "link").symlink_to("plain")
    commit = clone.commit()
    found = {entry.path: entry for entry in Repository(clone.root).files(commit, "a/")}
    assert set(found) == {*names[:-1], raw, "a/link"}
    assert [name for name, entry in found.items() if entry.is_link] == ["a/link"]
    assert found["a/plain"].blob == clone.git("rev-parse", "HEAD:a/plain")


def test_commits_of_submodules_are_no_files(clone):
    put(clone, "a/x")
    first = clone.commit()
    clone.git("update-index", "--add", "--cacheinfo", f"160000,{first},a/module")
    clone.git("commit", "--quiet", "-m", "module")
    repository = Repository(clone.root)
    assert [entry.path for entry in repository.files(repository.commit("HEAD"), "a/")] == ["a/x"]


def test_the_folder_below_the_top_is_known(clone):
    put(clone, "shop/campaigns/x")
    clone.commit()
    assert Repository(clone.root).prefix == ""
    assert Repository(clone.root / "shop").prefix == "shop/"
    assert Repository(clone.root / "shop").common == clone.root / ".git"


def test_worktrees_share_their_git_folder(clone, tmp_path):
    clone.commit()
    clone.git("worktree", "add", "--quiet", str(tmp_path / "other"), "-b", "other")
    assert Repository(tmp_path / "other").common == clone.root / ".git"


@pytest.mark.slow
def test_contents_come_whole_in_pieces_or_cut(clone):
    contents = {f"f{n}": os.urandom(n * 701) for n in range(20)}
    contents["large"] = os.urandom(3_000_001)
    contents["lines"] = b"\n\nmissing\n" * 5
    for name, content in contents.items():
        put(clone, name, content)
    commit = clone.commit()
    repository = Repository(clone.root)
    blobs = {entry.path: entry.blob for entry in repository.files(commit, ".")}
    with repository.objects() as objects:
        for name, content in contents.items():
            assert objects.content(blobs[name], most=None) == content
            assert objects.content(blobs[name], most=10) == content[:10]
        names = [*contents, *contents]
        got = [b"".join(pieces) for _, pieces in objects.each([blobs[name] for name in names])]
        assert got == [contents[name] for name in names]
        half = [next(iter(pieces)) for _, pieces in objects.each([blobs["large"]] * 3)]
        assert [contents["large"].startswith(piece) for piece in half] == [True] * 3
        assert objects.content(blobs["lines"], most=None) == contents["lines"]


@pytest.mark.slow
def test_more_blobs_than_are_asked_for_at_once(clone):
    for number in range(600):
        put(clone, f"f{number:03}", b"%d" % number)
    commit = clone.commit()
    repository = Repository(clone.root)
    blobs = [entry.blob for entry in repository.files(commit, ".")]
    with repository.objects() as objects:
        got = [b"".join(pieces) for _, pieces in objects.each(blobs)]
    assert got == [b"%d" % number for number in range(600)]


def test_missing_blobs_are_told_from_those_that_are_there(clone):
    put(clone, "x", b"there")
    commit = clone.commit()
    repository = Repository(clone.root)
    (entry,) = repository.files(commit, ".")
    gone = "0" * 39 + "1"
    with repository.objects() as objects:
        with pytest.raises(MissingObjectError):
            objects.content(gone, most=None)
        found = [
            None if pieces is None else b"".join(pieces)
            for _, pieces in objects.each([gone, entry.blob, gone, entry.blob])
        ]
    assert found == [None, b"there", None, b"there"]


def test_a_repository_that_is_damaged_is_a_problem_and_no_bug(clone):
    put(clone, "x", b"there")
    commit = clone.commit()
    repository = Repository(clone.root)
    (entry,) = repository.files(commit, ".")
    loose = clone.root / ".git" / "objects" / entry.blob[:2] / entry.blob[2:]
    loose.chmod(0o644)
    loose.write_bytes(b"not zlib")
    with repository.objects() as objects, pytest.raises((CampaignError, MissingObjectError)):
        objects.content(entry.blob, most=None)


@pytest.mark.slow
def test_where_histories_part(clone):
    first = clone.commit("one")
    clone.branch("topic")
    second = clone.commit("two")
    clone.go("main")
    third = clone.commit("three")
    repository = Repository(clone.root)
    assert repository.merge_base(second, third) == first
    clone.git("checkout", "--quiet", "--orphan", "apart")
    assert repository.merge_base(clone.commit("four"), first) is None
    assert not repository.is_shallow
    assert "main..topic" in no_merge_base("main", "topic", is_shallow=False).fix


@pytest.mark.slow
def test_a_shallow_clone_gets_the_sentence_that_helps(clone, tmp_path):
    put(clone, "x", b"1")
    clone.commit("one")
    clone.commit("two")
    there = tmp_path / "there"
    clone.git("clone", "--quiet", "--depth=1", f"file://{clone.root}", str(there))
    repository = Repository(there)
    assert repository.is_shallow
    with pytest.raises(CampaignError) as error:
        repository.commit("HEAD~1")
    assert "`fetch-depth: 0`" in error.value.problems[0].fix
    assert "`fetch-depth: 0`" in no_merge_base("a", "b", is_shallow=True).fix


def partial(clone, tmp_path, filtered):
    clone.git("config", "uploadpack.allowFilter", "true")
    there = tmp_path / "there"
    clone.git(
        "clone", "--quiet", "--no-checkout", f"--filter={filtered}", f"file://{clone.root}",
        str(there),
    )  # fmt: skip
    return Repository(there)


@pytest.mark.slow
def test_a_partial_clone_is_not_filled_in_secret(clone, tmp_path):
    put(clone, "x", b"1")
    commit = clone.commit("one")
    repository = partial(clone, tmp_path, "blob:none")
    (entry,) = repository.files(commit, ".")
    assert repository.absent(commit) == {entry.blob}
    with repository.objects() as objects, pytest.raises(CampaignError) as error:
        objects.content(entry.blob, most=None)
    assert code_of(error) == (["M123"], 2)
    assert repository.absent(commit) == {entry.blob}, "it was fetched in secret"
    assert Repository(clone.root).absent(commit) == frozenset()


@pytest.mark.slow
def test_a_clone_without_folders_gets_the_sentence_that_helps(clone, tmp_path):
    put(clone, "a/x", b"1")
    commit = clone.commit("one")
    repository = partial(clone, tmp_path, "tree:0")
    with pytest.raises(CampaignError) as error:
        list(repository.files(commit, "a/"))
    assert code_of(error) == (["M123"], 2)
    assert "`fetch-depth: 0`" in error.value.problems[0].fix


# -- listings: a commit is listed as the disk is


def listed(clone, folder):
    commit = clone.commit()
    repository = Repository(clone.root)
    entries = [
        entry._replace(path=entry.path.removeprefix(f"{folder}/"))
        for entry in repository.files(commit, f"{folder}/")
    ]
    with repository.objects() as objects:
        found = list_tree(entries, lambda link: os.fsdecode(objects.content(link.blob, most=None)))
        content = {path: objects.content(blob, most=None) for path, blob in found.blobs.items()}
    return found.listing, content


def test_a_commit_is_listed_as_the_disk_is(clone):
    for path in ("images/a.jpg", "images/deep/b.jpg", "lock/r.jsonl", "reviews/x", "inner/lock/y"):
        put(clone, f"c/{path}", path.encode())
    put(clone, "other/z.jpg", b"outside")
    links = {
        "images/same.jpg": "a.jpg",
        "images/twice.jpg": "same.jpg",
        "images/through.jpg": "../folder/b.jpg",
        "folder": "images/deep",
        "up.jpg": "images/../images/a.jpg",
        "out.jpg": "../other/z.jpg",
        "away.jpg": "/etc/hostname",
        "nowhere.jpg": "images/none.jpg",
        "circle": "circle",
        "back": "images/deep/../..",
        "images/deep/home": "..",
    }
    for name, target in links.items():
        (clone.root / "c" / name).symlink_to(target)
    listing, content = listed(clone, "c")
    disk = list_folder(clone.root / "c")
    assert set(disk.files) == set(listing.files)
    assert {link.rstrip("/") for link in disk.escaping} == set(listing.escaping) - {"circle"}
    assert content["images/through.jpg"] == content["folder/b.jpg"] == b"images/deep/b.jpg"
    assert content["images/twice.jpg"] == b"images/a.jpg"
    assert list(listing.files) == sorted(listing.files, key=os.fsencode)


def test_a_listing_without_links_asks_for_no_content():
    entries = [Entry("b.jpg", "1", is_link=False), Entry("a.jpg", "2", is_link=False)]
    found = list_tree(entries, lambda _: pytest.fail("nothing to ask"))
    assert found.listing.files == ("a.jpg", "b.jpg")
    assert found.blobs == {"b.jpg": "1", "a.jpg": "2"}
