"""What a picture file says about its own origin: metadata for people and programs, credentials."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

IPTC_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""Where the IPTC's vocabulary of digital source types begins."""
_AI_TYPES = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
        "algorithmicallyEnhanced",
        "algorithmicMedia",
        "trainedAlgorithmicData",
    }
)
"""Types by which readers of files call a picture AI-made or -altered, or made by a program."""


class Seal(enum.Enum):
    """What is known of a file's content credentials (C2PA)."""

    NONE = "none"
    UNREAD = "not-validated"
    TRUSTED = "trusted"
    DEVELOPMENT = "development"
    VALID = "unknown-signer"
    EXPIRED = "expired"
    INVALID = "invalid"
    DAMAGED = "damaged"

    @property
    def words(self) -> str:
        """In a few words, for a cell of a table."""
        return _SEAL_WORDS.get(self, self.value)

    @property
    def holds(self) -> bool:
        """Whether the file was validated and is unchanged since it was signed."""
        return self in {Seal.TRUSTED, Seal.DEVELOPMENT, Seal.VALID}


_SEAL_WORDS: Final = {
    Seal.UNREAD: "not validated",
    Seal.TRUSTED: "valid, signer trusted",
    Seal.DEVELOPMENT: "valid, development certificate",
    Seal.VALID: "valid, signer unknown",
    Seal.EXPIRED: "unchanged, certificate expired",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that a file says.

    Attributes:
        place: which part of the file says it, such as `XMP` or `EXIF`.
        name: of the property.
        value: its text, shortened where it is long.
    """

    place: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """A file's content credentials.

    Attributes:
        seal: whether they hold.
        signer: who signed, as the certificate calls them; not proved unless trusted.
        generator: the program that made the claim.
        title: of the file when it was signed.
        actions: what is claimed to have been done, oldest first, with source types in brackets.
        source_types: short names of digital source types in all claims.
        parents: titles of what it was made from.
        claims: how many manifests the file holds, those of its parents included.
        failures: what validation found wrong, in the words of the standard.
    """

    seal: Seal = Seal.NONE
    signer: str = ""
    generator: str = ""
    title: str = ""
    actions: tuple[str, ...] = ()
    source_types: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    claims: int = 0
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """All that one file says about its origin.

    Attributes:
        format: the container's, by its first bytes; empty where it is no known picture.
        source_types: short names of the IPTC digital source types in its metadata.
        marks: everything else worth reading.
        credentials: C2PA.
        trouble: why something could not be read; empty where all could.
    """

    format: str = ""
    source_types: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    credentials: Credentials = field(default_factory=Credentials)
    trouble: str = ""

    @property
    def says_ai(self) -> bool:
        """Whether a program that reads the file learns that AI made or altered it."""
        types = {*self.source_types, *self.credentials.source_types}
        return not types.isdisjoint(_AI_TYPES) or any(one.name in AI_NAMES for one in self.marks)

    def document(self) -> dict[str, Any]:
        """For machines, and to be kept."""
        seal = self.credentials
        return {
            "format": self.format,
            "source_types": list(self.source_types),
            "marks": [
                {"in": one.place, "name": one.name, "value": one.value} for one in self.marks
            ],
            "c2pa": {
                "state": seal.seal.value,
                "signer": seal.signer,
                "generator": seal.generator,
                "title": seal.title,
                "actions": list(seal.actions),
                "source_types": list(seal.source_types),
                "parents": list(seal.parents),
                "claims": seal.claims,
                "failures": list(seal.failures),
            },
            "says_ai": self.says_ai,
            "trouble": self.trouble,
        }

    @classmethod
    def of_document(cls, body: Mapping[str, Any]) -> Self:
        """What `document` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is not that.
        """
        seal = body["c2pa"]
        return cls(
            format=body["format"],
            source_types=tuple(body["source_types"]),
            marks=tuple(Mark(one["in"], one["name"], one["value"]) for one in body["marks"]),
            credentials=Credentials(
                seal=Seal(seal["state"]),
                signer=seal["signer"],
                generator=seal["generator"],
                title=seal["title"],
                actions=tuple(seal["actions"]),
                source_types=tuple(seal["source_types"]),
                parents=tuple(seal["parents"]),
                claims=seal["claims"],
                failures=tuple(seal["failures"]),
            ),
            trouble=body["trouble"],
        )


AI_NAMES: Final = frozenset({"AIGC", "AI system", "AI prompt", "AI parameters"})
"""Names of marks that nothing but an AI's picture carries."""


def short_type(uri: str) -> str:
    """A digital source type as people write it: the IPTC's by its last part, others whole."""
    text = uri.strip()
    for start in (IPTC_TYPES, IPTC_TYPES.replace("http:", "https:")):
        if text.startswith(start):
            return text.removeprefix(start).strip("/")
    return text
