"""The time of an access entry is the database's own at its INSERT: nobody writes an entry of yesterday or tomorrow."""

from django.db import migrations

_CLOCK = """
CREATE FUNCTION identity_entry_by_clock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER by_clock BEFORE INSERT ON identity_accessentry
FOR EACH ROW EXECUTE FUNCTION identity_entry_by_clock();
"""
_ANY_TIME = "DROP TRIGGER by_clock ON identity_accessentry; DROP FUNCTION identity_entry_by_clock();"


class Migration(migrations.Migration):
    dependencies = [("identity", "0007_called_by_who_wrote_it")]
    operations = [migrations.RunSQL(_CLOCK, _ANY_TIME)]
