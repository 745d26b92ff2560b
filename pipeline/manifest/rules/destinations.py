"""A workspace's own destinations: each has a name and a size, and leaves something to be seen."""

import re

from pipeline.manifest import codes
from pipeline.manifest.decode import Decoded
from pipeline.manifest.destinations import own_destination
from pipeline.manifest.model.workspace import WorkspaceFile
from pipeline.manifest.places import Pointer, Problems
from pipeline.manifest.presets import shipped
from pipeline.manifest.rules.names import MAX_NAME
from pipeline.manifest.wording import nearest, quoted

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


def check_destinations(
    body: WorkspaceFile, decoded: Decoded[WorkspaceFile], problems: Problems
) -> None:
    """Check the destinations of a workspace file."""
    for name, entry in body.destinations.items():
        at: Pointer = ("destinations", name)
        if _NAME.fullmatch(name) is None or len(name) > MAX_NAME:
            problems.add(
                codes.ID,
                problems.source.locate_key(at),
                what=f"{quoted(name)} cannot be the name of a destination",
                why="sizes name it: small letters, digits, `-` and `_`, a letter first, at most"
                f" {MAX_NAME} characters",
                fix="give it such a name",
            )
        elif not decoded.is_sound(*at):
            continue
        elif entry.size is None and name not in shipped():
            near = nearest(name, list(shipped()))
            problems.add(
                codes.MISSING_KEY,
                problems.source.locate_key(at),
                what=f"destination `{name}` has no `size`",
                why="it is your own, so nobody else says how large its pictures are",
                fix=f"add `size: 1080x1350`; did you mean {quoted(near)}, which ships?"
                if near
                else "add `size: 1080x1350`",
            )
        elif own_destination(name, entry) is None:
            problems.add(
                codes.MARGIN,
                (*at, "safe"),
                what=f"nothing of destination `{name}` is safe",
                why="the margins of opposite edges meet",
                fix="write smaller margins",
            )
