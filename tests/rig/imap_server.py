"""A small IMAP server (RFC 3501) with one folder, as far as collecting mail needs it."""

import re
import socketserver
import threading

_FETCH = re.compile(r"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)")
_STORE = re.compile(r"STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)")


class ImapServer:
    """Holds `mails`; the numbers of those that were read are in `seen`. `commands` is what came.

    With `breaks_at` set to a word, the connection is cut when a command of that word comes.
    """

    user, password = "reader", "a secret"

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.seen: set[int] = set()
        self.commands: list[str] = []
        self.breaks_at = ""
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._conversation())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        port = self._server.server_address[1]
        return f"imap://{self.user}:{self.password.replace(' ', '%20')}@127.0.0.1:{port}/INBOX"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, command: str) -> tuple[list[bytes], str]:
        """The lines before the tagged answer, and that answer."""
        word = command.upper()
        if word.startswith("LOGIN"):
            right = command.split(" ", 2)[1:] == [self.user, f'"{self.password}"']
            return [], "OK in" if right else "NO wrong password"
        if word.startswith("CAPABILITY"):
            return [b"* CAPABILITY IMAP4rev1"], "OK done"
        if word.startswith("SELECT"):
            there = command.split(" ")[1] == '"INBOX"'
            said = "OK [READ-WRITE] open" if there else "NO such folder"
            return [b"* %d EXISTS" % len(self.mails)], said
        if word.startswith("UID SEARCH UNSEEN"):
            unseen = [number for number in range(1, len(self.mails) + 1) if number not in self.seen]
            return [b"* SEARCH " + " ".join(map(str, unseen)).encode()], "OK done"
        if found := _FETCH.search(word):
            number, most = int(found[1]), int(found[2])
            mail = self.mails[number - 1][:most]
            head = b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n" % (number, number, len(mail))
            return [head + mail + b")"], "OK done"
        if found := _STORE.search(command):
            self.seen.add(int(found[1]))
            return [], "OK done"
        if word.startswith(("LOGOUT", "CLOSE")):
            return [b"* BYE"] if word.startswith("LOGOUT") else [], "OK done"
        return [], "BAD unknown"

    def _conversation(self) -> type[socketserver.StreamRequestHandler]:
        server = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"* OK here\r\n")
                for line in self.rfile:
                    tag, _, command = line.decode().strip().partition(" ")
                    server.commands.append(command)
                    if server.breaks_at and server.breaks_at in command:
                        return
                    before, said = server.answer(command)
                    self.wfile.write(b"".join(one + b"\r\n" for one in before))
                    self.wfile.write(f"{tag} {said}\r\n".encode())

        return Conversation
