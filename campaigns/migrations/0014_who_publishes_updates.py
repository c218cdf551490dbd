from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0013_ask_the_silent"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="update",
            options={
                "ordering": ["-published_at", "-pk"],
                "permissions": [("publish_update", "Can put an update on the page")],
            },
        ),
    ]
