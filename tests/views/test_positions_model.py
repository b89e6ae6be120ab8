"""The model editor: drafts, weights that keep their sum, publishing, conflicts, history, wishes."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.company import MODEL, Company
from touchstone.demo.history import generate_history, history_csv
from touchstone.desk.model_form import document_from_form, fields_of
from touchstone.engine.profiles.model import load_model_yaml
from touchstone.positions.drafts import draft_of
from touchstone.positions.editing import (
    balanced,
    differences,
    dimension_added,
    dimension_removed,
    indicator_added,
    indicator_removed,
    rebalanced,
)
from touchstone.positions.models import HistoryBatch, ModelDraft, PastCase, Position
from touchstone.positions.services import model_version_save
from touchstone.recruiting.models import Application

ClientOf = Callable[[str], Client]
HTMX = {"hx-request": "true"}


@pytest.mark.parametrize(
    ("weights", "total", "fixed", "expected"),
    [
        ((50, 30, 20), 100, 0, None),
        ((60, 30, 20), 100, 0, [60, 24, 16]),
        ((1, 1, 1), 10, None, [3.4, 3.3, 3.3]),
        ((100, 1, 1), 100, 0, [99, 0.5, 0.5]),
        ((0, 0), 30, None, [15, 15]),
        ((7,), 40, None, [40]),
        ((), 40, None, []),
    ],
)
def test_weights_keep_their_sum(
    weights: tuple[float, ...], total: float, fixed: int | None, expected: list[float] | None
) -> None:
    result = balanced(weights, total, fixed)
    assert sum(result) == pytest.approx(total if weights else 0)
    if expected is not None:
        assert result == pytest.approx(expected)
    if fixed is not None and weights[fixed] < 90:
        assert result[fixed] == weights[fixed]


def total_of(document: dict[str, Any]) -> float:
    for dimension in document["dimensions"]:
        own = sum(float(i["weight"]) for i in dimension["indicators"])
        assert own == pytest.approx(float(dimension["weight"]))
    return sum(float(d["weight"]) for d in document["dimensions"])


def test_every_edit_keeps_the_sum() -> None:
    document = rebalanced(MODEL, (0, 1))
    edits: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
        lambda d: indicator_added(d, 1, {"id": "tech.data", "text": "x"}),
        lambda d: indicator_removed(d, 0, 0),
        lambda d: dimension_added(d, {"zh": "新", "en": "New"}),
        lambda d: dimension_removed(d, 2),
    ]
    for change in edits:
        document = change(document)
        assert total_of(document) == pytest.approx(100)
    ids = [i["id"] for d in document["dimensions"] for i in d["indicators"]]
    assert len(set(ids)) == len(ids)
    assert MODEL["dimensions"][0]["weight"] == 40


def test_differences_name_what_changed() -> None:
    after = copy.deepcopy(MODEL)
    after["dimensions"][0]["indicators"][0]["text"] = "别的写法"
    after["decision"]["advance"]["min"] = 75
    del after["dimensions"][3]
    kinds = sorted(change.kind for change in differences(MODEL, after))
    assert kinds == ["removed", "text", "threshold"]
    assert differences(MODEL, MODEL) == []


def form_of(document: dict[str, Any]) -> dict[str, str]:
    """The fields of the page as a browser sends them."""
    form = {
        "job_title": document["job_title"],
        "advance": str(document["decision"]["advance"]["min"]),
        "review": str(document["decision"]["review"]["min"]),
    }
    for row in fields_of(document):
        form[f"{row['prefix']}-id"] = row["id"]
        form[f"{row['prefix']}-weight"] = f"{row['weight']:g}"
        form[f"{row['prefix']}-name_zh"] = row["name"]["zh"]
        form[f"{row['prefix']}-name_en"] = row["name"]["en"]
        for item in row["indicators"]:
            prefix = item["prefix"]
            form[f"{prefix}-id"] = item["id"]
            form[f"{prefix}-weight"] = f"{item['weight']:g}"
            form[f"{prefix}-keywords"] = item["keywords"]
            for part in ("name", "text"):
                form[f"{prefix}-{part}_zh"] = item[part]["zh"]
                form[f"{prefix}-{part}_en"] = item[part]["en"]
            for score, words in item["anchors"]:
                form[f"{prefix}-a{score}_zh"] = words["zh"]
                form[f"{prefix}-a{score}_en"] = words["en"]
    return form


def test_the_form_gives_the_document_back() -> None:
    document = document_from_form(form_of(MODEL), MODEL)
    assert [c for c in differences(MODEL, document) if c.kind != "name"] == []
    empty = document_from_form({}, MODEL)
    assert empty["dimensions"] == MODEL["dimensions"]


@pytest.mark.django_db
class TestEditor:
    def test_a_moved_weight_is_kept_as_a_draft(
        self, client_of: ClientOf, company: Company, position: Position
    ) -> None:
        client = client_of("recruiter")
        form = {**form_of(MODEL), "d0-weight": "50", "changed": "d0"}
        answer = client.post(reverse("model-draft", args=[position.ref]), form, headers=HTMX)
        assert answer.status_code == 200
        draft = draft_of(position=position, person_id=company.recruiter.pk)
        assert draft is not None
        assert draft.document["dimensions"][0]["weight"] == 50
        assert total_of(draft.document) == pytest.approx(100)
        position.refresh_from_db()
        assert position.model_version is not None
        assert position.model_version.number == 1

    def test_the_effect_on_applicants_is_shown(
        self, client_of: ClientOf, position: Position, applications: tuple[Application, ...]
    ) -> None:
        client = client_of("recruiter")
        form = {**form_of(MODEL), "d0-weight": "60", "changed": "d0"}
        answer = client.post(reverse("model-draft", args=[position.ref]), form, headers=HTMX)
        assert answer.context["effect"].n == 3
        assert not answer.context["effect"].exact
        tried = client.post(reverse("model-try", args=[position.ref]), form, headers=HTMX)
        assert tried.context["effect"].exact

    def test_publishing_screens_again(
        self,
        client_of: ClientOf,
        position: Position,
        applications: tuple[Application, ...],
        run_jobs: Any,
    ) -> None:
        client = client_of("recruiter")
        form = {**form_of(MODEL), "d0-weight": "50", "changed": "d0"}
        client.post(reverse("model-draft", args=[position.ref]), form, headers=HTMX)
        draft = ModelDraft.objects.get()
        client.post(
            reverse("model-save", args=[position.ref]),
            {**form_of(draft.document), "action": "publish", "note": "更看重技术"},
        )
        position.refresh_from_db()
        assert position.model_version is not None
        assert (position.model_version.number, position.model_version.note) == (2, "更看重技术")
        assert not ModelDraft.objects.exists()
        run_jobs()
        versions = {
            a.screening.model_version.number
            for a in Application.objects.select_related("screening__model_version")
            if a.screening
        }
        assert versions == {2}
        page = client.get(reverse("position-model", args=[position.ref]) + "?version=2")
        assert "更看重技术" in page.content.decode()

    def test_two_authors_lose_nothing(
        self, client_of: ClientOf, company: Company, position: Position, now: dt.datetime
    ) -> None:
        client = client_of("recruiter")
        url = reverse("model-draft", args=[position.ref])
        client.post(url, {**form_of(MODEL), "d0-weight": "50", "changed": "d0"}, headers=HTMX)
        model_version_save(
            actor=company.actor("administrator"),
            position=position,
            document=rebalanced(MODEL, (1, 0)),
            at=now,
            based_on=1,
        )
        save = reverse("model-save", args=[position.ref])
        client.post(save, {"action": "publish"})
        assert ModelDraft.objects.count() == 1
        page = client.get(reverse("position-model", args=[position.ref]))
        assert page.context["behind"]
        client.post(save, {"action": "keep"})
        client.post(save, {"action": "publish"})
        position.refresh_from_db()
        assert position.model_version is not None
        assert position.model_version.number == 3
        assert not ModelDraft.objects.exists()

    def test_an_incomplete_draft_is_told_and_kept(
        self, client_of: ClientOf, position: Position
    ) -> None:
        client = client_of("recruiter")
        client.post(
            reverse("model-draft", args=[position.ref]),
            {**form_of(MODEL), "act": "add:1"},
        )
        page = client.get(reverse("position-model", args=[position.ref]))
        assert page.context["problem"]
        client.post(reverse("model-save", args=[position.ref]), {"action": "publish"})
        assert ModelDraft.objects.count() == 1
        client.post(reverse("model-save", args=[position.ref]), {"action": "discard"})
        assert not ModelDraft.objects.exists()
        answer = client.post(reverse("model-save", args=[position.ref]), {"action": "publish"})
        assert answer.status_code == 422

    @pytest.mark.parametrize(
        "act",
        ["add:0", "remove:0-1", "drop:3", "dimension:", "wish:99", "signal:no", "x:9", "add:77"],
    )
    def test_every_act_keeps_a_whole_draft(
        self, client_of: ClientOf, position: Position, act: str
    ) -> None:
        form = {**form_of(MODEL), "act": act}
        answer = client_of("recruiter").post(
            reverse("model-draft", args=[position.ref]), form, headers=HTMX
        )
        assert answer.status_code == 200
        assert total_of(ModelDraft.objects.get().document) == pytest.approx(100)

    def test_wishes_become_indicators(
        self, client_of: ClientOf, company: Company, position: Position
    ) -> None:
        client = client_of("recruiter")
        assert (
            client.post(reverse("wish-add", args=[position.ref]), {"text": " "}).status_code == 422
        )
        text = "最好懂标注质检，必须会写 SQL"
        form = {"text": text, "department": company.commerce.ref}
        client.post(reverse("wish-add", args=[position.ref]), form)
        page = client.get(reverse("position-model", args=[position.ref])).content.decode()
        assert "懂标注质检" in page
        client.post(
            reverse("model-draft", args=[position.ref]), {**form_of(MODEL), "act": "wish:0"}
        )
        document = ModelDraft.objects.get().document
        ids = [i["id"] for d in document["dimensions"] for i in d["indicators"]]
        assert "tech.annotation" in ids

    def test_a_model_file_goes_out_and_comes_in(
        self, client_of: ClientOf, position: Position
    ) -> None:
        client = client_of("recruiter")
        out = client.get(reverse("model-export", args=[position.ref]))
        assert out["Content-Disposition"].startswith("attachment")
        assert load_model_yaml(out.content).job_title.zh == "AI 训练师"
        url = reverse("model-template", args=[position.ref])
        client.post(url, {"file": SimpleUploadedFile("MODEL.yaml", out.content)})
        assert ModelDraft.objects.count() == 1
        bad = SimpleUploadedFile("MODEL.yaml", b"dimensions: [")
        assert client.post(url, {"file": bad}).status_code == 422
        assert client.post(url, {"template": "nothing"}).status_code == 404

    @pytest.mark.parametrize(
        ("who", "status"),
        [("hiring_manager", 403), ("auditor", 403), ("other_recruiter", 404), ("stranger", 404)],
    )
    def test_who_may_not_edit(
        self, client_of: ClientOf, position: Position, who: str, status: int
    ) -> None:
        client = client_of(who)
        for name in ("model-draft", "model-try", "model-save", "model-template", "model-learn"):
            url = reverse(name, args=[position.ref])
            assert client.post(url, {**form_of(MODEL), "changed": "d0"}).status_code == status
        assert client.get(reverse("history-import", args=[position.ref])).status_code == status
        assert not ModelDraft.objects.exists()


@pytest.mark.django_db
class TestHistory:
    def test_a_file_is_looked_at_before_it_is_taken_in(
        self, client_of: ClientOf, position: Position
    ) -> None:
        client = client_of("recruiter")
        url = reverse("history-import", args=[position.ref])
        rows = generate_history(7, dt.date(2026, 11, 1))
        heads = {"key": "编号", "features": "标签", "technical": "技术", "hired": "录用"}
        data = history_csv(rows, {**heads, "review": "评价"}).encode("gb18030")
        answer = client.post(url, {"file": SimpleUploadedFile("历史.csv", data)})
        batch = HistoryBatch.objects.get()
        page = client.get(answer["Location"])
        assert page.context["preview"].hired > 0
        assert not PastCase.objects.exists()
        unset = {"batch": batch.ref, "col-0": "key", "col-1": "", "col-2": "", "col-3": "hired"}
        smaller = client.get(url, unset, headers=HTMX)
        assert smaller.context["preview"].with_outcome == 0
        form = {
            f"col-{n}": column.field for n, column in enumerate(page.context["preview"].columns)
        }
        client.post(url, {"batch": batch.ref, **form})
        assert PastCase.objects.count() == len(rows)
        assert client.post(url, {"batch": batch.ref, **form}).status_code == 409
        assert client.get(f"{url}?batch={batch.ref}").status_code == 200
        client.post(url, {"batch": batch.ref, "action": "discard"})
        assert not PastCase.objects.exists()

    def test_wrong_files_are_refused(self, client_of: ClientOf, position: Position) -> None:
        client = client_of("recruiter")
        url = reverse("history-import", args=[position.ref])
        for data in (b"", b"no table", b"\xd0\xcf\x11\xe0xxxx"):
            answer = client.post(url, {"file": SimpleUploadedFile("a.csv", data)})
            assert answer.status_code == 422
            assert "读表头" in answer.content.decode()  # another file can be chosen at once
        assert client.post(url, {}).status_code == 422
        assert client.get(f"{url}?batch=nobody").status_code == 404
        assert not HistoryBatch.objects.exists()

    def test_what_was_chosen_stays_where_nothing_can_be_learned_from_it(
        self, client_of: ClientOf, position: Position
    ) -> None:
        client = client_of("recruiter")
        url = reverse("history-import", args=[position.ref])
        data = "姓名,面试总分\n甲,81\n乙,67\n".encode()
        client.post(url, {"file": SimpleUploadedFile("a.csv", data)})
        batch = HistoryBatch.objects.get()
        page = client.get(f"{url}?batch={batch.ref}").content.decode()
        assert "「面试总分」看着是百分制" in page
        answer = client.post(url, {"batch": batch.ref, "col-0": "key", "col-1": ""})
        assert answer.status_code == 422
        assert "还没有选任何可学习的列" in answer.content.decode()
        assert [c.field for c in answer.context["preview"].columns] == ["key", ""]
        assert not PastCase.objects.exists()

    def test_too_little_is_not_learned_from(
        self, client_of: ClientOf, company: Company, position: Position, now: dt.datetime
    ) -> None:
        batch = HistoryBatch.objects.create(
            branch=company.head, position=position, name="a.csv", created_at=now, confirmed_at=now
        )
        PastCase.objects.bulk_create(
            PastCase(batch=batch, branch=company.head, key=str(n), hired=True, review=float(n))
            for n in range(9)
        )
        client = client_of("recruiter")
        page = client.get(reverse("position-model", args=[position.ref])).content.decode()
        assert "不足以学习" in page
        assert client.post(reverse("model-learn", args=[position.ref])).status_code == 422
