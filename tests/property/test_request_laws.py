"""Whatever arrives at the review server: it is refused in words, or means one thing only."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.adapters.review_http import (
    METHODS,
    Head,
    RefusedError,
    decode_path,
    is_plain,
    read_head,
)

PLAIN = b"GET /t/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nX-A: 1"
WORDS = (
    *(b"GET ", b"POST ", b"/", b"..", b"%2e", b" HTTP/1.1", b"\r\n", b"\n", b"\r", b" ", b":"),
    *(b"Host: a", b"Content-Length: 1", b"Transfer-Encoding: chunked", b"\x00"),
)
TARGETS = (
    *("..", ".", "/", "\\", "%2e", "%2E%2e", "%2f", "%5c", "%00", "%ff", "%"),
    *("a", "b c", "\u00e9", "C:", "~", "?1", "?", "#"),
)


def read(raw: bytes) -> Head | RefusedError:
    try:
        return read_head(raw)
    except RefusedError as refused:
        return refused


@settings(max_examples=60)
@given(
    st.binary(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=14).map(b"".join),
)
@example(PLAIN)
def test_a_head_is_refused_in_words_or_means_one_thing(raw):
    head = read(raw)
    if isinstance(head, RefusedError):
        assert 400 <= head.status < 600
        assert head.why
        return
    lines = raw.split(b"\r\n")
    assert head.method in METHODS
    assert head.target.startswith("/")
    assert not any(character in raw.replace(b"\r\n", b"") for character in b"\r\n\x00")
    assert "transfer-encoding" not in head.fields
    assert head.length == 0 or head.method == "POST"
    for name in ("host", "content-length", "origin"):
        said = [line for line in lines[1:] if line.lower().startswith(name.encode() + b":")]
        assert len(said) == (name in head.fields)


@settings(max_examples=60)
@given(st.integers(0, len(PLAIN)), st.binary(min_size=1, max_size=3))
def test_a_damaged_head_never_has_two_hosts(at, noise):
    head = read(PLAIN[:at] + noise + PLAIN[at:])
    if isinstance(head, Head):
        assert "," not in head.field("host").replace(noise.decode("latin-1"), "")


@settings(max_examples=100)
@given(st.lists(st.sampled_from(TARGETS), max_size=8).map("".join))
def test_a_name_that_is_decoded_stays_below_its_folder(target):
    try:
        name = decode_path(target)
    except RefusedError:
        return
    assert not {"", ".", ".."} & set(name.split("/"))
    assert "\\" not in name
    assert "\x00" not in name
    assert is_plain(name)
