"""An access entry is appended without number and hash: only the sealer gives them, whoever else is taken over."""

from django.db import migrations

_POLICY = """
CREATE POLICY unsealed ON identity_accessentry AS RESTRICTIVE FOR INSERT WITH CHECK (number IS NULL AND hash IS NULL)
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_unsealed_entries")]
    operations = [migrations.RunSQL(_POLICY, "DROP POLICY unsealed ON identity_accessentry")]
