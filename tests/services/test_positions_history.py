"""History files of other systems: read in any shape, mapped, confirmed, learned from."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.company import Company
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.demo.history import COLUMNS, generate_history, write_history
from touchstone.positions.columns import (
    guess_mapping,
    is_known,
    month_of,
    number_of,
    problem_document,
    problem_groups,
    read_history,
    truth_of,
    words_of,
)
from touchstone.positions.history import (
    history_confirm,
    history_discard,
    history_import,
    history_preview,
    history_receive,
    learned_document,
    model_learn,
    past_cases,
    wishes_propose,
)
from touchstone.positions.models import HistoryBatch, PastCase, Position
from touchstone.positions.services import wish_add
from touchstone.positions.tables import read_table


def sheet(rows: list[list[Any]], merged: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    for place in merged:
        page.merge_cells(place)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def demo_files(tmp_path: Path) -> tuple[Path, ...]:
    return write_history(generate_history(7, dt.date(2026, 11, 1)), tmp_path)


def test_both_shapes_of_the_demo_are_guessed(demo_files: tuple[Path, ...]) -> None:
    for path, columns in zip(demo_files, COLUMNS, strict=True):
        table = read_table(path.read_bytes(), path.name, is_known)
        assert guess_mapping(table) == dict(columns)


def test_two_row_headings_merged_cells_and_day_counts() -> None:
    data = sheet(
        [
            ["2024 年招聘情况"],
            ["编号", "应聘时间", "面试", "", "是否录用", "批次"],
            ["", "", "技术", "沟通", "", ""],
            ["A1", 45352, 80, 70, "是", "春招"],
            ["A2", 45353.5, 65, 90, "否", ""],
        ],
        merged=("A1:F1", "C2:D2", "A2:A3", "B2:B3", "E2:E3", "F2:F3", "F4:F5"),
    )
    table = read_table(data, "a.xlsx", is_known)
    assert table.headings == ("编号", "应聘时间", "面试-技术", "面试-沟通", "是否录用", "批次")

    read = read_history(table, guess_mapping(table), "a")
    assert [row.year_month for row in read.rows] == ["2024-03", "2024-03"]
    assert [row.scores for row in read.rows] == [
        {"technical": 8.0, "communication": 7.0},
        {"technical": 6.5, "communication": 9.0},
    ]
    assert [row.round_name for row in read.rows] == ["春招", "春招"]
    assert read.factors["technical"] == 0.1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_encodings_and_separators(encoding: str, separator: str) -> None:
    text = "\r\n".join(separator.join(row) for row in (("姓名", "技术能力"), ("李雷", "8")))
    table = read_table(text.encode(encoding), "a.csv", is_known)

    assert table.headings == ("姓名", "技术能力")
    assert table.rows == (("李雷", "8"),)


def test_a_column_is_taken_only_for_what_its_cells_can_be() -> None:
    """项目 under 入职后 counts projects; 入职 alone would have made a yes or no of it."""
    rows: list[list[Any]] = [
        ["导出（2024 年）", None, None, None, None],
        ["基本信息", None, "面试", "入职后", None],
        ["候选人", "邮箱", "综合得分", "项目", "评价"],
        *[[f"候选{i}", f"c{i}@example.com", 60 + i, i % 5, "良好"] for i in range(8)],
    ]
    data = sheet(rows, ("A1:E1", "A2:B2", "D2:E2"))
    table = read_table(data, "past.xlsx", is_known)
    mapping = guess_mapping(table)
    assert mapping["projects_delivered"] == "入职后-项目"
    assert mapping["email"] == "基本信息-邮箱"
    assert mapping["overall"] == "综合得分"
    assert "hired" not in mapping
    history = read_history(table, mapping, "past")
    assert not history.problems
    assert [row.scores["overall"] for row in history.rows[:2]] == [6.0, 6.1]
    assert all(row.hired for row in history.rows)


def test_rows_of_sums_are_no_people_and_row_numbers_are_the_files_own() -> None:
    text = "姓名,简历,交付项目数\n甲,标注,3\n,,\n乙,质检,多\n合计,,3\n平均,,1.5\n"
    table = read_table(text.encode(), "a.csv", is_known)
    mapping = {"name": "姓名", "resume_text": "简历", "projects_delivered": "交付项目数"}
    history = read_history(table, mapping, "a")
    assert len(history.rows) == 2
    assert [(p.row, p.column, p.message.id) for p in history.problems] == [
        (4, "交付项目数", "positions.cell_unread"),
        (5, "", "positions.row_of_sums"),
        (6, "", "positions.row_of_sums"),
    ]


def test_two_people_of_one_name_stay_two() -> None:
    text = (
        "姓名,手机,简历\n张伟,1.38E+10,标注规范\n张伟,1.38E+10,微调\n"
        "李娜,13800000000,质检\n李娜,13800000000,质检\n"
    )
    table = read_table(text.encode(), "a.csv", is_known)
    history = read_history(table, guess_mapping(table), "a")
    assert [row.resume_text for row in history.rows] == ["标注规范", "微调", "质检"]
    assert len({row.key for row in history.rows}) == 3


def test_unread_cells_of_a_column_are_told_together() -> None:
    text = "姓名,手机,技术\n甲,1.39E+10,好\n乙,1.39E+10,很好\n丙,1.39E+10,好\n"
    table = read_table(text.encode(), "a.csv", is_known)
    mapping = {"name": "姓名", "phone": "手机", "technical": "技术"}
    groups = problem_groups(map(problem_document, read_history(table, mapping, "a").problems))
    assert [(g.column, g.rows, g.values) for g in groups] == [
        ("", (), ("",)),
        ("技术", (2, 3, 4), ("好", "很好")),
    ]


def test_people_without_a_number_get_a_pseudonym() -> None:
    data = "姓名,手机,技术能力\n李雷,13800000001,8\n韩梅,1.38E+10,7\n".encode()
    table = read_table(data, "a.csv", is_known)
    read = read_history(table, guess_mapping(table), "a")

    assert all(row.key.startswith("P-") for row in read.rows)
    assert "李雷" not in str(read.rows)
    assert [problem.message.id for problem in read.problems] == ["positions.phone_lost_digits"]


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("2025年3月", "2025-03"),
        ("202503", "2025-03"),
        ("2025/3/1", "2025-03"),
        ("Mar-25", "2025-03"),
        (45717.0, "2025-03"),
        ("45717", "2025-03"),
        (dt.datetime(2025, 3, 1), "2025-03"),
        ("2025", "2025"),
        ("三月", ""),
    ],
)
def test_months(cell: Any, month: str) -> None:
    assert month_of(cell) == month


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12.5%", 12.5),
        ("3 个", 3.0),
        ("８．５", 8.5),
        ("良好", 7.5),
        ("1,200", 1200.0),
        ("无", None),
    ],
)
def test_numbers(cell: str, number: float | None) -> None:
    assert number_of(cell) == number


def test_lists_in_one_cell() -> None:
    assert words_of("A/B 测试；数据清洗、数据清洗| SQL") == ("A/B 测试", "数据清洗", "SQL")
    assert words_of(None) == ()


def test_yes_and_no() -> None:
    assert [truth_of(cell) for cell in ("是", "√", "Hired", 1.0)] == [True] * 4
    assert [truth_of(cell) for cell in ("未录用", "N", 0.0)] == [False] * 3
    assert truth_of("待定") is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "positions.table_empty"),
        ("编号,技术能力\n".encode(), "positions.table_empty"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "positions.table_old_excel"),
        (b"PK\x03\x04garbage", "positions.table_unreadable"),
        (b"\xff\xff\x00\x81\x30", "positions.table_encoding"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_table(data, "a.csv", is_known)
    assert caught.value.message.id == message


@pytest.mark.django_db
class TestImport:
    def test_demo_history_is_imported_and_learned_from(
        self, company: Company, position: Position, demo_files: tuple[Path, ...], now: dt.datetime
    ) -> None:
        for path in demo_files:
            batch = history_import(
                actor=company.actor("recruiter"),
                branch=company.head,
                position=position,
                name=path.name,
                data=path.read_bytes(),
                mapping=None,
                at=now,
            )
            assert batch.problems == []
            assert batch.rows == batch.cases.count()
        learned = model_learn(position=position)
        assert learned.n == past_cases(position).filter(hired=True).count()
        assert sum(weight.learned for weight in learned.weights) == pytest.approx(100, abs=0.3)
        assert learned_document(learned)["warnings"][0]["id"] == "profiles.selection_bias"

    def test_nothing_is_taken_in_before_a_person_confirms(
        self, company: Company, position: Position, now: dt.datetime
    ) -> None:
        data = "编号,面试-技术,录用\nA1,8,是\nA2,6,否\n".encode("gbk")
        actor = company.actor("recruiter")
        batch = history_receive(
            actor=actor, branch=company.head, position=position, name="a.csv", data=data, at=now
        )
        preview = history_preview(batch)
        assert (preview.hired, preview.with_outcome) == (1, 0)
        assert not PastCase.objects.exists()

        history_confirm(actor=actor, batch=batch, mapping=batch.mapping, at=now)
        assert PastCase.objects.count() == 2
        with pytest.raises(Conflict):
            history_confirm(actor=actor, batch=batch, mapping=batch.mapping, at=now)

    def test_the_same_people_are_not_counted_twice(
        self, company: Company, position: Position, now: dt.datetime
    ) -> None:
        data = "编号,批次,技术能力\nA1,春招,8\nA1,春招,8\nA2,春招,6\n".encode()
        for name in ("a.csv", "b.csv"):
            batch = history_import(
                actor=company.actor("recruiter"),
                branch=company.head,
                position=position,
                name=name,
                data=data,
                mapping=None,
                at=now,
            )
        assert PastCase.objects.count() == 2
        ids = [problem["message"]["id"] for problem in batch.problems]
        assert ids == ["positions.rows_known", "positions.row_twice"]

    def test_a_mapping_without_anything_to_learn_from_is_refused(
        self, company: Company, position: Position, now: dt.datetime
    ) -> None:
        with pytest.raises(InvalidInput) as caught:
            history_import(
                actor=company.actor("recruiter"),
                branch=company.head,
                position=position,
                name="a.csv",
                data="编号,别的\nA1,8\n".encode(),
                mapping={"key": "编号", "technical": "没有这一列"},
                at=now,
            )
        assert caught.value.message.id == "positions.mapping_empty"
        assert not HistoryBatch.objects.exists()

    def test_an_import_can_be_taken_back(
        self, company: Company, position: Position, now: dt.datetime
    ) -> None:
        actor = company.actor("recruiter")
        batch = history_import(
            actor=actor,
            branch=company.head,
            position=position,
            name="a.csv",
            data="编号,技术能力\nA1,8\n".encode(),
            mapping=None,
            at=now,
        )
        history_discard(actor=actor, batch=batch)
        assert not PastCase.objects.exists()

    def test_wishes_become_proposals_with_their_words(
        self, company: Company, position: Position, now: dt.datetime
    ) -> None:
        text = "必须独立做过模型训练，最好懂标注质检。"
        wish_add(
            actor=company.actor("recruiter"),
            position=position,
            department=company.commerce,
            text=text,
            at=now,
        )
        proposals = wishes_propose(position)
        assert {p.indicator for _, p in proposals} >= {"tech.training", "tech.annotation"}
        assert all(text[p.start : p.end] == p.quote for _, p in proposals)
