"""Row-level security of the notifications tables."""

from django.db import migrations

from identity.walls import Wall


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("booking", "0002_walls")]
    operations = [Wall("Message", "Delivery")]
