"""Proposals of a kind more: a closed account that is opened again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0011_level_of_an_identity")]
    operations = [
        migrations.AlterField(
            model_name="proposal",
            name="kind",
            field=models.CharField(
                choices=[
                    ("role", "Role"),
                    ("invitation", "Invitation"),
                    ("reopening", "Reopening"),
                    ("provider", "Provider"),
                ],
                max_length=12,
            ),
        ),
    ]
