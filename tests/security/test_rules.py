"""The one table of rules against what was written by hand, and every line of it taken out in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from identity import policies
from identity.policies import TABLE, Row, fields_for
from tests.security.expected_rules import RULES, Rule
from tests.security.rule_world import ACTORS, CASES

Record = Callable[[str, object], None]
SHORT = {"time": frozenset(policies.TIME_ONLY), "when": frozenset({"when"}), "name": frozenset({"name", "number"})}
SHORT["shelter"] = frozenset({"shelter"})


def expected(rule: Rule, actor: str, case: str) -> frozenset[str]:
    """The fields that are written down; of two lines that name an actor the later one counts."""
    shown: frozenset[str] = frozenset()
    for names, says in rule.may.items():
        if actor in names.split():
            found = [word for word in says.split() if word.split(":")[0] == case]
            shown = frozenset().union(*(SHORT[w.split(":")[1]] if ":" in w else policies.ALL for w in found))
    return shown


def differences(actions: list[str] | None = None) -> Iterator[str]:
    """Every cell that is not as written."""
    for action in actions if actions is not None else RULES:
        rule = RULES[action]
        for case in rule.cases.split():
            for name, actor in ACTORS.items():
                got = fields_for(actor, action, CASES[case](actor))
                want = expected(rule, name, case)
                if ("*" in got, got if "*" not in got else ()) != ("*" in want, want if "*" not in want else ()):
                    yield f"{action} as {name} on {case}: {sorted(got)}, not {sorted(want)}"


def test_every_rule_is_as_written(record_property: Record) -> None:
    record_property("asked", f"{sum(len(rule.cases.split()) for rule in RULES.values()) * len(ACTORS)} cells of rules")
    assert list(differences()) == []


def test_every_action_is_written_down_and_no_other() -> None:
    assert {row.action for row in TABLE} == RULES.keys()


def test_every_name_in_what_is_written_is_one() -> None:
    for rule in RULES.values():
        assert {name for names in rule.may for name in names.split()} <= ACTORS.keys()
        assert {word.split(":")[0] for says in rule.may.values() for word in says.split()} <= set(rule.cases.split())


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.action}-{row.relation}-{'-'.join(row.conditions)}")
def test_a_row_that_is_taken_out_is_noticed(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "TABLE", tuple(one for one in TABLE if one is not row))
    assert list(differences([row.action]))


WIDER = [(row, condition) for row in TABLE for condition in row.conditions]


@pytest.mark.parametrize(
    ("row", "condition"), WIDER, ids=lambda one: one if isinstance(one, str) else f"{one.action}-{one.relation}"
)
def test_a_row_without_one_of_its_conditions_is_noticed(
    row: Row, condition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wider = replace(row, conditions=tuple(one for one in row.conditions if one != condition))
    monkeypatch.setattr(policies, "TABLE", tuple(wider if one is row else one for one in TABLE))
    assert list(differences([row.action]))


def test_a_relation_that_holds_for_everybody_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in TABLE:
        everybody = {**policies.RELATIONS, row.relation: lambda actor, facts: True}
        with monkeypatch.context() as wide:
            wide.setattr(policies, "RELATIONS", everybody)
            assert list(differences([row.action])), row
