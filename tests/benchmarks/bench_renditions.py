"""Eight delivery sizes from one 4096x4096 master against peers; many masters on two cores and one.

All contenders run in turns within one process, so only their ratios mean anything; processor time
is shown beside wall time since a busy machine disturbs it less. Two cores are compared with one in
processes of their own, as the pixel library counts the cores when it starts.

    python -m tests.benchmarks.bench_renditions [MASTERS] [--side PX]

MASTERS (default 40) is how many go through the view on one core and on two. A thousand of 4096 px
take a quarter of an hour or more; with `1000 --side 1024` it is two minutes on a quiet machine:
masters and sizes are then a quarter as wide and high, and what is done beside pixels weighs more.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyvips
from PIL import Image, ImageOps

from pipeline.adapters.view import View, Wanted
from pipeline.commands.outputs import _draw
from pipeline.domain.labels import Label
from pipeline.domain.rendition import RenditionSpec
from pipeline.imaging.render import Rendered, render_all

SIDE = 4096
QUALITY = 88
ROUNDS = 5
MASTERS = 40
LABEL = Label("trainedAlgorithmicMedia", "bench", "a/model", "a seller")
SIZES = (
    (1080, 1350),
    (1080, 1080),
    (1080, 1920),
    (1200, 628),
    (1000, 1500),
    (300, 250),
    (728, 90),
    (2000, 2000),
)


def make_master(path, side=SIDE):
    """Write a picture with soft shapes and a photograph's grain."""
    down, across = np.mgrid[0:side, 0:side].astype(np.float32) / side
    shapes = np.stack([np.sin(across * 9), np.cos(down * 7), np.sin((across + down) * 5)], -1)
    grain = np.random.default_rng(0).normal(0, 4, shapes.shape).astype(np.float32)
    pixels = np.clip(127 + 110 * shapes + grain, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path, "JPEG", quality=92)


def ours(master, folder):
    wanted = [
        (
            RenditionSpec(width, height, quality=QUALITY, label=LABEL),
            folder / f"{width}x{height}.jpg",
        )
        for width, height in SIZES
    ]
    results = render_all(master, wanted)
    if not all(isinstance(result, Rendered) for result in results):
        raise RuntimeError(results)


def bare_pyvips(master, folder):
    picture = pyvips.Image.new_from_file(str(master), access="sequential").copy_memory()
    for width, height in SIZES:
        small = picture.thumbnail_image(width, height=height, crop="centre")
        target = folder / f"{width}x{height}.jpg"
        small.write_to_file(str(target), Q=QUALITY, keep="none")


def pillow(master, folder):
    picture = Image.open(master)
    picture.load()
    for size in SIZES:
        buffer = io.BytesIO()
        small = ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
        small.save(buffer, "JPEG", quality=QUALITY)
        (folder / f"{size[0]}x{size[1]}.jpg").write_bytes(buffer.getvalue())


def seconds(work, master, folder):
    """Wall time and processor time of all threads."""
    start, spent = time.perf_counter(), time.process_time()
    work(master, folder)
    return time.perf_counter() - start, time.process_time() - spent


def fan_out(folder):
    """Print the best of a few rounds of each, and how they compare."""
    master = folder / "master.jpg"
    make_master(master)
    contenders = (ours, bare_pyvips, pillow)
    best = {work: [float("inf")] * 2 for work in contenders}
    for _ in range(ROUNDS):
        for work in contenders:
            took = seconds(work, master, folder)
            best[work] = [min(pair) for pair in zip(best[work], took, strict=True)]
    sizes = {Image.open(path).size for path in folder.glob("*x*.jpg")}
    if sizes != set(SIZES):
        raise RuntimeError(f"wrong sizes: {sizes}")
    wall, processor = best[ours]
    for work, (took, spent) in best.items():
        name = work.__name__.replace("_", " ")
        print(
            f"{name:12} {took * 1000:6.0f} ms, processor {spent * 1000:6.0f} ms"
            f"   ours takes {wall / took:.2f} and {processor / spent:.2f} of it"
        )


def through_the_view(masters, side, folder):
    """One process: bring up a view of so many masters; prints its times and its peak memory."""
    source = folder / f"master-{side}.jpg"
    sizes = [(width * side // SIDE, height * side // SIDE) for width, height in SIZES]
    wanted = []
    for number in range(masters):
        copy = folder / f"masters-{side}" / f"{number}.jpg"
        if not copy.exists():
            copy.parent.mkdir(exist_ok=True)
            copy.hardlink_to(source)
        wanted += [
            Wanted(
                f"{width}x{height}/{number}.jpg",
                "k",
                str(copy),
                RenditionSpec(width, height, label=LABEL),
            )
            for width, height in sizes
        ]
    with tempfile.TemporaryDirectory(dir=folder) as name:
        view = View(Path(name))
        start, spent = time.perf_counter(), time.process_time()
        failed = view.make(
            wanted,
            draw=_draw,
            shrink=lambda *_: (0, 0),
            workers=len(os.sched_getaffinity(0)),
            progress=lambda _more: None,
        )
        took, spent = time.perf_counter() - start, time.process_time() - spent
    if failed:
        raise RuntimeError(failed[:3])
    # Not `ru_maxrss`, which a process inherits from the one that started it.
    status = Path("/proc/self/status").read_text("ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    print(json.dumps({"seconds": took, "processor": spent, "peak_mb": peak}))


def scaling(masters, side, folder):
    """Print how much faster two cores bring up a view than one, and how busy the machine is."""
    found = {}
    make_master(folder / f"master-{side}.jpg", side)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"load averages before: {load}")
    cores = sorted(os.sched_getaffinity(0))
    for count in (1, min(2, len(cores))):
        command = [sys.executable, "-m", __spec__.name, str(masters)]
        command += ["--side", str(side), "--in", str(folder)]
        ran = subprocess.run(
            ["taskset", "-c", ",".join(map(str, cores[:count])), *command],
            stdout=subprocess.PIPE,
            check=True,
        )
        found[count] = json.loads(ran.stdout)
        told = found[count]
        print(
            f"{masters} masters of {side} px, 8 sizes each, {count} core(s):"
            f" {told['seconds']:.1f} s, {told['processor'] / told['seconds']:.2f} cores busy with"
            f" it, {told['processor'] * 1000 / masters:.0f} ms of processor time a master,"
            f" peak {told['peak_mb']} MB"
        )
    one, two = found[1]["seconds"], found[max(found)]["seconds"]
    print(f"two cores are {one / two:.2f} times as fast as one")


def main(argv=()):
    """Run both, or the half that a process of its own is started for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("masters", nargs="?", type=int, default=MASTERS)
    parser.add_argument("--side", type=int, default=SIDE, help="of the many masters, px")
    parser.add_argument("--in", dest="folder", type=Path)
    asked = parser.parse_args(argv)
    if asked.folder is not None:
        through_the_view(asked.masters, asked.side, asked.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        fan_out(Path(name))
        scaling(asked.masters, asked.side, Path(name))


if __name__ == "__main__":
    main(sys.argv[1:])
