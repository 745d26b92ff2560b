"""Previews made as each picture lands, so that a finished run has a nearly finished sheet."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from pipeline.domain.fingerprint import Sha256
from pipeline.domain.receipts import Output
from pipeline.execution.ports import Intake


class Previewed:
    """An intake that asks for a preview of each picture once that is safely stored.

    The preview is made beside the run and never waited for. Whatever goes wrong with it is nobody's
    trouble: what is missing in the end is made with the other outputs, which say why if they fail.
    """

    def __init__(self, intake: Intake, ask: Callable[[Sha256], None]) -> None:
        """Wrap an intake.

        Args:
            intake: does all the work.
            ask: told the digest of each picture that is durable; must not block.
        """
        self._intake = intake
        self._ask = ask

    async def take_in(self, address: str) -> Output:
        """As the intake does, raising what it raises."""
        output = await self._intake.take_in(address)
        # Whatever the trouble with a preview is: the picture is paid for, and here.
        with suppress(Exception):
            self._ask(output.sha256)
        return output

    async def digest_of(self, address: str) -> Sha256:
        """As the intake does, raising what it raises."""
        return await self._intake.digest_of(address)


@contextmanager
def previewing(make: Callable[[Sha256], object]) -> Iterator[Callable[[Sha256], None]]:
    """Make previews one after the other in a thread of their own; yields what to ask.

    When this ends, the one under way is finished and the others are left to be made with the rest
    of the outputs, on all cores.

    Args:
        make: makes one.
    """
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="preview")

    def ask(picture: Sha256) -> None:
        pool.submit(make, picture)

    try:
        yield ask
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
