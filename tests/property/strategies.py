"""What hypothesis draws from: recipes, receipts, histories and campaigns."""

import string

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pipeline.domain.fingerprint import CellKey, JobKey, Sha256
from pipeline.domain.identity import Input, Recipe, job_components, own_parts
from pipeline.domain.money import MicroUsd
from pipeline.domain.receipts import (
    AskedCell,
    Assume,
    Charge,
    Doubt,
    Failed,
    Foreign,
    Gen,
    Lost,
    Match,
    Order,
    Output,
    Use,
    Waive,
)

_HEX = "0123456789abcdef"

# Lone surrogates have no UTF-8; the manifest refuses them before anything is hashed.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
words = st.text(string.ascii_lowercase + string.digits + "-_.", min_size=1, max_size=12)
digests = st.text(_HEX, min_size=64, max_size=64).map(Sha256)
takes = st.integers(1, 1000)
amounts = st.integers(0, 10**12).map(MicroUsd)
moments = st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), texts)
json_values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
json_maps = st.dictionaries(texts, json_values, max_size=4)

recipes = st.builds(
    Recipe,
    provider=words,
    realm=words,
    model=texts,
    prompt=texts,
    reference=st.none() | digests,
    params=json_maps,
    size=words,
    engine=st.none() | texts,
)

cell_keys = digests.map(lambda digest: CellKey(f"c1-{digest}"))
_roles = st.sampled_from(["reference", "source"])
cells = st.builds(AskedCell, cell_keys, texts, st.none() | digests, takes)


@st.composite
def _orders(draw) -> Order:
    recipe = draw(recipes)
    asked = job_components(
        recipe=recipe,
        prompt=draw(texts),
        inputs=draw(st.lists(st.builds(Input, _roles, digests), max_size=3)),
        params=draw(json_maps),
        takes=draw(st.lists(takes, max_size=3)),
    )
    return Order(
        attempt=draw(words),
        job=JobKey(f"j1-{draw(digests)}"),
        recipe=recipe,
        asked=own_parts(asked),
        cells=tuple(draw(st.lists(cells, min_size=1, max_size=4))),
        quote=draw(amounts),
    )


orders = _orders()
outputs = st.builds(
    Output, digests, st.integers(1, 10**9), st.integers(1, 8192), st.integers(1, 8192), words
)
gens = st.builds(Gen, orders, texts, moments, st.lists(outputs, max_size=5).map(tuple))
faileds = st.builds(Failed, orders, texts, moments, st.integers(0, 9999), texts)
doubts = st.builds(Doubt, orders, moments, texts, st.just("") | moments)
assumes = st.builds(Assume, orders, moments, texts)
losses = st.builds(Lost, words, moments, cell_keys, digests, texts)
foreigns = st.builds(Foreign, words, moments, texts)
charges = st.builds(Charge, words, words, st.integers(-(10**12), 10**12).map(MicroUsd), moments)
matches = st.builds(
    Match,
    words,
    moments,
    st.lists(st.none() | cell_keys, max_size=5).map(tuple),
    st.sampled_from(["assumed", "content", "person"]),
    st.integers(0, 100),
)
uses = st.builds(Use, words, moments, cells, recipes, outputs, moments)
waives = st.builds(Waive, words, moments, st.sampled_from(["proof", "person"]), texts)

receipts = st.one_of(
    gens, faileds, doubts, assumes, charges, matches, uses, waives, losses, foreigns
)

law = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
"""How hard a law is tried; no deadline, as machines are busy."""
