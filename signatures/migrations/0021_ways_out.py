from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the running site; what an interrupted run left half built is built anew.
    atomic = False

    dependencies = [("signatures", "0020_mistypings_wait")]

    operations = [
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS consent_event_ways_out", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="consentevent",
            index=models.Index(
                condition=models.Q(("choice", "left")),
                fields=["via"],
                name="consent_event_ways_out",
            ),
        ),
    ]
