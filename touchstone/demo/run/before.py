"""From hiring history to the competency model; from resume files to a ranked shortlist."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from touchstone.demo.history import write_history
from touchstone.demo.resumes import WrittenResume, write_resumes
from touchstone.demo.run.stage import Arrival, Scene
from touchstone.engine.profiles.model import model_templates
from touchstone.engine.profiles.weights import reweighted
from touchstone.engine.resumes.files import Source
from touchstone.engine.resumes.isolated import Outcome, ReaderPool
from touchstone.positions.history import history_import, learned_document, model_learn
from touchstone.positions.services import model_version_save, position_status_set
from touchstone.recruiting.models import Application, DuplicateCase, Resume
from touchstone.recruiting.reading import read_and_screen
from touchstone.recruiting.services.applications import application_move, screening_override
from touchstone.recruiting.services.duplicates import duplicate_merge
from touchstone.recruiting.services.imports import batch_open, resume_receive
from touchstone.recruiting.services.reading import resumes_read
from touchstone.recruiting.stages import Stage

REFUSED_ON = 6
REFUSED_BELOW = 25.0


def learn_from_history(scene: Scene) -> None:
    """Two files of past rounds come in; what they teach becomes the model's first version."""
    position, calendar = scene.position, scene.calendar
    actor = scene.actor(scene.staff_with("recruiter"))
    paths = write_history(scene.company.history, scene.folder / "history")
    for number, path in enumerate(paths):
        history_import(
            actor=actor,
            branch=position.branch,
            position=position,
            name=path.name,
            data=path.read_bytes(),
            mapping=None,
            at=calendar.at(-1, 9, 10 + 5 * number),
        )
    document = model_templates()["ai-trainer"]
    learned = model_learn(position=position)
    model_version_save(
        actor=actor,
        position=position,
        document=reweighted(document, {w.dimension: w.learned for w in learned.weights}),
        learned=learned_document(learned),
        note="由两轮历史数据与四个部门的需求得出",
        based_on=0,
        at=calendar.at(-1, 15),
    )
    position_status_set(actor=actor, position=position, status="open", at=calendar.at(0, 9))


def bring_in_resumes(scene: Scene) -> None:
    """The files arrive over a week by the doors that everybody uses, and are read and screened."""
    written = write_resumes(scene.company, scene.folder / "resumes", most_images=scene.shape.images)
    version = scene.position.model_version
    model = json.dumps(version.document, ensure_ascii=False) if version else ""
    as_of = scene.calendar.opens
    then = functools.partial(read_and_screen, model=model, as_of=as_of)
    before = 0
    # One pool for all arrivals: starting its processes takes as long as reading a hundred files.
    with _CountedPool(as_of, then=then, geometry=True) as pool:
        for arrival, files in _arrivals(scene, written):
            pool.told = functools.partial(_count, scene, before)
            _arrive(scene, files, arrival, pool)
            before += len(files)
    _match(scene, written)


def _arrivals(
    scene: Scene, written: list[WrittenResume]
) -> list[tuple[Arrival, list[WrittenResume]]]:
    """Which files come in when. Pictures take seconds each and come one with each of the largest
    lots, where other files are read meanwhile."""
    pictures = [file for file in written if file.kind == "image"]
    others = [file for file in written if file.kind != "image"]
    scene.rng("arrival").shuffle(others)
    arrivals = scene.shape.arrivals
    by_size = sorted(range(len(arrivals)), key=lambda n: -arrivals[n].share)
    found = []
    start = 0
    for number, arrival in enumerate(arrivals):
        last = number == len(arrivals) - 1
        end = len(others) if last else start + round(arrival.share * len(others))
        found.append(
            (arrival, [*pictures[by_size.index(number) :: len(arrivals)], *others[start:end]])
        )
        start = end
    return found


def _count(scene: Scene, before: int, done: int) -> None:
    scene.progress.count(before + done, len(scene.company.people))


def _arrive(scene: Scene, files: list[WrittenResume], arrival: Arrival, pool: ReaderPool) -> None:
    at = scene.calendar.at(arrival.day, 17)
    actor = scene.actor(scene.staff_with("recruiter"))
    batch = batch_open(
        actor=actor, position=scene.position, source=arrival.source, label=arrival.label, at=at
    )
    ids = [
        resume.pk
        for file in files
        for resume in resume_receive(
            actor=actor, batch=batch, name=file.path.name, data=file.path.read_bytes(), at=at
        )
    ]
    resumes_read(resume_ids=ids, at=at, pool=pool)


class _CountedPool(ReaderPool):
    """Tells how many files it has read."""

    told: Callable[[int], None] | None = None

    def __enter__(self) -> _CountedPool:
        super().__enter__()
        return self

    def read(self, sources: Iterable[Source], *, ordered: bool = True) -> Iterator[Outcome]:
        for number, outcome in enumerate(super().read(sources, ordered=ordered), 1):
            if self.told:
                self.told(number)
            yield outcome


def _match(scene: Scene, written: list[WrittenResume]) -> None:
    """Remembers which application is whose, by the file's name."""
    people = {Path(file.path).name: file.person_id for file in written}
    rows = Resume.objects.filter(position=scene.position).exclude(candidate=None)
    by_candidate = {
        application.candidate_id: application
        for application in Application.objects.filter(position=scene.position)
    }
    for resume in rows:
        application = by_candidate.get(resume.candidate_id or 0)
        if application is not None and application.resume_id == resume.pk:
            scene.applications[people[resume.file_name]] = application


def look_through(scene: Scene) -> None:
    """The recruiter joins those who applied twice, reads the doubtful, and turns some down."""
    actor, calendar = scene.actor(scene.staff_with("recruiter")), scene.calendar
    at = calendar.at(4, 9, 30)
    for case in DuplicateCase.objects.filter(
        first__applications__position=scene.position, state=DuplicateCase.State.OPEN
    ).distinct():
        duplicate_merge(actor=actor, case=case, at=at)
    borderline = (
        Application.objects.filter(
            position=scene.position, stage=Stage.SCREENED, recommendation="review"
        )
        .select_related("screening__application__branch")
        .order_by("-score")[:6]
    )
    for application in borderline:
        if application.screening and (application.score or 0) >= 66:
            screening_override(
                actor=actor,
                screening=application.screening,
                decision="advance",
                reason="项目经历扎实，差一点到线，值得一测。",
                at=calendar.at(4, 11),
            )
    hopeless = Application.objects.filter(
        position=scene.position, stage=Stage.SCREENED, score__lt=REFUSED_BELOW
    ).select_related("branch", "candidate", "position")
    for application in hopeless:
        application_move(
            actor=actor,
            application=application,
            to=Stage.REJECTED,
            reason="简历里没有与岗位相关的经历。",
            at=calendar.at(REFUSED_ON, 16),
        )
