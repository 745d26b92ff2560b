"""Everything that the rules may look at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.domain.campaign import MASTER, ONLY_VARIANT, PixelSize, Workspace
from pipeline.domain.card import Card
from pipeline.domain.destinations import Destination
from pipeline.domain.picture import PictureFacts
from pipeline.manifest.decode import Decoded
from pipeline.manifest.files import SetFiles
from pipeline.manifest.model.campaign import Manifest
from pipeline.manifest.places import Pointer, Problems, Source
from pipeline.manifest.presets import shipped

DEFAULT_MASTER = PixelSize(4096, 4096)


class Finding(NamedTuple):
    """A problem but for its place."""

    code: str
    what: str
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Case:
    """One manifest with all that is known about it; checks add to its problems.

    Attributes:
        decoded: the manifest, as far as it could be read.
        problems: takes what is found.
        sets: files by image set; sets whose files are unknown are missing.
        facts: what each wanted file is, or why it cannot be read.
        card: of the model; None if there is no such model.
        models: ids of all models.
        folder: name of the campaign's folder.
        workspace: what all campaigns share.
    """

    decoded: Decoded[Manifest]
    problems: Problems
    sets: Mapping[str, SetFiles]
    facts: Mapping[str, PictureFacts | str]
    card: Card | None
    models: Sequence[str]
    folder: str
    workspace: Workspace

    def note(self, at: Pointer, findings: Iterable[Finding]) -> None:
        """Add problems that were found with one value."""
        for found in findings:
            self.problems.add(found.code, at, what=found.what, why=found.why, fix=found.fix)

    @property
    def manifest(self) -> Manifest:
        """What the author declared."""
        return self.decoded.body

    @property
    def source(self) -> Source:
        """Where it is written."""
        return self.problems.source

    def is_sound(self, *pointer: str | int) -> bool:
        """Whether nothing at, above or below this place was refused before."""
        return self.decoded.is_sound(*pointer)

    def names(self, *pointer: str) -> list[str]:
        """Keys of a map as written, in file order, whether or not their values could be read."""
        return self.source.keys_at(pointer)

    def variant_names(self) -> list[str]:
        """Names of the variants as addresses have them."""
        return self.names("variants") or [ONLY_VARIANT]

    def rule(self, kind: str, index: int) -> Pointer:
        """Place of a matrix rule of the manifest."""
        pointer: Pointer = ("matrix", kind)
        return (*pointer, self.decoded.index(pointer, index))

    @property
    def destinations(self) -> Mapping[str, Destination]:
        """All destinations that sizes may name: those that ship, and the workspace's."""
        return {**shipped(), **self.workspace.destinations}

    def native_names(self) -> dict[str, PixelSize | None]:
        """Names of the sizes that are paid for, as addresses have them; None: master by default.

        The master is one of them only if some size derives from it or none is declared; of native
        sizes with equal pixels the first one gives its name.
        """
        sizes = self.manifest.sizes
        found: dict[str, PixelSize | None] = {}
        if not self.names("sizes") or any(size.native is None for size in sizes.values()):
            found[MASTER] = self.manifest.master
        for name, size in sizes.items():
            if size.native is None:
                continue
            if size.native == (self.manifest.master or DEFAULT_MASTER):
                found.setdefault(MASTER, self.manifest.master)
            elif size.native not in found.values():
                found[name] = size.native
        return found
