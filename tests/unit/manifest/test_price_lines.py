"""Prices written into a workspace file that people keep."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.money import MicroUsd
from pipeline.manifest.price_lines import NotEditableError, price_lines, with_prices
from tests.unit.manifest.samples import CARDS, EDIT, NANO, QWEN, load_workspace

NEW = {EDIT.model: MicroUsd(55_000)}

KEPT = """\
# what all campaigns share
version: 1
account: {tier: silver}      # since March

prices:
  # agreed with finance
  bytedance/seedream-v4.5/edit: "0.045"   # ours

  wavespeed-ai/qwen-image/edit: 0.05 USD

forbid_models: [google/nano-banana-pro/edit]   # too dear
"""


def test_a_price_that_is_there_is_changed_in_place():
    assert with_prices(KEPT, NEW) == KEPT.replace('"0.045"', '"0.055 USD"')


def test_a_new_price_comes_behind_the_last_one():
    line = "  wavespeed-ai/qwen-image/edit: 0.05 USD\n"
    changed = with_prices(KEPT, {NANO.model: MicroUsd(300_000)})
    assert changed == KEPT.replace(line, f"{line}  google/nano-banana-pro/edit: 0.30 USD\n")


def test_a_file_without_prices_gets_them_at_its_end():
    for text in ("version: 1\n", "version: 1"):
        assert (
            with_prices(text, NEW) == "version: 1\nprices:\n  bytedance/seedream-v4.5/edit:"
            " 0.055 USD\n"
        )


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ("{}", "{bytedance/seedream-v4.5/edit: 0.055 USD}"),
        (
            "{wavespeed-ai/qwen-image/edit: 0.03}  # ours",
            "{wavespeed-ai/qwen-image/edit: 0.03, bytedance/seedream-v4.5/edit: 0.055 USD}  # ours",
        ),
        ("{bytedance/seedream-v4.5/edit: 0.05}", "{bytedance/seedream-v4.5/edit: 0.055 USD}"),
        ("{bytedance/seedream-v4.5/edit: '$0.05'}", "{bytedance/seedream-v4.5/edit: '0.055 USD'}"),
    ],
)
def test_prices_in_braces_stay_there(written, changed):
    text = "version: 1\nprices: {}\nexclusive: true\n"
    assert with_prices(text.replace("{}", written), NEW) == text.replace("{}", changed)


def test_line_ends_and_a_byte_order_mark_are_kept():
    text = "\ufeff" + KEPT.replace("\n", "\r\n")
    changed = with_prices(text, {NANO.model: MicroUsd(300_000), **NEW})
    assert changed.startswith("\ufeff# what")
    assert "\r\n  google/nano-banana-pro/edit: 0.30 USD\r\n" in changed
    assert changed.count("\n") == changed.count("\r\n") == text.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        "{version: 1}\n",
        "version: 1\nprices: [a]\n",
        "version: 1\nprices:\n",
        "version: 1\nstate: &x 0.04\nprices:\n  bytedance/seedream-v4.5/edit: *x\n",
        "state: &x {a: 1}\nprices: *x\n",
        "- 1\n",
        "",
    ],
)
def test_what_a_program_had_better_leave_alone(text):
    with pytest.raises(NotEditableError):
        with_prices(text, NEW)


def test_lines_for_people_to_paste():
    lines = price_lines({**NEW, QWEN.model: MicroUsd(1_234_500_000)})
    assert lines == (
        "prices:\n  bytedance/seedream-v4.5/edit: 0.055 USD\n"
        "  wavespeed-ai/qwen-image/edit: 1234.50 USD\n"
    )
    assert with_prices("version: 1\n", NEW) == "version: 1\n" + price_lines(NEW)


PRICES = st.dictionaries(
    st.sampled_from(sorted(CARDS)), st.integers(300_000, 10**9).map(MicroUsd), max_size=4
)
AMOUNTS = st.sampled_from(["0.{}", '"0.{}"', "'$0.{}'", "0.{} USD  # why"])


@st.composite
def workspace_files(draw):
    """The text of a file without problems, in one of many layouts."""
    old = draw(
        st.lists(
            st.tuples(st.sampled_from(sorted(CARDS)), AMOUNTS, st.integers(300, 999)),
            unique_by=lambda one: one[0],
            max_size=4,
        )
    )
    entries = [f"{model}: {form.format(digits)}" for model, form, digits in old]
    if not entries:
        section = ""
    elif draw(st.booleans()):
        section = f"prices: {{{', '.join(entry.split('  #')[0] for entry in entries)}}}\n"
    else:
        indent = draw(st.sampled_from(["  ", "    "]))
        section = "prices:\n" + "".join(f"{indent}{entry}\n" for entry in entries)
    before = draw(st.sampled_from(["", "# c\n", "exclusive: true\n", "\n\n"]))
    after = draw(st.sampled_from(["", "\n# end\n", "state: x # y\n", "  \n", "forbid_models: []"]))
    return f"version: 1\n{before}{section}{after}"


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(text=workspace_files(), raised=PRICES)
def test_the_changed_file_says_what_was_meant(text, raised):
    was, problems = load_workspace(text)
    assert problems == []
    changed = with_prices(text, raised)
    now, problems = load_workspace(changed)
    assert problems == []
    assert now == replace(was, prices={**was.prices, **raised})
    # Every line that holds no changed price is still there, in its order.
    kept = [
        line
        for line in text.splitlines()
        if not line.startswith("prices: {") and not any(model in line for model in raised)
    ]
    left = iter(changed.splitlines())
    assert all(line in left for line in kept)
