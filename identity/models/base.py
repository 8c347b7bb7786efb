"""The ground of every table: regions and municipalities outside the walls, and what a tenant row is."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from identity import scope


class Region(models.Model):
    """Municipalities that share texts and compare counts."""

    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """The tenant. Known by its host names; `short_id` begins every secret that belongs to it."""

    id = models.AutoField(primary_key=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True)
    short_id = models.CharField(max_length=8, unique=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    hosts = ArrayField(models.CharField(max_length=253))
    zone = models.CharField(max_length=40, default="Europe/Stockholm")
    phone = models.CharField(max_length=20, help_text="The switchboard, as residents read it.")
    phone_hours = models.CharField(max_length=60)
    emergency_phone = models.CharField(max_length=20, help_text="Socialjouren.")
    mailbox = models.EmailField(help_text="The service mailbox: From and ORGANIZER of every message.")
    protected_on_web = models.BooleanField(
        default=False, help_text="People with protected identity or safe contact may book on the web."
    )
    exit_address = models.URLField(blank=True, help_text="Where a quick exit leads; empty: a page that says nothing.")
    feed_grades = ArrayField(models.CharField(max_length=8), default=list)

    class Meta:
        verbose_name_plural = "municipalities"

    def __str__(self) -> str:
        return self.name


class TenantModel(models.Model):
    """A row of one municipality, behind the wall."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, default=scope.current, related_name="+")

    objects: ClassVar[scope.ScopedManager[Self]] = scope.ScopedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class LimitBucket(models.Model):
    """One token bucket of the limiter, outside the walls; `key` is a hash and names nobody."""

    key = models.BinaryField(primary_key=True, max_length=32)
    tokens = models.FloatField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tokens:.0f}"
