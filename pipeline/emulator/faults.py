"""Ways to make the embedded provider misbehave, for those who must cope with it."""

from dataclasses import dataclass, field, fields, replace

from pipeline.domain.money import MicroUsd
from pipeline.emulator.chosen import NOBODY, Cases, Chosen, cases, chosen

ALWAYS = 10**9
"""So many looks or downloads that it is all of them."""

STRANGE = "dreaming"
"""A status word that nobody documented."""

BY_SUBMIT = frozenset(
    {
        "refuse",
        "drop_answer",
        "nonsense",
        "error_after",
        "delay",
        "duplicate_id",
        "price",
        "charge",
        "foreign",
    }
)
"""Switches that pick by submit; the others that pick do so by prediction."""

_PER_CENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong; without arguments nothing does.

    Switches pick by number, from 1. *Submits* are requests to a model, refused ones included,
    counted since the state was opened. *Predictions* are those of the account's own requests,
    counted over the life of the state; somebody else's have no number. A submit that is refused
    makes no prediction, so the two counts part.

    Where a `Chosen` is declared, a set or list of numbers will do; where `Cases` are, a mapping of
    numbers. Times are in seconds on the provider's clock, but for `delay` and `drip`, which call
    the application's `sleep`.

    Of the four that replace the answer to an accepted submit, one strikes: `drop_answer` before
    `nonsense`, `error_after`, `duplicate_id`.

    Attributes:
        seed: what shares are drawn from.
        refuse: by submit, HTTP status (400 to 599) with which it is turned away before anything is
            accepted or charged.
        retry_after_s: `Retry-After` of every 429 that `refuse` and `busy_looks` cause; None for no
            such header.
        drop_answer: submits that are accepted and charged, but whose connection breaks before the
            answer.
        nonsense: submits that are accepted and charged, but answered with a page that is not JSON.
        error_after: by submit, HTTP status (500 to 599) of the answer although it was accepted and
            charged.
        delay: by submit, how long its answer takes; it is accepted and charged at once.
        duplicate_id: submits that are accepted and charged as ever, but answered with the id of
            the account's prediction before; the first of all is answered properly.
        price: by submit, per cent (0 or more) of the usual price that it is quoted and charged. A
            quote is that of the submit that would come next.
        charge: by submit, per cent of its quote that is charged; quotes do not tell.
        foreign: submits, if accepted, that are followed at the same moment by somebody else's
            request on the same account: a prediction and charge of its own, with other inputs. The
            value is its model; an empty one means that of the submit, with equal parameters. It is
            left out where the credit does not cover it.
        fail: by prediction, code with which it fails instead of reaching the engine. 1200 is a
            moderated one: it keeps its charge, others are refunded.
        failed_with_outputs: by prediction, code with which it fails although the outputs are
            there, listed and can be fetched; the refund is that of a failure.
        refund_later: by prediction, how long after its failure the refund is booked. Until then no
            bill shows it. Does not make a moderated one refunded.
        refund_never: predictions whose failure is not refunded.
        short: by prediction, how many of the last outputs are not delivered; the charge stays.
        missing: by prediction, positions from 1 of the outputs that are not delivered. The list is
            simply shorter and says nothing about the gap; the charge stays.
        empty: predictions that complete without any output; the charge stays.
        busy_looks: by prediction, how many of the first looks at its result are HTTP 429.
        strange_status: by prediction, how many of the first looks at its result (429s not counted)
            show an undocumented status and no outputs.
        output_objects: predictions whose outputs are `{"url": …}` instead of texts.
        nsfw: by prediction, positions from 1 of its delivered outputs that are flagged as not safe
            for work. They are delivered all the same.
        hide_inputs: whether the history keeps inputs to itself though it is asked for them.
        history_lag: by prediction, how long after its submit the history does not list it. Its own
            address and the bill know it at once.
        outputs_gone: by prediction, how long after its submit its outputs stop being there.
        gone_status: HTTP status of those, 404 or 410.
        forget_after_s: how long after its submit a prediction and its outputs are unknown, instead
            of seven days; the bill and uploads are not affected. None for seven days.
        truncate: by prediction, how many of the first downloads of each output are only the first
            half of the file, in an answer that looks whole.
        break_off: by prediction, how many of the first downloads of each output break off half-way
            through the announced length.
        lying_type: by prediction, `Content-Type` of its outputs.
        drip: by prediction, how long to wait before each of sixteen pieces of an output.
    """

    seed: int = 0

    refuse: Cases[int] = field(default_factory=Cases)
    retry_after_s: int | None = 1
    drop_answer: Chosen = NOBODY
    nonsense: Chosen = NOBODY
    error_after: Cases[int] = field(default_factory=Cases)
    delay: Cases[float] = field(default_factory=Cases)
    duplicate_id: Chosen = NOBODY
    price: Cases[int] = field(default_factory=Cases)
    charge: Cases[int] = field(default_factory=Cases)
    foreign: Cases[str] = field(default_factory=Cases)

    fail: Cases[int] = field(default_factory=Cases)
    failed_with_outputs: Cases[int] = field(default_factory=Cases)
    refund_later: Cases[float] = field(default_factory=Cases)
    refund_never: Chosen = NOBODY
    short: Cases[int] = field(default_factory=Cases)
    missing: Cases[frozenset[int]] = field(default_factory=Cases)
    empty: Chosen = NOBODY
    busy_looks: Cases[int] = field(default_factory=Cases)
    strange_status: Cases[int] = field(default_factory=Cases)
    output_objects: Chosen = NOBODY
    nsfw: Cases[frozenset[int]] = field(default_factory=Cases)
    hide_inputs: bool = False
    history_lag: Cases[float] = field(default_factory=Cases)
    outputs_gone: Cases[float] = field(default_factory=Cases)
    gone_status: int = 410
    forget_after_s: float | None = None
    truncate: Cases[int] = field(default_factory=Cases)
    break_off: Cases[int] = field(default_factory=Cases)
    lying_type: Cases[str] = field(default_factory=Cases)
    drip: Cases[float] = field(default_factory=Cases)

    def __post_init__(self) -> None:
        """Take plain sets and mappings for choices, and give every switch lots of its own."""
        for switch in fields(self):
            value = getattr(self, switch.name)
            lot = f"{self.seed}/{switch.name}"
            if switch.type is Chosen:
                object.__setattr__(self, switch.name, replace(chosen(value), lot=lot))
            elif switch.default_factory is Cases:
                object.__setattr__(self, switch.name, cases(value).drawn_from(lot))

    @property
    def on(self) -> tuple[str, ...]:
        """Names of the switches that are on, in the order of the attributes."""
        return tuple(switch.name for switch in fields(self) if self._is_on(switch.name))

    def _is_on(self, name: str) -> bool:
        value = getattr(self, name)
        if isinstance(value, Chosen | Cases):
            return not value.is_nobody
        is_switch = name in {"hide_inputs", "forget_after_s"}
        return is_switch and value is not None and value is not False

    def quoted(self, usual: MicroUsd, submit: int) -> MicroUsd:
        """What a submit of this number is quoted, in micro-dollars, rounded up."""
        return _per_cent(usual, self.price.of(submit))

    def charged(self, usual: MicroUsd, submit: int) -> MicroUsd:
        """What a submit of this number is charged, in micro-dollars, rounded up."""
        return _per_cent(self.quoted(usual, submit), self.charge.of(submit))

    def withheld(self, prediction: int, wanted: int) -> frozenset[int]:
        """Positions from 1 of a prediction's outputs that are not delivered."""
        if self.empty.has(prediction):
            return frozenset(range(1, wanted + 1))
        kept = max(0, wanted - (self.short.of(prediction) or 0))
        last = frozenset(range(kept + 1, wanted + 1))
        return last | frozenset(self.missing.of(prediction) or ())

    def flagged(self, prediction: int, outputs: int) -> tuple[int, ...]:
        """Positions from 1 of a prediction's delivered outputs that are flagged."""
        return tuple(sorted(n for n in self.nsfw.of(prediction) or () if n <= outputs))


def _per_cent(amount: MicroUsd, per_cent: int | None) -> MicroUsd:
    return amount if per_cent is None else MicroUsd(-(-amount * per_cent // _PER_CENT))


NONE = Faults()
