from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0007_names_to_show"),
    ]

    operations = [
        migrations.AlterField(
            model_name="signature",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "waits for confirmation"),
                    ("held", "held: waits for a sign of life"),
                    ("counted", "counted"),
                    ("withdrawn", "withdrawn by the signer"),
                    ("rejected", "rejected"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="statechange",
            name="to_state",
            field=models.CharField(
                choices=[
                    ("pending", "waits for confirmation"),
                    ("held", "held: waits for a sign of life"),
                    ("counted", "counted"),
                    ("withdrawn", "withdrawn by the signer"),
                    ("rejected", "rejected"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="statechangeentry",
            name="from_state",
            field=models.CharField(
                choices=[
                    ("pending", "waits for confirmation"),
                    ("held", "held: waits for a sign of life"),
                    ("counted", "counted"),
                    ("withdrawn", "withdrawn by the signer"),
                    ("rejected", "rejected"),
                ],
                max_length=10,
            ),
        ),
    ]
