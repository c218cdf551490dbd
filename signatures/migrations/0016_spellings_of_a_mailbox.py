from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the running site: no signer waits for an index over ten million people.
    atomic = False

    dependencies = [("signatures", "0015_confirmed_names_alone")]

    operations = [
        # What an interrupted run left half built is built anew.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS supporter_by_mailbox", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="supporter",
            index=models.Index(
                models.Func(
                    "email_key",
                    models.Value("\\+[^@]*@"),
                    models.Value("@"),
                    function="regexp_replace",
                ),
                condition=models.Q(("email_key__contains", "+")),
                name="supporter_by_mailbox",
            ),
        ),
    ]
