"""How long the picture checks take, against decoding the same pictures and nothing else."""

import hashlib
import tempfile
import time
from pathlib import Path

from pipeline.adapters.facts_store import FactsStore
from pipeline.domain.fingerprint import Sha256
from pipeline.imaging.checks.measure import Item, measure_all
from pipeline.imaging.inspect import verify
from tests.defects.edits import as_jpeg, edited
from tests.defects.scenes import NAMES, scene, texture

PICTURES = 12
ALONE_S, NETWORKS_S = 0.2, 1.0


def main():
    """Prints seconds a picture on one core, and how many bare decodes that is.

    The hardest case: each picture has a source of its own, which networks look at as well.
    """
    with tempfile.TemporaryDirectory() as folder:
        for side in (1024, 2048):
            items = _items(Path(folder), side)
            # Loading networks is paid once a run, not once a picture.
            measure_all(items[:1], FactsStore(Path(folder) / "warm"), workers=1)
            decode = _seconds(lambda items=items: [verify(item.path) for item in items])
            print(f"checks, {side} px: bare decode {1000 * decode:5.0f} ms a picture")
            for networks, goal in ((False, ALONE_S), (True, NETWORKS_S)):
                memory = FactsStore(Path(folder) / f"facts-{side}-{networks}")
                took = _seconds(
                    lambda items=items, networks=networks, memory=memory: measure_all(
                        items, memory, networks=networks, workers=1
                    )
                )
                kind = "with networks" if networks else "without networks"
                verdict = "" if took < goal else f"  above the goal of {goal} s"
                print(
                    f"  {kind:<17}{took:6.3f} s a picture, {took / decode:5.1f} x decode{verdict}"
                )
            again = _seconds(lambda items=items, memory=memory: measure_all(items, memory))
            print(f"  known already    {again:7.4f} s a picture")


def _items(folder, side):
    found = []
    for index in range(PICTURES):
        name = NAMES[index % len(NAMES)]
        picture = edited(name, index, side=1024) if side == 1024 else texture(index, side)
        before = _put(folder, as_jpeg(scene(name)))
        found.append(Item(*_put(folder, as_jpeg(picture)), before))
    return found


def _put(folder, raw):
    digest = Sha256(hashlib.sha256(raw).hexdigest())
    path = folder / digest
    path.write_bytes(raw)
    return digest, path


def _seconds(work):
    """Seconds of processor time a picture: other programs on the machine do not count."""
    before = time.process_time()
    work()
    return (time.process_time() - before) / PICTURES


if __name__ == "__main__":
    main()
