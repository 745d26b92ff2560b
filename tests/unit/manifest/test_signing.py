"""`provenance: {sign: …}` in all its forms."""

import pytest

from pipeline.domain.campaign import Provenance, Sign
from tests.unit.manifest.samples import load

MANIFEST = """version: 1
campaign: spring
model: bytedance/seedream-v4.5/edit-sequential
images: {bag: images/bag/*.jpg}
prompt: Put {set.subject} on a table.
"""
PAIR = "{certificate: signing/chain.pem, key: ~/.keys/key.pem}"


def said(text: str, **parts) -> Provenance:
    loaded = load(MANIFEST + text, files=["images/bag/side.jpg"], **parts)
    assert not loaded.problems
    return loaded.campaign.provenance


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", None),
        ("provenance: {sign: true}", Sign()),
        ("provenance: {sign: {}}", Sign()),
        ("provenance: {sign: false, prompt: true}", None),
        (f"provenance: {{sign: {PAIR}}}", Sign("signing/chain.pem", "~/.keys/key.pem")),
    ],
)
def test_forms(text, wanted):
    assert said(text).sign == wanted


def test_a_child_signs_no_more_and_keeps_the_rest():
    parent = "version: 1\nprovenance: {sign: true, prompt: true}\n"
    child = "extends: ../_base.yaml\n"
    parents = {"others": {"_base.yaml": parent}}
    assert said(child, **parents) == Provenance(prompt=True, sign=Sign())
    child += "provenance: {sign: false}\n"
    assert said(child, **parents) == Provenance(prompt=True, sign=None)
