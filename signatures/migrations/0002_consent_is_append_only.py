from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION signatures_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Consent events are never changed or deleted.'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER consent_event_append_only BEFORE UPDATE OR DELETE ON signatures_consentevent
    FOR EACH ROW EXECUTE FUNCTION signatures_append_only();
"""

CHANGEABLE = """
DROP TRIGGER consent_event_append_only ON signatures_consentevent;
DROP FUNCTION signatures_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("signatures", "0001_rooms")]

    operations = [migrations.RunSQL(APPEND_ONLY, CHANGEABLE)]
