from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the running site: no signer waits for an index over ten million rows.
    atomic = False

    dependencies = [("signatures", "0018_kinds_of_letters_are_checked")]

    operations = [
        # What an interrupted run left half built is built anew.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS subscription_newcomers", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("unsubscribed_at", None)),
                fields=["scope", "subscribed_at"],
                name="subscription_newcomers",
            ),
        ),
    ]
