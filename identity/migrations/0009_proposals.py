"""Proposals: what a second person confirms; and which invitations a second person wanted."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import identity.fields
import identity.scope
from identity.walls import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0008_entries_by_the_clock"),
    ]

    operations = [
        migrations.AddField(
            model_name="staffinvitation",
            name="confirmed",
            field=models.BooleanField(default=False, help_text="A second person, or the operator, wanted it too."),
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("role", "Role"), ("invitation", "Invitation"), ("provider", "Provider")],
                        max_length=12,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("role", models.CharField(blank=True, max_length=16)),
                ("values", identity.fields.EncryptedField(blank=True, default="", editable=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed", models.BooleanField(default=False)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    identity.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.person",
                    ),
                ),
                (
                    "decided_by",
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
                    "municipality",
                    models.ForeignKey(
                        default=identity.scope.current,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.municipality",
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
            ],
            options={
                "indexes": [models.Index(fields=["municipality", "asked_at"], name="proposal_waiting")],
            },
        ),
        Wall("Proposal"),
    ]
