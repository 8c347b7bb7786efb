"""At which level a subject signed in, surest so far; of those linked before nobody knows, so they are "none"."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0010_one_account_in_a_municipality")]
    operations = [
        migrations.AddField(
            model_name="externalidentity",
            name="level",
            field=models.CharField(default="none", max_length=8),
        ),
    ]
