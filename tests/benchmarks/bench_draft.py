"""Edits of the draft engine beside decoding, resizing and JPEG-encoding the same file with libvips.

All take turns within one process, so that on a busy machine the ratios still mean something; memory
is the peak of a process that does one edit and nothing else:

    python -m tests.benchmarks.bench_draft
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyvips
from PIL import Image

from pipeline.emulator.engine.draft import DraftEngine
from pipeline.emulator.interface import EditRequest

ROUNDS = 3
LARGE, SMALL = 4096, 1024
STATUS = Path("/proc/self/status")
PHOTO = Path(__file__).parents[2] / "campaigns/winter-lookbook/images/eileen/portrait.png"
PROMPTS = {
    "grade": "black and white",
    "two grades": "teal and orange, film look",
    "light": "golden hour light",
    "light, background kept": "soft studio lighting, keep the background",
    "studio": "in a grey studio",
    "scene and weather": "in a snowy forest",
    "clothes": "change the outfit to a black suit",
    "painting": "as an oil painting",
}


def edit(prompt, raw, side):
    request = EditRequest(model="m", prompt=prompt, width=side, height=side, wanted=1, seed=7)
    [made] = DraftEngine().edit(request, [raw]).pictures
    return made


def bare(raw, side):
    """What no edit can do without."""
    picture = pyvips.Image.new_from_buffer(raw, "", access="sequential")
    return picture.thumbnail_image(side, height=side, size="force").jpegsave_buffer(Q=88, keep=0)


def photograph(side):
    """A portrait with grain, so that encoding it is as much work as a camera's picture."""
    with Image.open(PHOTO) as opened:
        large = opened.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    grain = np.random.default_rng(0).normal(0, 4, (side, side, 1)).astype(np.float32)
    pixels = np.clip(np.asarray(large, np.float32) + grain, 0, 255).astype(np.uint8)
    return bytes(pyvips.Image.new_from_array(pixels).jpegsave_buffer(Q=92))


def seconds(work, *given):
    """Of the processor, all threads together, and on the clock, which others slow down."""
    busy, start = time.process_time(), time.perf_counter()
    work(*given)
    return time.process_time() - busy, time.perf_counter() - start


def least(one, other):
    """The smaller of each."""
    return tuple(map(min, one, other))


def compare(side):
    raw = photograph(side)
    edit("black and white", raw, 64)  # imports
    edit("as an oil painting, golden hour", raw, 64)  # networks
    best = dict.fromkeys([*PROMPTS, ""], (float("inf"), float("inf")))
    for _ in range(ROUNDS):
        for name, prompt in PROMPTS.items():
            best[name] = least(best[name], seconds(edit, prompt, raw, side))
        best[""] = least(best[""], seconds(bare, raw, side))
    alone = best[""][0]
    print(f"{side} x {side}: libvips alone {alone * 1000:.0f} ms of processor; {load()}")
    for name in PROMPTS:
        busy, passed = best[name]
        print(f"  {name:24} {busy:5.2f} s {busy / alone:6.1f} times that {passed:7.2f} s passed")


def load():
    """How busy the machine is, as far as it says so."""
    if not hasattr(os, "getloadavg"):
        return "load unknown"
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def peak_mb(prompt):
    """Largest memory of a fresh process that makes one picture of the largest size."""
    argv = [sys.executable, "-m", "tests.benchmarks.bench_draft", prompt]
    said = subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout
    return float(said)


def main():
    """Print how long each kind of edit takes, how it compares, and memory."""
    compare(LARGE)
    compare(SMALL)
    for name in ("grade", "light", "painting") if STATUS.exists() else ():
        print(f"{LARGE} x {LARGE}, {name}: {peak_mb(PROMPTS[name]):.0f} MB at most")


def _alone(prompt):
    raw = photograph(2048)
    edit(prompt, raw, LARGE)
    # What `getrusage` says includes what the parent had before it started this process.
    [line] = [one for one in STATUS.read_text().splitlines() if one.startswith("VmHWM")]
    print(int(line.split()[1]) * 1024 / 1e6)


if __name__ == "__main__":
    _alone(sys.argv[1]) if len(sys.argv) > 1 else main()
