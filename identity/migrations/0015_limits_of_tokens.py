"""How many times a token may hold at once, and from where it may come."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0014_sessions_called_by_hash"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="live_holds",
            field=models.PositiveIntegerField(default=20, help_text="Holds at once; 0: any number."),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="networks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=43),
                blank=True,
                default=list,
                help_text="Empty: from anywhere.",
                size=None,
            ),
        ),
    ]
