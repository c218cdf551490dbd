import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0013_ask_the_silent"),
        ("mailings", "0014_newcomers_are_welcomed"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListHealth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("active", models.PositiveIntegerField(default=0)),
                ("quiet", models.PositiveIntegerField(default=0)),
                ("silent", models.PositiveIntegerField(default=0)),
                ("resting", models.PositiveIntegerField(default=0)),
                ("blocked", models.PositiveIntegerField(default=0)),
                ("asked", models.PositiveIntegerField(default=0)),
                ("joined", models.PositiveIntegerField(default=0)),
                ("left", models.PositiveIntegerField(default=0)),
                (
                    "counted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "scope",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="health",
                        to="campaigns.mailscope",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "day"), name="list_health_once_a_day")
                ],
            },
        ),
    ]
