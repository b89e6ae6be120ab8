import json

import httpx
import pytest

from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.integrations.tencent_meeting.client import (
    Credentials,
    MeetingWish,
    TencentMeeting,
)
from touchstone.integrations.tencent_meeting.signing import signature

OWN = Credentials("https://api.example.com", "app", "test-secret-id", "test-secret-key", "u1")
WISH = MeetingWish("面试", 1700003600, 1700007200)


@pytest.mark.parametrize(
    ("method", "uri", "body", "expected"),
    [
        (
            "GET",
            "/v1/meetings/123?operator_id=u1&operator_id_type=1&instanceid=1",
            "",
            "M2YwYmRjM2U2MjU1NGEyNWM2ODEzNWRmMWNkNzk5M2JiOGIyMDMyNjA3NmJlOTNkNDkzZmNlYjA2ZGIzMTE0ZQ==",
        ),
        (
            "POST",
            "/v1/meetings",
            (
                '{"userid":"u1","instanceid":1,"subject":"面试","type":0,'
                '"start_time":"1700003600","end_time":"1700007200"}'
            ),
            "NjZjMDk3MjJjMzYzMjc3NzdjYjc3ZGRjY2YxMzA5NTM0NmRiZGU4OWQ3NzcyZjM4MjNlMGU2YTdkNmFhNWMwOA==",
        ),
    ],
)
def test_signature_vectors(method: str, uri: str, body: str, expected: str) -> None:
    assert (
        signature(
            method=method,
            secret_id="test-secret-id",
            secret_key="test-secret-key",
            nonce="12345",
            timestamp="1700000000",
            uri=uri,
            body=body,
        )
        == expected
    )


def client(answer: httpx.Response, seen: list[httpx.Request] | None = None) -> TencentMeeting:
    def reply(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return answer

    return TencentMeeting(OWN, clock_s=lambda: 1700000000.0, transport=httpx.MockTransport(reply))


def test_what_is_signed_is_what_is_sent() -> None:
    seen: list[httpx.Request] = []
    row = {"meeting_id": "7", "meeting_code": "123", "join_url": "https://m/7", "new": 1}
    meeting = client(httpx.Response(200, json={"meeting_info_list": [row]}), seen).create(WISH)
    sent = seen[0]
    assert meeting.join_url == "https://m/7"
    assert json.loads(sent.content)["settings"]["auto_record_type"] == "none"
    assert sent.headers["X-TC-Signature"] == signature(
        method="POST",
        secret_id=OWN.secret_id,
        secret_key=OWN.secret_key,
        nonce=sent.headers["X-TC-Nonce"],
        timestamp="1700000000",
        uri="/v1/meetings",
        body=sent.content.decode(),
    )


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (400, {"error_info": {"error_code": 200003}}, PermanentOutsideError, "signature"),
        (500, {"error_info": {"error_code": 190310}}, TemporaryOutsideError, "busy"),
        (500, {"error_info": {"error_code": 424242}}, PermanentOutsideError, "other"),
        (502, ["bad gateway"], TemporaryOutsideError, "unexpected"),
        (200, {}, TemporaryOutsideError, "unexpected"),
    ],
)
def test_errors_say_what_to_do(
    status: int, body: object, error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as caught:
        client(httpx.Response(status, json=body)).create(WISH)
    assert caught.value.message.id == f"tencent_meeting.{said}"  # type: ignore[attr-defined]


def test_a_meeting_that_is_gone_counts_as_cancelled() -> None:
    gone = httpx.Response(400, json={"error_info": {"error_code": 9003}})
    client(gone).cancel("7")
    # Anything else that is refused is told.
    refused = httpx.Response(400, json={"error_info": {"error_code": 500}})
    with pytest.raises((PermanentOutsideError, TemporaryOutsideError)):
        client(refused).cancel("7")


def test_records_are_read_under_both_names_and_strange_rows_left_out() -> None:
    file = {"record_file_id": "f1", "record_start_time": "1700000000000", "record_end_time": 1}
    for outer, inner in (("record_meetings", "record_files"), ("record_list", "record_file_list")):
        answer = {outer: [{"state": 3, inner: [file, {"record_file_id": 7}, "x"]}, None]}
        (found,) = client(httpx.Response(200, json=answer)).records("7", start_s=1, end_s=2)
        assert (found.file_id, found.start_s, found.ready) == ("f1", 1700000000.0, True)
    assert client(httpx.Response(200, json={})).records("7", start_s=1, end_s=2) == []


def test_pages_of_words_that_overlap_or_repeat_end() -> None:
    def page(*numbers: int, more: bool) -> httpx.Response:
        rows = [
            {
                "pid": str(n),
                "start_time": n * 1000,
                "end_time": n * 1000 + 500,
                "speaker_info": {"username": "陆遥"},
                "sentences": [{"words": [{"text": "use"}, {"text": "Kappa"}, {"text": "看"}]}],
            }
            for n in numbers
        ]
        return httpx.Response(200, json={"more": more, "minutes": {"paragraphs": rows}})

    pages = iter([page(0, 1, more=True), page(1, 2, more=True), page(2, more=True)])
    service = TencentMeeting(
        OWN, clock_s=lambda: 1.0, transport=httpx.MockTransport(lambda _r: next(pages))
    )
    found = service.transcript("f1")
    assert [(s.start_s, s.text, s.speaker) for s in found] == [
        (float(n), "use Kappa看", "陆遥") for n in range(3)
    ]


@pytest.mark.parametrize(
    "answer",
    [{}, {"minutes": None}, {"minutes": {"paragraphs": "x"}}, {"minutes": {"paragraphs": [1]}}],
)
def test_words_of_a_strange_shape_are_none(answer: object) -> None:
    assert client(httpx.Response(200, json=answer)).transcript("f1") == []


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        (4044, TemporaryOutsideError, "unfinished"),
        (4049, PermanentOutsideError, "recording_gone"),
        (4051, PermanentOutsideError, "recording_gone"),
        (403, PermanentOutsideError, "rights"),
    ],
)
def test_errors_about_recordings_say_what_to_do(
    code: int, error: type[Exception], said: str
) -> None:
    refused = httpx.Response(500, json={"error_info": {"error_code": code}})
    with pytest.raises(error) as caught:
        client(refused).transcript("f1")
    assert caught.value.message.id == f"tencent_meeting.{said}"  # type: ignore[attr-defined]
