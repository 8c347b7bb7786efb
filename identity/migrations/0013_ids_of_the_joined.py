"""A person remembers the ids of those who were joined to it: the access log names them by these."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0012_reopening_and_open_tries")]
    operations = [
        migrations.AddField(
            model_name="person",
            name="joined",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(),
                blank=True,
                default=list,
                help_text="Ids of those who were joined to it.",
                size=None,
            ),
        ),
    ]
