"""`campaign models list | show`: which models there are, and everything about one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import catalog
from pipeline.adapters.places import Places, find_places
from pipeline.commands.loading import find_card, open_workspace, priced
from pipeline.domain.campaign import Workspace
from pipeline.domain.card import Card
from pipeline.domain.diagnostics import CampaignError, Problem, as_json
from pipeline.domain.exit_codes import USAGE
from pipeline.manifest.wording import nearest, quoted
from pipeline.reporting.models_json import card_document
from pipeline.reporting.models_text import list_text, show_text

MODELS_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Around:
    """What a workspace says of models; nothing where there is none, or it cannot be read.

    Attributes:
        places: None outside any workspace.
        workspace: what all its campaigns share.
        problems: why it could not be read.
    """

    places: Places | None
    workspace: Workspace
    problems: tuple[Problem, ...]

    @staticmethod
    def of(start: Path) -> "Around":
        """Look around; cards are there without any workspace."""
        try:
            places = find_places(start)
        except CampaignError:
            return Around(None, Workspace(), ())
        try:
            places, workspace = open_workspace(start)
        except CampaignError as error:
            return Around(places, Workspace(), error.problems)
        return Around(places, workspace, ())

    def card(self, model: str) -> Card:
        """A card with the workspace's price."""
        return priced(catalog.card(model), self.workspace)

    def is_own(self, model: str) -> bool:
        """Whether the workspace states a price of its own that counts."""
        return self.card(model).price != catalog.card(model).price

    def is_forbidden(self, model: str) -> bool:
        """Whether the workspace forbids a model."""
        return model in self.workspace.forbidden


@dataclass(frozen=True, slots=True)
class Models:
    """Some models, with what the workspace says of them."""

    chosen: Sequence[str]
    around: Around

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Of the workspace file; they do not stand in the way."""
        return self.around.problems

    @property
    def table(self) -> str:
        """All of them for people."""
        around = self.around
        return list_text(
            list(map(around.card, self.chosen)),
            own=set(filter(around.is_own, self.chosen)),
            forbidden=around.workspace.forbidden,
        )

    @property
    def text(self) -> str:
        """Everything about each of them, for people."""
        around = self.around
        return "\n".join(
            show_text(
                around.card(model),
                is_own=around.is_own(model),
                is_forbidden=around.is_forbidden(model),
            )
            for model in self.chosen
        )

    def document(self) -> Mapping[str, object]:
        """For machines; money in micro-dollars."""
        around = self.around
        return {
            "models": MODELS_FORMAT,
            "model": [
                card_document(
                    around.card(model),
                    is_own=around.is_own(model),
                    is_forbidden=around.is_forbidden(model),
                )
                for model in self.chosen
            ],
            "problems": [as_json(problem) for problem in self.problems],
        }


def list_models(*, start: Path) -> Models:
    """All models that have a card, each provider's siblings together."""
    return Models(siblings_together(catalog.models()), Around.of(start))


def siblings_together(models: Iterable[str]) -> list[str]:
    """Models in the order to show: by the parts of their ids."""
    return sorted(models, key=lambda model: model.split("/"))


def show_models(models: Sequence[str], *, start: Path) -> Models:
    """Some models.

    Raises:
        CampaignError: exit 2; one of them has no card.
    """
    unknown = [model for model in models if find_card(model) is None]
    if unknown:
        raise CampaignError(USAGE, list(map(_unknown, unknown)))
    return Models(models, Around.of(start))


def _unknown(model: str) -> Problem:
    near = nearest(model, catalog.models())
    hint = f"did you mean {quoted(near)}? " if near else ""
    among = [one for one in siblings_together(catalog.models()) if model.lower() in one]
    if among and not near:
        hint = f"did you mean one of {', '.join(map(quoted, among))}? "
    return Problem(
        code="M130",
        what=f"there is no card for model {quoted(model)}",
        why="only models with a card are used: it holds their limits and prices",
        fix=f"{hint}`campaign models list` shows all that there are",
    )
