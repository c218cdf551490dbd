from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the running site: no signer waits for an index over ten million rows.
    atomic = False

    dependencies = [("signatures", "0006_carrying_on_state_changes")]

    operations = [
        # What an interrupted run left half built is built anew.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS signature_shows_name", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("shows_name", True), ("state", "counted")),
                fields=["campaign", "-id"],
                name="signature_shows_name",
            ),
        ),
    ]
