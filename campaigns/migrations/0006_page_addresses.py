from django.db import migrations

# An address that was once public leads to its campaign for ever. One that only a draft had is free
# again when the draft takes another.
REMEMBER = """
CREATE FUNCTION campaigns_claim_address(wanted varchar, owner bigint, lang varchar) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campaigns_pageaddress (slug, campaign_id, language)
    VALUES (wanted, owner, lang)
    ON CONFLICT (slug) DO UPDATE SET language = EXCLUDED.language
        WHERE campaigns_pageaddress.campaign_id = owner;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The address % belongs to another campaign.', wanted
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'page_address_once';
    END IF;
END $$;

CREATE FUNCTION campaigns_remember_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.slug <> NEW.slug AND OLD.published_at IS NULL THEN
        DELETE FROM campaigns_pageaddress WHERE slug = OLD.slug;
    END IF;
    IF TG_OP = 'INSERT' OR OLD.slug <> NEW.slug THEN
        IF TG_TABLE_NAME = 'campaigns_campaign' THEN
            PERFORM campaigns_claim_address(NEW.slug, NEW.id, '');
        ELSE
            PERFORM campaigns_claim_address(
                NEW.slug, (to_jsonb(NEW) ->> 'campaign_id')::bigint, to_jsonb(NEW) ->> 'language'
            );
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION campaigns_forget_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        DELETE FROM campaigns_pageaddress WHERE slug = OLD.slug;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER campaign_address AFTER INSERT OR UPDATE OF slug ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION campaigns_remember_address();
CREATE TRIGGER translation_address AFTER INSERT OR UPDATE OF slug ON campaigns_translation
    FOR EACH ROW EXECUTE FUNCTION campaigns_remember_address();
CREATE TRIGGER translation_gone AFTER DELETE ON campaigns_translation
    FOR EACH ROW EXECUTE FUNCTION campaigns_forget_address();

INSERT INTO campaigns_pageaddress (slug, campaign_id, language)
SELECT slug, id, '' FROM campaigns_campaign ON CONFLICT DO NOTHING;
"""

FORGET = """
DROP TRIGGER translation_gone ON campaigns_translation;
DROP TRIGGER translation_address ON campaigns_translation;
DROP TRIGGER campaign_address ON campaigns_campaign;
DROP FUNCTION campaigns_forget_address();
DROP FUNCTION campaigns_remember_address();
DROP FUNCTION campaigns_claim_address(varchar, bigint, varchar);
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0005_campaigns_whole")]

    operations = [migrations.RunSQL(REMEMBER, FORGET)]
