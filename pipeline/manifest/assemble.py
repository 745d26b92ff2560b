"""Manifests without problems to campaigns: defaults filled in, pictures and places attached."""

from collections.abc import Mapping, Sequence

from pipeline.domain.campaign import (
    ONLY_VARIANT,
    Account,
    Add,
    Budget,
    Campaign,
    Exclude,
    Extend,
    ImageSet,
    Matrix,
    Picture,
    Pin,
    Provenance,
    Sign,
    Size,
    Variant,
    Where,
    Workspace,
)
from pipeline.domain.card import Card
from pipeline.domain.diagnostics import Span
from pipeline.domain.fingerprint import digest
from pipeline.domain.picture import PictureFacts
from pipeline.domain.rendition import DEFAULT_QUALITY
from pipeline.domain.review_budget import Rules
from pipeline.manifest.destinations import filled, own_destination
from pipeline.manifest.files import SetFiles
from pipeline.manifest.model.budget import RulesEntry
from pipeline.manifest.model.campaign import Manifest
from pipeline.manifest.model.images import ImagesEntry
from pipeline.manifest.model.matrix import AddEntry, ExcludeEntry, WhereEntry
from pipeline.manifest.model.provenance import ProvenanceEntry
from pipeline.manifest.model.sizes import SizeEntry
from pipeline.manifest.model.workspace import WorkspaceFile
from pipeline.manifest.places import Pointer, Source
from pipeline.manifest.rules.axes import axes_of
from pipeline.manifest.rules.case import Case
from pipeline.manifest.rules.params import fitted_params
from pipeline.manifest.rules.prompt import SUBJECT
from pipeline.manifest.rules.sizes import master_of

LOSSLESS_QUALITY = 88
"""Stands where a format loses nothing and has no use for a quality."""

DEFAULT_MAX_JOBS = 10_000
"""Most cells that a campaign may want where nobody says how many."""

TIERS: Mapping[str, tuple[int, int]] = {
    "bronze": (2, 2),
    "silver": (500, 300),
    "gold": (3000, 3000),
    "ultra": (5000, 10_000),
}
"""Requests a minute and concurrent requests of each account level.

Source: the provider's page on account levels, edition of 2026.
"""


def assemble(case: Case, texts: Sequence[str], card: Card) -> Campaign:
    """Put a campaign together.

    Args:
        case: a manifest without errors.
        texts: of the manifest and of what it extends, for their digest.
        card: of its model.
    """
    manifest = case.manifest
    return Campaign(
        name=manifest.campaign,
        title=manifest.title or manifest.campaign,
        owner=manifest.owner,
        tags=manifest.tags,
        file=case.source.file,
        manifest=digest("\0".join(texts)),
        model=manifest.model,
        sets=tuple(_image_set(case, name, entry) for name, entry in manifest.images.items()),
        prompt=manifest.prompt,
        variants=_variants(case, card),
        takes=manifest.takes,
        master=master_of(case),
        sizes=tuple(_size(case, name, entry) for name, entry in manifest.sizes.items()),
        matrix=_matrix(case, card),
        budget=Budget(
            cap=manifest.budget.cap,
            warn_at=manifest.budget.warn_at,
            max_images=manifest.budget.max_images,
            max_per_job=manifest.budget.max_per_job,
            max_images_per_job=manifest.budget.max_images_per_job,
        ),
        params=fitted_params(card, manifest.params),
        sequence=manifest.sequence,
        assume_max=manifest.assume_max_usd,
        canary=manifest.canary,
        review_need=manifest.review.need,
        pins=tuple(
            Pin(address, pin.key, pin.picture, at=case.source.locate_key(("pins", address)))
            for address, pin in manifest.pins.items()
        ),
        max_jobs=max_jobs(manifest, case.workspace),
        lint=manifest.lint.levels,
        checks=manifest.checks.settings,
        provenance=_provenance(manifest.provenance),
        prompt_at=case.source.locate(("prompt",)),
        budget_at=case.source.locate_key(("budget",)),
        matrix_at=_matrix_at(case.source),
    )


def _provenance(entry: ProvenanceEntry) -> Provenance:
    said = entry.sign
    sign = None if said is None else Sign(said.certificate or "", said.key or "")
    return Provenance(prompt=entry.prompt, sign=sign)


def max_jobs(manifest: Manifest, workspace: Workspace) -> int:
    """Most cells that a campaign may want: the lower of what it and its workspace say."""
    said = [most for most in (manifest.max_jobs, workspace.max_jobs) if most is not None]
    return min(said, default=DEFAULT_MAX_JOBS)


def _matrix_at(source: Source) -> Span:
    """Where to change how many cells a campaign wants."""
    ways: tuple[Pointer, ...] = (("max_jobs",), ("matrix",))
    return source.locate_key(next((way for way in ways if way in source.values), ("prompt",)))


