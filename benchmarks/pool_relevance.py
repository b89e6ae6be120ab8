"""How well the pool's search orders people, against the full-text search of SQLite and PostgreSQL.

Profiles are written from topics with a known strength (result, used, listed, denied, wished for)
in both languages; queries ask for topics in other words than the profiles use. Relevance: 3 result,
2 used, 1 listed, 0 otherwise; for two topics the lower plus a third of the higher; who has what is
not wanted counts 0. nDCG@10, mean over queries.

Neither database splits Chinese into words. So each is asked twice: as it comes (what stands between
two blanks or marks is a word), and with texts and queries split into pairs of characters first, as
one would do by hand; SQLite also with its trigrams, PostgreSQL also with English stems. Words are
joined by OR, for with AND most queries find nobody. PostgreSQL is started for the run.

python benchmarks/pool_relevance.py
"""

from __future__ import annotations

import argparse
import contextlib
import math
import random
import re
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.postgres import program_folder, server
from touchstone.engine.matching.postings import pack
from touchstone.engine.matching.query import understand
from touchstone.engine.matching.ranking import rank
from touchstone.engine.matching.terms import PersonText, person_terms, shown_concepts, tokens

# topic: (said in Chinese profiles, said in English profiles, asked in Chinese, asked in English)
TOPICS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str, str]] = {
    "pytorch": (("PyTorch", "torch 框架"), ("PyTorch", "torch"), "PyTorch", "pytorch"),
    "finetune": (
        ("模型微调", "LoRA 微调"),
        ("fine-tuned models", "LoRA fine-tuning"),
        "微调",
        "fine-tuning",
    ),
    "labelling": (
        ("数据标注", "标注"),
        ("data labeling", "annotation"),
        "数据标注",
        "data annotation",
    ),
    "guideline": (
        ("标注规范", "标注手册"),
        ("annotation guidelines", "labeling guideline"),
        "标注规范",
        "annotation guideline",
    ),
    "kappa": (
        ("标注一致性", "Kappa"),
        ("inter-annotator agreement", "Cohen's kappa"),
        "标注一致性",
        "inter-annotator agreement",
    ),
    "cleaning": (
        ("数据清洗", "脏数据清理"),
        ("data cleaning", "cleaned raw data"),
        "数据清洗",
        "data cleaning",
    ),
    "prompt": (
        ("提示词工程", "提示词"),
        ("prompt engineering", "prompts"),
        "提示词",
        "prompt engineering",
    ),
    "rag": (
        ("RAG", "检索增强生成"),
        ("RAG", "retrieval-augmented generation"),
        "检索增强",
        "retrieval augmented generation",
    ),
    "abtest": (("A/B 测试", "AB 实验"), ("A/B testing", "A/B tests"), "A/B 实验", "A/B test"),
    "recsys": (
        ("推荐系统", "推荐排序"),
        ("recommender systems", "recommendation"),
        "推荐系统",
        "recommender system",
    ),
    "coldstart": (
        ("冷启动", "新品冷启动"),
        ("cold start", "cold-start items"),
        "冷启动",
        "cold start",
    ),
    "ecommerce": (("电商", "电商平台"), ("e-commerce", "online retail"), "电商", "ecommerce"),
    "medical": (
        ("医疗影像", "医学影像"),
        ("medical imaging", "medical images"),
        "医疗影像",
        "medical imaging",
    ),
    "service": (
        ("客服", "智能客服"),
        ("customer service", "call centre"),
        "客服",
        "customer service",
    ),
    "moderation": (
        ("内容审核", "内容安全"),
        ("content moderation", "moderation"),
        "内容审核",
        "content moderation",
    ),
    "python": (("Python", "Python 脚本"), ("Python", "Python scripts"), "Python", "python"),
    "sql": (("SQL", "SQL 查询"), ("SQL", "SQL queries"), "SQL", "sql"),
    "evaluation": (
        ("模型评测", "评测集"),
        ("model evaluation", "evaluation sets"),
        "模型评测",
        "model evaluation",
    ),
    "active": (("主动学习",), ("active learning",), "主动学习", "active learning"),
    "rlhf": (
        ("RLHF", "人类反馈强化学习"),
        ("RLHF", "human feedback"),
        "RLHF",
        "reinforcement learning from human feedback",
    ),
    "bert": (("BERT", "BERT 分类"), ("BERT", "BERT classifier"), "BERT", "bert"),
    "detection": (
        ("目标检测", "YOLO"),
        ("object detection", "YOLO"),
        "目标检测",
        "object detection",
    ),
    "speech": (
        ("语音识别", "ASR"),
        ("speech recognition", "ASR"),
        "语音识别",
        "speech recognition",
    ),
    "augmentation": (("数据增强",), ("data augmentation",), "数据增强", "data augmentation"),
}
STRENGTHS = ("result", "used", "listed", "denied", "wished")
ODDS = (2, 3, 3, 1, 1)
GAIN = {"result": 3.0, "used": 2.0, "listed": 1.0}
ZH = {
    "result": ("负责{t}，准确率提升 {n} 个百分点。", "主导{t}，错误率下降 {n}%。"),
    "used": ("负责{t}，支持团队日常工作。", "在项目中使用{t}完成交付。"),
    "listed": ("技能：{t}",),
    "denied": ("没有做过{t}。",),
    "wished": ("希望今后学习{t}。",),
}
EN = {
    "result": ("Led {t}, raising accuracy by {n} points.", "Owned {t}, cutting errors by {n}%."),
    "used": ("Worked on {t} for the team.", "Used {t} in daily projects."),
    "listed": ("Skills: {t}",),
    "denied": ("No experience with {t}.",),
    "wished": ("Hope to learn {t} in the future.",),
}


