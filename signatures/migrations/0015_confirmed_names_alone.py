from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the running site: no signer waits for an index over ten million rows.
    atomic = False

    dependencies = [
        ("campaigns", "0011_tallies_are_settled"),
        ("signatures", "0014_sets_of_people"),
    ]

    operations = [
        # What an interrupted run left half built is built anew.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS signature_names_shown", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(
                    ("confirmed_at__isnull", False), ("shows_name", True), ("state", "counted")
                ),
                fields=["campaign", "-id"],
                name="signature_names_shown",
            ),
        ),
        RemoveIndexConcurrently(model_name="signature", name="signature_shows_name"),
    ]
