import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import campaigns.models.values


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0009_thresholds_of_a_send"),
        ("mailings", "0007_segments_and_catch_ups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MailingAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
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
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="MailingTranslation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=150)),
                (
                    "preheader",
                    models.CharField(
                        blank=True,
                        help_text="50 to 90 characters that follow the subject and do not repeat it.",
                        max_length=150,
                    ),
                ),
                (
                    "headline",
                    models.CharField(
                        blank=True,
                        help_text="Over the text; empty for the subject.",
                        max_length=200,
                    ),
                ),
                ("body", models.TextField(blank=True, verbose_name="text")),
                (
                    "language",
                    models.CharField(
                        max_length=10, validators=[campaigns.models.values.known_language]
                    ),
                ),
            ],
            options={
                "ordering": ["language"],
            },
        ),
        migrations.AlterModelOptions(
            name="mailing",
            options={
                "ordering": ["-pk"],
                "permissions": [
                    ("approve_mailing", "Can approve a mailing as the second person"),
                    ("send_mailing", "Can send, pause and cancel a mailing"),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="mailing",
            name="mailing_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="mailing",
            name="mailing_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="mailing",
            name="mailing_digest_has_period",
        ),
        migrations.RemoveConstraint(
            model_name="mailing",
            name="mailing_segment_is_kept",
        ),
        migrations.AddField(
            model_name="mailing",
            name="approved_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="mailing",
            name="approved_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="body",
            field=models.TextField(blank=True, verbose_name="text"),
        ),
        migrations.AddField(
            model_name="mailing",
            name="by_second_person",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="Approved by somebody who did not write it.",
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="edited_by",
            field=models.ForeignKey(
                editable=False,
                help_text="Who wrote it last, and so cannot be the second person who approves it.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="from_name",
            field=models.CharField(
                blank=True,
                help_text="The person who writes; the organization follows: “Ada Lovelace, Example”.",
                max_length=80,
                verbose_name="from",
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="headline",
            field=models.CharField(
                blank=True, help_text="Over the text; empty for the subject.", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="revision",
            field=models.PositiveIntegerField(
                default=0,
                editable=False,
                help_text="Counts the edits; a claim names the one it saw.",
            ),
        ),
        migrations.AlterField(
            model_name="mailing",
            name="kind",
            field=models.CharField(
                choices=[("update", "update"), ("ask", "ask"), ("digest", "digest")],
                default="update",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="mailing",
            name="preheader",
            field=models.CharField(
                blank=True,
                help_text="50 to 90 characters that follow the subject and do not repeat it.",
                max_length=150,
            ),
        ),
        migrations.AlterField(
            model_name="mailing",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("proofed", "proofed"),
                    ("approved", "approved"),
                    ("scheduled", "scheduled"),
                    ("sending", "sending"),
                    ("paused", "paused"),
                    ("sent", "sent"),
                    ("cancelled", "cancelled"),
                ],
                default="draft",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "digest"), ("period__isnull", False), ("schedule__isnull", False)
                    ),
                    models.Q(
                        models.Q(("kind", "digest"), _negated=True),
                        ("period", None),
                        ("schedule", None),
                    ),
                    _connector="OR",
                ),
                name="mailing_digest_has_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("segment", None),
                    ("narrowed_by__isnull", False),
                    ("state__in", ["draft", "proofed", "approved", "cancelled"]),
                    _connector="OR",
                ),
                name="mailing_segment_is_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "ask"), _negated=True),
                    ("campaign__isnull", False),
                    _connector="OR",
                ),
                name="mailing_ask_has_campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", models.F("edited_by")),
                    ("by_second_person", True),
                    _negated=True,
                ),
                name="mailing_second_person_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["update", "ask", "digest"])),
                name="mailing_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "draft",
                            "proofed",
                            "approved",
                            "scheduled",
                            "sending",
                            "paused",
                            "sent",
                            "cancelled",
                        ],
                    )
                ),
                name="mailing_state_known",
            ),
        ),
        migrations.AddField(
            model_name="mailingact",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mailingact",
            name="mailing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="acts",
                to="mailings.mailing",
            ),
        ),
        migrations.AddField(
            model_name="mailingtranslation",
            name="mailing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="translations",
                to="mailings.mailing",
            ),
        ),
        migrations.AddIndex(
            model_name="mailingact",
            index=models.Index(fields=["mailing", "at"], name="act_of_mailing"),
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
                        ],
                    )
                ),
                name="act_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailingtranslation",
            constraint=models.UniqueConstraint(
                fields=("mailing", "language"), name="mailing_language_once"
            ),
        ),
    ]
