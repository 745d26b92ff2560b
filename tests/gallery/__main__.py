"""`make gallery`: rehearse a campaign of thirty prompts, look at every picture, check each.

    python -m tests.gallery [FOLDER]

FOLDER is the workspace, `build/gallery` if it is left out; what it holds is made anew. The sheet is
for a person to look at; what can be measured is measured here, and one wrong picture fails the run.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.gallery.cases import CASES, ROOT, Case
from tests.gallery.looking import complaints

_NAME = "gallery"
_MODEL = "bytedance/seedream-v4/edit"


def main() -> int:
    """Make the gallery; 0 if every picture is as it must be."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "gallery"
    workspace = _workspace(folder)
    run = [sys.executable, "-m", "pipeline", "run", _NAME, "--draft", "--yes"]
    if subprocess.run(run, cwd=workspace, check=False).returncode:
        return 1
    made = workspace / "outputs" / _NAME / "draft"
    wrong = 0
    for case in CASES:
        [file] = made.glob(f"masters/*--{case.name}--*.jpg")
        for complaint in complaints(case, file.read_bytes()):
            print(f"{case.name}: {complaint}")
            wrong += 1
    print(f"{len(CASES)} pictures, {wrong} complaints: {made / 'index.html'}")
    return 1 if wrong else 0


def _workspace(folder: Path) -> Path:
    """An empty workspace with the campaign and its photographs."""
    if folder.exists():
        shutil.rmtree(folder)
    campaign = folder / "campaigns" / _NAME
    (campaign / "images").mkdir(parents=True)
    manifest = {
        "version": 1,
        "campaign": _NAME,
        "title": "What the draft engine draws",
        "model": _MODEL,
        "images": {},
        "prompt": "{variant.prompt}",
        "variants": {case.name: {"prompt": case.prompt} for case in CASES},
        "master": "x".join(map(str, CASES[0].size)),
        "sizes": {},
        "matrix": {"exclude": []},
        "budget": {"cap": "10.00 USD"},
    }
    for case in CASES:
        copy = campaign / "images" / f"{case.photo}{case.file.suffix}"
        if not copy.exists():
            shutil.copyfile(case.file, copy)
        manifest["images"][case.photo] = {"files": [f"images/{copy.name}"]}
        if _shape(case) != "master":
            size = "x".join(map(str, case.size))
            manifest["sizes"][_shape(case)] = {"size": size, "native": size}
    sets, sizes = list(manifest["images"]), list(manifest["sizes"])
    # A master is bought only where a size is cut from it.
    manifest["sizes"]["first"] = manifest["master"]
    for case in CASES:
        others = [{"set": one} for one in sets if one != case.photo]
        shapes = [{"size": one} for one in ("master", *sizes) if one != _shape(case)]
        rules = [{"variant": case.name, **one} for one in (*others, *shapes)]
        manifest["matrix"]["exclude"] += rules
    # JSON is YAML.
    (campaign / "campaign.yaml").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return folder


def _shape(case: Case) -> str:
    if case.size == CASES[0].size:
        return "master"
    return f"w{case.size[0]}h{case.size[1]}"


if __name__ == "__main__":
    sys.exit(main())