def assemble_workspace(body: WorkspaceFile) -> Workspace:
    """Put a workspace together from a file without problems."""
    per_minute, concurrent = TIERS[body.account.tier]
    return Workspace(
        account=Account(
            requests_per_minute=body.account.requests_per_minute or per_minute,
            concurrent=body.account.concurrent or concurrent,
            exclusive=body.exclusive,
        ),
        cap=body.budget.cap,
        max_images=body.budget.max_images,
        month_cap=body.budget.month,
        month_images=body.budget.month_images,
        prices=body.prices,
        forbidden=tuple(sorted(set(body.forbid_models))),
        max_jobs=body.max_jobs,
        state=body.state,
        destinations={
            name: found
            for name, entry in body.destinations.items()
            if (found := own_destination(name, entry)) is not None
        },
        rules=_rules(body.rules),
        lint=body.lint.levels,
    )


def _rules(entry: RulesEntry) -> Rules:
    return Rules(
        max_increase_usd=entry.max_increase_usd,
        max_increase_pct=entry.max_increase_pct,
        max_orphaned_usd=entry.max_orphaned_usd,
        max_usd_per_image=entry.max_usd_per_image,
        forbid_models=tuple(sorted(set(entry.forbid_models))),
        lost_receipts=entry.lost_receipts,
    )


def _image_set(case: Case, name: str, entry: ImagesEntry) -> ImageSet:
    files = case.sets[name]
    pictures = tuple(_picture(case, entry, path, one) for path, one in files.ids.items())
    subject = entry.subject or f"the {name.replace('-', ' ').replace('_', ' ')}"
    return ImageSet(
        id=name,
        pictures=pictures,
        reference=_reference(case, entry, files, pictures),
        values={SUBJECT: subject, **entry.values},
        at=case.source.locate_key(("images", name)),
    )


def _picture(case: Case, entry: ImagesEntry, path: str, name: str) -> Picture:
    facts = case.facts[path]
    if not isinstance(facts, PictureFacts):
        raise TypeError(f"picture {path} was not checked: {facts}")
    return Picture(id=name, path=path, facts=facts, focus=entry.focus.get(name))


def _reference(
    case: Case, entry: ImagesEntry, files: SetFiles, pictures: tuple[Picture, ...]
) -> Picture | None:
    if files.reference is None:
        return None
    for picture in pictures:
        if picture.path == files.reference:
            return picture
    return _picture(case, entry, files.reference, files.reference_id)


def _variants(case: Case, card: Card) -> tuple[Variant, ...]:
    if not case.manifest.variants:
        return (Variant(id=ONLY_VARIANT, values={}, params={}),)
    return tuple(
        Variant(
            id=name,
            values=dict(entry.model_extra or {}),
            params=fitted_params(card, entry.params),
            at=case.source.locate_key(("variants", name)),
        )
        for name, entry in case.manifest.variants.items()
    )


def _size(case: Case, name: str, written: SizeEntry) -> Size:
    entry = filled(written, case.destinations)
    if entry is None or entry.size is None:
        raise TypeError(f"size {name} was not checked")
    return Size(
        name=name,
        size=entry.size,
        fit=entry.fit,
        format=entry.format,
        background=entry.background,
        quality=entry.quality or DEFAULT_QUALITY.get(entry.format, LOSSLESS_QUALITY),
        max_bytes=entry.max_bytes,
        native=entry.native,
        upscale=entry.upscale,
        destination=case.destinations.get(entry.destination or ""),
        at=case.source.locate_key(("sizes", name)),
    )


def _matrix(case: Case, card: Card) -> Matrix:
    matrix = case.manifest.matrix
    return Matrix(
        axes=axes_of(case),
        zip=matrix.zip,
        exclude=tuple(
            Exclude(
                where=_where(entry),
                why=entry.why,
                optional=entry.optional,
                at=case.source.locate(case.rule("exclude", index)),
            )
            for index, entry in enumerate(matrix.exclude)
        ),
        extend=tuple(
            Extend(
                where=_where(entry.where),
                values=dict(entry.with_.model_extra or {}),
                params=fitted_params(card, entry.with_.params),
                optional=entry.optional,
                at=case.source.locate(case.rule("extend", index)),
            )
            for index, entry in enumerate(matrix.extend)
        ),
        add=tuple(
            Add(
                where=_where(entry),
                optional=entry.optional,
                at=case.source.locate(case.rule("add", index)),
            )
            for index, entry in enumerate(matrix.add)
        ),
    )


def _where(entry: WhereEntry | ExcludeEntry | AddEntry) -> Where:
    return Where(
        set=entry.set,
        picture=entry.picture,
        variant=entry.variant,
        size=entry.size,
        take=entry.take,
    )
