"""Prompts as people write them, and what the draft engine makes of each."""

from pathlib import Path

HERE = Path(__file__).parent
GOLDEN = HERE / "prompts.golden"


def prompts() -> list[str]:
    """All prompts of the corpus, in order."""
    lines = (HERE / "prompts.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
