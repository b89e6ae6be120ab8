"""A task's words as candidates read them, for pages of the desk."""

from __future__ import annotations

from touchstone.assessments.tasks import TaskText
from touchstone.ui.bilingual import choose
from touchstone.ui.markdown import markdown


def task_html(text: TaskText) -> str:
    """The question, or the statement of a programming problem, in the reader's language."""
    if text.package is None:
        return markdown(choose(text.text.zh, text.text.en))
    folder = text.package.folder / "statement"
    for name in (f"problem.{choose('zh', 'en')}.md", "problem.zh.md", "problem.en.md"):
        if (folder / name).is_file():
            return markdown((folder / name).read_text("utf-8"))
    return ""
