"""A wire between a browser and a server that a test can cut, as a laptop that sleeps cuts it, and mend."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from types import TracebackType

from explorer.launch import free_port
from tests.browser._server import FIRST_PORT


class Between:
    """Forward every connection to a server until it is cut; a `with` block ends it."""

    def __init__(self, address: str) -> None:
        """Stand before a server's address; `address` is where a browser goes."""
        self._to = int(address.rpartition(":")[2])
        self._port = free_port("127.0.0.1", FIRST_PORT + 25)
        self.address = f"http://127.0.0.1:{self._port}"
        self._loop = asyncio.new_event_loop()
        self._writers = set[asyncio.StreamWriter]()
        self._listener: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Between:
        self._thread.start()
        self.mend()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def mend(self) -> None:
        """Take connections, for the first time or again."""
        asyncio.run_coroutine_threadsafe(self._mend(), self._loop).result()

    def cut(self) -> None:
        """End every connection and take no more."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result()

    async def _mend(self) -> None:
        self._listener = await asyncio.start_server(self._forward, "127.0.0.1", self._port)

    async def _cut(self) -> None:
        assert self._listener is not None
        self._listener.close()
        for writer in list(self._writers):
            writer.transport.abort()
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        if under_way:
            await asyncio.wait(under_way)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, back}
        try:
            await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
        finally:
            self._writers -= {writer, back}


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while content := await reader.read(2**16):
            writer.write(content)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
