"""XML from strangers: no entities, no network, no outside definitions, no giant trees."""

from __future__ import annotations

from typing import Any

from touchstone.engine.resumes.refusal import refuse


def parse_xml(data: bytes) -> Any:
    """The root element.

    Raises:
        UnreadableFile: broken_document.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    if b"<!ENTITY" in data[:4096]:
        raise refuse("broken_document")
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refuse("broken_document") from error
    if root is None:
        raise refuse("broken_document")
    return root


def local(node: Any) -> str:
    """The tag without its namespace; "" for comments and instructions."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
