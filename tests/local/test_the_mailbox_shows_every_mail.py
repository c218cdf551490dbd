import http.client
import smtplib
import sys
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy.local import ports
from deploy.local.mail_store import MailStore
from deploy.local.process import Child
from deploy.local.programs import CHECKOUT
from deploy.local.smtp import Envelope


class Mailbox:
    """A running mailbox, and what a browser and a mail server say to it."""

    def __init__(self, folder: Path, site_url: str) -> None:
        self.smtp, self.http = ports.listen(), ports.listen()
        descriptors = (self.smtp.fileno(), self.http.fileno())
        command = [sys.executable, "-m", "deploy.local.mailbox", "--site-url", site_url]
        command += ["--smtp", str(descriptors[0]), "--http", str(descriptors[1])]
        command += ["--folder", str(folder / "mailbox")]
        self.child = Child("mailbox", command, folder / "log", folder=CHECKOUT)
        self.child.pass_fds = descriptors
        self.child.start()

    def ask(self, method: str, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection(ports.HOST, ports.number(self.http), timeout=10)
        connection.request(
            method, path, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        answer = connection.getresponse()
        content = answer.read().decode()
        connection.close()
        return answer.status, content, dict(answer.getheaders())

    def page(self, path: str) -> str:
        status, content, _ = self.ask("GET", path)
        assert status == 200
        return content

    def send(self, to: str, subject: str = "Hello", **headers: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "Us <us@site.example>", to, subject
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content("The text, see https://site.example/x")
        message.add_alternative(
            "<html><head></head><body><b>The page</b><script>alert(1)</script></body></html>",
            subtype="html",
        )
        with smtplib.SMTP(ports.HOST, ports.number(self.smtp)) as connection:
            connection.send_message(message)


@pytest.fixture
def site() -> Iterator[HTTPServer]:
    """A site that notes the one-click requests it gets."""

    class Site(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            server.asked.append((self.path, body))  # type: ignore[attr-defined]
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer((ports.HOST, 0), Site)
    server.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture
def start(tmp_path: Path, site: HTTPServer) -> Iterator[Callable[[], Mailbox]]:
    started: list[Mailbox] = []

    def start() -> Mailbox:
        started.append(Mailbox(tmp_path, f"http://{ports.HOST}:{site.server_port}"))
        return started[-1]

    yield start
    for mailbox in started:
        mailbox.child.stop()
        mailbox.smtp.close()
        mailbox.http.close()


def test_mail_is_listed_newest_first_found_by_recipient_and_kept(start: Callable[[], Mailbox]):
    mailbox = start()
    mailbox.send("ada@example.org", "First")
    mailbox.send("bob@example.org", "Second <b>")
    page = mailbox.page("/")
    assert page.index("Second &lt;b&gt;") < page.index("First")
    assert "First" in mailbox.page("/?to=ada")
    assert "Second" not in mailbox.page("/?to=ada")
    mailbox.child.stop()
    assert "Second" in start().page("/")


def test_a_mail_shows_its_page_text_and_source_and_runs_no_script(start: Callable[[], Mailbox]):
    mailbox = start()
    mailbox.send("ada@example.org")
    assert "<iframe" in mailbox.page("/mail/1/")
    _, body, headers = mailbox.ask("GET", "/mail/1/body")
    assert "<b>The page</b>" in body
    assert '<base target="_blank">' in body
    assert headers["Content-Security-Policy"].startswith("sandbox allow-popups")
    assert "allow-scripts" not in headers["Content-Security-Policy"]
    assert 'href="https://site.example/x"' in mailbox.page("/mail/1/text/")
    assert "Content-Type: multipart/alternative" in mailbox.page("/mail/1/source/")
    assert mailbox.ask("GET", "/mail/2/")[0] == 404


def test_one_click_unsubscribes_at_our_own_site_alone(
    start: Callable[[], Mailbox], site: HTTPServer
):
    mailbox = start()
    one_click = "List-Unsubscribe=One-Click"
    here = f"<http://{ports.HOST}:{site.server_port}/unsubscribe/t0ken/>"
    mailbox.send("ada@example.org", List_Unsubscribe=here, List_Unsubscribe_Post=one_click)
    elsewhere = "<http://elsewhere.example/unsubscribe/>"
    mailbox.send("ada@example.org", List_Unsubscribe=elsewhere, List_Unsubscribe_Post=one_click)
    assert "Unsubscribe</button>" in mailbox.page("/mail/1/")
    assert "it answered 200" in mailbox.ask("POST", "/mail/1/unsubscribe/")[1]
    assert site.asked == [("/unsubscribe/t0ken/", one_click)]  # type: ignore[attr-defined]
    assert "Unsubscribe</button>" not in mailbox.page("/mail/2/")
    assert mailbox.ask("POST", "/mail/2/unsubscribe/")[0] == 404


def test_a_page_elsewhere_can_neither_read_nor_delete_mail(start: Callable[[], Mailbox]):
    mailbox = start()
    mailbox.send("ada@example.org")
    assert mailbox.ask("GET", "/", Host="evil.example")[0] == 421
    assert mailbox.ask("POST", "/delete/", Origin="http://evil.example")[0] == 403
    assert mailbox.ask("GET", "/delete/")[0] == 404
    assert "Hello" in mailbox.page("/")
    assert mailbox.ask("POST", "/delete/")[0] == 303
    assert "No mail yet" in mailbox.page("/")


def test_many_mails_come_page_by_page(tmp_path: Path):
    store = MailStore(tmp_path)
    for number in range(120):
        body = f"Subject: mail {number}\r\n\r\n".encode()
        store.add(Envelope("us@site.example", [f"p{number}@example.org"], body))
    (tmp_path / "index.jsonl").open("a").write('{"number": 121, "recei')
    again = MailStore(tmp_path)
    assert len(again) == 120
    assert [entry.subject for entry in again.newest_first(before=100)][:2] == ["mail 98", "mail 97"]
    assert [entry.number for entry in again.newest_first("P7@")] == [8]


def test_a_mail_that_breaks_every_rule_is_shown_all_the_same(tmp_path: Path):
    store = MailStore(tmp_path)
    entry = store.add(Envelope("", ["x@example.org"], b"\xff\x00 no header at all\r\n.\r\n"))
    assert entry.subject == ""
    assert store.message(entry.number) is not None
