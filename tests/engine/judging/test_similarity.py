"""Code in common: changed names and order do not hide it, what everybody has is no sign."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys

import pytest

from touchstone.engine.judging.similarity import Program, likenesses

ORIGINAL = '''
import pandas as pd
from collections import defaultdict

def read_items(path):
    """Labels of each item."""
    votes = defaultdict(list)
    frame = pd.read_csv(path)
    for row in frame.to_dict("records"):
        votes[row["item"]].append((row["worker"], row["label"]))
    return votes

def weights_of(votes, rounds=5):
    weight = defaultdict(lambda: 1.0)
    for _ in range(rounds):
        right, seen = defaultdict(float), defaultdict(int)
        for item, given in votes.items():
            totals = defaultdict(float)
            for worker, label in given:
                totals[label] += weight[worker]
            best = max(sorted(totals), key=totals.get)
            for worker, label in given:
                seen[worker] += 1
                right[worker] += label == best
        for worker in seen:
            weight[worker] = (right[worker] + 1) / (seen[worker] + 2)
    return weight

def decide(votes, weight):
    answers = {}
    for item in sorted(votes):
        totals = defaultdict(float)
        for worker, label in votes[item]:
            totals[label] += weight[worker]
        answers[item] = max(sorted(totals), key=totals.get)
    return answers

votes = read_items("labels.csv")
for item, label in decide(votes, weights_of(votes)).items():
    print(item, label)
'''
OWN_WAY = """
import csv
import numpy as np

with open("labels.csv", newline="") as handle:
    rows = list(csv.DictReader(handle))
items = sorted({r["item"] for r in rows})
workers = sorted({r["worker"] for r in rows})
classes = sorted({r["label"] for r in rows})
table = np.zeros((len(items), len(workers), len(classes)))
for r in rows:
    table[items.index(r["item"]), workers.index(r["worker"]), classes.index(r["label"])] = 1
belief = table.sum(axis=1)
belief /= belief.sum(axis=1, keepdims=True)
while True:
    confusion = np.einsum("ik,iwl->wkl", belief, table) + 0.1
    confusion /= confusion.sum(axis=2, keepdims=True)
    prior = belief.mean(axis=0)
    logs = np.log(prior) + np.einsum("iwl,wkl->ik", table, np.log(confusion))
    new = np.exp(logs - logs.max(axis=1, keepdims=True))
    new /= new.sum(axis=1, keepdims=True)
    if np.abs(new - belief).max() < 1e-6:
        break
    belief = new
for name, row in zip(items, belief):
    print(name, classes[int(row.argmax())])
