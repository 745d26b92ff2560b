"""A provider that listens on loopback, in a thread of this process."""

import asyncio
import socket
import threading
from contextlib import contextmanager

import uvicorn

from pipeline.adapters.clock import SystemClock
from pipeline.emulator.app import create_app
from pipeline.emulator.state import State
from tests.emulator.quick_engine import QuickEngine


@contextmanager
def listening(**options):
    """Serve until the end of the block; gives the base address and the provider."""
    with socket.create_server(("127.0.0.1", 0)) as bound, State.temporary() as state:
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as `serve` does
        base = f"http://127.0.0.1:{bound.getsockname()[1]}"
        options = {"engine": QuickEngine(), "clock": SystemClock().now, **options}
        app = create_app(state=state, base_url=base, **options)
        config = uvicorn.Config(app, log_config=None, log_level="critical", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[bound])))
        thread.start()
        try:
            yield base, app.state.provider
        finally:
            server.should_exit = server.force_exit = True
            thread.join(20)
