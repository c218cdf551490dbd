"""A TCP proxy that breaks on command: the network between two programs, for fault tests."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

from deploy.local import ports


class TCPProxy:
    """Listens on a port of its own and passes everything on to `host:port`, until told otherwise.

    `latency` (seconds) delays what passes, in both directions.
    """

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.port = 0
        self.latency = 0.0
        self._break_at: tuple[bytes, bool] | None = None
        self._flowing = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._pairs: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Start passing on."""
        self._thread.start()
        self._run(self._listen)

    def stop(self) -> None:
        """Stop for good."""
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def through(self, url: str) -> str:
        """The same URL, by way of this proxy."""
        parts = urlsplit(url)
        account, at, _ = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{account}{at}{ports.HOST}:{self.port}"))

    def cut(self) -> None:
        """Reset every connection there is; new ones are welcome."""
        self._run(self._cut)

    def hang(self) -> None:
        """Pass on nothing more: connections stay open and are taken, and nobody answers."""
        self._run(self._hang)

    def refuse(self) -> None:
        """Reset every connection and refuse new ones, as a server that is down does."""
        self._run(self._refuse)

    def cut_at(self, word: bytes, *, delivered: bool) -> None:
        """Reset the connection on which `word` is sent next, once.

        `delivered`: the server still gets it, and only its answer is lost.
        """
        self._break_at = (word, delivered)

    def heal(self) -> None:
        """Work again; what hung flows on."""
        self._run(self._listen)

    def _run(self, what: Callable[[], object]) -> None:
        async def call() -> None:
            result = what()
            if asyncio.iscoroutine(result):
                await result

        asyncio.run_coroutine_threadsafe(call(), self._loop).result(timeout=10)

    async def _listen(self) -> None:
        self._flowing.set()
        if self._server is None:
            listener = ports.listen(self.port)
            self.port = ports.number(listener)
            self._server = await asyncio.start_server(self._serve, sock=listener)

    def _hang(self) -> None:
        self._flowing.clear()

    async def _refuse(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        self._cut()

    def _cut(self) -> None:
        for writer in self._pairs:
            connection = writer.get_extra_info("socket")
            with suppress(OSError):
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        self._pairs.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._pairs.add(writer)
        await self._flowing.wait()
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        self._pairs.add(far_writer)
        await asyncio.gather(
            self._pass(reader, far_writer, asked_by=writer), self._pass(far_reader, writer)
        )
        self._pairs -= {writer, far_writer}

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        asked_by: asyncio.StreamWriter | None = None,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self.latency:
                    await asyncio.sleep(self.latency)
                await self._flowing.wait()
                if asked_by and self._break_at and self._break_at[0] in data:
                    _word, delivered = self._break_at
                    self._break_at = None
                    asked_by.transport.abort()
                    if delivered:
                        writer.write(data)
                        await writer.drain()
                        writer.write_eof()
                        return
                    break
                writer.write(data)
                await writer.drain()
            writer.write_eof()
            return
        writer.transport.abort()
