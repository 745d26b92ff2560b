"""What is part of a cell key and what is not: every field of what an author declares is on one of
two lists, so a new field needs a decision; then all on the first list change keys, and nothing on
the second does."""

import copy
import functools
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import fields, replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline.domain.campaign import (
    Add,
    Axes,
    Budget,
    Campaign,
    Exclude,
    Extend,
    ImageSet,
    Matrix,
    Pin,
    PixelSize,
    Provenance,
    Size,
    Variant,
    Where,
)
from pipeline.domain.card import Card, Fact
from pipeline.domain.destinations import Destination
from pipeline.domain.flags import Setting
from pipeline.domain.identity import Input, Recipe, cell_key, job_components, job_key
from pipeline.domain.money import MicroUsd
from pipeline.domain.picture import PictureFacts
from pipeline.planning.expand import expand
from tests.property.strategies import digests, json_maps, law, recipes, takes, texts
from tests.support.campaigns import campaign, image_set, picture
from tests.unit.manifest import samples
from tests.unit.planning.shop import PICTURES

pytestmark = pytest.mark.slow

PLAIN = campaign(
    sets=(image_set("anna", (1, 2), reference=3), image_set("bag", (4, 5))),
    variants=("snow", "studio"),
    prompt="Put {set.subject} in {variant.place}.",
    sizes=(
        Size("feed", PixelSize(1080, 1350)),
        Size("story", PixelSize(1080, 1920), native=PixelSize(1440, 2560)),
    ),
    takes=2,
    params={"seed": 7},
    matrix=Matrix(
        extend=(Extend(Where(variant="snow"), {"place": "a white street"}, {}),),
    ),
)


def keys(of: Campaign, card: Card = PICTURES, *, realm="real", engine=None) -> set[str]:
    return {cell.key for cell in expand(of, card, realm=realm, engine=engine).cells}


Changes = Mapping[str, Callable[[], Campaign]]
BASE = keys(PLAIN)


def with_set(**changes) -> Campaign:
    first, *others = PLAIN.sets
    return replace(PLAIN, sets=(replace(first, **changes), *others))


def with_picture(**changes) -> Campaign:
    first, *others = PLAIN.sets[0].pictures
    return with_set(pictures=(replace(first, **changes), *others))


def with_variant(**changes) -> Campaign:
    *others, last = PLAIN.variants
    return replace(PLAIN, variants=(*others, replace(last, **changes)))


def with_size(**changes) -> Campaign:
    first, *others = PLAIN.sizes
    return replace(PLAIN, sizes=(replace(first, **changes), *others))


def with_native(**changes) -> Campaign:
    *others, last = PLAIN.sizes
    return replace(PLAIN, sizes=(*others, replace(last, **changes)))


def with_facts(**changes) -> Campaign:
    facts = PLAIN.sets[0].pictures[0].facts
    return with_picture(facts=replace(facts, **changes))


OTHER = "f" * 64
IN_KEY: Changes = {
    "campaign.sets": lambda: replace(PLAIN, sets=PLAIN.sets[:1]),
    "campaign.prompt": lambda: replace(PLAIN, prompt=PLAIN.prompt + " "),
    "campaign.variants": lambda: replace(PLAIN, variants=PLAIN.variants[:1]),
    "campaign.takes": lambda: replace(PLAIN, takes=3),
    "campaign.master": lambda: replace(PLAIN, master=PixelSize(4096, 4096)),
    "campaign.sizes": lambda: replace(PLAIN, sizes=PLAIN.sizes[:1]),
    "campaign.matrix": lambda: replace(PLAIN, matrix=Matrix()),
    "campaign.params": lambda: replace(PLAIN, params={"seed": 8}),
    "set.pictures": lambda: with_set(pictures=(picture(1),)),
    "set.reference": lambda: with_set(reference=None),
    "set.values": lambda: with_set(values={"subject": "the old woman"}),
    "picture.facts": lambda: with_facts(sha256=OTHER),
    "facts.sha256": lambda: with_facts(sha256=OTHER),
    "variant.values": lambda: with_variant(values={"place": "a white studio"}),
    "variant.params": lambda: with_variant(params={"seed": 9}),
    "size.native": lambda: with_native(native=PixelSize(2304, 4096)),
    "matrix.axes": lambda: replace(PLAIN, matrix=Matrix(axes=Axes(variant=("snow",)))),
    "matrix.zip": lambda: replace(PLAIN, matrix=replace(PLAIN.matrix, zip=(("variant", "take"),))),
    "matrix.exclude": lambda: replace(
        PLAIN, matrix=replace(PLAIN.matrix, exclude=(Exclude(Where(set="bag"), ""),))
    ),
    "matrix.extend": lambda: replace(PLAIN, matrix=replace(PLAIN.matrix, extend=())),
    "matrix.add": lambda: replace(PLAIN, matrix=replace(PLAIN.matrix, add=(Add(Where(take=9)),))),
    "extend.where": lambda: replace(
        PLAIN, matrix=Matrix(extend=(replace(PLAIN.matrix.extend[0], where=Where(set="bag")),))
    ),
    "extend.values": lambda: replace(
        PLAIN, matrix=Matrix(extend=(replace(PLAIN.matrix.extend[0], values={"place": "x"}),))
    ),
    "extend.params": lambda: replace(
        PLAIN, matrix=Matrix(extend=(replace(PLAIN.matrix.extend[0], params={"seed": 1}),))
    ),
    # A pinned cell is served by another key, and keeps its own as its recipe.
    "campaign.pins": lambda: replace(
        PLAIN, pins=(Pin("anna/p001/snow/master/t1", "c1-" + OTHER, OTHER),)
    ),
}
"""A change of each of these changes keys: each wants other pictures, or more, or fewer."""

