"""Examples of manifest and lint codes are screens of the corpus, so they really come out like that.

After a screen has changed, `--update-golden` copies it into the explanation.
"""

from pathlib import Path

import pytest

from pipeline.domain.lint import LINT_RULES
from pipeline.manifest.codes import MEANINGS
from pipeline.reporting import explanations
from pipeline.reporting.explanations import explanation

CORPORA = [Path(__file__).parent / name for name in ("problems", "lint")]
FOLDER = Path(explanations.__file__).parent
_CUT = "…"


@pytest.mark.parametrize("code", sorted({*MEANINGS, *LINT_RULES}))
def test_an_example_is_a_screen(code, golden):
    file = FOLDER / f"{code}.md"
    known = screens(code)
    written, message = parts(explanation(code).example, code)
    assert known, f"{code} has no case in the corpus"
    if message not in known.values():
        case, message = next(iter(known.items()))
    else:
        case = next(one for one, text in known.items() if text == message)
    example = "\n\n".join(filter(None, (written, message)))
    golden(file, with_example(file.read_text("utf-8"), example))
    texts = [path.read_text("utf-8") for path in case.glob("*.yaml")]
    source = {line.rstrip() for text in texts for line in text.split("\n")}
    for line in written.splitlines():
        assert line.strip() == _CUT or line in source, line


def screens(code):
    """The messages of a code in the corpus, by case."""
    found = {}
    for corpus in CORPORA:
        for screen in sorted(corpus.glob(f"{code}-*/screen.txt")):
            for message in screen.read_text("utf-8").rstrip("\n").split("\n\n"):
                first = message.partition("\n")[0]
                if f"[{code}]: " in first and not first.endswith(" more like these"):
                    found.setdefault(screen.parent, message)
    return found


def parts(example, code):
    """What an example shows of the manifest, and the message."""
    blocks = example.split("\n\n")
    assert f"[{code}]: " in blocks[-1]
    return "\n\n".join(blocks[:-1]), blocks[-1]


def with_example(text, example):
    head, rest = text.split("## Example\n\n")
    behind = rest[rest.index("## Fix") :]
    lines = "\n".join(f"    {line}".rstrip() for line in example.splitlines())
    return f"{head}## Example\n\n{lines}\n\n{behind}"
