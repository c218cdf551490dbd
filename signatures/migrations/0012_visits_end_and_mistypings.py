from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0011_tags")]

    # Nullable and without a default: no row is rewritten, however many there are.
    operations = [
        migrations.AddField(
            model_name="dataaccess",
            name="ended_at",
            field=models.DateTimeField(
                help_text="When its owner ended the visit, before its time was over.", null=True
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="typist",
            field=models.BinaryField(
                editable=False,
                help_text=(
                    "Known to the browser that typed it: it may say that the address was wrong."
                ),
                max_length=16,
                null=True,
            ),
        ),
    ]
