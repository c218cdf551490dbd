from django.db import migrations

# Per row: to gather the rows of a statement first made a signature a fifth dearer for PostgreSQL
# (255 to 317 µs against 220), and who signs is always one.
BY_ROW = """
DROP TRIGGER supporter_new_blocked ON signatures_supporter;
DROP FUNCTION signatures_block_new_people();
CREATE FUNCTION signatures_block_new_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM signatures_suppression x
        WHERE x.email_hash = NEW.email_hash AND x.lifted_at IS NULL
    ) THEN
        INSERT INTO signatures_blockedperson (supporter_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER supporter_new_blocked AFTER INSERT ON signatures_supporter
    FOR EACH ROW EXECUTE FUNCTION signatures_block_new_person();
"""
BY_STATEMENT = """
DROP TRIGGER supporter_new_blocked ON signatures_supporter;
DROP FUNCTION signatures_block_new_person();
CREATE FUNCTION signatures_block_new_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO signatures_blockedperson (supporter_id)
    SELECT p.id FROM changed p WHERE EXISTS (
        SELECT FROM signatures_suppression x
        WHERE x.email_hash = p.email_hash AND x.lifted_at IS NULL
    ) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER supporter_new_blocked AFTER INSERT ON signatures_supporter
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION signatures_block_new_people();
"""


class Migration(migrations.Migration):
    dependencies = [("signatures", "0021_ways_out")]

    operations = [migrations.RunSQL(BY_ROW, BY_STATEMENT)]
