"""A year of an organization on a moved clock: it writes, forgets to, wins, closes, opens.

What it does is drawn by lot, the same every time. Each day the beats run as they would, at times
two at once or hours late. What came to whom is what the mail server accepted.
"""

import random
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from campaigns.models import Campaign, MailScope
from mailings.digesting.preparing import prepare_due
from mailings.digesting.waking import wake_due
from mailings.models import Chunk, DigestSchedule, Mailing, OrganizerNotice
from mailings.promising.approval import ask_for_approval
from mailings.promising.closing import draft_closing_mails
from mailings.promising.warning import warn_ahead
from mailings.proofing import send_proof
from mailings.pumping import pump
from mailings.sending import send_slice
from mailings.telling import send_notices
from mailings.welcoming.growing import grow_all
from mailings.welcoming.starting import draft_step, switch_on
from signatures.models import Subscription, Supporter
from tests.factories import make_campaign, make_organization
from tests.mailings.making import make_staff, make_update, scheduled_mailing, sign_up
from tests.rig.moved_clock import MovedClock
from tests.rig.smtp_sink import SMTPSink

NEWS = re.compile(r"news-\d+-end")
# When campaigns open and two of them end, and when nobody writes and nothing opens: as parts of the
# time that is looked at.
OPENS = (0, 0, 0.08, 0.2, 0.7, 0.8)
WINS, CLOSES = 0.33, 0.36
QUIET_FROM, QUIET_UNTIL = 0.36, 0.68


@dataclass
class Year:
    """The organization, and what came of each of its days."""

    clock: MovedClock
    sink: SMTPSink
    people: int
    days: int = 366
    lot: random.Random = field(default_factory=lambda: random.Random(1))
    campaigns: list[Campaign] = field(default_factory=list)
    came: dict[str, list[tuple[datetime, str]]] = field(default_factory=lambda: defaultdict(list))
    left: dict[str, datetime] = field(default_factory=dict)
    broken: set[tuple[int, datetime]] = field(default_factory=set)

    def live(self) -> None:
        """All of it, day by day."""
        self.begin()
        for day in range(self.days):
            self.pass_day(day)

    def _on(self, part: float) -> int:
        return round(part * self.days)

    def begin(self) -> None:
        """The first of January, nine o'clock."""
        self.clock.move_to(datetime(2027, 1, 1, 9, tzinfo=UTC))
        self.organization = make_organization()
        self.staff = make_staff(organization=self.organization)
        scopes = self.organization.scopes.order_by("key")
        for scope, cadence in zip(scopes, ("monthly", "quarterly"), strict=True):
            MailScope.objects.filter(pk=scope.pk).update(cadence=cadence)
            DigestSchedule.objects.create(scope=scope, due_at=self.clock.now + timedelta(days=20))
        for days in (0, 4):
            step = draft_step(
                scope=scopes[0], days=days, subject="Welcome", body="<p>Hello.</p>", user=None
            )
            send_proof(mailing=step.mailing, user=self.staff)
            assert switch_on(step=step, user=self.staff)
        self.sink.mails.clear()

    def pass_day(self, day: int) -> None:
        """What people do, what the beats do, what came of it."""
        self.clock.advance(timedelta(days=1))
        self._open(day)
        self._join(day)
        self._leave()
        quiet = self._on(QUIET_FROM) <= day < self._on(QUIET_UNTIL)
        if not quiet and self.lot.random() < 0.12:
            self._write(day)
        if day == self._on(WINS):
            self.campaigns[0].win(outcome="They gave in.")
        if day == self._on(CLOSES):
            self.campaigns[1].close()
        late = timedelta(hours=2) if self.lot.random() < 0.1 else timedelta(0)
        self.clock.advance(late)
        for _beat in range(self.lot.choice([1, 2])):
            self._beat()
        self.clock.advance(-late)
        self._look()

    def _open(self, day: int) -> None:
        for part in OPENS:
            if day == self._on(part):
                self.campaigns.append(make_campaign(organization=self.organization))

    def _join(self, day: int) -> None:
        if day % 10 == 0:
            open_now = [one for one in self.campaigns if one.is_open]
            if open_now:
                for person in sign_up(self.lot.choice(open_now), max(1, self.people // 30)):
                    if self.lot.random() < 0.5:
                        self._subscribe(person, "offers")

    def _subscribe(self, person: Supporter, key: str) -> None:
        Subscription.objects.create(supporter=person, scope=self.organization.scopes.get(key=key))

    def _leave(self) -> None:
        if self.lot.random() < 0.03:
            live = Subscription.objects.live().order_by("pk")
            person = self.lot.choice(list(live[:200])).supporter if live else None
            if person:
                live.filter(supporter=person).update(unsubscribed_at=self.clock.now)
                self.left[person.email] = self.clock.now

    def _write(self, day: int) -> None:
        campaign = self.lot.choice(self.campaigns)
        update = make_update(
            campaign,
            title=f"What happened on day {day}",
            body=f"<p>news-{day}-end</p>",
            published_at=self.clock.now,
        )
        signers = Subscription.objects.live().filter(
            scope__key="activism", signature__campaign=campaign
        )
        if self.lot.random() < 0.5 and signers.exists():
            scheduled_mailing(update, self.staff)

    def _beat(self) -> None:
        wake_due()
        prepare_due()
        draft_closing_mails()
        ask_for_approval()
        for part in warn_ahead():
            if part.is_overdue:
                self.broken.add((part.scope.pk, part.due_by))
        send_notices()
        grow_all()
        if Mailing.objects.due().exists() or Chunk.objects.filter(state=Chunk.State.OPEN).exists():
            pump()
            send_slice(lane=0)
            pump()

    def _look(self) -> None:
        now = self.clock.now
        for mail in self.sink.mails:
            [address] = mail.recipients
            if not address.endswith("@citizens.example"):
                self.came[address].append((now, mail.text))
        self.sink.mails.clear()

    # --- what must hold

    def over_the_cap(self) -> list[str]:
        """Who got more than one mail in a day, or more than three in a week."""
        found = []
        for address, mails in self.came.items():
            times = [at for at, _text in mails]
            for at in times:
                day = [one for one in times if at - timedelta(hours=23) < one <= at]
                week = [one for one in times if at - timedelta(days=7) < one <= at]
                if len(day) > 1 or len(week) > 3:
                    found.append(f"{address} on {at}")
        return found

    def told_twice(self) -> list[str]:
        """Who got one piece of news twice."""
        found = []
        for address, mails in self.came.items():
            news = [each for _at, text in mails for each in NEWS.findall(text)]
            found += [f"{address}: {one}" for one in set(news) if news.count(one) > 1]
        return found

    def mailed_after_leaving(self) -> list[str]:
        """Who got mail after they left."""
        return [
            address
            for address, left in self.left.items()
            if any(at > left + timedelta(hours=3) for at, _text in self.came[address])
        ]

    def broken_without_warning(self) -> list[str]:
        """Promises that were broken although nobody had been told a week before."""
        found = []
        for scope, due_by in sorted(self.broken):
            warned = OrganizerNotice.objects.filter(
                kind=OrganizerNotice.Kind.PROMISE,
                key__startswith=f"{scope} {due_by:%Y-%m-%d}",
                created_at__lte=due_by - timedelta(days=7),
                sent_at__isnull=False,
            )
            if not warned.exists():
                found.append(f"{scope} by {due_by}")
        return found
