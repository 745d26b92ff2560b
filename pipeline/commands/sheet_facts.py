"""From campaign, plan, receipts and view to what a contact sheet knows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pipeline import __version__
from pipeline.commands.pages import Pages, thumb_name
from pipeline.domain.campaign import ImageSet, Picture, PixelSize, Size
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.flags import CHECKS, Flag
from pipeline.domain.history import Delivery
from pipeline.domain.identity import Recipe
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Action, Address, Cell, Decision, Reason, Step
from pipeline.domain.rendition import SCALE
from pipeline.domain.verdicts import About, Verdict, stale
from pipeline.planning.pack import Packer
from pipeline.planning.sizes import native_name
from pipeline.planning.view import WantedFile, original_name
from pipeline.reporting.provenance_text import marks_words
from pipeline.reporting.sheet import facts as sheet
from pipeline.reporting.sheet.collecting import without_collecting
from pipeline.reporting.sheet.prompts import split_prompt
from pipeline.reporting.words import REASON_WORDS

_STATES: Mapping[Reason, sheet.CellState] = {
    Reason.RESULT_ABSENT: sheet.CellState.ABSENT,
    Reason.FAILED_BEFORE: sheet.CellState.FAILED,
    Reason.MODERATED: sheet.CellState.FAILED,
    Reason.GAVE_UP: sheet.CellState.FAILED,
    Reason.UNDER_DELIVERED: sheet.CellState.SHORT,
    Reason.UNASSIGNED: sheet.CellState.SHORT,
    Reason.UNKNOWN_CHARGE: sheet.CellState.DOUBT,
}
_ADDRESS_PARTS = 5


def sheet_facts(pages: Pages) -> sheet.SheetFacts:
    """Put a contact sheet's facts together, in manifest order."""
    with without_collecting():
        return _Builder(pages).build()


