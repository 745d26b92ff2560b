"""Eight delivery sizes from one 4096x4096 JPEG master: ours, a bare pyvips loop, Pillow.

All three run in turns within one process, so only their ratios mean anything:

    python -m tests.benchmarks.bench_renditions
"""

import io
import tempfile
import time
from pathlib import Path

import numpy as np
import pyvips
from PIL import Image, ImageOps

from pipeline.domain.rendition import RenditionSpec
from pipeline.imaging.render import Rendered, render_all

SIDE = 4096
QUALITY = 88
ROUNDS = 5
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


def make_master(path):
    """Write a picture with soft shapes and a photograph's grain."""
    down, across = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    shapes = np.stack([np.sin(across * 9), np.cos(down * 7), np.sin((across + down) * 5)], -1)
    grain = np.random.default_rng(0).normal(0, 4, shapes.shape).astype(np.float32)
    pixels = np.clip(127 + 110 * shapes + grain, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path, "JPEG", quality=92)


def ours(master, folder):
    wanted = [
        (RenditionSpec(width, height, quality=QUALITY), folder / f"{width}x{height}.jpg")
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
    start = time.perf_counter()
    work(master, folder)
    return time.perf_counter() - start


def main():
    """Print the best of a few rounds of each, and how they compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        master = folder / "master.jpg"
        make_master(master)
        contenders = (ours, bare_pyvips, pillow)
        best = dict.fromkeys(contenders, float("inf"))
        for _ in range(ROUNDS):
            for work in contenders:
                best[work] = min(best[work], seconds(work, master, folder))
        sizes = {Image.open(path).size for path in folder.glob("*x*.jpg")}
        if sizes != set(SIZES):
            raise RuntimeError(f"wrong sizes: {sizes}")
    for work, took in best.items():
        name = work.__name__.replace("_", " ")
        print(f"{name:12} {took * 1000:6.0f} ms   ours takes {best[ours] / took:.2f} of it")


if __name__ == "__main__":
    main()
