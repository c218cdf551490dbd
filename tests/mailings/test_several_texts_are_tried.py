"""A trial: a part drawn by lot gets several texts, and everyone else the one that did best."""

from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from mailings import audience
from mailings.audience import freeze_page
from mailings.composing import CannotBeSent
from mailings.drafting import draft_from_update
from mailings.models import Chunk, Deferral, Mailing, OrganizerNotice, Trial, TrialText
from mailings.progress import progress_of
from mailings.proofing import send_proof
from mailings.pumping import pump
from mailings.scheduling import schedule_mailing
from mailings.sending import send_slice
from mailings.trials.deciding import decide, watch_trials
from mailings.trials.figures import arms_of
from signatures.models import Signature, Subscription
from tests.factories import make_campaign
from tests.mailings.driving import assert_invariants
from tests.mailings.making import hurry, make_staff, make_update, reachable_organizer, sign_up
from tests.rig.moved_clock import MovedClock
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


def trial_of(campaign: Campaign, *, share: int = 30) -> Trial:
    """An update with two subjects, scheduled and due."""
    user = make_staff()
    mailing = draft_from_update(update=make_update(campaign, title="Subject A"), user=user)
    trial = Trial.objects.create(mailing=mailing, share=share, hours=2)
    TrialText.objects.create(trial=trial, number=2, subject="Subject B")
    send_proof(mailing=mailing, user=user)
    people = audience.count(mailing)
    assert schedule_mailing(mailing=mailing, expected_count=people, typed=people)
    hurry(mailing)
    return trial


def go_on() -> None:
    watch_trials()
    pump()
    send_slice(lane=0)
    pump()


def subjects(sink: SMTPSink) -> Counter[str]:
    return Counter(str(mail.message["Subject"]) for mail in sink.mails)


def sign_by_mail(campaign: Campaign, mailing: Mailing, sink: SMTPSink, subject: str) -> None:
    """Everybody who got this subject signs another campaign by its link."""
    readers = [mail.recipients[0] for mail in sink.mails if mail.message["Subject"] == subject]
    signed = Signature.objects.filter(supporter__email__in=readers)
    for signature in signed.select_related("supporter"):
        Signature.objects.create(
            campaign=campaign,
            supporter=signature.supporter,
            statement=campaign.current_statement(),
            notice=campaign.current_notice(),
            consents=True,
            name="A. Reader",
            state=Signature.State.COUNTED,
            counted_at=signature.counted_at,
            mailing_number=mailing.pk,
        )


