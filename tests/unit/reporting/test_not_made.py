"""Files that could not be made: named one by one, or told together where one reason is at fault."""

from pipeline.reporting.not_made import not_made_lines


def test_few_are_named_one_by_one():
    failed = [("feed/a.jpg", "damaged"), ("feed/b.jpg", "too small"), ("feed/c.jpg", "damaged")]
    assert not_made_lines(failed) == [
        "feed/a.jpg: damaged",
        "feed/c.jpg: damaged",
        "feed/b.jpg: too small",
    ]


def test_many_of_one_reason_are_one_line():
    failed = [(f"feed/{n}.jpg", "no key") for n in range(1000)] + [("x.jpg", "damaged")]
    assert not_made_lines(failed) == [
        "1,000 files, such as feed/0.jpg: no key",
        "x.jpg: damaged",
    ]
    assert not_made_lines([]) == []
