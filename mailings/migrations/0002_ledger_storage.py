from django.db import migrations

# Room on each page for the update that every row gets, so that it stays on its page without a write
# to any index; and a vacuum that follows a running mailing instead of waiting for a fifth of it.
STORAGE = """
ALTER TABLE mailings_recipient SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE mailings_chunk SET (fillfactor = 10, autovacuum_vacuum_scale_factor = 0.02);
INSERT INTO mailings_lane (number, name, max_connections) VALUES (0, 'default', 4);
"""

PLAIN = """
DELETE FROM mailings_lane WHERE number = 0;
ALTER TABLE mailings_chunk RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE mailings_recipient RESET (fillfactor, autovacuum_vacuum_scale_factor);
"""


class Migration(migrations.Migration):
    dependencies = [("mailings", "0001_rooms")]

    operations = [migrations.RunSQL(STORAGE, PLAIN)]
