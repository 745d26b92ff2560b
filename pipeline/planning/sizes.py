"""Native sizes of a campaign, and how a request states one."""

from collections.abc import Mapping

from pipeline.domain.campaign import MASTER, Campaign, PixelSize, Size
from pipeline.domain.card import Card
from pipeline.domain.fingerprint import Json


def native_sizes(campaign: Campaign) -> dict[str, PixelSize]:
    """Sizes that are paid for, by the name that stands in addresses.

    The master comes first and only if some size derives from it or none is declared. Native sizes
    of equal pixels are one, under the name that the manifest gives first.
    """
    needs_master = not campaign.sizes or any(size.native is None for size in campaign.sizes)
    natives = [(size.name, size.native) for size in campaign.sizes if size.native is not None]
    if not needs_master and all(native != campaign.master for _, native in natives):
        found: dict[str, PixelSize] = {}
    else:
        found = {MASTER: campaign.master}
    for name, native in natives:
        if native not in found.values():
            found[name] = native
    return found


def native_name(campaign: Campaign, size: Size) -> str:
    """Name of the native size that a delivery size is derived from."""
    wanted = size.native or campaign.master
    natives = native_sizes(campaign)
    return next(name for name, pixels in natives.items() if pixels == wanted)


def size_fields(card: Card, size: PixelSize) -> dict[str, Json]:
    """Body fields that ask for a native size.

    With resolutions the size is one that the model has a name for, to the pixel, so that what a
    manifest says is what is bought. Of two names of one size the first is taken.

    Raises:
        ValueError: the model has no name for it; the manifest's rules refuse such sizes.
    """
    rule = card.size
    if rule.form == "pixels":
        return {rule.field: f"{size.width}*{size.height}"}
    for named in rule.named:
        if named.size == size:
            fields: dict[str, Json] = {rule.field: named.resolution}
            if rule.aspect_field is not None:
                fields[rule.aspect_field] = named.aspect
            return fields
    raise ValueError(f"{card.model} makes no picture of {size}")


def size_label(fields: Mapping[str, Json]) -> str:
    """What a native size is called in keys: as the request says it, `4096x4096` or `2k 4:5`."""
    return " ".join(str(value) for value in fields.values()).replace("*", "x")
