from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# What an interrupted run left half built is built anew.
LEFTOVERS = [
    f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
    for name in (
        "signature_counted_people",
        "signature_counted_by_code",
        "signature_by_mailing",
        "subscription_live_people",
        "supporter_by_place",
    )
]


class Migration(migrations.Migration):
    # Built beside the running site: no signer waits for an index over ten million rows.
    atomic = False

    dependencies = [("signatures", "0013_blocked_people")]

    operations = [
        migrations.RunSQL(LEFTOVERS, migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("state", "counted")),
                fields=["campaign", "supporter"],
                include=("counted_at",),
                name="signature_counted_people",
            ),
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(
                    ("state", "counted"), models.Q(("referrer_code", ""), _negated=True)
                ),
                fields=["referrer_code", "supporter"],
                include=("campaign",),
                name="signature_counted_by_code",
            ),
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("mailing_number__isnull", False)),
                fields=["mailing_number"],
                name="signature_by_mailing",
            ),
        ),
        AddIndexConcurrently(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("unsubscribed_at", None)),
                fields=["scope", "supporter"],
                include=("subscribed_at", "rests_until"),
                name="subscription_live_people",
            ),
        ),
        AddIndexConcurrently(
            model_name="supporter",
            index=models.Index(
                condition=models.Q(("country", ""), _negated=True),
                fields=["country", "id"],
                include=("postal_code",),
                name="supporter_by_place",
            ),
        ),
    ]
