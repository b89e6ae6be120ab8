"""Bad files: each refused or partly read with its reason, within limits, and the batch goes on."""

from __future__ import annotations

import datetime as dt
import io
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from touchstone.common.errors import UnreadableFile
from touchstone.engine.resumes import isolated
from touchstone.engine.resumes.extract import DEFAULT_LIMITS, extract
from touchstone.engine.resumes.files import Source, sources_of
from touchstone.engine.resumes.isolated import ReaderPool, Reading
from touchstone.engine.resumes.sniff import kind_of

AS_OF = dt.date(2026, 11, 1)
RESUME = "姓名：张三\n电话：13812345678\n邮箱：zhangsan@example.cn\n".encode()
MEMORY_KIB = 300 * 1024


def zipped(members: Iterable[tuple[bytes, bytes]], *, deflate: bool = False) -> bytes:
    """A ZIP as Windows writes it: names as bytes, without the UTF-8 flag."""
    out = io.BytesIO()
    names = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflate else 0) as archive:
        for number, (name, data) in enumerate(members):
            stand_in = f"{number:02d}".ljust(len(name), "~")[: len(name)]
            names.append((stand_in.encode(), name))
            archive.writestr(stand_in, data)
    raw = out.getvalue()
    for written, name in names:
        raw = raw.replace(written, name)
    return raw


def pdf(*objects: bytes) -> bytes:
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table)
    return out


def page_of(stream: bytes, *filters: bytes) -> bytes:
    named = b"/Filter[" + b"".join(b"/" + f for f in filters) + b"]" if filters else b""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R>>",
        b"<</Length %d%s>>stream\n" % (len(stream), named) + stream + b"\nendstream",
    )


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def encrypted_pdf(user: str, owner: str) -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out, encrypt=StandardEncryption(user, ownerPassword=owner, strength=128))
    page.drawString(72, 720, "Jane Doe jane@example.org")
    page.save()
    return out.getvalue()


def docx_of(document: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
    return out.getvalue()


ENTITIES = (
    '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><w:document '
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>&f;</w:t></w:r></w:p></w:body></w:document>"
)
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
CYCLE = pdf(CATALOG, b"<</Type/Pages/Count 3/Kids[2 0 R 2 0 R]/Parent 2 0 R>>")
MANY_PAGES = pdf(
    CATALOG,
    b"<</Type/Pages/Count 60000/Kids[" + b"3 0 R " * 60000 + b"]>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
)
VAST_PAGE = pdf(
    CATALOG,
    b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 2000000 2000000]>>",
)


def read(data: bytes, name: str) -> None:
    """Reads a file, or the first that is refused in an archive."""
    if kind_of(data, name) == "zip":
        raise next(s.refusal for s in sources_of(data, name) if s.refusal is not None)
    extract(data, name)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", b"", "empty_file"),
        ("a.txt", b"   \n\n", "empty_file"),
        ("a.exe", b"MZ" + bytes(200), "unsupported_type"),
        ("a.docx", bytes(range(256)) * 9, "unsupported_type"),
        ("a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 4, "broken_pdf"),
        ("a.pdf", encrypted_pdf("secret", "owner"), "encrypted_pdf"),
        ("a.pdf", CYCLE, "broken_pdf"),
        ("a.pdf", MANY_PAGES, "too_many_pages"),
        ("a.pdf", VAST_PAGE, "no_text"),
        ("a.docx", b"PK\x03\x04" + bytes(60), "broken_archive"),
        ("a.docx", docx_of("<a>" + "0" * (90 << 20) + "</a>"), "decompression_limit"),
        ("a.docx", docx_of(ENTITIES), "broken_document"),
        ("a.png", png(30_000, 30_000), "too_many_pixels"),
        ("a.png", png(100, 100)[:60], "broken_image"),
        ("a.txt", bytes(range(1, 256)) * 40, "unreadable_text"),
    ],
)
def test_refused_with_its_reason(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(data, name)
    assert caught.value.reason == reason
    assert caught.value.text("zh")
    assert caught.value.text("en")


def test_an_owner_password_alone_does_not_keep_a_reader_out() -> None:
    assert "Jane Doe" in extract(encrypted_pdf("", "owner"), "a.pdf").text


def test_a_file_is_known_by_what_it_is_not_by_its_name() -> None:
    from tests.engine.resumes.corpus import as_docx
    from tests.engine.resumes.people import person
    from tests.engine.resumes.sheets import sheet

    data = as_docx(sheet(person(1), 1), 1)
    assert extract(data, "resume.pdf").kind == "docx"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("张三_简历.txt".encode("gbk"), "张三_简历.txt"),
        ("張三.txt".encode(), "張三.txt"),
        ("许功盖.txt".encode("gb18030"), "许功盖.txt"),
        (b"\xd5\x5c.txt", "誠.txt"),  # the second byte of 誠 is a backslash
        ("夹/张三.txt".encode("gbk"), "夹/张三.txt"),
    ],
)
def test_names_of_windows_archives(raw: bytes, shown: str) -> None:
    (source,) = sources_of(zipped([(raw, RESUME)]), "a.zip")
    assert source.name == f"a.zip!/{shown}"
    assert source.data == RESUME


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"../../evil.txt", "path_traversal"),
        (b"..\\..\\evil.txt", "path_traversal"),
        (b"/etc/cron.d/evil.txt", "path_traversal"),
        (b"C:\\temp\\evil.txt", "path_traversal"),
        (b"a/CON.txt", "unsafe_name"),
        (b"a\x01b.txt", "unsafe_name"),
        (b"x/" * 60 + b"a.txt", "unsafe_name"),
    ],
)
def test_entries_that_point_elsewhere(raw: bytes, reason: str) -> None:
    found = list(sources_of(zipped([(raw, RESUME), (b"good.txt", RESUME)]), "a.zip"))
    assert [s.refusal.reason if s.refusal else "" for s in found] == [reason, ""]


