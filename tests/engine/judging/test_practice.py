"""Practice checks: what a program does with its data, not the words in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.engine.judging.labelled_programs import SETS, Figures, figures, judged, programs
from touchstone.common.messages import render
from touchstone.engine.judging.dataflow import Follower
from touchstone.engine.judging.loading import load_problem
from touchstone.engine.judging.practice import CHECKS, check_source, practice_findings
from touchstone.engine.judging.problem import Problem

READ = """
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
"""

# check, passes, program behind READ
PROGRAMS: tuple[tuple[str, bool, str], ...] = (
    ("split_before_fit", False, """
scaled = StandardScaler().fit_transform(train[["a", "b"]])
x, v, y, w = train_test_split(scaled, train["y"], random_state=0)
"""),
    ("split_before_fit", False, """
scaler = StandardScaler()
features = train.drop(columns=["y"])
scaler.fit(features)
x, v = train_test_split(features, random_state=0)
"""),
    ("split_before_fit", False, """
def prepare(data):
    return StandardScaler().fit_transform(data)
everything = prepare(train[["a"]])
x, v = train_test_split(everything, random_state=0)
"""),
    ("split_before_fit", True, """
x, v, y, w = train_test_split(train[["a"]], train["y"], random_state=0)
scaler = StandardScaler().fit(x)
model = LogisticRegression().fit(scaler.transform(x), y)
"""),
    ("split_before_fit", True, """
scaler = StandardScaler().fit(train[["a"]])
model = LogisticRegression().fit(scaler.transform(train[["a"]]), train["y"])
"""),
    ("split_before_fit", True, """
# scaled = StandardScaler().fit_transform(train) before the split
if False:
    scaled = StandardScaler().fit_transform(train[["a"]])
x, v = train_test_split(train[["a"]], random_state=0)
"""),
    ("no_test_fit", False, """
scaler = StandardScaler()
scaler.fit(test[["a"]])
"""),
    ("no_test_fit", False, """
both = pd.concat([train[["a"]], test[["a"]]])
scaled = StandardScaler().fit_transform(both)
"""),
    ("no_test_fit", False, """
x, v, y, w = train_test_split(train[["a"]], train["y"], random_state=0)
model = LogisticRegression().fit(v, w)
"""),
    ("no_test_fit", True, """
model = LogisticRegression().fit(train[["a"]], train["y"])
model.predict(test[["a"]])
"""),
    ("no_test_fit", True, """
def unused():
    StandardScaler().fit(test)
model = LogisticRegression().fit(train[["a"]], train["y"])
"""),
    ("no_label_in_features", False, """
model = LogisticRegression()
model.fit(train, train["y"])
"""),
    ("no_label_in_features", False, """
columns = ["a", "b", "y"]
model = LogisticRegression().fit(train[columns], train["y"])
"""),
    ("no_label_in_features", True, """
model = LogisticRegression().fit(train.drop(columns=["y"]), train["y"])
"""),
    ("no_label_in_features", True, """
columns = ["a", "b"]
model = LogisticRegression().fit(train[columns], train["y"])
"""),
    ("no_label_in_features", True, """
target = train["y"]
features = train[["a"]].fillna(0)
model = LogisticRegression().fit(features, target)
"""),
    ("seeds", False, "x, v = train_test_split(train)\n"),
    ("seeds", False, """
model = RandomForestClassifier(n_estimators=10).fit(train[['a']], train['y'])
"""),
    ("seeds", False, "order = np.random.permutation(10)\n"),
    ("seeds", True, "x, v = train_test_split(train, random_state=3)\n"),
    ("seeds", True, "np.random.seed(3)\norder = np.random.permutation(10)\n"),
    ("seeds", True, "rng = np.random.default_rng(3)\norder = rng.permutation(10)\n"),
    ("seeds", True, "model = LogisticRegression().fit(train[['a']], train['y'])\n"),
    ("vectorised", False, """
total = 0
for number, row in train.iterrows():
    total += row["a"]
"""),
    ("vectorised", False, """
data = train.to_numpy()
out = np.zeros((10, 10))
for i in range(10):
    for j in range(10):
        out[i][j] = data[i][j] * 2 + data[j][i]
"""),
    ("vectorised", True, "total = train['a'].sum() * 2\n"),
    ("vectorised", True, """
for name in ['a', 'b']:
    train[name] = train[name] / train[name].std()
"""),
    ("held_out_evaluation", True, """
x, v, y, w = train_test_split(train[["a"]], train["y"], random_state=0)
model = LogisticRegression().fit(x, y)
print(accuracy_score(w, model.predict(v)))
"""),
    ("held_out_evaluation", True, """
from sklearn.model_selection import cross_val_score
print(cross_val_score(LogisticRegression(), train[["a"]], train["y"]).mean())
"""),
    ("held_out_evaluation", False, """
model = LogisticRegression().fit(train[["a"]], train["y"])
print(accuracy_score(train["y"], model.predict(train[["a"]])))
"""),
    ("held_out_evaluation", False, "print('accuracy_score on held-out data is 0.9')\n"),
    ("augmentation", True, """
images = np.load("train.npy")
turned = np.rot90(images)
model = LogisticRegression().fit(np.concatenate([images, turned]), train["y"])
"""),
    ("augmentation", False, """
# np.rot90(images) would be augmentation
images = np.load("train.npy")
model = LogisticRegression().fit(images, train["y"])
"""),
    ("augmentation", False, """
