from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0012_several_people_several_languages"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="asks_the_silent",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Who has done nothing for a year, though mail went to them, is asked whether they want to stay; who does not answer within a month gets no more.",
                verbose_name="ask the silent",
            ),
        ),
    ]
