"""An office that sends mailings: its operator and its colleagues, as they press buttons."""

from collections import Counter
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Update
from mailings.drafting import draft_from_update
from mailings.models import Mailing
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.campaigns.admin_pages import words
from tests.factories import make_campaign
from tests.mailings.making import hurry, make_lane, make_staff, make_update, sign_up
from tests.rig.smtp_sink import SMTPSink

State = Mailing.State


class Office:
    """An organization with three signers, an operator, and the workers that send."""

    def __init__(self, smtp_sink: SMTPSink) -> None:
        self.sink = smtp_sink
        self.campaign: Campaign = make_campaign(time_zone="Europe/London")
        self.organization = self.campaign.organization
        self.signers = {person.email for person in sign_up(self.campaign, 3)}
        self.update: Update = make_update(self.campaign)
        self.user, self.client = self.hire("Organizers")
        self.mailing = draft_from_update(update=self.update, user=self.user)
        make_lane()

    def hire(self, group: str) -> tuple[Any, Client]:
        user = make_staff(organization=self.organization)
        user.groups.add(Group.objects.get(name=group))
        client = Client()
        client.force_login(user)
        return user, client

    def asks_for_second_person(self, *, above: int) -> None:
        """A mailing to more than so many people needs one."""
        self.organization.second_person_above = above
        self.organization.save()

    @property
    def page(self) -> str:
        return reverse("admin:mailings_mailing_change", args=[self.mailing.pk])

    def press(self, step: str, client: Client | None = None, **typed: Any) -> str:
        """Press a button beside the mailing; what the page says then."""
        url = reverse("admin:mailings_mailing_step", args=[self.mailing.pk, step])
        return words((client or self.client).post(url, typed, follow=True))

    def proof(self) -> None:
        assert "A proof is on its way" in self.press("proof")

    @property
    def state(self) -> str:
        self.mailing.refresh_from_db()
        return self.mailing.state

    def reached(self) -> Counter[str]:
        """How often each address got a mail, once the hold is over and the workers are done."""
        if self.state == State.SCHEDULED:
            hurry(self.mailing)
        pump()
        send_slice(lane=0)
        pump()
        staff = {f"{user}@citizens.example" for user in self.organization_staff()}
        mails = [mail.recipients[0] for mail in self.sink.mails]
        return Counter(address for address in mails if address not in staff)

    def organization_staff(self) -> list[str]:
        return [str(each.user) for each in self.organization.memberships.select_related("user")]
