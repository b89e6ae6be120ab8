"""What the frame around a desk page shows: the position at hand and where its round stands."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StageLink:
    """One stop of the round: 画像 → 筛选 → 测评 → 面试 → 报告 → 录用."""

    key: str
    label: str
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class MenuLink:
    """A page that the person may open; those with ``in_menu_only`` stand in the menu alone."""

    url: str
    label: str
    in_menu_only: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """Set by a view as ``request.shell``.

    Attributes:
        title: the position's name; empty on pages that belong to no position.
        subtitle: its branch and department.
        url: of the position.
        stages: the round's stops with counts.
    """

    title: str = ""
    subtitle: str = ""
    url: str = ""
    stages: tuple[StageLink, ...] = field(default=())
