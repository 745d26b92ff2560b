import hashlib

from pipeline.adapters.store import Store


def arrive(store, content: bytes) -> str:
    path = store.incoming()
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    store.keep(path, digest)
    assert not path.exists()
    return digest


def test_what_is_kept_lies_under_its_digest_and_cannot_be_written(tmp_path):
    store = Store(tmp_path / "store")
    digest = arrive(store, b"paid")
    path = store.path_of(digest)
    assert path == tmp_path / "store" / "sha256" / digest[:2] / digest
    assert path.read_bytes() == b"paid"
    assert path.stat().st_mode & 0o777 == 0o444
    assert store.is_whole(digest)


def test_what_is_here_already_stays_as_it_is(tmp_path):
    store = Store(tmp_path)
    before = store.path_of(arrive(store, b"paid")).stat()
    after = store.path_of(arrive(store, b"paid")).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_all_digests_that_are_here(tmp_path):
    store = Store(tmp_path / "store")
    assert store.present() == frozenset()
    digests = {arrive(store, bytes([n])) for n in range(20)}
    assert store.present() == digests
    store.path_of(min(digests)).unlink()
    assert store.present() == digests - {min(digests)}


def test_what_is_still_arriving_is_not_here(tmp_path):
    store = Store(tmp_path)
    one, other = store.incoming(), store.incoming()
    assert one != other
    one.write_bytes(b"half of it")
    assert store.present() == frozenset()
    digest = arrive(store, b"x")
    # A write that a power cut interrupted.
    store.path_of(digest).with_name(f".{digest}.abc.tmp").write_bytes(b"half")
    assert store.present() == {digest}


def test_changed_bytes_are_noticed(tmp_path):
    store = Store(tmp_path)
    digest = arrive(store, b"paid")
    path = store.path_of(digest)
    path.chmod(0o644)
    path.write_bytes(b"pa1d")
    assert not store.is_whole(digest)
