"""What each background task does, in words for the page of background work."""

from __future__ import annotations

from touchstone.common.messages import Bilingual

TASK_NAMES: dict[str, Bilingual] = {
    "assessments.item_grade": Bilingual("给作答评分", "Grade an answer"),
    "assessments.programs_compare": Bilingual("比对程序", "Compare programs"),
    "assessments.second_rating_make": Bilingual(
        "请大模型读一份作答", "Ask the language model about an answer"
    ),
    "assessments.second_ratings_withdraw": Bilingual(
        "删除大模型的看法", "Delete the language model's views"
    ),
    "assessments.spoken_words_make": Bilingual("把口头作答写成文字", "Write down a spoken answer"),
    "assessments.submission_judge": Bilingual("判程序", "Judge a program"),
    "assessments.takes_withdraw": Bilingual("删除收回同意的录音", "Delete withdrawn recordings"),
    "evaluation.insights_renew": Bilingual("更新流程分析", "Renew the analytics"),
    "evaluation.outcomes_request": Bilingual("请经理填入职表现", "Ask managers for outcomes"),
    "evaluation.pool_sweep": Bilingual("清理人才库到期的人", "Clear the pool of what is over"),
    "evaluation.report_pdf": Bilingual("生成报告 PDF", "Make a report's PDF"),
    "evaluation.report_summary": Bilingual("起草报告摘要", "Draft a report's summary"),
    "housekeeping.attempts_expire": Bilingual("到时收卷", "Hand in what is over time"),
    "housekeeping.contacts_synchronise": Bilingual("同步通讯录", "Synchronise contacts"),
    "housekeeping.old_jobs_prune": Bilingual("清理旧任务", "Clear old tasks"),
    "housekeeping.reminders_send": Bilingual("发提醒", "Send reminders"),
    "housekeeping.retention_sweep": Bilingual("按期删除", "Delete what is over"),
    "interviews.meeting_follow": Bilingual("跟进会议状态", "Follow a meeting"),
    "interviews.meeting_make": Bilingual("建会议", "Make a meeting"),
    "interviews.outside_event_handle": Bilingual("处理外部通知", "Take in an outside event"),
    "interviews.recording_fetch": Bilingual("取录像", "Fetch a recording"),
    "interviews.recordings_reconcile": Bilingual("查漏取的录像", "Look for missed recordings"),
    "interviews.recordings_withdraw": Bilingual(
        "删除撤回同意的录像", "Delete withdrawn recordings"
    ),
    "interviews.schedule_follow": Bilingual("同步日程", "Follow a calendar entry"),
    "interviews.transcript_fetch": Bilingual("取会议的文字", "Fetch a meeting's words"),
    "interviews.transcript_make": Bilingual("录音转文字", "Write a recording down"),
    "library.question_draft": Bilingual("起草题目", "Draft a question"),
    "outbox.message_send": Bilingual("发信", "Send a letter"),
    "recruiting.applications_invite": Bilingual("邀请测评", "Invite to the assessment"),
    "recruiting.mail_source_look": Bilingual("收邮箱里的简历", "Look into a mailbox"),
    "recruiting.mail_sources_look": Bilingual("查看收简历的邮箱", "Look into all mailboxes"),
    "recruiting.concept_tallies_count": Bilingual("统计概念计分", "Count credited concepts"),
    "recruiting.pool_suggest": Bilingual(
        "为开放的岗位找人才库里合适的人", "Find people of the pool for an opened position"
    ),
    "recruiting.pool_watch": Bilingual(
        "看存下的人才库查找有没有新人", "Look for new people for saved pool searches"
    ),
    "recruiting.pool_index_pack": Bilingual("整理人才库的索引", "Pack the talent pool's index"),
    "recruiting.pool_concepts_renew": Bilingual(
        "按新概念更新人才库", "Bring the pool up to the concepts"
    ),
    "recruiting.taxonomy_trial": Bilingual("试看概念改动的影响", "Try changed concepts"),
    "recruiting.position_rescreen": Bilingual("重新筛选岗位", "Screen a position again"),
    "recruiting.resumes_read": Bilingual("读简历", "Read resumes"),
    "recruiting.unread_resumes_requeue": Bilingual("补读没读完的简历", "Pick up unread resumes"),
    "webhooks.webhook_send": Bilingual("通知外部系统", "Tell an outside system"),
}


def task_name(task: str, lang: str) -> str:
    """The words for a task such as "outbox.message_send"; its own name where there are none."""
    words = TASK_NAMES.get(task)
    return words.text(lang) if words else task
