"""Panels meet the best: planned in one go, invited, held, scored, and looked at by departments."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict

from touchstone.common.actors import Actor
from touchstone.demo.company import Interviewer
from touchstone.demo.notes import department_evaluation, interviewer_note
from touchstone.demo.people import Person
from touchstone.demo.ratings import interview_score
from touchstone.demo.run.recording import record_talk
from touchstone.demo.run.stage import Scene
from touchstone.evaluation.services.decisions import evaluation_save
from touchstone.evaluation.services.scorecards import (
    score_save,
    scorecard_open,
    scorecard_submit,
)
from touchstone.interviews.models import Interview, PanelMember
from touchstone.interviews.services.planning import PanelWish, plan_apply, round_plan
from touchstone.interviews.services.room import note_save, question_ask, room_end, room_start
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.applications import application_move
from touchstone.recruiting.stages import Stage

PLANNED_ON, FIRST_DAY, LAST_DAY = 5, 6, 8
INDICATOR_SPREAD = 0.5
NOT_OBSERVED = 0.06
ASKED_DIMENSIONS = {
    "algorithm": ("technical", "learning"),
    "business": ("business", "communication"),
    "hr": ("communication", "learning"),
}


def plan_interviews(scene: Scene) -> None:
    """The recruiter chooses by assessment and screening together, plans and invites."""
    position, calendar = scene.position, scene.calendar
    actor = scene.actor(scene.staff_with("recruiter"))
    assessed = Application.objects.filter(
        position=position, stage=Stage.ASSESSED, attempt__score__isnull=False
    ).select_related("attempt", "candidate", "branch", "position__branch")

    def merit(a: Application) -> float:
        return 0.4 * (a.score or 0) + 0.6 * (a.attempt.score or 0)

    ranked = sorted(assessed, key=lambda a: (-merit(a), a.pk))
    chosen = ranked[: scene.shape.interviewed]
    at = calendar.at(PLANNED_ON, 14)
    for application in chosen:
        application_move(actor=actor, application=application, to=Stage.INTERVIEWING, at=at)
    plan = round_plan(
        position=position,
        applications=chosen,
        panels=[PanelWish(title="综合面试", minutes=60)],
        horizon=(calendar.at(FIRST_DAY).date(), calendar.at(LAST_DAY).date()),
        at=at,
    )
    plan_apply(actor=actor, plan=plan, at=at)


def hold_interviews(scene: Scene) -> None:
    """Every interview: clock, questions, notes, scores, submission; then the departments' views."""
    interviews = list(
        Interview.objects.filter(application__position=scene.position)
        .exclude(status=Interview.Status.CANCELLED)
        .select_related("application__candidate", "application__branch", "application__position")
        .order_by("starts_at", "pk")
    )
    people = {row.pk: key for key, row in scene.applications.items()}
    by_id = {person.id: person for person in scene.company.people}
    for interview in scene.progress.each(interviews, len(interviews)):
        person = by_id[people[interview.application_id]]
        Talk(scene, person, interview).hold()


def raters_of(scene: Scene) -> dict[str, Interviewer]:
    """Everybody who may sit on a panel; a hiring manager is neither strict nor mild."""
    managers = [
        Interviewer(m.key, m.name, m.name_en, m.department, m.title, m.title_en, 0.0, 0.6)
        for m in scene.company.staff
        if m.role == "hiring_manager"
    ]
    return {rater.key: rater for rater in (*scene.company.interviewers, *managers)}


