"""Recipes, orders and receipts that tests of every room are made of."""

from dataclasses import replace

from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.identity import (
    Input,
    Recipe,
    cell_key,
    job_components,
    job_key,
    own_parts,
)
from pipeline.domain.money import MicroUsd
from pipeline.domain.receipts import AskedCell, Doubt, Failed, Gen, Order, Output

AT = "2026-11-20T12:00:00Z"
LATER = "2026-11-21T12:00:00Z"
UNIT = 40_000


def sha(number: int) -> Sha256:
    return Sha256(f"{number:064x}")


def recipe(**changes) -> Recipe:
    plain = Recipe(
        provider="wavespeed",
        realm="real",
        model="bytedance/seedream-v4.5/edit-sequential",
        prompt="Put the woman in a snowy street.",
        reference=None,
        params={},
        size="4096x4096",
        engine=None,
    )
    return replace(plain, **changes)


def cell(number: int, *, take: int = 1, of: Recipe | None = None) -> AskedCell:
    source = sha(number)
    key = cell_key(of or recipe(), source, take)
    return AskedCell(key, f"anna/p{number}/snow/master/t{take}", source, take)


def order(attempt: str = "a-1", *, cells=(1, 2), of: Recipe | None = None, quote=None) -> Order:
    """An attempt at some pictures, by their numbers."""
    shared = of or recipe()
    asked = tuple(cell(number, of=shared) for number in cells)
    components = job_components(
        recipe=shared,
        prompt=shared.prompt,
        inputs=[Input("source", one.source) for one in asked],
        params={"size": "4096*4096", "max_images": len(asked)},
        takes=[one.take for one in asked],
    )
    amount = UNIT * len(asked) if quote is None else quote
    own = own_parts(components)
    return Order(attempt, job_key(components), shared, own, asked, MicroUsd(amount))


def output(number: int) -> Output:
    return Output(sha(number), 1000 + number, 4096, 4096, "image/jpeg")


def gen(of: Order, *, outputs=None, at: str = AT) -> Gen:
    """A delivery; whole unless told which outputs came, by their numbers."""
    numbers = range(101, 101 + len(of.cells)) if outputs is None else outputs
    return Gen(of, f"p-{of.attempt}", at, tuple(output(number) for number in numbers))


def failed(of: Order, *, code: int = 5000, at: str = AT) -> Failed:
    return Failed(of, f"p-{of.attempt}", at, code, "it did not work")


def doubt(of: Order, *, at: str = AT) -> Doubt:
    return Doubt(of, at, "no answer")


def keys(of: Order) -> tuple[CellKey, ...]:
    return tuple(one.key for one in of.cells)
