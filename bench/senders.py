"""The contenders of the mail benchmark, each in a process of its own.

`python -m bench.with_django bench.senders KIND CONNECTIONS PEOPLE MAILING DOMAIN` sends what the
mailing says to PEOPLE readers at DOMAIN (`ours`: to its own audience) and prints what it took.
"""

import json
import resource
import smtplib
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection
from django.template.loader import render_to_string

from bench.audience import sample_message
from campaigns.text.rendering import render_mail, render_plain
from mailings import doorbell
from mailings.models import Lane, Mailing, Recipient
from mailings.pumping import freeze_audience
from mailings.rendering import MailText
from mailings.sending import send_slice
from mailings.statuses import Status

SENDER = "bounces@example.org"
Send = Callable[[list[str]], None]


def send_with_ours(connections: int, mailing: Mailing) -> dict[str, float]:
    """Freeze the audience, then work off its chunks as workers do; both are timed apart."""
    Lane.objects.update(max_connections=connections)
    began = time.perf_counter()
    freeze_audience(mailing.pk)
    freezing = time.perf_counter() - began

    def work(of_one: int) -> Callable[[], None]:
        def send() -> None:
            send_slice(lane=Lane.DEFAULT, connections=of_one)
            connection.close()

        return send

    most = doorbell.CONNECTIONS_OF_A_SLICE
    slices = [min(most, connections - begun) for begun in range(0, connections, most)]
    return {"freezing": freezing} | _timed([work(of_one) for of_one in slices])


def send_with(send: Send, connections: int, people: list[str]) -> dict[str, float]:
    """Share the people out among threads with a connection each."""

    def work(mine: list[str]) -> Callable[[], None]:
        return lambda: send(mine)

    return _timed([work(people[number::connections]) for number in range(connections)])


def raw(message: bytes) -> Send:
    """Ready bytes, the whole envelope in one packet (RFC 2920): no Python can do much less."""

    def send(people: list[str]) -> None:
        with socket.create_connection((settings.EMAIL_HOST, settings.EMAIL_PORT)) as server:
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            replies = server.makefile("rb")
            _hear(replies, b"220")
            server.sendall(b"EHLO [127.0.0.1]\r\n")
            _hear(replies, b"250")
            for address in people:
                envelope = f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{address}>\r\nDATA\r\n"
                server.sendall(envelope.encode())
                for code in (b"250", b"250", b"354"):
                    _hear(replies, code)
                server.sendall(message)
                _hear(replies, b"250")
            server.sendall(b"QUIT\r\n")

    message += b".\r\n"
    return send


def _hear(replies: Any, code: bytes) -> None:
    line = replies.readline()
    while line[3:4] == b"-":
        line = replies.readline()
    if not line.startswith(code):
        raise AssertionError(f"{code!r} expected, {line!r} came")


def with_smtplib(message: bytes) -> Send:
    """The same bytes, by the standard library."""

    def send(people: list[str]) -> None:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
            for address in people:
                server.sendmail(SENDER, [address], message)

    return send


def stock(mailing: Mailing) -> Send:
    """Two templates and one EmailMultiAlternatives a reader, over one open connection.

    The templates and the text are ours, rendered beforehand as far as they are the same for all.
    It is spared the inlining of styles, the record of who got what, and asking for consent.
    """
    context = _context(mailing)

    def send(people: list[str]) -> None:
        way_out = get_connection()
        way_out.open()
        for address in people:
            links = {
                f"{name}_url": f"{settings.SITE_URL}/{name}/{address}/"
                for name in ("unsubscribe", "preferences")
            }
            own = context | links
            mail = EmailMultiAlternatives(
                mailing.subject,
                render_to_string("mailings/mail/update.txt", own),
                "Example Action <updates@example.org>",
                [address],
                headers={
                    "List-Unsubscribe": f"<{links['unsubscribe_url']}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                    "Auto-Submitted": "auto-generated",
                },
                connection=way_out,
            )
            mail.attach_alternative(render_to_string("mailings/mail/update.html", own), "text/html")
            mail.send()
        way_out.close()

    return send


def _context(mailing: Mailing) -> dict[str, Any]:
    update = mailing.updates.get()
    campaign = update.campaign
    url = campaign.public_url
    rendered = render_mail(update.body, sources=[], ask=campaign.ask, ask_url=url, page_url=url)
    plain = render_plain(update.body, sources=[], ask=campaign.ask, ask_url=url)
    return {
        "organization": mailing.organization,
        "scope": mailing.scope,
        "campaign": campaign,
        "subject": mailing.subject,
        "preheader": mailing.preheader,
        "body": MailText(rendered.html, rendered.notes, plain.body),
        "update_url": update.public_url,
    }


def _timed(works: list[Callable[[], None]]) -> dict[str, float]:
    """Run each in a thread; seconds of wall clock and of this process's CPU."""
    threads = [threading.Thread(target=work) for work in works]
    began, spent = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"wall": time.perf_counter() - began, "cpu": time.process_time() - spent}


def main() -> None:
    """Be one contender."""
    kind, connections, many, number, domain = sys.argv[1:]
    mailing = Mailing.objects.get(pk=int(number))
    people = [f"reader{number}@{domain}" for number in range(int(many))]
    if kind == "ours":
        found = send_with_ours(int(connections), mailing)
        sent = Recipient.objects.filter(mailing=mailing, status=Status.SENT).count()
    else:
        send = stock(mailing) if kind == "stock" else None
        send = send or {"raw": raw, "smtplib": with_smtplib}[kind](sample_message(mailing))
        found = send_with(send, int(connections), people)
        sent = len(people)
    found |= {"sent": sent, "memory": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
