"""Small builders: a valid row with one call, and only what a test cares about in it."""

from itertools import count
from typing import Any

from campaigns.models import Campaign, ConsentNotice, MailScope, Organization, Statement, Target
from signatures.confirming import confirm
from signatures.models import Signature, Supporter
from signatures.signing import Typed, sign

_number = count(1)

STATEMENT = "Stop selling facial recognition technology to government agencies."
NOTICE = "You'll receive periodic updates on offers and activism opportunities."


def make_organization(**fields: Any) -> Organization:
    """An organization with the scopes *activism* and *offers*, ready to send bulk mail."""
    number = next(_number)
    organization = Organization.objects.create(
        **{
            "name": f"Example Action {number}",
            "short_name": "EXAMPLE",
            "slug": f"example-{number}",
            "postal_address": "1 Example Street, Springfield",
            "contact_address": "hello@example.org",
            "from_address": "updates@example.org",
            **fields,
        }
    )
    for key in ("activism", "offers"):
        MailScope.objects.create(organization=organization, key=key, name=key.capitalize())
    return organization


def make_campaign(
    *,
    organization: Organization | None = None,
    kind: str = ConsentNotice.Kind.UNTICKED_BOX,
    published: bool = True,
    **fields: Any,
) -> Campaign:
    """A campaign with a statement, a notice for every scope, and a target; open by default."""
    organization = organization or make_organization()
    campaign = Campaign.objects.create(
        organization=organization,
        **{
            "slug": f"campaign-{next(_number)}",
            "headline": "Tell Amazon: Stop",
            "ask": "Stop it.",
            **fields,
        },
    )
    Statement.objects.create(campaign=campaign, text=STATEMENT)
    notice = ConsentNotice.objects.create(campaign=campaign, text=NOTICE, kind=kind)
    notice.scopes.set(organization.scopes.all())
    Target.objects.create(campaign=campaign, organization="Amazon", title="CEO", name="Jeff Bezos")
    if published:
        campaign.publish()
    return campaign


def make_signature(
    campaign: Campaign,
    *,
    email: str = "",
    name: str = "Ada Lovelace",
    consents: bool = True,
    confirmed: bool = True,
) -> Signature:
    """Somebody signs by the path that everybody takes; confirmed, and subscribed, by default."""
    email = email or f"supporter-{next(_number)}@example.org"
    typed = Typed(name=name, consents=consents)
    sign(
        campaign=campaign,
        statement=campaign.current_statement(),
        notice=campaign.current_notice(),
        email=email,
        typed=typed,
    )
    signature = Signature.objects.get(campaign=campaign, supporter__email=email)
    if confirmed:
        confirm(signature_id=signature.pk, typed=typed)
        signature.refresh_from_db()
    return signature


def make_supporter(email: str = "") -> Supporter:
    """A confirmed subscriber of a fresh organization."""
    return make_signature(make_campaign(), email=email).supporter
