"""Facts for tests: small sheets with every state, hostile text, and as many cells as asked for."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.campaign import PixelSize
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Address
from pipeline.domain.verdicts import Word
from pipeline.reporting.sheet.facts import (
    CampaignFacts,
    Cell,
    CellState,
    ChargeBasis,
    FlagFacts,
    Group,
    MoneyFacts,
    Original,
    Prompt,
    Rendition,
    SetFacts,
    SheetFacts,
    SizeFacts,
    VariantFacts,
    Vote,
)
from pipeline.reporting.sheet.prompts import split_prompt

MASTER = PixelSize(4096, 4096)
PRICE = MicroUsd(40_000)
TEMPLATE = (
    "Put {set.subject} in {variant.place}, {variant.light}. "
    "Keep face, pose and product label unchanged."
)
LIGHT = {
    "snow": {"place": "a snowy street", "light": "cold morning light"},
    "studio": {"place": "a grey studio", "light": "soft studio lighting"},
    "dusk": {"place": "a harbour at dusk", "light": "warm low sun"},
}
PARAMS = ((("size", "4096*4096"), ("max_images", "3")),)


def sha(text: str) -> Sha256:
    return Sha256(hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest())


def campaign(**changes) -> CampaignFacts:
    facts = CampaignFacts(
        name="winter-lookbook",
        title="Winter lookbook 2026",
        owner="brand-team",
        tags=("apparel", "q4"),
        model="bytedance/seedream-v4.5/edit-sequential",
        model_title="Seedream 4.5 Edit Sequential",
        realm="real",
        template=TEMPLATE,
        master=MASTER,
        sizes=(
            SizeFacts("feed", PixelSize(1080, 1350), "cover", "jpeg"),
            SizeFacts("shop", PixelSize(2000, 2000), "contain", "jpeg"),
        ),
        sets=(SetFacts("anna", "front"), SetFacts("bottle")),
    )
    return replace(facts, **changes)


def money(**changes) -> MoneyFacts:
    facts = MoneyFacts(
        cap=MicroUsd(12_000_000),
        charged=MicroUsd(400_000),
        reserved=MicroUsd(0),
        in_doubt=MicroUsd(40_000),
        left=MicroUsd(11_560_000),
        images=10,
        image_cap=200,
    )
    return replace(facts, **changes)


def prompts(
    sets: Sequence[tuple[str, str]], variants: Sequence[str], template: str = TEMPLATE
) -> tuple[Prompt, ...]:
    """One for each set (id and subject) and variant, sets outermost."""
    return tuple(
        split_prompt(template, {"set": {"subject": subject}, "variant": LIGHT[variant]})
        for _, subject in sets
        for variant in variants
    )


def cell(address: Address, *, prompt: int = 0, **changes) -> Cell:
    """A delivered cell with two renditions; changes win."""
    name = str(address)
    folder = f"../{name.rsplit('/', 1)[0]}/t{address.take}"
    facts = Cell(
        address=address,
        key=CellKey(f"c1-{sha('key ' + name)}"),
        state=CellState.DELIVERED,
        prompt=prompt,
        params=0,
        picture=sha(name),
        thumb=f"thumbs/{sha(name)[:2]}/{sha(name)}.webp",
        link=f"{folder}.jpg",
        pixels=MASTER,
        charge=PRICE,
        basis=ChargeBasis.CONFIRMED,
        prediction=sha("prediction " + name)[:32],
        attempt=f"a-{sha('attempt ' + name)[:20]}",
        day="2026-11-20",
        how="assumed",
        renditions=(
            Rendition("feed", f"{folder}--feed.jpg", 1080, 1350, 184_233),
            Rendition("shop", f"{folder}--shop.jpg", 2000, 2000, 412_900),
        ),
    )
    return replace(facts, **changes)


def undelivered(address: Address, state: CellState, reason: str, **changes) -> Cell:
    """A cell without a picture."""
    nothing = {
        "picture": None,
        "thumb": None,
        "link": None,
        "pixels": None,
        "charge": None,
        "prediction": "",
        "attempt": "",
        "day": "",
        "how": None,
        "renditions": (),
    }
    return cell(address, **{**nothing, "state": state, "reason": reason, **changes})


def original(name: str, *, is_reference: bool = False) -> Original:
    digest = sha("original " + name)
    return Original(
        pixels=PixelSize(1400, 1400),
        thumb=f"thumbs/{digest[:2]}/{digest}.webp",
        link=f"originals/{name}.jpg",
        is_reference=is_reference,
    )


def every_state() -> SheetFacts:
    """A real campaign of two pictures and two variants; each state occurs."""

    def at(picture: str, variant: str, take: int = 1) -> Address:
        return Address("anna", picture, variant, "master", take)

    front = (
        cell(at("front", "snow")),
        cell(at("front", "studio"), prompt=1, basis=ChargeBasis.QUOTED, others=2, how="person"),
        undelivered(at("front", "snow", 2), CellState.WANTED, "", quote=PRICE),
        undelivered(
            at("front", "studio", 2),
            CellState.FAILED,
            "1101: content moderation refused the prompt",
            prompt=1,
            charge=MicroUsd(0),
            prediction="p-17",
            attempt="a-17",
        ),
        cell(
            at("front", "dusk"),
            prompt=2,
            state=CellState.ORPHAN,
            reason="no variant of this name is declared any more",
        ),
    )
    side = (
        undelivered(
            at("side", "snow"),
            CellState.SHORT,
            "3 were asked for, 2 came, and nobody has said which; `campaign review --assign`",
            charge=PRICE,
            attempt="a-18",
        ),
        cell(
            at("side", "studio"),
            prompt=1,
            state=CellState.ABSENT,
            reason="its bytes are in another store; `campaign store pull`",
            thumb=None,
            link=None,
            renditions=(),
        ),
        undelivered(
            at("side", "snow", 2),
            CellState.DOUBT,
            "sent, no answer; may have been charged $0.04",
            attempt="a-19",
        ),
        undelivered(
            at("side", "studio", 2),
            CellState.BLOCKED,
            "gave up after two charged deliveries without a picture",
            prompt=1,
        ),
    )
    return SheetFacts(
        campaign=campaign(),
        money=money(),
        variants=(
            VariantFacts("snow", MicroUsd(80_000), 2),
            VariantFacts("studio", MicroUsd(280_000), 7),
            VariantFacts("dusk", PRICE, 1),
        ),
        prompts=prompts([("anna", "the woman")], ["snow", "studio", "dusk"]),
        params=PARAMS,
        groups=(
            Group("anna", "front", original("front", is_reference=True), front),
            Group("anna", "side", original("side"), side),
        ),
        versions=(("campaign-pipeline", "0.1.0"),),
    )


def draft_without_pictures() -> SheetFacts:
    """A draft of a text-to-image campaign: no source pictures, notes, a real run over its cap."""
    cells = tuple(
        cell(
            Address("", "", variant, "master", take),
            prompt=number,
            notes=("not understood: `soft studio lighting`",) if variant == "studio" else (),
            renditions=(
                Rendition(
                    "feed", f"../{variant}/t{take}--feed.jpg", 1080, 1350, 640, flags=("upscaled",)
                ),
            )
            if take == 2
            else (),
        )
        for number, variant in enumerate(("snow", "studio"))
        for take in (1, 2)
    )
    template = "A bottle in {variant.place}, {variant.light}."
    return SheetFacts(
        campaign=campaign(
            name="posters", title="Posters", realm="draft", template=template, sets=()
        ),
        money=money(
            cap=None,
            charged=MicroUsd(160_000),
            in_doubt=MicroUsd(0),
            left=None,
            images=4,
            image_cap=None,
            real_cost=MicroUsd(160_000),
            real_left=MicroUsd(-60_000),
        ),
        variants=(VariantFacts("snow", MicroUsd(80_000), 2), VariantFacts("studio")),
        prompts=prompts([("", "")], ["snow", "studio"], template),
        params=PARAMS,
        groups=(Group("", "", None, cells),),
        versions=(("campaign-pipeline", "0.1.0"), ("engine", "embedded-1")),
    )


def reviewed() -> SheetFacts:
    """Four cells: approved, rejected and flagged, decided before it changed, not bought."""

    def at(variant: str, take: int = 1) -> Address:
        return Address("anna", "front", variant, "master", take)

    cells = (
        cell(
            at("snow"),
            reroll=PRICE,
            is_checked=True,
            verdict=Word.APPROVE,
            votes=(Vote("Anna", Word.APPROVE, "2026-11-20T10:00:00Z", "the one"),),
            provenance="says that AI altered it",
        ),
        cell(
            at("studio"),
            prompt=1,
            reroll=PRICE,
            is_checked=True,
            verdict=Word.REJECT,
            votes=(Vote("Anna", Word.REJECT, "2026-11-20T10:01:00Z", "two left hands"),),
            flags=(
                FlagFacts("nothing-changed", "fail", "the source itself, not edited", 340),
                FlagFacts("blur", "warn", "soft", 120),
            ),
        ),
        cell(
            at("snow", 2),
            reroll=PRICE,
            how="content",
            confidence=97,
            stale=(Vote("Bob", Word.APPROVE, "2026-11-18T09:00:00Z"),),
        ),
        undelivered(at("studio", 2), CellState.WANTED, "", prompt=1, quote=PRICE),
    )
    front = replace(original("front"), focus=(500, 350))
    return replace(
        every_state(),
        money=money(to_buy=PRICE, room=MicroUsd(100_000), room_of="month"),
        groups=(Group("anna", "front", front, cells),),
    )


HOSTILE = (
    "</script><script>window.owned = 1</script>",
    '"><img src=x onerror="window.owned = 2">',
    "' onmouseover='window.owned = 3",
    "<!-- <script>window.owned = 4",
    "{{ 7 * 7 }}{% raw %}",
    "line\u2028separators\u2029here",
    "\u202eoverride\u2066isolate",
    "bell\x07 null\x00 escape\x1b[31m",
    "&lt;b&gt; &amp; <b>bold</b> javascript:window.owned = 5",
    "half a pair \ud800",
)


def hostile(text: str) -> SheetFacts:
    """A sheet whose every user text is the given one."""
    address = Address(text, text, text, text, 1)
    addresses = [address, address._replace(take=2)]
    facts = every_state()
    return replace(
        facts,
        campaign=campaign(
            name=text,
            title=text,
            owner=text,
            tags=(text,),
            model=text,
            model_title=text,
            realm=text,
            template=text,
            sizes=(SizeFacts(text, MASTER, "cover", text),),
            sets=(SetFacts(text, text),),
        ),
        variants=(VariantFacts(text),),
        prompts=(
            split_prompt("{variant.a} and {set.b}", {"variant": {"a": text}, "set": {"b": text}}),
        ),
        params=(((text, text),),),
        groups=(
            Group(
                text,
                text,
                original("front"),
                (
                    cell(
                        addresses[0],
                        key=text,
                        picture=text,
                        prediction=text,
                        attempt=text,
                        day=text,
                        notes=(text,),
                        verdict=Word.APPROVE,
                        votes=(Vote(text, Word.APPROVE, text, text),),
                        stale=(Vote(text, Word.REJECT, text, text),),
                        flags=(FlagFacts(text, "warn", text),),
                        provenance=text,
                        thumb="thumbs/t.webp",
                        link="../m.jpg",
                        renditions=(
                            Rendition(text, "../r.jpg", 1, 1, 1, "thumbs/r.webp", flags=(text,)),
                        ),
                    ),
                    undelivered(addresses[1], CellState.FAILED, text),
                ),
            ),
        ),
        versions=((text, text),),
    )


def many(cells: int, *, per_picture: int = 10, with_pictures: bool = True) -> SheetFacts:
    """A delivered campaign of one-picture jobs, each cell with two renditions."""
    variants = tuple(f"v{number:02}" for number in range(per_picture))
    groups = []
    for number in range(-(-cells // per_picture)):
        picture = f"p{number:05}"
        wanted = min(per_picture, cells - number * per_picture)
        own = tuple(
            cell(Address("anna", picture, variant, "master", 1), prompt=index)
            for index, variant in enumerate(variants[:wanted])
        )
        groups.append(Group("anna", picture, original(picture), own))
    if not with_pictures:
        flat = tuple(
            replace(each, address=Address("", "", each.address.variant, "master", index + 1))
            for index, each in enumerate(each for group in groups for each in group.cells)
        )
        groups = [Group("", "", None, flat)]
    place = {name: {"place": f"place {name}", "light": "plain light"} for name in variants}
    return SheetFacts(
        campaign=campaign(),
        money=money(),
        variants=tuple(VariantFacts(name, MicroUsd(40_000), 1) for name in variants),
        prompts=tuple(
            split_prompt(TEMPLATE, {"set": {"subject": "the woman"}, "variant": place[name]})
            for name in variants
        ),
        params=PARAMS,
        groups=tuple(groups),
    )
