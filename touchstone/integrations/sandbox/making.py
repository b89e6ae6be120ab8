"""Tests that an imported file lacks, made by its authors' programs inside the sandbox."""

from __future__ import annotations

from collections.abc import Mapping

from touchstone.common.errors import InvalidInput
from touchstone.engine.judging.foreign.draft import Made, Recipe, Step
from touchstone.engine.judging.problem import Language
from touchstone.integrations.sandbox.pool import Sandbox
from touchstone.integrations.sandbox.programs import Program, build_program
from touchstone.integrations.sandbox.runs import MIB, Limits

LIMITS = Limits(cpu_s=60, wall_s=90, output_bytes=64 * MIB)


def make_tests(recipe: Recipe, sandbox: Sandbox) -> Made:
    """Input and answer of each step; None where a program is missing, does not compile or fails.

    Raises:
        SandboxUnavailable: nothing can be run here.
    """
    wanted = {step.words[0] for step in recipe.steps if step.words}
    generators = {
        name: _built(sandbox, *recipe.programs[name], recipe.beside)
        for name in sorted(wanted & recipe.programs.keys())
    }
    main = _built(sandbox, *recipe.main, recipe.beside) if recipe.main is not None else None
    made: list[tuple[bytes, bytes] | None] = []
    for step in recipe.steps:
        given = _given(sandbox, step, generators)
        answer = b"" if recipe.main is None else _output(sandbox, main, given)
        made.append(None if given is None or answer is None else (given, answer))
    return made


def _built(
    sandbox: Sandbox, language: Language, code: bytes, beside: Mapping[str, bytes]
) -> Program | None:
    headers = {name: data for name, data in beside.items() if name.endswith((".h", ".hpp"))}
    try:
        built = build_program(sandbox, code, language, included=headers)
    except InvalidInput:
        return None  # the tools of its language are not here; its tests are counted as lacking
    return built if isinstance(built, Program) else None


def _given(sandbox: Sandbox, step: Step, generators: Mapping[str, Program | None]) -> bytes | None:
    if step.given is not None or not step.words:
        return step.given
    return _output(sandbox, generators.get(step.words[0]), b"", step.words[1:])


def _output(
    sandbox: Sandbox, program: Program | None, stdin: bytes | None, arguments: tuple[str, ...] = ()
) -> bytes | None:
    if program is None or stdin is None:
        return None
    run = sandbox.run(program.job(LIMITS, stdin=stdin, arguments=arguments))
    return run.stdout if run.outcome == "exited" and run.status == 0 else None
