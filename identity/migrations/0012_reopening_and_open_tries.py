"""Proposals of a kind more: a closed account that is opened again. A number to say is one open try's only."""

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
        migrations.RemoveConstraint(model_name="signinattempt", name="one_try_per_lookup"),
        migrations.AddConstraint(
            model_name="signinattempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open"), models.Q(("kind", "vouch"), _negated=True), _connector="OR"),
                fields=("municipality", "kind", "lookup"),
                name="one_try_per_lookup",
            ),
        ),
    ]