images = np.load("train.npy")
def augment(x):
    return np.rot90(x)
model = LogisticRegression().fit(images, train["y"])
"""),
)  # fmt: skip


@pytest.mark.parametrize(("check", "passes", "program"), PROGRAMS)
def test_checks(check: str, passes: bool, program: str) -> None:
    (finding,) = check_source((READ + program).encode(), [check], label="y")
    assert finding.passed is passes, program
    if not passes and (check != "held_out_evaluation" or "fit" in program):
        assert finding.line is not None
        assert finding.line > READ.count("\n")
    for lang in ("zh", "en"):
        assert render(finding.message, lang)


LEAST_PRECISION, LEAST_RECALL, LEAST_PROGRAMS, LEAST_UNSEEN = 0.95, 0.85, 84, 20


def test_enough_programs_are_labelled() -> None:
    seen, unseen = (programs(name) for name in SETS)
    assert len(PROGRAMS) + len(seen) + len(unseen) >= LEAST_PROGRAMS
    assert len(unseen) >= LEAST_UNSEEN
    names = [p.name for p in (*seen, *unseen)]
    assert len(set(names)) == len(names)
    for program in (*seen, *unseen):
        assert set(program.fails) | set(program.passes) <= set(CHECKS), program.name
        assert not set(program.fails) & set(program.passes), program.name
        assert set(program.lines) == set(program.fails), program.name


@pytest.mark.parametrize("which", [SETS, SETS[:1], SETS[1:]])
def test_findings_against_labelled_programs(which: tuple[str, ...]) -> None:
    found: Figures = figures(r for name in which for r in judged(programs(name)))
    assert found.precision >= LEAST_PRECISION, found
    assert found.recall >= LEAST_RECALL, found
    assert found.lines == found.right, "a finding names another line than the label"


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_finds_what_it_is_for(check: str) -> None:
    rows = [r for name in SETS for r in judged(programs(name)) if r.check == check]
    found = figures(rows)
    assert found.right >= 3
    assert found.precision >= 0.85, found
    assert found.recall >= 0.75, found


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"def f(:",
        b"\x00",
        b"while True:\n    pass\n",
        b"def f():\n    return f()\nf()\n",
        b"class A(A):\n    def f(self):\n        return super().f()\nA().f()\n",
        b"def f(*a, **k):\n    yield from f(*a, **k)\nfor x in f(1, **{}): x[0], y = x\n",
        b"match 1:\n    case [a, *b]:\n        a.fit(b)\n",
        b"import numpy as np\nfor i in range(len(x)):\n    x[i, :] += x[i - 1]\n" * 40,
        b"x = " + b"(" * 300 + b"1" + b")" * 300,
        ("x = " + "+".join(["1"] * 4000)).encode(),
    ],
)
def test_odd_programs_do_no_harm(source: bytes) -> None:
    findings = check_source(source, list(CHECKS), label="y")
    assert len(findings) in {0, len(CHECKS)}


CONTENT = Path(__file__).resolve().parents[3] / "touchstone" / "content" / "problems"
WITH_PRACTICE = sorted(
    p.parent.name for p in CONTENT.glob("*/problem.yaml") if "\n  practice:" in p.read_text("utf-8")
)


@pytest.mark.parametrize("name", WITH_PRACTICE)
def test_the_reference_of_a_problem_passes_its_own_checks(name: str) -> None:
    problem: Problem = load_problem(CONTENT / name)
    source = (problem.folder / "submissions" / "accepted" / "reference.py").read_bytes()
    findings = practice_findings(source, problem)
    assert [f.check for f in findings] == list(problem.extension.practice)
    assert [f.check for f in findings if not f.passed] == []


RECURSIVE = b"""
import pandas as pd
rows = pd.read_csv("train.csv")
def parse(text, at):
    if text[at] == "{":
        return parse(text, at + 1) + parse(text, at + 2) + parse(text, at + 3)
    return listed(text, at) + listed(text, at + 1) + listed(text, at + 2)
def listed(text, at):
    return [parse(text, at), parse(text, at + 1), listed(text, at + 2), parse(text, at + 3)]
for line in rows["text"]:
    print(parse(line, 0), listed(line, 1))
"""


def test_functions_that_call_one_another_are_followed_in_moderation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    followed = []
    inside = Follower.inside

    def counted(self: Follower, *arguments: Any) -> Any:
        followed.append(1)
        return inside(self, *arguments)

    monkeypatch.setattr(Follower, "inside", counted)
    check_source(RECURSIVE, list(CHECKS), label="y")
    assert 2 <= len(followed) < 2000


def test_what_a_driver_calls_is_followed() -> None:
    """In the function mode nothing in the file calls what it defines."""
    loop = "class Counts:\n    def update(self, truth):\n        for i in range(len(truth)):\n"
    loop += "            self.total = truth[i] + 1\n"
    whole = "class Counts:\n    def update(self, truth):\n        self.total = (truth + 1).sum()\n"
    found = [check_source(s.encode(), ["vectorised"], called=True)[0] for s in (loop, whole)]
    assert [(f.passed, f.line) for f in found] == [(False, 4), (True, None)]
    alone = "def score(rows):\n    total = 0\n    for row in rows:\n        total += row\n"
    assert check_source(alone.encode(), ["vectorised"])[0].passed
    assert not check_source(alone.encode(), ["vectorised"], called=True)[0].passed