class _Builder:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._campaign = pages.subject.campaign
        self._prompts: dict[str, int] = {}
        self._prompt_list: list[sheet.Prompt] = []
        self._params: dict[tuple[tuple[str, str], ...], int] = {}
        self._params_of: dict[int, int] = {}
        self._quotes = _quotes(pages.plan.steps)
        self._files: dict[int, list[WantedFile]] = defaultdict(list)
        self._focus: dict[tuple[str, str], tuple[int, int]] = {}
        for file in pages.wanted:
            self._files[file.cell].append(file)
            if file.spec is not None and file.spec.focus is not None:
                address = pages.plan.cells[file.cell].address
                self._focus.setdefault((address.set, address.picture), file.spec.focus)
        self._flags = pages.flags()
        self._marks = pages.marks()
        self._packer = Packer(self._campaign, pages.subject.card)
        self._prices: dict[tuple[int, str], MicroUsd | None] = {}
        shown = {
            cell.key: decision.output.sha256
            for cell, decision in zip(pages.plan.cells, pages.plan.decisions, strict=True)
            if decision.output is not None
        }
        self._stale: dict[CellKey, list[Verdict]] = defaultdict(list)
        for about, ruling in stale(pages.rulings, shown):
            self._stale[about.cell] += ruling.votes

    def build(self) -> sheet.SheetFacts:
        groups = self._groups()
        return sheet.SheetFacts(
            campaign=self._campaign_facts(),
            money=self._money(),
            variants=self._variants(groups),
            prompts=tuple(self._prompt_list),
            params=tuple(self._params),
            groups=groups,
            versions=self._versions(),
        )

    def _groups(self) -> tuple[sheet.Group, ...]:
        cells: dict[tuple[str, str], list[sheet.Cell]] = {}
        for image_set in self._campaign.sets:
            for picture in _with_reference(image_set):
                cells[image_set.id, picture.id] = []
        plan = self._pages.plan
        for index, (cell, decision) in enumerate(zip(plan.cells, plan.decisions, strict=True)):
            where = (cell.address.set, cell.address.picture)
            cells.setdefault(where, []).append(self._cell(index, cell, decision))
        for address, orphan in self._orphans():
            cells.setdefault((address.set, address.picture), []).append(orphan)
        originals = {
            (image_set.id, picture.id): self._original(image_set, picture)
            for image_set in self._campaign.sets
            for picture in _with_reference(image_set)
        }
        return tuple(
            sheet.Group(set_id, picture_id, originals.get((set_id, picture_id)), tuple(found))
            for (set_id, picture_id), found in cells.items()
        )

    def _cell(self, index: int, cell: Cell, decision: Decision) -> sheet.Cell:
        state = _state(decision)
        output = decision.output
        here = output is not None and state is sheet.CellState.DELIVERED
        charge, basis = self._charge(cell.key, decision)
        known = self._pages.history.deliveries.get(cell.key, ())
        delivery = known[0] if known else None
        recipe = self._recipe(cell, delivery)
        ruling = None
        if output is not None:
            ruling = self._pages.rulings.get(About(cell.key, output.sha256))
        docket = self._flags.get(cell.key)
        return sheet.Cell(
            address=cell.address,
            key=cell.key,
            state=state,
            prompt=self._prompt(cell, recipe),
            params=self._param(recipe),
            reason="" if state is sheet.CellState.DELIVERED else _reason(decision),
            picture=None if output is None else output.sha256,
            thumb=self._here(thumb_name(output.sha256)) if here and output else None,
            link=self._master(index) if here else None,
            pixels=None if output is None else PixelSize(output.width, output.height),
            charge=charge,
            basis=basis,
            quote=self._quotes.get(cell.key),
            prediction="" if delivery is None else delivery.prediction,
            attempt="" if delivery is None else delivery.attempt,
            day="" if delivery is None else delivery.at[:10],
            others=max(0, len(known) - 1),
            notes=self._notes(delivery),
            how=None if delivery is None else delivery.how,
            confidence=None if delivery is None else delivery.confidence,
            renditions=tuple(self._renditions(index)),
            verdict=None if ruling is None else ruling.word,
            votes=() if ruling is None else _votes(ruling.votes),
            stale=_votes(sorted(self._stale.get(cell.key, ()), key=lambda vote: vote.at)),
            flags=() if docket is None else tuple(map(_flag, docket.report().flags)),
            is_checked=docket is not None,
            reroll=self._reroll(cell) if here else None,
            provenance="" if output is None else self._provenance(output.sha256),
        )

    def _provenance(self, master: Sha256) -> str:
        marks = self._marks.get(master)
        return "" if marks is None else f"as delivered: {marks_words(marks)}"

    def _reroll(self, cell: Cell) -> MicroUsd | None:
        """What one more take costs, asked for alone; cells of one kind share the answer."""
        kind = (id(cell.recipe), cell.address.size)
        if kind not in self._prices:
            step = self._packer.step(Action.BUY, [cell])
            self._prices[kind] = None if step is None else step.quote.most
        return self._prices[kind]

    def _orphans(self) -> Iterator[tuple[Address, sheet.Cell]]:
        history = self._pages.history
        for orphan in self._pages.plan.orphans:
            address = read_address(orphan.address)
            delivery = history.deliveries[orphan.key][0]
            order = history.orders.get(delivery.attempt)
            output = delivery.output
            money = history.attempts.get(delivery.attempt)
            is_confirmed = money is not None and money.is_confirmed
            prompt = "" if order is None else order.recipe.prompt
            yield (
                address,
                sheet.Cell(
                    address=address,
                    key=orphan.key,
                    state=sheet.CellState.ORPHAN,
                    prompt=self._whole_prompt(prompt),
                    params=0 if order is None else self._param(order.recipe),
                    reason=REASON_WORDS[Reason.NO_LONGER_WANTED],
                    picture=output.sha256,
                    thumb=self._here(thumb_name(output.sha256)),
                    pixels=PixelSize(output.width, output.height),
                    charge=orphan.charged,
                    basis=_basis(is_confirmed=is_confirmed),
                    prediction=delivery.prediction,
                    attempt=delivery.attempt,
                    day=delivery.at[:10],
                    notes=self._notes(delivery),
                    how=delivery.how,
                ),
            )

    def _charge(
        self, key: CellKey, decision: Decision
    ) -> tuple[MicroUsd | None, sheet.ChargeBasis]:
        history = self._pages.history
        known = history.deliveries.get(key)
        attempts = [known[0].attempt] if known else []
        attempts += [failure.attempt for failure in history.failures.get(key, ())]
        if decision.reason in {Reason.UNASSIGNED, Reason.UNKNOWN_CHARGE}:
            attempts.append(decision.detail)
        moneys = [history.attempts[one] for one in attempts if one in history.attempts]
        if not moneys:
            return None, sheet.ChargeBasis.QUOTED
        shares = MicroUsd(sum(money.share_of(key) for money in moneys))
        return shares, _basis(is_confirmed=all(money.is_confirmed for money in moneys))

    def _notes(self, delivery: Delivery | None) -> tuple[str, ...]:
        """Clauses of the prompt that a draft did not do; nothing for pictures of a real model."""
        gen = None if delivery is None else self._pages.history.gens.get(delivery.attempt)
        return () if gen is None else tuple(f"partial draft: {note}" for note in gen.notes)

    def _recipe(self, cell: Cell, delivery: Delivery | None) -> Recipe:
        """What the picture was made by; of a pinned one that is not what is asked for now."""
        order = None if delivery is None else self._pages.history.orders.get(delivery.attempt)
        return cell.recipe if cell.pin is None or order is None else order.recipe

    def _prompt(self, cell: Cell, recipe: Recipe) -> int:
        text = recipe.prompt
        if text in self._prompts:
            return self._prompts[text]
        sets = {s.id: s.values for s in self._campaign.sets}
        variants = {v.id: v.values for v in self._campaign.variants}
        values = {
            "set": sets.get(cell.address.set, {}),
            "variant": variants.get(cell.address.variant, {}),
        }
        try:
            prompt = split_prompt(self._campaign.prompt, values)
        except KeyError:
            return self._whole_prompt(text)
        if prompt.text != text:
            return self._whole_prompt(text)
        return self._keep_prompt(text, prompt)

    def _whole_prompt(self, text: str) -> int:
        if text in self._prompts:
            return self._prompts[text]
        return self._keep_prompt(text, sheet.Prompt((sheet.PromptPart(text),)))

    def _keep_prompt(self, text: str, prompt: sheet.Prompt) -> int:
        self._prompts[text] = len(self._prompt_list)
        self._prompt_list.append(prompt)
        return self._prompts[text]

    def _param(self, recipe: Recipe) -> int:
        """Row of its parameters; plan and history keep recipes alive, and cells share them."""
        if id(recipe) not in self._params_of:
            shown = (
                *((name, str(value)) for name, value in sorted(recipe.params.items())),
                ("size", recipe.size),
            )
            self._params_of[id(recipe)] = self._params.setdefault(shown, len(self._params))
        return self._params_of[id(recipe)]

    def _master(self, index: int) -> str | None:
        return next((f.name for f in self._files[index] if not f.size and self._here(f.name)), None)

    def _renditions(self, index: int) -> Iterator[sheet.Rendition]:
        for file in self._files[index]:
            made = self._pages.files.get(file.name)
            if file.size and made is not None:
                flags = ["upscaled"] * made.upscaled + ["larger than allowed"] * made.over_bytes
                yield sheet.Rendition(
                    size=file.size,
                    link=file.name,
                    width=made.width,
                    height=made.height,
                    bytes=made.bytes,
                    flags=tuple(flags),
                )

    def _here(self, name: str) -> str | None:
        here = name in self._pages.files or name in self._pages.thumbs
        return name if here else None

    def _original(self, image_set: ImageSet, picture: Picture) -> sheet.Original:
        return sheet.Original(
            pixels=PixelSize(picture.facts.width, picture.facts.height),
            thumb=self._here(thumb_name(picture.facts.sha256)),
            link=self._here(original_name(image_set.id, picture)),
            is_reference=image_set.reference is not None and image_set.reference.id == picture.id,
            focus=picture.focus or self._focus.get((image_set.id, picture.id)),
        )

    def _campaign_facts(self) -> sheet.CampaignFacts:
        campaign, card = self._campaign, self._pages.subject.card
        return sheet.CampaignFacts(
            name=campaign.name,
            title=campaign.title,
            owner=campaign.owner,
            tags=campaign.tags,
            model=campaign.model,
            model_title=card.title,
            realm=self._pages.plan.realm,
            template=campaign.prompt,
            master=campaign.master,
            sizes=tuple(
                sheet.SizeFacts(
                    size.name,
                    size.size,
                    size.fit,
                    size.format,
                    size.native,
                    native_name(campaign, size),
                    _safe(size),
                )
                for size in campaign.sizes
            ),
            need=campaign.review_need,
            sets=tuple(
                sheet.SetFacts(one.id, None if one.reference is None else one.reference.id)
                for one in campaign.sets
            ),
        )

    def _money(self) -> sheet.MoneyFacts:
        pages, budget = self._pages, self._campaign.budget
        # Drafts are free and held against the cap one run at a time, so theirs has nothing left.
        cap = None if pages.real is not None else budget.cap
        left = None if cap is None else MicroUsd(cap - pages.spent.total)
        rooms = [] if pages.real is not None else pages.plan.limits
        tightest = min(
            (limit for limit in rooms if limit.left is not None),
            key=lambda limit: limit.left or 0,
            default=None,
        )
        real_cost = None if pages.real is None else pages.real.cost
        real_left = None
        if real_cost is not None and pages.real_left is not None:
            real_left = MicroUsd(pages.real_left - real_cost)
        return sheet.MoneyFacts(
            cap=cap,
            charged=pages.spent.charged,
            reserved=pages.spent.reserved,
            in_doubt=pages.spent.in_doubt,
            left=left,
            images=pages.spent.images,
            image_cap=budget.max_images,
            real_cost=real_cost,
            real_left=real_left,
            to_buy=pages.plan.cost,
            room=None if tightest is None else tightest.left,
            room_of="" if tightest is None else tightest.scope,
        )

    def _variants(self, groups: Iterable[sheet.Group]) -> tuple[sheet.VariantFacts, ...]:
        charged: dict[str, int] = {variant.id: 0 for variant in self._campaign.variants}
        bought = dict.fromkeys(charged, 0)
        for group in groups:
            for cell in group.cells:
                variant = cell.address.variant
                if cell.charge is not None:
                    charged[variant] = charged.get(variant, 0) + cell.charge
                    bought[variant] = bought.get(variant, 0) + 1
                else:
                    charged.setdefault(variant, 0)
        return tuple(
            sheet.VariantFacts(variant, MicroUsd(amount), bought.get(variant, 0))
            for variant, amount in charged.items()
        )

    def _versions(self) -> tuple[tuple[str, str], ...]:
        mine = (("campaign-pipeline", __version__),)
        return (*mine, ("engine", self._pages.engine)) if self._pages.engine else mine


