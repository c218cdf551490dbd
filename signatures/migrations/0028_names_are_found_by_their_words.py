from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the running site.
    atomic = False

    dependencies = [("signatures", "0027_letters_to_the_rejected_are_checked")]

    operations = [
        # What an interrupted run left half built is built anew.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS signature_by_words_of_name",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=GinIndex(
                models.Func(
                    "name",
                    template=(
                        r"TO_TSVECTOR('simple', UPPER(REGEXP_REPLACE("
                        r"NORMALIZE(%(expressions)s, NFD), '[\u0300-\u036f]', '', 'g')))"
                    ),
                    output_field=SearchVectorField(),
                ),
                gin_pending_list_limit=512,
                name="signature_by_words_of_name",
            ),
        ),
    ]
