from django.db import migrations

# People agreed to a kind of mail by its name: the database itself refuses to give them another one
# under the same consent, whoever asks. How often it comes may change; the promise is kept elsewhere.
KEEP = """
CREATE FUNCTION campaigns_refuse_agreed_scope() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.key, NEW.name, NEW.organization_id)
        IS DISTINCT FROM (OLD.key, OLD.name, OLD.organization_id)
    AND EXISTS (
        SELECT FROM campaigns_consentnotice_scopes a
        JOIN campaigns_consentnotice n ON n.id = a.consentnotice_id
        WHERE a.mailscope_id = OLD.id AND n.frozen_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'People have agreed to this kind of mail: add another kind instead.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER scope_agreed_to BEFORE UPDATE ON campaigns_mailscope
    FOR EACH ROW EXECUTE FUNCTION campaigns_refuse_agreed_scope();
"""

LET_GO = """
DROP TRIGGER scope_agreed_to ON campaigns_mailscope;
DROP FUNCTION campaigns_refuse_agreed_scope();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0019_limits_are_said_in_words")]

    operations = [migrations.RunSQL(KEEP, LET_GO)]
