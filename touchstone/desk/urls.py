"""Pages of the desk."""

from __future__ import annotations

from django.urls import path

from touchstone.desk.views import (
    availability,
    home,
    interviews,
    library,
    people,
    records,
    reports,
    room,
)

urlpatterns = [
    path("", home.today, name="today"),
    path("palette/", home.palette, name="palette"),
    # people
    path("people/", people.people, name="people"),
    path("people/new/", people.person_new, name="person-new"),
    path("people/branches/new/", people.branch_new, name="branch-new"),
    path("people/departments/new/", people.department_new, name="department-new"),
    path("people/<str:ref>/", people.person, name="person"),
    path("people/<str:ref>/role/", people.role_give, name="person-role-give"),
    path("people/<str:ref>/role/take/", people.role_take, name="person-role-take"),
    path("people/<str:ref>/active/", people.active_set, name="person-active"),
    path("people/<str:ref>/invite/", people.invite, name="person-invite"),
    path("people/<str:ref>/factor/", people.second_factor_off, name="person-factor-off"),
    # interviews
    path("positions/<str:ref>/interviews/", interviews.board, name="interviews"),
    path("positions/<str:ref>/interviews/plan/", interviews.plan, name="interviews-plan"),
    path("applications/<str:ref>/interview/", interviews.book, name="interview-book"),
    path("availability/", availability.availability, name="availability"),
    path("interviews/<str:ref>/", room.room, name="room"),
    path("interviews/<str:ref>/move/", interviews.move, name="interview-move"),
    path("interviews/<str:ref>/cancel/", interviews.cancel, name="interview-cancel"),
    path("interviews/<str:ref>/link/", interviews.link, name="interview-link"),
    path("interviews/<str:ref>/clock/", room.clock, name="room-clock"),
    path("interviews/<str:ref>/notes/", room.note, name="room-note"),
    path("interviews/<str:ref>/asked/", room.asked, name="room-asked"),
    path("interviews/<str:ref>/live/", room.live, name="room-live"),
    path("interviews/<str:ref>/events/", room.events, name="room-events"),
    path("interviews/<str:ref>/score/", room.score, name="room-score"),
    path("interviews/<str:ref>/submit/", room.submit, name="room-submit"),
    path("interviews/<str:ref>/reopen/", room.reopen, name="room-reopen"),
    path("interviews/<str:ref>/recording/", room.recording_upload, name="recording-upload"),
    path("recordings/<str:ref>/", room.recording, name="recording"),
    # question bank
    path("library/", library.question_list, name="library"),
    path("library/new/", library.question_new, name="question-new"),
    path("library/check/", library.question_check, name="question-check"),
    path("library/phrase/", library.question_phrase, name="question-phrase"),
    path("library/import/", library.library_import, name="library-import"),
    path("library/export/<str:kind>/", library.library_export, name="library-export"),
    path("library/<str:ref>/", library.question, name="question"),
    path("library/<str:ref>/edit/", library.question_edit, name="question-edit"),
    path("library/<str:ref>/status/", library.question_status, name="question-status"),
    # records
    path("messages/", records.messages_page, name="messages"),
    path("messages/<str:ref>/", records.message, name="message"),
    path("messages/<str:ref>/again/", records.message_again, name="message-again"),
    path("work/", records.work, name="work"),
    path("work/<uuid:job>/retry/", records.work_again, name="work-retry"),
    path("audit/", records.audit_log, name="audit"),
    path("audit/verify/", records.audit_verify, name="audit-verify"),
    path("audit/export/", records.audit_export, name="audit-export"),
    # reports and decisions
    path("positions/<str:ref>/reports/", reports.round_page, name="round"),
    path("positions/<str:ref>/reports/calibrate/", reports.calibrate, name="calibrate"),
    path("positions/<str:ref>/reports.xlsx", reports.round_xlsx, name="round-xlsx"),
    path("positions/<str:ref>/hires/", reports.hires, name="hires"),
    path("applications/<str:ref>/report/", reports.report, name="report"),
    path("applications/<str:ref>/report/issue/", reports.issue, name="report-issue"),
    path("applications/<str:ref>/report.pdf", reports.report_pdf, name="report-pdf"),
    path("applications/<str:ref>/evaluation/", reports.evaluation_save, name="evaluation-save"),
    path("applications/<str:ref>/decide/", reports.decide, name="decide"),
    path("applications/<str:ref>/hire/", reports.hire, name="hire"),
    path("decisions/<str:ref>/undo/", reports.decision_undo_view, name="decision-undo"),
    path("decisions/<str:ref>/send/", reports.decision_send_view, name="decision-send"),
    path("outcomes/<str:ref>/", reports.outcome, name="outcome"),
]
