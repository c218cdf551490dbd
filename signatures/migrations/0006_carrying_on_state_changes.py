from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0007_source_checks"),
        ("signatures", "0005_signing_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="statechange",
            name="finished_at",
            field=models.DateTimeField(
                help_text="Empty while signatures are still to be moved, or moved back.", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="statechange",
            index=models.Index(
                condition=models.Q(("finished_at", None)),
                fields=["id"],
                name="state_change_unfinished",
            ),
        ),
    ]
