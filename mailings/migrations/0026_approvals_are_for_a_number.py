"""An approval is for a number of people, and a catch-up reaches as many as were counted.

What was approved before it kept its number is approved for those whom its sender counted; for
nobody where it was not scheduled yet, so that it is approved once more.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailings", "0025_limits_are_said_in_words")]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="approved_count",
            field=models.PositiveIntegerField(
                editable=False,
                help_text="How many people who approved it was told of.",
                null=True,
            ),
        ),
        migrations.RunSQL(
            "UPDATE mailings_mailing SET approved_count = coalesce(counted, 0)"
            " WHERE by_second_person",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("by_second_person", False), ("approved_count__isnull", False), _connector="OR"
                ),
                name="mailing_approved_for_a_number",
            ),
        ),
        migrations.AddField(
            model_name="catchup",
            name="counted",
            field=models.PositiveIntegerField(
                help_text="How many people who asked for it was told of.", null=True
            ),
        ),
        migrations.RemoveConstraint(model_name="catchup", name="catch_up_ended_how"),
        migrations.AlterField(
            model_name="catchup",
            name="ended",
            field=models.CharField(
                blank=True,
                choices=[
                    ("done", "done"),
                    ("taken_back", "taken back"),
                    ("late", "more than 60 minutes late, so nobody was added"),
                    ("cancelled", "the mailing was cancelled"),
                    ("grown", "it had grown, or come to need a second person, so nobody was added"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="catchup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended", ""), ("finished_at", None)),
                    models.Q(
                        ("ended__in", ["done", "taken_back", "late", "cancelled", "grown"]),
                        ("finished_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="catch_up_ended_how",
            ),
        ),
    ]
