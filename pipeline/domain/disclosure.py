"""What has to be declared about AI pictures where, and which marks delivered files carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.domain.fingerprint import Sha256
from pipeline.domain.labels import Label
from pipeline.domain.marks import Marks

NOT_ADVICE: Final = "not legal advice"
ANYWHERE: Final = "anywhere"
"""Stands for the destination of files whose size names none."""
Kind = Literal["law", "platform"]
Trust = Literal["text", "agreed", "disputed"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is asked of somebody who publishes AI pictures.

    Attributes:
        id: short name; never reused for another rule.
        kind: who asks.
        title: for people.
        destinations: beginnings of names of destinations; empty for all.
        where: countries or places, for people.
        since: day, month or year, ISO; more where it differs for some; empty where nobody says.
        whom: it binds.
        declare: what is to be done.
        reads: marks or declarations that it is about.
        trust: how far to believe this row.
        as_of: day on which it was read, ISO.
        sources: where.
    """

    id: str
    kind: Kind
    title: str
    destinations: tuple[str, ...]
    where: str
    since: str
    whom: str
    declare: str
    reads: str
    trust: Trust
    as_of: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file that is delivered, and what it says.

    Attributes:
        name: below the outputs folder.
        sha256: of the file as it is, signature included.
        address: of its cell.
        model: that made it; empty for drafts and where nobody knows.
        label: what the file is meant to say; None for a master, which stays as it was delivered.
        marks: what it says.
        master: what its master says.
    """

    name: str
    sha256: Sha256
    address: str
    model: str
    label: Label | None
    marks: Marks
    master: Marks

    @property
    def lacking(self) -> str:
        """What it is meant to say and does not; empty where nothing is missing."""
        if self.label is None:
            return ""
        missing = []
        if self.label.source_type not in self.marks.source_types:
            missing.append("the digital source type is missing")
        seal = self.marks.credentials.seal
        if self.label.signed_by and not seal.holds:
            missing.append(f"content credentials are wanted: {seal.words}")
        return "; ".join(missing)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is to be declared at one destination.

    Attributes:
        campaign: its name.
        realm: whose pictures.
        destination: its name, or `ANYWHERE`.
        title: for people.
        day: of the newest receipt, ISO.
        rules: that may apply, those of platforms first.
        files: that go there, in plan order.
    """

    campaign: str
    realm: str
    destination: str
    title: str
    day: str
    rules: tuple[Rule, ...]
    files: tuple[Delivered, ...]


def rules_for(rules: Sequence[Rule], destination: str) -> tuple[Rule, ...]:
    """Rules that may apply to what is published at a destination; platforms first.

    Args:
        rules: all that are known.
        destination: its name, or `ANYWHERE`: rules of platforms are left out there.
    """
    return tuple(
        rule
        for kind in ("platform", "law")
        for rule in rules
        if rule.kind == kind
        and (not rule.destinations or destination.startswith(rule.destinations))
    )
