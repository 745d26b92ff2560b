import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.template import render
from pipeline.reporting.sheet.facts import PromptPart
from pipeline.reporting.sheet.prompts import split_prompt

WORDS = st.text(st.characters(exclude_characters="{}"), max_size=8)
PIECES = st.lists(st.one_of(WORDS, st.sampled_from(["{set.a}", "{variant.b}"])), max_size=8)


def test_each_part_knows_who_wrote_it():
    prompt = split_prompt(
        "Put {set.subject} in {variant.place}.",
        {"set": {"subject": "the bag"}, "variant": {"place": "{a} wood"}},
    )
    assert prompt.parts == (
        PromptPart("Put "),
        PromptPart("the bag", "set"),
        PromptPart(" in "),
        PromptPart("{a} wood", "variant"),
        PromptPart("."),
    )


def test_a_placeholder_without_a_value_is_an_error():
    with pytest.raises(KeyError):
        split_prompt("{variant.place}", {"variant": {}})


@given(PIECES, WORDS, WORDS)
def test_the_parts_make_up_the_rendered_prompt(pieces, first, second):
    template, values = "".join(pieces), {"set": {"a": first}, "variant": {"b": second}}
    assert split_prompt(template, values).text == render(template, values)
