"""Who may approve a mailing is asked to: since when, what, and for how many people."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0020_kinds_of_mail_keep_their_names"),
        ("mailings", "0027_catch_ups_to_many_need_two"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="mailingact",
            name="act_known",
        ),
        migrations.RemoveConstraint(
            model_name="organizernotice",
            name="notice_to_organizers_kind_known",
        ),
        migrations.AddField(
            model_name="mailing",
            name="asked_at",
            field=models.DateTimeField(
                editable=False, help_text="Since when it waits for a second person.", null=True
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="asked_count",
            field=models.PositiveIntegerField(
                editable=False,
                help_text="For how many people an approval was asked for.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="asked_digest",
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name="mailingact",
            name="name",
            field=models.CharField(
                choices=[
                    ("drafted", "drafted"),
                    ("edited", "edited"),
                    ("proofed", "sent a proof"),
                    ("asked", "asked for approval"),
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
        migrations.AlterField(
            model_name="organizernotice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("promise", "promise"),
                    ("closing", "last mail of a campaign"),
                    ("trial", "trial"),
                    ("welcome", "welcome"),
                    ("approval", "approval"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_count", None), ("asked_digest", None)),
                    models.Q(
                        ("asked_at__isnull", False),
                        ("asked_count__isnull", False),
                        ("asked_digest__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="mailing_asked_for_a_number",
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
                            "asked",
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
        migrations.AddConstraint(
            model_name="organizernotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["promise", "closing", "trial", "welcome", "approval"])
                ),
                name="notice_to_organizers_kind_known",
            ),
        ),
    ]
