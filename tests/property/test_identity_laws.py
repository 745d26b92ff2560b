import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.identity import Keyer, Recipe, cell_components, cell_key
from tests.property.strategies import digests, law, recipes, takes

pytestmark = pytest.mark.slow


def plain_definition(components) -> str:
    """The definition of a cell key, in the words of the standard library alone."""
    text = json.dumps(components, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"c1-{hashlib.sha256(text.encode()).hexdigest()}"


@law
@given(recipes, st.lists(st.tuples(st.none() | digests, takes), min_size=1, max_size=3))
def test_the_keyers_shortcut_is_the_plain_definition(recipe, wanted):
    keyer = Keyer(recipe)
    for source, take in wanted:
        plain = plain_definition(cell_components(recipe, source, take))
        assert keyer(source, take) == plain
        assert cell_key(recipe, source, take) == plain


@law
@given(recipes, recipes, st.none() | digests, takes)
def test_two_recipes_have_one_key_only_if_they_are_one(one, other, source, take):
    same = json.dumps(one.components(), sort_keys=True) == json.dumps(
        other.components(), sort_keys=True
    )
    assert (cell_key(one, source, take) == cell_key(other, source, take)) == same


@law
@given(recipes)
def test_a_recipe_survives_the_way_through_a_receipt(recipe):
    assert Recipe.read(json.loads(json.dumps(recipe.components()))) == recipe