@dataclass
class Profile:
    """A written person and the truth about them."""

    text: str
    language: str
    years: int
    truth: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Query:
    """What is asked: topics wanted, one not wanted, years at least, seniority liked."""

    words: str
    wanted: tuple[str, ...]
    unwanted: str = ""
    years: int = 0
    senior: bool = False


def profiles(count: int, rng: random.Random) -> list[Profile]:
    rows = []
    for _ in range(count):
        language = rng.choice(("zh", "zh", "en"))
        person = Profile("", language, rng.randrange(12))
        lines = ["2019 年至今 AI 训练师" if language == "zh" else "AI trainer since 2019"]
        for topic in rng.sample(sorted(TOPICS), rng.randint(3, 7)):
            strength = rng.choices(STRENGTHS, ODDS)[0]
            said = rng.choice(TOPICS[topic][0 if language == "zh" else 1])
            pattern = rng.choice((ZH if language == "zh" else EN)[strength])
            lines.append(pattern.format(t=said, n=rng.randint(2, 15)))
            person.truth[topic] = strength
        person.text = "\n".join(lines)
        rows.append(person)
    return rows


def queries(rng: random.Random) -> list[Query]:
    rows = [Query(asked, (topic,)) for topic, (_z, _e, asked, _q) in TOPICS.items()]
    rows += [Query(asked, (topic,)) for topic, (_z, _e, _a, asked) in sorted(TOPICS.items())[::2]]
    names = sorted(TOPICS)
    for k in range(14):
        a, b = rng.sample(names, 2)
        side = 2 if k % 2 else 3
        joined = "，懂" if side == 2 else " and "
        rows.append(Query(f"{TOPICS[a][side]}{joined}{TOPICS[b][side]}", (a, b)))
    for k in range(10):
        a, b = rng.sample(names, 2)
        if k % 2:
            rows.append(Query(f"{TOPICS[a][2]}，不要{TOPICS[b][2]}", (a,), unwanted=b))
        else:
            rows.append(Query(f"{TOPICS[a][3]}, not {TOPICS[b][3]}", (a,), unwanted=b))
    for k in range(8):
        a = rng.choice(names)
        if k % 2:
            rows.append(Query(f"5 年以上 {TOPICS[a][2]}", (a,), years=5))
        else:
            rows.append(Query(f"资深 {TOPICS[a][2]}", (a,), senior=True))
    return rows


def gain(query: Query, person: Profile) -> float:
    if query.unwanted and person.truth.get(query.unwanted) in GAIN:
        return 0.0
    if person.years < query.years:
        return 0.0
    gains = sorted(GAIN.get(person.truth.get(topic, ""), 0.0) for topic in query.wanted)
    value = gains[0] + (gains[-1] / 3 if len(gains) > 1 else 0.0)
    return value * (1.25 if query.senior and person.years >= 5 else 1.0)


def ndcg(order: list[int], query: Query, people: list[Profile]) -> float:
    def discounted(gains: list[float]) -> float:
        return sum(g / math.log2(place + 2) for place, g in enumerate(gains[:10]))

    best = discounted(sorted((gain(query, p) for p in people), reverse=True))
    return discounted([gain(query, people[n]) for n in order[:10]]) / best if best else 1.0


class Ours:
    def __init__(self, people: list[Profile]) -> None:
        held: dict[str, dict[int, int]] = {}
        for number, person in enumerate(people):
            document = PersonText(text=person.text, years=person.years, language=person.language)
            for term, weight in person_terms(document, shown_concepts(document)).items():
                held.setdefault(term, {})[number] = weight
        self.postings = {term: {0: pack(places)} for term, places in held.items()}
        self.size = len(people)

    def search(self, query: Query) -> list[int]:
        found = rank(understand(query.words), self.postings, self.size, 10).found
        return [row.number for row in found]


