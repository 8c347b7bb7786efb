"""The project's own source files, read as text and as syntax trees, for tests about the code itself."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("config", "identity", "booking", "meetings", "notifications")
ROOMS = (*PACKAGES, "frontend", "tests", "docs", "scripts", "requirements", ".ci")
LEFT_OUT = {"__pycache__", "node_modules", "vendor", "migrations", "locale"}
TEXT = {".py", ".js", ".css", ".html", ".md", ".toml", ".json", ".txt", ".in", ".svg", ".sh", ""}


@dataclass(frozen=True)
class Function:
    """A function or method: where it stands, its name, and its lines without the docstring."""

    place: str
    name: str
    lines: int


def files(*suffixes: str, rooms: tuple[str, ...] = ROOMS) -> list[Path]:
    """Files with one of the suffixes in the given top folders, sorted; what was made elsewhere is left out."""
    found = (path for room in rooms for path in (ROOT / room).rglob("*") if path.suffix in suffixes)
    return sorted(path for path in found if path.is_file() and not LEFT_OUT & set(path.relative_to(ROOT).parts))


def product_modules() -> list[Path]:
    """The Python files of the product's packages; migrations and empty files are left out."""
    return [path for path in files(".py", rooms=PACKAGES) if path.stat().st_size]


def tracked_texts() -> list[Path]:
    """Every text file a clone of the repository has, top level included."""
    top = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT]
    return sorted(top) + files(*TEXT)


def name_of(path: Path) -> str:
    """The path as people write it: relative to the repository."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(), filename=str(path))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    first = node.body[0]
    has_text = ast.get_docstring(node, clean=False) is not None
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if has_text else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def functions(paths: list[Path]) -> Iterator[Function]:
    """Every function and method of the files, nested ones too."""
    for path in paths:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Function(f"{name_of(path)}:{node.lineno}", node.name, length(node))


def dotted(node: ast.expr) -> list[str]:
    """`a.b(...).c` as ["a", "b", "c"]; calls and subscripts in between are passed through."""
    parts: list[str] = []
    while True:
        match node:
            case ast.Attribute(value=value, attr=attr):
                parts.append(attr)
                node = value
            case ast.Call(func=inner) | ast.Subscript(value=inner):
                node = inner
            case ast.Name(id=name):
                return [name, *reversed(parts)]
            case _:
                return list(reversed(parts))