def test_a_bomb_in_an_archive_costs_nothing() -> None:
    (source,) = sources_of(zipped([(b"bomb.txt", b"0" * (100 << 20))], deflate=True), "a.zip")
    assert source.refusal is not None
    assert source.refusal.reason == "decompression_limit"


def test_archives_in_archives_end_somewhere() -> None:
    data = RESUME
    for level in range(6):
        data = zipped([(b"%d.zip" % level if level else b"r.txt", data)])
    (source,) = sources_of(data, "a.zip")
    assert source.refusal is not None
    assert source.refusal.reason == "nested_too_deep"


def test_hostile_files_cost_themselves_and_nothing_else() -> None:
    """A worker that dies or is stopped is replaced; what else was sent is read."""
    packed = zlib.compress(zlib.compress(b"q " * (64 << 20), 9), 9)
    hostile = page_of(packed, b"FlateDecode", b"FlateDecode")
    busy = page_of(zlib.compress(b"0 0 m 1 1 l S\n" * 300_000), b"FlateDecode")
    files = [
        Source("good1.txt", RESUME),
        Source("hostile.pdf", hostile),
        Source("busy.pdf", busy),
        Source("empty.txt", b""),
        Source("good2.txt", RESUME),
    ]
    with ReaderPool(AS_OF, workers=2, ocr=False) as pool:
        outcomes = list(pool.read(files))
    assert [o.source.name for o in outcomes] == [f.name for f in files]
    refused = [o.refusal.reason if o.refusal else "" for o in outcomes]
    assert refused[0] == refused[4] == ""
    assert refused[1] in {"reader_crashed", "too_much_memory", "no_text", "too_slow", "broken_pdf"}
    assert refused[2:4] == ["no_text", "empty_file"]
    assert outcomes[4].value.resume.phone == "+8613812345678"


def never_ends(_: Reading) -> None:
    while True:
        pass


def hangs(_: Reading) -> None:
    threading.Event().wait()


@pytest.mark.parametrize("then", [never_ends, hangs])
def test_a_reader_that_does_not_come_back_is_given_up(then: Callable[[Reading], None]) -> None:
    limits = replace(DEFAULT_LIMITS, time_s=0.4)
    with ReaderPool(AS_OF, then=then, workers=1, limits=limits, ocr=False) as pool:
        [outcome] = pool.read([Source("a.txt", RESUME)])
    assert outcome.refusal is not None
    assert outcome.refusal.reason == "too_slow"


@pytest.mark.parametrize(
    ("passed_s", "used_s", "overdue"),
    [
        (19, 19, False),
        (21, 20.5, True),
        (60, 12, False),  # three others wanted the processor
        (60, 0.1, True),  # nobody did: it hangs
        (121, 19, True),
        (21, None, True),  # where no system tells what was used
    ],
)
def test_a_busy_machine_is_not_held_against_a_file(
    monkeypatch: pytest.MonkeyPatch, passed_s: float, used_s: float | None, overdue: bool
) -> None:
    used = iter([3.0, None if used_s is None else 3.0 + used_s])
    monkeypatch.setattr(isolated, "_processor_s", lambda _pid: next(used))
    monkeypatch.setattr("touchstone.engine.resumes.isolated.time.monotonic", lambda: 1000.0)
    worker = isolated._Worker(SimpleNamespace(pid=1), SimpleNamespace(), 20.0)  # type: ignore[arg-type]
    worker.begin()
    assert worker.is_overdue(1000.0 + passed_s) is overdue


def resident_kib() -> int:
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_memory_of_a_worker_stays_small() -> None:
    """The peak of a fresh process that reads every format, recognition apart."""
    import subprocess
    import sys

    code = (
        "from tests.engine.resumes.corpus import samples\n"
        "from touchstone.engine.resumes.extract import extract\n"
        "from touchstone.engine.resumes.parse import parse\n"
        "from touchstone.engine.resumes.skills import find_skills\n"
        "import datetime as dt\n"
        "from tests.engine.resumes.test_faults import resident_kib\n"
        "for s in samples(28):\n"
        "    d = extract(s.data, s.name)\n"
        "    find_skills(d.text, parse(d, dt.date(2026, 11, 1)))\n"
        "print(resident_kib())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < MEMORY_KIB
