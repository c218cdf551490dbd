from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0007_source_checks"),
        ("signatures", "0008_words_of_states"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="suppression",
            name="suppression_reason_known",
        ),
        migrations.AddField(
            model_name="letter",
            name="bounced_at",
            field=models.DateTimeField(
                help_text="When a server said that there is no such mailbox.", null=True
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="rests_until",
            field=models.DateTimeField(
                blank=True,
                help_text="The reader asked for a pause; nothing goes out until.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="suppression",
            name="reason",
            field=models.CharField(
                choices=[
                    ("not_me", "said “not me”"),
                    ("hard_bounce", "address does not exist"),
                    ("soft_bounce", "mail kept coming back"),
                    ("complaint", "complained"),
                    ("erased", "erased"),
                ],
                max_length=20,
            ),
        ),
        AddConstraintNotValid(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["not_me", "hard_bounce", "soft_bounce", "complaint", "erased"])
                ),
                name="suppression_reason_known",
            ),
        ),
    ]
