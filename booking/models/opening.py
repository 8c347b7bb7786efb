"""When calendars are open: rules that recur, dates that differ, absences, closures, short days, and limits."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from booking.models.calendar import Calendar
from booking.models.service import Form, MeetingType, whole_ticks
from identity.fields import TenantForeignKey
from identity.models import TenantModel, Unit

_IN_A_DAY = Q(to_minute__lte=1440, from_minute__lt=F("to_minute"))


class Anchor(models.TextChoices):
    """What the step grid counts from."""

    OPENING = "opening"
    CLOCK = "clock"


class Parity(models.TextChoices):
    """Odd or even ISO weeks."""

    ODD = "odd"
    EVEN = "even"


class ExceptionKind(models.TextChoices):
    """How a date differs."""

    SKIP = "skip"
    CHANGE = "change"
    EXTRA = "extra"
    CLOSED = "closed"


def _one_cycle() -> Q:
    """Weeks counted, or odd and even ones, or weekdays of the month: at most one of the three."""
    weekly = Q(every=1, first_monday=None)
    return (
        Q(every__gte=2, every__lte=8, first_monday__isnull=False, week_parity="", nth=0)
        | (weekly & Q(week_parity__in=["odd", "even"], nth=0))
        | (weekly & Q(week_parity="", nth__in=[-1, 0, 1, 2, 3, 4, 5]))
    )


class Cycle(models.Model):
    """Which of a weekday's dates count: `booking.patterns.Cycle` as columns."""

    every = models.PositiveSmallIntegerField(default=1, help_text="Each n-th week, 1-8, from `first_monday`.")
    first_monday = models.DateField(null=True, blank=True)
    week_parity = models.CharField(max_length=4, choices=Parity, blank=True, default="")
    nth = models.SmallIntegerField(default=0, help_text="First to fifth weekday of the month, -1 the last, 0 any.")

    class Meta:
        abstract = True


