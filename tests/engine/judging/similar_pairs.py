"""Pairs of programs, copied and not, with what the similarity check and an established one find.

Copies are made from our problems' own reference solutions by what people do to hide a copy; pairs
that are none come from different problems, from second solutions of the same problem, and from the
practice programs, which were written one by one.
"""

from __future__ import annotations

import ast
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.engine.judging.labelled_programs import programs
from touchstone.engine.judging.similarity import LEAST_OWN, Program, likenesses

HERE = Path(__file__).resolve().parent
PROBLEMS = HERE.parents[2] / "touchstone" / "content" / "problems"
SECOND_WAYS = HERE / "data" / "second_ways.yaml"
FILLER = '''
def debug_summary(values, title="summary"):
    """Only for looking at things while working."""
    counted = {}
    for value in values:
        counted[value] = counted.get(value, 0) + 1
    for value, times in sorted(counted.items()):
        print(title, value, times, file=sys.stderr)
    return len(counted)


class Stopwatch:
    def __init__(self):
        self.laps = []

    def lap(self, seconds):
        self.laps.append(seconds)
        return sum(self.laps) / len(self.laps)
'''


@dataclass(frozen=True, slots=True)
class Pair:
    """Two programs, how they came about, and whether one is copied from the other."""

    kind: str
    name: str
    first: str
    second: str
    copied: bool


def references() -> dict[str, str]:
    """The Python reference of each problem."""
    found = sorted(PROBLEMS.glob("*/submissions/accepted/reference.py"))
    return {path.parents[2].name: path.read_text("utf-8") for path in found}