NOT_IN_KEY: Changes = {
    "campaign.name": lambda: replace(PLAIN, name="autumn"),
    "campaign.title": lambda: replace(PLAIN, title="Autumn"),
    "campaign.owner": lambda: replace(PLAIN, owner="somebody"),
    "campaign.tags": lambda: replace(PLAIN, tags=("new",)),
    "campaign.file": lambda: replace(PLAIN, file="elsewhere.yaml"),
    "campaign.manifest": lambda: replace(PLAIN, manifest=OTHER),
    "campaign.budget": lambda: replace(PLAIN, budget=Budget(cap=MicroUsd(1), max_images=1)),
    "campaign.sequence": lambda: replace(PLAIN, sequence="takes"),
    "campaign.assume_max": lambda: replace(PLAIN, assume_max=MicroUsd(9)),
    "campaign.canary": lambda: replace(PLAIN, canary=1),
    "campaign.review_need": lambda: replace(PLAIN, review_need=3),
    "campaign.max_jobs": lambda: replace(PLAIN, max_jobs=100),
    "campaign.lint": lambda: replace(PLAIN, lint={"L001": "off"}),
    "campaign.checks": lambda: replace(PLAIN, checks={"blur": Setting(is_on=False)}),
    "campaign.provenance": lambda: replace(PLAIN, provenance=Provenance(prompt=True)),
    "set.id": lambda: with_set(id="zora"),
    "picture.id": lambda: with_picture(id="renamed"),
    "picture.path": lambda: with_picture(path="moved/p001.jpg"),
    "picture.focus": lambda: with_picture(focus=(1, 2)),
    "facts.size": lambda: with_facts(size=1),
    "facts.width": lambda: with_facts(width=1),
    "facts.height": lambda: with_facts(height=1),
    "facts.format": lambda: with_facts(format="png"),
    "variant.id": lambda: with_variant(id="renamed"),
    "size.name": lambda: with_native(name="renamed"),
    "size.size": lambda: with_size(size=PixelSize(10, 10)),
    "size.fit": lambda: with_size(fit="contain"),
    "size.format": lambda: with_size(format="png"),
    "size.background": lambda: with_size(background="#000000"),
    "size.quality": lambda: with_size(quality=1),
    "size.max_bytes": lambda: with_size(max_bytes=1),
    "size.upscale": lambda: with_size(upscale=True),
    "size.destination": lambda: with_size(destination=Destination("here", "Here", 9, 9)),
    "extend.optional": lambda: replace(
        PLAIN, matrix=Matrix(extend=(replace(PLAIN.matrix.extend[0], optional=True),))
    ),
    # The model is the card's: the campaign only names it.
    "campaign.model": lambda: replace(PLAIN, model="made-up/name"),
}
"""None of these changes a key: nothing of it alters a pixel that the provider makes."""

