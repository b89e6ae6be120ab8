"""Waiting for players of sound and pictures."""

from __future__ import annotations

from playwright.sync_api import Locator


def reached(player: Locator, event: str, state: str) -> None:
    """Waits for a player by its events: the pages' policy forbids polled expressions.

    Args:
        event: of the element, after which ``state`` may hold.
        state: an expression of ``player``.
    """
    player.evaluate(
        f"""player => new Promise((done, late) => {{
            const look = () => {{ if ({state}) done(); }};
            player.addEventListener("{event}", look);
            setTimeout(() => late(new Error("not reached: {state}")), 30000);
            look();
        }})"""
    )
