from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the running site, before the old one goes: names are found all the while.
    atomic = False

    dependencies = [("signatures", "0023_people_by_place_they_gave")]

    operations = [
        # What an interrupted run left half built is built anew.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS signature_by_folded_name", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                OpClass(
                    models.Func(
                        "name",
                        template=(
                            r"UPPER(REGEXP_REPLACE(NORMALIZE(%(expressions)s, NFD),"
                            r" '[\u0300-\u036f]', '', 'g'))"
                        ),
                        output_field=models.TextField(),
                    ),
                    name="text_pattern_ops",
                ),
                name="signature_by_folded_name",
            ),
        ),
        RemoveIndexConcurrently(model_name="signature", name="signature_by_name"),
    ]
