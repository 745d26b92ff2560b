"""Money by campaign, owner, tag, month and workspace."""

import csv
import io

from pipeline.domain.attempt import NOTHING_SPENT, Spent
from pipeline.domain.money import ZERO, MicroUsd
from pipeline.reporting.money_table import Line, money_csv, money_document, money_table, together

WINTER = Line(
    "campaign",
    "winter",
    3,
    4,
    MicroUsd(40_000),
    Spent(MicroUsd(120_000), MicroUsd(40_000), MicroUsd(80_000), 7, MicroUsd(27_500)),
    MicroUsd(1_000_000),
)
AUTUMN = Line("campaign", "autumn", 0, None, ZERO, NOTHING_SPENT, None)
MONTH = Line("month", "2026-11", None, None, None, WINTER.spent, MicroUsd(200_000))


def test_the_columns_of_money_add_up_to_the_cap():
    spent = WINTER.spent
    parts = (spent.charged, spent.reserved, spent.in_doubt, spent.refund_pending, WINTER.left)
    assert sum(parts) == WINTER.cap


def test_people_read_a_table_for_each_scope():
    assert money_table([WINTER, AUTUMN, MONTH]).splitlines() == [
        "campaign  pictures  to buy  charged  reserved  in doubt  refund pending      left",
        "winter      3 of 4   $0.04    $0.12     $0.04     $0.08         $0.0275   $0.7325",
        "autumn      0 of ?   $0.00    $0.00     $0.00     $0.00           $0.00",
        "",
        "month     pictures  to buy  charged  reserved  in doubt  refund pending      left",
        "2026-11                       $0.12     $0.04     $0.08         $0.0275  -$0.0675",
    ]


def test_spreadsheets_get_plain_numbers():
    rows = list(csv.DictReader(io.StringIO(money_csv([WINTER, MONTH]))))
    assert rows[0]["refund_pending_usd"] == "0.0275"
    assert (rows[0]["scope"], rows[0]["name"], rows[0]["images"]) == ("campaign", "winter", "7")
    assert (rows[1]["left_usd"], rows[1]["wanted"]) == ("-0.0675", "")


def test_no_name_is_taken_for_a_formula():
    (row,) = csv.DictReader(io.StringIO(money_csv([together("tag", "=1+1", [WINTER])])))
    assert row["name"] == "'=1+1"


def test_machines_read_micro_dollars():
    (one,) = money_document([WINTER])
    assert (one["campaign"], one["charged"], one["refund_pending"]) == ("winter", 120_000, 27_500)


def test_campaigns_together_are_as_known_as_the_least_known_of_them():
    both = together("owner", "brand-team", [WINTER, AUTUMN])
    assert (both.here, both.wanted, both.cap) == (3, None, None)
    assert both.spent == WINTER.spent
    twice = together("tag", "hero", [WINTER, WINTER])
    assert (twice.here, twice.wanted, twice.cost, twice.cap) == (6, 8, 80_000, 2_000_000)
    assert twice.left == 2 * WINTER.left
