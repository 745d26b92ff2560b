"""What a manifest takes from the files that it extends, and where it says that it stands."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.campaign import Matrix
from pipeline.domain.fingerprint import digest
from pipeline.domain.money import MicroUsd
from pipeline.manifest import codes
from pipeline.manifest.inherit import MOST_PARENTS, inherit
from pipeline.manifest.places import Source
from pipeline.manifest.source import parse
from tests.unit.manifest.samples import MANIFEST, Parents, load

BASE = """\
version: 1
model: bytedance/seedream-v4.5/edit-sequential
images: {bag: {files: images/bag/*.jpg, subject: the bag}}
prompt: Put {set.subject} on {variant.surface}.
variants:
  oak: {surface: oiled oak}
  marble: {surface: white marble}
tags: [one, two]
budget: {cap: 20.00 USD, warn_at: 50%}
"""
CHILD = "campaign: spring\nextends: ../_base.yaml\n"


def spring(text="", *, base=BASE, **others):
    return load(CHILD + text, others={"_base.yaml": base, **others})


def good(loaded):
    """The campaign of what has no errors."""
    assert loaded.campaign is not None
    return loaded.campaign


def test_a_child_may_say_nothing_but_what_it_extends():
    campaign = good(spring())
    assert [variant.id for variant in campaign.variants] == ["oak", "marble"]
    assert campaign.budget.cap == MicroUsd(20_000_000)
    assert campaign.name == "spring"


def test_it_comes_to_the_same_campaign_as_one_file():
    keys, _, rest = MANIFEST.partition("title:")
    whole = load(MANIFEST).campaign
    apart = load(f"{keys}extends: ../_base.yaml\n", others={"_base.yaml": f"title:{rest}"}).campaign
    assert whole is not None
    assert apart is not None
    assert replace(apart, manifest=whole.manifest) == whole


def test_maps_merge_by_key_scalars_and_lists_replace_and_null_removes():
    found = spring("""\
tags: [three]
variants: {oak: {surface: old oak}, marble: null, slate: {surface: slate}}
budget: {warn_at: 90%}
""")
    campaign = found.campaign
    assert found.problems == []
    assert campaign is not None
    assert {one.id: one.values for one in campaign.variants} == {
        "oak": {"surface": "old oak"}, "slate": {"surface": "slate"},
    }  # fmt: skip
    assert campaign.tags == ("three",)
    assert (campaign.budget.cap, campaign.budget.warn_at) == (MicroUsd(20_000_000), 90)


def test_a_short_form_is_a_scalar_and_replaces_a_map():
    campaign = good(spring("images: {bag: images/bag/top.jpg}\n"))
    assert [picture.id for picture in campaign.sets[0].pictures] == ["top"]
    assert campaign.sets[0].values == {"subject": "the bag"}  # by default; what was written is gone


def test_a_chain_of_parents_is_laid_over_oldest_first():
    campaign = spring(
        base="extends: house/_house.yaml\nbudget: {cap: 10.00 USD}\n",
        **{"house/_house.yaml": "extends: ../_all.yaml\nowner: brand\n", "_all.yaml": BASE},
    ).campaign
    assert campaign is not None
    assert (campaign.owner, campaign.budget.cap) == ("brand", MicroUsd(10_000_000))


@pytest.mark.parametrize(("length", "found"), [(MOST_PARENTS, []), (MOST_PARENTS + 1, ["M142"])])
def test_a_chain_is_bounded(length, found):
    others = {f"{n}.yaml": f"extends: {n + 1}.yaml\n" for n in range(1, length)}
    loaded = load(
        "campaign: spring\nextends: ../1.yaml\n", others={**others, f"{length}.yaml": BASE}
    )
    assert loaded.codes == found


def test_the_name_of_a_parent_is_not_its_childs():
    assert spring(base=f"campaign: _base\n{BASE}").problems == []
    loaded = load("version: 1\nextends: ../_base.yaml\n", others={"_base.yaml": BASE})
    assert loaded.codes == [codes.MISSING_KEY]


class TestPlaces:
    def test_every_value_points_to_the_line_where_it_stands(self):
        campaign = good(spring("variants: {oak: {surface: old oak}}\n"))
        oak, marble = campaign.variants
        assert str(oak.at) == "campaigns/spring/campaign.yaml:3:12"
        assert str(marble.at) == "campaigns/_base.yaml:7:3"
        assert str(campaign.prompt_at) == "campaigns/_base.yaml:4:9"
        assert str(campaign.budget_at) == "campaigns/_base.yaml:9:1"

    def test_rules_point_into_the_file_whose_list_counts(self):
        rules = "matrix: {exclude: [{picture: top, why: late}]}\n"
        campaign = good(spring(base=BASE + rules))
        assert str(campaign.matrix.exclude[0].at) == "campaigns/_base.yaml:10:20"

    def test_a_part_of_a_text_is_found_in_the_parents_text(self):
        (problem,) = spring(base=BASE.replace("{variant.surface}", "{variant.surfase}")).problems
        assert problem.code == codes.UNKNOWN_VALUE
        assert str(problem.at) == "campaigns/_base.yaml:4:30"
        assert problem.source_line == "prompt: Put {set.subject} on {variant.surfase}."
        assert problem.why.endswith("(in campaign `spring`)")

    def test_a_missing_key_points_at_what_took_it_away(self):
        (problem,) = spring("images: {bag: {files: null}}\n").problems
        assert problem.code == codes.MISSING_KEY
        assert str(problem.at) == "campaigns/spring/campaign.yaml:3:23"

    def test_what_is_wrong_with_a_parents_text_is_the_same_for_every_child(self):
        base = BASE.replace("cap:", "capp:")
        one = load("campaign: spring\nextends: ../_base.yaml\n", others={"_base.yaml": base})
        other = load(
            "campaign: autumn\nextends: ../_base.yaml\n",
            others={"_base.yaml": base},
            folder="autumn",
        )
        assert one.codes == [codes.UNKNOWN_KEY]
        assert one.problems == other.problems

    def test_aliases_of_a_parent_keep_their_place(self):
        base = BASE.replace("oak: {", "oak: &w {").replace("{surface: white marble}", "*w")
        (oak, marble) = good(spring(base=base)).variants
        assert oak.values == marble.values
        assert str(marble.at) == "campaigns/_base.yaml:7:3"


class TestCaps:
    @pytest.mark.parametrize(
        ("key", "tight", "loose"),
        [
            ("cap", "5 USD", "5.01 USD"),
            ("max_images", "10", "11"),
            ("max_per_job", "0.40", "$0.41"),
            ("max_images_per_job", "3", "4"),
        ],
    )
    def test_the_lower_cap_counts_whoever_writes_it(self, key, tight, loose):
        def capped(parent, child):
            base = BASE.replace("cap: 20.00 USD", f"{key}: {parent}")
            return spring(f"budget: {{{key}: {child}}}\n", base=base)

        up, down, same = capped(tight, loose), capped(loose, tight), capped(tight, tight)
        assert up.codes == [codes.LOOSER]
        assert not up.problems[0].is_error
        assert "_base.yaml:9:" in up.problems[0].why
        assert down.codes == same.codes == []
        budgets = [one.campaign.budget for one in (up, down, same) if one.campaign is not None]
        assert len(budgets) == 3
        assert len(set(budgets)) == 1

    def test_a_cap_cannot_be_taken_away_neither_alone_nor_with_its_map(self):
        for text in ("budget: {cap: null}\n", "budget: null\n", "budget: {cap: ~}\n"):
            found = spring(text)
            assert found.codes == [codes.LOOSER]
            assert found.campaign is not None
            assert found.campaign.budget.cap == MicroUsd(20_000_000)

    def test_what_a_price_is_assumed_to_be_can_be_taken_away_since_that_is_tighter(self):
        base = f"{BASE}assume_max_usd: 0.10\n"
        gone, more = (
            spring("assume_max_usd: null\n", base=base),
            spring("assume_max_usd: 0.20\n", base=base),
        )
        assert gone.problems == []
        assert good(gone).assume_max is None
        assert more.codes == [codes.LOOSER]
        assert good(more).assume_max == MicroUsd(100_000)

    def test_a_cap_that_cannot_be_read_is_not_hidden_by_its_child(self):
        found = spring("budget: {cap: 5.00 USD}\n", base=BASE.replace("20.00 USD", "twenty"))
        assert found.codes == [codes.MONEY]
        assert str(found.problems[0].at) == "campaigns/_base.yaml:9:15"

    def test_caps_tighten_along_a_chain(self):
        found = spring(
            "budget: {cap: 12.00 USD}\n",
            base="extends: _all.yaml\nbudget: {cap: 10.00 USD}\n",
            **{"_all.yaml": BASE},
        )
        assert found.codes == [codes.LOOSER]
        assert good(found).budget.cap == MicroUsd(10_000_000)


class TestDigest:
    def test_it_is_of_all_texts(self):
        text = CHILD
        campaign = good(spring())
        assert campaign.manifest == digest(f"{text}\0{BASE}")
        assert good(load(MANIFEST)).manifest == digest(MANIFEST)

    def test_a_comment_in_a_parent_changes_it(self):
        one, other = spring().campaign, spring(base=f"# hm\n{BASE}").campaign
        assert one is not None
        assert other is not None
        assert one.manifest != other.manifest
        assert replace(one, manifest="") == replace(other, manifest="")


def test_a_parent_that_cannot_be_read_hides_nothing_that_can_be_said_without_it():
    found = spring("titel: Spring\nvariants: {oak: {surface: [a]}}\n", base="a: [")
    assert set(found.codes) == {codes.SYNTAX, codes.UNKNOWN_KEY, codes.KIND}
    assert found.campaign is None


@pytest.mark.parametrize("text", ["", "variants: {oak: {params: {}}}\n"], ids=["taken", "merged"])
def test_what_was_refused_in_a_parent_is_not_refused_once_more_for_what_it_lacks(text):
    base = BASE.replace("{surface: oiled oak}", "{<<: {surface: oiled oak}}")
    assert spring(text, base=base).codes == [codes.MERGE]


def test_optional_rules_of_a_parent_may_name_what_a_child_does_not_have():
    rules = "matrix: {exclude: [{set: hat, optional: true}], extend: []}\n"
    assert spring(base=BASE + rules).problems == []
    assert spring(base=BASE + rules.replace(", optional: true", "")).codes == [codes.RULE_NAME]
    assert good(spring("matrix: null\n", base=BASE + rules)).matrix == Matrix()


_leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["a", "b: c", ""])
)
_values = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)
    ),
    max_leaves=10,
)
_maps = st.dictionaries(st.sampled_from("abcd"), _values, max_size=4)


def _as_yaml(value):
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{key}: {_as_yaml(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_as_yaml, value)) + "]"
        case str():
            return f'"{value}"'
        case _:
            return str(value)


def _merged(old, new):
    """The rule of the language, by the book."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    kept = {
        key: item
        for key, item in old.items()
        if new.get(key, item) is not None or (item is None and key not in new)
    }
    both = {key: _merged(old[key], new[key]) for key in kept if key in new}
    return {**kept, **both, **{key: item for key, item in new.items() if key not in old}}


@pytest.mark.slow
@given(old=_maps, new=_maps)
def test_any_two_maps_merge_by_the_book_and_every_value_is_where_it_says(old, new):
    child, _ = parse(_as_yaml({**new, "extends": "../_base.yaml"}), file="child")
    found = inherit(child, Parents("spring/c.yaml", {"_base.yaml": _as_yaml(old)}.get, str))
    whole = found.source
    assert isinstance(whole.value, dict)
    assert {key: one for key, one in whole.value.items() if key != "extends"} == _merged(old, new)
    for pointer, value in _leaves_of(whole.value):
        assert whole.written(pointer) == _as_yaml(value)
        assert whole.locate(pointer).file == whole.holder(pointer).file
    assert isinstance(whole, Source)


def _leaves_of(value, at=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves_of(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves_of(item, (*at, index))
    else:
        yield at, value
