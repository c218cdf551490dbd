from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("postroom", "m0002_a_table_for_itself")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY busy_index ON busy_table (number)", migrations.RunSQL.noop
        )
    ]
