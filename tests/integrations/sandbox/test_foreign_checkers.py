"""Checkers and interactors of other judges rule as they did there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from touchstone.engine.judging.foreign.checkers import Style, take_over
from touchstone.engine.judging.foreign.draft import Case, Draft
from touchstone.engine.judging.foreign.writing import write
from touchstone.integrations.sandbox import Sandbox
from touchstone.integrations.sandbox.judge import judge_submission

pytestmark = pytest.mark.sandbox
Checked = Callable[..., tuple[str, float]]

# Each accepts an output that is minus the answer; where it reads what is told by the style.
READ = """#include <cstdio>
#include <cstdlib>
#include <cstring>
int number(const char *path) {
  FILE *file = fopen(path, "r");
  int value;
  if (!file || fscanf(file, "%d", &value) != 1) exit(2);
  return value;
}
"""
CHECKERS: dict[Style, str] = {
    "hustoj": "int main(int c, char **v) { return number(v[2]) == -number(v[3]) ? 0 : 1; }",
    "qduoj": (
        "int main(int c, char **v) { return c == 3 && number(v[1]) == -number(v[2]) ? 0 : 1; }"
    ),
    "lemon": (
        'int main(int c, char **v) { FILE *score = fopen(v[5], "w");'
        ' fprintf(score, "%d", number(v[3]) == -number(v[2]) ? atoi(v[4]) : 0); }'
    ),
    "syzoj": 'int main() { printf("%d", number("user_out") == -number("answer") ? 100 : 0); }',
    "testlib": (
        "int main(int c, char **v) { int a = number(v[3]), b = number(v[2]);"
        ' if (b == 0) { fprintf(stderr, "points 2.5 half"); return 7; }'
        ' if (b > 99) { fprintf(stderr, "FAIL the answer is %d", a); return 3; }'
        " return a == -b ? 0 : 1; }"
    ),
}
INTERACTOR = """#include <cstdio>
#include <cstdlib>
int main(int argc, char **argv) {
  FILE *input = fopen(argv[1], "r"), *kept = fopen(argv[2], "w");
  int secret, guess;
  if (!input || !kept || fscanf(input, "%d", &secret) != 1) return 3;
  for (int i = 0; i < 200000; i++) puts("ready");
  fflush(stdout);
  while (scanf("%d", &guess) == 1) {
    if (guess == secret) return 0;
    puts(guess < secret ? "more" : "less");
    fflush(stdout);
  }
  return 8;
}
"""


@pytest.fixture
def checked(tmp_path: Path, sandbox: Sandbox) -> Checked:
    def judge(style: Style, code: str, source: str, full: float = 1.0) -> tuple[str, float]:
        draft = Draft({"zh": "x"}, tests=[Case(b"7", b"7")])
        take_over(draft, code, style, full_points=full)
        assert draft.notes == []
        folder = tmp_path / write(draft, tmp_path).name
        report = judge_submission(folder, source.encode(), "python", sandbox=sandbox)
        return str(report.verdict), report.score

    return judge


@pytest.mark.parametrize("style", sorted(CHECKERS))
def test_checker(checked: Checked, style: Style) -> None:
    code = READ + CHECKERS[style]
    assert checked(style, code, "print(-7)") == ("AC", 100)
    assert checked(style, code, "print(7)") == ("WA", 0)


def test_points_and_failures_of_testlib(checked: Checked) -> None:
    code = READ + CHECKERS["testlib"]
    assert checked("testlib", code, "print(0)", 5.0) == ("AC", 50)
    assert checked("testlib", code, "print(100)")[0] == "IE"
    assert checked("testlib", code, "print('no number')") == ("WA", 0)
    assert checked("testlib", "int main() { __builtin_trap(); }", "print(-7)")[0] == "IE"


def test_interactor(checked: Checked) -> None:
    guess = (
        "for _ in range(200000): input()\nfor i in range(1, 10):\n print(i, flush=True)\n"
        " if i == 7: break\n input()"
    )
    assert checked("interactor", INTERACTOR, guess) == ("AC", 100)


def test_a_submission_that_reads_nothing_keeps_nobody_waiting(checked: Checked) -> None:
    assert checked("interactor", INTERACTOR, "print(1)") == ("WA", 0)