PLACES = frozenset({"at", "prompt_at", "budget_at", "matrix_at"})
"""Where something is written, for messages."""
DECLARED = {
    "campaign": Campaign,
    "set": ImageSet,
    "picture": type(picture(1)),
    "facts": PictureFacts,
    "variant": Variant,
    "size": Size,
    "matrix": Matrix,
    "extend": Extend,
}


def test_every_field_is_on_one_of_the_two_lists():
    named = {
        f"{kind}.{field.name}"
        for kind, form in DECLARED.items()
        for field in fields(form)
        if field.name not in PLACES
    }
    assert named == set(IN_KEY) | set(NOT_IN_KEY), "say whether the new field is part of keys"
    assert not set(IN_KEY) & set(NOT_IN_KEY)


@pytest.mark.parametrize("field", IN_KEY)
def test_what_alters_pixels_changes_keys(field):
    assert keys(IN_KEY[field]()) != BASE


@pytest.mark.parametrize("field", NOT_IN_KEY)
def test_what_alters_no_pixel_changes_no_key(field):
    assert keys(NOT_IN_KEY[field]()) == BASE


# The card: what the model is, and what is only known about it


def with_price(**changes) -> Card:
    return replace(PICTURES, price=replace(PICTURES.price, **changes))


CARDS_IN_KEY = {
    "model": replace(PICTURES, model="made-up/other"),
    "provider": replace(PICTURES, provider="somebody"),
    "defaults": replace(PICTURES, defaults={**PICTURES.defaults, "tint": "warm"}),
}
CARDS_NOT_IN_KEY = {
    "title": replace(PICTURES, title="Other"),
    "family": replace(PICTURES, family="other"),
    "operation": replace(PICTURES, operation="edit"),
    "takes_reference": replace(PICTURES, takes_reference=PICTURES.takes_reference),
    "schema": replace(PICTURES, schema={}),
    "inputs": replace(PICTURES, inputs=replace(PICTURES.inputs, most=1)),
    "outputs": replace(PICTURES, outputs=replace(PICTURES.outputs, most=1)),
    "size": replace(PICTURES, size=replace(PICTURES.size, max_pixels=10**9)),
    "price": with_price(unit=MicroUsd(1), kind="floor", as_of="2030-01-01"),
    "advised_words": replace(PICTURES, advised_words=1),
    "facts": replace(PICTURES, facts=(Fact("sizes", "x", "inferred", "y", "2026-01-01"),)),
}


def test_every_field_of_a_card_is_on_one_of_the_two_lists():
    named = {field.name for field in fields(Card)}
    assert named == set(CARDS_IN_KEY) | set(CARDS_NOT_IN_KEY)


@pytest.mark.parametrize("field", CARDS_IN_KEY)
def test_another_model_has_other_keys(field):
    assert not keys(PLAIN, CARDS_IN_KEY[field]) & BASE


@pytest.mark.parametrize("field", CARDS_NOT_IN_KEY)
def test_prices_and_limits_change_no_key(field):
    assert keys(PLAIN, CARDS_NOT_IN_KEY[field]) == BASE


def test_the_tools_version_account_and_addresses_change_no_key(monkeypatch):
    monkeypatch.setattr(pipeline, "__version__", "99.0")
    monkeypatch.setenv("WAVESPEED_API_KEY", "another")
    monkeypatch.setenv("WAVESPEED_BASE_URL", "https://api.wavespeed.ai")
    monkeypatch.setenv("CAMPAIGN_STATE", "/elsewhere")
    assert keys(PLAIN) == BASE
    # Nor can a workspace: whoever expands asks for none.
    assert "workspace" not in expand.__annotations__


def test_realm_and_engine_are_part_of_every_key():
    assert not keys(PLAIN, realm="draft") & BASE
    drafts = keys(PLAIN, realm="draft", engine="1")
    assert not drafts & keys(PLAIN, realm="draft", engine="2")


# The components, one by one

RECIPE_FIELDS = [field.name for field in fields(Recipe)]


def _other(value, chance: random.Random):
    """Another value of the same kind."""
    match value:
        case None:
            return "f" * 64
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return value + "x" if chance.random() < 0.5 or not value else value[:-1]
        case dict():
            if value and chance.random() < 0.7:
                key = chance.choice(sorted(value))
                return {**value, key: _other(value[key], chance)}
            return {**value, f"new{len(value)}": 1}
        case list():
            if value and chance.random() < 0.5:
                return value[:-1]
            return [*value, 1]
    raise TypeError(value)


