"""Migrations: the models and their migrations say the same, and each has a name."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.sources import PACKAGES


def test_every_change_of_a_model_has_its_migration() -> None:
    before = MigrationLoader(None).project_state()
    detector = MigrationAutodetector(before, ProjectState.from_apps(apps))
    changes = detector.changes(graph=MigrationLoader(None).graph)
    assert not {app: [str(migration) for migration in found] for app, found in changes.items()}


def test_every_migration_is_named_after_what_it_does() -> None:
    ours = [name for app, name in MigrationLoader(None).disk_migrations if app in PACKAGES]
    assert ours
    assert not [name for name in ours if "_auto_" in name]
