"""Auditing: what ended attempts really cost, asked for while the run still goes on."""

from collections.abc import Awaitable, Callable, Sequence

from pipeline.domain.plan import Limit
from pipeline.execution.events import Event, Happened, Listener
from pipeline.execution.outcome import Ended
from pipeline.execution.ports import ProviderError

_SETTLED = frozenset({Happened.SETTLE, Happened.FAIL})
_EACH = 50

Audit = Callable[[Sequence[str]], Awaitable[Limit | None]]
"""Books what the provider took for some attempts, by their ids; the cap that is passed by it."""


class Auditor:
    """Has ended attempts audited, some at a time; never two audits at once."""

    def __init__(self, audit: Audit | None, listen: Listener) -> None:
        """Prepare; None for a run that is not audited."""
        self._audit = audit
        self._listen = listen
        self._ended: list[str] = []
        self._settled = 0
        self._is_asking = False

    async def note(self, ended: Ended) -> Limit | None:
        """Note how an attempt ended, and audit once 50 have settled since the last time.

        Returns:
            As `finish`.
        """
        if self._audit is None:
            return None
        self._ended.append(ended.attempt)
        self._settled += ended.kind in _SETTLED
        if self._settled < _EACH or self._is_asking:
            return None
        return await self.finish()

    async def finish(self) -> Limit | None:
        """Audit what has ended since the last time, if anything has.

        Returns:
            The cap that is passed by what the provider really took; None where none is, or where
            the bill could not be read: that costs nothing, so it is only said, and the same
            attempts are part of the next audit.
        """
        if self._audit is None or not self._ended:
            return None
        ended, self._ended, self._settled = self._ended, [], 0
        self._is_asking = True
        try:
            return await self._audit(ended)
        except ProviderError as error:
            self._ended[:0] = ended
            words = f"the bill could not be read, and is asked for again later: {error.reason}"
            self._listen(Event(Happened.WAIT, "", (), words))
            return None
        finally:
            self._is_asking = False
