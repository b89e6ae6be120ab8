"""The recommendation against the labels; the bars are the product's own."""

from tests.engine.screening.labelled import labelled, quadratic_kappa, results


def test_there_are_enough_resumes_of_every_sort() -> None:
    assert len({item.id for item in labelled()}) >= 120
    assert len(labelled()) >= 250
    assert sum(item.stuffed for item in labelled()) >= 20


def test_recommendations_agree_with_experts() -> None:
    pairs = [(item.label, result.decision) for item, result in results()]
    assert quadratic_kappa(pairs) >= 0.80


def test_recommendations_agree_on_resumes_that_were_looked_at_last() -> None:
    pairs = [(item.label, result.decision) for item, result in results() if item.held_out]
    assert quadratic_kappa(pairs) >= 0.70


def test_nobody_whom_experts_would_invite_is_declined() -> None:
    lost = [
        (item.id, item.model, result.score)
        for item, result in results()
        if item.label == "advance" and result.decision == "decline"
    ]
    assert lost == []


def test_nobody_whom_experts_would_decline_is_recommended() -> None:
    wrong = [
        (item.id, item.model, result.score)
        for item, result in results()
        if item.label == "decline" and result.decision == "advance"
    ]
    assert wrong == []


def test_no_stuffed_resume_gets_above_decline() -> None:
    above = [
        (item.id, item.model, result.score)
        for item, result in results()
        if item.stuffed and result.decision != "decline"
    ]
    assert above == []
