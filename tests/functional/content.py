"""A shop of three things whose pictures are really edited: content can say what is whose."""

import io

import numpy as np
from PIL import Image

from pipeline.emulator.interface import Edited
from tests.defects.edits import as_jpeg, relit
from tests.defects.scenes import scene

NAMES = ("cup", "flower", "china")
CELLS = tuple(f"anna/p{number:03}/snow/master/t1" for number in (1, 2, 3))


def stocked(workspace):
    """A campaign of three things, in the smallest picture that the model makes."""
    folder = workspace.campaign(pictures=(1, 2, 3))
    for number, name in enumerate(NAMES, start=1):
        whole = Image.fromarray(scene(name, 640)).resize((640, 360))
        (folder / f"images/p{number:03}.jpg").write_bytes(as_jpeg(np.asarray(whole), quality=95))
    return workspace


class Relighting:
    """Edits each input for real: other light, and its middle cut to the asked size.

    The same request gives the same pictures.
    """

    version = "relighting-1"

    def __init__(self, order=None):
        self._order = order

    def edit(self, request, pictures):
        made = []
        for index in self._order or range(request.wanted):
            image = Image.open(io.BytesIO(pictures[index])).convert("RGB")
            lit = Image.fromarray(relit(np.asarray(image), np.random.default_rng([11, index])))
            made.append(as_jpeg(np.asarray(lit.resize((request.width, request.height)))))
        return Edited(tuple(made))
