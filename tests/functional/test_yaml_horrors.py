"""Whatever lies where a manifest should: a bounded amount of work and memory, a located problem."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.workspace import manifest
from tests.support.campaigns import picture_bytes

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MOST_MEMORY = 100_000_000
"""Bytes above what checking a plain and a wrong manifest takes."""
MOST_CALLS = 20_000_000
"""Calls of functions, for up to a million characters; a plain manifest takes some thousands."""
MOST_LINES = 600
PLAIN = manifest("horror", sizes=("small: 1920x1080",))
MILLION = 1_000_000


def beside(text: str) -> str:
    """Something at the end of an otherwise good manifest."""
    return PLAIN + text


def instead(line: str, text: str) -> str:
    """Something in place of a line of an otherwise good manifest."""
    (found,) = [one for one in PLAIN.splitlines() if one.startswith(line)]
    return PLAIN.replace(found, text)


def bomb(levels: int, leaf: str) -> str:
    lines = [f"a0: &a0 [{', '.join([leaf] * 10)}]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def stairs(depth: int) -> str:
    return "".join(f"{' ' * level}a:\n" for level in range(depth))


TEXTS = {
    "alias bomb": beside(bomb(12, "x")),
    "alias bomb of long texts": beside(f"big: &big {'x' * 10_000}\n" + bomb(9, "*big")),
    "alias bomb in the images": instead("images:", bomb(9, "images/*.jpg") + "images: *a8"),
    "fifty thousand aliases": beside("a: &a x\nb: [" + "*a, " * 50_000 + "]\n"),
    "10,000 deep, flow lists": beside("a: " + "[" * 10_000 + "]" * 10_000 + "\n"),
    "10,000 deep, flow lists left open": beside("a: " + "[" * 10_000),
    "10,000 deep, flow maps": beside("a: " + "{a: " * 10_000 + "}" * 10_000 + "\n"),
    "10,000 deep, block lists": beside("a:\n" + "- " * 10_000 + "x\n"),
    "10,000 deep, block keys": beside("? " * 10_000 + "x\n"),
    "1,300 deep, block maps": stairs(1_300),
    "a million braces": ("{" * MILLION)[:MILLION],
    "a million characters in one line": ("[" + "a, " * 400_000)[:MILLION],
    "a million characters, one key": "a" * (MILLION - 10) + ": 1\n",
    "a number of a million digits": instead("master:", "takes: " + "9" * (MILLION - 1_000)),
    "numbers of all kinds": beside("takes: 1e999999999\ncanary: .inf\nmax_jobs: 0x" + "f" * 5_000),
    "text without an end": beside('owner: "' + "x" * 900_000),
    "a text of escapes": beside('owner: "' + "\\x00" * 200_000 + '"\n'),
    "half characters": beside('owner: "' + "\\ud800" * 100_000 + '"\n'),
    "thousands of equal keys": beside("owner: a\n" * 20_000),
    "thousands of equal variants": instead("  snow:", "  snow: {place: here}\n" * 10_000),
    "thousands of unknown keys": beside("".join(f"key{n}: 1\n" for n in range(20_000))),
    "thousands of wrong sizes": instead("  small:", "".join(f"  s{n}: x\n" for n in range(8_000))),
    "thousands of tags": beside("tags: [" + "!!python/none x, " * 20_000 + "]\n"),
    "a python object": beside("owner: !!python/object/apply:os.system [exit 1]\n"),
    "merge keys": beside("a: &a {b: 1}\n" + "".join(f"m{n}: {{<<: *a}}\n" for n in range(9_000))),
    "a merge of itself": beside("a: &a\n  <<: *a\n"),
    "an anchor inside itself": beside("a: &a [*a, {b: *a}]\n"),
    "thousands of documents": "---\n" * 200_000,
    "tabs": PLAIN.replace("  ", "\t") + "\t\n" * 100_000,
    "a million tabs": "\t" * (MILLION - 1),
    "bidirectional controls": beside("owner: " + "\u202e\u2066" * 200_000 + "\n"),
    "NUL": beside("owner: a\0b\n"),
    "half a million NULs": "\0" * 500_000,
    "a mark in the middle": beside("owner: a\ufeffb\n"),
    "CR LF and a slip": beside("ownre: x\n").replace("\n", "\r\n"),
    "a million line ends": "\r\n" * (MILLION // 2 - 1) + "x",
    "braces in the prompt": instead("prompt:", "prompt: |\n  " + "{" * 500_000),
    "unknown placeholders": instead(
        "prompt:", "prompt: |\n  " + " ".join(f"{{variant.v{n}}}" for n in range(40_000))
    ),
    "numbers in the prompt": instead("prompt:", "prompt: |\n  " + "make 3 " * 100_000 + "images"),
    "white space in the prompt": instead("prompt:", 'prompt: "' + " \\n" * 300_000 + '"'),
    "thousands of stars": instead("  anna:", "  anna: ['" + "*" * 100_000 + "x']"),
    "stars between letters": instead("  anna:", "  anna: ['" + "*a" * 20_000 + "b']"),
    "doubled stars": instead("  anna:", "  anna: ['" + "**/" * 20_000 + "x.jpg']"),
    "open classes": instead("  anna:", "  anna: ['" + "[a" * 50_000 + "']"),
    "thousands of patterns": instead(
        "  anna:", "  anna: [" + ", ".join(f"'i{n}/*.jpg'" for n in range(20_000)) + "]"
    ),
    "a name of a million letters": instead("campaign:", "campaign: " + "x" * 900_000),
    "thousands of rules": beside(
        "matrix:\n  exclude:\n" + "".join(f"  - {{variant: v{n}}}\n" for n in range(15_000))
    ),
    "many names and many slips": instead(
        "  snow:", "".join(f"  variant{n}: {{place: here}}\n" for n in range(5_000))
    )
    + "matrix:\n  exclude:\n"
    + "".join(f"  - {{variant: varient{n}}}\n" for n in range(5_000)),
    "many slips in focal points": instead(
        "  anna:",
        "  anna:\n    files: ['images/*.jpg']\n    focus:\n"
        + "".join(f"      p0{n}: [0.5, 0.5]\n" for n in range(9_000)),
    ),
    "stars in rules": beside(f"matrix: {{exclude: [{{variant: '{'*a' * 20_000}b'}}]}}\n"),
}
LEGAL = {
    "placeholders in the prompt": instead("prompt:", "prompt: |\n  " + "{variant.place}" * 60_000),
    "words in the prompt": instead(
        "prompt:", "prompt: |\n  {set.subject}, {variant.place}: " + "keep the face, " * 60_000
    ),
}
"""Monstrous, and nothing is wrong with it: the advice of `check` must be bounded as well."""
RAW = {
    f"{name}{' with a mark' if mark else ''}": mark + PLAIN.encode(name)
    for name, mark in [
        ("utf-16-le", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b""),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-32-le", b""),
        ("utf-32-le", b"\xff\xfe\x00\x00"),
        ("utf-32-be", b""),
        ("utf-32-be", b"\x00\x00\xfe\xff"),
    ]
} | {
    "bytes of a picture": bytes(range(256)) * 3_900,
    "bytes that are none of UTF-8": b"\xff" * MILLION,
    "cut in a letter": PLAIN.encode() + "owner: é".encode()[:-1],
    "an empty file": b"",
}


EVERY_DAY = {
    "alias bomb",
    "10,000 deep, flow lists",
    "10,000 deep, block keys",
    "a number of a million digits",
    "thousands of equal keys",
    "a python object",
    "a merge of itself",
    "bidirectional controls",
    "NUL",
    "CR LF and a slip",
    "stars between letters",
    "utf-16-le with a mark",
    "utf-32-be",
    "an empty file",
}
"""Those of `make test`; each takes a second or more, so all of them are part of `make torture`."""


def of(cases):
    """The names of cases, most of them left to `make torture`."""
    rare = pytest.mark.torture
    return [pytest.param(name, marks=() if name in EVERY_DAY else rare) for name in cases]


def checked(root: Path, content: bytes | Path) -> dict:
    """What checking a campaign with this manifest took, in a process of its own."""
    for name, text in (("plain", manifest("plain")), ("wrong", manifest("wrong") + "x: [\n")):
        lay(root, name, text.encode())
    folder = lay(root, "horror", b"" if isinstance(content, Path) else content)
    if isinstance(content, Path):
        (folder / "campaign.yaml").unlink()
        content.rename(folder / "campaign.yaml")
    ran = subprocess.run(
        [sys.executable, "-m", "tests.functional.horrors", "horror"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()[-2_000:]
    return json.loads(ran.stdout)


def lay(root: Path, name: str, content: bytes) -> Path:
    folder = root / "campaigns" / name
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "p001.jpg").write_bytes(picture_bytes(1))
    (folder / "campaign.yaml").write_bytes(content)
    return folder


def hold(told: dict) -> None:
    """The bounds, and a problem that says where."""
    assert told["code"] == 2, told["screen"][:2_000]
    assert "error[M" in told["screen"]
    assert "--> campaigns/horror/campaign.yaml:" in told["screen"]
    assert len(told["screen"].splitlines()) <= MOST_LINES
    assert max(map(len, told["screen"].splitlines())) < 20_000
    assert told["memory"] < MOST_MEMORY
    assert told["calls"] < MOST_CALLS


@pytest.mark.parametrize("case", of(TEXTS))
def test_a_horror_in_yaml_is_bounded_and_told(case, tmp_path):
    text = TEXTS[case]
    assert len(text) <= MILLION, "longer files have a test of their own"
    hold(checked(tmp_path, text.encode()))


@pytest.mark.parametrize("case", of(LEGAL))
def test_a_monster_that_is_legal_is_bounded(case, tmp_path):
    told = checked(tmp_path, LEGAL[case].encode())
    assert told["code"] == 0, told["screen"][:2_000]
    assert told["memory"] < MOST_MEMORY
    assert told["calls"] < MOST_CALLS


@pytest.mark.parametrize("case", of(RAW))
def test_a_horror_of_bytes_is_bounded_and_told(case, tmp_path):
    hold(checked(tmp_path, RAW[case]))


@pytest.mark.parametrize("case", ["a text of 100 MB", "100 MB of nothing"])
def test_a_file_of_100_mb_is_not_read(case, tmp_path):
    file = tmp_path / "huge.yaml"
    with file.open("wb") as out:
        if case == "a text of 100 MB":
            out.write(PLAIN.encode() + b'title: "')
            for _ in range(100):
                out.write(b"x" * MILLION)
            out.write(b'"\n')
        else:
            out.truncate(100 * MILLION)
    told = checked(tmp_path, file)
    hold(told)
    assert told["calls"] < MOST_CALLS // 1_000
    assert "longer than 1,000,000 characters" in told["screen"]


def test_the_measure_can_fail(tmp_path):
    """A plain manifest takes far less, so the bounds are no mere decoration."""
    told = checked(tmp_path, PLAIN.encode())
    assert told["code"] == 0
    assert told["memory"] < MOST_MEMORY // 10
    assert 100 < told["calls"] < MOST_CALLS // 20
