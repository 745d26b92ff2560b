"""The table of rules: complete, switchable, and without exceptions."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import catalog
from pipeline.domain.campaign import PixelSize, Workspace
from pipeline.domain.diagnostics import Severity, Span
from pipeline.domain.lint import LINT_RULES
from pipeline.domain.look import Look
from pipeline.manifest.model.review import LintEntry
from pipeline.planning.lint.case import Case, named, times
from pipeline.planning.lint.rules import RULES, costly, levels, lint, needs_looks
from tests.unit.planning.lint.cases import (
    a_campaign,
    case_of,
    image_set,
    picture,
    size,
    variants,
)

NO_TEXTS: dict[str, str] = {}


def test_the_table_the_codes_and_the_manifest_agree():
    assert [rule.code for rule in RULES] == list(LINT_RULES) == list(LintEntry.model_fields)


def test_a_campaign_without_fault_gets_no_advice():
    assert lint(case_of(), {}, texts=NO_TEXTS) == []


def test_the_campaign_switches_before_the_workspace():
    shared = Workspace(lint={"L001": "off", "L013": "error"})
    own = a_campaign(lint={"L001": "warning"})
    assert levels(own, shared) == {"L001": "warning", "L013": "error"}


def test_a_rule_can_be_silenced_and_raised():
    case = case_of(a_campaign(prompt="Put {set.subject} in {variant.place}."))
    (one,) = lint(case, {}, texts=NO_TEXTS)
    assert (one.code, one.severity, one.is_error) == ("L013", Severity.ADVICE, False)
    (one,) = lint(case, {"L013": "error"}, texts=NO_TEXTS)
    assert one.is_error
    assert lint(case, {"L013": "off"}, texts=NO_TEXTS) == []


def test_pictures_are_looked_at_only_if_a_rule_wants_it():
    assert needs_looks({})
    off = {rule.code: "off" for rule in RULES if rule.needs_looks}
    assert not needs_looks(off)
    assert needs_looks({**off, "L001": "advice"})


def test_a_plan_is_told_what_costs_and_nothing_else():
    twins = variants(snow="a street", again="A street")
    campaign = a_campaign(prompt="Put it in {variant.place}.", variants=twins)
    case = case_of(campaign)
    assert {one.code for one in lint(case, {}, texts=NO_TEXTS)} == {"L012", "L013"}
    (one,) = costly(case, {"L012": "error"}, texts=NO_TEXTS)
    assert (one.code, one.severity) == ("L012", Severity.WARNING)
    assert costly(case, {"L012": "off"}, texts=NO_TEXTS) == []
    assert all(rule.costs == (rule.code in {"L010", "L012"}) for rule in RULES)


def test_a_finding_points_at_its_words():
    text = "version: 1\r\nprompt: |\r\n  Keep it.\r\n  Make image 3 darker.\r\n"
    at = Span("m.yaml", 2, 9)
    case = case_of(a_campaign(prompt="Keep it.\nMake image 3 darker.", prompt_at=at))
    (one,) = lint(case, {"L006": "off"}, texts={"m.yaml": text})
    assert (one.at, one.source_line) == (Span("m.yaml", 4, 8), "  Make image 3 darker.")
    (one,) = lint(case, {"L006": "off"}, texts=NO_TEXTS)
    assert (one.at, one.source_line) == (at, "")
    (one,) = lint(case, {"L006": "off"}, texts={"m.yaml": "# another\n# file\n"})
    assert (one.at, one.source_line) == (at, "# file")
    (one,) = lint(case, {"L006": "off"}, texts={"m.yaml": ""})
    assert (one.at, one.source_line) == (at, "")


def test_files_are_those_that_places_point_into():
    case = case_of(a_campaign(prompt_at=Span("base.yaml", 1, 1)))
    assert case.files == {"campaigns/winter/campaign.yaml", "base.yaml", "m.yaml"}


def test_numbers_and_names_for_people():
    assert [times(10, 4), times(99, 10), times(100, 10), times(5, 0)] == ["2.5", "9.9", "10", "5.0"]
    assert [named(["a"]), named(["a", "b", "c"])] == ["`a`", "`a`, `b` and `c`"]
    assert named([str(n) for n in range(8)]).endswith("`5` and 2 more")


# No rule ever raises

numbers = st.integers(0, 100_000)
looks = st.builds(
    Look,
    sharpness=numbers,
    brightness=st.integers(0, 1000),
    warmth=st.integers(-1000, 1000),
    subject=st.none() | st.integers(1, 1000),
)
sides = st.integers(1, 12_000)
words = st.text(alphabet="aA .,;:!?{}\n\t\u00a0é雪-'1\u2019", min_size=1, max_size=12).map(
    str.strip
)
texts = words.filter(lambda text: text and not set(text) & set("{}"))
templates = st.lists(
    st.sampled_from(["{set.subject}", "{variant.place}", "image 2", "the", " ", ".", "in", "\n"])
    | texts,
    min_size=1,
    max_size=8,
).map("".join)
named_sizes = st.lists(
    st.tuples(sides, sides, st.sampled_from(["", "4096x4096", "2304x4096", "2048x2048"])),
    max_size=4,
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    model=st.sampled_from(catalog.models()),
    prompt=templates,
    places=st.lists(texts, min_size=1, max_size=3, unique=True),
    pictures=st.lists(st.tuples(sides, sides, st.none() | looks), min_size=1, max_size=4),
    sizes=named_sizes,
    referenced=st.booleans(),
    sequence=st.sampled_from(["pictures", "takes"]),
)
def test_no_rule_raises(*, model, prompt, places, pictures, sizes, referenced, sequence):
    shown = [picture(f"p{n}", wide, high) for n, (wide, high, _) in enumerate(pictures)]
    card = catalog.card(model)
    is_edit = card.operation == "edit"
    named = card.size.form == "resolution"
    own = [
        size(f"s{n}", f"{wide}x{high}", "" if named else native)
        for n, (wide, high, native) in enumerate(sizes)
    ]
    campaign = a_campaign(
        model=model,
        prompt=prompt if is_edit else prompt.replace("{set.subject}", ""),
        variants=variants(**{f"v{n}": place for n, place in enumerate(places)}),
        sets=(image_set(*shown, reference=shown[0] if referenced else None),) if is_edit else (),
        sizes=tuple(own),
        sequence=sequence,
        master=card.size.named[0].size if named else PixelSize(2048, 2048),
    )
    seen = {one.id: look for one, (_, _, look) in zip(shown, pictures, strict=True)}
    case = case_of(campaign, looks=seen)
    for problem in lint(case, {}, texts=NO_TEXTS):
        assert problem.code in LINT_RULES
        assert all((problem.what, problem.why, problem.fix))
        assert "\n" not in problem.what
    bare = Case(campaign=campaign, card=card, cells=())
    assert all(rule.find(bare) is not None for rule in RULES)
    for rule in RULES:
        list(rule.find(bare))
        list(rule.find(replace(case, others=())))
