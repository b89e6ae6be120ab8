"""Problems of other judges, made into packages that load and say what was left out."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from touchstone.common.errors import InvalidInput
from touchstone.engine.judging.foreign.draft import Made, Recipe, Step, paired_names
from touchstone.engine.judging.foreign.markup import from_html, from_mixed, from_tex, with_images
from touchstone.engine.judging.importing import Imported, folder_name, import_problems
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
HUSTOJ_CHECKER = """#include <cstdio>
int main(int argc, char **argv) {
  FILE *answer = fopen(argv[2], "r"), *output = fopen(argv[3], "r");
  int a, b;
  return fscanf(answer, "%d", &a) == 1 && fscanf(output, "%d", &b) == 1 && a == -b ? 0 : 1;
}"""
QDUOJ = {
    "title": "求和",
    "time_limit": 1000,
    "memory_limit": 128,
    "description": {"format": "html", "value": "<p>求两数之和。</p>"},
    "input_description": {"value": "两个整数"},
    "output_description": {"value": "一个整数"},
    "samples": [{"input": "1 2", "output": "3"}],
    "spj": None,
}
POLYGON = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<problem revision="2" short-name="sum"><names><name language="english" value="Sum"/></names>
<judging input-file="" output-file=""><testset name="tests"><time-limit>2000</time-limit>
<memory-limit>268435456</memory-limit><test-count>6</test-count>
<input-path-pattern>tests/%02d</input-path-pattern>
<answer-path-pattern>tests/%02d.a</answer-path-pattern>
<tests><test method="manual" sample="true" group="0" points="0.0"/>
<test method="manual" group="1" points="30.0"/><test method="manual" group="1" points="0.0"/>
<test method="manual" group="2" points="35.0"/><test method="manual" group="2" points="35.0"/>
<test cmd="gen 5" method="generated" group="2" points="0.0"/></tests>
<groups><group name="0" points-policy="complete-group"/>
<group name="1" points="30.0" points-policy="complete-group"><dependencies>
<dependency group="0"/></dependencies></group>
<group name="2" points-policy="each-test"><dependencies><dependency group="1"/></dependencies>
</group></groups></testset></judging>
<assets><checker name="{checker}" type="testlib"><source path="files/check.cpp" type="cpp.g++17"/>
</checker><solutions><solution tag="main"><source path="solutions/main.py" type="python.3"/>
</solution><solution tag="wrong-answer"><source path="solutions/wa.cpp" type="cpp.g++17"/>
</solution><solution tag="accepted"><source path="solutions/a.pas" type="pas.fpc"/></solution>
</solutions></assets></problem>"""
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def packed(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def noted(made: Imported) -> dict[str, dict[str, object]]:
    return {note.id.removeprefix("judging.import_"): dict(note.args) for note in made.notes}


def statement(folder: Path, lang: str = "zh") -> str:
    return (folder / "statement" / f"problem.{lang}.md").read_text("utf-8")


def fps(*pieces: str, drop: str = "") -> bytes:
    return FPS.replace(drop, "").replace("</item>", "".join(pieces) + "</item>").encode()


def test_fps(tmp_path: Path) -> None:
    (made,) = import_problems(FPS.encode(), "a.xml", tmp_path)
    problem = load_problem(tmp_path / made.name)
    assert made.tests == 2
    assert made.notes == ()
    assert problem.limits.time_s == 1.5
    assert problem.limits.memory_mib == 64
    assert [s.language for s in problem.solutions] == ["python"]
    assert "Add **two** numbers." in statement(tmp_path / made.name)
    again = import_problems(FPS.encode(), "a.xml", tmp_path)
    assert again[0].name != made.name


@pytest.mark.parametrize("encoding", ["gb2312", "GBK", "gb18030", "utf-16"])
def test_fps_in_the_encodings_of_old_exports(tmp_path: Path, encoding: str) -> None:
    text = FPS.replace("UTF-8", encoding).replace("A+B Problem", "求和\x0b问题")
    (made,) = import_problems(text.encode(encoding), "a.xml", tmp_path)
    assert made.title == "求和问题"
    assert "control_characters" in noted(made)


def test_fps_pictures_stand_in_the_statement(tmp_path: Path) -> None:
    where = "http://oj.example/upload/a.png"
    data = fps(
        f"<hint><![CDATA[<img src='{where}' alt='图一'><img src='/upload/lost.png'>]]></hint>",
        f"<img><src>{where}</src><base64>{base64.b64encode(PNG).decode()}</base64></img>",
    )
    (made,) = import_problems(data, "a.xml", tmp_path)
    shown = statement(tmp_path / made.name)
    assert f"![图一](data:image/png;base64,{base64.b64encode(PNG).decode()})" in shown
    assert "(lost.png)" in shown
    assert noted(made)["images"] == {"n": 1}


def test_fps_special_judges(tmp_path: Path) -> None:
    checker = f'<spj language="C++"><![CDATA[{HUSTOJ_CHECKER}]]></spj>'
    (made,) = import_problems(fps(checker), "a.xml", tmp_path)
    folder = tmp_path / made.name / "output_validator"
    assert sorted(p.name for p in folder.iterdir()) == ["adapter.cpp", "checker.cpp"]
    assert made.notes == ()
    for piece, note in (
        ("<spj>1</spj>", "checker_empty"),
        ('<spj language="Java">class A { void main() {} }</spj>', "checker_language"),
        ('<tpj language="C++">#include "testlib.h"\nint main() {}</tpj>', "checker_needs_testlib"),
        ('<spj language="C++">#include "mine.h"\nint main() {}</spj>', "checker_include"),
    ):
        (made,) = import_problems(fps(piece), "a.xml", tmp_path)
        assert note in noted(made)
        assert load_problem(tmp_path / made.name).output_validator is None


def test_testlib_can_be_handed_in(tmp_path: Path) -> None:
    data = fps('<tpj language="C++">#include "testlib.h"\nint main() {}</tpj>')
    (made,) = import_problems(data, "a.xml", tmp_path, testlib=b"// mine")
    kept = tmp_path / made.name / "output_validator" / "testlib.h"
    assert kept.read_bytes() == b"// mine"


def test_fps_of_old_versions_and_other_sites(tmp_path: Path) -> None:
    one_name = FPS.replace("test_output", "test_input")
    (made,) = import_problems(one_name.encode(), "a.xml", tmp_path)
    assert made.tests == 2
    remote = fps("<remote_oj>poj</remote_oj><remote_id>1000</remote_id>")
    (made,) = import_problems(remote, "a.xml", tmp_path)
    assert noted(made)["remote"] == {"where": "poj 1000"}
    named = FPS.replace("<test_input>", '<test_input name="x">', 1).replace(
        "<test_input><![CDATA[-1", '<test_input name="y"><![CDATA[-1'
    )
    named = named.replace("<test_output><![CDATA[11", '<test_output name="y"><![CDATA[0', 1)
    named = named.replace("<test_output><![CDATA[0", '<test_output name="x"><![CDATA[11')
    (made,) = import_problems(named.encode(), "a.xml", tmp_path)
    tests = load_problem(tmp_path / made.name).secret.tests
    assert [(t.read_input(), t.read_answer()) for t in tests] == [(b"5 6", b"11"), (b"-1 1", b"0")]


def test_fps_sql(tmp_path: Path) -> None:
    data = FPS.replace("5 6", "drop table t;\ncreate table t(a, b);\ninsert into t values(1, 2);")
    data = data.replace('"Python"', '"SQL(sqlite3)"').replace(">11<", ">1|2<")
    data = data.replace("[11]", "[1|2]").replace(
        "print(sum(map(int, input().split())))", "select 1;"
    )
    (made,) = import_problems(data.encode(), "a.xml", tmp_path)
    problem = load_problem(tmp_path / made.name)
    assert problem.extension.kind == "sql"
    assert problem.secret.tests[0].read_answer() == b"1\t2"
    assert b"drop table if exists t" in problem.secret.tests[0].read_input()


def test_code_around_a_solution_becomes_the_function_mode(tmp_path: Path) -> None:
    data = fps(
        '<prepend language="C++">#include &lt;cstdio&gt;</prepend>',
        '<append language="C++">int main() { printf("%d", add(1, 2)); }</append>',
        '<prepend language="Java">class A {}</prepend>',
    )
    (made,) = import_problems(data, "a.xml", tmp_path)
    problem = load_problem(tmp_path / made.name)
    assert (problem.extension.kind, problem.languages) == ("function", ("cpp",))
    driver = (tmp_path / made.name / "include" / "cpp" / "main.cpp").read_text()
    assert driver.index("cstdio") < driver.index("solution.cpp") < driver.index("add(1, 2)")
    assert noted(made)["frame_language"] == {"language": "Java"}
    (made,) = import_problems(fps('<append language="Java">}</append>'), "a.xml", tmp_path)
    assert "java" not in load_problem(tmp_path / made.name).languages


def test_samples_stand_in_for_missing_tests(tmp_path: Path) -> None:
    data = FPS.split("<test_input>", maxsplit=1)[0] + "</item></fps>"
    (made,) = import_problems(data.encode(), "a.xml", tmp_path)
    assert made.tests == 0
    assert {"samples_only", "no_solution"} <= set(noted(made))
    assert len(load_problem(tmp_path / made.name).secret.tests) == 1


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


def test_qduoj_points_answers_and_frames(tmp_path: Path) -> None:
    about = QDUOJ | {
        "rule_type": "OI",
        "test_case_score": [
            {"input_name": "1.in", "output_name": "1.out", "score": 30},
            {"input_name": "2.in", "output_name": "2.out", "score": 70},
            {"input_name": "3.in", "output_name": "3.out", "score": 10},
        ],
        "answers": [{"language": "Python3", "code": "def add(a, b): return a + b"}],
        "template": {"Python3": {"prepend": "", "template": "", "append": "print(add(1, 2))"}},
    }
    files = {f"1/testcase/{n}.{e}": f"{n}" for n in (1, 2) for e in ("in", "out")}
    data = packed({"1/problem.json": json.dumps(about), **files})
    (made,) = import_problems(data, "q.zip", tmp_path)
    problem = load_problem(tmp_path / made.name)
    assert problem.type == "scoring"
    assert [group.max_score for group in problem.groups] == [30, 70]
    assert problem.extension.kind == "function"
    assert noted(made) == {"tests_without_answer": {"n": 1}}


def test_qduoj_special_judge_needs_no_answers(tmp_path: Path) -> None:
    spj = {"language": "C++", "code": "int main(int argc, char **argv) { return 0; }"}
    data = packed({"1/problem.json": json.dumps(QDUOJ | {"spj": spj}), "1/testcase/1.in": "1 1"})
    (made,) = import_problems(data, "q.zip", tmp_path)
    assert (made.tests, set(noted(made))) == (1, {"no_solution"})
    assert load_problem(tmp_path / made.name).output_validator is not None


def test_hydro(tmp_path: Path) -> None:
    words = "求和\n```input1\n1 2\n```\n```output1\n3\n```\n![图](file://a.png)\n"
    data = packed(
        {
            "p/problem.yaml": "title: \t求和\n",
            "p/problem_zh.md": words,
            "p/problem_en.md": "Add.",
            "p/additional_file/a.png": PNG,
            "p/testdata/config.yaml": "time: 500ms\nmemory: 64m\nlangs: [c, cc.cc14o2, py.py3]\n",
            "p/testdata/a1.in": "1 1",
            "p/testdata/a1.out": "2",
        }
    )
    (made,) = import_problems(data, "h.zip", tmp_path)
    problem = load_problem(tmp_path / made.name)
    assert problem.limits.time_s == 0.5
    assert [t.read_answer() for t in problem.samples.tests] == [b"3\n"]
    assert problem.languages == ("python", "cpp")
    assert made.tests == 1
    assert "data:image/png" in statement(tmp_path / made.name)
    assert statement(tmp_path / made.name, "en") == "Add.\n"


def test_hydro_subtasks(tmp_path: Path) -> None:
    config = """
subtasks:
  - {id: 1, score: 40, type: min, cases: [{input: P.I1, output: P.O1}, {input: P.I2, output: P.O2}]}
  - {id: 2, score: 60, type: sum, if: [1], time: 3s, cases: [{input: P.I3, output: P.O3}]}
"""
    files = {f"p/testdata/P.{kind}{n}": str(n) for n in (1, 2, 3) for kind in "IO"}
    data = packed({"p/problem.yaml": "title: s", "p/testdata/config.yaml": config, **files})
    (made,) = import_problems(data, "h.zip", tmp_path)
    problem = load_problem(tmp_path / made.name)
    assert [(g.max_score, g.aggregation, len(g.tests)) for g in problem.groups] == [
        (40, "min", 2),
        (60, "sum", 1),
    ]
    assert problem.groups[1].require_pass == ("secret/1",)
    assert problem.limits.time_s == 3


@pytest.mark.parametrize(
    ("config", "note"),
    [
        ("type: remote_judge\nsubType: luogu\ntarget: P1", "remote"),
        ("type: objective", "kind"),
        ("type: interactive\ninteractor: i.cc", "interactor_missing"),
        ("checker_type: testlib\nchecker: c.cc", "checker_missing"),
        ("checker_type: odd\nchecker: k.cc", "setting"),
        ("filename: sum", "setting"),
        ("time: [", "file_unreadable"),
    ],
)
def test_hydro_says_what_it_leaves_out(tmp_path: Path, config: str, note: str) -> None:
    files = {"p/testdata/1.in": "1", "p/testdata/1.out": "1"}
    data = packed({"p/problem.yaml": "title: s", "p/testdata/config.yaml": config, **files})
    (made,) = import_problems(data, "h.zip", tmp_path)
    assert note in noted(made)
    assert load_problem(tmp_path / made.name).secret.tests


@pytest.mark.parametrize(
    ("config", "rules"),
    [
        ("checker_type: strict", ["case_sensitive", "space_change_sensitive"]),
        ("checker_type: testlib\nchecker: rcmp6", ["float_tolerance", "1e-6"]),
    ],
)
def test_hydro_comparisons(tmp_path: Path, config: str, rules: list[str]) -> None:
    files = {"p/testdata/1.in": "1", "p/testdata/1.out": "1"}
    data = packed({"p/problem.yaml": "title: s", "p/testdata/config.yaml": config, **files})
    (made,) = import_problems(data, "h.zip", tmp_path)
    (test,) = load_problem(tmp_path / made.name).secret.tests
    assert list(test.validator_args) == rules


def polygon(checker: str = "std::wcmp.cpp", **more: str) -> bytes:
    tests = {f"tests/0{n}": f"{n} 1" for n in range(1, 6)}
    answers = {f"tests/0{n}.a": f"{n + 1}" for n in range(1, 6)}
    return packed(
        {
            "problem.xml": POLYGON.replace("{checker}", checker),
            **tests,
            **answers,
            "solutions/main.py": "print(sum(map(int, input().split())))",
            "solutions/wa.cpp": "int main() { return 0; }",
            "solutions/a.pas": "begin end.",
            "statement-sections/english/legend.tex": r"Add $a<b$ --- \textbf{both}.",
            **more,
        }
    )


def test_polygon(tmp_path: Path) -> None:
    (made,) = import_problems(polygon(), "p.zip", tmp_path)
    problem = load_problem(tmp_path / made.name)
    assert len(problem.samples.tests) == 1
    assert made.tests == 4
    assert [(g.max_score, g.aggregation) for g in problem.groups] == [(30, "min"), (70, "sum")]
    assert problem.groups[1].require_pass == ("secret/1",)
    assert problem.groups[0].tests[0].validator_args == ("case_sensitive",)
    assert [(s.expected, s.language) for s in problem.solutions] == [
        ("accepted", "python"),
        ("wrong_answer", "cpp"),
    ]
    assert statement(tmp_path / made.name) == "Add $a<b$ — **both**.\n"
    assert noted(made) == {
        "tests_generated": {"n": 1},
        "solution_language": {"language": "pas.fpc"},
    }


def test_polygon_checker_comes_with_its_header(tmp_path: Path) -> None:
    source = '#include "testlib.h"\nint main() {}'
    own = {"files/check.cpp": source, "files/testlib.h": "// header", "files/olymp.sty": "x"}
    (made,) = import_problems(polygon("own.cpp", **own), "p.zip", tmp_path)
    kept = sorted(p.name for p in (tmp_path / made.name / "output_validator").iterdir())
    assert kept == ["adapter.cpp", "checker.cpp", "testlib.h"]
    (made,) = import_problems(polygon("own.cpp"), "p.zip", tmp_path)
    assert "checker_missing" in noted(made)


def test_tests_of_a_generator_are_made_by_whoever_can(tmp_path: Path) -> None:
    seen: list[Recipe] = []

    def make(recipe: Recipe) -> Made:
        seen.append(recipe)
        return [(b"9 1", b"10"), None][: len(recipe.steps)]

    executable = (
        "<files><executables><executable>"
        '<source path="files/gen.cpp" type="cpp.g++17"/></executable></executables></files><assets>'
    )
    listed = POLYGON.replace("{checker}", "std::ncmp.cpp").replace("<assets>", executable)
    data = polygon(**{"problem.xml": listed, "files/gen.cpp": "int main() {}"})
    (made,) = import_problems(data, "p.zip", tmp_path, make=make)
    (recipe,) = seen
    assert recipe.steps == (Step(("gen", "5"), None),)
    assert recipe.programs == {"gen": ("cpp", b"int main() {}")}
    assert recipe.main is not None
    assert made.tests == 5
    assert "tests_generated" not in noted(made)


def test_many_polygon_problems_of_a_contest(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(polygon())) as one:
        inner = {name: one.read(name) for name in one.namelist()}
    data = packed(
        {f"problems/{p}/{name}": content for p in "ab" for name, content in inner.items()}
    )
    made = import_problems(data, "contest.zip", tmp_path)
    assert [m.name for m in made] == ["sum", "sum-2"]


class _RawName(zipfile.ZipInfo):
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp437"), self.flag_bits & ~0x800


def test_names_packed_on_windows(tmp_path: Path) -> None:
    """In GBK, and without the flag that would say so; 誠 ends in a byte that is a backslash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("求和/problem.yaml", "求和/testdata/誠1.in", "求和/testdata/誠1.out"):
            archive.writestr(_RawName(name.encode("gbk").decode("cp437")), "")
    (made,) = import_problems(buffer.getvalue(), "h.zip", tmp_path)
    assert (made.title, made.tests) == ("求和", 1)


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        (["a10.in", "a10.out", "a2.in", "a2.ans"], [("a2.in", "a2.ans"), ("a10.in", "a10.out")]),
        (["1.IN", "1.OUT"], [("1.IN", "1.OUT")]),
        (["input1.txt", "output1.txt", "notes.txt"], [("input1.txt", "output1.txt")]),
        (["P.I1", "P.O1"], [("P.I1", "P.O1")]),
        (["sum.in1", "sum.ou1"], [("sum.in1", "sum.ou1")]),
        (["main.in", "readme"], []),
    ],
)
def test_tests_are_paired_by_their_names(names: list[str], pairs: list[tuple[str, str]]) -> None:
    assert paired_names(names) == pairs


def test_markdown_with_pieces_of_html() -> None:
    mixed = (
        "## Input\n\n- one <b>n</b> &lt; 5\n- `a<b>` two\n\n```input1\n1 <b>\n2\n```\n\n"
        "<table><tr><th>a</th></tr>\n<tr><td>1</td></tr></table>"
    )
    plain = from_mixed(mixed)
    assert "- one **n** < 5\n- `a<b>` two\n" in plain
    assert "```input1\n1 <b>\n2\n```" in plain
    assert "| a |" in plain
    html = '<h2>Sample</h2><pre><code class="language-input1">1\n2</code></pre>'
    nested = html.replace("1\n2", "<pre><div style='x'>1\n2</div></pre>")
    assert from_mixed(nested) == from_mixed(html)
    assert from_mixed(html) == "## Sample\n\n```input1\n1\n2\n```"


def test_markup() -> None:
    table = "<table><tr><th>a</th></tr><tr><td>1</td></tr></table>"
    assert "| a |" in from_html(table)
    assert from_html("x &lt; y") == "x < y"
    assert from_html("1 < n and a_1 * b_2") == "1 < n and a_1 * b_2"
    assert from_html("<p>a</p><script>alert(1)</script><style>p {}</style>") == "a"
    katex = (
        '<span class="katex"><span class="katex-mathml"><math><mi>n</mi><annotation'
        ' encoding="application/x-tex">n_1</annotation></math></span>'
        '<span class="katex-html"><span class="mord">n</span></span></span>'
    )
    assert from_html(f"<p>at most {katex} of</p>") == "at most $n_1$ of"
    flat = re.sub(r"<math>.*</math>", "nn_1", katex)
    assert from_html(f"<p>at most {flat} of</p>") == "at most n of"
    assert from_html('<p><script type="math/tex">a^2</script></p>') == "$a^2$"
    assert from_html("[md]**kept**[/md]") == "**kept**"
    assert from_html("a<sub>1,2</sub> < 10<sup>9</sup>, i <n && n> d") == (
        "a$_{1,2}$ < 10$^{9}$, i <n && n> d"
    )
    tex = from_tex("Given $$$a_i$$$~\\textit{x}.\n\\begin{itemize}\n\\item one\n\\end{itemize}")
    assert tex == "Given $a_i$ *x*.\n- one"
    fenced = "```\n![](gone.png)\n```"
    assert with_images(fenced, {}) == (fenced, 0)
    assert with_images("![](a.svg)", {"a.svg": b"<svg onload=x>"}) == ("(a.svg)", 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"PK\x03\x04 broken",
        packed({"readme.txt": "nothing"}),
        packed({"1/problem.json": "[]"}),
        packed({"1/problem.json": '{"id": 1, "title": "of another judge"}'}),
        packed({"problem.xml": "<problem>"}),
        b'<!DOCTYPE x [<!ENTITY a "b">]><fps><item><title>&a;</title></item></fps>',
    ],
)
def test_what_is_no_problem_file_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InvalidInput):
        import_problems(data, "x", tmp_path / "out")
    assert not (tmp_path / "out").exists()


ODD: dict[str, dict[str, str | bytes]] = {
    "hydro": {
        "p/problem.yaml": "a: &a [*a]",
        "p/testdata/config.yaml": (
            "subtasks: 5\ncases: {a: 1}\ntime: [1]\nmemory: {}\nchecker: [1]\nlangs: 3"
        ),
        "p/problem.md": '{"zh": 3}',
    },
    "hydro subtasks": {
        "p/problem.yaml": "title: [1]",
        "p/testdata/config.yaml": (
            "subtasks: [{cases: [5, {input: [1], output: {}}], if: 3, score: x}, {cases: 4}, 9]"
        ),
    },
    "qduoj": {
        "1/problem.json": json.dumps(
            {
                "title": None,
                "description": 5,
                "samples": {"a": 1},
                "test_case_score": "x",
                "template": [1],
                "spj": "y",
                "answers": [1],
                "time_limit": "a",
                "memory_limit": -3,
            }
        )
    },
    "polygon": {
        "problem.xml": (
            '<problem><judging><testset name="tests"><time-limit>abc</time-limit><memory-limit/>'
            "<input-path-pattern>%s%d%x</input-path-pattern><tests><test points='x'/></tests>"
            "<groups><group/></groups></testset></judging><assets><checker/><interactor/>"
            "<solutions><solution/></solutions></assets></problem>"
        )
    },
}


@pytest.mark.parametrize("files", ODD.values(), ids=list(ODD))
def test_files_with_odd_values_come_in_as_far_as_they_go(
    tmp_path: Path, files: dict[str, str | bytes]
) -> None:
    (made,) = import_problems(packed(files), "odd.zip", tmp_path)
    assert (tmp_path / made.name / "problem.yaml").is_file()
    assert "no_solution" in noted(made)


def test_fps_with_odd_values_comes_in_as_far_as_it_goes(tmp_path: Path) -> None:
    data = (
        "<fps><item><title/><time_limit unit='zz'>-5..</time_limit><memory_limit>1e99"
        "</memory_limit><img><src/><base64>!!</base64></img><test_input/><test_output/><solution/>"
        "<spj language='C++'>main</spj></item><item/></fps>"
    )
    assert len(import_problems(data.encode(), "odd.xml", tmp_path)) == 2


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
