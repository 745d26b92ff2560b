"""Where each value of a manifest and of the workspace file comes from, as it counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel

from pipeline.domain.campaign import AXES, Campaign
from pipeline.domain.fingerprint import Json
from pipeline.domain.origin import Origin, Written
from pipeline.manifest.load import Read, read_workspace_file
from pipeline.manifest.places import Pointer, Source
from pipeline.manifest.schema import Schema, about, campaign_schema, workspace_schema
from pipeline.manifest.values import ALL
from pipeline.manifest.wording import dotted


def origins_of(manifest: Read, campaign: Campaign, shared: Sequence[Origin]) -> list[Origin]:
    """Every value of a manifest without errors, in the order of the language.

    Args:
        manifest: as read, with what it extends.
        campaign: what it came to; tells the values that follow from others.
        shared: values of the workspace file.
    """
    if manifest.decoded is None:
        return []
    follow: dict[Pointer, Json] = {
        ("title",): campaign.title,
        ("master",): str(campaign.master),
        ("max_jobs",): campaign.max_jobs,
    }
    follow |= {("matrix", "axes", axis): ALL for axis in AXES}
    for image_set in campaign.sets:
        follow["images", image_set.id, "subject"] = image_set.values["subject"]
    for size in campaign.sizes:
        follow["sizes", size.name, "quality"] = size.quality
    walk = _Walk(manifest.source, campaign_schema, "campaign", follow)
    found = walk.of(manifest.decoded.body, ())
    if campaign.max_jobs == manifest.decoded.body.max_jobs:
        return list(found)
    # Where the workspace is tighter, its number counts.
    tighter = {one.path: one for one in shared if one.path == "max_jobs"}
    return [tighter.get(one.path, one) for one in found]


def origins_of_workspace(text: str, *, file: str) -> list[Origin]:
    """Every value of a workspace file without errors, in the order of the language."""
    source, decoded, _ = read_workspace_file(text, file=file)
    if decoded is None:
        return []
    return list(_Walk(source, workspace_schema, "workspace").of(decoded.body, ()))


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes through the types, which know what counts, and asks the source where it stands.

    Attributes:
        source: of the file.
        schema: knows defaults in the words of the language.
        written: what a value is whose place is in the file itself.
        follow: values that are not written and follow from others.
    """

    source: Source
    schema: Callable[[], Schema]
    written: Written
    follow: Mapping[Pointer, Json] = field(default_factory=dict)

    def of(self, entry: BaseModel, at: Pointer) -> Iterator[Origin]:
        """Values of one entry; those that nobody wrote are its defaults."""
        for name, known in type(entry).model_fields.items():
            pointer = (*at, known.alias or name)
            value = getattr(entry, name)
            if name in entry.model_fields_set:
                yield from self._of_value(value, pointer)
            elif pointer in self.follow:
                yield self._default(pointer, self.follow[pointer])
            elif isinstance(value, BaseModel):
                yield from self.of(value, pointer)
            elif value not in (None, "", (), {}):
                told = about(self.schema(), pointer).get("default", value)
                yield self._default(pointer, told if _is_plain(told) else str(told))
        for key, text in (entry.model_extra or {}).items():
            yield from self._of_value(text, (*at, key))

    def _of_value(self, value: object, at: Pointer) -> Iterator[Origin]:
        if isinstance(value, BaseModel):
            yield from self.of(value, at)
        elif isinstance(value, dict) and value:
            for key, item in value.items():
                yield from self._of_value(item, (*at, key))
        elif isinstance(value, tuple | list) and any(
            isinstance(item, BaseModel | tuple | dict) for item in value
        ):
            for index, item in enumerate(value):
                yield from self._of_value(item, (*at, index))
        else:
            yield self._as_written(at)

    def _as_written(self, at: Pointer) -> Origin:
        """A value as it stands in its file, in whichever form."""
        around = at
        while around not in self.source.values:
            around = around[:-1]
        is_own = self.source.holder(around) is self.source
        return Origin(
            path=dotted(at),
            value=self.source.value_at(around),
            written=self.written if is_own else "parent",
            at=self.source.locate(at),
        )

    @staticmethod
    def _default(at: Pointer, value: Json) -> Origin:
        return Origin(dotted(at), value, "default", None)


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int)
