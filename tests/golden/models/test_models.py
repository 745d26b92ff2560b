"""Models as people see them: the list, everything about each of them, and what a sync prints."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import catalog
from pipeline.catalog.compare import compare
from pipeline.commands.models import siblings_together
from pipeline.domain.money import MicroUsd
from pipeline.manifest.price_lines import price_lines
from pipeline.reporting.models_text import list_text, show_text
from pipeline.reporting.sync_text import sync_text
from tests.unit.catalog.provider import TODAY, answers, listing, offer

HERE = Path(__file__).parent
MODELS = siblings_together(catalog.models())
EDIT = "bytedance/seedream-v4.5/edit"
LITE = "bytedance/seedream-v5.0-lite/edit"


def name_of(model: str) -> str:
    return model.partition("/")[2].replace("/", "-")


@pytest.mark.parametrize("model", MODELS)
def test_everything_about(model, golden):
    card = catalog.card(model)
    text = show_text(card, is_own=False, is_forbidden=False)
    golden(HERE / f"{name_of(model)}.txt", text)
    assert max(map(len, text.splitlines())) <= 100


def test_no_other_model_is_left_over():
    shown = {path.stem for path in HERE.glob("*.txt")} - {"list", "sync", "same", "forbidden"}
    assert shown == set(map(name_of, MODELS))


def test_a_model_with_a_price_and_a_ban_of_the_workspace(golden):
    card = catalog.card(EDIT)
    dear = replace(card, price=replace(card.price, unit=MicroUsd(55_000)))
    golden(HERE / "forbidden.txt", show_text(dear, is_own=True, is_forbidden=True))


def test_the_list(golden):
    cards = [catalog.card(model) for model in MODELS]
    golden(HERE / "list.txt", list_text(cards, own={EDIT}, forbidden={LITE}))


def sync(catalogue, asked, *, is_written=False):
    cards = [catalog.card(model) for model in MODELS]
    found = compare(cards, catalogue, asked, base="https://api.example", on=TODAY)
    lines = price_lines(found.raises) if found.raises else ""
    return sync_text(found, lines=lines, is_written=is_written)


def test_a_sync_that_finds_everything(golden):
    catalogue = listing(
        without=["wavespeed-ai/qwen-image/edit"],
        more=[
            offer("bytedance/seedream-v5.5/edit", base_price=MicroUsd(50_000)),
            offer("bytedance/seedance-2.5", kind="text-to-video"),
            offer("google/nano-banana-3/edit", base_price=None),
        ],
        fields={
            EDIT: {"prompt": {"type": "string", "minLength": 1}, "seed": {"type": "integer"}},
            LITE: None,
        },
        odd=2,
    )
    asked = answers(
        catalogue,
        {
            EDIT: {"1 picture": 50_000, "2 inputs": 50_000},
            "bytedance/seedream-v4/edit": {"1 picture": 25_000, "2 inputs": 25_000},
            "bytedance/seedream-v4/edit-sequential": {"2 inputs": 30_000},
            "google/nano-banana-pro/edit": {"4k, 1 picture": 300_000},
            LITE: {"1 picture": "HTTP 500: not today"},
            "bytedance/seedream-v4.5/sequential": {"1 picture": 50_000, "2 pictures": 100_000},
        },
        own={"bytedance/seedream-v4.5/sequential": MicroUsd(60_000)},
    )
    text = sync(catalogue, asked)
    golden(HERE / "sync.txt", text)
    written = sync(catalogue, asked, is_written=True)
    assert "Wrote 3 prices to `campaigns/workspace.yaml`; look at `git diff`." in written
    assert "prices:" not in written


def test_a_sync_that_finds_nothing(golden):
    catalogue = listing()
    golden(HERE / "same.txt", sync(catalogue, answers(catalogue, {})))
