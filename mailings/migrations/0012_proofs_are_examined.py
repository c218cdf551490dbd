from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0011_open_chunks_by_wave"),
    ]

    operations = [
        migrations.AddField(
            model_name="proof",
            name="checks",
            field=models.JSONField(
                default=list, help_text="What its examination found: a state and a sentence each."
            ),
        ),
    ]
