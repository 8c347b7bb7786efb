"""Opening with cycles, exceptions, closures and limits; needs, waiting list, series, tasks."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.lookups
from django.db import migrations, models

import identity.fields
import identity.scope


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0004_one_meeting_in_a_municipality"),
        ("identity", "0015_limits_of_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarLimit",
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
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("per_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("per_week", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("minutes_per_day", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Closure",
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
                ("from_at", models.DateTimeField()),
                ("to_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("from_at",),
            },
        ),
        migrations.CreateModel(
            name="FormTerms",
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
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "form",
                    models.CharField(
                        choices=[("video", "Video"), ("phone", "Phone"), ("visit", "Visit"), ("home", "Home")],
                        max_length=5,
                    ),
                ),
                ("duration", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("buffer_before", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("buffer_after", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("lead_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("lead_working_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("horizon_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("move_limit_minutes", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "booked_by",
                    models.CharField(
                        blank=True, choices=[("resident", "Resident"), ("officer", "Officer")], default="", max_length=8
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "form terms",
            },
        ),
        migrations.CreateModel(
            name="Need",
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
                            ("interpreter", "Interpreter"),
                            ("sign", "Sign"),
                            ("speech_to_text", "Speech To Text"),
                            ("deafblind", "Deafblind"),
                            ("text", "Text"),
                            ("pauses", "Pauses"),
                            ("easy_read", "Easy Read"),
                            ("room", "Room"),
                        ],
                        max_length=16,
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("wanted", "Wanted"),
                            ("ordered", "Ordered"),
                            ("confirmed", "Confirmed"),
                            ("withdrawn", "Withdrawn"),
                            ("not_found", "Not Found"),
                        ],
                        default="wanted",
                        max_length=12,
                    ),
                ),
                (
                    "order",
                    models.CharField(
                        blank=True, help_text="The agency's number; nothing of the person.", max_length=40
                    ),
                ),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OpeningException",
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
                ("date", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("skip", "Skip"), ("change", "Change"), ("extra", "Extra"), ("closed", "Closed")],
                        max_length=8,
                    ),
                ),
                ("from_minute", models.PositiveSmallIntegerField(default=0)),
                ("to_minute", models.PositiveSmallIntegerField(default=1440)),
                (
                    "forms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("video", "Video"), ("phone", "Phone"), ("visit", "Visit"), ("home", "Home")],
                            max_length=5,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("step", models.PositiveSmallIntegerField(default=5)),
                (
                    "anchor",
                    models.CharField(
                        choices=[("opening", "Opening"), ("clock", "Clock")], default="opening", max_length=8
                    ),
                ),
            ],
            options={
                "ordering": ("date", "from_minute"),
            },
        ),
        migrations.CreateModel(
            name="OwnOfficer",
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
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Series",
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
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "series",
            },
        ),
        migrations.CreateModel(
            name="ShortDay",
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
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("eve", models.CharField(max_length=32)),
                ("closes_at", models.PositiveSmallIntegerField(help_text="Minutes after midnight.")),
            ],
        ),
        migrations.CreateModel(
            name="Task",
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
                            ("move", "Move"),
                            ("order_interpreter", "Order Interpreter"),
                            ("approve_party", "Approve Party"),
                            ("call", "Call"),
                            ("new_time", "New Time"),
                            ("ring_next", "Ring Next"),
                        ],
                        max_length=20,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("due_at",),
            },
        ),
        migrations.CreateModel(
            name="Wish",
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
                    "form",
                    models.CharField(
                        choices=[("video", "Video"), ("phone", "Phone"), ("visit", "Visit"), ("home", "Home")],
                        max_length=5,
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        help_text="ISO; none: any.",
                        size=None,
                    ),
                ),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=9),
                        blank=True,
                        default=list,
                        help_text="morning, afternoon.",
                        size=None,
                    ),
                ),
                ("earliest", models.DateField(blank=True, null=True)),
                ("latest", models.DateField(blank=True, null=True)),
                (
                    "notice_minutes",
                    models.PositiveIntegerField(default=1440, help_text="How long before the start, at least."),
                ),
                ("contact_way", models.CharField(default="none", max_length=8)),
                ("contact_to", identity.fields.EncryptedField(blank=True, default="", editable=True)),
                ("language", models.CharField(default="sv", max_length=5)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("offered", "Offered"),
                            ("resting", "Resting"),
                            ("met", "Met"),
                            ("withdrawn", "Withdrawn"),
                            ("past", "Past"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("unanswered", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "wishes",
            },
        ),
        migrations.CreateModel(
            name="WishOffer",
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
                    "by_phone",
                    models.BooleanField(
                        default=False, help_text="An officer rings; else the person is sent a message."
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("waited_minutes", models.PositiveIntegerField(help_text="How old the wish was.")),
                (
                    "outcome",
                    models.CharField(blank=True, default="", help_text="accepted, declined, lapsed.", max_length=10),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("made_at",),
            },
        ),
        migrations.AddField(
            model_name="absence",
            name="every",
            field=models.PositiveSmallIntegerField(default=1, help_text="Each n-th week, 1-8, from `first_monday`."),
        ),
        migrations.AddField(
            model_name="absence",
            name="first_monday",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="absence",
            name="from_minute",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="absence",
            name="nth",
            field=models.SmallIntegerField(
                default=0, help_text="First to fifth weekday of the month, -1 the last, 0 any."
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="to_minute",
            field=models.PositiveSmallIntegerField(default=1440),
        ),
        migrations.AddField(
            model_name="absence",
            name="week_parity",
            field=models.CharField(blank=True, choices=[("odd", "Odd"), ("even", "Even")], default="", max_length=4),
        ),
        migrations.AddField(
            model_name="absence",
            name="weekday",
            field=models.PositiveSmallIntegerField(blank=True, help_text="ISO 1-7; none: all of the time.", null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="asked_how",
            field=models.CharField(
                blank=True,
                choices=[("phone", "Phone"), ("visit", "Visit"), ("letter", "Letter"), ("system", "System")],
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="booked_by",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.person",
            ),
        ),
        migrations.AddField(
            model_name="calendar",
            name="buffer_after",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="calendar",
            name="buffer_before",
            field=models.PositiveSmallIntegerField(default=0, help_text="Minutes: an interpreter's travel."),
        ),
        migrations.AddField(
            model_name="calendar",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8),
                blank=True,
                default=list,
                help_text="Spoken or signed; BCP 47, as ar, swl.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="calendar",
            name="lead_minutes",
            field=models.PositiveIntegerField(default=0, help_text="An interpreter's or room's own lead time."),
        ),
        migrations.AddField(
            model_name="calendar",
            name="name",
            field=models.CharField(
                blank=True, help_text="Of a loan room; an officer's name is the account's.", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="calendar",
            name="share",
            field=models.PositiveSmallIntegerField(
                default=100, help_text="Share of full time, percent: weighs the load."
            ),
        ),
        migrations.AddField(
            model_name="idempotencykey",
            name="status",
            field=models.PositiveSmallIntegerField(default=200, help_text="HTTP status of the first answer."),
        ),
        migrations.AddField(
            model_name="meetingtype",
            name="booked_by",
            field=models.CharField(
                choices=[("resident", "Resident"), ("officer", "Officer")], default="resident", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="meetingtype",
            name="interpreter_percent",
            field=models.PositiveSmallIntegerField(
                default=150, help_text="Length with an interpreter in percent, rounded up to 5 minutes."
            ),
        ),
        migrations.AddField(
            model_name="meetingtype",
            name="lead_working_days",
            field=models.PositiveSmallIntegerField(default=0, help_text="Instead of minutes, when not 0."),
        ),
        migrations.AddField(
            model_name="meetingtype",
            name="max_parties",
            field=models.PositiveSmallIntegerField(default=6),
        ),
        migrations.AddField(
            model_name="meetingtype",
            name="own_officer_only",
            field=models.BooleanField(default=False, help_text="Who has an officer of their own meets no other."),
        ),
        migrations.AddField(
            model_name="openingrule",
            name="every",
            field=models.PositiveSmallIntegerField(default=1, help_text="Each n-th week, 1-8, from `first_monday`."),
        ),
        migrations.AddField(
            model_name="openingrule",
            name="first_monday",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="openingrule",
            name="nth",
            field=models.SmallIntegerField(
                default=0, help_text="First to fifth weekday of the month, -1 the last, 0 any."
            ),
        ),
        migrations.AddField(
            model_name="openingrule",
            name="on_red_days",
            field=models.BooleanField(default=False, help_text="Open on red and short days too."),
        ),
        migrations.AddField(
            model_name="openingrule",
            name="week_parity",
            field=models.CharField(blank=True, choices=[("odd", "Odd"), ("even", "Even")], default="", max_length=4),
        ),
        migrations.AddField(
            model_name="party",
            name="officer_said",
            field=models.CharField(blank=True, choices=[("yes", "Yes"), ("no", "No")], default="", max_length=3),
        ),
        migrations.AddField(
            model_name="party",
            name="reason",
            field=models.CharField(blank=True, help_text="Code of an officer's no.", max_length=16),
        ),
        migrations.AddField(
            model_name="party",
            name="resident_said",
            field=models.CharField(blank=True, choices=[("yes", "Yes"), ("no", "No")], default="", max_length=3),
        ),
        migrations.AlterField(
            model_name="occupancy",
            name="role",
            field=models.CharField(default="officer", help_text="officer, interpreter, room.", max_length=16),
        ),
        migrations.AddIndex(
            model_name="absence",
            index=models.Index(fields=["municipality", "calendar", "to_at"], name="absence_by_calendar"),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_minute__lt", models.F("to_minute")),
                    ("to_minute__lte", 1440),
                    models.Q(("weekday", None), models.Q(("weekday__gte", 1), ("weekday__lte", 7)), _connector="OR"),
                ),
                name="absence_in_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("from_minute"), models.Value(5), function="mod", output_field=models.IntegerField()
                        ),
                        models.Value(0),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("to_minute"), models.Value(5), function="mod", output_field=models.IntegerField()
                        ),
                        models.Value(0),
                    ),
                ),
                name="absence_whole_ticks",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("every__gte", 2),
                        ("every__lte", 8),
                        ("first_monday__isnull", False),
                        ("nth", 0),
                        ("week_parity", ""),
                    ),
                    models.Q(("every", 1), ("first_monday", None), ("nth", 0), ("week_parity__in", ["odd", "even"])),
                    models.Q(
                        ("every", 1), ("first_monday", None), ("nth__in", [-1, 0, 1, 2, 3, 4, 5]), ("week_parity", "")
                    ),
                    _connector="OR",
                ),
                name="absence_one_cycle",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendar",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lead_minutes__lte", 86400),
                    ("share__gte", 5),
                    ("share__lte", 100),
                    ("buffer_after__lte", 240),
                    ("buffer_before__lte", 240),
                ),
                name="calendar_in_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendar",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("buffer_before"),
                            models.Value(5),
                            function="mod",
                            output_field=models.IntegerField(),
                        ),
                        models.Value(0),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("buffer_after"),
                            models.Value(5),
                            function="mod",
                            output_field=models.IntegerField(),
                        ),
                        models.Value(0),
                    ),
                ),
                name="calendar_buffers_whole_ticks",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingtype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("duration"), models.Value(5), function="mod", output_field=models.IntegerField()
                        ),
                        models.Value(0),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("buffer_before"),
                            models.Value(5),
                            function="mod",
                            output_field=models.IntegerField(),
                        ),
                        models.Value(0),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("buffer_after"),
                            models.Value(5),
                            function="mod",
                            output_field=models.IntegerField(),
                        ),
                        models.Value(0),
                    ),
                ),
                name="meeting_type_multiples_of_5",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingtype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lead_minutes__lte", 86400),
                    ("lead_working_days__lte", 60),
                    ("horizon_days__gte", 1),
                    ("horizon_days__lte", 366),
                    ("interpreter_percent__gte", 100),
                    ("interpreter_percent__lte", 300),
                    ("max_parties__gte", 2),
                    ("max_parties__lte", 6),
                ),
                name="meeting_type_in_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("from_minute"), models.Value(5), function="mod", output_field=models.IntegerField()
                        ),
                        models.Value(0),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("to_minute"), models.Value(5), function="mod", output_field=models.IntegerField()
                        ),
                        models.Value(0),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("step"), models.Value(5), function="mod", output_field=models.IntegerField()
                        ),
                        models.Value(0),
                    ),
                ),
                name="opening_rule_whole_ticks",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("every__gte", 2),
                        ("every__lte", 8),
                        ("first_monday__isnull", False),
                        ("nth", 0),
                        ("week_parity", ""),
                    ),
                    models.Q(("every", 1), ("first_monday", None), ("nth", 0), ("week_parity__in", ["odd", "even"])),
                    models.Q(
                        ("every", 1), ("first_monday", None), ("nth__in", [-1, 0, 1, 2, 3, 4, 5]), ("week_parity", "")
                    ),
                    _connector="OR",
                ),
                name="opening_rule_one_cycle",
            ),
        ),
        migrations.AddField(
            model_name="calendarlimit",
            name="calendar",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="limits",
                to="booking.calendar",
            ),
        ),
        migrations.AddField(
            model_name="calendarlimit",
            name="meeting_type",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="booking.meetingtype",
            ),
        ),
        migrations.AddField(
            model_name="closure",
            name="unit",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="closures",
                to="identity.unit",
            ),
        ),
        migrations.AddField(
            model_name="formterms",
            name="meeting_type",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="terms",
                to="booking.meetingtype",
            ),
        ),
        migrations.AddField(
            model_name="need",
            name="booking",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="needs",
                to="booking.booking",
            ),
        ),
        migrations.AddField(
            model_name="need",
            name="calendar",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="booking.calendar",
            ),
        ),
        migrations.AddField(
            model_name="openingexception",
            name="calendar",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="exceptions",
                to="booking.calendar",
            ),
        ),
        migrations.AddField(
            model_name="openingexception",
            name="rule",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="exceptions",
                to="booking.openingrule",
            ),
        ),
        migrations.AddField(
            model_name="ownofficer",
            name="calendar",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="booking.calendar",
            ),
        ),
        migrations.AddField(
            model_name="ownofficer",
            name="resident",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="own_officers",
                to="identity.person",
            ),
        ),
        migrations.AddField(
            model_name="ownofficer",
            name="unit",
            field=identity.fields.TenantForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="identity.unit"
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="calendar",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="booking.calendar",
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="made_by",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.person",
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="meeting_type",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="booking.meetingtype",
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="resident",
            field=identity.fields.TenantForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.person"
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="series",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bookings",
                to="booking.series",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="booking",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tasks",
                to="booking.booking",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="done_by",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.person",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="person",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="identity.person",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="unit",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tasks",
                to="identity.unit",
            ),
        ),
        migrations.AddField(
            model_name="wish",
            name="booking",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="booking.booking",
            ),
        ),
        migrations.AddField(
            model_name="wish",
            name="calendar",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="booking.calendar",
            ),
        ),
        migrations.AddField(
            model_name="wish",
            name="meeting_type",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wishes",
                to="booking.meetingtype",
            ),
        ),
        migrations.AddField(
            model_name="wish",
            name="resident",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wishes",
                to="identity.person",
            ),
        ),
        migrations.AddField(
            model_name="wishoffer",
            name="booking",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="booking.booking",
            ),
        ),
        migrations.AddField(
            model_name="wishoffer",
            name="wish",
            field=identity.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="offers",
                to="booking.wish",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="offer",
            field=identity.fields.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tasks",
                to="booking.wishoffer",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarlimit",
            constraint=models.UniqueConstraint(
                fields=("municipality", "calendar", "meeting_type"), name="one_limit_each", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("per_day", None), ("per_day__lte", 288), _connector="OR"),
                    models.Q(("per_week", None), ("per_week__lte", 2016), _connector="OR"),
                    models.Q(("minutes_per_day", None), ("minutes_per_day__lte", 1440), _connector="OR"),
                ),
                name="limit_in_bounds",
            ),
        ),
        migrations.AddIndex(
            model_name="closure",
            index=models.Index(fields=["municipality", "to_at"], name="closure_by_end"),
        ),
        migrations.AddConstraint(
            model_name="closure",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_at__lt", models.F("to_at"))), name="closure_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="formterms",
            constraint=models.UniqueConstraint(
                fields=("municipality", "meeting_type", "form"), name="one_terms_per_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="formterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("duration", None), models.Q(("duration__gte", 5), ("duration__lte", 720)), _connector="OR"
                    ),
                    models.Q(("buffer_before", None), ("buffer_before__lte", 240), _connector="OR"),
                    models.Q(("buffer_after", None), ("buffer_after__lte", 240), _connector="OR"),
                    models.Q(("lead_minutes", None), ("lead_minutes__lte", 86400), _connector="OR"),
                    models.Q(("lead_working_days", None), ("lead_working_days__lte", 60), _connector="OR"),
                    models.Q(
                        ("horizon_days", None),
                        models.Q(("horizon_days__gte", 1), ("horizon_days__lte", 366)),
                        _connector="OR",
                    ),
                ),
                name="form_terms_in_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="formterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("duration"), models.Value(5), function="mod", output_field=models.IntegerField()
                        ),
                        models.Value(0),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("buffer_before"),
                            models.Value(5),
                            function="mod",
                            output_field=models.IntegerField(),
                        ),
                        models.Value(0),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("buffer_after"),
                            models.Value(5),
                            function="mod",
                            output_field=models.IntegerField(),
                        ),
                        models.Value(0),
                    ),
                ),
                name="form_terms_multiples_of_5",
            ),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.UniqueConstraint(fields=("municipality", "booking", "kind"), name="one_need_of_a_kind"),
        ),
        migrations.AddIndex(
            model_name="openingexception",
            index=models.Index(fields=["municipality", "calendar", "date"], name="exception_by_date"),
        ),
        migrations.AddConstraint(
            model_name="openingexception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["skip", "change"]), ("rule__isnull", False)),
                    models.Q(("kind", "closed"), ("rule", None)),
                    models.Q(("kind", "extra"), ("rule", None), models.Q(("forms", []), _negated=True)),
                    _connector="OR",
                ),
                name="exception_names_its_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingexception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_minute__lt", models.F("to_minute")),
                    ("to_minute__lte", 1440),
                    ("step__gte", 5),
                    ("step__lte", 120),
                ),
                name="exception_in_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingexception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("from_minute"), models.Value(5), function="mod", output_field=models.IntegerField()
                        ),
                        models.Value(0),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("to_minute"), models.Value(5), function="mod", output_field=models.IntegerField()
                        ),
                        models.Value(0),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("step"), models.Value(5), function="mod", output_field=models.IntegerField()
                        ),
                        models.Value(0),
                    ),
                ),
                name="exception_whole_ticks",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingexception",
            constraint=models.UniqueConstraint(
                condition=models.Q(("rule__isnull", False)),
                fields=("municipality", "rule", "date"),
                name="one_exception_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownofficer",
            constraint=models.UniqueConstraint(
                fields=("municipality", "resident", "unit"), name="one_own_officer_per_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="shortday",
            constraint=models.UniqueConstraint(fields=("municipality", "eve"), name="one_closing_per_eve"),
        ),
        migrations.AddConstraint(
            model_name="shortday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closes_at__lte", 1440),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("closes_at"), models.Value(5), function="mod", output_field=models.IntegerField()
                        ),
                        models.Value(0),
                    ),
                ),
                name="short_day_within_a_day",
            ),
        ),
        migrations.AddIndex(
            model_name="wish",
            index=models.Index(fields=["municipality", "meeting_type", "state", "made_at"], name="wish_in_order"),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("earliest", None), ("latest", None), ("earliest__lte", models.F("latest")), _connector="OR"
                ),
                name="wish_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.CheckConstraint(condition=models.Q(("notice_minutes__lte", 86400)), name="wish_notice"),
        ),
        migrations.AddIndex(
            model_name="wishoffer",
            index=models.Index(fields=["municipality", "outcome", "expires_at"], name="offer_due"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at", None)), fields=["municipality", "unit", "due_at"], name="task_open"
            ),
        ),
    ]
