"""People, and what they are to a unit and to each other."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models

from identity.fields import EncryptedField, TenantForeignKey, TenantOneToOneField
from identity.models.base import TenantModel

# The three flags that shelter a person. They are stored and shown apart, and count alike: ask `protected`, never one.
FLAGS = ("marked", "registered", "safe_contact")


def protected(path: str = "") -> models.Q:
    """In SQL what `Person.protected` says of one. `path`: the way to the person from the rows asked, as `resident`."""
    before = f"{path}__" if path else ""
    return models.Q(*((f"{before}{flag}", True) for flag in FLAGS), _connector=models.Q.OR)


class Unit(TenantModel):
    """A team; access is granted per unit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20)
    visit_place = models.CharField(max_length=160, blank=True)
    shows_officers = models.BooleanField(default=False, help_text="Officers' names are shown before sign-in.")

    def __str__(self) -> str:
        return self.name


class Person(TenantModel):
    """Anybody with a UUID. Resident and officer are roles, not kinds of person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = EncryptedField()
    email = EncryptedField()
    phone = EncryptedField()
    number = EncryptedField(help_text="Personal or coordination number, twelve digits.")
    number_index = models.BinaryField(null=True, blank=True, help_text="Blind index of the number, with its key's.")
    external_id = models.CharField(max_length=64, blank=True, help_text="What another system calls the person.")
    cast_name = models.SlugField(blank=True, help_text="Name in the trial's cast; empty outside it.")
    language = models.CharField(max_length=5, default="sv")
    marked = models.BooleanField(default=False, help_text="Sekretessmarkering.")
    registered = models.BooleanField(default=False, help_text="Skyddad folkbokföring.")
    safe_contact = models.BooleanField(default=False, help_text="Trygg kontakt: asked for, without a reason.")
    joined = ArrayField(models.UUIDField(), default=list, blank=True, help_text="Ids of those who were joined to it.")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "persons"
        constraints = [
            models.UniqueConstraint(fields=["municipality", "number_index"], name="one_person_per_number"),
            models.UniqueConstraint(
                fields=["municipality", "cast_name"], name="one_person_per_cast_name", condition=~models.Q(cast_name="")
            ),
            models.UniqueConstraint(
                fields=["municipality", "external_id"],
                name="one_person_per_external_id",
                condition=~models.Q(external_id=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def protected(self) -> bool:
        """True when a mark of protected identity stands, or safe contact was asked for: all three shelter alike."""
        return any(getattr(self, flag) for flag in FLAGS)


class Role(models.TextChoices):
    """What a membership makes somebody in a unit."""

    OFFICER = "officer"
    COORDINATOR = "coordinator"
    UNIT_MANAGER = "unit_manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    INTERPRETER = "interpreter"


class Membership(TenantModel):
    """A person's role in a unit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = TenantForeignKey(Person, models.CASCADE, related_name="memberships")
    unit = TenantForeignKey(Unit, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "person", "unit", "role"], name="one_membership_each")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.person_id}"


class StaffAccount(TenantModel):
    """A staff member's name at work, and whether the account is closed. Without one nobody acts as staff.

    The name is no secret: colleagues, residents and administrators read it. It is not the sealed name of the person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = TenantOneToOneField(Person, models.CASCADE, related_name="staff_account")
    name = models.CharField(max_length=80)
    local = models.BooleanField(default=False, help_text="Signs in by passkey here, not by the municipality's own.")
    opened_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["municipality", "person"], name="one_account_per_person")]

    def __str__(self) -> str:
        return str(self.id)


class NamedReader(TenantModel):
    """A staff member who may open what concerns one protected person, with a reason each time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = TenantForeignKey(Person, models.CASCADE, related_name="named_readers")
    reader = TenantForeignKey(Person, models.CASCADE, related_name="+")
    deputy = models.BooleanField(default=False)
    named_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "person", "reader"], name="one_naming_per_reader"),
            models.UniqueConstraint(
                fields=["municipality", "person"], name="one_deputy_each", condition=models.Q(deputy=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RepresentationKind(models.TextChoices):
    """On what ground somebody acts for another."""

    HELPER = "helper"
    PROXY = "proxy"
    TRUSTEE = "trustee"
    CONSERVATOR = "conservator"
    GUARDIAN = "guardian"
    RELATIVE = "relative"


class Evidence(models.TextChoices):
    """What was seen that shows it. The paper itself is never kept here."""

    WORD = "word"
    MANDATE = "mandate"
    COURT = "court"
    REGISTER = "register"
    FUTURE_MANDATE = "future_mandate"


class Representation(TenantModel):
    """Who may act for a resident, in what (`scopes`: book, attend, speak), shown by what, seen by whom, until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    principal = TenantForeignKey(Person, models.CASCADE, related_name="representatives")
    representative = TenantForeignKey(Person, models.CASCADE, related_name="represents")
    called = EncryptedField(help_text="What the one who wrote it down calls the representative.")
    kind = models.CharField(max_length=12, choices=RepresentationKind)
    scopes = ArrayField(models.CharField(max_length=8))
    evidence = models.CharField(max_length=16, choices=Evidence, blank=True)
    seen_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="Last day, included.")
    made_at = models.DateTimeField()
    made_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = TenantForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="nobody_represents_themselves", condition=~models.Q(principal=models.F("representative"))
            ),
            models.UniqueConstraint(
                fields=["municipality", "principal", "representative", "kind"],
                name="one_living_representation",
                condition=models.Q(revoked_at=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def proven(self) -> bool:
        """True when somebody of the staff has seen what shows it."""
        return self.seen_at is not None

    def alive(self, today: date) -> bool:
        """True until it is withdrawn or its last day has passed."""
        return self.revoked_at is None and (self.valid_to is None or today <= self.valid_to)

    def allows(self, today: date) -> frozenset[str]:
        """What it opens today: its scopes when proven; unproven, and a helper's, only `book`."""
        if not self.alive(today):
            return frozenset()
        if self.kind == RepresentationKind.HELPER or not self.proven:
            return frozenset(self.scopes) & {"book"}
        return frozenset(self.scopes)
