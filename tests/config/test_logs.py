"""T24: whatever is logged, by whomever, comes out scrubbed and on lines that cannot be forged."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.test import Client

from config import logs
from identity.models import Municipality
from tests.numbers_of_tests import series, spellings
from tests.trial import ROOT, outside_environment

LOGGERS = (
    "motas.web", "motas.booking", "motas.outbox", "uvicorn", "uvicorn.error", "uvicorn.access", "celery", "celery.task",
    "celery.redirected", "celery.app.trace", "django.request", "django.db.backends", "django.security", "asyncio",
    "py.warnings", "urllib3", "somebody.new",
)  # fmt: skip


@contextmanager
def written(*, readable: bool) -> Iterator[io.StringIO]:
    """What the configuration of a process writes while this stands; the tests' own handlers come back."""
    root = logging.getLogger()
    names = [root, *(logging.getLogger(name) for name in (*LOGGERS, "motas", "django.server", "uvicorn.asgi"))]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in names]
    stream = io.StringIO()
    try:
        logging.config.dictConfig(logs.configuration(readable=readable, level="DEBUG"))
        for handler in root.handlers:
            handler.setStream(stream)  # type: ignore[attr-defined]  # a StreamHandler
        yield stream
    finally:
        for logger, handlers, level, propagate in before:
            logger.handlers[:], logger.propagate = handlers, propagate
            logger.setLevel(level)


def feed(name: str, text: str) -> None:
    """The same text by every way into a logger."""
    logger = logging.getLogger(name)
    logger.critical(text)
    logger.critical("with argument %s", text, extra={"person": text})
    logger.critical("does not fit %d", text)
    try:
        raise ValueError(text)
    except ValueError:
        logger.critical("failed", exc_info=True)


@pytest.mark.parametrize(("readable", "many"), [(True, 200), (False, 1000)])
def test_none_of_a_thousand_numbers_comes_out_of_any_logger(*, readable: bool, many: int) -> None:
    numbers = series(many)
    with written(readable=readable) as out:
        for place, digits in enumerate(numbers):
            ways = spellings(digits)
            feed(LOGGERS[place % len(LOGGERS)], f"x\r\n{ways[place % len(ways)]}\x1b[2K\x1b[1A y")
    text = out.getvalue()
    assert text.count("[nummer]") >= 3 * many
    assert [digits for digits in numbers for way in spellings(digits) if way in text] == []
    assert not {"\r", "\x1b"} & set(text)


@pytest.mark.parametrize("name", LOGGERS)
@pytest.mark.parametrize("readable", [True, False])
def test_every_logger_ends_in_the_one_handler(name: str, *, readable: bool) -> None:
    with written(readable=readable) as out:
        logging.getLogger(name).critical("hello")
        assert logging.getLogger(name).handlers == []
    assert out.getvalue().count("hello") == 1


def test_a_forged_line_stays_inside_its_own() -> None:
    with written(readable=False) as out:
        feed("motas.web", 'x\n{"level": "info", "event": "forged"}\u2028\x85y')
    lines = out.getvalue().split("\n")
    assert [json.loads(line)["event"] for line in lines if line.startswith("{")][:2] == [
        'x\\n{"level": "info", "event": "forged"}\\u2028\\x85y',
        'with argument x\\n{"level": "info", "event": "forged"}\\u2028\\x85y',
    ]
    assert lines[-1] == ""


def test_a_forged_line_in_a_readable_traceback_is_marked() -> None:
    with written(readable=True) as out:
        feed("motas.web", "x\n2026-11-23 INFO motas.web forged")
    assert [line for line in out.getvalue().splitlines() if line.startswith("2026-11-23 INFO")] == []
    assert "  | 2026-11-23 INFO motas.web forged" in out.getvalue()


def test_a_line_of_production_has_time_level_logger_and_text() -> None:
    with written(readable=False) as out:
        logging.getLogger("motas.web").info("GET start 200 3 ms")
    line = json.loads(out.getvalue())
    assert list(line) == ["timestamp", "level", "logger", "event"]
    assert (line["level"], line["logger"], line["event"]) == ("info", "motas.web", "GET start 200 3 ms")


def test_what_is_named_as_a_field_of_people_goes_whole() -> None:
    with written(readable=False) as out:
        structlog.stdlib.get_logger("motas.web").critical("seen", claimed_name="Bo Ek", tries=3)
    line = json.loads(out.getvalue())
    assert {name: line[name] for name in ("event", "level", "logger", "claimed_name", "tries")} == {
        "event": "seen", "level": "critical", "logger": "motas.web", "claimed_name": "[hemligt]", "tries": "3"
    }  # fmt: skip


def test_what_nobody_catches_becomes_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sys.excepthook", "threading.excepthook"):
        monkeypatch.setattr(name, None)
    with written(readable=False) as out:
        logs.watch_process()
        thread = threading.Thread(target=lambda: 1 / len(()))
        thread.start()
        thread.join()
        logging.captureWarnings(False)
    line = json.loads(out.getvalue())
    assert line["event"] == "uncaught ZeroDivisionError"
    assert line["exception"][-1] == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("path", "more"),
    [("/mina-tider/hemlig/andra/", {}), ("/hemlig/", {}), ("/hemlig/", {"headers": {"host": "hemlig_/"}})],
    ids=["a form without its token", "an unknown address", "an odd host"],
)
def test_a_refused_request_leaves_no_path(municipality: Municipality, path: str, more: dict[str, Any]) -> None:
    del municipality
    browser = Client(enforce_csrf_checks=True)
    with written(readable=False) as out:
        answer = browser.post(path, {"x": "y"}, secure=True, SERVER_NAME="localhost", **more)
    assert answer.status_code in (400, 403, 404)
    assert f" {answer.status_code} " in out.getvalue(), "our own line tells"
    assert "hemlig" not in out.getvalue()


@pytest.mark.parametrize(
    "code",
    [
        "import uvicorn; uvicorn.Config('config.asgi:application').load()",
        "from config.celery import app; app.log.setup('INFO', redirect_stdouts=True)",
    ],
    ids=["uvicorn", "celery"],
)
def test_programs_that_bring_handlers_of_their_own_use_ours(code: str) -> None:
    """As production starts them: first theirs, then ours."""
    env = outside_environment() | {
        "VAR": str(settings.VAR),
        "MOTAS_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    tail = (
        "; import logging; [logging.getLogger(n).error('hej 20170101-2393') for n in ('uvicorn.error', 'celery.task')]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code + tail], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stderr.splitlines() if "hej" in line]
    assert [line["event"] for line in lines] == ["hej [nummer]"] * 2
    assert "2393" not in done.stdout + done.stderr
