"""Code that other judges put before and after a solution, as drivers of the function mode."""

from __future__ import annotations

from collections.abc import Mapping

from touchstone.engine.judging.foreign.draft import Draft, language_of
from touchstone.engine.judging.problem import LANGUAGES

DRIVERS = {
    "cpp": ("cpp/main.cpp", '{before}\n#include "solution.cpp"\n{after}\n'),
    "python": (
        "python/main.py",
        """\
{before}
with open("solution.py", encoding="utf-8") as solution:
    exec(compile(solution.read(), "solution.py", "exec"))
{after}
""",
    ),
}
PACKAGE_NAMES = {"cpp": "cpp", "python": "python3"}


def frame(draft: Draft, frames: Mapping[str, tuple[str, str]]) -> None:
    """Makes the problem one of the function mode where code stands around solutions.

    Args:
        frames: code before and after a solution, by the other judge's name of the language.
    """
    framed = {name: code for name, code in frames.items() if "".join(code).strip()}
    taken: set[str] = set()
    for name in sorted(framed, key=lambda n: n.strip().lower() in {"c", "gcc"}):
        language = language_of(name)
        if language == "sql":
            draft.note("sql_more_than_a_query")
        elif language in DRIVERS and language not in taken:
            path, pattern = DRIVERS[language]
            before, after = framed[name]
            draft.drivers[path] = (
                pattern.replace("{before}", before).replace("{after}", after).encode()
            )
            taken.add(language)
        elif language not in taken:
            draft.note("frame_language", language=name)
    framed_ones = {language_of(name) for name in framed}
    if not taken and framed_ones:
        free = [PACKAGE_NAMES.get(name, name) for name in LANGUAGES if name not in framed_ones]
        draft.languages = tuple(name for name in free if name != "sql")
        draft.solutions = [s for s in draft.solutions if s[1] not in framed_ones]
    if taken:
        draft.kind = "function"
        draft.languages = tuple(PACKAGE_NAMES[language] for language in sorted(taken))
        draft.solutions = [s for s in draft.solutions if s[1] in taken]
