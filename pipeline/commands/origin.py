"""`campaign plan --show-origin`: every value as it counts, and where it was written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.commands.loading import (
    WORKSPACE,
    Disk,
    chosen,
    load_subjects,
    open_workspace,
    read_manifest,
)
from pipeline.domain.diagnostics import Problem
from pipeline.domain.origin import Origin
from pipeline.manifest.origins import origins_of, origins_of_workspace
from pipeline.reporting.origin_text import origin_document, origin_text


@dataclass(frozen=True, slots=True)
class Shown:
    """Where values come from.

    Attributes:
        files: values of each campaign, and of the workspace last, in the order of the language.
        problems: warnings about the manifests.
    """

    files: tuple[tuple[str, Sequence[Origin]], ...]
    problems: tuple[Problem, ...]

    @property
    def text(self) -> str:
        """For people."""
        return origin_text(self.files)

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return origin_document(self.files)


def show_origin(names: Sequence[str], *, start: Path) -> Shown:
    """Say of each value of campaigns where it was written; all campaigns where no name is given.

    Raises:
        CampaignError: exit 2; there is no workspace or no such campaign, or a manifest has errors.
    """
    places, workspace = open_workspace(start)
    disk = Disk(places)
    subjects, problems = load_subjects(places, workspace, chosen(places, names))
    text = disk.text(WORKSPACE)
    shared = [] if text is None else origins_of_workspace(text, file=disk.shown(WORKSPACE))
    files: list[tuple[str, Sequence[Origin]]] = []
    for subject in subjects:
        manifest = read_manifest(disk, subject.campaign.name)
        files.append((subject.campaign.name, origins_of(manifest, subject.campaign, shared)))
    if shared:
        files.append(("workspace", shared))
    return Shown(tuple(files), tuple(problems))
