"""Randomness with a name: the same seed and purpose always give the same numbers and textures."""

import hashlib

import cv2
import numpy as np

from pipeline.emulator.engine.raster import Plane, resize

Dice = np.random.Generator


def dice(seed: int, *purpose: str | int) -> Dice:
    """Make a generator for one purpose, so that adding one render never changes another.

    Args:
        seed: the job's seed.
        purpose: what the numbers are for, such as `"flakes", 2`.
    """
    name = ":".join(str(part) for part in (seed, *purpose))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]))


def cloud(
    rng: Dice, height: int, width: int, *, cell: tuple[float, float], octaves: int = 4
) -> Plane:
    """Fractal noise: soft patches with finer patches on them.

    Args:
        rng: where the numbers come from.
        height: px.
        width: px.
        cell: size of the largest patches in px, vertical and horizontal; unequal for streaks.
        octaves: layers, each half as large and half as strong as the last.

    Returns:
        Values with mean 0 and standard deviation 1.
    """
    total = np.zeros((height, width), np.float32)
    strength = 1.0
    tall, wide = cell
    for _ in range(octaves):
        rows = int(np.clip(height / max(tall, 1.0), 1, height)) + 2
        columns = int(np.clip(width / max(wide, 1.0), 1, width)) + 2
        knots = rng.standard_normal((rows, columns), np.float32)
        total += strength * resize(knots, width=width, height=height)
        strength, tall, wide = strength * 0.5, tall / 2, wide / 2
    return np.asarray((total - total.mean()) / max(float(total.std()), 1e-6), np.float32)


def mottle(
    rng: Dice, height: int, width: int, *, size: float, flat: float, octaves: int = 3
) -> Plane:
    """Round patches without the grid that shows in `cloud` when patches are small.

    Args:
        rng: where the numbers come from.
        height: px.
        width: px.
        size: of the largest patches, px from side to side.
        flat: how much wider than high they are, as on ground seen from low down.
        octaves: layers, each half as large and 0.7 times as strong as the last.

    Returns:
        Values with mean 0 and standard deviation 1.
    """
    total = np.zeros((height, width), np.float32)
    strength = 1.0
    for _ in range(octaves):
        # Blurred noise at a scale where the blur is about two px, then enlarged.
        by_x, by_y = max(1.0, size / 5), max(1.0, size / flat / 5)
        rows, columns = max(2, round(height / by_y)), max(2, round(width / by_x))
        raw = rng.standard_normal((rows, columns), np.float32)
        sigma_x, sigma_y = max(0.35, 0.4 * size / by_x), max(0.35, 0.4 * size / flat / by_y)
        soft = np.asarray(cv2.GaussianBlur(raw, (0, 0), sigmaX=sigma_x, sigmaY=sigma_y), np.float32)
        soft /= max(float(soft.std()), 1e-6)
        total += strength * resize(soft, width=width, height=height)
        strength, size = strength * 0.7, size / 2
    return np.asarray((total - total.mean()) / max(float(total.std()), 1e-6), np.float32)


def scatter(values: Plane, salt: int) -> Plane:
    """Random-looking value from 0 to 1 for each whole number, the same wherever it occurs."""
    raw = values.astype(np.int64).astype(np.uint64)
    mixed = (raw + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    top = (mixed ^ (mixed >> np.uint64(32))) >> np.uint64(40)
    return np.asarray(top.astype(np.float32) / np.float32(1 << 24), np.float32)
