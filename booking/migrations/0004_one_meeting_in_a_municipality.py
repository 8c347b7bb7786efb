"""One meeting at a time is asked of the municipality alone: no refusal tells of another municipality's times.

Nobody writes between the old constraint and the new one: the table is locked from the first statement on.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0003_vouched_enough")]
    operations = [
        migrations.RunSQL("LOCK TABLE booking_occupancy IN ACCESS EXCLUSIVE MODE", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="occupancy", name="one_meeting_at_a_time"),
        migrations.AddConstraint(
            model_name="occupancy",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("live", True)),
                expressions=[
                    ("municipality", "="),
                    ("calendar", "="),
                    (
                        models.Func(
                            models.F("block_from"),
                            models.F("block_to"),
                            function="int4range",
                            output_field=django.contrib.postgres.fields.ranges.IntegerRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="one_meeting_at_a_time",
            ),
        ),
    ]
