"""Transcripts that people bring, in the forms they come in."""

from __future__ import annotations

import pytest

from touchstone.engine.listening.segments import Segment, trusted
from touchstone.engine.listening.subtitles import read_subtitles

VTT = """WEBVTT - 面试

NOTE 第一行不是话

1
00:01.000 --> 00:04.500 align:start position:10%
<v 陆遥>我先 &amp; 大家说说</v>
<i>第二行</i>

01:00:05.000 --> 01:00:06.250
- 许念：那你呢
"""


def test_webvtt_with_voices_and_markup() -> None:
    assert read_subtitles(VTT) == (
        Segment(1.0, 4.5, "我先 & 大家说说 第二行", "陆遥"),
        Segment(3605.0, 3606.25, "那你呢", "许念"),
    )


def test_subrip_with_and_without_empty_lines() -> None:
    close = (
        "1\r\n00:00:01,000 --> 00:00:04,500\r\n你好\r\n"
        "2\r\n00:00:05,000 --> 00:00:06,000\r\n再见\r\n"
    )
    wide = close.replace("你好\r\n", "你好\r\n\r\n")
    expected = (Segment(1.0, 4.5, "你好"), Segment(5.0, 6.0, "再见"))
    assert read_subtitles(close) == read_subtitles(wide) == expected


def test_typed_lines_last_until_the_next() -> None:
    text = "标题没有时间\n[00:12] 陆遥：我负责标注\n接着说\n1:02:03 结束了：就这样"
    assert read_subtitles(text) == (
        Segment(12.0, 3723.0, "我负责标注 接着说", "陆遥"),
        Segment(3723.0, 3731.0, "就这样", "结束了"),
    )


@pytest.mark.parametrize("text", ["", "没有时间的文字", "WEBVTT\n\n", "00:99 不是时间", "\x00\x01"])
def test_without_a_time_there_is_nothing(text: str) -> None:
    assert read_subtitles(text) == ()


def test_strange_cues_are_put_right() -> None:
    wild = (
        "WEBVTT\n\n99:00:00.000 --> 99:00:01.000\n太远\n\n"
        "00:10.000 --> 00:02.000\n倒着\n\n00:01.000 --> 00:02.000\n\u202e<script>x</script>\n\n"
    )
    assert read_subtitles(wild) == (
        Segment(1.0, 2.0, "<script>x</script>"),
        Segment(10.0, 10.0, "倒着"),
    )


def test_segments_keep_their_order_and_their_speakers() -> None:
    rows = [Segment(5, 6, "乙", "许念"), Segment(1, 2, "甲", "陆遥"), Segment(1, 3, "丙", "沈砚")]
    assert [s.text for s in trusted(rows)] == ["甲", "丙", "乙"]


def test_a_long_file_is_read_in_the_time_its_length_takes() -> None:
    cue = "00:00:01.000 --> 00:00:02.000\n" + "很长的一句话" * 200 + "\n\n"
    found = read_subtitles("WEBVTT\n\n" + cue * 500)
    assert [len(s.text) for s in found] == [1200]
