"""Cell keys and job keys: what was wanted of one picture, and what one request asks for.

Neither knows names, paths, owners, prices, timeouts or this tool's version: a rename costs nothing
and an upgrade re-buys nothing. Receipts keep the components, so a later key schema can be computed
from them.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from pipeline.domain.fingerprint import CellKey, Components, JobKey, Json, Sha256, canonical

KEY_SCHEMA = 1
"""Number of the key schema; part of every key. Raised only with a way to compute the new keys from
the components of old receipts, so that raising it plans no purchase."""

_FROM_RECIPE = frozenset({"schema", "provider", "realm", "model", "engine"})

InputRole = Literal["reference", "source"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What all cells have in common that one request may serve.

    Attributes:
        provider: who sells, as on the card.
        realm: whose money and pictures.
        model: the provider's model id.
        prompt: rendered prompt, before anything that packing adds.
        reference: digest of the reference picture, None where there is none.
        params: every parameter that can alter pixels, but for size and count.
        size: native size such as `4096x4096`.
        engine: version of the embedded engine; None for anything but drafts.
    """

    provider: str
    realm: str
    model: str
    prompt: str
    reference: Sha256 | None
    params: Mapping[str, Json]
    size: str
    engine: str | None

    def components(self) -> dict[str, Json]:
        """The recipe as part of a receipt; `Recipe.read` is the way back."""
        parts: dict[str, Json] = {
            "schema": KEY_SCHEMA,
            "provider": self.provider,
            "realm": self.realm,
            "model": self.model,
            "prompt": self.prompt,
            "reference": self.reference,
            "params": dict(self.params),
            "size": self.size,
        }
        if self.engine is not None:
            parts["engine"] = self.engine
        return parts

    @staticmethod
    def read(body: Mapping[str, Any]) -> "Recipe":
        """A recipe from the components of a receipt.

        Raises:
            KeyError: a component is missing.
        """
        provider, realm, model, prompt, reference, params, size = _RECIPE(body)
        engine = body.get("engine")
        return Recipe(provider, realm, model, prompt, reference, params, size, engine)


_RECIPE = itemgetter("provider", "realm", "model", "prompt", "reference", "params", "size")


def cell_components(recipe: Recipe, source: Sha256 | None, take: int) -> dict[str, Json]:
    """All that a cell key is the digest of.

    Args:
        recipe: what the cell shares with its neighbours.
        source: digest of the picture to edit; None for text-to-image.
        take: 1 or more.
    """
    return {**recipe.components(), "source": source, "take": take}


def cell_key(recipe: Recipe, source: Sha256 | None, take: int) -> CellKey:
    """The name of what was wanted of one picture."""
    return Keyer(recipe)(source, take)


class Keyer:
    """Cell keys of many cells of one recipe, at the price of a short digest each.

    `source` and `take` sort behind all other components in canonical JSON, so the digest of the
    rest is computed once and continued for each cell; a test holds this to the plain definition.
    """

    def __init__(self, recipe: Recipe) -> None:
        shared = canonical(recipe.components()).removesuffix("}")
        self._shared = hashlib.sha256(shared.encode())

    def __call__(self, source: Sha256 | None, take: int) -> CellKey:
        """The key of one cell; arguments as in `cell_components`."""
        own = self._shared.copy()
        quoted = "null" if source is None else f'"{source}"'
        own.update(f',"source":{quoted},"take":{take}}}'.encode())
        return CellKey(f"c1-{own.hexdigest()}")


class Input(NamedTuple):
    """One picture of a request, as the model sees it."""

    role: InputRole
    sha256: Sha256


def job_components(
    *,
    recipe: Recipe,
    prompt: str,
    inputs: Sequence[Input],
    params: Mapping[str, Json],
    takes: Sequence[int],
) -> dict[str, Json]:
    """All that a job key is the digest of.

    Args:
        recipe: gives provider, realm, model and engine.
        prompt: final prompt, as sent.
        inputs: in the order in which they are sent.
        params: all other body fields as sent, size and count among them.
        takes: take of each wanted output, in output order.
    """
    parts: dict[str, Json] = {
        "schema": KEY_SCHEMA,
        "provider": recipe.provider,
        "realm": recipe.realm,
        "model": recipe.model,
        "prompt": prompt,
        "inputs": [{"role": role, "sha256": sha256} for role, sha256 in inputs],
        "params": dict(params),
        "takes": list(takes),
    }
    if recipe.engine is not None:
        parts["engine"] = recipe.engine
    return parts


class JobKeyer:
    """Job keys of many requests that share recipe, words and parameters.

    What stands around the pictures and the takes in canonical JSON is written once; a test holds
    this to the plain definition.
    """

    def __init__(self, *, recipe: Recipe, prompt: str, params: Mapping[str, Json]) -> None:
        shared = job_components(recipe=recipe, prompt=prompt, inputs=(), params=params, takes=())
        before, _, after = canonical(shared).partition('"inputs":[]')
        self._before = f'{before}"inputs":['
        self._between = f"]{after.removesuffix(_NO_TAKES)}" + '"takes":['

    def __call__(self, inputs: Sequence[Input], takes: Sequence[int]) -> JobKey:
        """The key of one request; arguments as in `job_components`."""
        pictures = ",".join([f'{{"role":"{role}","sha256":"{sha}"}}' for role, sha in inputs])
        numbers = ",".join(map(str, takes))
        text = f"{self._before}{pictures}{self._between}{numbers}]}}"
        return JobKey(f"j1-{hashlib.sha256(text.encode()).hexdigest()}")


_NO_TAKES = '"takes":[]}'


def own_parts(components: Components) -> dict[str, Json]:
    """What of a request's components is not its recipe's already: prompt, inputs, params, takes."""
    return {name: value for name, value in components.items() if name not in _FROM_RECIPE}


def job_key(components: Components) -> JobKey:
    """The name of one exact request, from `job_components`."""
    return JobKey(f"j1-{hashlib.sha256(canonical(components).encode()).hexdigest()}")


def is_echoed(sent: Mapping[str, Json], echo: Mapping[str, Json]) -> bool:
    """Whether a provider's echo of a request has every field that was sent, with its value.

    The provider may add fields of its own, such as defaults. Decimals are text with us and may be
    numbers there.
    """
    return all(name in echo and _is_same(value, echo[name]) for name, value in sent.items())


def _is_same(sent: Json, told: Json) -> bool:
    if isinstance(sent, dict) and isinstance(told, dict):
        return is_echoed(sent, told)
    if isinstance(sent, list) and isinstance(told, list):
        return len(sent) == len(told) and all(map(_is_same, sent, told))
    if sent == told or str(sent) == str(told):
        return True
    # `1` may come back as 1.0, and `0.00001` as 1e-05.
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    return is_number and isinstance(sent, str) and _as_decimal(sent) == Decimal(str(told))


def _as_decimal(text: str) -> Decimal | None:
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


_DECIMAL = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")
