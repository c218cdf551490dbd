"""The local mailbox: takes every mail the site sends, and shows it in the browser.

It listens on loopback alone, asks no other host for anything, and never runs what a mail contains.
"""

import argparse
import asyncio
import re
import socket
import threading
from email.message import EmailMessage
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from django.conf import settings
from django.template import Context, Engine

from deploy.local import ports
from deploy.local.mail_store import MailStore, part_text
from deploy.local.smtp import Envelope, SMTPServerProtocol

HERE = Path(__file__).parent
PAGE = 50
FILES = {"/mailbox.css": "text/css", "/mailbox.js": "text/javascript"}
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self';"
    " img-src data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_PATH = re.compile(r"^/mail/(\d{1,9})/(|text/|source/|body|unsubscribe/)$")
VIEWS = {"": "html", "text/": "text", "source/": "source"}


class MailboxProtocol(SMTPServerProtocol):
    """Keeps what it accepts in the store."""

    hostname = "mailbox.localhost"

    def __init__(self, store: MailStore) -> None:
        super().__init__()
        self.store = store

    def accept(self, envelope: Envelope) -> None:
        self.store.add(envelope)


def unsubscribe_address(message: EmailMessage, site_url: str) -> str | None:
    """Where RFC 8058 lets a mail client unsubscribe with one POST; None off our own site."""
    if "List-Unsubscribe=One-Click" not in str(message.get("List-Unsubscribe-Post", "")):
        return None
    site = urlsplit(site_url)
    for address in re.findall(r"<([^<>]+)>", str(message.get("List-Unsubscribe", ""))):
        parts = urlsplit(address.strip())
        if (parts.scheme, parts.netloc) == (site.scheme, site.netloc):
            return address.strip()
    return None


def unsubscribe(address: str) -> int:
    """Send the one-click POST of RFC 8058, following no redirect. Returns the status.

    Raises OSError or HTTPException when the site does not answer.
    """
    parts = urlsplit(address)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.netloc, timeout=10)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", target, "List-Unsubscribe=One-Click", form)
        return connection.getresponse().status
    finally:
        connection.close()


