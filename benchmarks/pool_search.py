"""A generated pool: searches in milliseconds of processor time, the index in bytes a person.

python benchmarks/pool_search.py [--people 1000000] [--database FILE]
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

QUERIES = (
    "冷启动，懂标注质量",
    "PyTorch 5 年以上",
    "大模型微调，硕士以上，不要客服",
    "data labelling quality, at least 3 years",
    "电商推荐 排序模型",
    "医疗影像 标注 质检",
    "senior prompt engineering evaluation",
    "Python SQL 数据清洗",
    "A/B 实验 点击率",
    "RAG 检索增强 评测",
)


def prepare(path: Path) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="touchstone.config.settings",
        TOUCHSTONE_DATA_DIR=str(path),
        TOUCHSTONE_ENV_FILE=os.devnull,
    )
    from touchstone.cli.site import prepare_database, start_django

    start_django()
    prepare_database()


def fill(people: int) -> float:
    """Writes entries and index; returns the index's bytes a person."""
    from django.db import connection

    from touchstone.accounts.models import Branch
    from touchstone.common.clock import utc_now
    from touchstone.engine.matching.terms import MOST_YEARS
    from touchstone.engine.text.taxonomy import taxonomy
    from touchstone.recruiting.models import Candidate, PoolEntry, PoolPosting
    from touchstone.recruiting.services.pool import entry_index_bulk

    now = utc_now()
    branch = Branch.objects.create(name="总部", created_at=now)
    known = taxonomy()
    concepts = sorted(known.concepts)
    rng = random.Random(1)
    popular = [1 / (rank + 3) for rank in range(len(concepts))]
    words = [
        f"w:{chr(0x4E00 + rng.randrange(3000))}{chr(0x4E00 + rng.randrange(3000))}"
        for _ in range(20000)
    ]
    step = 50_000
    for start in range(0, people, step):
        block = range(start, min(people, start + step))
        Candidate.objects.bulk_create(
            (Candidate(pk=n + 1, branch=branch, name=f"人{n}", created_at=now) for n in block),
            batch_size=5000,
        )
        entries, rows = [], []
        for n in block:
            terms: dict[str, int] = {}
            for concept in rng.choices(concepts, popular, k=18):
                weight = rng.choice((70, 150, 230))
                terms[f"c:{concept}"] = max(terms.get(f"c:{concept}", 0), weight)
                for above in known.ancestors(concept):
                    term = f"c:{above}"
                    terms[term] = max(terms.get(term, 0), round(0.6 * weight))
            for word in rng.choices(words, k=25):
                terms[word] = 120
            terms[f"#years:{min(MOST_YEARS, int(rng.expovariate(0.2)))}"] = 255
            terms[f"#degree:{rng.choice(('associate', 'bachelor', 'bachelor', 'master'))}"] = 255
            terms[f"#branch:{branch.ref}"] = 255
            terms["#language:zh"] = 255
            rows.append((n + 1, terms))
            entries.append(
                PoolEntry(
                    pk=n + 1,
                    candidate_id=n + 1,
                    branch=branch,
                    added_at=now,
                    expires_at=now.replace(year=now.year + 2),
                )
            )
        PoolEntry.objects.bulk_create(entries, batch_size=5000)
        _index(rows, entry_index_bulk, start)
        print(f"{min(people, start + step):,} people", flush=True)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT SUM(pgsize) FROM dbstat WHERE name LIKE '%poolposting%' "
                "OR name = 'posting_once' OR name LIKE 'sqlite_autoindex_recruiting_poolposting%'"
            )
            size = cursor.fetchone()[0] or 0
        else:
            cursor.execute("SELECT pg_total_relation_size(%s)", [PoolPosting._meta.db_table])
            size = cursor.fetchone()[0]
    return float(size) / people


def _index(
    rows: list[tuple[int, dict[str, int]]],
    bulk: Callable[[list[tuple[int, dict[str, int]]]], int],
    start: int,
) -> None:
    """Blocks of 50,000 do not end at segments of 32,768: the shared segment is merged."""
    from touchstone.engine.matching.postings import SEGMENT, pack, unpack
    from touchstone.recruiting.models import PoolPosting

    first = (start + 1) // SEGMENT
    shared = [row for row in rows if row[0] // SEGMENT == first]
    rest = [row for row in rows if row[0] // SEGMENT != first]
    bulk(rest)
    held: dict[str, dict[int, int]] = {}
    for row in PoolPosting.objects.filter(segment=first):
        ids, weights = unpack((bytes(row.ids), bytes(row.weights)), 0)
        held[row.term] = dict(zip(ids.tolist(), weights.tolist(), strict=True))
    PoolPosting.objects.filter(segment=first).delete()
    for number, terms in shared:
        for term, weight in terms.items():
            held.setdefault(term, {})[number % SEGMENT] = weight
    fresh = []
    for term, places in held.items():
        row_ids, row_weights = pack(places)
        fresh.append(PoolPosting(term=term, segment=first, ids=row_ids, weights=row_weights))
    PoolPosting.objects.bulk_create(fresh, batch_size=2000)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path)
    args = parser.parse_args()
    folder = args.data or Path(tempfile.mkdtemp(prefix="touchstone-pool-"))
    prepare(folder)
    from touchstone.accounts.models import Branch
    from touchstone.common.clock import utc_now
    from touchstone.engine.matching.query import for_model, understand
    from touchstone.engine.profiles.model import model_templates
    from touchstone.recruiting.models import PoolEntry
    from touchstone.recruiting.pool_search import _run

    if not PoolEntry.objects.exists():
        started = time.perf_counter()
        size = fill(args.people)
        print(f"index {size:.0f} bytes a person, filled in {time.perf_counter() - started:.0f} s")
    branches = list(Branch.objects.all())
    now = utc_now()
    for name, queries in (
        ("words and filters", [understand(q) for q in QUERIES]),
        ("position → 50", [for_model(d) for d in model_templates().values()]),
    ):
        took = []
        for _ in range(3):
            for query in queries:
                started = time.process_time()
                found = _run(query, None, now, 50, branches=branches)
                took.append(1000 * (time.process_time() - started))
        took.sort()
        print(
            f"{name}: median {statistics.median(took):.0f} ms, "
            f"p95 {took[int(0.95 * len(took)) - 1]:.0f} ms, last found {found.total:,}"
        )


if __name__ == "__main__":
    main()
