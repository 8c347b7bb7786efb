"""A session's row is called by a hash of its cookie. Rows called by the cookie itself end: everybody signs in again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0013_ids_of_the_joined")]
    operations = [
        migrations.RunSQL("DELETE FROM identity_session", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="session",
            name="session_key",
            field=models.CharField(max_length=64, primary_key=True, serialize=False),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("session_key__regex", "^[0-9a-f]{64}$")), name="session_called_by_hash"
            ),
        ),
    ]
