from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Nobody who is sending waits for it."""

    atomic = False

    dependencies = [("mailings", "0010_waves_and_variants")]

    operations = [
        AddIndexConcurrently(
            model_name="chunk",
            index=models.Index(
                condition=models.Q(("state__lt", 2)),
                fields=["mailing", "lane", "state", "wave", "lo"],
                name="chunk_open_by_wave",
            ),
        ),
        RemoveIndexConcurrently(model_name="chunk", name="chunk_open"),
    ]
