from pipeline.domain.diagnostics import (
    CampaignError,
    Problem,
    Severity,
    Span,
    as_json,
    in_file_order,
)


def problem(code: str, at: Span | None = None, **rest) -> Problem:
    return Problem(code, f"what {code}", "why", "fix", at=at, **rest)


def test_problems_are_sorted_by_place_and_those_without_one_come_last():
    found = [
        problem("M005"),
        problem("M004", Span("b.yaml", 1, 1)),
        problem("M003", Span("a.yaml", 10, 1)),
        problem("M002", Span("a.yaml", 9, 5)),
        problem("M001", Span("a.yaml", 9, 5)),
    ]
    assert [p.code for p in in_file_order(found)] == ["M001", "M002", "M003", "M004", "M005"]


def test_only_errors_stop():
    assert problem("M001").is_error
    assert not problem("M001", severity=Severity.WARNING).is_error


def test_json_leaves_out_what_is_absent():
    assert set(as_json(problem("M001"))) == {"severity", "code", "what", "why", "fix"}
    told = as_json(problem("R001", Span("a.yaml", 2, 3), money="nothing was charged"))
    assert told["at"] == {"file": "a.yaml", "line": 2, "column": 3}
    assert told["money"] == "nothing was charged"


def test_an_error_carries_its_exit_code_and_says_all_of_it():
    error = CampaignError(12, [problem("S001"), problem("S002")])
    assert (error.exit_code, str(error)) == (12, "what S001; what S002")
