from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0010_versions_of_texts")]

    operations = [
        migrations.AddField(
            model_name="tally",
            name="settled_at",
            field=models.DateTimeField(
                help_text="When it was last compared with what has come in.", null=True
            ),
        ),
    ]
