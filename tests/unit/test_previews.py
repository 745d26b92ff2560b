import asyncio
import threading

import pytest

from pipeline.commands.previews import Previewed, previewing
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.receipts import Output

PICTURE = Output(Sha256("ab" * 32), 640, 64, 64, "image/jpeg")


class FakeIntake:
    async def take_in(self, address):
        if address == "gone":
            raise LookupError(address)
        return PICTURE

    async def digest_of(self, address):
        return PICTURE.sha256


def take_in(intake, address="here"):
    return asyncio.run(intake.take_in(address))


def test_a_preview_is_asked_for_when_a_picture_is_stored():
    asked = []
    assert take_in(Previewed(FakeIntake(), asked.append)) == PICTURE
    assert asked == [PICTURE.sha256]


def test_trouble_with_a_preview_never_touches_the_picture():
    def ask(_picture):
        raise OSError("no room left")

    assert take_in(Previewed(FakeIntake(), ask)) == PICTURE


def test_the_intake_keeps_its_own_trouble():
    asked = []
    with pytest.raises(LookupError):
        take_in(Previewed(FakeIntake(), asked.append), "gone")
    assert asked == []


def test_making_happens_elsewhere_and_what_waits_in_the_end_is_dropped():
    going, made = threading.Event(), []

    def make(picture):
        made.append((picture, threading.current_thread()))
        going.wait(5)
        raise ValueError("this one cannot be shrunk")

    with previewing(make) as ask:
        for number in range(50):
            ask(Sha256(str(number)))
        going.set()
    assert 1 <= len(made) <= 50
    assert all(thread is not threading.current_thread() for _, thread in made)
    with pytest.raises(RuntimeError):
        ask(PICTURE.sha256)
