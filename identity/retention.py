"""How long each class of data is kept: proposals of ours, and the decision of the municipality's board for each.

Nobody is erased before there is a decision; a periodic purge by class does not exist yet. An administrator enters the
decision, and sees no data by doing so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from identity import access_log, policies
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor
from identity.data_classes import RETENTION, Kept
from identity.errors import NotAllowed
from identity.models import RetentionRule
from identity.openings import who
from identity.policies import Facts

KIND = "retention rule"


@dataclass(frozen=True)
class Plan:
    """One class: what is proposed, and what is entered, if anything is."""

    proposed: Kept
    rule: RetentionRule | None

    @property
    def days(self) -> int:
        """The time that counts: the entered one, else the proposed one."""
        return self.rule.days if self.rule else self.proposed.days

    @property
    def decided(self) -> bool:
        """True when the board has decided, or need not."""
        return not self.proposed.decided or bool(self.rule and self.rule.decision and self.rule.decided_on)


@dataclass(frozen=True)
class Decision:
    """What the board decided for one class: days, the reference of the decision, and its date."""

    code: str
    days: int
    reference: str
    decided_on: date | None


def plans() -> list[Plan]:
    """Every class in order. Needs an open scope."""
    rules = {rule.data_class: rule for rule in RetentionRule.objects.all()}
    return [Plan(kept, rules.get(kept.code)) for kept in RETENTION]


def see(*, actor: Actor) -> list[Plan]:
    """The plan, for who configures it. Raises `NotAllowed`."""
    with acting(actor.municipality_id):
        _require(actor, "retention.see")
        return plans()


def decide(*, actor: Actor, decision: Decision) -> RetentionRule:
    """Enter a decision. Raises `NotAllowed`, ValueError for a class that does not exist."""
    if decision.code not in {kept.code for kept in RETENTION}:
        raise ValueError("unknown class")
    with acting(actor.municipality_id):
        _require(actor, "retention.change")
        rule, _ = RetentionRule.objects.update_or_create(
            data_class=decision.code,
            defaults={"days": decision.days, "decision": decision.reference, "decided_on": decision.decided_on},
        )
        access_log.record(actor=actor, action="retention.change", kind=KIND, objects=[rule.id])
        return rule


def undecided(codes: Iterable[str] | None = None) -> list[str]:
    """The classes, of `codes` or of all, for which the board has not decided. Needs an open scope."""
    wanted = {kept.code for kept in RETENTION} if codes is None else set(codes)
    return [plan.proposed.code for plan in plans() if plan.proposed.code in wanted and not plan.decided]


def days_of(code: str) -> int:
    """How many days a class is kept. Needs an open scope. Raises KeyError for a class that does not exist."""
    return {plan.proposed.code: plan.days for plan in plans()}[code]


def _require(actor: Actor, action: str) -> None:
    if not policies.may(actor, action, Facts(actor.municipality_id)):
        raise NotAllowed(action, Tried(actor, action, KIND, who(actor)))
