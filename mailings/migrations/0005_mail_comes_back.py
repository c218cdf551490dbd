import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0007_source_checks"),
        ("mailings", "0004_what_is_heard_of_a_mail"),
        ("signatures", "0009_mail_comes_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="resumed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="ArrivedMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("recipient", models.CharField(blank=True, max_length=320)),
                (
                    "raw",
                    models.BinaryField(
                        help_text="Its first megabyte; empty once it is no longer needed."
                    ),
                ),
                (
                    "arrived_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), db_index=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("bounce", "delivery report"),
                            ("complaint", "complaint"),
                            ("unsubscribe", "unsubscribe"),
                            ("automatic", "automatic answer"),
                            ("reply", "reply"),
                            ("unreadable", "cannot be read"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "supporter_number",
                    models.BigIntegerField(
                        db_index=True,
                        help_text="Whom it is from or about, so that it goes with them.",
                        null=True,
                    ),
                ),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "mail that came in",
            },
        ),
        migrations.CreateModel(
            name="MailEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=20)),
                (
                    "digest",
                    models.BinaryField(
                        help_text="Of the provider's own number for the event.",
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("delivered", "delivered"),
                            ("hard", "no such mailbox"),
                            ("refused", "refused for its text or its sender"),
                            ("soft", "not delivered"),
                            ("complained", "complained"),
                            ("unsubscribed", "unsubscribed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("mailing_number", models.BigIntegerField(null=True)),
                ("supporter_number", models.BigIntegerField(null=True)),
                ("letter_number", models.BigIntegerField(null=True)),
                (
                    "status",
                    models.CharField(blank=True, help_text="RFC 3463, as 5.1.1", max_length=12),
                ),
                ("happened_at", models.DateTimeField()),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "due_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("applied_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "verbose_name": "delivery event",
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mailing_number",
                    models.BigIntegerField(help_text="The mailing it answers.", null=True),
                ),
                (
                    "sender",
                    models.CharField(
                        help_text="As the mail says; anybody can say it.", max_length=320
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField(blank=True)),
                ("arrived_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "reply",
                "verbose_name_plural": "replies",
                "ordering": ["-arrived_at"],
            },
        ),
        migrations.AddIndex(
            model_name="arrivedmail",
            index=models.Index(
                condition=models.Q(("read_at", None)), fields=["id"], name="arrived_mail_unread"
            ),
        ),
        migrations.AddConstraint(
            model_name="arrivedmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", ""), ("read_at", None)),
                    models.Q(
                        (
                            "kind__in",
                            [
                                "bounce",
                                "complaint",
                                "unsubscribe",
                                "automatic",
                                "reply",
                                "unreadable",
                            ],
                        ),
                        ("read_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="arrived_mail_read_has_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="mailevent",
            index=models.Index(
                condition=models.Q(("applied_at", None)),
                fields=["due_at", "id"],
                name="mail_event_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="mailevent",
            index=models.Index(fields=["received_at"], name="mail_event_received"),
        ),
        migrations.AddConstraint(
            model_name="mailevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["delivered", "hard", "refused", "soft", "complained", "unsubscribed"],
                    )
                ),
                name="mail_event_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="arrived",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reply",
                to="mailings.arrivedmail",
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="done_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="organization",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="replies",
                to="campaigns.organization",
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="supporter",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="replies",
                to="signatures.supporter",
            ),
        ),
    ]