def test_a_part_tries_each_text_and_everyone_else_gets_the_winner(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    campaign = make_campaign()
    other = make_campaign(organization=campaign.organization)
    organizer = reachable_organizer(campaign.organization)
    sign_up(campaign, 200)
    trial = trial_of(campaign)
    smtp_sink.mails.clear()
    go_on()

    tried = subjects(smtp_sink)
    assert 30 < sum(tried.values()) < 90
    assert min(tried["Subject A"], tried["Subject B"]) > 10
    sign_by_mail(other, trial.mailing, smtp_sink, "Subject B")
    moved_clock.advance(timedelta(hours=1))
    go_on()
    assert subjects(smtp_sink) == tried
    trial.mailing.refresh_from_db()
    assert progress_of(trial.mailing).done == sum(tried.values())
    moved_clock.advance(timedelta(hours=1, minutes=1))
    go_on()
    go_on()

    trial.refresh_from_db()
    assert trial.winner == 2
    assert subjects(smtp_sink) == {
        "Subject A": tried["Subject A"],
        "Subject B": 200 - tried["Subject A"],
    }
    assert len({mail.recipients[0] for mail in smtp_sink.mails}) == 200
    trial.mailing.refresh_from_db()
    assert trial.mailing.state == Mailing.State.SENT
    assert "Text B won" in OrganizerNotice.objects.get(user=organizer, kind="trial").text
    assert_invariants()


def test_each_mailing_draws_lots_of_its_own() -> None:
    campaign = make_campaign()
    sign_up(campaign, 60)
    drawn = []
    for _each in range(2):
        trial = trial_of(campaign)
        while freeze_page(trial.mailing_id):
            pass
        arms = Chunk.objects.filter(mailing=trial.mailing, variant__gt=0)
        numbers = {
            row.supporter_id
            for chunk in arms
            for row in trial.mailing.recipients.filter(seq__range=(chunk.lo, chunk.hi))
        }
        drawn.append(numbers)
        trial.mailing.recipients.all().delete()
        trial.mailing.chunks.all().delete()
    assert drawn[0] != drawn[1]


def test_a_text_that_drives_people_away_stops_the_mailing(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    campaign = make_campaign()
    organizer = reachable_organizer(campaign.organization)
    sign_up(campaign, 120)
    trial = trial_of(campaign, share=50)
    smtp_sink.mails.clear()
    go_on()
    readers = [m.recipients[0] for m in smtp_sink.mails if m.message["Subject"] == "Subject B"]
    moved_clock.advance(timedelta(minutes=5))
    Subscription.objects.filter(supporter__email__in=readers[:5]).update(
        unsubscribed_at=moved_clock.now
    )
    moved_clock.advance(timedelta(hours=3))
    go_on()
    trial.mailing.refresh_from_db()
    assert trial.mailing.state == Mailing.State.PAUSED
    assert "who got text B, 5 left" in trial.mailing.pause_reason
    assert OrganizerNotice.objects.get(user=organizer, kind="trial").text
    trial.refresh_from_db()
    assert trial.decided_at is None
    assert trial.mailing.resume()
    go_on()
    trial.refresh_from_db()
    assert trial.decided_at


def test_who_is_tried_again_after_the_decision_gets_the_text_of_their_arm(
    moved_clock: MovedClock, smtp_sink: SMTPSink
) -> None:
    campaign = make_campaign()
    sign_up(campaign, 40)
    trial = trial_of(campaign, share=50)
    smtp_sink.mails.clear()
    while freeze_page(trial.mailing_id):
        pass
    in_arm_a = trial.mailing.chunks.get(variant=1)
    first = trial.mailing.recipients.get(seq=in_arm_a.lo).supporter.email
    smtp_sink.reply("RCPT", "451 4.3.0 later", recipient=first, times=1)
    go_on()
    assert not smtp_sink.to(first)
    assert decide(trial=trial, winner=2)
    assert not decide(trial=trial, winner=1)
    Deferral.objects.update(next_attempt_at=moved_clock.now - timedelta(minutes=1))
    go_on()
    assert [str(mail.message["Subject"]) for mail in smtp_sink.to(first)] == ["Subject A"]


def test_a_trial_without_another_text_is_not_sent(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    sign_up(campaign, 1)
    user = make_staff()
    mailing = draft_from_update(update=make_update(campaign), user=user)
    Trial.objects.create(mailing=mailing)
    with pytest.raises(CannotBeSent, match="at least one other text"):
        send_proof(mailing=mailing, user=user)


def test_an_organizer_sets_a_trial_up_and_a_proof_shows_each_text(
    client: Client, smtp_sink: SMTPSink
) -> None:
    campaign = make_campaign()
    sign_up(campaign, 3)
    organizer = reachable_organizer(campaign.organization)
    client.force_login(organizer)
    mailing = draft_from_update(update=make_update(campaign, title="Subject A"), user=organizer)
    typed = {
        "share": 20,
        "hours": 4,
        "measure": "signatures",
        "texts-TOTAL_FORMS": 1,
        "texts-INITIAL_FORMS": 0,
        "texts-0-subject": "Subject B",
    }
    begin = f"{reverse('admin:mailings_trial_add')}?mailing={mailing.pk}"
    assert client.get(begin).status_code == 200
    client.post(begin, typed)
    client.post(reverse("admin:mailings_mailing_step", args=[mailing.pk, "proof"]))
    assert subjects(smtp_sink) == {"[Proof] Subject A": 1, "[Proof] Subject B": 1}
    trial = Trial.objects.get()
    assert [arm.subject for arm in arms_of(trial)] == ["Subject A", "Subject B"]
    page = client.get(reverse("admin:mailings_trial_change", args=[trial.pk]))
    assert page.status_code == 200
    stranger = reachable_organizer(make_campaign().organization)
    client.force_login(stranger)
    assert client.get(begin).status_code == 404
