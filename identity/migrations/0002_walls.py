"""Row-level security of the identity tables."""

from django.db import migrations

from identity.walls import Wall


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [Wall("Unit", "Person", "Membership", "ApiToken", "AccessEntry")]