class FullText:
    """FTS5 with a tokenizer; terms joined by OR, ordered by bm25; pairs of characters for
    Chinese where the tokenizer cannot split it."""

    def __init__(self, people: list[Profile], tokenizer: str, pairs: bool) -> None:
        self.pairs = pairs
        self.database = sqlite3.connect(":memory:")
        self.database.execute(f"CREATE VIRTUAL TABLE t USING fts5(x, tokenize='{tokenizer}')")
        for number, person in enumerate(people):
            text = " ".join(tokens(person.text)) if pairs else person.text
            self.database.execute("INSERT INTO t(rowid, x) VALUES (?, ?)", (number + 1, text))

    def search(self, query: Query) -> list[int]:
        words = tokens(query.words) if self.pairs else query.words.replace("，", " ").split()
        match = " OR ".join(f'"{w.replace(chr(34), "")}"' for w in words)
        rows = self.database.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank, rowid LIMIT 10", (match,)
        )
        return [row[0] - 1 for row in rows]


class PostgresText:
    """A tsvector of one configuration with its GIN index, ordered by ts_rank."""

    def __init__(
        self, connection: Any, name: str, people: list[Profile], configuration: str, pairs: bool
    ) -> None:
        self.connection, self.name = connection, name
        self.configuration, self.pairs = configuration, pairs
        connection.execute(f"CREATE TABLE {name} (id int PRIMARY KEY, x tsvector)")
        for number, person in enumerate(people):
            text = " ".join(tokens(person.text)) if pairs else person.text
            connection.execute(
                f"INSERT INTO {name} VALUES (%s, to_tsvector(%s::regconfig, %s))",
                (number, configuration, text),
            )
        connection.execute(f"CREATE INDEX ON {name} USING gin (x)")

    def search(self, query: Query) -> list[int]:
        words = tokens(query.words) if self.pairs else re.split(r"[\s，。、,]+", query.words)
        asked = " OR ".join(f'"{w.replace(chr(34), "")}"' for w in words if w)
        rows = self.connection.execute(
            "WITH q AS (SELECT websearch_to_tsquery(%s::regconfig, %s) AS q) "
            f"SELECT id FROM {self.name}, q WHERE x @@ q ORDER BY ts_rank(x, q) DESC, id LIMIT 10",
            (self.configuration, asked),
        )
        return [row[0] for row in rows]


@contextlib.contextmanager
def postgres_systems(people: list[Profile]) -> Iterator[dict[str, PostgresText]]:
    """PostgreSQL's searches while its server runs; none where it is not installed."""
    programs = program_folder()
    if programs is None:
        yield {}
        return
    import psycopg

    with server(programs) as address, psycopg.connect(address, autocommit=True) as connection:
        yield {
            "PostgreSQL simple": PostgresText(connection, "plain", people, "simple", pairs=False),
            "PostgreSQL english": PostgresText(connection, "stems", people, "english", pairs=False),
            "PostgreSQL on pairs": PostgresText(connection, "pairs", people, "simple", pairs=True),
        }


class System(Protocol):
    def search(self, query: Query) -> list[int]: ...


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    people = profiles(args.people, rng)
    asked = queries(rng)
    systems: dict[str, System] = {
        "pool": Ours(people),
        "FTS5 unicode61": FullText(people, "unicode61", pairs=False),
        "FTS5 trigram": FullText(people, "trigram", pairs=False),
        "FTS5 on pairs": FullText(people, "unicode61", pairs=True),
    }
    with postgres_systems(people) as more:
        compare({**systems, **more}, asked, people)
    if not more:
        print("PostgreSQL is not installed; its rows are missing")


def compare(systems: dict[str, System], asked: list[Query], people: list[Profile]) -> None:
    """Prints each system's mean over all queries, and over the Chinese and the English ones."""
    own = None
    print(f"{len(asked)} queries, {len(people)} people")
    print(f"{'':<20} {'nDCG@10':>8} {'behind':>7} {'Chinese':>8} {'English':>8}")
    for name, system in systems.items():
        scores = [ndcg(system.search(query), query, people) for query in asked]
        mean = sum(scores) / len(scores)
        own = mean if own is None else own
        of = {
            chinese: [
                s
                for s, q in zip(scores, asked, strict=True)
                if chinese == any(c > "㐀" for c in q.words)
            ]
            for chinese in (True, False)
        }
        sides = [f"{sum(part) / len(part):8.3f}" for part in of.values()]
        print(f"{name:<20} {mean:8.3f} {own - mean:7.3f} {' '.join(sides)}")
    worst = sorted((ndcg(systems["pool"].search(q), q, people), q.words) for q in asked)[:6]
    print("weakest:", "; ".join(f"{words} {score:.2f}" for score, words in worst))


if __name__ == "__main__":
    main()
