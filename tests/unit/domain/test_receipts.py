import json

import pytest

from pipeline.domain.money import MicroUsd
from pipeline.domain.receipts import (
    Assume,
    Charge,
    Doubt,
    Failed,
    Foreign,
    Lost,
    Match,
    ReceiptError,
    UnknownKindError,
    Use,
    Waive,
    attempt_of,
    order_body,
    read,
    read_order,
    write,
)
from tests.unit.domain.samples import AT, LATER, cell, doubt, failed, gen, order, output, recipe

ALL = [
    gen(order(cells=(1, 2, 3)), outputs=(5, 4)),
    failed(order()),
    doubt(order(of=recipe(engine="draft-1"))),
    Charge("a-1", "row-1", MicroUsd(-40_000), AT),
    Match("a-1", AT, (cell(1).key, None), "content", 93),
    Use("a-1", AT, cell(1), recipe(), output(5), LATER),
    Waive("a-1", AT, "person", "the vendor says so"),
    Doubt(order(), LATER, "no answer", sent=AT),
    Assume(order(), AT, "support says so"),
    Lost("a-1", AT, cell(1).key, output(5).sha256, "the disk burned"),
]
KINDS = ["gen", "failed", "doubt", "charge", "match", "use", "waive", "doubt", "assume", "lost"]


@pytest.mark.parametrize(("receipt", "kind"), list(zip(ALL, KINDS, strict=True)))
def test_a_receipt_is_one_line_and_comes_back(receipt, kind):
    line = write(receipt)
    assert "\n" not in line
    body = json.loads(line)
    assert body["kind"] == kind
    assert read(body) == receipt
    assert attempt_of(receipt) == "a-1"


def test_a_stranger_belongs_to_no_attempt():
    stranger = Foreign("p-9", AT, "the intern's")
    assert read(json.loads(write(stranger))) == stranger
    assert attempt_of(stranger) == ""


def test_a_doubt_without_a_sending_time_is_written_as_it_was():
    line = write(doubt(order()))
    assert "sent" not in json.loads(line)


def test_a_line_break_in_the_vendors_words_stays_inside_the_line():
    line = write(Failed(order(), "p", AT, 1, "a\nb\u2028c\r\x00"))
    assert len(line.split("\n")) == 1
    assert read(json.loads(line)).message == "a\nb\u2028c\r\x00"


def test_an_order_comes_back():
    assert read_order(json.loads(json.dumps(order_body(order())))) == order()


@pytest.mark.parametrize("kind", [None, "", "refund", 7, ["gen"], {"a": 1}])
def test_an_unknown_kind_is_told_apart_from_damage(kind):
    with pytest.raises(UnknownKindError):
        read({"kind": kind})
    with pytest.raises(UnknownKindError):
        read({})


@pytest.mark.parametrize("receipt", ALL, ids=KINDS)
def test_a_receipt_without_one_of_its_fields_is_damaged(receipt):
    body = json.loads(write(receipt))
    for name in body:
        if name not in {"kind", "sent"}:
            with pytest.raises(ReceiptError, match="damaged"):
                read({key: value for key, value in body.items() if key != name})


@pytest.mark.parametrize(
    ("receipt", "name", "value"),
    [
        (ALL[0], "quote", 0.08),
        (ALL[0], "quote", "80000"),
        (ALL[0], "quote", True),
        (ALL[0], "attempt", None),
        (ALL[0], "job", 5),
        (ALL[0], "cells", 3),
        (ALL[0], "cells", [[]]),
        (ALL[0], "outputs", [{}]),
        (ALL[0], "recipe", None),
        (ALL[1], "code", "1200"),
        (ALL[3], "amount", 0.04),
        (ALL[3], "amount", None),
        (ALL[3], "row", 1),
        (ALL[4], "outputs", 5),
        (ALL[4], "confidence", 99.5),
        (ALL[5], "cell", "x"),
    ],
)
def test_a_field_of_the_wrong_type_is_damage(receipt, name, value):
    with pytest.raises(ReceiptError, match="damaged"):
        read({**json.loads(write(receipt)), name: value})
