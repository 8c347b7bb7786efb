import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import identity.fields
import identity.scope


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdentityProvider",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bankid", "Bankid"),
                            ("oidc", "Oidc"),
                            ("passkey", "Passkey"),
                            ("vouched", "Vouched"),
                            ("trial", "Trial"),
                        ],
                        max_length=8,
                    ),
                ),
                ("code", models.SlugField(help_text="Short, in addresses.", max_length=16)),
                ("name", models.CharField(help_text="What the button says.", max_length=60)),
                ("for_residents", models.BooleanField(default=False)),
                ("for_staff", models.BooleanField(default=False)),
                ("enabled", models.BooleanField(default=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("level", models.CharField(default="LOA3", max_length=8)),
                ("issuer", models.URLField(blank=True, max_length=300)),
                ("client_id", models.CharField(blank=True, max_length=200)),
                ("client_secret", identity.fields.EncryptedField(blank=True, default="", editable=True)),
                ("number_claim", models.CharField(blank=True, max_length=120)),
                (
                    "acr",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), blank=True, default=list, size=None
                    ),
                ),
                (
                    "amr",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "acr_loa3",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), blank=True, default=list, size=None
                    ),
                ),
                (
                    "acr_loa2",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), blank=True, default=list, size=None
                    ),
                ),
                ("certificate", models.SlugField(blank=True, help_text="BankID: base name of the files in KEYS_DIR.")),
            ],
            options={
                "ordering": ("position", "code"),
            },
        ),
        migrations.CreateModel(
            name="LogReview",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "unit",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="log_reviews",
                        to="identity.unit",
                    ),
                ),
                ("month", models.DateField(help_text="Its first day.")),
                ("made_at", models.DateTimeField()),
                ("due", models.DateField()),
                (
                    "total",
                    models.PositiveIntegerField(default=0, help_text="Entries of the month that it was drawn from."),
                ),
                (
                    "signed_by",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("escalated_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=24)),
                (
                    "unit",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.unit",
                    ),
                ),
                (
                    "recipient",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                (
                    "actor",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("about", models.UUIDField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                (
                    "seen_by",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ExternalIdentity",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "provider",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to="identity.identityprovider",
                    ),
                ),
                (
                    "person",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to="identity.person",
                    ),
                ),
                ("subject_index", models.BinaryField(max_length=40)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "external identities",
            },
        ),
        migrations.CreateModel(
            name="IdentityConflict",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "provider",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.identityprovider",
                    ),
                ),
                (
                    "person",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("what", models.CharField(max_length=8)),
                ("subject_index", models.BinaryField(max_length=40)),
                ("claimed_name", identity.fields.EncryptedField(blank=True, default="", editable=True)),
                ("claimed_number", identity.fields.EncryptedField(blank=True, default="", editable=True)),
                ("at", models.DateTimeField()),
                ("decided", models.CharField(blank=True, help_text="kept, changed or refused.", max_length=8)),
                (
                    "decided_by",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="LogPick",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "review",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="picks",
                        to="identity.logreview",
                    ),
                ),
                ("entry", models.UUIDField()),
                ("number", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.UUIDField()),
                ("action", models.CharField(max_length=40)),
                (
                    "why",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None),
                ),
                ("verdict", models.CharField(blank=True, help_text="authorised or investigate.", max_length=12)),
                (
                    "judged_by",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("judged_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("at",),
            },
        ),
        migrations.CreateModel(
            name="NamedReader",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "person",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="named_readers",
                        to="identity.person",
                    ),
                ),
                (
                    "reader",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("deputy", models.BooleanField(default=False)),
                (
                    "named_by",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                (
                    "opener",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                (
                    "unit",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.unit",
                    ),
                ),
                ("object_kind", models.CharField(max_length=12)),
                ("object", models.UUIDField()),
                ("reason", models.CharField(max_length=24)),
                ("asked_at", models.DateTimeField()),
                (
                    "approver",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "person",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passkeys",
                        to="identity.person",
                    ),
                ),
                ("credential_id", models.BinaryField(max_length=1023)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.BigIntegerField(default=0)),
                ("name", models.CharField(max_length=40)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "person",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to="identity.person",
                    ),
                ),
                ("code_hash", models.BinaryField(max_length=32)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Representation",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "principal",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="representatives",
                        to="identity.person",
                    ),
                ),
                (
                    "representative",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="represents",
                        to="identity.person",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("helper", "Helper"),
                            ("proxy", "Proxy"),
                            ("trustee", "Trustee"),
                            ("conservator", "Conservator"),
                            ("guardian", "Guardian"),
                            ("relative", "Relative"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), size=None),
                ),
                (
                    "evidence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("word", "Word"),
                            ("mandate", "Mandate"),
                            ("court", "Court"),
                            ("register", "Register"),
                            ("future_mandate", "Future Mandate"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "seen_by",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, help_text="Last day, included.", null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "revoked_by",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("data_class", models.CharField(max_length=24)),
                ("days", models.PositiveIntegerField()),
                ("decision", models.CharField(blank=True, help_text="Diarienummer.", max_length=60)),
                ("decided_on", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "provider",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.identityprovider",
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("session_digest", models.BinaryField(max_length=32)),
                ("lookup", models.BinaryField(max_length=32)),
                ("kept", identity.fields.EncryptedField(blank=True, default="", editable=True)),
                (
                    "network",
                    models.BinaryField(
                        default=b"", help_text="Keyed hash of the address that started it.", max_length=32
                    ),
                ),
                ("state", models.CharField(default="open", max_length=10)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_path", models.CharField(blank=True, max_length=300)),
                (
                    "person",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("booking", models.UUIDField(blank=True, null=True)),
                (
                    "by",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StaffAccount",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "person",
                    identity.fields.TenantOneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="staff_account",
                        to="identity.person",
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "local",
                    models.BooleanField(
                        default=False, help_text="Signs in by passkey here, not by the municipality's own."
                    ),
                ),
                (
                    "opened_by",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="StaffInvitation",
            fields=[
                (
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "person",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="identity.person",
                    ),
                ),
                ("code_hash", models.BinaryField(max_length=32)),
                (
                    "made_by",
                    identity.fields.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="accessentry",
            name="hash",
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="accessentry",
            name="number",
            field=models.BigIntegerField(
                help_text="Its place in the municipality's chain, from its seal on.", null=True
            ),
        ),
        migrations.AddField(
            model_name="municipality",
            name="exit_address",
            field=models.URLField(blank=True, help_text="Where a quick exit leads; empty: a page that says nothing."),
        ),
        migrations.AddField(
            model_name="municipality",
            name="protected_on_web",
            field=models.BooleanField(
                default=False, help_text="People with protected identity or safe contact may book on the web."
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="external_id",
            field=models.CharField(blank=True, help_text="What another system calls the person.", max_length=64),
        ),
        migrations.AddField(
            model_name="person",
            name="number",
            field=identity.fields.EncryptedField(
                blank=True, default="", editable=True, help_text="Personal or coordination number, twelve digits."
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="safe_contact",
            field=models.BooleanField(default=False, help_text="Trygg kontakt: asked for, without a reason."),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="network",
            field=models.GenericIPAddressField(help_text="From where; of staff only.", null=True),
        ),
        migrations.AlterField(
            model_name="person",
            name="number_index",
            field=models.BinaryField(blank=True, help_text="Blind index of the number, with its key's.", null=True),
        ),
        migrations.AddIndex(
            model_name="accessentry",
            index=models.Index(
                condition=models.Q(("number", None)), fields=["municipality", "at"], name="access_entry_unsealed"
            ),
        ),
        migrations.AddIndex(
            model_name="accessentry",
            index=models.Index(fields=["municipality", "at"], name="access_entry_by_time"),
        ),
        migrations.AddConstraint(
            model_name="accessentry",
            constraint=models.UniqueConstraint(fields=("municipality", "number"), name="one_entry_per_number"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("municipality", "external_id"),
                name="one_person_per_external_id",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("seen_at", None)), fields=["municipality", "unit"], name="alert_unseen"
            ),
        ),
        migrations.AddConstraint(
            model_name="identityprovider",
            constraint=models.UniqueConstraint(fields=("municipality", "code"), name="one_provider_per_code"),
        ),
        migrations.AddConstraint(
            model_name="externalidentity",
            constraint=models.UniqueConstraint(
                fields=("municipality", "provider", "subject_index"), name="one_person_per_subject"
            ),
        ),
        migrations.AddConstraint(
            model_name="logreview",
            constraint=models.UniqueConstraint(fields=("municipality", "unit", "month"), name="one_review_a_month"),
        ),
        migrations.AddConstraint(
            model_name="logpick",
            constraint=models.UniqueConstraint(fields=("municipality", "review", "entry"), name="one_pick_per_entry"),
        ),
        migrations.AddConstraint(
            model_name="namedreader",
            constraint=models.UniqueConstraint(
                fields=("municipality", "person", "reader"), name="one_naming_per_reader"
            ),
        ),
        migrations.AddConstraint(
            model_name="namedreader",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deputy", True)), fields=("municipality", "person"), name="one_deputy_each"
            ),
        ),
        migrations.AddIndex(
            model_name="opening",
            index=models.Index(fields=["municipality", "opener", "object"], name="opening_by_opener"),
        ),
        migrations.AddConstraint(
            model_name="passkey",
            constraint=models.UniqueConstraint(
                fields=("municipality", "credential_id"), name="one_passkey_per_credential"
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverycode",
            constraint=models.UniqueConstraint(fields=("municipality", "code_hash"), name="one_recovery_per_code"),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.CheckConstraint(
                condition=models.Q(("principal", models.F("representative")), _negated=True),
                name="nobody_represents_themselves",
            ),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("municipality", "principal", "representative", "kind"),
                name="one_living_representation",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.UniqueConstraint(
                fields=("municipality", "data_class"), name="one_retention_rule_per_class"
            ),
        ),
        migrations.AddIndex(
            model_name="signinattempt",
            index=models.Index(fields=["municipality", "started_at"], name="sign_in_attempt_age"),
        ),
        migrations.AddConstraint(
            model_name="signinattempt",
            constraint=models.UniqueConstraint(fields=("municipality", "kind", "lookup"), name="one_try_per_lookup"),
        ),
        migrations.AddConstraint(
            model_name="staffinvitation",
            constraint=models.UniqueConstraint(fields=("municipality", "code_hash"), name="one_invitation_per_code"),
        ),
    ]
