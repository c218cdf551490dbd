"""One kept-open SMTP connection that knows, for every message, whether it was accepted.

RFC 5321 (SMTP), 2920 (PIPELINING), 3030 (CHUNKING), 3207 (STARTTLS), 4954 (AUTH), 6531 (SMTPUTF8).
Handing over the body is our own because smtplib cannot tell a failure before its last byte, when
nobody has the message, from one after it, when the server may have taken it.
"""

import ssl
import time
from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
from typing import Self

from postroom.addresses import BadAddress, ascii_domain
from postroom.answers import broken_off, refused, scrubbed
from postroom.replies import BadReply, Replies, Reply
from postroom.smtp_settings import SMTPSettings
from postroom.stuffing import dot_stuffed, smuggles
from postroom.transport import Envelope, Kind, Outcome, Stage
from postroom.wire import Wire

_DOT = b".\r\n"
_MUCH = 64 * 1024


class _Ended(Exception):
    """The conversation is over, with this outcome."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


class Connection:
    """A postroom.transport.Transport over SMTP, opened by the first send; for one task.

    Once closed, by us or by a failure, it stays closed: look at `usable`, and make another.
    """

    def __init__(
        self, settings: SMTPSettings, *, tls_context: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._tls_context = tls_context
        self._wire: Wire | None = None
        self._replies = Replies(self._receive)
        self._features: dict[str, str] = {}
        self._closed = False
        self._opened_at = 0.0
        self._stage = Stage.CONNECT
        self._messages = 0
        self._consecutive_4xx = 0
        self._transaction_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def usable(self) -> bool:
        """False after a failure, 1,000 messages, 5 minutes, or when the server has hung up."""
        if self._closed or self._wire is None:
            return not self._closed
        return (
            self._messages < self._settings.max_messages
            and time.monotonic() - self._opened_at < self._settings.max_age
            and not self._server_spoke_unasked()
        )

    def send(self, envelope: Envelope, body: bytes) -> Outcome:
        """Sends one message to one recipient. What goes in and comes out: see Transport."""
        if not self.usable:
            return Outcome(Kind.NOT_SENT, Stage.CONNECT, text="the connection is closed")
        try:
            if self._wire is None:
                self._open()
            outcome = self._converse(envelope, body)
        except _Ended as ended:
            outcome = ended.outcome
        except (OSError, BadReply) as error:
            self._hang_up()
            outcome = broken_off(error, self._stage)
        self._messages += 1
        return outcome

    def open(self) -> Outcome | None:
        """Connects, greets and logs in without a message: None when the server is ready for one."""
        try:
            if self._wire is None:
                self._open()
        except _Ended as ended:
            return ended.outcome
        except (OSError, BadReply) as error:
            self._hang_up()
            return broken_off(error, self._stage)
        return None

    def break_off(self) -> None:
        """End a wait for the server's answer, from another task: it counts as lost from now on."""
        if self._wire is not None:
            self._wire.break_off()

    def close(self) -> None:
        """QUIT and hang up; safe to call twice and after a failure."""
        if self._wire is not None:
            self._open_wire.allow(min(2.0, self._settings.message_timeout))
            with suppress(OSError, BadReply):
                self._ask(b"QUIT\r\n")
        self._hang_up()

    # --- one message

    def _converse(self, envelope: Envelope, body: bytes) -> Outcome:
        self._stage = Stage.MAIL
        self._open_wire.allow(self._settings.message_timeout)
        commands = self._commands(envelope)
        if smuggles(body):
            return Outcome(Kind.REFUSED, Stage.BODY, text="a bare CR or LF before a dot")
        if not body.endswith(b"\r\n"):
            body += b"\r\n"
        if self._takes_chunks:
            outcome = self._hand_over_at_once(commands, body)
        else:
            outcome = self._introduce(commands) or self._hand_over(dot_stuffed(body))
        if outcome.kind is Kind.ACCEPTED:
            self._consecutive_4xx = 0
            return outcome
        text = scrubbed(outcome.text, envelope.recipient)
        return replace(outcome, text=text, whole_lane=outcome.whole_lane or self._fifth(outcome))

    def _fifth(self, outcome: Outcome) -> bool:
        """Whether this is the fifth 4xx on end: then it is the server, not the recipients.

        The count begins anew after that, or a few full mailboxes would hold the lane for ever.
        """
        refused_for_now = outcome.kind is Kind.REFUSED_FOR_NOW
        self._consecutive_4xx = self._consecutive_4xx + 1 if refused_for_now else 0
        if self._consecutive_4xx < 5:
            return False
        self._consecutive_4xx = 0
        return True

    def _commands(self, envelope: Envelope) -> list[tuple[Stage, bytes]]:
        """MAIL and RCPT, RSET first when a refusal left a transaction open.

        An address that cannot be written ends the conversation here.
        """
        try:
            sender = ascii_domain(envelope.sender) if envelope.sender else ""
        except BadAddress as error:
            outcome = Outcome(Kind.NOT_SENT, Stage.MAIL, None, "5.1.7", str(error), True)
            raise _Ended(outcome) from None
        try:
            recipient = ascii_domain(envelope.recipient)
        except BadAddress as error:
            outcome = Outcome(Kind.REFUSED, Stage.RCPT, None, "5.1.3", str(error))
            raise _Ended(outcome) from None
        parameters = ""
        if not (sender.isascii() and recipient.isascii()):
            if "SMTPUTF8" not in self._features:
                text = "the server takes no address outside ASCII"
                raise _Ended(Outcome(Kind.REFUSED, Stage.RCPT, None, "5.6.7", text))
            parameters = " SMTPUTF8"
        reset = [(Stage.MAIL, b"RSET\r\n")] if self._transaction_open else []
        return [
            *reset,
            (Stage.MAIL, f"MAIL FROM:<{sender}>{parameters}\r\n".encode()),
            (Stage.RCPT, f"RCPT TO:<{recipient}>\r\n".encode()),
        ]

    @property
    def _takes_chunks(self) -> bool:
        """Whether a whole message may be under way before the first answer."""
        offers = self._features.keys() >= {"CHUNKING", "PIPELINING"}
        return offers and self._settings.chunking

    def _hand_over_at_once(self, commands: list[tuple[Stage, bytes]], body: bytes) -> Outcome:
        """Envelope and body in one piece, and one wait for all the answers (RFC 3030 §2 and §4.2).

        Until its last byte is written the server has no message; from then on it may have.
        """
        self._stage = Stage.BODY
        whole = b"".join([command for _, command in commands])
        try:
            self._open_wire.write(whole + b"BDAT %d LAST\r\n" % len(body) + body)
        except OSError:
            if refusal := self._last_words(commands):
                return refusal
            raise
        self._stage = Stage.DOT
        self._open_wire.allow(self._settings.message_timeout + self._settings.dot_timeout)
        for number, (stage, _) in enumerate(commands):
            reply = self._replies.next()
            if not reply.positive:
                return self._turned_away(refused(reply, stage), commands[number + 1 :])
        reply = self._replies.next()
        return self._accepted(reply) or self._in_step(refused(reply, Stage.DOT))

    def _last_words(self, commands: list[tuple[Stage, bytes]]) -> Outcome | None:
        """What a server said against the envelope before it hung up on the body."""
        self._open_wire.allow(1)
        with suppress(OSError, BadReply):
            for stage, _ in commands:
                if not self._server_spoke_unasked():
                    break
                reply = self._replies.next()
                if not reply.positive:
                    self._hang_up()
                    return refused(reply, stage)
        return None

    def _turned_away(self, refusal: Outcome, unanswered: list[tuple[Stage, bytes]]) -> Outcome:
        """The body came behind an envelope that was refused: it is to be refused too."""
        try:
            for _ in unanswered:
                self._replies.next()
            if self._replies.next().positive:
                self._hang_up()
                text = "the server refused the envelope and took the message"
                return Outcome(Kind.UNKNOWN, Stage.DOT, text=text)
        except (OSError, BadReply):
            self._hang_up()
        return self._in_step(refusal)

    def _in_step(self, refusal: Outcome) -> Outcome:
        """A refusal after which the next answer is one to the next command, or we hang up.

        A server that took the body for commands speaks of its lines before it answers RSET.
        """
        if not self._closed:
            with suppress(OSError, BadReply):
                if refusal.code != 421 and self._ask(b"RSET\r\n").code == 250:
                    return refusal
            self._hang_up()
        return refusal

    def _introduce(self, commands: list[tuple[Stage, bytes]]) -> Outcome | None:
        """MAIL, RCPT and DATA; None when the body may follow.

        Pipelined, all are under way before the first answer, so each gets one, and the server may
        ask for the body although it has refused the recipient (RFC 2920 §3.1).
        """
        commands = [*commands, (Stage.DATA, b"DATA\r\n")]
        pipelined = "PIPELINING" in self._features
        if pipelined:
            self._open_wire.write(b"".join([command for _, command in commands]))
        refusal: Outcome | None = None
        taken = set()
        for self._stage, command in commands:
            try:
                reply = self._replies.next() if pipelined else self._ask(command)
            except (OSError, BadReply):
                if refusal is None:
                    raise
                self._hang_up()
                return refusal
            if reply.code == 354 if self._stage is Stage.DATA else reply.positive:
                taken.add(self._stage)
                continue
            refusal = refusal or refused(reply, self._stage)
            if reply.code == 421:
                self._hang_up()
            if self._closed or not pipelined:
                break
        self._transaction_open = Stage.MAIL in taken
        if refusal and Stage.DATA in taken:
            self._decline_body(has_recipient=Stage.RCPT in taken)
        return refusal

    def _decline_body(self, *, has_recipient: bool) -> None:
        """The server waits for a body that nobody is to get: a lone dot ends it (RFC 2920 §3.1)."""
        # With a recipient taken, a dot would deliver an empty message; hanging up delivers nothing.
        if not has_recipient:
            with suppress(OSError, BadReply):
                if self._ask(b".\r\n").code != 421:
                    return
        self._hang_up()

    def _hand_over(self, body: bytes) -> Outcome:
        """Body and dot. Until the dot's line is written to its end, the server has no message."""
        self._stage = Stage.BODY
        # While much is written the server may break in: that would be taken for the dot's answer.
        pieces = [body + _DOT] if len(body) < _MUCH else [body, _DOT]
        for piece in pieces:
            if self._server_spoke_unasked():
                raise BadReply("the server broke in before the end of the message")
            self._open_wire.write(piece)
        self._stage = Stage.DOT
        self._open_wire.allow(self._settings.dot_timeout)
        reply = self._replies.next()
        self._transaction_open = False
        if reply.code == 421:
            self._hang_up()
        return self._accepted(reply) or refused(reply, Stage.DOT)

    def _accepted(self, reply: Reply) -> Outcome | None:
        """What the answer to the whole message means; None when it is a refusal."""
        if not reply.positive:
            return None
        return Outcome(Kind.ACCEPTED, Stage.DOT, reply.code, reply.enhanced)

    # --- opening

    def _open(self) -> None:
        settings = self._settings
        self._stage = Stage.CONNECT
        self._wire = Wire.connect(
            settings.host,
            settings.port,
            connect_timeout=settings.connect_timeout,
            seconds=settings.message_timeout,
        )
        if settings.tls == "ssl":
            self._start_tls()
        self._expect(self._replies.next(), 220)
        self._greet()
        if settings.tls == "starttls":
            if "STARTTLS" not in self._features:
                raise self._ended("the server offers no STARTTLS")
            self._expect(self._ask(b"STARTTLS\r\n"), 220)
            if self._replies.waiting:
                # Whatever came with it was not encrypted and may be anybody's.
                raise BadReply("the server spoke before TLS began")
            self._start_tls()
            self._greet()
        if settings.user:
            self._log_in()
        self._opened_at = time.monotonic()

    def _start_tls(self) -> None:
        context = self._tls_context or ssl.create_default_context()
        self._open_wire.start_tls(context, self._settings.host)

    def _greet(self) -> None:
        self._stage = Stage.EHLO
        name = self._settings.ehlo_name or self._address_literal()
        reply = self._ask(f"EHLO {name}\r\n".encode("ascii"))
        if 500 <= reply.code < 600:
            self._expect(self._ask(f"HELO {name}\r\n".encode("ascii")), 250)
            self._features = {}
            return
        self._expect(reply, 250)
        words = [line.upper().partition(" ") for line in reply.lines[1:]]
        self._features = {keyword: parameters for keyword, _, parameters in words}

    def _address_literal(self) -> str:
        address = self._open_wire.own_address
        return f"[IPv6:{address}]" if ":" in address else f"[{address}]"

    def _log_in(self) -> None:
        self._stage = Stage.AUTH
        user, password = self._settings.user, self._settings.password
        offered = self._features.get("AUTH", "").split()
        if "PLAIN" in offered:
            reply = self._ask(b"AUTH PLAIN %b\r\n" % _base64(f"\0{user}\0{password}"))
        elif "LOGIN" in offered:
            self._expect(self._ask(b"AUTH LOGIN\r\n"), 334)
            self._expect(self._ask(b"%b\r\n" % _base64(user)), 334)
            reply = self._ask(b"%b\r\n" % _base64(password))
        else:
            raise self._ended("the server offers neither AUTH PLAIN nor AUTH LOGIN")
        self._expect(reply, 235)

    def _expect(self, reply: Reply, code: int) -> None:
        if reply.code != code:
            outcome = refused(reply, self._stage)
            self._hang_up()
            raise _Ended(replace(outcome, text=scrubbed(outcome.text, self._settings.user)))

    def _ended(self, text: str) -> _Ended:
        self._hang_up()
        return _Ended(Outcome(Kind.NOT_SENT, self._stage, text=text, whole_lane=True))

    def _ask(self, line: bytes) -> Reply:
        self._open_wire.write(line)
        return self._replies.next()

    @property
    def _open_wire(self) -> Wire:
        assert self._wire is not None
        return self._wire

    def _receive(self) -> bytes:
        return self._open_wire.read()

    def _server_spoke_unasked(self) -> bool:
        return self._replies.waiting or self._open_wire.has_news

    def _hang_up(self) -> None:
        self._closed = True
        if self._wire is not None:
            self._wire.close()
            self._wire = None


def _base64(text: str) -> bytes:
    return b64encode(text.encode())
