"""The confirm page was open in one window while “not me” was pressed in another."""

import pytest

from signatures.confirming import Confirmed, confirm, disown
from signatures.counting import refresh_tallies
from signatures.signing import Typed
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


def test_t03_a_confirmation_that_comes_after_not_me_counts_nothing():
    campaign = make_campaign()
    signature = make_signature(campaign, confirmed=False)
    disown(signature_id=signature.pk)
    late = confirm(signature_id=signature.pk, typed=Typed(name="Ada", consents=True))
    assert late is Confirmed.DISOWNED
    signature.refresh_from_db()
    assert signature.state == signature.State.REJECTED
    refresh_tallies()
    campaign.refresh_from_db()
    assert not campaign.signatures.counted().exists()
