"""Small faults in source code, one at a time: every place where an `ast` node can be swapped for its likely mistake.

Left alone: docstrings, annotations, decorators, imports, what an error says, and the names of enumerations' members.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMBINED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_LEFT_ALONE = (ast.Import, ast.ImportFrom, ast.Raise, ast.JoinedStr)
_SKIPPED_FIELDS = ("annotation", "returns", "decorator_list", "bases", "ctx", "targets", "target")

Change = Callable[[ast.AST], ast.AST]


@dataclass(frozen=True)
class Mutant:
    """One fault: which place of the walk and which of its changes, where it stands, what was swapped for what.

    `function` is its qualified name, empty at the module's own level; `statement` the first line of the statement.
    """

    place: int
    change: int
    line: int
    function: str
    statement: str
    was: str
    became: str

    def __str__(self) -> str:
        return f"line {self.line} {self.function or 'module'}: {self.was} -> {self.became} in {self.statement}"


@dataclass(frozen=True)
class _Around:
    """Where a node stands: the qualified name of the definition, whether it is a function's, the statement."""

    name: str = ""
    inside: bool = False
    statement: str = ""

    def within(self, node: ast.AST) -> _Around:
        """Where what belongs to `node` stands."""
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = f"{self.name}.{node.name}".lstrip(".")
            return _Around(name, self.inside or isinstance(node, ast.FunctionDef), self.statement)
        if isinstance(node, ast.stmt):
            return replace(self, statement=ast.unparse(node).splitlines()[0])
        return self


@dataclass(frozen=True)
class _Place:
    """A node by its parent's field, and what is around it."""

    parent: ast.AST
    field: str
    at: int | None
    node: ast.AST
    around: _Around

    def beside(self) -> str:
        """A bare word or number says little: the expression that it is a part of."""
        bare = isinstance(self.node, ast.Constant) and isinstance(self.parent, ast.expr)
        return f" in {_said(self.parent)}" if bare else ""

    def put(self, node: ast.AST) -> None:
        """Set another node in its stead."""
        ast.copy_location(node, self.node)
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


def mutants_of(source: str) -> list[Mutant]:
    """Every fault of a module, in the order of the text."""
    made = []
    for number, place in enumerate(_places(ast.parse(source))):
        for at, change in enumerate(_changes(place)):
            after = change(copy.deepcopy(place.node))
            line = getattr(place.node, "lineno", 0)
            around = place.around
            was, became = _said(place.node) + place.beside(), _said(after)
            made.append(Mutant(number, at, line, around.name, around.statement, was, became))
    return made


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """The module with that fault."""
    tree = ast.parse(source)
    place = next(islice(_places(tree), mutant.place, None))
    change = next(islice(_changes(place), mutant.change, None))
    place.put(change(copy.deepcopy(place.node)))
    return ast.fix_missing_locations(tree)


def _said(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:90]


def _places(node: ast.AST, outer: _Around = _Around()) -> Iterator[_Place]:
    """The nodes that may be changed, depth first."""
    for name, value in ast.iter_fields(node):
        if name in _SKIPPED_FIELDS or (name == "slice" and isinstance(value, ast.Tuple)):
            continue
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not _is_docstring(child):
                around = outer.within(child)
                yield _Place(node, name, at, child, around)
                if not isinstance(child, _LEFT_ALONE) and not _names_a_type(child):
                    yield from _places(child, around)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _names_a_type(node: ast.AST) -> bool:
    """`Span = tuple[Tick, Tick]`, `Kind = Literal["skip"]`: read by no program."""
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript | ast.Name)


def _changes(place: _Place) -> Iterator[Change]:
    """The faults that one node may get. A condition that is a comparison is turned there."""
    node = place.node
    match node:
        case ast.Compare():
            for at, operator in enumerate(node.ops):
                yield partial(_compared, at=at, by=_COMPARED[type(operator)]())
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) if type(operator) in _COMBINED:
            yield partial(_with, op=_COMBINED[type(operator)]())
        case ast.BoolOp():
            yield partial(_with, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
        case ast.Constant():
            yield from _constants(node)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            yield partial(_with, func=ast.Name(_CALLED[name], ast.Load()))
        case ast.IfExp() | ast.If() if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            yield partial(_with, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Tuple(elts=[_, *_]) if not place.around.inside:  # a row or a word of a table
            for at in range(len(node.elts)):
                yield partial(_without, at=at)
        case _:
            yield from _statements(node)


def _statements(node: ast.AST) -> Iterator[Change]:
    """What is done is left out, or nothing is answered; a sign is left out."""
    match node:
        case ast.UnaryOp():
            yield lambda one: one.operand  # type: ignore[attr-defined]
        case ast.Return(value=ast.expr()):
            yield partial(_with, value=ast.Constant(None))
        case ast.Raise() | ast.Continue() | ast.Break():
            yield lambda one: ast.Pass()
        case ast.Expr(value=ast.Call()):
            yield lambda one: ast.Pass()


def _constants(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield partial(_with, value=not node.value)
    elif isinstance(node.value, int):
        yield partial(_with, value=node.value + 1)
    elif isinstance(node.value, str):
        yield partial(_with, value=f"{node.value}!")


def _compared(node: ast.AST, *, at: int, by: ast.cmpop) -> ast.AST:
    assert isinstance(node, ast.Compare)
    node.ops[at] = by
    return node


def _without(node: ast.AST, *, at: int) -> ast.AST:
    assert isinstance(node, ast.Tuple)
    del node.elts[at]
    return node


def _with(node: ast.AST, **fields: object) -> ast.AST:
    for name, value in fields.items():
        setattr(node, name, value)
    return node
