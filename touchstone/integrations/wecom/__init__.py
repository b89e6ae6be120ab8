"""WeCom (企业微信): sign-in, contacts, messages, schedules, meetings, callbacks of one app."""
