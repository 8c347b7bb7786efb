"""The caps and habits of the house (CONTRIBUTING.md), held by counting."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources import PACKAGES, ROOT, dotted, files, functions, name_of, product_modules, tracked_texts, tree

FILE_CAP, FILE_MEDIAN = 400, 120
FUNCTION_CAP, NINE_IN_TEN, FUNCTION_MEDIAN = 50, 25, 8
INTERFACE_CAP = 15

# Names that a framework gives: their meaning stands in its documentation, not in ours.
GIVEN_NAMES = {"ready", "handle", "add_arguments", "clean", "save", "delete", "get_queryset", "get_object", "connect"}
GIVEN_NAMES |= {"disconnect", "receive", "deconstruct", "db_type", "from_db_value", "get_prep_value", "to_python"}

WRITING = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create", "save"}


def counted(path: Path) -> int:
    """Lines of a file."""
    return len(path.read_text().splitlines())


def test_no_file_is_longer_than_the_cap() -> None:
    long = {name_of(p): n for p in files(".py", ".js", ".css", ".html") if (n := counted(p)) > FILE_CAP}
    assert not long


def test_half_of_the_files_are_short() -> None:
    assert statistics.median(counted(path) for path in product_modules()) <= FILE_MEDIAN


def test_no_function_is_longer_than_the_cap() -> None:
    assert not [f for f in functions(product_modules()) if f.lines > FUNCTION_CAP]


def test_nine_in_ten_functions_are_short_and_half_are_very_short() -> None:
    lengths = sorted(function.lines for function in functions(product_modules()))
    assert statistics.quantiles(lengths, n=10)[8] <= NINE_IN_TEN
    assert statistics.median(lengths) <= FUNCTION_MEDIAN


def test_what_answers_a_request_is_thin() -> None:
    """Parse, allow, call, present: what is longer thinks, and belongs on a floor below."""
    interfaces = [p for p in product_modules() if "views" in p.parts or "views" in p.stem or p.stem == "api"]
    assert len(interfaces) > 10
    assert not [f"{f.place} {f.name}" for f in functions(interfaces) if f.lines > INTERFACE_CAP]


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "common", "core", "misc"}
    assert not [name_of(path) for path in files(".py", ".js") if {path.stem, *path.parts} & drawers]


def test_nothing_is_left_open_or_skipped() -> None:
    left_open = re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b|NotImplemented[E]rror|mark\.(ski[p]|xfai[l])|\.ski[p]\(")
    found = [name_of(p) for p in files(".py", ".js", ".html", ".css") if left_open.search(p.read_text())]
    assert not found


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    place = re.compile(r"(?<![\w.*-])/(wor[k]|roo[t]|hom[e]|User[s])/")
    assert not [name_of(path) for path in tracked_texts() if place.search(path.read_text())]


def public_definitions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Classes, functions and methods that others may call; one-liners and names a framework gives are left out."""
    module = tree(path)
    owners: list[ast.ClassDef] = [
        node for node in module.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    for is_member, body in [(False, module.body), *((True, owner.body) for owner in owners)]:
        for node in body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            brief = node.end_lineno is not None and node.end_lineno - node.body[0].lineno < 2
            if is_member and (node.name in GIVEN_NAMES or brief or isinstance(node, ast.ClassDef)):
                continue
            yield node


def test_every_public_function_and_class_says_what_it_is() -> None:
    silent = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in product_modules()
        for node in public_definitions(path)
        if ast.get_docstring(node) is None
    ]
    assert not silent


def test_every_module_says_what_it_is() -> None:
    assert not [name_of(path) for path in product_modules() if ast.get_docstring(tree(path)) is None]


def writes_occupancy(call: ast.Call) -> bool:
    """Whether a call makes or changes rows of Occupancy through the ORM."""
    chain = dotted(call.func)
    if chain == ["Occupancy"] or chain[-2:] == ["models", "Occupancy"]:
        return True
    return bool({"Occupancy", "occupancies", "occupancy_set", "occupancy"} & set(chain)) and chain[-1] in WRITING


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("Occupancy.objects.filter(live=True).update(live=False)", True),
        ("booking.occupancies.filter(x=1).delete()", True),
        ("Occupancy(calendar=c)", True),
        ("Occupancy.objects.filter(live=True).count()", False),
        ("Booking.objects.create()", False),
    ],
)
def test_a_write_to_occupancy_is_recognised(code: str, *, expected: bool) -> None:
    call = ast.parse(code, mode="eval").body
    assert isinstance(call, ast.Call)
    assert writes_occupancy(call) is expected


def test_nobody_but_the_booking_services_writes_occupancy() -> None:
    sql = re.compile(r"(insert\s+into|update|delete\s+from|copy)\s+\"?booking_occupancy", re.IGNORECASE)
    outside = [path for path in product_modules() if not name_of(path).startswith("booking/services")]
    writers = {
        f"{name_of(path)}:{node.lineno}"
        for path in outside
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Call) and writes_occupancy(node))
        or (isinstance(node, ast.Constant) and isinstance(node.value, str) and sql.search(node.value))
    }
    assert not writers


def test_every_test_folder_mirrors_a_package() -> None:
    known = {*PACKAGES, "browser", "security", "benchmarks", "programs", "peers", "frontend", "production"}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert not folders - known
