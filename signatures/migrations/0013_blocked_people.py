import django.db.models.deletion
from django.db import migrations, models

# A statement of many rows runs each of these once. What a statement changed is named `changed`.
KEPT = """
CREATE FUNCTION signatures_block_new_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO signatures_blockedperson (supporter_id)
    SELECT p.id FROM changed p WHERE EXISTS (
        SELECT FROM signatures_suppression x
        WHERE x.email_hash = p.email_hash AND x.lifted_at IS NULL
    ) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION signatures_block_moved_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM signatures_blockedperson WHERE supporter_id = NEW.id;
    INSERT INTO signatures_blockedperson (supporter_id)
    SELECT NEW.id WHERE EXISTS (
        SELECT FROM signatures_suppression x
        WHERE x.email_hash = NEW.email_hash AND x.lifted_at IS NULL
    ) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION signatures_block_suppressed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM signatures_blockedperson b USING changed c, signatures_supporter p
    WHERE p.email_hash = c.email_hash AND b.supporter_id = p.id AND NOT EXISTS (
        SELECT FROM signatures_suppression x
        WHERE x.email_hash = c.email_hash AND x.lifted_at IS NULL
    );
    INSERT INTO signatures_blockedperson (supporter_id)
    SELECT p.id FROM changed c JOIN signatures_supporter p ON p.email_hash = c.email_hash
    WHERE EXISTS (
        SELECT FROM signatures_suppression x
        WHERE x.email_hash = c.email_hash AND x.lifted_at IS NULL
    ) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER supporter_new_blocked AFTER INSERT ON signatures_supporter
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION signatures_block_new_people();
CREATE TRIGGER supporter_moved_blocked AFTER UPDATE OF email_hash ON signatures_supporter
    FOR EACH ROW WHEN (OLD.email_hash IS DISTINCT FROM NEW.email_hash)
    EXECUTE FUNCTION signatures_block_moved_person();
CREATE TRIGGER suppression_new_blocked AFTER INSERT ON signatures_suppression
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION signatures_block_suppressed();
CREATE TRIGGER suppression_changed_blocked AFTER UPDATE ON signatures_suppression
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION signatures_block_suppressed();
CREATE TRIGGER suppression_gone_blocked AFTER DELETE ON signatures_suppression
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION signatures_block_suppressed();
"""
FORGOTTEN = """
DROP TRIGGER suppression_gone_blocked ON signatures_suppression;
DROP TRIGGER suppression_changed_blocked ON signatures_suppression;
DROP TRIGGER suppression_new_blocked ON signatures_suppression;
DROP TRIGGER supporter_moved_blocked ON signatures_supporter;
DROP TRIGGER supporter_new_blocked ON signatures_supporter;
DROP FUNCTION signatures_block_suppressed();
DROP FUNCTION signatures_block_moved_person();
DROP FUNCTION signatures_block_new_people();
"""
# The triggers are there first: what is blocked meanwhile is not missed.
FILLED = """
INSERT INTO signatures_blockedperson (supporter_id)
SELECT DISTINCT p.id FROM signatures_suppression x
JOIN signatures_supporter p ON p.email_hash = x.email_hash
WHERE x.lifted_at IS NULL ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("signatures", "0012_visits_end_and_mistypings")]

    operations = [
        migrations.CreateModel(
            name="BlockedPerson",
            fields=[
                (
                    "supporter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="signatures.supporter",
                    ),
                ),
            ],
            options={
                "verbose_name": "blocked person",
                "verbose_name_plural": "blocked people",
            },
        ),
        migrations.RunSQL(KEPT, FORGOTTEN),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop),
    ]
