"""Running the embedded provider on a socket."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

_GRACE_S = 5
_IDLE_S = 75
"""How long a connection may be idle. Common HTTP clients let go of theirs after 5 s; a server that
does so first may close one at the moment at which a request for money leaves on it."""


class _Announcing(uvicorn.Server):
    """A server that says when it is ready; uvicorn has no hook for that."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()


def serve(
    make_app: Callable[[str], ASGIApp],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    public_url: str | None = None,
    on_ready: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM, then let open requests end and return.

    The application is made after the socket is bound, because its base address is part of its
    answers and `port` may be 0.

    Args:
        make_app: given the base address, builds the application.
        host: address to listen on.
        port: 0 for any free one.
        public_url: base address as clients see it, where that is not the one listened on.
        on_ready: told the base address once requests are answered.

    Raises:
        OSError: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as bound:
        # The loop does this for sockets whose protocol is named, which those of `create_server` are
        # not. Without it the second half of an answer waits 40 ms for the client's receipt.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        shown = f"[{host}]" if family == socket.AF_INET6 else host
        base_url = public_url or f"http://{shown}:{bound.getsockname()[1]}"
        config = uvicorn.Config(
            make_app(base_url),
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,  # nobody asks whose address a request came from
            timeout_graceful_shutdown=_GRACE_S,
            timeout_keep_alive=_IDLE_S,
        )
        server = _Announcing(config, lambda: on_ready(base_url))
        with _signals_end_quietly(server):
            server.run(sockets=[bound])


@contextmanager
def _signals_end_quietly(server: uvicorn.Server) -> Iterator[None]:
    """Take the signals that uvicorn, having stopped because of them, raises once more.

    One that comes before uvicorn listens for it stops the server as well.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
