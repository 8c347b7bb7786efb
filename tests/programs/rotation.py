"""Renew keys while people work: `make rotation`, with ARGS="--people 3000 --rounds 4 --rate 50".

A trial as a person starts it, with real uvicorn; 50 requests a second that read sealed names, look people up by the
keyed index and write sessions; meanwhile `rotate_keys --new`, one round killed with SIGKILL half-way and run again.
Exit code 1 for any answer that is not the right one, or any row that an old key still makes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests import prepared
from tests.trial import ROOT, Trial, opened

_PATIENCE = 60
_STAFF = ("karin", "mats", "anna")
_FINDERS = 2  # the first ones, who may see a person that meets no unit yet


@dataclass(frozen=True)
class Somebody:
    """One of the people that were made."""

    id: str
    number: str
    name: str


@dataclass
class Visit:
    """A signed-in browser: its cookies, and the token that its forms need."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, Location and body."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=_PATIENCE)
        token = self.cookies.get("__Host-motas-csrf", "")
        body = urllib.parse.urlencode((form or {}) | {"csrfmiddlewaretoken": token}) if method == "POST" else None
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), text


@dataclass
class Load:
    """What came of the requests: `right`, or by which kind of request and answer it went wrong."""

    ends: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def requests(self) -> int:
        """All of them."""
        return self.ends.total()

    @property
    def failures(self) -> dict[str, int]:
        """All that were not right."""
        return {name: count for name, count in self.ends.items() if name != "right"}


@dataclass(frozen=True)
class Outcome:
    """Of the whole run. `left`: rows that the last run found on an old key; `renewed`: rows, over all rounds."""

    load: Load
    renewed: int
    left: int
    killed: int


def run(*, people: int, rounds: int, rate: float) -> Outcome:
    """Start a trial, work in it, renew its keys; the trial is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="motas-rotation-") as folder:
        trial = Trial(prepared.trial(opened(Path(folder)))).start()
        try:
            trial.wait()
            made = people_of(trial, people)
            return _under_load(trial, made, rounds, rate)
        finally:
            trial.stop()


def people_of(trial: Trial, wanted: int) -> list[Somebody]:
    """Make invented people in a running trial."""
    command = [sys.executable, "-m", "tests.programs.people", str(wanted)]
    done = subprocess.run(command, cwd=ROOT, env=trial.env, capture_output=True, text=True, check=True)
    return [Somebody(*line.split(" ", 2)) for line in done.stdout.splitlines()]


def _under_load(trial: Trial, people: list[Somebody], rounds: int, rate: float) -> Outcome:
    acts, load, over = _acts(trial, people), Load(), threading.Event()
    working = threading.Thread(target=_work, args=(acts, load, rate, over))
    working.start()
    try:
        renewed, killed = 0, 0
        for number in range(rounds):
            if number == 1:
                killed += _killed(trial)
                renewed += _rotate(trial, "--batch", "20")
            else:
                renewed += _rotate(trial, "--new", "--batch", "20")
    finally:
        over.set()
        working.join()
    return Outcome(load, renewed, _rotate(trial), killed)


def _rotate(trial: Trial, *options: str) -> int:
    done = trial.manage("rotate_keys", *options)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return sum(int(n) for n in re.findall(r"^\w+: (\d+) renewed", done.stdout, re.MULTILINE))


def _killed(trial: Trial) -> int:
    """Begin a round and kill it: 1 when it was still at it."""
    command = [sys.executable, "manage.py", "rotate_keys", "--new", "--batch", "1"]
    process = subprocess.Popen(command, cwd=ROOT, env=trial.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    process.stdout.readline()  # the first new key is there
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    return int(process.wait() == -signal.SIGKILL)


Act = Callable[[], str]


def _acts(trial: Trial, people: list[Somebody]) -> list[tuple[float, Act]]:
    """What is asked, each with its share. An act answers `right`, or says what went wrong."""
    bo, hans, staff = _signed_in(trial, "bo"), _signed_in(trial, "hans"), [_signed_in(trial, n) for n in _STAFF]
    turn, rng = iter(range(10**9)), random.Random(7)

    def own() -> str:
        status, _, text = bo.ask("GET", "/dina-uppgifter/utdrag.json")
        return _judged("own", status, status == 200 and '"Bo Ek"' in text)

    def times() -> str:
        status, _, text = bo.ask("GET", "/mina-tider/")
        return _judged("times", status, status == 200 and "<h1" in text)

    def person() -> str:
        one = rng.choice(people)
        status, _, text = staff[0].ask("GET", f"/personer/{one.id}/")
        return _judged("person", status, status == 200 and one.name in text)

    def find() -> str:
        one = rng.choice(people)
        status, location, _ = staff[next(turn) % _FINDERS].ask("POST", "/personer/", {"number": one.number})
        return _judged("find", status, status == 302 and location == f"/personer/{one.id}/")

    def write() -> str:
        status, location, _ = hans.ask(
            "POST", "/sprak/", {"language": rng.choice(("sv", "en")), "next": "/mina-tider/"}
        )
        return _judged("write", status, status == 302 and location == "/mina-tider/")

    def day() -> str:
        status, _, text = staff[2].ask("GET", "/idag/")
        return _judged("day", status, status == 200 and "<h1" in text)

    # Searches are few: those who look after anybody are two, and each may search six times a minute.
    return [(16, person), (12, times), (10, day), (9, write), (2, own), (0.15, find)]


def _judged(what: str, status: int, right: bool) -> str:
    return "right" if right else f"{what} {status}"


def _signed_in(trial: Trial, name: str) -> Visit:
    visit = Visit(trial.port)
    status, location, _ = visit.ask("GET", f"/prova/in/{name}/")
    assert status == 302, (name, status)
    visit.ask("GET", "/personer/" if name in _STAFF else location)
    return visit


def _work(acts: list[tuple[float, Act]], load: Load, rate: float, over: threading.Event) -> None:
    """Begin `rate` requests a second, whether or not earlier ones have been answered, until it is over."""
    rng, began = random.Random(11), time.monotonic()
    shares, chosen = [share for share, _ in acts], [act for _, act in acts]
    with ThreadPoolExecutor(48) as pool:
        futures: list[Future[str]] = []
        while not over.is_set():
            wait = began + len(futures) / rate - time.monotonic()
            if wait > 0:
                over.wait(wait)
            futures.append(pool.submit(_done, rng.choices(chosen, shares)[0]))
        load.ends.update(future.result() for future in futures)
    load.seconds = time.monotonic() - began


def _done(act: Act) -> str:
    try:
        return act()
    except (OSError, http.client.HTTPException) as error:
        return f"{act.__name__} {type(error).__name__}"


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--rate", type=float, default=50.0)
    chosen = parser.parse_args(arguments)
    outcome = run(people=chosen.people, rounds=chosen.rounds, rate=chosen.rate)
    load = outcome.load
    print(f"{load.requests} requests in {load.seconds:.1f} s: {load.requests / load.seconds:.1f} a second")
    print(f"failures {sum(load.failures.values())} {json.dumps(load.failures) if load.failures else ''}".rstrip())
    print(f"{outcome.renewed} rows renewed in {chosen.rounds} rounds, {outcome.killed} killed, {outcome.left} left")
    return 0 if not load.failures and not outcome.left else 1


if __name__ == "__main__":
    sys.exit(main())
