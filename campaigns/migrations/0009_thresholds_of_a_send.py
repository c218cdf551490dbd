from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0008_mails_a_person"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="second_person_above",
            field=models.PositiveIntegerField(
                blank=True,
                default=10000,
                help_text="A mailing to more people than this is approved by somebody who did not write it; empty: never.",
                null=True,
                verbose_name="second person above",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="typed_count_above",
            field=models.PositiveIntegerField(
                default=1000,
                help_text="Who mails more people than this types their number before it goes.",
                verbose_name="type the number above",
            ),
        ),
    ]
