"""A workspace on disk with small pictures; what its locks add up to, read without the program."""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.campaigns import SEQUENTIAL, SINGLE, picture_bytes

__all__ = ["SEQUENTIAL", "SINGLE", "Workspace", "add_up"]

FAST_ACCOUNT = "account: {requests_per_minute: 100000, concurrent: 2}"


def manifest(
    name: str,
    *,
    model: str = SEQUENTIAL,
    sets: Sequence[str] = ('anna: {files: ["images/*.jpg"], subject: the woman}',),
    prompt: str = "Put {set.subject} in {variant.place}.",
    variants: Sequence[str] = ("snow",),
    sizes: Sequence[str] = ("small: {size: 320x180, upscale: true}",),
    budget: str = "cap: 10.00 USD",
    more: Sequence[str] = (),
) -> str:
    """A manifest with the smallest picture that the models make as its master.

    The test engine's pictures are smaller than any size, hence `upscale`.
    """
    lines = [
        "version: 1",
        f"campaign: {name}",
        f"title: The campaign {name}",
        f"model: {model}",
        "images:",
        *(f"  {one}" for one in sets),
        f'prompt: "{prompt}"',
        "variants:",
        *(f"  {one}: {{place: a place called {one}}}" for one in variants),
        "master: 2560x1440",
        "sizes:",
        *(f"  {one}" for one in sizes),
    ]
    if budget:
        lines.append(f"budget: {{{budget}}}")
    return "\n".join([*lines, *more]) + "\n"


@dataclass(frozen=True)
class Workspace:
    """A folder with `campaigns/`."""

    root: Path

    @classmethod
    def make(cls, root: Path, *, shared: str = FAST_ACCOUNT) -> "Workspace":
        """An empty one; `shared` are lines of `workspace.yaml`."""
        (root / "campaigns").mkdir(parents=True)
        made = cls(root)
        made.share(shared)
        return made

    def share(self, lines: str) -> None:
        text = f"version: 1\n{lines}\n"
        (self.root / "campaigns" / "workspace.yaml").write_text(text, "utf-8")

    def campaign(self, name: str = "winter", *, pictures: Iterable[int] = (1, 2), **parts) -> Path:
        """A campaign with numbered pictures, `images/p001.jpg` and so on."""
        folder = self.folder(name)
        self.pictures(name, pictures)
        (folder / "campaign.yaml").write_text(manifest(name, **parts), "utf-8")
        return folder

    def pictures(self, name: str, numbers: Iterable[int]) -> None:
        folder = self.folder(name) / "images"
        folder.mkdir(parents=True, exist_ok=True)
        for number in numbers:
            (folder / f"p{number:03}.jpg").write_bytes(picture_bytes(number))

    def folder(self, name: str) -> Path:
        return self.root / "campaigns" / name

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.folder(name) / "campaign.yaml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def state(self, realm: str = "real") -> Path:
        folder = self.root / ".campaign"
        return folder if realm == "real" else folder / realm

    def lock(self, name: str, realm: str = "real") -> Path:
        if realm == "real":
            return self.folder(name) / "lock"
        return self.state(realm) / "lock" / name

    def outputs(self, name: str, realm: str = "real") -> Path:
        folder = self.root / "outputs" / name
        return folder if realm == "real" else folder / realm

    def delivered(self, name: str, realm: str = "real") -> list[str]:
        """Names of all masters and renditions that lie in the outputs."""
        folder = self.outputs(name, realm)
        kinds = ("masters", "small")
        return sorted(
            f"{kind}/{file.name}"
            for kind in kinds
            if (folder / kind).is_dir()
            for file in (folder / kind).iterdir()
        )

    def forget_outputs(self) -> None:
        shutil.rmtree(self.root / "outputs")


def lines_of(folder: Path) -> list[dict]:
    """All lines of all lock files of a folder, in file order.

    A run that was killed may have left the beginning of a line at the end of its file.
    """
    return [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines(keepends=True)
        if line.endswith("\n")
    ]


def receipts(folder: Path, *kinds: str) -> list[dict]:
    """Receipts of some kinds."""
    return [line for line in lines_of(folder) if line.get("kind") in kinds]


def add_up(*folders: Path) -> int:
    """What locks say was charged, in micro-dollars: an attempt's rows, else its quote."""
    lines = [line for folder in folders for line in lines_of(folder)]
    quotes = {one["attempt"]: one["quote"] for one in lines if one.get("kind") in {"gen", "failed"}}
    rows: dict[str, dict[str, int]] = {}
    for one in lines:
        if one.get("kind") == "charge":
            rows.setdefault(one["attempt"], {})[one["row"]] = one["amount"]
    booked = quotes | {attempt: sum(found.values()) for attempt, found in rows.items()}
    return sum(booked.values())


def cells_bought(*folders: Path) -> list[str]:
    """Keys of all cells that deliveries brought; a key twice is a double purchase.

    A run that dies between filing a receipt and noting so has its next one file it again: the same
    attempt twice is one purchase.
    """
    bought = {
        (cell["key"], gen["attempt"])
        for folder in folders
        for gen in receipts(folder, "gen")
        for cell in gen["cells"]
    }
    return [key for key, _ in sorted(bought)]
