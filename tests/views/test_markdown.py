"""Texts in Markdown: pictures come inside the text, or not at all."""

from __future__ import annotations

import pytest

from touchstone.ui.markdown import markdown


def test_pictures_inside_the_text_are_shown() -> None:
    shown = markdown("![图一](data:image/png;base64,AAAA)")
    assert '<img src="data:image/png;base64,AAAA" alt="图一">' in shown


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/seen.png",
        "//elsewhere.example/seen.png",
        "/desk/candidates/",
        "data:image/svg+xml;base64,AAAA",
        "data:text/html;base64,AAAA",
        "data:image/png;base64,AAAA#<script>",
        "javascript:alert(1)",
    ],
)
def test_other_addresses_are_never_asked_for(address: str) -> None:
    assert "src=" not in markdown(f"![picture]({address})")