"""


def renamed(source: str) -> str:
    """The same program with other names, spacing, comments and texts."""
    for old, new in (
        ("votes", "collected"),
        ("weights_of", "trust_level"),
        ("worker", "annotator"),
        ("totals", "tally"),
        ("answers", "result"),
    ):
        source = re.sub(rf"\b{old}\b", new, source)
    return "# my own work\n" + source.replace(" = ", "  =  ").replace('"labels.csv"', "'l.csv'")


def moved(source: str) -> str:
    """The functions in another order."""
    head, read, weigh, rest = re.split(r"(?m)^(?=def )", source)
    decide, main = re.split(r"(?m)^(?=votes = )", rest)
    return head + decide + weigh + read + main


@pytest.mark.parametrize("change", [renamed, moved, lambda s: renamed(moved(s))])
def test_a_changed_copy_is_found_and_its_parts_marked(change: object) -> None:
    copy = change(ORIGINAL)  # type: ignore[operator]
    (pair,) = likenesses(
        [Program("a", ORIGINAL), Program("b", copy), Program("c", OWN_WAY)], "python"
    )
    assert (pair.first, pair.second) == ("a", "b")
    assert pair.first_share > 0.85
    assert pair.second_share > 0.85
    marked = "".join(ORIGINAL[slice(*run.first)] for run in pair.runs)
    assert "def weights_of" in marked
    for run in pair.runs:
        inside = ORIGINAL[slice(*run.first)], copy[slice(*run.second)]
        assert inside[0].count("defaultdict") == inside[1].count("defaultdict")
        assert inside[0].count("for ") == inside[1].count("for ")


def test_marked_parts_do_not_overlap() -> None:
    doubled = ORIGINAL + ORIGINAL.replace("labels.csv", "again.csv")
    (pair,) = likenesses([Program("a", doubled), Program("b", ORIGINAL)], "python")
    for side in ("first", "second"):
        ranges = sorted(getattr(run, side) for run in pair.runs)
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(ranges))


def test_different_ways_are_not_alike() -> None:
    assert likenesses([Program("a", ORIGINAL), Program("b", OWN_WAY)], "python") == ()


def test_code_the_problem_gave_is_not_counted() -> None:
    first = ORIGINAL + OWN_WAY
    second = ORIGINAL + "\nprint(sum(len(given) for given in votes.values()) / len(votes))\n" * 4
    pair = [Program("a", first), Program("b", second)]
    assert likenesses(pair, "python")
    assert likenesses(pair, "python", given=[ORIGINAL]) == ()


def test_what_many_write_is_not_counted() -> None:
    few = [Program(f"p{n}", ORIGINAL + f"\nprint({n})\n") for n in range(3)]
    assert len(likenesses(few, "python")) == 3
    many = [Program(f"p{n}", ORIGINAL + f"\nprint({n})\n") for n in range(8)]
    assert likenesses(many, "python") == ()


def test_short_programs_say_nothing() -> None:
    short = "a, b = map(int, input().split())\nprint(a + b)\n"
    assert likenesses([Program("a", short), Program("b", short)], "python") == ()


def test_order_of_the_programs_changes_nothing() -> None:
    programs = [Program("a", ORIGINAL), Program("b", renamed(ORIGINAL)), Program("c", OWN_WAY)]
    assert likenesses(programs, "python") == likenesses(programs[::-1], "python")


CPP = """#include <bits/stdc++.h>
using namespace std;
int main(){int n;cin>>n;vector<long long> a(n);for(auto&x:a)cin>>x;sort(a.begin(),a.end());
long long s=0;for(int i=0;i<n;i++){s+=a[i]*(i+1);if(s>1000000007)s%=1000000007;}cout<<s<<endl;}
"""
CPP_AGAIN = """#include <bits/stdc++.h>
using namespace std;
// sums
int main() {
  int m; cin >> m;
  vector<long long> v(m);
  for (auto& y : v) cin >> y;
  sort(v.begin(), v.end());
  long long t = 0;
  for (int k = 0; k < m; k++) { t += v[k] * (k + 1); if (t > 1000000007) t %= 1000000007; }
  cout << t << endl;
}
"""
SQL = """SELECT w.name, COUNT(*) AS n, AVG(CASE WHEN l.label = g.label THEN 1.0 ELSE 0 END) AS q
FROM worker w JOIN label l ON l.worker = w.id JOIN gold g ON g.item = l.item
WHERE l.at >= '2026-01-01' GROUP BY w.name HAVING COUNT(*) > 10 ORDER BY q DESC
UNION ALL SELECT 'all', SUM(CASE WHEN l.at > '2026-03-01' THEN 1 ELSE 0 END), MAX(l.seconds)
FROM label l LEFT JOIN gold g ON g.item = l.item WHERE g.item IS NULL AND l.seconds < 900"""
SQL_AGAIN = """select a.name, count(*) as m, avg(case when b.label = c.label then 1.0 else 0 end)
as quality from worker a join label b on b.worker = a.id join gold c on c.item = b.item
where b.at >= '2025-06-01'
group by a.name having count(*) > 20 order by quality desc
union all select 'in all', sum(case when b.at > '2025-09-01' then 1 else 0 end), max(b.seconds)
from label b left join gold c on c.item = b.item
where c.item is null and b.seconds < 600"""


@pytest.mark.parametrize(
    ("language", "one", "other"), [("cpp", CPP, CPP_AGAIN), ("sql", SQL, SQL_AGAIN)]
)
def test_other_languages(language: str, one: str, other: str) -> None:
    (pair,) = likenesses([Program("a", one), Program("b", other)], language)
    assert pair.share > 0.75


@pytest.mark.parametrize("odd", ["", "\x00\ud800", "def f(:\n" * 50, "'" * 999, "（）；" * 200])
def test_odd_sources_do_no_harm(odd: str) -> None:
    pairs = likenesses([Program("a", odd), Program("b", odd), Program("c", ORIGINAL)], "python")
    assert all({p.first, p.second} == {"a", "b"} for p in pairs)


def test_the_same_in_another_process() -> None:
    script = (
        "import sys; from tests.engine.judging.test_similarity import ORIGINAL, renamed\n"
        "from touchstone.engine.judging.similarity import Program, likenesses\n"
        "p = [Program('a', ORIGINAL), Program('b', renamed(ORIGINAL))]\n"
        "print(likenesses(p, 'python'))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_the_same_word_over_and_over_is_one_stretch() -> None:
    source = "async def f():\n    return " + "await " * 20_000 + "x"
    (pair,) = likenesses([Program("a", source), Program("b", source)], "python")
    assert len(pair.runs) == 1


def test_a_copied_table_of_numbers_goes_with_the_code_around_it() -> None:
    table = ORIGINAL + "numbers = [" + "0, " * 500 + "1]\n"
    (pair,) = likenesses([Program("a", table), Program("b", renamed(table))], "python")
    assert pair.first_share > 0.9
