"""What keeps the house in order: documents that are true, words in both languages, sizes, locks."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from tests.conftest import ROOT
from touchstone.cli import COMMANDS
from touchstone.common.messages import CATALOGUE

PACKAGE = ROOT / "touchstone"
SOURCES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if "migrations" not in path.parts and "problems" not in path.parts
)
DOCUMENTS = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "README.zh-CN.md"]
MESSAGE_FILES = sorted(CATALOGUE.glob("*.yaml"))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


# -- documents


def test_architecture_names_every_package() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    folders = [p.name for p in PACKAGE.iterdir() if p.is_dir() and p.name != "__pycache__"]
    engines = [p.parent.name for p in (PACKAGE / "engine").glob("*/__init__.py")]
    outside = [p.parent.name for p in (PACKAGE / "integrations").glob("*/__init__.py")]
    missing = [name for name in [*folders, *engines, *outside] if f"`{name}`" not in text]
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_two_commands_come_first(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert text.index("make demo") < 900
    assert text.index("make test") < 1100


def test_every_setting_is_documented_or_has_a_default_to_rely_on() -> None:
    """Names in `.env.example` are names that the settings read."""
    settings = (PACKAGE / "config" / "settings.py").read_text("utf-8")
    settings += (PACKAGE / "config" / "env.py").read_text("utf-8")
    example = (ROOT / ".env.example").read_text("utf-8")
    for name in re.findall(r"^# ([A-Z][A-Z_]+)=", example, re.MULTILINE):
        assert f'"{name.removesuffix("_FILE")}"' in settings, name


def test_every_command_has_its_module() -> None:
    for name in COMMANDS:
        module = f"touchstone.cli.{name.replace('-', '_')}_command"
        assert importlib.util.find_spec(module), name


# -- words


@pytest.mark.parametrize("path", MESSAGE_FILES, ids=lambda p: p.name)
def test_messages_are_in_both_languages(path: Path) -> None:
    messages: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    for name, words in messages.items():
        assert name.split(".")[0] == path.stem, name
        assert set(words) == {"zh", "en"}, name
        places = {lang: set(re.findall(r"\{(\w+)", words[lang])) - {"zh", "en"} for lang in words}
        assert places["zh"] == places["en"], name


def _said_ids(path: Path) -> set[str]:
    """Ids that the module hands to `say` or `Message` as plain text."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id in {"say", "Message"} and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def test_every_message_said_is_in_the_catalogue() -> None:
    known = {name for path in MESSAGE_FILES for name in yaml.safe_load(path.read_text("utf-8"))}
    missing = {
        f"{shown(path)}: {name}"
        for path in SOURCES
        for name in _said_ids(path)
        if "." in name and name not in known
    }
    assert sorted(missing) == []


def test_letters_are_in_both_languages() -> None:
    for path in sorted((PACKAGE / "content" / "letters").glob("*.yaml")):
        for name, letter in yaml.safe_load(path.read_text("utf-8")).items():
            assert set(letter) == {"zh", "en"}, name
            for part in ("subject", "body"):
                zh, en = (set(re.findall(r"\{(\w+)", letter[lang][part])) for lang in ("zh", "en"))
                assert zh == en, f"{name}.{part}"


# -- code


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_modules_keep_to_one_subject(path: Path) -> None:
    lines = path.read_text("utf-8").count("\n")
    assert lines <= 750, f"{lines} lines: it has found a second subject"


def test_nothing_is_left_to_do() -> None:
    words = re.compile(r"\b(TODO|FIXME|HACK|raise NotImplementedError)\b")
    found = [
        f"{shown(path)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert found == []


def test_the_clock_is_read_in_one_place() -> None:
    pattern = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|timezone\.now\(")
    found = [
        shown(path)
        for path in SOURCES
        if path != PACKAGE / "common" / "clock.py" and pattern.search(path.read_text("utf-8"))
    ]
    assert found == []


# -- packaging


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.lock")), ids=shown)
def test_lock_files_hold_hashes_and_no_addresses(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    packages = re.findall(r"^([a-z0-9][\w.-]*)==", text, re.MULTILINE)
    assert packages
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(packages)


@pytest.mark.parametrize("group", ["run", "dev"])
def test_what_is_locked_installs_on_the_python_of_debian_12(group: str) -> None:
    text = (ROOT / "requirements" / f"{group}.lock").read_text("utf-8")
    refusing, looked_at = [], 0
    for name, version in re.findall(
        r"^([a-z0-9][\w.-]*)(?:\[.*\])?==([^\s;]+)", text, re.MULTILINE
    ):
        with contextlib.suppress(PackageNotFoundError):  # for another system or version
            of = distribution(name)
            if of.version == version:
                looked_at += 1
                asked = of.metadata["Requires-Python"] or ""
                if not SpecifierSet(asked).contains("3.11.2"):
                    refusing.append(f"{name} {version}: {asked}")
    assert not refusing
    assert looked_at > 50


def test_the_lock_files_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    locked = {
        group: set(
            re.findall(
                r"^([a-z0-9][\w.-]*)==",
                (ROOT / "requirements" / f"{group}.lock").read_text("utf-8"),
                re.MULTILINE,
            )
        )
        for group in ("run", "dev")
    }

    def names(requirements: list[str]) -> set[str]:
        return {
            re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!;]", text)[0]).lower()
            for text in requirements
        }

    run = names(project["project"]["dependencies"])
    dev = names(project["dependency-groups"]["dev"])
    assert run <= {re.sub(r"[-_.]+", "-", name) for name in locked["run"]}
    assert run | dev <= {re.sub(r"[-_.]+", "-", name) for name in locked["dev"]}


def test_the_npm_lock_holds_no_addresses() -> None:
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text("utf-8")


def test_models_and_migrations_agree(db: None) -> None:
    from io import StringIO

    from django.core.management import call_command

    said = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())
    assert "No changes" in said.getvalue()
