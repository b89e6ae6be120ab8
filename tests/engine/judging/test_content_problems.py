"""Every built-in problem is a whole package; the judge itself tries them in `problem verify`."""

from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[3] / "touchstone" / "content" / "problems"
PACKAGES = sorted(FOLDER.iterdir())


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_package_holds_all_that_a_judge_and_an_interviewer_need(package: Path) -> None:
    facts = yaml.safe_load((package / "problem.yaml").read_text("utf-8"))
    ours = facts["x-touchstone"]
    for lang in ("zh", "en"):
        assert facts["name"][lang]
        assert len((package / "statement" / f"problem.{lang}.md").read_text("utf-8")) > 150
        assert len(ours["interview"][lang]) >= 3
    assert len(ours["variants"]) >= 2
    for variant in ours["variants"]:
        inputs = sorted((package / "data" / "secret" / str(variant)).glob("*.in"))
        assert inputs, variant
        assert all(path.with_suffix(".ans").is_file() for path in inputs)
    submissions = package / "submissions"
    assert any((submissions / "accepted").iterdir())
    assert any((submissions / "time_limit_exceeded").iterdir())
    assert len(list((submissions / "wrong_answer").iterdir())) >= 2


def test_no_two_packages_share_an_identity() -> None:
    identities = [
        yaml.safe_load((package / "problem.yaml").read_text("utf-8"))["uuid"]
        for package in PACKAGES
    ]
    assert len(set(identities)) == len(identities) >= 11


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_variants_differ(package: Path) -> None:
    a, b = (sorted((package / "data" / "secret" / variant).rglob("*.*")) for variant in "ab")
    contents = [[path.read_bytes() for path in paths if path.is_file()] for paths in (a, b)]
    assert contents[0] != contents[1]