class Talk:
    """One interview, from the first question to the departments' views.

    Args:
        latest: nothing is dated after it.
    """

    def __init__(
        self,
        scene: Scene,
        person: Person,
        interview: Interview,
        latest: dt.datetime | None = None,
    ) -> None:
        self.scene, self.person, self.interview = scene, person, interview
        self.latest = latest or dt.datetime.max.replace(tzinfo=dt.UTC)
        self.rng = scene.rng("talk", person.identity)
        self.seats = list(
            interview.panel.filter(removed_at=None)
            .select_related("person__department")
            .order_by("pk")
        )
        self.keys = {account.pk: key for key, account in scene.staff.items()}
        self.interviewers = raters_of(scene)
        model = scene.position.model_version
        self.dimensions = model.document["dimensions"] if model else []

    def hold(self, raters: frozenset[str] | None = None, *, record: bool = False) -> None:
        """The whole talk.

        Args:
            record: whether it is recorded and written down, where the candidate agreed.
            raters: keys of those who have submitted their sheets; None for everybody. With some
                of them only, the application stays where it is.
        """
        start = self.interview.starts_at + dt.timedelta(seconds=self.rng.randint(0, 150))
        lead = self.actor(self.seats[0].person_id)
        room_start(actor=lead, interview=self.interview, at=start)
        self.ask(start)
        end = self.interview.ends_at - dt.timedelta(seconds=self.rng.randint(0, 240))
        means: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        room_end(actor=lead, interview=self.interview, at=end)
        if record:
            self.interview.refresh_from_db(fields=["asked"])
            record_talk(
                interview=self.interview,
                person=self.person,
                lead=lead,
                names={seat.person.ref: seat.person.name for seat in self.seats},
                at=end,
                confirms=raters is None,
            )
        last = end
        for seat in self.seats:
            if seat.seat == "shadow" or (raters is not None and not self.is_one(seat, raters)):
                continue
            scores, done = self.score(seat.person_id, end)
            last = max(last, done)
            for dimension, score in scores.items():
                department = self.interviewers[self.keys[seat.person_id]].department
                means[department][dimension].append(score)
        for department, found in means.items():
            last = max(last, self.evaluate(department, found, last))
        if raters is not None:
            return
        application_move(
            actor=self.scene.actor(self.scene.staff_with("recruiter")),
            application=self.interview.application,
            to=Stage.EVALUATED,
            at=self.by(last + dt.timedelta(minutes=20)),
        )

    def is_one(self, seat: PanelMember, raters: frozenset[str]) -> bool:
        return self.keys[seat.person_id] in raters

    def actor(self, person_id: int) -> Actor:
        return self.scene.actor(self.keys[person_id])

    def ask(self, start: dt.datetime) -> None:
        second = 90
        for number, question in enumerate(self.interview.kit.get("questions", [])):
            asker = self.seats[number % len(self.seats)].person_id
            question_ask(
                actor=self.actor(asker),
                interview=self.interview,
                code=question["code"],
                at_second=second,
            )
            second += 60 * int(question.get("minutes", 6))

    def score(self, person_id: int, end: dt.datetime) -> tuple[dict[str, float], dt.datetime]:
        """One rater's sheet; the mean score per dimension and when it was submitted."""
        rater = self.interviewers[self.keys[person_id]]
        actor = self.actor(person_id)
        rng = self.scene.rng("sheet", self.person.identity, rater.key)
        card = scorecard_open(actor=actor, interview=self.interview, at=self.interview.starts_at)
        found: dict[str, float] = {}
        moment = self.interview.starts_at + dt.timedelta(minutes=6)
        expected: list[str] = []
        for dimension in self.dimensions:
            base = interview_score(self.scene.company, self.person, rater, dimension["id"])
            found[dimension["id"]] = base
            asked = dimension["id"] in ASKED_DIMENSIONS[self.kind(rater.department)]
            for number, indicator in enumerate(dimension["indicators"]):
                moment += dt.timedelta(seconds=rng.randint(30, 110))
                unseen = rng.random() < NOT_OBSERVED * (1 if asked else 2)
                value = min(10.0, max(0.0, round((base + rng.gauss(0, INDICATOR_SPREAD)) * 2) / 2))
                expected.append(indicator["id"])
                score_save(
                    actor=actor,
                    scorecard=card,
                    dimension=dimension["id"],
                    indicator=indicator["id"],
                    score=None if unseen else value,
                    not_observed=unseen,
                    at=min(moment, end),
                    version=0,
                )
                if number == 0 and asked:
                    note_save(
                        actor=actor,
                        interview=self.interview,
                        client_key=f"{rater.key}-{indicator['id']}",
                        text=interviewer_note(self.person, rater, dimension["id"], base),
                        at=min(moment, end),
                        at_second=int(
                            (min(moment, end) - self.interview.starts_at).total_seconds()
                        ),
                        indicator=indicator["id"],
                    )
        done = self.by(end + dt.timedelta(minutes=rng.choice((6, 9, 14, 25, 55, 180, 1080))))
        scorecard_submit(
            actor=actor,
            scorecard=card,
            expected=expected,
            summary=interviewer_note(
                self.person,
                rater,
                ASKED_DIMENSIONS[self.kind(rater.department)][0],
                statistics.fmean(found.values()),
            ),
            submit_key=f"demo-{card.ref}",
            at=done,
        )
        return found, done

    def by(self, moment: dt.datetime) -> dt.datetime:
        return min(moment, self.latest)

    def second(self, moment: dt.datetime) -> int:
        return int((moment - self.interview.starts_at).total_seconds())

    def kind(self, department: str) -> str:
        return self.scene.company.department(department).kind

    def evaluate(
        self, department: str, found: dict[str, list[float]], after: dt.datetime
    ) -> dt.datetime:
        """The department's written view, by one of its people on the panel."""
        view = department_evaluation(
            self.person,
            self.scene.company.department(department),
            {dimension: statistics.fmean(scores) for dimension, scores in found.items()},
        )
        author = next(
            seat.person_id
            for seat in self.seats
            if self.interviewers[self.keys[seat.person_id]].department == department
        )
        at = self.by(after + dt.timedelta(minutes=self.rng.choice((5, 12, 30, 90))))
        evaluation_save(
            actor=self.actor(author),
            application=self.interview.application,
            department=self.scene.departments[department],
            text=view.text,
            stance=view.stance,
            version=0,
            at=at,
            submit=True,
        )
        return at
