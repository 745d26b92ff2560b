"""Both ways of sending a picture."""

import pytest

from pipeline.emulator.app import IN_PROCESS_URL
from tests.emulator.world import MULTIPART, PICTURE

pytestmark = pytest.mark.anyio


async def _ticket(world, **change):
    body = {"filename": "a b.jpg", "size": len(PICTURE), "content_type": "image/jpeg", **change}
    return await world.data("POST", "media/uploads", json=body)


async def _send(world, ticket, content=PICTURE, **change):
    how = ticket["upload"]
    headers = {k: v for k, v in {**how["headers"], **change}.items() if v is not None}
    async with world.stranger() as stranger:
        return await stranger.put(how["url"], content=content, headers=headers)


async def test_a_ticket_says_where_and_how_to_send_the_file(world):
    ticket = await _ticket(world)
    assert set(ticket) == {"type", "download_url", "filename", "size", "upload"}
    assert (ticket["type"], ticket["filename"], ticket["size"]) == (
        "image",
        "a-b.jpg",
        len(PICTURE),
    )
    assert ticket["upload"]["method"] == "PUT"
    assert ticket["upload"]["headers"] == {"Content-Type": "image/jpeg", "If-None-Match": "*"}
    for address in (ticket["upload"]["url"], ticket["download_url"]):
        assert address.startswith(f"{IN_PROCESS_URL}/")
        assert not address.startswith(f"{IN_PROCESS_URL}/api")


async def test_a_sent_file_is_served_as_it_came(world):
    ticket = await _ticket(world)
    async with world.stranger() as stranger:
        assert (await stranger.get(ticket["download_url"])).status_code == 404
        assert (await _send(world, ticket)).status_code == 200
        served = await stranger.get(ticket["download_url"])
    assert served.content == PICTURE
    assert served.headers["content-type"] == "image/jpeg"


async def test_each_upload_has_an_address_of_its_own(world):
    assert await world.upload() != await world.upload()


async def test_a_ticket_is_good_for_one_file(world):
    ticket = await _ticket(world)
    assert (await _send(world, ticket)).status_code == 200
    assert (await _send(world, ticket)).status_code == 412


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"content": PICTURE + b"x"}, 400),
        ({"content": b""}, 400),
        ({"Authorization": "Bearer any"}, 400),
        ({"Content-Type": "image/png"}, 403),
        ({"If-None-Match": None}, 403),
    ],
)
async def test_a_ticket_wants_exactly_its_headers_and_its_size(world, change, status):
    ticket = await _ticket(world)
    answer = await _send(world, ticket, **change)
    assert answer.status_code == status
    assert answer.json()["code"] == status
    assert (await _send(world, ticket)).status_code == 200


async def test_an_unknown_or_outdated_ticket_is_404(world):
    ticket = await _ticket(world)
    world.clock.forward(days=7, seconds=1)
    assert (await _send(world, ticket)).status_code == 404
    async with world.stranger() as stranger:
        assert (await stranger.put("/tickets/none", content=b"x")).status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"size": 20_000_001}, 413),
        ({"size": 0}, 400),
        ({"size": "9"}, 400),
        ({"filename": ""}, 400),
        ({"filename": None}, 400),
    ],
)
async def test_a_ticket_is_refused_for_what_cannot_be_sent(world, change, status):
    body = {"filename": "a.jpg", "size": 9, **change}
    assert (await world.refusal("POST", "media/uploads", json=body))[0] == status


async def test_too_large_a_file_is_413(world):
    ticket = await _ticket(world)
    large = bytes(20_000_001)
    assert (await _send(world, ticket, content=large)).status_code == 413
    files = {"file": ("a.jpg", large)}
    assert (await world.refusal("POST", "media/upload/binary", files=files))[0] == 413


@pytest.mark.parametrize("name", ["../../etc/passwd", "ü/ñ.jpg", "", ".", "a" * 500, "x\r\ny"])
async def test_no_file_name_leads_anywhere_else(world, name):
    ticket = await _ticket(world, filename=name or "?")
    assert (await _send(world, ticket)).status_code == 200
    async with world.stranger() as stranger:
        assert (await stranger.get(ticket["download_url"])).content == PICTURE
    (kept,) = (path for path in world.state.folder.rglob("*") if path.name == "file")
    assert kept.read_bytes() == PICTURE


async def test_the_type_is_guessed_from_the_name_where_it_is_unsaid(world):
    ticket = await _ticket(world, filename="a.webp", content_type="")
    assert ticket["upload"]["headers"]["Content-Type"] == "image/webp"


@pytest.mark.parametrize("content", [PICTURE, b"", b"\r\n--x\r\n\r\n", b"\n\r\x00\xff--", b"--"])
async def test_a_multipart_file_keeps_every_byte(world, content):
    files = {"other": ("b.jpg", b"no"), "file": ("é.jpg", content, "image/jpeg")}
    sent = await world.data("POST", "media/upload/binary", files=files, data={"note": "x"})
    assert (sent["type"], sent["size"]) == ("image", len(content))
    async with world.stranger() as stranger:
        assert (await stranger.get(sent["download_url"])).content == content


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", MULTIPART),
        (b"--xx--\r\n", MULTIPART),
        (b'--xx\r\nContent-Disposition: form-data; name="file"\r\n\r\ncut short', MULTIPART),
        (b'--xx\r\nContent-Disposition: form-data; name="file"\r\n--xx--', MULTIPART),
        (b'--xx\r\nContent-Disposition: form-data; name="other"\r\n\r\n1\r\n--xx--', MULTIPART),
        (b"x", {"content-type": "multipart/form-data"}),
        (b"{}", {"content-type": "application/json"}),
    ],
)
async def test_a_body_without_the_file_is_400(world, body, headers):
    answer = await world.refusal("POST", "media/upload/binary", content=body, headers=headers)
    assert answer[0] == 400
