"""Log lines: JSON in production, readable in a trial, and scrubbed before they are written, whoever wrote them.

Every logger of the process ends in one handler, those of uvicorn, Celery, Django and drivers too. What is in `extra`
and in the arguments of a call that does not fit its text is never written.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from identity import data_classes, scrubbing

_PEOPLE = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi", "celery", "celery.task", "celery.redirected")
_NAMED: Sequence[Processor] = (structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name)
log = logging.getLogger("motas.process")


class Lines(logging.StreamHandler[Any]):
    """Writes to standard error; a line that cannot be made says only which logger tried."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Python would print the text and its arguments as they are."""
        self.stream.write(f"a line of {scrubbing.scrub(record.name)} could not be written\n")
        self.flush()


def configuration(*, readable: bool, level: str) -> dict[str, Any]:
    """`LOGGING`. `level` is of our own lines; others speak from WARNING on. Loggers of structlog end there too."""
    structlog.configure(
        processors=[*_NAMED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter, "readable": readable}},
        "handlers": {"err": {"()": Lines, "formatter": "line"}},
        "root": {"handlers": ["err"], "level": "WARNING"},
        "loggers": {
            "motas": {"level": level},
            # Django writes paths in these; our own access line writes the route's name instead.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"level": "CRITICAL"},
            "django.security": {"level": "CRITICAL"},
            # These set up handlers of their own before us; they end in ours instead.
            **{name: {"handlers": [], "propagate": True, "level": "WARNING"} for name in _PEOPLE},
        },
    }


def formatter(*, readable: bool) -> logging.Formatter:
    """The formatter of every line."""
    last: Sequence[Processor] = (_as_line,) if readable else (_as_json_text, structlog.processors.JSONRenderer())
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_NAMED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            scrubbed,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
    )


def scrubbed(logger: object, method: str, event: EventDict) -> EventDict:
    """Every text of the line, scrubbed; of tracebacks each line. What is named as a field of people goes whole."""
    return {name: _scrubbed(name, str(value)) for name, value in event.items()}


def _scrubbed(name: str, text: str) -> str | list[str]:
    if data_classes.masked(name):
        return scrubbing.SECRET
    return scrubbing.scrub_lines(text) if name in ("exception", "stack_info") else scrubbing.scrub(text)


def _as_json_text(logger: object, method: str, event: EventDict) -> EventDict:
    """In the order in which one reads."""
    first: EventDict = {name: event.pop(name) for name in ("timestamp", "level", "logger", "event") if name in event}
    return {**first, **event}


def _as_line(logger: object, method: str, event: EventDict) -> str:
    """One line; the lines of a traceback begin with a bar, so that none of them looks like a line of its own."""
    head = f"{event['timestamp']} {event['level'].upper()} {event['logger']} {event['event']}"
    below = [*event.get("exception", ()), *event.get("stack_info", ())]
    return "\n".join([head, *(f"  | {line}" for line in below)])


def watch_process() -> None:
    """What nobody catches, and warnings, become log lines too: Python would print their texts as they are."""
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, at: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, KeyboardInterrupt | SystemExit):
        log.critical("uncaught %s", kind.__name__, exc_info=(kind, error, at))
