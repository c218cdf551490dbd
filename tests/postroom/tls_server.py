"""A mail server for one connection that speaks TLS and wants a password, as the sink does not."""

import base64
import socket
import ssl
import threading
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("localhost.pem")  # key and certificate, for tests alone


def trusting() -> ssl.SSLContext:
    """A client's context that knows the test certificate and nothing else."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


class TLSServer:
    """Takes one connection, `accepts` logins of `user` with `pass word`, and keeps what it heard.

    `implicit`: TLS from the first byte. `whisper`: sent in the clear together with the answer to
    STARTTLS, as somebody in the middle could. `mechanisms`: what AUTH offers.
    """

    def __init__(
        self, *, implicit: bool = False, whisper: bytes = b"", mechanisms: str = "PLAIN LOGIN"
    ) -> None:
        self.heard: list[bytes] = []
        self._implicit = implicit
        self._whisper = whisper
        self._mechanisms = mechanisms.encode()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(CERTIFICATE)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "TLSServer":
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        try:
            plain, _ = self._listener.accept()
            plain.settimeout(5)
            self._speak(self._context.wrap_socket(plain, True) if self._implicit else plain)
        except OSError:
            return  # The client has gone, as some tests want it to.

    def _speak(self, connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        connection.sendall(b"220 localhost ESMTP\r\n")
        while line := reader.readline():
            self.heard.append(line.rstrip(b"\r\n"))
            match line[:4].upper():
                case b"STAR":
                    connection.sendall(b"220 2.0.0 go ahead\r\n" + self._whisper)
                    connection = self._context.wrap_socket(connection, True)
                    reader = connection.makefile("rb")
                case b"EHLO":
                    encrypted = isinstance(connection, ssl.SSLSocket)
                    offer = b"AUTH " + self._mechanisms if encrypted else b"STARTTLS"
                    connection.sendall(b"250-localhost\r\n250-PIPELINING\r\n250 " + offer + b"\r\n")
                case b"AUTH":
                    connection.sendall(self._log_in(line, connection, reader))
                case b"DATA":
                    connection.sendall(b"354 go on\r\n")
                    while (line := reader.readline()) not in (b".\r\n", b""):
                        self.heard.append(line.rstrip(b"\r\n"))
                    connection.sendall(b"250 2.0.0 accepted\r\n")
                case b"QUIT":
                    connection.sendall(b"221 2.0.0 goodbye\r\n")
                    connection.close()
                    return
                case _:
                    connection.sendall(b"250 2.0.0 fine\r\n")

    def _log_in(self, line: bytes, connection: socket.socket, reader: object) -> bytes:
        words = line.split()
        if words[1] == b"PLAIN":
            given = base64.b64decode(words[2]).split(b"\0")[1:]
        else:
            given = []
            for prompt in (b"VXNlcm5hbWU6", b"UGFzc3dvcmQ6"):
                connection.sendall(b"334 " + prompt + b"\r\n")
                given.append(base64.b64decode(reader.readline()))  # type: ignore[attr-defined]
        right = given == ["üser".encode(), b"pass word"]
        return b"235 2.7.0 welcome\r\n" if right else b"535 5.7.8 no\r\n"
