"""`touchstone screen` as the formats document has it."""

from __future__ import annotations

import argparse
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from touchstone.cli import screen_command
from touchstone.engine.profiles.model import TEMPLATES, load_model_yaml, model_sha256

MODEL = TEMPLATES / "ai-trainer.yaml"
STRONG = """\
李青
电话：13800000000
工作经历
2021.07 - 至今  杭州某电子商务有限公司  AI训练师
- 重写冷启动标注规范，两人双标 Kappa 由 0.61 提到 0.79
- 清洗曝光日志 1.2 亿条，剔除刷单，发现训练集与测试集重叠 3%
- 用 PyTorch 训练双塔模型 3 版，新品点击率由 1.6% 升到 2.3%
"""


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    screen_command.configure(parser)
    return screen_command.run(parser.parse_args([*words, "--quiet"]))


@pytest.fixture
def resumes(tmp_path: Path) -> Path:
    (tmp_path / "strong.txt").write_text(STRONG, "utf-8")
    (tmp_path / "weak.txt").write_text("王五\n2020.01 - 至今 某超市 收银员\n", "gb18030")
    (tmp_path / "empty.txt").write_bytes(b"")
    return tmp_path


def rows_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_row_for_each_file_in_order(resumes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(resumes / name) for name in ("weak.txt", "empty.txt", "strong.txt")]
    assert run("--model", str(MODEL), *files, "--jobs", "2", "--as-of", "2026-11") == 1
    weak, empty, strong = rows_of(capsys)
    assert [weak["file"], empty["file"], strong["file"]] == files
    assert list(strong) == [
        "file",
        "status",
        "score",
        "decision",
        "dimensions",
        "indicators",
        "evidence",
        "reasons",
        "flags",
        "receipt",
    ]
    assert (empty["status"], empty["reason"]) == ("error", "empty_file")
    assert empty["detail"]
    assert weak["decision"] == "decline"
    assert weak["score"] < strong["score"]
    assert strong["status"] == "ok"
    assert all(STRONG[e["start"] : e["end"]] == e["quote"] for e in strong["evidence"])
    assert strong["receipt"] == {
        "file_sha256": hashlib.sha256(STRONG.encode()).hexdigest(),
        "model_sha256": model_sha256(load_model_yaml(MODEL.read_bytes())),
        "engine": strong["receipt"]["engine"],
    }


def test_members_of_an_archive_have_rows_of_their_own(
    resumes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(resumes / "all.zip", "w") as archive:
        archive.write(resumes / "strong.txt", "简历/李青.txt")
        archive.write(resumes / "weak.txt", "weak.txt")
    assert run("--model", str(MODEL), str(resumes / "all.zip")) == 0
    names = [row["file"].rsplit("!/")[-1] for row in rows_of(capsys)]
    assert names == ["简历/李青.txt", "weak.txt"]


def test_the_language_of_reasons_can_be_chosen(
    resumes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strong = str(resumes / "strong.txt")
    assert run("--model", str(MODEL), strong) == 0
    assert run("--model", str(MODEL), strong, "--lang", "en") == 0
    chinese, english = rows_of(capsys)
    assert "分" in chinese["reasons"][0]
    assert "points" in english["reasons"][0]
    assert {k: v for k, v in chinese.items() if k != "reasons"} == {
        k: v for k, v in english.items() if k != "reasons"
    }


def test_the_same_bytes_with_one_process_and_with_two(
    resumes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(resumes / name) for name in ("strong.txt", "weak.txt")] * 3
    run("--model", str(MODEL), *files, "--jobs", "1")
    one = capsys.readouterr().out
    run("--model", str(MODEL), *files, "--jobs", "2")
    assert capsys.readouterr().out == one


def test_a_malformed_model_is_refused_with_line_and_reason(
    resumes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = yaml.safe_load(MODEL.read_text("utf-8"))
    document["dimensions"][0]["weight"] = 50
    path = resumes / "model.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    assert run("--model", str(path), str(resumes / "strong.txt")) == 1
    (row,) = rows_of(capsys)
    assert (row["status"], row["reason"]) == ("error", "bad_model")
    assert "model.yaml:" in row["detail"]
    assert run("--model", str(resumes / "none.yaml"), str(resumes / "strong.txt")) == 1
    assert rows_of(capsys)[0]["reason"] == "not_found"


def test_a_missing_file_does_not_stop_the_others(
    resumes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--model", str(MODEL), str(resumes / "no.txt"), str(resumes / "strong.txt")) == 1
    missing, strong = rows_of(capsys)
    assert (missing["status"], missing["reason"]) == ("error", "not_found")
    assert strong["status"] == "ok"


LAYER = """\
- kind: skill
  is_a: [fine_tuning]
  items:
    alchemy: 炼丹调校 | model alchemy | 炼丹
"""


def test_a_companys_own_concepts_are_read_and_named_in_the_receipt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resume, layer = tmp_path / "a.txt", tmp_path / "ours.yaml"
    resume.write_text(STRONG + "- 负责排序模型的炼丹调校，把 AUC 由 0.71 提到 0.78\n", "utf-8")
    layer.write_text(LAYER, "utf-8")
    words = ("--model", str(MODEL), str(resume), "--jobs", "1", "--as-of", "2026-11")
    assert run(*words) == 0
    assert run(*words, "--taxonomy", str(layer)) == 0
    without, with_layer = rows_of(capsys)
    assert with_layer["score"] > without["score"]
    assert "taxonomy" not in without["receipt"]
    assert len(with_layer["receipt"]["taxonomy"]) == 64


@pytest.mark.parametrize(
    ("text", "said"),
    [("a: [", "YAML"), (LAYER.replace("炼丹\n", "Go\n"), "Go")],
)
def test_wrong_concepts_are_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    layer = tmp_path / "ours.yaml"
    layer.write_text(text, "utf-8")
    status = run("--model", str(MODEL), "--taxonomy", str(layer), "-")
    (row,) = rows_of(capsys)
    assert status == 1
    assert row["reason"] == "bad_taxonomy"
    assert said in row["detail"]


def test_concepts_that_are_not_there_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--model", str(MODEL), "--taxonomy", str(tmp_path / "none.yaml"), "-") == 1
    assert rows_of(capsys)[0]["reason"] == "not_found"
