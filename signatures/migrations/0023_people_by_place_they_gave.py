from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

# What an interrupted run left half built is built anew.
LEFTOVERS = "DROP INDEX CONCURRENTLY IF EXISTS signature_counted_by_place"


class Migration(migrations.Migration):
    # Built beside the running site: no signer waits for an index over ten million rows.
    atomic = False

    dependencies = [("signatures", "0022_new_people_cost_signers_less")]

    operations = [
        migrations.RunSQL(LEFTOVERS, migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("state", "counted"), models.Q(("country", ""), _negated=True)),
                fields=["country", "supporter"],
                include=("campaign", "postal_code"),
                name="signature_counted_by_place",
            ),
        ),
        # Nobody asks it any more, and each signer would pay for it.
        RemoveIndexConcurrently(model_name="supporter", name="supporter_by_place"),
    ]
