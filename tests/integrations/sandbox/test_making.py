"""Tests that an imported file lacks are made by its authors' programs, inside the sandbox."""

from __future__ import annotations

import pytest

from touchstone.engine.judging.foreign.draft import Recipe, Step
from touchstone.integrations.sandbox import Sandbox
from touchstone.integrations.sandbox.making import make_tests

pytestmark = pytest.mark.sandbox

GENERATOR = b"""#include "sizes.h"
#include <cstdio>
#include <cstdlib>
int main(int argc, char **argv) {
  if (argc < 2) return 1;
  printf("%d %d\\n", atoi(argv[1]), SIZE);
}
"""
MAIN = b"print(sum(map(int, input().split())))"


def test_inputs_and_answers_are_made(sandbox: Sandbox) -> None:
    recipe = Recipe(
        programs={"gen": ("cpp", GENERATOR), "broken": ("cpp", b"int main( {")},
        beside={"sizes.h": b"#define SIZE 7", "notes.txt": b"not for compiling"},
        main=("python", MAIN),
        steps=(
            Step(("gen", "5"), None),
            Step(("gen",), None),
            Step(("broken", "1"), None),
            Step(("unknown", "1"), None),
            Step((), b"20 3"),
            Step((), b"no numbers"),
            Step((), None),
        ),
    )
    made = make_tests(recipe, sandbox)
    assert made == [(b"5 7\n", b"12\n"), None, None, None, (b"20 3", b"23\n"), None, None]


def test_a_dialogue_needs_no_answers(sandbox: Sandbox) -> None:
    recipe = Recipe(programs={}, beside={}, main=None, steps=(Step((), b"4"), Step((), None)))
    assert make_tests(recipe, sandbox) == [(b"4", b""), None]


def test_without_a_main_solution_that_compiles_nothing_is_made(sandbox: Sandbox) -> None:
    recipe = Recipe({}, {}, ("cpp", b"int main( {"), (Step((), b"4"),))
    assert make_tests(recipe, sandbox) == [None]
