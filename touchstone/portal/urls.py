"""Pages of candidates. The token stands in one address only, the one of the letter."""

from __future__ import annotations

from django.urls import path

from touchstone.portal.views import (
    demo,
    entry,
    exercises,
    home,
    interviews,
    report,
    rights,
    spoken,
    tasks,
)

urlpatterns = [
    path("", home.overview, name="portal-home"),
    path("start/", home.start, name="portal-start"),
    path("consent/", home.consent, name="portal-consent"),
    path("practice/", home.practice, name="portal-practice"),
    path("practice/draft/", home.practice_draft, name="portal-practice-draft"),
    path("finish/", home.finish, name="portal-finish"),
    path("signals/", home.signal, name="portal-signal"),
    path("signals/<int:number>/", home.signal_comment, name="portal-signal-comment"),
    path("task/<str:ref>/", tasks.task, name="portal-task"),
    path("task/<str:ref>/start/", tasks.start, name="portal-task-start"),
    path("task/<str:ref>/draft/", tasks.draft, name="portal-draft"),
    path("task/<str:ref>/file/", tasks.file, name="portal-file"),
    path("task/<str:ref>/run/", tasks.run, name="portal-run"),
    path("task/<str:ref>/runs/", tasks.runs, name="portal-runs"),
    path("task/<str:ref>/next/", tasks.next_phase, name="portal-phase"),
    path("task/<str:ref>/picture/<str:name>.png", exercises.picture, name="portal-picture"),
    path("task/<str:ref>/take/", spoken.take, name="portal-take"),
    path("task/<str:ref>/take/delete/", spoken.take_delete, name="portal-take-delete"),
    path("task/<str:ref>/submit/", tasks.submit, name="portal-submit"),
    path("interview/<str:ref>/reply/", interviews.reply, name="portal-reply"),
    path("slot/none/", interviews.none_suits, name="portal-no-slot"),
    path("slot/<str:ref>/", interviews.take, name="portal-slot"),
    path("rights/<str:kind>/", rights.ask, name="portal-right"),
    path("withdraw/", rights.withdraw, name="portal-withdraw"),
    path("erase/", rights.erase, name="portal-erase"),
    path("my-data.zip", rights.my_data, name="portal-data"),
    path("report/", report.report, name="portal-report"),
    path("device/", entry.other_device, name="portal-device"),
    path("leave/", entry.leave, name="portal-leave"),
    path("demo/", demo.as_candidate, name="portal-demo"),
    path("new-link/", entry.new_link, name="portal-new-link"),
    path("<str:token>/", entry.enter, name="portal-enter"),
]
