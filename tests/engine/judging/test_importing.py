"""Problems of other judges, made into packages that load and say what was left out."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from touchstone.common.errors import InvalidInput
from touchstone.engine.judging.importing import folder_name, import_problems
from touchstone.engine.judging.loading import load_problem
from touchstone.engine.judging.starting import start_package

FPS = """<?xml version="1.0" encoding="UTF-8"?>
<fps version="1.2"><item>
<title><![CDATA[A+B Problem]]></title>
<time_limit unit="ms"><![CDATA[1500]]></time_limit>
<memory_limit unit="mb"><![CDATA[64]]></memory_limit>
<description><![CDATA[<p>Add <b>two</b> numbers.</p>]]></description>
<input><![CDATA[Two integers]]></input><output><![CDATA[Their sum]]></output>
<sample_input><![CDATA[1 2]]></sample_input><sample_output><![CDATA[3]]></sample_output>
<test_input><![CDATA[5 6]]></test_input><test_output><![CDATA[11]]></test_output>
<test_input><![CDATA[-1 1]]></test_input><test_output><![CDATA[0]]></test_output>
<solution language="Python"><![CDATA[print(sum(map(int, input().split())))]]></solution>
</item></fps>"""
QDUOJ = {
    "title": "求和",
    "time_limit": 1000,
    "memory_limit": 128,
    "description": {"format": "html", "value": "<p>求两数之和。</p>"},
    "input_description": {"value": "两个整数"},
    "output_description": {"value": "一个整数"},
    "samples": [{"input": "1 2", "output": "3"}],
    "spj": {"code": "…"},
}
POLYGON = """<problem><names><name language="english" value="Sum"/></names>
<judging><testset name="tests"><time-limit>2000</time-limit><memory-limit>268435456</memory-limit>
<input-path-pattern>tests/%02d</input-path-pattern>
<answer-path-pattern>tests/%02d.a</answer-path-pattern>
<tests><test method="manual" sample="true"/><test method="manual"/></tests></testset></judging>
<assets><checker name="std::ncmp.cpp"/><solutions><solution tag="main">
<source path="solutions/main.py" type="python.3"/></solution></solutions></assets></problem>"""


def packed(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_fps(tmp_path: Path) -> None:
    (made,) = import_problems(FPS.encode(), "a.xml", tmp_path)
    problem = load_problem(tmp_path / made.name)
    assert made.tests == 2
    assert problem.limits.time_s == 1.5
    assert problem.limits.memory_mib == 64
    assert [s.language for s in problem.solutions] == ["python"]
    statement = (tmp_path / made.name / "statement" / "problem.zh.md").read_text("utf-8")
    assert "Add two numbers." in statement
    assert "<" not in statement
    again = import_problems(FPS.encode(), "a.xml", tmp_path)
    assert again[0].name != made.name


def test_qduoj(tmp_path: Path) -> None:
    data = packed(
        {
            "1/problem.json": json.dumps(QDUOJ),
            "1/testcase/1.in": "1 1",
            "1/testcase/1.out": "2",
            "1/testcase/10.in": "5 5",
            "1/testcase/10.out": "10",
            "1/testcase/2.in": "2 2",
            "1/testcase/2.out": "4",
        }
    )
    (made,) = import_problems(data, "q.zip", tmp_path)
    problem = load_problem(tmp_path / made.name)
    assert [t.read_answer() for t in problem.tests() if not t.is_sample] == [b"2", b"4", b"10"]
    assert "special judge left out" in made.notes


def test_hydro(tmp_path: Path) -> None:
    statement = "求和\n```input1\n1 2\n```\n```output1\n3\n```\n"
    data = packed(
        {
            "p/problem.yaml": "title: 求和\n",
            "p/problem_zh.md": statement,
            "p/testdata/config.yaml": "time: 500ms\nmemory: 64m\n",
            "p/testdata/a1.in": "1 1",
            "p/testdata/a1.out": "2",
        }
    )
    (made,) = import_problems(data, "h.zip", tmp_path)
    problem = load_problem(tmp_path / made.name)
    assert problem.limits.time_s == 0.5
    assert len(problem.samples.tests) == 1
    assert made.tests == 1


def test_polygon(tmp_path: Path) -> None:
    data = packed(
        {
            "problem.xml": POLYGON,
            "tests/01": "1 2",
            "tests/01.a": "3",
            "tests/02": "5 5",
            "tests/02.a": "10",
            "solutions/main.py": "print(sum(map(int, input().split())))",
            "statement-sections/english/legend.tex": "Add them.",
        }
    )
    (made,) = import_problems(data, "p.zip", tmp_path)
    problem = load_problem(tmp_path / made.name)
    assert len(problem.samples.tests) == 1
    assert made.tests == 1
    assert problem.reference() is not None
    assert any("checker" in note for note in made.notes)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"PK\x03\x04 broken",
        packed({"readme.txt": "nothing"}),
        b'<!DOCTYPE x [<!ENTITY a "b">]><fps><item><title>&a;</title></item></fps>',
    ],
)
def test_what_is_no_problem_file_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InvalidInput):
        import_problems(data, "x", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_paths_never_leave_the_folder(tmp_path: Path) -> None:
    files = {"../../evil.in": "x", "1/problem.json": json.dumps({**QDUOJ, "title": "../../up"})}
    (made,) = import_problems(packed(dict(files)), "q.zip", tmp_path / "out")
    assert (tmp_path / "out" / made.name).is_dir()
    assert not list(tmp_path.glob("*.in"))


@pytest.mark.parametrize(
    ("title", "name"), [("A+B Problem", "a-b-problem"), ("../x", "x"), ("！", "problem")]
)
def test_folder_names(title: str, name: str) -> None:
    assert folder_name(title) == name


@pytest.mark.parametrize("kind", ["program", "function", "sql", "ml"])
def test_a_new_package_loads(tmp_path: Path, kind: str) -> None:
    start_package(tmp_path / "new", kind=kind, name="it's new: yes")
    problem = load_problem(tmp_path / "new")
    assert problem.extension.kind == kind
    assert problem.names["zh"] == "it's new: yes"
    with pytest.raises(InvalidInput):
        start_package(tmp_path / "new", kind=kind, name="again")