@law
@given(
    recipes,
    st.none() | digests,
    takes,
    st.sampled_from(RECIPE_FIELDS),
    st.randoms(use_true_random=True),
)
def test_any_field_of_a_recipe_changes_the_cell_key(recipe, source, take, field, chance):
    changed = replace(recipe, **{field: _other(getattr(recipe, field), chance)})
    assert cell_key(changed, source, take) != cell_key(recipe, source, take)
    assert cell_key(recipe, source, take + 1) != cell_key(recipe, source, take)
    other = "0" * 64 if source != "0" * 64 else None
    assert cell_key(recipe, other, take) != cell_key(recipe, source, take)


inputs = st.lists(
    st.builds(Input, st.sampled_from(["reference", "source"]), digests), min_size=1, max_size=3
)


requests = st.fixed_dictionaries(
    {
        "recipe": recipes,
        "prompt": texts,
        "inputs": inputs,
        "params": json_maps,
        "takes": st.lists(takes, min_size=1, max_size=3),
    }
)


def _paths(value, path=()):
    """Ways to all values inside a JSON value, itself among them."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from _paths(value[key], (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))


@law
@given(requests, st.randoms(use_true_random=True))
def test_any_value_of_a_request_changes_the_job_key(asked, chance):
    components = job_components(**asked)
    changed = copy.deepcopy(components)
    *way, last = chance.choice([path for path in _paths(components) if path])
    around = functools.reduce(lambda value, part: value[part], way, changed)
    around[last] = _other(around[last], chance)
    assert job_key(changed) != job_key(components)
    assert job_key(copy.deepcopy(components)) == job_key(components)


@law
@given(recipes, texts, inputs.filter(lambda sent: len(set(sent)) > 1), st.lists(takes, min_size=1))
def test_the_order_of_the_pictures_is_part_of_the_job_key(recipe, prompt, sent, numbers):
    def key(pictures):
        return job_key(
            job_components(recipe=recipe, prompt=prompt, inputs=pictures, params={}, takes=numbers)
        )

    turned = sent[::-1]
    assert (key(turned) == key(sent)) == (turned == sent)


# The manifest as text


def shuffled(value, chance: random.Random):
    """The same with every mapping in another order; lists keep theirs."""
    if isinstance(value, dict):
        names = chance.sample(list(value), len(value))
        return {name: shuffled(value[name], chance) for name in names}
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


def addressed(text: str) -> dict[str, str]:
    loaded = samples.load(text)
    assert loaded.campaign is not None, loaded.codes
    card = samples.CARDS[loaded.campaign.model]
    return {
        str(cell.address): cell.key
        for cell in expand(loaded.campaign, card, realm="real", engine=None).cells
    }


@law
@given(st.randoms(use_true_random=True), st.booleans(), st.sampled_from([40, 10_000]))
def test_reordering_the_mappings_of_a_manifest_changes_no_key(chance, is_flow, width):
    value = yaml.safe_load(samples.MANIFEST)
    written = yaml.safe_dump(
        shuffled(value, chance), sort_keys=False, default_flow_style=is_flow, width=width
    )
    assert addressed(written) == addressed(samples.MANIFEST)


@law
@given(st.randoms(use_true_random=True))
def test_comments_blank_lines_and_quotes_change_no_key(chance):
    lines = samples.MANIFEST.splitlines()
    inside = range(lines.index("prompt: |"), lines.index("variants:"))
    for _ in range(5):
        at = chance.randrange(len(lines))
        # What is indented at the end of the prompt is still part of it.
        if at not in inside and at != inside.stop:
            lines.insert(at, chance.choice(["", "# a remark", "   # further in"]))
            inside = range(lines.index("prompt: |"), lines.index("variants:"))
    quoted = "\n".join(lines).replace("a snowy street", '"a snowy street"')
    assert addressed(quoted + "\n") == addressed(samples.MANIFEST)


def test_the_order_is_the_only_thing_that_reordering_changes():
    """So that the law above does not hold for want of a difference."""
    value = yaml.safe_load(samples.MANIFEST)
    turned = dict(reversed(list(value.items())))
    assert json.dumps(turned) != json.dumps(value)
    changed = yaml.safe_dump({**value, "prompt": value["prompt"] + "!"}, sort_keys=False)
    assert not set(addressed(changed).values()) & set(addressed(samples.MANIFEST).values())
