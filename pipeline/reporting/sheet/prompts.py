"""Tell the shared part of a rendered prompt from the parts that its set and its variant gave."""

from collections.abc import Mapping
from typing import cast

from pipeline.domain.template import parse, render
from pipeline.reporting.sheet.facts import PartOrigin, Prompt, PromptPart


def split_prompt(template: str, values: Mapping[str, Mapping[str, str]]) -> Prompt:
    """Render a template piece by piece; the pieces together are what `template.render` gives.

    Args:
        template: one without strays.
        values: by root (`set`, `variant`), then by key.

    Raises:
        KeyError: a placeholder has no value.
    """
    parts: list[PromptPart] = []
    done = 0
    for placeholder in parse(template)[0]:
        written = str(placeholder)
        parts.append(PromptPart(template[done : placeholder.offset]))
        parts.append(PromptPart(render(written, values), cast("PartOrigin", placeholder.root)))
        done = placeholder.offset + len(written)
    parts.append(PromptPart(template[done:]))
    return Prompt(tuple(part for part in parts if part.text))
