"""A catch-up to many waits for a second person, and the log of a mailing tells of catch-ups."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0026_approvals_are_for_a_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="mailingact",
            name="act_known",
        ),
        migrations.AddField(
            model_name="catchup",
            name="by_second_person",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Approved by somebody who did not ask for it.",
            ),
        ),
        migrations.AddField(
            model_name="catchup",
            name="needs_second",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="catchup",
            name="seconded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="catchup",
            name="written_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AlterField(
            model_name="catchup",
            name="starts_at",
            field=models.DateTimeField(
                help_text="Empty while it waits for a second person.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="mailingact",
            name="name",
            field=models.CharField(
                choices=[
                    ("drafted", "drafted"),
                    ("edited", "edited"),
                    ("proofed", "sent a proof"),
                    ("approved", "approved"),
                    ("scheduled", "scheduled"),
                    ("unscheduled", "unscheduled"),
                    ("paused", "paused"),
                    ("resumed", "resumed"),
                    ("cancelled", "cancelled"),
                    ("catch_up", "asked for a catch-up"),
                    ("seconded", "approved the catch-up"),
                    ("taken_back", "took the catch-up back"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="catchup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("needs_second", True), ("snapshot_after", 0), ("starts_at", None)),
                    models.Q(("needs_second", False), ("starts_at__isnull", False)),
                    models.Q(("by_second_person", True), ("starts_at__isnull", False)),
                    _connector="OR",
                ),
                name="catch_up_waits_for_its_second",
            ),
        ),
        migrations.AddConstraint(
            model_name="catchup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("by_second_person", True), ("seconded_by", models.F("asked_by")), _negated=True
                ),
                name="catch_up_second_person_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="catchup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("by_second_person", True),
                    ("written_by__contains", [models.F("asked_by"), models.F("seconded_by")]),
                    _negated=True,
                ),
                name="catch_up_one_of_two_wrote_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailingact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "name__in",
                        [
                            "drafted",
                            "edited",
                            "proofed",
                            "approved",
                            "scheduled",
                            "unscheduled",
                            "paused",
                            "resumed",
                            "cancelled",
                            "catch_up",
                            "seconded",
                            "taken_back",
                        ],
                    )
                ),
                name="act_known",
            ),
        ),
    ]
