"""What WeCom's calls take. A body that does not fit is refused."""

from __future__ import annotations

from typing import Any, Final

from touchstone.integrations.simulators.shapes import USERS

TEXTS: Final = {"title": str, "desc": str}
ACTION: Final = {"type!": {1, 2}, "url": str, "appid": str, "pagepath": str}
OPTIONS: Final = [{"id!": str, "text!": str, "is_checked": bool}]
CARD: Final[dict[str, Any]] = {
    "card_type!": {
        "text_notice",
        "news_notice",
        "button_interaction",
        "vote_interaction",
        "multiple_interaction",
    },
    "source": {"icon_url": str, "desc": str, "desc_color": {0, 1, 2, 3}},
    "action_menu": {"desc": str, "action_list!": [{"text!": str, "key!": str}]},
    "task_id": str,
    "main_title": TEXTS,
    "sub_title_text": str,
    "emphasis_content": TEXTS,
    "quote_area": {
        "type": {0, 1, 2},
        "url": str,
        "appid": str,
        "pagepath": str,
        "title": str,
        "quote_text": str,
    },
    "horizontal_content_list": [
        {
            "keyname!": str,
            "value": str,
            "type": {0, 1, 2, 3},
            "url": str,
            "media_id": str,
            "userid": str,
        }
    ],
    "jump_list": [{"type": {0, 1, 2}, "title!": str, "url": str, "appid": str, "pagepath": str}],
    "card_action": ACTION,
    "card_image": {"url!": str, "aspect_ratio": object},
    "image_text_area": {
        "type": int,
        "url": str,
        "title": str,
        "desc": str,
        "image_url!": str,
    },
    "vertical_content_list": [{"title!": str, "desc": str}],
    "button_list": [{"text!": str, "style": {1, 2, 3, 4}, "type": {0, 1}, "key": str, "url": str}],
    "button_selection": {
        "question_key!": str,
        "title": str,
        "option_list!": OPTIONS,
        "selected_id": str,
    },
    "checkbox": {"question_key!": str, "mode": {0, 1}, "option_list!": OPTIONS},
    "select_list": [
        {"question_key!": str, "title": str, "selected_id": str, "option_list!": OPTIONS}
    ],
    "submit_button": {"text!": str, "key!": str},
    "replace_text": str,
}
REMINDERS: Final = {
    "is_remind": {0, 1},
    "remind_before_event_secs": {0, 300, 900, 3600, 86400},
    "remind_time_diffs": [int],
    "is_repeat": {0, 1},
    "repeat_type": {0, 1, 2, 5, 7},
    "repeat_until": int,
    "is_custom_repeat": {0, 1},
    "repeat_interval": int,
    "repeat_day_of_week": [int],
    "repeat_day_of_month": [int],
    "timezone": int,
}
CALENDAR: Final = {
    "summary!": str,
    "color!": str,
    "description": str,
    "admins": [str],
    "set_as_default": {0, 1},
    "shares": [{"userid!": str, "permission": {1, 3}}],
    "is_public": {0, 1},
    "public_range": {"userids": [str], "partyids": [int]},
    "is_corp_calendar": {0, 1},
}
SCHEDULE: Final = {
    "start_time!": int,
    "end_time!": int,
    "is_whole_day": {0, 1},
    "summary": str,
    "description": str,
    "location": str,
    "cal_id": str,
    "admins": [str],
    "attendees": USERS,
    "reminders": REMINDERS,
}
MEETING: Final = {
    "admin_userid": str,
    "title": str,
    "meeting_start": int,
    "meeting_duration": int,
    "description": str,
    "location": str,
    "agentid": int,
    "invitees": {"userid!": [str]},
    "settings": {
        "password": str,
        "enable_waiting_room": bool,
        "allow_enter_before_host": bool,
        "remind_scope": {1, 2, 3, 4},
        "enable_enter_mute": {0, 1, 2},
        "enable_screen_watermark": bool,
        "hosts": {"userid!": [str]},
        "ring_users": {"userid!": [str]},
        "auto_record_type": {"none", "local", "cloud"},
    },
    "cal_id": str,
    "reminders": {
        "is_repeat": {0, 1},
        "repeat_type": {0, 1, 2, 7},
        "repeat_until": int,
        "repeat_interval": int,
        "remind_before": [int],
    },
    "skip_duplicate_check": bool,
}
ENVELOPE: Final = {
    "touser": str,
    "toparty": str,
    "totag": str,
    "msgtype!": {"text", "textcard", "markdown", "template_card"},
    "agentid!": int,
    "safe": {0, 1},
    "enable_id_trans": {0, 1},
    "enable_duplicate_check": {0, 1},
    "duplicate_check_interval": int,
    "text": {"content!": str},
    "textcard": {"title!": str, "description!": str, "url!": str, "btntxt": str},
    "markdown": {"content!": str},
    "template_card": CARD,
}
CALLS: Final[dict[str, Any]] = {
    "message/send": ENVELOPE,
    "message/update_template_card": {
        "userids": [str],
        "partyids": [int],
        "tagids": [int],
        "atall": {0, 1},
        "agentid!": int,
        "response_code!": str,
        "button": {"replace_name!": str},
        "template_card": CARD,
        "enable_id_trans": {0, 1},
    },
    "message/recall": {"msgid!": str},
    "oa/calendar/add": {"calendar!": CALENDAR, "agentid": int},
    "oa/calendar/update": {
        "calendar!": {**CALENDAR, "cal_id!": str},
        "skip_public_range": {0, 1},
    },
    "oa/calendar/get": {"cal_id_list!": [str]},
    "oa/calendar/del": {"cal_id!": str},
    "oa/schedule/add": {"schedule!": SCHEDULE, "agentid": int},
    "oa/schedule/update": {
        "schedule!": {**SCHEDULE, "schedule_id!": str},
        "skip_attendees": {0, 1},
        "op_mode": {0, 1, 2},
        "op_start_time": int,
    },
    "oa/schedule/add_attendees": {"schedule_id!": str, "attendees!": USERS},
    "oa/schedule/del_attendees": {"schedule_id!": str, "attendees!": USERS},
    "oa/schedule/get": {"schedule_id_list!": [str]},
    "oa/schedule/get_by_calendar": {"cal_id!": str, "offset": int, "limit": int},
    "oa/schedule/del": {"schedule_id!": str, "op_mode": {0, 1, 2}, "op_start_time": int},
    "meeting/create": MEETING,
    "meeting/update": {**MEETING, "meetingid!": str},
    "meeting/cancel": {"meetingid!": str},
    "meeting/get_info": {"meetingid!": str},
    "meeting/record/list": {
        "meetingid": str,
        "meeting_code": str,
        "userid": str,
        "start_time!": int,
        "end_time!": int,
        "cursor": str,
        "limit": int,
    },
    "meeting/record/get_file_list": {"meeting_record_id!": str, "meetingid!": str},
    "meeting/record/transcript/get_detail": {
        "record_file_id!": str,
        "meetingid!": str,
        "pid": str,
        "limit": int,
    },
    "meeting/get_user_meetingid": {
        "userid!": str,
        "cursor": str,
        "begin_time": int,
        "end_time": int,
        "limit": int,
    },
}
QUERIES: Final = {
    "gettoken": {"corpid", "corpsecret"},
    "auth/getuserinfo": {"access_token", "code"},
    "department/list": {"access_token", "id"},
    "department/simplelist": {"access_token", "id"},
    "user/get": {"access_token", "userid"},
    "user/list": {"access_token", "department_id"},
    "user/simplelist": {"access_token", "department_id"},
    "getcallbackip": {"access_token"},
}