def _votes(votes: Iterable[Verdict]) -> tuple[sheet.Vote, ...]:
    return tuple(sheet.Vote(vote.reviewer, vote.word, vote.at, vote.note) for vote in votes)


def _flag(flag: Flag) -> sheet.FlagFacts:
    return sheet.FlagFacts(
        name=flag.check,
        severity=flag.severity,
        words=flag.detail or CHECKS[flag.check].looks_for,
        weight=round(min(flag.weight, _MOST_WEIGHT) * 100),
    )


_MOST_WEIGHT = 1_000


def _safe(size: Size) -> tuple[float, float, float, float] | None:
    place = size.destination
    if place is None or place.safe is None:
        return None
    free = place.safe
    return (free.left / SCALE, free.top / SCALE, free.right / SCALE, free.bottom / SCALE)


def read_address(text: str) -> Address:
    """An address from a receipt's label."""
    parts = text.split("/")
    if len(parts) != _ADDRESS_PARTS:
        parts = ["", "", *parts]
    set_id, picture, variant, size, take = parts[:_ADDRESS_PARTS]
    return Address(set_id, picture, variant, size, int(take.removeprefix("t")))


def _with_reference(image_set: ImageSet) -> Iterator[Picture]:
    reference = image_set.reference
    if reference is not None and reference.id not in {p.id for p in image_set.pictures}:
        yield reference
    yield from image_set.pictures


