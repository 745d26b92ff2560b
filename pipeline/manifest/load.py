"""From a manifest's text to a campaign, in three steps that leave the reading of files to others.

`read` takes the text, `pictures_wanted` says which files of the folder it means, and `build` puts
the campaign together once these are measured. Each step goes on with whatever the one before could
make out, so that all problems of a manifest are reported at once; nothing here raises for anything
that an author can write.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.domain.campaign import Campaign, Workspace
from pipeline.domain.card import Card
from pipeline.domain.diagnostics import Problem, in_file_order
from pipeline.domain.fingerprint import Json
from pipeline.domain.picture import PictureFacts
from pipeline.manifest import codes
from pipeline.manifest.assemble import assemble, assemble_workspace
from pipeline.manifest.decode import Decoded, decode
from pipeline.manifest.files import Listing, SetFiles, is_absolute, match_files
from pipeline.manifest.inherit import NO_PARENTS, Parents, inherit
from pipeline.manifest.model.campaign import Manifest
from pipeline.manifest.model.workspace import WorkspaceFile
from pipeline.manifest.places import Pointer, Problems, Source
from pipeline.manifest.rules.budget import check_budget, check_not_zero, check_prices
from pipeline.manifest.rules.case import Case
from pipeline.manifest.rules.destinations import check_destinations
from pipeline.manifest.rules.limits import check_limits
from pipeline.manifest.rules.matrix import check_matrix
from pipeline.manifest.rules.names import check_model, check_models_exist, check_names
from pipeline.manifest.rules.params import check_params
from pipeline.manifest.rules.pictures import check_pictures
from pipeline.manifest.rules.prompt import check_prompt
from pipeline.manifest.rules.signing import check_signing
from pipeline.manifest.rules.sizes import check_sizes
from pipeline.manifest.schema import campaign_schema, workspace_schema
from pipeline.manifest.source import parse
from pipeline.manifest.wording import quoted

_STAND_INS: Mapping[str, Json] = {
    "version": 1,
    "campaign": "stand-in",
    "model": "stand-in",
    "prompt": "stand-in",
}
_WORKSPACE_STAND_INS: Mapping[str, Json] = {"version": 1}

_CHECKS = (
    check_names,
    check_model,
    check_pictures,
    check_sizes,
    check_prompt,
    check_params,
    check_budget,
    check_signing,
    check_matrix,
    check_limits,
)


@dataclass(frozen=True, slots=True)
class Read:
    """A manifest's text, read as far as it will go.

    Attributes:
        source: values and places, those of what it extends included.
        decoded: the manifest without what was refused; None if there is nothing to go on with.
        texts: as given, and those of what it extends, nearest first; their digest is part of the
            campaign.
        problems: of these texts, in file order.
    """

    source: Source
    decoded: Decoded[Manifest] | None
    texts: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Files that a manifest means.

    Attributes:
        sets: files by image set, in manifest order.
        problems: with patterns and files, in file order.
    """

    sets: Mapping[str, SetFiles]
    problems: tuple[Problem, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """All files to look at, references included, each once and sorted."""
        return tuple(sorted({path for files in self.sets.values() for path in files.places}))


def read(text: str, *, file: str, parents: Parents = NO_PARENTS, strict: bool = False) -> Read:
    """Read a manifest and what it extends.

    Args:
        text: decoded from UTF-8; `surrogateescape` gets bytes that are none a good message.
        file: its name relative to the working directory, for messages.
        parents: where it stands, and the files that it may extend.
        strict: check it against the published JSON Schema even if the types accept it.
    """
    source, found = parse(text, file=file)
    inherited = inherit(source, parents)
    source = inherited.source
    problems = Problems(source)
    problems.found += [*found, *inherited.problems]
    decoded = None
    if source.value is not None or not found:
        decoded = decode(source, Manifest, campaign_schema, _STAND_INS, problems, strict=strict)
    texts = (text, *inherited.texts)
    if inherited.is_whole:
        return Read(source, decoded, texts, tuple(in_file_order(problems.found)))
    # What is missing may stand in the parent that could not be read, and so may what else counts.
    kept = [problem for problem in problems.found if problem.code != codes.MISSING_KEY]
    return Read(source, None, texts, tuple(in_file_order(kept)))


def pictures_wanted(manifest: Read, listing: Listing) -> Wanted:
    """Match a manifest's image sets with the files of its folder.

    Args:
        manifest: as read.
        listing: of the campaign's folder.
    """
    problems = Problems(manifest.source)
    sets: dict[str, SetFiles] = {}
    if manifest.decoded is not None:
        for name, entry in manifest.decoded.body.images.items():
            reference: tuple[Pointer, str] | None = None
            if entry.reference is not None:
                reference = ("images", name, "reference"), entry.reference
            patterns = _placed(manifest.decoded, manifest.source, name, entry.files)
            sets[name] = match_files(patterns, reference, listing, problems)
    return Wanted(sets, tuple(in_file_order(problems.found)))


def build(
    manifest: Read,
    wanted: Wanted,
    *,
    facts: Mapping[str, PictureFacts | str],
    card_of: Callable[[str], Card | None],
    models: Sequence[str],
    folder: str,
    workspace: Workspace,
) -> tuple[Campaign | None, list[Problem]]:
    """Check everything that needs more than the text, and put the campaign together.

    Args:
        manifest: as read.
        wanted: its files.
        facts: for each of `wanted.paths` what it is, or why it cannot be read.
        card_of: a model's card, None if there is none.
        models: ids of all models, for suggestions.
        folder: name of the campaign's folder.
        workspace: what all campaigns share.

    Returns:
        The campaign, and all problems of all three steps in file order. There is no campaign if
        one of them is an error; there may be one beside warnings.
    """
    if manifest.decoded is None:
        return None, list(manifest.problems)
    body = manifest.decoded.body
    case = Case(
        decoded=manifest.decoded,
        problems=Problems(manifest.source),
        sets=wanted.sets,
        facts=facts,
        card=card_of(body.model),
        models=models,
        folder=folder,
        workspace=workspace,
    )
    for check in _CHECKS:
        check(case)
    found = [_told_for(folder, manifest, one) for one in (*wanted.problems, *case.problems.found)]
    problems = in_file_order([*manifest.problems, *found])
    if any(problem.is_error for problem in problems) or case.card is None:
        return None, problems
    return assemble(case, manifest.texts, case.card), problems


def _told_for(folder: str, manifest: Read, problem: Problem) -> Problem:
    """A problem with what is written in a parent says which campaign has it."""
    if problem.at is None or problem.at.file == manifest.source.file:
        return problem
    return replace(problem, why=f"{problem.why} (in campaign `{folder}`)")


def read_workspace(
    text: str,
    *,
    file: str,
    card_of: Callable[[str], Card | None],
    models: Sequence[str],
    strict: bool = False,
) -> tuple[Workspace | None, list[Problem]]:
    """Read a workspace file.

    Args:
        text: decoded as for `read`.
        file: its name relative to the working directory, for messages.
        card_of: a model's card, None if there is none.
        models: ids of all models.
        strict: as for `read`.

    Returns:
        The workspace, None if there are problems; and these in file order.
    """
    _, decoded, problems = read_workspace_file(text, file=file, strict=strict)
    if decoded is None:
        return None, in_file_order(problems.found)
    body = decoded.body
    _check_workspace(body, decoded, problems, card_of, list(models))
    workspace = None if problems.found else assemble_workspace(body)
    return workspace, in_file_order(problems.found)


def read_workspace_file(
    text: str, *, file: str, strict: bool = False
) -> tuple[Source, Decoded[WorkspaceFile] | None, Problems]:
    """A workspace file's values with their places, its types, and the problems so far."""
    source, found = parse(text, file=file)
    problems = Problems(source)
    problems.found += found
    decoded = None
    if source.value is not None or not found:
        decoded = decode(
            source, WorkspaceFile, workspace_schema, _WORKSPACE_STAND_INS, problems, strict=strict
        )
    return source, decoded, problems


def _check_workspace(
    body: WorkspaceFile,
    decoded: Decoded[WorkspaceFile],
    problems: Problems,
    card_of: Callable[[str], Card | None],
    models: list[str],
) -> None:
    check_not_zero(
        problems,
        [
            (("budget", "cap"), body.budget.cap),
            (("budget", "month"), body.budget.month),
            (("rules", "max_usd_per_image"), body.rules.max_usd_per_image),
        ],
    )
    lists: list[tuple[Pointer, Sequence[str]]] = [
        (("forbid_models",), body.forbid_models),
        (("rules", "forbid_models"), body.rules.forbid_models),
    ]
    forbidden = [
        ((*pointer, decoded.index(pointer, index)), model)
        for pointer, names in lists
        for index, model in enumerate(names)
    ]
    priced: list[tuple[Pointer, str]] = [(("prices", model), model) for model in body.prices]
    check_models_exist(problems, [*priced, *forbidden], models)
    check_prices(problems, body.prices, card_of)
    check_destinations(body, decoded, problems)
    if body.state is not None:
        _check_state(body.state, problems)


def _check_state(state: str, problems: Problems) -> None:
    if not state:
        why = "it is empty"
    elif "\\" in state and not is_absolute(state):
        why = "folders are separated by `/` on every system"
    elif is_absolute(state):
        why = "it begins at the top of a disk, which looks different on every machine"
    else:
        return
    problems.add(
        codes.STATE,
        ("state",),
        what=f"{quoted(state)} is not a folder for local state",
        why=why,
        fix="write it relative to the repository, such as `../campaign-state`; for one machine"
        " alone, set `CAMPAIGN_STATE` there",
    )


def _placed(
    decoded: Decoded[Manifest], source: Source, name: str, patterns: Sequence[str]
) -> list[tuple[Pointer, str]]:
    """The patterns of an image set, each with its place in whichever form was written."""
    at: Pointer = ("images", name)
    if (*at, "files") in source.values:
        at = (*at, "files")
    if (*at, 0) not in source.values:
        return [(at, pattern) for pattern in patterns]
    return [((*at, decoded.index(at, index)), pattern) for index, pattern in enumerate(patterns)]
