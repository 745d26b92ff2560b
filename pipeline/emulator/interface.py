"""The seam between the embedded provider and the engine that makes the pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class EditRequest:
    """One job as an engine sees it.

    Attributes:
        model: the provider's id of the model asked for.
        prompt: the final prompt, as it was sent.
        width: px of every output.
        height: px of every output.
        wanted: number of pictures asked for, 1 to 15.
        seed: 0 or more, below 2**63; made from the request as the model sees it, with input
            pictures by the digest of their bytes, so that the same job gives the same pictures.
    """

    model: str
    prompt: str
    width: int
    height: int
    wanted: int
    seed: int


@dataclass(frozen=True, slots=True)
class Edited:
    """What an engine made.

    Attributes:
        pictures: encoded JPEG files, exactly as many as were wanted, in order.
        notes: clauses of the prompt that were not understood, in prompt order.
    """

    pictures: tuple[bytes, ...]
    notes: tuple[str, ...] = ()


class EngineError(Exception):
    """The job fails, in the vendor's words.

    Attributes:
        code: prediction code, such as 1401 (invalid parameter), 1402 (a picture that cannot be
            read) or 1403 (execution failed).
        message: for the prediction's `error` field.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Engine(Protocol):
    """Makes pictures; called from several threads at once, so it keeps no state between calls."""

    @property
    def version(self) -> str:
        """Name of the engine and of everything in it that can alter a pixel."""
        ...

    def edit(self, request: EditRequest, pictures: Sequence[bytes]) -> Edited:
        """Make the wanted pictures.

        Args:
            request: what was asked for.
            pictures: the input files' bytes in request order; empty for text-to-image models.

        Raises:
            EngineError: the job cannot be done; anything else is taken for code 5000.
        """
        ...
