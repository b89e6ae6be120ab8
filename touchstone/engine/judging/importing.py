"""Problems of other judges made into packages: FPS XML, QDUOJ, Hydro and Polygon exports.

What such a file holds is taken as it is: statement with pictures, limits, samples, hidden tests
with their points, checkers and interactors in C++, the authors' solutions. What does not come
through is said in a note. Archives are read with caps on entries and bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from touchstone.engine.judging.foreign import fps, hydro, polygon, qduoj
from touchstone.engine.judging.foreign.checkers import HEADER
from touchstone.engine.judging.foreign.draft import Draft, Maker
from touchstone.engine.judging.foreign.reading import entries, refuse
from touchstone.engine.judging.foreign.writing import Imported, folder_name, write

__all__ = ["Imported", "folder_name", "import_problems"]


def import_problems(
    data: bytes, name: str, out: Path, *, testlib: bytes = b"", make: Maker | None = None
) -> list[Imported]:
    """Writes one package for each problem in the file.

    Args:
        name: of the file, for errors.
        out: the folder that the packages go into; existing packages are left alone.
        make: runs the authors' generators and main solution for tests that the file lacks.
        testlib: ``testlib.h``, for checkers that need it in files that do not bring it.

    Raises:
        InvalidInput: of none of the four kinds, damaged, or too large; nothing was written.
    """
    drafts = list(_drafts(data, name, {HEADER: testlib} if testlib else {}, make))
    if not drafts:
        refuse(name)
    return [write(draft, out) for draft in drafts]


def _drafts(
    data: bytes, name: str, headers: dict[str, bytes], make: Maker | None
) -> Iterator[Draft]:
    if data[:2] != b"PK":
        yield from fps.drafts(data, name, headers)
        return
    files = entries(data, name)
    found = next((files[p] for p in files if PurePosixPath(p).name == HEADER), b"")
    if found and not headers:
        headers = {HEADER: found}
    names = {PurePosixPath(path).name for path in files}
    if "problem.xml" in names:
        yield from polygon.drafts(files, name, headers, make)
    elif "problem.json" in names:
        yield from qduoj.drafts(files, name)
    elif "problem.yaml" in names:
        yield from hydro.drafts(files, headers)
    else:
        for path, content in sorted(files.items()):
            if path.lower().endswith(".xml"):
                yield from fps.drafts(content, path, headers)
