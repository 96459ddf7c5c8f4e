"""Small changes to a module's source, each of which a test should detect.

A change replaces the source of one node and keeps the number of each line, so that the coverage of the original tells
which tests run the changed line.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Operator = Literal[
    "negate condition", "swap comparison", "swap operator", "drop statement", "return None", "change constant",
    "remove decorator", "remove argument", "remove element",
]  # fmt: skip

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.In: "not in",
    ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
_OPERATORS: dict[type[ast.operator] | type[ast.boolop], str] = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "//", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*", ast.BitOr: "&",
    ast.BitAnd: "|", ast.And: "or", ast.Or: "and",
}  # fmt: skip
_NO_EFFECT = re.compile(r"(?:functools\.)?(?:cache|lru_cache.*|wraps.*)|overload|override|contextmanager")
"""Decorators without which the code does the same, or can't be imported."""
_WORD = re.compile(r"[\w.:*/-]+")
"""Strings that are keys, names or values. Prose is left alone: its wording is not behavior."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of one file."""

    file: str
    line: int
    end_line: int
    operator: Operator
    start: int
    """Offset of the first character that is replaced."""
    end: int
    old: str
    new: str
    in_function: bool
    """False for code that runs when the module is imported."""

    def applied(self, source: str) -> str:
        """The source with this change."""
        return source[: self.start] + self.new + source[self.end :]

    def __str__(self) -> str:
        old, new = (" ".join(text.split()) for text in (self.old, self.new))
        change = f"{old[:70]} -> {new[:70]}" if new else old[:100]
        return f"{self.file}:{self.line}: {self.operator}: {change}"


def mutations(file: str, source: str) -> list[Mutation]:
    """All changes of a module; `is_valid` tells which of them compile and differ."""
    return list(_Finder(file, source).found(ast.parse(source)))


def is_valid(mutation: Mutation, source: str) -> bool:
    """Whether the changed source compiles, and isn't the same program."""
    try:
        changed = ast.parse(mutation.applied(source))
        compile(changed, mutation.file, "exec")
    except SyntaxError:
        return False
    return ast.dump(changed) != ast.dump(ast.parse(source))


class _Finder:
    def __init__(self, file: str, source: str):
        self.file, self.source = file, source
        lengths = [len(line.encode()) for line in source.splitlines(keepends=True)]
        self.starts = [sum(lengths[:number]) for number in range(len(lengths) + 1)]
        self.bytes = source.encode()

    def found(self, tree: ast.Module) -> Iterator[Mutation]:
        yield from self._below(tree, in_function=False)

    def _below(self, node: ast.AST, *, in_function: bool) -> Iterator[Mutation]:
        for child in _children(node):
            # Defaults and decorators of a function run when it is defined.
            inside = in_function or (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and child in node.body)
            for operator, target, new in _changes(child):
                if operator == "remove element":
                    yield from self._without_element(target, inside=inside)
                else:
                    yield self._mutation(operator, *self._span(target), new, inside=inside)
            yield from self._below(child, in_function=inside)

    def _without_element(self, collection: ast.AST, *, inside: bool) -> Iterator[Mutation]:
        """Each element of a literal, or each keyword argument of a call, removed with its comma."""
        spans = [self._span(first)[:1] + self._span(last)[1:] for first, last in _elements(collection)]
        operator: Operator = "remove argument" if isinstance(collection, ast.Call) else "remove element"
        for start, end in spans:
            rest = self.bytes[end:]
            comma = re.match(rb"\s*,", rest)
            yield self._mutation(operator, start, end + (comma.end() if comma else 0), "", inside=inside)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        """Offsets in bytes of a node's source."""
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def _mutation(self, operator: Operator, start: int, end: int, new: str, *, inside: bool) -> Mutation:
        old = self.bytes[start:end].decode()
        if operator == "remove decorator":
            start = self.bytes.rindex(b"@", 0, start)
        offset, end_offset = (len(self.bytes[:position].decode()) for position in (start, end))
        line, end_line = (self.source.count("\n", 0, position) + 1 for position in (offset, end_offset))
        if operator in ("remove element", "remove argument"):
            new = "\n" * old.count("\n")
        return Mutation(self.file, line, end_line, operator, offset, end_offset, old, new, inside)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below a node, without annotations, docstrings, imports, and code for type checkers."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_params", "bases"):
            continue
        for child in value if isinstance(value, list) else [value]:  # pyright: ignore[reportUnknownVariableType]
            if isinstance(child, ast.AST) and not _is_left_alone(child):
                yield child


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.expr_context() | ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")]):
            return True
        case ast.Call(func=ast.Name(id="cast" | "TypeVar" | "NewType")):
            return True
        case _:
            return False


