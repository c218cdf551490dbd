from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(
            "CREATE TABLE busy_table AS SELECT number FROM generate_series(1, 10) number;"
            " SELECT pg_sleep(0.6)",
            "DROP TABLE busy_table",
        )
    ]
