from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0016_spellings_of_a_mailbox"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="letter",
            name="letter_kind_known",
        ),
        migrations.AddField(
            model_name="subscription",
            name="asked_to_stay_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Silent for long, so they were asked whether they want to stay.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                choices=[
                    ("confirm", "confirm your signature"),
                    ("receipt", "thank you for signing"),
                    ("already_signed", "you have already signed"),
                    ("reminder", "your signature still waits"),
                    ("withdrawn", "your signature is withdrawn"),
                    ("data_link", "the link to your own data"),
                    ("stay", "do you want to stay"),
                ],
                max_length=20,
            ),
        ),
        AddConstraintNotValid(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "confirm",
                            "receipt",
                            "already_signed",
                            "reminder",
                            "withdrawn",
                            "data_link",
                            "stay",
                        ],
                    )
                ),
                name="letter_kind_known",
            ),
        ),
    ]