class OpeningRule(TenantModel, Cycle):
    """A piece of open time that recurs, in wall time of the calendar: minutes after midnight, multiples of 5."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    calendar = TenantForeignKey(Calendar, models.CASCADE, related_name="rules")
    weekday = models.PositiveSmallIntegerField(help_text="ISO 1-7.")
    from_minute = models.PositiveSmallIntegerField()
    to_minute = models.PositiveSmallIntegerField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="Last day, included.")
    forms = ArrayField(models.CharField(max_length=5, choices=Form))
    step = models.PositiveSmallIntegerField(default=5)
    anchor = models.CharField(max_length=8, choices=Anchor, default=Anchor.OPENING)
    on_red_days = models.BooleanField(default=False, help_text="Open on red and short days too.")

    class Meta:
        ordering = ("weekday", "from_minute")
        constraints = [
            models.CheckConstraint(
                name="opening_rule_in_a_day",
                condition=Q(weekday__gte=1, weekday__lte=7, to_minute__lte=1440, from_minute__lt=F("to_minute")),
            ),
            models.CheckConstraint(name="opening_rule_step", condition=Q(step__gte=5, step__lte=120)),
            models.CheckConstraint(
                name="opening_rule_dates",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
            ),
            models.CheckConstraint(
                name="opening_rule_whole_ticks", condition=whole_ticks("from_minute", "to_minute", "step")
            ),
            models.CheckConstraint(name="opening_rule_one_cycle", condition=_one_cycle()),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.from_minute}-{self.to_minute}"


class OpeningException(TenantModel):
    """One date that differs: one occurrence of a rule skipped or changed, extra time, or closed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    calendar = TenantForeignKey(Calendar, models.CASCADE, related_name="exceptions")
    rule = TenantForeignKey(OpeningRule, models.CASCADE, null=True, blank=True, related_name="exceptions")
    date = models.DateField()
    kind = models.CharField(max_length=8, choices=ExceptionKind)
    from_minute = models.PositiveSmallIntegerField(default=0)
    to_minute = models.PositiveSmallIntegerField(default=1440)
    forms = ArrayField(models.CharField(max_length=5, choices=Form), default=list, blank=True)
    step = models.PositiveSmallIntegerField(default=5)
    anchor = models.CharField(max_length=8, choices=Anchor, default=Anchor.OPENING)

    class Meta:
        ordering = ("date", "from_minute")
        constraints = [
            models.CheckConstraint(
                name="exception_names_its_rule",
                condition=Q(kind__in=["skip", "change"], rule__isnull=False)
                | Q(kind="closed", rule=None)
                | (Q(kind="extra", rule=None) & ~Q(forms=[])),
            ),
            models.CheckConstraint(name="exception_in_a_day", condition=_IN_A_DAY & Q(step__gte=5, step__lte=120)),
            models.CheckConstraint(
                name="exception_whole_ticks", condition=whole_ticks("from_minute", "to_minute", "step")
            ),
            models.UniqueConstraint(
                fields=["municipality", "rule", "date"], name="one_exception_each", condition=Q(rule__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["municipality", "calendar", "date"], name="exception_by_date")]

    def __str__(self) -> str:
        return f"{self.kind} {self.date:%Y-%m-%d}"


class Absence(TenantModel, Cycle):
    """When a calendar cannot be booked; with a weekday it recurs between its two ends. The code is the unit's only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    calendar = TenantForeignKey(Calendar, models.CASCADE, related_name="absences")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    code = models.CharField(max_length=16, default="other")
    weekday = models.PositiveSmallIntegerField(null=True, blank=True, help_text="ISO 1-7; none: all of the time.")
    from_minute = models.PositiveSmallIntegerField(default=0)
    to_minute = models.PositiveSmallIntegerField(default=1440)

    class Meta:
        constraints = [
            models.CheckConstraint(name="absence_in_order", condition=Q(from_at__lt=F("to_at"))),
            models.CheckConstraint(
                name="absence_in_a_day", condition=_IN_A_DAY & (Q(weekday=None) | Q(weekday__gte=1, weekday__lte=7))
            ),
            models.CheckConstraint(name="absence_whole_ticks", condition=whole_ticks("from_minute", "to_minute")),
            models.CheckConstraint(name="absence_one_cycle", condition=_one_cycle()),
        ]
        indexes = [models.Index(fields=["municipality", "calendar", "to_at"], name="absence_by_calendar")]

    def __str__(self) -> str:
        return f"{self.from_at:%Y-%m-%d}"


class Closure(TenantModel):
    """When a unit is closed, a planning day for example; without a unit the whole municipality."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    unit = TenantForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="closures")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()

    class Meta:
        ordering = ("from_at",)
        constraints = [models.CheckConstraint(name="closure_in_order", condition=Q(from_at__lt=F("to_at")))]
        indexes = [models.Index(fields=["municipality", "to_at"], name="closure_by_end")]

    def __str__(self) -> str:
        return f"{self.from_at:%Y-%m-%d}"


class ShortDay(TenantModel):
    """When the municipality closes on one eve (`booking.red_days.DEFAULTS` names them): 0 is closed, 1440 as usual."""

    id = models.BigAutoField(primary_key=True)
    eve = models.CharField(max_length=32)
    closes_at = models.PositiveSmallIntegerField(help_text="Minutes after midnight.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "eve"], name="one_closing_per_eve"),
            models.CheckConstraint(
                name="short_day_within_a_day", condition=Q(closes_at__lte=1440) & whole_ticks("closes_at")
            ),
        ]

    def __str__(self) -> str:
        return self.eve


class CalendarLimit(TenantModel):
    """The most that one calendar takes, overall or of one meeting type; None is any number."""

    id = models.BigAutoField(primary_key=True)
    calendar = TenantForeignKey(Calendar, models.CASCADE, related_name="limits")
    meeting_type = TenantForeignKey(MeetingType, models.CASCADE, null=True, blank=True, related_name="+")
    per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    per_week = models.PositiveSmallIntegerField(null=True, blank=True)
    minutes_per_day = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "calendar", "meeting_type"], name="one_limit_each", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="limit_in_bounds",
                condition=(Q(per_day=None) | Q(per_day__lte=288))
                & (Q(per_week=None) | Q(per_week__lte=2016))
                & (Q(minutes_per_day=None) | Q(minutes_per_day__lte=1440)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.calendar_id)
