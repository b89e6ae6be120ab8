"""Tencent Meeting (腾讯会议): meetings made, changed and cancelled through its enterprise REST."""
