"""At which level a subject signed in, surest so far. BankID has one; of others linked before nobody knows: "none"."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0010_one_account_in_a_municipality")]
    operations = [
        migrations.AddField(
            model_name="externalidentity",
            name="level",
            field=models.CharField(default="none", max_length=8),
        ),
        migrations.RunSQL(
            "UPDATE identity_externalidentity AS e SET level = p.level FROM identity_identityprovider AS p "
            "WHERE p.municipality_id = e.municipality_id AND p.id = e.provider_id AND p.kind = 'bankid'",
            migrations.RunSQL.noop,
        ),
    ]
