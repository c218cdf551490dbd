from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailings", "0009_digests_are_made_of_items")]

    operations = [
        migrations.AddField(
            model_name="chunk",
            name="variant",
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="chunk",
            name="wave",
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="deferral",
            name="variant",
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="mailing",
            name="open_wave",
            field=models.PositiveSmallIntegerField(
                db_default=0, editable=False, help_text="The last wave that may go out."
            ),
        ),
        migrations.AddField(
            model_name="mailing",
            name="wave_done_at",
            field=models.DateTimeField(
                editable=False, help_text="Since when the last open wave is out.", null=True
            ),
        ),
        migrations.AddField(
            model_name="mailingcontent",
            name="variant",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="mailingcontent",
            constraint=models.UniqueConstraint(
                fields=("mailing", "language", "variant"), name="content_once_a_variant"
            ),
        ),
        migrations.RemoveConstraint(model_name="mailingcontent", name="content_language_once"),
    ]
