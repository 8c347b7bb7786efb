"""Row-level security of the meetings tables."""

from django.db import migrations

from identity.walls import Wall


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial"), ("booking", "0002_walls")]
    operations = [Wall("Meeting", "Participant")]