class _Renaming(ast.NodeTransformer):
    """Own names become others; names of modules and what they hold stay."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self.names.get(node.arg, node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        return self.generic_visit(node)


def renamed(source: str) -> str:
    tree = ast.parse(source)
    own = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    own |= {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    called = {k.arg for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords}
    own |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    names = {name: f"my_{number}_value" for number, name in enumerate(sorted(own - called))}
    return ast.unparse(_Renaming(names).visit(tree))


def reordered(source: str) -> str:
    """Functions back to front, imports first, the rest last."""
    body = ast.parse(source).body
    imports = [s for s in body if isinstance(s, ast.Import | ast.ImportFrom)]
    functions = [s for s in body if isinstance(s, ast.FunctionDef | ast.ClassDef)]
    rest = [s for s in body if s not in imports and s not in functions]
    return ast.unparse(ast.Module([*imports, *reversed(functions), *rest], []))


def padded(source: str) -> str:
    """With code that is never called."""
    return (
        "import sys\n"
        + FILLER
        + source
        + "\n\nif len(sys.argv) > 99:\n    debug_summary(sys.argv)\n"
    )


def formatted(source: str) -> str:
    """Other spacing and indentation, comments between the lines."""
    lines = []
    for number, line in enumerate(ast.unparse(ast.parse(source)).split("\n")):
        depth = len(line) - len(line.lstrip())
        if number % 4 == 0 and line.strip() and "'''" not in line:
            lines.append(" " * (depth * 2) + f"# step {number}")
        lines.append(" " * (depth * 2) + line.lstrip().replace(" = ", "   =   "))
    return "\n".join(lines)


class _Looping(ast.NodeTransformer):
    """``for x in xs`` written as ``while`` over positions."""

    def __init__(self) -> None:
        self.count = 0

    def visit_For(self, node: ast.For) -> list[ast.stmt]:
        self.generic_visit(node)
        if node.orelse:
            return [node]
        self.count += 1
        items, place = f"items_{self.count}", f"place_{self.count}"
        start = ast.parse(f"{items} = list({ast.unparse(node.iter)})\n{place} = 0").body
        loop = ast.parse(
            f"while {place} < len({items}):\n    {ast.unparse(node.target)} = {items}[{place}]\n"
            f"    {place} += 1"
        ).body[0]
        assert isinstance(loop, ast.While)
        loop.body += node.body
        return [*start, loop]


def looped(source: str) -> str:
    return ast.unparse(ast.fix_missing_locations(_Looping().visit(ast.parse(source))))


def halved(source: str, other: str) -> str:
    """The larger part of one program put into another."""
    body = ast.parse(source).body
    keep, size = [], 0
    whole = len(ast.unparse(ast.parse(source)))
    for statement in body:
        keep.append(statement)
        size += len(ast.unparse(statement))
        if size > 0.65 * whole:
            break
    return ast.unparse(ast.Module(keep, [])) + "\n" + other


CHANGES: dict[str, Callable[[str], str]] = {
    "renamed": renamed,
    "reordered": reordered,
    "dead code": padded,
    "formatted": formatted,
    "loops": looped,
    "renamed, reordered": lambda s: renamed(reordered(s)),
    "renamed, dead code": lambda s: padded(renamed(s)),
    "renamed, loops": lambda s: renamed(looped(s)),
}


def _long_enough(source: str) -> bool:
    """Below that the check says nothing about a program, by its own rule."""
    words = re.findall(r"\w+|[^\w\s]", ast.unparse(ast.parse(source)))
    return len(words) >= 2 * LEAST_OWN


def copies() -> Iterator[Pair]:
    own = {name: text for name, text in references().items() if _long_enough(text)}
    names = sorted(own)
    for name in names:
        for kind, change in CHANGES.items():
            yield Pair(kind, name, own[name], change(own[name]), copied=True)
    for name, other in zip(names, names[1:] + names[:1], strict=True):
        mixed = halved(own[name], own[other])
        yield Pair("partly", f"{name} in {other}", own[name], mixed, copied=True)


def strangers() -> Iterator[Pair]:
    own = references()
    seconds = yaml.safe_load(SECOND_WAYS.read_text("utf-8"))
    for name, text in sorted(seconds.items()):
        yield Pair("same problem", name, own[name], text, copied=False)
        yield Pair("same problem, renamed", name, own[name], renamed(text), copied=False)
    for name in ("rare-class-training", "small-digit-images", "standardise-missing-values"):
        folder = PROBLEMS / name / "submissions" / "accepted"
        for path in sorted(folder.glob("*.py")):
            if path.name != "reference.py":
                second = path.read_text("utf-8")
                yield Pair("same problem", f"{name} {path.stem}", own[name], second, copied=False)
    for (a, first), (b, second) in itertools.combinations(sorted(own.items()), 2):
        yield Pair("other problem", f"{a} and {b}", first, second, copied=False)
    kept = [p for p in programs("practice") if _long_enough(p.source)]
    for one, two in itertools.combinations(kept, 2):
        yield Pair("practice", f"{one.name} and {two.name}", one.source, two.source, copied=False)


def our_share(pair: Pair) -> float:
    """The larger share that is common, 0 where the check says nothing."""
    found = likenesses([Program("a", pair.first), Program("b", pair.second)], "python")
    return found[0].share if found else 0.0


ORACLE = """
import io, json, sys, types
# The library imports its plots on the way; pages with them are not made here.
sys.modules["matplotlib"] = types.ModuleType("matplotlib")
sys.modules["matplotlib.pyplot"] = types.ModuleType("matplotlib.pyplot")
from copydetect import CodeFingerprint, compare_files
shares = []
for first, second in json.load(sys.stdin):
    read = [CodeFingerprint("a.py", 25, 1, fp=io.StringIO(text)) for text in (first, second)]
    _tokens, similar, _slices = compare_files(*read)
    shares.append(max(similar))
json.dump(shares, sys.stdout)
"""


def their_shares(pairs: Sequence[Pair]) -> list[float]:
    """What copydetect finds with its own defaults, in a process whose hashes never change."""
    done = subprocess.run(
        [sys.executable, "-c", ORACLE],
        input=json.dumps([[pair.first, pair.second] for pair in pairs]),
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    shares: list[float] = json.loads(done.stdout)
    return shares


def kinds(pairs: Sequence[Pair]) -> list[tuple[bool, str]]:
    """The kinds of pairs in order, copies first."""
    return list(dict.fromkeys((pair.copied, pair.kind) for pair in pairs))
