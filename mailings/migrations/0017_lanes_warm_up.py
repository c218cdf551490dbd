import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0016_trials"),
    ]

    operations = [
        migrations.AddField(
            model_name="lane",
            name="day_cap",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Mails a day, counted in UTC; empty: no limit. A warm-up sets it by itself.",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="LaneDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "lane_id",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("mails", models.PositiveIntegerField(default=0)),
                (
                    "lane",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="mailings.lane",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WarmUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_on", models.DateField()),
                ("held_days", models.PositiveSmallIntegerField(default=0)),
                ("looked_on", models.DateField(null=True)),
                (
                    "ended_on",
                    models.DateField(help_text="From then on nothing is held back.", null=True),
                ),
                (
                    "lane",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="warm_up",
                        to="mailings.lane",
                    ),
                ),
            ],
            options={
                "verbose_name": "warm-up",
            },
        ),
    ]
