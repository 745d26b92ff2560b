"""Background work: predictions go from `created` to their end, a few at a time."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime

from pipeline.emulator.faults import Faults
from pipeline.emulator.files import remove_folder
from pipeline.emulator.interface import Engine
from pipeline.emulator.making import Failed, Made, make, prepare
from pipeline.emulator.moments import RETENTION, in_micros, micros
from pipeline.emulator.records import Prediction
from pipeline.emulator.state import State

_MODERATION = 1200
"""The one failure that keeps its charge: no refund is promised for refused content."""
_VAGUE = "Request failed. Please check your input parameters and try again."
"""All that the vendor says at times."""
_log = logging.getLogger(__name__)
_TIDY_EVERY = RETENTION / 168


class Worker:
    """Works off the predictions of one state; belongs to one event loop at a time.

    It takes what was pending when it woke and what it is told of, in that order. Nothing is lost
    when it stops, for the queue is only a view of the state.
    """

    def __init__(
        self,
        *,
        state: State,
        engine: Engine,
        clock: Callable[[], datetime],
        faults: Faults,
        at_once: int,
        most_waiting: int,
        on_end: Callable[[Prediction], None] = lambda _prediction: None,
    ) -> None:
        self._on_end = on_end
        self._state = state
        self._engine = engine
        self._clock = clock
        self._faults = faults
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._known: dict[str, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._tidying: asyncio.Task[None] | None = None
        self._tidied: datetime | None = None
        self.is_closed = False

    @property
    def is_full(self) -> bool:
        """Whether no more work should be accepted for now."""
        return self._queue.qsize() >= self._most_waiting

    def wake(self) -> None:
        """Start working if that is not so yet, first on what an earlier process left behind."""
        if self.is_closed:
            return
        if not self._is_running():
            self._queue = asyncio.Queue()
            self._known.clear()
            for prediction in self._state.pending():
                self.add(prediction)
            self._tasks = [asyncio.create_task(self._work()) for _ in range(self._at_once)]
            self._tidied = None
        if self._tidied is None or self._clock() - self._tidied >= _TIDY_EVERY:
            self._tidied = self._clock()
            self._tidying = asyncio.create_task(self._tidy())

    def add(self, prediction: str) -> None:
        """Take on a prediction, whoever accepted it; one that is known already stays in place."""
        if prediction not in self._known:
            self._known[prediction] = asyncio.Event()
            self._queue.put_nowait(prediction)

    async def ended(self, prediction: str, *, within_s: float) -> None:
        """Wait until a prediction has ended, or for so long."""
        event = self._known.get(prediction)
        if event is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await event.wait()

    async def drained(self) -> None:
        """Wait until nothing is left to do."""
        self.wake()
        await self._queue.join()
        if self._tidying is not None:
            await self._tidying

    async def aclose(self) -> None:
        """Stop for good; what was under way is done again when the state is next opened."""
        self.is_closed = True
        tasks = [*self._tasks, *([self._tidying] if self._tidying else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _is_running(self) -> bool:
        loop = asyncio.get_running_loop()
        return any(not task.done() and task.get_loop() is loop for task in self._tasks)

    async def _work(self) -> None:
        while True:
            prediction = await self._queue.get()
            try:
                await self._do(prediction)
            except Exception:  # noqa: BLE001 - one bad moment must not end the worker
                # The disk is full, or the file is locked for too long. The prediction stays
                # pending, and whoever asks for it next puts it back into the queue.
                _log.exception("prediction %s was put off", prediction)
            finally:
                self._known.pop(prediction).set()
                self._queue.task_done()

    async def _do(self, prediction: str) -> None:
        begun = self._state.prediction(prediction)
        if begun is None or not begun.is_pending:
            return
        started = self._clock()
        outcome = await self._outcome(begun)
        if outcome is None:
            return
        ended_us = micros(self._clock())
        took_ms = (ended_us - micros(started)) // 1000
        failure, outputs = self._judged(begun, outcome)
        if failure is not None:
            has_ended = self._state.fail(
                prediction,
                code=failure.code,
                error=failure.error,
                engine=self._engine.version,
                inference_ms=took_ms,
                now_us=ended_us,
                refund_after_us=self._refund_after_us(begun, failure),
                outputs=outputs,
            )
        else:
            has_ended = self._state.complete(
                prediction,
                outputs=outputs,
                engine=self._engine.version,
                notes=outcome.notes if isinstance(outcome, Made) else (),
                inference_ms=took_ms,
                flagged=self._faults.flagged(begun.own, outputs),
            )
        if has_ended and begun.webhook:
            ended = self._state.prediction(prediction)
            if ended is not None:
                self._on_end(ended)

    async def _outcome(self, prediction: Prediction) -> Made | Failed | None:
        """What becomes of a prediction; None where its end came from elsewhere meanwhile."""
        code = self._faults.fail.of(prediction.own)
        if code is not None:
            return Failed(code, _VAGUE)
        ready = await asyncio.to_thread(prepare, prediction, state=self._state)
        if isinstance(ready, Failed):
            return ready
        again = self._state.begin(prediction.id, ready.digest)
        if again is None:
            return None
        return await asyncio.to_thread(
            make,
            prediction,
            ready,
            again=again,
            engine=self._engine,
            state=self._state,
            withheld=self._faults.withheld(prediction.own, ready.request.wanted),
        )

    def _judged(self, prediction: Prediction, outcome: Made | Failed) -> tuple[Failed | None, int]:
        """Why a prediction fails, if it does, and how many outputs it has in either case."""
        if isinstance(outcome, Failed):
            return outcome, 0
        code = self._faults.failed_with_outputs.of(prediction.own)
        return None if code is None else Failed(code, _VAGUE), outcome.outputs

    def _refund_after_us(self, prediction: Prediction, failure: Failed) -> int | None:
        if failure.code == _MODERATION or self._faults.refund_never.has(prediction.own):
            return None
        return in_micros(self._faults.refund_later.of(prediction.own) or 0)

    async def _tidy(self) -> None:
        """Forget bytes that are past their time; rows and money stay."""
        folders = self._state.outlived(micros(self._clock() - RETENTION))
        for folder in folders:
            await asyncio.to_thread(remove_folder, folder)
        self._state.mark_tidied(folders)
