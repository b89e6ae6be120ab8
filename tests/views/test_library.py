"""Pages of the question bank."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.company import Company
from tests.engine.questions.sample import sample
from touchstone.desk.question_form import document_of, form_of
from touchstone.engine.questions.loading import built_in_questions, parse_question
from touchstone.library.files import questions_csv, questions_yaml
from touchstone.library.models import Question
from touchstone.library.services import (
    builtin_problems_load,
    builtin_questions_load,
    exposures_record,
    plain_document,
    question_save,
)
from touchstone.positions.models import Position

ClientOf = Callable[[str], Client]


@pytest.fixture
def saved(company: Company, now: dt.datetime) -> Question:
    return question_save(actor=company.actor("recruiter"), document=sample(), at=now)


def fields(question: Question, **changes: str) -> dict[str, object]:
    """What the browser posts for the question as it stands."""
    form = form_of(question.document)
    posted: dict[str, object] = {"based_on": str(question.revision), "concepts": form["concepts"]}
    for name in ("id", "dimension", "kind", "industry", "function", "family"):
        posted[name] = form[name]
    for name in ("level", "difficulty", "minutes", "max_score"):
        posted[name] = str(form[name])
    posted["indicators"] = form["indicators"]
    for name in ("title", "text"):
        posted |= {f"{name}_{lang}": form[name][lang] for lang in ("zh", "en")}
    for row in (*form["points"], *form["misconceptions"]):
        key = row["key"]
        posted |= {f"{key}_id": row["id"], f"{key}_value": row["value"]}
        for lang in ("zh", "en"):
            posted[f"{key}_{lang}"] = row["text"].get(lang, "")
            posted[f"{key}_accept_{lang}"] = row["accept"].get(lang, "")
            posted[f"{key}_against_{lang}"] = row["against"].get(lang, "")
    for row in (*form["anchors"], *form["follow_ups"]):
        posted |= {f"{row['key']}_{lang}": row["text"].get(lang, "") for lang in ("zh", "en")}
        posted[f"{row['key']}_when"] = row.get("when", "always")
    return posted | changes


@pytest.mark.parametrize("number", range(0, len(built_in_questions()), 5))
def test_a_question_survives_the_form(number: int) -> None:
    question = built_in_questions()[number]
    row = Question(document=plain_document(question), revision=1)
    posted = fields(row)
    if question.material:
        for lang in ("zh", "en"):
            posted[f"material_{lang}"] = row.document["material"]["text"][lang]
            posted[f"material_title_{lang}"] = row.document["material"]["title"][lang]
    indicators = posted.pop("indicators")
    document = document_of(posted, list(indicators))  # type: ignore[arg-type, call-overload]
    assert parse_question(document) == question


@pytest.mark.parametrize("name", ["recruiter", "algorithm_lead", "hiring_manager", "auditor"])
def test_people_with_a_part_may_read(client_of: ClientOf, saved: Question, name: str) -> None:
    client = client_of(name)
    assert client.get("/library/").status_code == 200
    page = client.get(f"/library/{saved.ref}/")
    assert page.status_code == 200
    assert "两位标注员不一致" in page.content.decode()


def test_others_may_not(client_of: ClientOf, saved: Question) -> None:
    assert client_of("stranger").get("/library/").status_code == 403
    assert client_of("stranger").get(f"/library/{saved.ref}/").status_code == 403
    assert client_of("").get("/library/").status_code == 302
    assert client_of("recruiter").get("/library/nosuchquestion/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/library/new/"),
        ("post", "/library/new/"),
        ("get", "/library/import/"),
        ("post", "/library/import/"),
        ("get", "/library/export/yaml/"),
        ("post", "/library/check/"),
        ("post", "/library/phrase/"),
        ("get", "/library/{ref}/edit/"),
        ("post", "/library/{ref}/edit/"),
        ("post", "/library/{ref}/status/"),
    ],
)
def test_only_editors_write(client_of: ClientOf, saved: Question, method: str, path: str) -> None:
    for name in ("algorithm_lead", "hiring_manager", "auditor", "stranger"):
        response = getattr(client_of(name), method)(path.format(ref=saved.ref))
        assert response.status_code == 403, name
    assert Question.objects.count() == 1


@pytest.mark.parametrize("path", ["check/", "phrase/", "{ref}/status/"])
def test_changes_are_posted(client_of: ClientOf, saved: Question, path: str) -> None:
    response = client_of("recruiter").get(f"/library/{path.format(ref=saved.ref)}")
    assert response.status_code == 405
    assert client_of("recruiter").post("/library/").status_code == 405


def test_the_list_takes_few_queries_however_long(
    company: Company,
    client_of: ClientOf,
    now: dt.datetime,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    builtin_questions_load(at=now)
    builtin_problems_load(at=now)
    client = client_of("recruiter")
    with django_assert_max_num_queries(10):
        page = client.get("/library/").content.decode()
    assert "两百万条里挑两万条来标" in page or "biz-" in page
    assert "linear-regression" in page


def test_the_list_is_found_by_words_and_filters(
    client_of: ClientOf, saved: Question, now: dt.datetime
) -> None:
    builtin_questions_load(at=now)
    client = client_of("recruiter")
    found = client.get("/library/", {"q": "两位标注员对同一批图片", "kind": "technical"})
    assert saved.code in found.content.decode()
    assert "biz-ecom" not in found.content.decode()
    page = client.get("/library/", {"q": "zzz"}).content.decode()
    assert "没有符合的题" in page
    page = client.get("/library/", {"sort": "-difficulty", "level": "2"}).content.decode()
    assert 'aria-sort="descending"' in page


def test_both_languages_of_a_question_can_be_read(client_of: ClientOf, saved: Question) -> None:
    client = client_of("recruiter")
    assert (
        "Two annotators often disagree"
        in client.get(f"/library/{saved.ref}/", {"in": "en"}).content.decode()
    )


def test_use_names_only_positions_one_may_see(
    company: Company, client_of: ClientOf, saved: Question, position: Position, now: dt.datetime
) -> None:
    exposures_record(codes=[saved.code], round_key=position.ref, application_ref="a1", at=now)
    assert position.title in client_of("recruiter").get(f"/library/{saved.ref}/").content.decode()
    other = client_of("other_recruiter").get(f"/library/{saved.ref}/").content.decode()
    assert "你看不到的岗位" in other


def test_an_edit_becomes_a_revision(client_of: ClientOf, saved: Question) -> None:
    client = client_of("recruiter")
    assert client.get(f"/library/{saved.ref}/edit/").status_code == 200
    response = client.post(f"/library/{saved.ref}/edit/", fields(saved, minutes="9"))
    assert response.status_code == 302
    newest = Question.objects.get(revision=2)
    assert (newest.minutes, newest.code) == (9, saved.code)
    assert newest.document == saved.document | {"minutes": 9}
    page = client.get(f"/library/{newest.ref}/").content.decode()
    assert "和上一版相比改了 1 处" in page
    assert "<del>6</del> <ins>9</ins>" in page


def test_errors_keep_the_text_and_save_nothing(client_of: ClientOf, saved: Question) -> None:
    client = client_of("recruiter")
    for changes, told in (
        ({"p1_value": "5"}, "权重合计"),
        ({"level": "nine"}, "level"),
        ({"p1_accept_zh": "两位标注员"}, "照抄也会得分"),
    ):
        posted = fields(saved, text_zh="两位标注员改过的题干在这里", **changes)
        response = client.post(f"/library/{saved.ref}/edit/", posted)
        assert response.status_code == 422
        page = response.content.decode()
        assert "改过的题干" in page
        assert told in page
    assert Question.objects.count() == 1


def test_a_conflict_shows_theirs_and_keeps_mine(
    company: Company, client_of: ClientOf, saved: Question, now: dt.datetime
) -> None:
    theirs = question_save(
        actor=company.actor("recruiter"), document=sample(minutes=7), at=now, based_on=1
    )
    client = client_of("recruiter")
    response = client.post(f"/library/{saved.ref}/edit/", fields(saved, minutes="11"))
    assert response.status_code == 409
    page = response.content.decode()
    assert f"/library/{theirs.ref}/" in page
    assert 'name="based_on" value="2"' in page
    assert Question.objects.filter(code=saved.code).count() == 2


def test_a_new_question_can_start_as_a_draft_or_a_copy(
    client_of: ClientOf, saved: Question
) -> None:
    client = client_of("recruiter")
    page = client.get("/library/new/", {"copy": saved.ref}).content.decode()
    assert f"{saved.code}-b" in page
    posted = fields(saved, id="my-own-1", p1_value="1", draft="1")
    assert client.post("/library/new/", posted).status_code == 302
    assert Question.objects.get(code="my-own-1").status == "draft"


def test_the_check_tells_weaknesses_and_grades_samples(
    client_of: ClientOf, saved: Question
) -> None:
    client = client_of("recruiter")
    posted = fields(saved, sample1="先算一下 Kappa 看看一致率，再把歧义写进手册并重新培训大家。")
    page = client.post("/library/check/", posted).content.decode()
    assert "没有发现问题" in page
    assert "样例 1 得分" in page
    page = client.post("/library/check/", fields(saved, p1_value="2")).content.decode()
    assert "权重合计" in page
    page = client.post("/library/check/", {"id": "x"}).content.decode()
    assert "还不成一道题" in page


def test_a_proposed_phrase_is_added_once(client_of: ClientOf, saved: Question) -> None:
    client = client_of("recruiter")
    posted = {"field": "p1_accept_zh", "phrase": "科恩系数", "p1_accept_zh": "先看一致率"}
    page = client.post("/library/phrase/", posted).content.decode()
    assert "先看一致率\n科恩系数" in page
    assert 'hx-swap-oob="true"' in page
    posted["p1_accept_zh"] = "科恩系数"
    assert client.post("/library/phrase/", posted).content.decode().count("科恩系数") == 1
    posted["field"] = "id"
    assert 'name="id"' not in client.post("/library/phrase/", posted).content.decode()


def test_retiring_and_restoring(client_of: ClientOf, saved: Question) -> None:
    client = client_of("recruiter")
    client.post(f"/library/{saved.ref}/status/", {"status": "retired"})
    saved.refresh_from_db()
    assert saved.status == "retired"
    client.post(f"/library/{saved.ref}/status/", {"status": "active"})
    saved.refresh_from_db()
    assert saved.status == "active"


@pytest.mark.parametrize("kind", ["yaml", "csv", "xlsx"])
def test_what_is_exported_can_be_imported(
    company: Company, client_of: ClientOf, saved: Question, kind: str
) -> None:
    client = client_of("recruiter")
    response = client.get(f"/library/export/{kind}/", {"kind": "technical"})
    assert response["Content-Disposition"].endswith(f'"questions.{kind}"')
    file = SimpleUploadedFile(f"bank.{kind}", response.content)
    page = client.post("/library/import/", {"file": file}).content.decode()
    assert "新增 0 道，更新 0 道，1 道没有变化" in page


def test_an_import_with_wrong_rows_changes_nothing(client_of: ClientOf, company: Company) -> None:
    data = questions_csv([parse_question(sample()), parse_question(sample(id="other"))])
    data = data.replace(b"other", b"second").replace(b"technical", b"tecnical", 1)
    response = client_of("recruiter").post(
        "/library/import/", {"file": SimpleUploadedFile("bank.csv", data)}
    )
    assert response.status_code in {200, 422}
    broken = questions_csv([parse_question(sample())]).replace(b",4,2,6,", b",9,2,6,")
    response = client_of("recruiter").post(
        "/library/import/", {"file": SimpleUploadedFile("bank.csv", broken)}
    )
    assert response.status_code == 422
    assert "bank.csv:2" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bank.exe", b"MZ"),
        ("bank.yaml", b"questions: ["),
        ("bank.csv", b""),
        ("bank.xlsx", b"PK\x03\x04broken"),
        ("bank.csv", "标题,题目\na,b\n".encode()),
    ],
)
def test_files_that_are_none_are_refused_with_the_reason(
    client_of: ClientOf, company: Company, name: str, data: bytes
) -> None:
    response = client_of("recruiter").post(
        "/library/import/", {"file": SimpleUploadedFile(name, data)}
    )
    assert response.status_code == 422
    assert "note bad" in response.content.decode()
    assert not Question.objects.exists()


def test_a_new_file_creates_questions(client_of: ClientOf, company: Company) -> None:
    data = questions_yaml(built_in_questions()[:3])
    page = client_of("recruiter").post(
        "/library/import/", {"file": SimpleUploadedFile("bank.yml", data)}
    )
    assert "新增 3 道" in page.content.decode()
    assert Question.objects.filter(builtin=False).count() == 3
    assert json.dumps(Question.objects.first().document)  # type: ignore[union-attr]
