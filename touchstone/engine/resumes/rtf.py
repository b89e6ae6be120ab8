"""RTF without an office program: control words, code pages, hidden runs, tables as tabs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from touchstone.engine.resumes.document import Document, HiddenSpan, Limits, language_of
from touchstone.engine.resumes.glyphs import mend
from touchstone.engine.resumes.refusal import refuse

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_DESTINATIONS = {
    *(
        [
            "colortbl",
            "datastore",
            "filetbl",
            "fldinst",
            "fonttbl",
            "generator",
            "info",
            "latentstyles",
            "listtable",
        ]
    ),
    *(
        [
            "listoverridetable",
            "pict",
            "objdata",
            "object",
            "rsidtbl",
            "stylesheet",
            "themedata",
            "xmlnstbl",
            "pgptbl",
        ]
    ),
    *(
        [
            "colorschememapping",
            "bkmkstart",
            "bkmkend",
            "revtbl",
            "nonshppict",
            "pn",
            "pntext",
            "levelnumbers",
        ]
    ),
}
_WORDS = {
    "par": "\n",
    "line": "\n",
    "sect": "\n",
    "page": "\n",
    "row": "\n",
    "tab": "\t",
    "cell": "\t",
    "nestcell": "\t",
    "nestrow": "\n",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
}
_CHARSETS = {
    0: 1252,
    77: 10000,
    128: 932,
    129: 949,
    134: 936,
    136: 950,
    161: 1253,
    162: 1254,
    204: 1251,
}
_SYMBOLS = {
    b"~": " ",
    b"_": "-",
    b"-": "",
    b"\\": "\\",
    b"{": "{",
    b"}": "}",
    b"\n": "\n",
    b"\r": "\n",
}
_MAX_GROUPS = 2000
_TINY_HALF_POINTS = 4


@dataclass(frozen=True, slots=True)
class _State:
    skip: bool = False
    hidden: bool = False
    color: int = 0
    half_points: int = 24
    code_page: int = 0
    fallback: int = 1
    background: int = 0


def read_rtf(data: bytes, limits: Limits) -> Document:
    """Reads rich text.

    Raises:
        UnreadableFile: no_text.
    """
    reader = _Reader(data)
    reader.read()
    text = re.sub(r"\n{3,}", "\n\n", mend("".join(reader.shown)))
    text = re.sub(r"\t+\n", "\n", text)[: limits.text_chars]
    if not text.strip():
        raise refuse("no_text")
    hidden = tuple(
        HiddenSpan(mend(words).strip(), cause, 0, 0)
        for cause, words in reader.hidden_runs()
        if words.strip()
    )
    return Document(
        text=text,
        kind="rtf",
        lang=language_of(text),
        hidden=hidden,
        flags=("hidden_text",) if hidden else (),
    )


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.shown: list[str] = []
        self.dark: list[tuple[str, str]] = []
        self.pending = b""
        self.code_page = self._default_code_page()
        self.fonts = self._fonts()
        self.white = self._white_colors()
        self.state = _State(code_page=self.code_page)
        self.to_skip = 0
        self.high = 0

    def _default_code_page(self) -> int:
        match = re.search(rb"\\ansicpg(\d+)", self.data[:2000])
        return int(match[1]) if match else 1252

    def _fonts(self) -> dict[int, int]:
        """Code page by font number."""
        table = re.search(rb"\{\\fonttbl(.*?)\}\s*\}", self.data[:200_000], re.DOTALL)
        fonts = {}
        for match in re.finditer(rb"\\f(\d+)[^{};]*?\\fcharset(\d+)", table[1] if table else b""):
            page = _CHARSETS.get(int(match[2]))
            # Charset 0 only says "the document's own"; Chinese writers put GBK there.
            if page and (page != 1252 or self.code_page == 1252):
                fonts[int(match[1])] = page
        return fonts

    def _white_colors(self) -> set[int]:
        table = re.search(rb"\{\\colortbl([^}]*)\}", self.data[:400_000])
        white = set()
        for index, entry in enumerate((table[1] if table else b"").split(b";")):
            channels = [int(v) for v in re.findall(rb"\\(?:red|green|blue)(\d+)", entry)]
            if len(channels) == 3 and min(channels) >= 245:
                white.add(index)
        return white

    def read(self) -> None:
        stack: list[_State] = []
        starred = False
        for match in _TOKEN.finditer(self.data):
            word, number, code, symbol, brace, text = match.groups()
            if code is not None:
                self._byte(bytes([int(code, 16)]))
                continue
            if text is not None:
                self._literal(text)
                continue
            self._flush()
            if brace == b"{":
                if len(stack) > _MAX_GROUPS:
                    return
                stack.append(self.state)
            elif brace == b"}":
                self.state = stack.pop() if stack else _State(code_page=self.code_page)
            elif symbol == b"*":
                starred = True
                continue
            elif symbol is not None:
                self._emit(_SYMBOLS.get(symbol, ""))
            elif word is not None:
                self._control(word.decode(), int(number) if number else None, starred)
            starred = False
        self._flush()

    def _byte(self, value: bytes) -> None:
        if self.to_skip:
            self.to_skip -= 1
        else:
            self.pending += value

    def _literal(self, text: bytes) -> None:
        if self.to_skip:
            taken = min(self.to_skip, len(text))
            self.to_skip -= taken
            text = text[taken:]
        self.pending += text

    def _flush(self) -> None:
        if self.pending:
            raw, self.pending = self.pending, b""
            self._emit(self._decoded(raw))

    def _decoded(self, raw: bytes) -> str:
        page = self.state.code_page
        encoding = "gb18030" if page == 936 else "utf-8" if page == 65001 else f"cp{page}"
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            return raw.decode("gb18030", "replace")

    def _emit(self, text: str) -> None:
        state = self.state
        if not text or state.skip:
            return
        if state.hidden:
            self.dark.append(("word_hidden", text))
        elif state.color in self.white and (not state.background or state.background in self.white):
            self.dark.append(("white", text))
        elif state.half_points < _TINY_HALF_POINTS:
            self.dark.append(("tiny", text))
        else:
            self.shown.append(text)

    def _control(self, word: str, number: int | None, starred: bool) -> None:
        state = self.state
        if word in _DESTINATIONS or (
            starred and word not in {"shpinst", "shptxt", "nesttableprops"}
        ):
            self.state = replace(state, skip=True)
        elif word == "u" and number is not None:
            self._unicode(number)
        elif word in _WORDS:
            self._emit(_WORDS[word])
        elif word == "plain":
            self.state = replace(
                state, hidden=False, color=0, half_points=24, background=0, code_page=self.code_page
            )
        elif word == "v":
            self.state = replace(state, hidden=number != 0)
        elif word == "cf":
            self.state = replace(state, color=number or 0)
        elif word in {"cb", "highlight", "chcbpat"}:
            self.state = replace(state, background=number or 0)
        elif word == "fs" and number is not None:
            self.state = replace(state, half_points=number)
        elif word == "f" and number is not None:
            self.state = replace(state, code_page=self.fonts.get(number, self.code_page))
        elif word == "uc" and number is not None:
            self.state = replace(state, fallback=number)

    def _unicode(self, number: int) -> None:
        code = number + 65536 if number < 0 else number
        if 0xD800 <= code < 0xDC00:
            self.high = code
        elif 0xDC00 <= code < 0xE000:
            if self.high:
                self._emit(chr(0x10000 + ((self.high - 0xD800) << 10) + code - 0xDC00))
            self.high = 0
        elif code < 0x110000:
            self._emit(chr(code))
        self.to_skip = self.state.fallback

    def hidden_runs(self) -> list[tuple[str, str]]:
        """Neighbouring hidden pieces joined."""
        runs: list[tuple[str, str]] = []
        for cause, text in self.dark:
            if runs and runs[-1][0] == cause:
                runs[-1] = (cause, runs[-1][1] + text)
            else:
                runs.append((cause, text))
        return runs