class MailboxServer(ThreadingHTTPServer):
    """The pages, on a socket that is listening already."""

    def __init__(self, listener: socket.socket, store: MailStore, site_url: str) -> None:
        address = listener.getsockname()
        super().__init__(address, MailboxPages, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.store = store
        self.site_url = site_url
        self.names = {f"{name}:{address[1]}" for name in (ports.HOST, "localhost")}
        self.templates = Engine(dirs=[str(HERE / "templates")])


class MailboxPages(BaseHTTPRequestHandler):
    """One request. Every page works without JavaScript."""

    server: MailboxServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        mail = MAIL_PATH.match(path)
        if not self._is_ours():
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
        elif path == "/":
            self._list()
        elif path == "/newest":
            self._answer(str(self.server.store.newest), "text/plain")
        elif path in FILES:
            self._answer((HERE / "static" / path[1:]).read_text(), FILES[path])
        elif mail and mail[2] != "unsubscribe/":
            self._mail(int(mail[1]), mail[2])
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        # The body is never needed, but must be read for the connection to go on.
        self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 65536))
        mail = MAIL_PATH.match(self.path)
        if not self._is_ours() or not self._comes_from_us():
            self._refuse(HTTPStatus.FORBIDDEN)
        elif self.path == "/delete/":
            self.server.store.delete_all()
            self._redirect("/")
        elif mail and mail[2] == "unsubscribe/":
            self._unsubscribe(int(mail[1]))
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _is_ours(self) -> bool:
        """A foreign name in Host means that a page elsewhere had its name point here."""
        return self.headers.get("Host") in self.server.names

    def _comes_from_us(self) -> bool:
        """Whether a POST was sent by one of our own pages."""
        origin = self.headers.get("Origin")
        return origin is None or origin.removeprefix("http://") in self.server.names

    def _list(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        recipient = query.get("to", [""])[0].strip()
        before = query.get("before", [""])[0]
        number = int(before) if before.isdecimal() else None
        found = list(islice(self.server.store.newest_first(recipient, number), PAGE + 1))
        shown = found[:PAGE]
        older = f"/?to={quote(recipient)}&before={shown[-1].number}" if len(found) > PAGE else ""
        self._page(
            "list.html",
            entries=shown,
            recipient=recipient,
            total=len(self.server.store),
            newest=self.server.store.newest,
            older=older,
            first_page=number is None,
        )

    def _mail(self, number: int, view: str) -> None:
        entry = self.server.store.entry(number)
        if entry is None:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        message = self.server.store.message(number)
        html = part_text(message, "html")
        if view == "body":
            self._body(html or "")
            return
        shown = VIEWS[view] if html is not None else ("source" if view == "source/" else "text")
        self._page(
            "mail.html",
            entry=entry,
            headers=[(name, str(value)) for name, value in message.items()],
            has_html=html is not None,
            shown=shown,
            text=part_text(message, "plain") or "" if shown == "text" else "",
            source=self.server.store.raw(number).decode(errors="replace")
            if shown == "source"
            else "",
            unsubscribe=unsubscribe_address(message, self.server.site_url),
        )

    def _body(self, html: str) -> None:
        """The HTML of a mail, alone in its frame: no scripts, links open outside it."""
        base = '<base target="_blank">'
        head = re.search(r"<head[^>]*>", html, re.IGNORECASE)
        html = html[: head.end()] + base + html[head.end() :] if head else base + html
        site = urlsplit(self.server.site_url)
        policy = (
            "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
            f" img-src data: {site.scheme}://{site.netloc}; style-src 'unsafe-inline'"
        )
        self._answer(html, "text/html", policy)

    def _unsubscribe(self, number: int) -> None:
        entry = self.server.store.entry(number)
        message = self.server.store.message(number) if entry else None
        address = message and unsubscribe_address(message, self.server.site_url)
        if not entry or not address:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        try:
            status = unsubscribe(address)
        except (OSError, HTTPException):
            status = 0
        self._page("unsubscribed.html", entry=entry, status=status, ok=status == HTTPStatus.OK)

    def _page(self, template: str, **context: object) -> None:
        context["site_url"] = self.server.site_url
        page = self.server.templates.get_template(f"mailbox/{template}").render(Context(context))
        self._answer(page, "text/html", PAGE_POLICY)

    def _refuse(self, status: HTTPStatus) -> None:
        self._answer(f"{status.value} {status.phrase}", "text/plain", status=status)

    def _redirect(self, path: str) -> None:
        self._answer("", "text/plain", status=HTTPStatus.SEE_OTHER, Location=path)

    def _answer(
        self,
        text: str,
        kind: str,
        policy: str = "default-src 'none'",
        status: HTTPStatus = HTTPStatus.OK,
        **headers: str,
    ) -> None:
        content = text.encode("utf-8", "replace")
        self.send_response(status)
        headers |= {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(content)),
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-store",
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Page views are no news."""


async def run(store: MailStore, smtp: socket.socket, http: socket.socket, site_url: str) -> None:
    """Take mail and show it, for ever."""
    pages = MailboxServer(http, store, site_url)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: MailboxProtocol(store), sock=smtp)
    await server.serve_forever()


def configure_templates() -> None:
    """Let Django's template engine work without a project around it."""
    if not settings.configured:
        settings.configure(USE_I18N=False)


def main() -> None:
    """Run the mailbox on two listening sockets that it inherits by number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smtp", type=int, required=True, help="file descriptor")
    parser.add_argument("--http", type=int, required=True, help="file descriptor")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--site-url", required=True)
    options = parser.parse_args()
    configure_templates()
    sockets = (socket.socket(fileno=options.smtp), socket.socket(fileno=options.http))
    asyncio.run(run(MailStore(options.folder), *sockets, options.site_url))


if __name__ == "__main__":
    main()
