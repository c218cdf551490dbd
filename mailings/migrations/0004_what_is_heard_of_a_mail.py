from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailings", "0003_digests_have_a_period")]

    operations = [
        migrations.RemoveConstraint(
            model_name="recipient",
            name="recipient_status_known",
        ),
        migrations.AlterField(
            model_name="recipient",
            name="code",
            field=models.PositiveSmallIntegerField(
                help_text="The mail server's last reply; 550 or 450 where the mail came back.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="recipient",
            name="status",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "pending"),
                    (3, "sent"),
                    (4, "failed"),
                    (5, "deferred"),
                    (6, "skipped"),
                    (7, "unknown"),
                    (8, "delivered"),
                    (9, "bounced"),
                    (10, "complained"),
                ],
                default=0,
            ),
        ),
        AddConstraintNotValid(
            model_name="recipient",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", [0, 3, 4, 5, 6, 7, 8, 9, 10])),
                name="recipient_status_known",
            ),
        ),
    ]
