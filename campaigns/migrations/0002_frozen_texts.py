from django.db import migrations

# A statement is what people signed and a notice is what they agreed to: once frozen, the database
# itself refuses another text, whoever asks.
FREEZE = """
CREATE FUNCTION campaigns_refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL AND (
        to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD)
    ) THEN
        RAISE EXCEPTION 'This version is frozen: write a new version instead.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER statement_frozen BEFORE UPDATE ON campaigns_statement
    FOR EACH ROW EXECUTE FUNCTION campaigns_refuse_frozen();
CREATE TRIGGER notice_frozen BEFORE UPDATE ON campaigns_consentnotice
    FOR EACH ROW EXECUTE FUNCTION campaigns_refuse_frozen();

CREATE FUNCTION campaigns_refuse_frozen_scopes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM campaigns_consentnotice n
        WHERE n.frozen_at IS NOT NULL
            AND n.id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.consentnotice_id END,
                         CASE WHEN TG_OP <> 'DELETE' THEN NEW.consentnotice_id END)
    ) THEN
        RAISE EXCEPTION 'This notice is frozen: write a new version instead.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER notice_scopes_frozen
    BEFORE INSERT OR UPDATE OR DELETE ON campaigns_consentnotice_scopes
    FOR EACH ROW EXECUTE FUNCTION campaigns_refuse_frozen_scopes();
"""

THAW = """
DROP TRIGGER notice_scopes_frozen ON campaigns_consentnotice_scopes;
DROP FUNCTION campaigns_refuse_frozen_scopes();
DROP TRIGGER notice_frozen ON campaigns_consentnotice;
DROP TRIGGER statement_frozen ON campaigns_statement;
DROP FUNCTION campaigns_refuse_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_rooms")]

    operations = [migrations.RunSQL(FREEZE, THAW)]
