"""One meeting per booking is asked of the municipality alone: no refusal tells of another municipality's rows."""

from django.db import migrations, models

_ONE_SIDED = "ALTER TABLE meetings_meeting DROP CONSTRAINT meetings_meeting_booking_id_key"
_BACK = "ALTER TABLE meetings_meeting ADD CONSTRAINT meetings_meeting_booking_id_key UNIQUE (booking_id)"


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_walls")]
    operations = [
        migrations.RunSQL(_ONE_SIDED, _BACK),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(fields=("municipality", "booking"), name="one_meeting_per_booking"),
        ),
    ]
