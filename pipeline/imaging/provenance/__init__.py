"""Where pictures say that they come from: reading marks, signing renditions, certificates.

`c2pa` and `cryptography` are the extra `provenance`; without them marks are still found, and what
cannot be validated is told to be so.
"""

from importlib.util import find_spec
from typing import Final

WANTED: Final = "`pip install 'campaign-pipeline[provenance]'`"
"""How to get what signing and validating need."""
NOT_FIT: Final = (ImportError, OSError, RuntimeError)
"""What loading the library raises where its native part does not fit the machine."""


def is_available() -> bool:
    """Whether what signing and validating need is installed; it is not loaded for the answer."""
    return find_spec("c2pa") is not None and find_spec("cryptography") is not None
