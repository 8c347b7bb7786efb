"""One account per person is asked of the municipality alone: no refusal tells of another municipality's rows."""

from django.db import migrations, models

_ONE_SIDED = "ALTER TABLE identity_staffaccount DROP CONSTRAINT identity_staffaccount_person_id_key"
_BACK = "ALTER TABLE identity_staffaccount ADD CONSTRAINT identity_staffaccount_person_id_key UNIQUE (person_id)"


class Migration(migrations.Migration):
    dependencies = [("identity", "0009_proposals")]
    operations = [
        migrations.RunSQL(_ONE_SIDED, _BACK),
        migrations.AddConstraint(
            model_name="staffaccount",
            constraint=models.UniqueConstraint(fields=("municipality", "person"), name="one_account_per_person"),
        ),
    ]
