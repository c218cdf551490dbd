"""Nobody learns from the sign form who has signed: not by its words, not by how long it takes."""

import re
import statistics
import time

import pytest
from django.test import Client

from signatures.confirming import disown
from signatures.leaving import unsubscribe
from signatures.models import Signature, Suppression
from tests.factories import make_campaign, make_signature

SAMPLES = 200
CROWDED = "192.0.2.7"


@pytest.fixture
def campaign(transactional_db):
    return make_campaign()


def visible(response):
    """All that a third party can compare; what the cookie holds is the visitor's own."""
    headers = {name: value for name, value in response.items() if name != "Set-Cookie"}
    cookies = {
        name: re.sub(r"expires=[^;]+", "", morsel.OutputString()).replace(morsel.coded_value, "")
        for name, morsel in response.cookies.items()
    }
    return response.status_code, response.content, str(headers), str(cookies)


def people(campaign):
    """An address of each kind, by the name of its kind."""
    for kind in ("pending", "held", "counted", "not-me", "left", "bounced"):
        signature = make_signature(
            campaign, email=f"{kind}@example.org", confirmed=kind not in ("pending", "held")
        )
        if kind == "held":
            Signature.objects.filter(pk=signature.pk).update(state="held")
        if kind == "not-me":
            disown(signature_id=signature.pk)
        if kind == "left":
            unsubscribe(
                supporter_id=signature.supporter_id,
                organization_id=campaign.organization_id,
                via="test",
            )
        if kind == "bounced":
            Suppression.objects.suppress(signature.supporter.email_hash, "hard_bounce")
        yield kind


@pytest.mark.parametrize("crowd", [False, True], ids=["quiet network", "crowded network"])
def test_t05_every_kind_of_address_gets_the_same_answer_in_the_same_time(settings, campaign, crowd):
    settings.NETWORK_LIMITS = {300: 1} if crowd else {300: 100_000}
    kinds = ["new", *people(campaign)]
    if crowd:
        kinds = ["new", "held", "counted", "bounced"]
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    answers = set()
    clients = {kind: Client(REMOTE_ADDR=CROWDED) for kind in kinds}
    for number in range(-5, SAMPLES):
        for kind in kinds:
            email = f"new-{number}@example.org" if kind == "new" else f"{kind}@example.org"
            clients[kind].cookies.clear()
            began = time.perf_counter()
            response = clients[kind].post(
                campaign.get_absolute_url(), {"name": "Ada", "email": email}
            )
            if number >= 0:
                times[kind].append(time.perf_counter() - began)
                answers.add(visible(response))
    assert len(answers) == 1
    medians = {kind: 1000 * statistics.median(samples) for kind, samples in times.items()}
    assert max(medians.values()) - min(medians.values()) < 5, medians
    new = Signature.objects.filter(supporter__email__startswith="new-0")
    assert new.get().state == ("held" if crowd else "pending")
