"""Row-level security of the tables of 0003, and the seal that is put on an access entry once."""

from django.db import migrations

from identity.walls import Wall

_SEAL_ONCE = """
CREATE FUNCTION identity_seal_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.number IS NOT NULL OR NEW.number IS NULL OR NEW.hash IS NULL THEN
    RAISE EXCEPTION 'an access entry is sealed once and never changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER seal_once BEFORE UPDATE ON identity_accessentry
FOR EACH ROW EXECUTE FUNCTION identity_seal_once();
"""
_UNSEAL = "DROP TRIGGER seal_once ON identity_accessentry; DROP FUNCTION identity_seal_once();"


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_people_signing_log")]
    operations = [
        Wall(
            "StaffAccount",
            "NamedReader",
            "Representation",
            "IdentityProvider",
            "ExternalIdentity",
            "IdentityConflict",
            "SignInAttempt",
            "Passkey",
            "RecoveryCode",
            "StaffInvitation",
            "Opening",
            "Alert",
            "LogReview",
            "LogPick",
            "RetentionRule",
        ),
        migrations.RunSQL(_SEAL_ONCE, _UNSEAL),
    ]