def _changes(node: ast.AST) -> Iterator[tuple[Operator, ast.AST, str]]:
    if isinstance(node, ast.stmt):
        yield from _changes_of_statement(node)
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield "negate condition", test, f"(not ({ast.unparse(test)}))"
        case ast.comprehension(ifs=conditions):
            for test in conditions:
                yield "negate condition", test, f"(not ({ast.unparse(test)}))"
        case ast.Constant() if (new := _other(node.value)) is not None:
            yield "change constant", node, new
        case ast.Call() | ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
            yield "remove element", node, ""
        case ast.Compare() | ast.BoolOp() | ast.BinOp():
            yield from _changes_of_operation(node)
        case _:
            pass


def _changes_of_statement(node: ast.stmt) -> Iterator[tuple[Operator, ast.AST, str]]:
    match node:
        case ast.Return(value=ast.expr()) if not _is_empty(node.value):
            yield "return None", node, "return None"
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Delete() | ast.Assert():
            yield "drop statement", node, "pass"
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            for decorator in node.decorator_list:
                if not _NO_EFFECT.fullmatch(ast.unparse(decorator)):
                    yield "remove decorator", decorator, ""
        case _:
            pass


def _changes_of_operation(node: ast.Compare | ast.BoolOp | ast.BinOp) -> Iterator[tuple[Operator, ast.AST, str]]:
    if isinstance(node, ast.Compare):
        yield "swap comparison", node, _compared(node, _COMPARISONS[type(node.ops[0])])
    elif isinstance(node, ast.BoolOp):
        joint = f" {_OPERATORS[type(node.op)]} "
        yield "swap operator", node, f"({joint.join(f'({ast.unparse(value)})' for value in node.values)})"
    elif type(node.op) in _OPERATORS:
        left, right = ast.unparse(node.left), ast.unparse(node.right)
        yield "swap operator", node, f"(({left}) {_OPERATORS[type(node.op)]} ({right}))"


def _compared(node: ast.Compare, symbol: str) -> str:
    first, *others = node.comparators
    rest = "".join(
        f" {ast.unparse(ast.Compare(ast.Name('x'), [operator], [other]))[2:]}"
        for operator, other in zip(node.ops[1:], others, strict=True)
    )
    return f"(({ast.unparse(node.left)}) {symbol} ({ast.unparse(first)}){rest})"


def _is_empty(node: ast.expr | None) -> bool:
    """Whether a value is false like None, so that callers seldom see a difference."""
    return isinstance(node, ast.Constant) and not node.value


def _other(value: object) -> str | None:
    """Another constant of the same type, as source."""
    match value:
        case bool():
            return str(not value)
        case int() | float():
            return str(value + 1)
        case str() if _WORD.fullmatch(value):
            return repr(f"{value}X")
        case _:
            return None


def _elements(node: ast.AST) -> list[tuple[ast.AST, ast.AST]]:
    """The parts of a call or a literal that can be removed, each with its first and last node."""
    match node:
        case ast.List(ctx=ast.Store()) | ast.Tuple(ctx=ast.Store()):
            return []
        case ast.Call(keywords=keywords):
            return [(keyword, keyword) for keyword in keywords if keyword.arg]
        case ast.List(elts=elements) | ast.Set(elts=elements) | ast.Tuple(elts=elements) if len(elements) > 1:
            return [(element, element) for element in elements]
        case ast.Dict(keys=keys, values=values):
            return [(key, value) for key, value in zip(keys, values, strict=True) if key is not None]
        case _:
            return []
