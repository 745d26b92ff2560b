"""What networks and OpenCV see in a picture; all of it needs the extra `checks` (or `draft`)."""

import importlib.util

_NEEDED = ("cv2", "onnxruntime")


def is_available() -> bool:
    """Whether the packages that the modules of this room import are installed."""
    return all(importlib.util.find_spec(name) is not None for name in _NEEDED)