def _state(decision: Decision) -> sheet.CellState:
    if decision.reason in _STATES:
        return _STATES[decision.reason]
    if decision.action is Action.CACHED and decision.output is not None:
        return sheet.CellState.DELIVERED
    if decision.action is Action.BLOCKED:
        return sheet.CellState.BLOCKED
    return sheet.CellState.WANTED


def _reason(decision: Decision) -> str:
    words = REASON_WORDS[decision.reason]
    if decision.reason in {Reason.FAILED_BEFORE, Reason.MODERATED, Reason.GAVE_UP}:
        # What happened, in the provider's words, then what can be done about it.
        return f"{decision.detail.rstrip('. ')}. {words[0].upper()}{words[1:]}"
    if decision.reason is Reason.DUPLICATE_OF:
        return f"{words}: {decision.detail}"
    return words


def _basis(*, is_confirmed: bool) -> sheet.ChargeBasis:
    return sheet.ChargeBasis.CONFIRMED if is_confirmed else sheet.ChargeBasis.QUOTED


def _quotes(steps: Iterable[Step]) -> dict[CellKey, MicroUsd]:
    found: dict[CellKey, MicroUsd] = {}
    for step in steps:
        each = MicroUsd(-(-step.quote.amount // len(step.cells)))
        found.update((cell.key, each) for cell in step.cells)
    return found
