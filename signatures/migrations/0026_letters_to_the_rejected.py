from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

KINDS = {
    "confirm": "confirm your signature",
    "receipt": "thank you for signing",
    "already_signed": "you have already signed",
    "reminder": "your signature still waits",
    "withdrawn": "your signature is withdrawn",
    "data_link": "the link to your own data",
    "stay": "do you want to stay",
    "rejected": "your signature does not count",
}


class Migration(migrations.Migration):
    dependencies = [("signatures", "0025_paper_was_collected_before_it_is_counted")]

    operations = [
        migrations.RemoveConstraint(model_name="letter", name="letter_kind_known"),
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(choices=list(KINDS.items()), max_length=20),
        ),
        AddConstraintNotValid(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", list(KINDS))), name="letter_kind_known"
            ),
        ),
    ]
