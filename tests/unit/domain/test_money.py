import pytest

from pipeline.domain.money import MicroUsd, NotMoneyError, format_usd, parse_usd, split_evenly


@pytest.mark.parametrize(
    ("text", "micro"),
    [
        ("12", 12_000_000),
        ("12.00", 12_000_000),
        ("12.00 USD", 12_000_000),
        ("$12.00", 12_000_000),
        ("$ 0.5", 500_000),
        (" 0.04 USD\n", 40_000),
        ("0.000001", 1),
        ("0", 0),
        ("1000000000", 10**15),
        # The nearest float to 0.29 times a million is below 290,000.
        ("0.29", 290_000),
    ],
)
def test_amounts_are_read_exactly(text, micro):
    assert parse_usd(text) == micro


@pytest.mark.parametrize(
    "text",
    [
        "", "USD", "$", "-1", "+1", "1,000", "1e3", ".5", "1.", "1.0000001", "12 EUR", "12 usd",
        "€12", "1 2", "0x10", "1000000000.01", "9999999999999", "NaN", "inf", "12.00\nUSD 5",
    ],
)  # fmt: skip
def test_anything_else_is_no_amount(text):
    with pytest.raises(NotMoneyError):
        parse_usd(text)


@pytest.mark.parametrize("text", ["1000000000.01", "9" * 30])
def test_too_much_is_said_to_be_that(text):
    with pytest.raises(NotMoneyError, match="more than 1,000,000,000 USD"):
        parse_usd(text)


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (0, "$0.00"),
        (40_000, "$0.04"),
        (27_500, "$0.0275"),
        (1, "$0.000001"),
        (-1_000_000, "-$1.00"),
        (-1, "-$0.000001"),
        (1_234_567_890_000, "$1,234,567.89"),
    ],
)
def test_amounts_are_written_without_rounding(micro, text):
    assert format_usd(MicroUsd(micro)) == text


@pytest.mark.parametrize(
    ("amount", "shares", "split"),
    [(10, 3, [4, 3, 3]), (2, 3, [1, 1, 0]), (0, 2, [0, 0]), (9, 3, [3, 3, 3]), (5, 1, [5])],
)
def test_a_remainder_goes_to_the_first_shares(amount, shares, split):
    assert split_evenly(MicroUsd(amount), shares) == split
