"""Whether a hold has run out stands in the index too: a search reads no row of taken time itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0006_walls_and_versions")]
    operations = [
        migrations.RemoveIndex(model_name="occupancy", name="occupancy_search"),
        migrations.AddIndex(
            model_name="occupancy",
            index=models.Index(
                condition=models.Q(("live", True)),
                fields=["municipality", "calendar", "block_from"],
                include=["block_to", "meeting_type", "expires_at"],
                name="occupancy_search",
            ),
        ),
    ]
