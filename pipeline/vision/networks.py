"""The shipped networks: checked when they are loaded, loaded once, shared by all threads.

Every session computes on one thread: pictures are worked on side by side, so that a pool inside
each would only queue, and the same picture gets the same numbers whatever else is running.
"""

import functools
import hashlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # loading it takes time, and what arithmetic settles does without
    from onnxruntime import (  # type: ignore[attr-defined]  # re-exported without being declared
        InferenceSession,
    )

Name = Literal[
    "u2netp_cut_h.onnx",
    "u2netp_glance_h.onnx",
    "blazeface_h.onnx",
    "dlibface_h.onnx",
    "effl0_h.onnx",
    "multistyle26.onnx",
]
FOLDER = Path(__file__).parent / "weights"
SHA256 = {
    "blazeface_h.onnx": "fb70a6430848563ecd3eed149d3543dc708d5fda986845b7a42dcd60897f9b26",
    "dlibface_h.onnx": "dba7135a37954b9054a740c4ee5b26e51e8605cc67a51b07254f6ff33feb52fb",
    "dlibface_template.npy": "3ed46705d9396d924db4b8cb5df31d90a6cfbf23f2de9ddf9107d274d26795e6",
    "effl0_h.onnx": "9915bb23454af6b8afabe0bb399574785511fb6e8214a746f056d4bd6733f987",
    "multistyle26.onnx": "0a2a0c9436a935cd1d4279cd06e171475b06222cb37c8c8d4afc53a9a7a1885e",
    "u2netp_cut_h.onnx": "8aada3b5ebbf9a683b8bca474d9cb4803a90a0fd760a442ec6704399fffbb976",
    "u2netp_glance_h.onnx": "265f0478dfaaab5bbe6dbfa7dc1a0724fa4dc547419dcae6ec5a02bebeedb678",
}
"""Digest of every file in the weights folder that is ever loaded."""

Tensor = NDArray[np.float32]
_loading = threading.Lock()


class DamagedWeightsError(RuntimeError):
    """A shipped network is not the one that was reviewed; the installation is broken."""


def session(name: Name, side: int = 0) -> "InferenceSession":
    """A network that is ready to run, from any thread.

    Args:
        name: its file.
        side: px of its square input, where the file leaves that open; 0 where it does not. A
            network that is loaded for one size takes less than half of the time.

    Raises:
        DamagedWeightsError: its file is missing or altered.
    """
    with _loading:  # the cache alone would let two threads load it twice
        return _session(name, side)


def run(name: Name, output: str, *, side: int = 0, **inputs: Tensor) -> Tensor:
    """One output of a network; every input is float32 of the shape that NOTICE's files want.

    Raises:
        DamagedWeightsError: its file is missing or altered.
    """
    return outputs(name, (output,), side=side, **inputs)[0]


def outputs(
    name: Name, wanted: tuple[str, ...], *, side: int = 0, **inputs: Tensor
) -> tuple[Tensor, ...]:
    """Several outputs of a network, in the order in which they are named.

    Raises:
        DamagedWeightsError: its file is missing or altered.
    """
    ready = {key: np.ascontiguousarray(value, np.float32) for key, value in inputs.items()}
    made = session(name, side).run(list(wanted), ready)
    return tuple(np.asarray(got, np.float32) for got in made)


def weights(name: str) -> bytes:
    """The bytes of a shipped file.

    Raises:
        DamagedWeightsError: it is missing or altered.
    """
    path = FOLDER / name
    raw = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(raw).hexdigest() != SHA256[name]:
        raise DamagedWeightsError(f"{name} is missing or altered; install the package anew")
    return raw


@functools.cache
def _session(name: Name, side: int) -> "InferenceSession":
    from onnxruntime import (  # type: ignore[attr-defined]  # noqa: PLC0415 (see above)
        InferenceSession,
        SessionOptions,
    )

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if side:
        options.add_free_dimension_override_by_name("side", side)
    return InferenceSession(weights(name), options, providers=["CPUExecutionProvider"])
