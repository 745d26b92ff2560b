"""What really happened, read from the provider's own records, past every fault."""

import hashlib

from pipeline.domain.attempt import OpenAttempt
from pipeline.emulator.state import State


class Truth:
    """The records of one embedded provider; somebody else's requests left out."""

    def __init__(self, remote: State) -> None:
        self._remote = remote

    def _rows(self, query: str) -> list:
        return self._remote._db.execute(query).fetchall()

    def _own(self) -> list:
        ids = self._rows("SELECT id FROM predictions WHERE own > 0 ORDER BY number")
        return [self._remote.prediction(row["id"]) for row in ids]

    def predictions(self) -> set[str]:
        return {one.id for one in self._own()}

    def is_foreign(self, prediction: str) -> bool:
        return prediction not in self.predictions()

    def bill(self) -> int:
        """Taken less given back, in micro-dollars."""
        return self._sum("CASE b.billing_type WHEN 'deduct' THEN b.price ELSE -b.price END")

    def gross(self) -> int:
        """As `bill`: what is given back makes room under a cap again."""
        return self.bill()

    def _sum(self, amount: str) -> int:
        ((total,),) = self._rows(
            f"SELECT COALESCE(SUM({amount}), 0) FROM billings b"  # noqa: S608 (our own words)
            " JOIN predictions p ON p.id = b.prediction WHERE p.own > 0"
        )
        return total

    def deliveries(self) -> dict[str, int]:
        """Pictures that lie there to be fetched, by prediction."""
        return {one.id: one.outputs for one in self._own() if one.outputs}

    def prediction_of(self, attempt: OpenAttempt, owned: set[str]) -> str:
        """The prediction that an attempt made, or one that asked for the same; empty for none.

        Where the provider told its id to another attempt, that one's own is left over, and the only
        one that this attempt can be given: two requests were paid for, and there are two pictures.
        """
        left = [one for one in self._own() if one.model == attempt.order.recipe.model]
        mine = [one for one in left if self._is_of(one, attempt)]
        free = [one for one in mine if one.id not in owned]
        if mine and not free:
            free = [one for one in left if one.id not in owned]
        return free[0].id if free else ""

    def _is_of(self, one, attempt: OpenAttempt) -> bool:
        addresses = one.inputs.get("images") or [one.inputs.get("image")]
        if attempt.fresh:
            return attempt.fresh in addresses
        return self._asks_for(one, attempt)

    def _asks_for(self, one, attempt: OpenAttempt) -> bool:
        asked = attempt.order.asked
        pictures = [picture["sha256"] for picture in asked["inputs"]]
        sent = [
            hashlib.sha256((self._remote.folder / source).read_bytes()).hexdigest()
            for source in one.sources
            if source is not None
        ]
        return one.inputs.get("prompt") == asked["prompt"] and sent == pictures
