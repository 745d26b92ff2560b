"""The shipped networks are the reviewed ones, each with its origin and licence."""

import hashlib
import subprocess
import sys
import threading

import pytest

from pipeline.vision import networks


def test_the_notice_names_every_file_with_its_digest():
    notice = (networks.FOLDER / "NOTICE").read_text("utf-8")
    shipped = {path.name for path in networks.FOLDER.iterdir()} - {"NOTICE"}
    assert shipped == set(networks.SHA256)
    for name, digest in networks.SHA256.items():
        raw = (networks.FOLDER / name).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == digest
        assert f"{name}\n" in notice
        assert f"SHA-256 {digest}" in notice


@pytest.mark.parametrize("name", sorted(networks.SHA256))
def test_altered_weights_are_never_used(name, tmp_path, monkeypatch):
    raw = bytearray((networks.FOLDER / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / name).write_bytes(raw)
    monkeypatch.setattr(networks, "FOLDER", tmp_path)
    with pytest.raises(networks.DamagedWeightsError, match=name):
        networks.weights(name)


def test_missing_weights_are_a_damaged_installation(tmp_path, monkeypatch):
    monkeypatch.setattr(networks, "FOLDER", tmp_path)
    with pytest.raises(networks.DamagedWeightsError, match="install the package anew"):
        networks._session.__wrapped__("u2netp_cut_h.onnx", 320)


def test_threads_share_one_session():
    networks._session.cache_clear()
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(networks.session("blazeface_h.onnx")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in found}) == 1
    assert networks._session.cache_info().misses == 1


_LOADED = """
import sys
import pipeline.vision, pipeline.commands.flags, pipeline.commands.matching
print([name for name in ("cv2", "onnxruntime", "numpy", "pyvips") if name in sys.modules])
"""


@pytest.mark.slow
def test_nothing_is_loaded_before_it_is_used():
    # Importing the commands must not cost what the networks cost.
    said = subprocess.run(
        [sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"
