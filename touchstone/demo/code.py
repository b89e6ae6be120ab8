"""What candidates hand in for coding problems: a package's submissions, well or badly chosen."""

from __future__ import annotations

import ast
import io
import keyword
import random
import tokenize
from dataclasses import dataclass
from pathlib import Path

from touchstone.demo.people import Person
from touchstone.demo.wording import rng_for, weighted

PROBLEMS = Path(__file__).resolve().parent.parent / "content" / "problems"
LANGUAGES = {
    ".py": "python",
    ".cpp": "cpp",
    ".cc": "cpp",
    ".java": "java",
    ".js": "javascript",
    ".sql": "sql",
}
_COMMENT = {"python": "#", "sql": "--"}
_FOLDERS = (
    "accepted",
    "partially_accepted",
    "time_limit_exceeded",
    "wrong_answer",
    "run_time_error",
)
# From which level (0–10) how often, in per cent, each of the folders is drawn from.
_CHOICES = (
    (8.0, (96, 3, 1, 0, 0)),
    (6.5, (80, 9, 7, 4, 0)),
    (5.0, (52, 14, 15, 17, 2)),
    (3.0, (16, 14, 20, 35, 15)),
    (0.0, (3, 0, 12, 50, 35)),
)
_CRASHES = "run_time_error"
_DAY_NOISE = 0.7
_SLOW_WORDS = ("slow", "brute", "naive", "quadratic")
_TIDY_FROM = 6.5
_NAMES = {
    "i": "idx",
    "j": "col",
    "n": "count",
    "m": "width",
    "res": "result",
    "ans": "answer",
    "result": "answer",
    "total": "acc",
    "data": "rows",
    "rows": "records",
    "line": "row",
    "lines": "rows_in",
    "tmp": "held",
    "value": "val",
    "values": "vals",
    "key": "name",
    "left": "lo",
    "right": "hi",
}
_REMARKS = {
    "tidy": (
        "思路：一次遍历，边界先单独处理",
        "先过滤无效行，再计算，避免空输入出错",
        "复杂度见下，内存只留必要的量",
    ),
    "loose": ("先这样写，能跑通", "作答", "测试一下", "不太确定边界"),
}


@dataclass(frozen=True, slots=True)
class CodeSubmission:
    """A source to be judged.

    Attributes:
        language: as `touchstone judge` names it.
        origin: the folder of the package it was drawn from, like ``accepted``, which is what the
            judge will find; or ``unfinished``, a right program broken off.
    """

    problem: str
    language: str
    source: str
    origin: str


def write_submission(
    person: Person, problem_id: str, seed: int, problems: Path = PROBLEMS
) -> CodeSubmission:
    """What the person hands in for a problem; the same for the same arguments.

    A submission of the package is drawn by the person's technical level, then given another look
    that changes nothing: a remark at the top and, in Python, other names for local variables.

    Args:
        problems: the folder that holds the problem packages.

    Raises:
        FileNotFoundError: the package has no submission in a known language.
    """
    rng = rng_for(seed, "code", person.identity, problem_id)
    level = person.level("technical") + rng.gauss(0, _DAY_NOISE)
    folder = problems / problem_id / "submissions"
    found = _submissions(folder)
    if not found:
        raise FileNotFoundError(f"no submissions in {folder}")
    shares = next(shares for least, shares in _CHOICES if max(level, 0.0) >= least)
    drawable = {*found, _CRASHES} if "accepted" in found else set(found)
    open_to = {
        origin: float(share)
        for origin, share in zip(_FOLDERS, shares, strict=True)
        if origin in drawable and share
    }
    origin = weighted(rng, open_to or dict.fromkeys(found, 1.0))
    unfinished = origin not in found
    path = _drawn(rng, found["accepted" if unfinished else origin], level)
    language = LANGUAGES[path.suffix]
    source = path.read_text("utf-8")
    if unfinished:
        origin, source = "unfinished", _unfinished(source)
    source = _disguised(rng, source, language, level)
    return CodeSubmission(problem_id, language, source, origin)


def _unfinished(source: str) -> str:
    """The program as it stands when time runs out in the middle of a line."""
    return source[: len(source) * 3 // 5]


def _submissions(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*/*")):
        if path.suffix in LANGUAGES and path.is_file():
            found.setdefault(path.parent.name, []).append(path)
    return found


def _drawn(rng: random.Random, paths: list[Path], level: float) -> Path:
    """One of the sources; the able leave those alone that are called slow."""
    quick = [p for p in paths if not any(word in p.stem for word in _SLOW_WORDS)]
    return rng.choice(quick if quick and level > _TIDY_FROM else paths)


def _disguised(rng: random.Random, source: str, language: str, level: float) -> str:
    if language == "python":
        source = _renamed(rng, source)
    remark = rng.choice(_REMARKS["tidy" if level > _TIDY_FROM else "loose"])
    first, _, rest = source.partition("\n")
    line = f"{_COMMENT.get(language, '//')} {remark}"
    if first.startswith("#!"):
        return f"{first}\n{line}\n{rest}"
    return f"{line}\n{source}"


def _renamed(rng: random.Random, source: str) -> str:
    """The same program with other names for some variables that are only ever plain variables."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    free = _renameable(tree)
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    new = {
        old: name
        for old, name in _NAMES.items()
        if old in free and name not in taken and rng.random() < 0.5
    }
    # Two old names must not meet in one new name.
    new = {old: name for old, name in new.items() if list(new.values()).count(name) == 1}
    if not new:
        return source
    tokens = [
        token._replace(string=new[token.string])
        if token.type == tokenize.NAME and token.string in new
        else token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
    ]
    return _untokenized(source, tokens)


def _renameable(tree: ast.AST) -> set[str]:
    """Names that are stored to and appear nowhere but as plain names outside strings."""
    stored: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                stored.add(name)
            case ast.arg(arg=name) | ast.keyword(arg=str(name)) | ast.Attribute(attr=name):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                bound.update(names)
            case ast.alias(name=name, asname=other):
                bound.update((name, other or name))
            case ast.JoinedStr():
                bound.update(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
            case ast.ExceptHandler(name=str(name)):
                bound.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
    return {name for name in stored - bound if not keyword.iskeyword(name)}


def _untokenized(source: str, tokens: list[tokenize.TokenInfo]) -> str:
    """The source with changed tokens put in place, everything else as it stood."""
    lines = source.splitlines(keepends=True)
    for token in reversed(tokens):
        if token.type == tokenize.NAME:
            row, start = token.start[0] - 1, token.start[1]
            lines[row] = lines[row][:start] + token.string + lines[row][token.end[1] :]
    return "".join(lines)
