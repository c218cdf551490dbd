from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("postroom", "m0001_a_long_statement")]
    operations = [
        migrations.RunSQL("ALTER TABLE busy_table ADD COLUMN word text", migrations.RunSQL.noop)
    ]
