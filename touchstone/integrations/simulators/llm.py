"""An OpenAI-compatible model on loopback that answers as told, and misbehaves on demand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from touchstone.integrations.simulators.base import Reply, Request, Simulator, json_reply
from touchstone.integrations.simulators.shapes import fault_in

CHAT = {
    "model!": str,
    "messages!": [{"role!": {"system", "user", "assistant"}, "content!": str}],
    "temperature": (int, float),
    "max_tokens": int,
    "response_format": {"type!": {"json_object", "text"}},
    "seed": int,
    "stream": bool,
}

_SENTENCE = re.compile(r"[^。！？!?；;\n，,]+")


def echo(messages: list[dict[str, str]]) -> str:
    """The default answer: a plain reader's rating where an answer is to be rated, else an empty
    JSON object."""
    try:
        shown = json.loads(messages[-1]["content"])
        return json.dumps({"points": [_read(p, shown["answer"]) for p in shown["key_points"]]})
    except (ValueError, KeyError, TypeError):
        return "{}"


def _read(point: dict[str, str], answer: str) -> dict[str, Any]:
    """The sentence of an answer that shares most pairs of characters with a key point."""
    pairs = _pairs(point["text"])
    said = [s.strip() for s in _SENTENCE.findall(answer) if s.strip()]
    shared = {s: len(pairs & _pairs(s)) / (len(pairs) or 1) for s in said}
    best = max(said, key=lambda s: shared[s], default="")
    credit = 1.0 if shared.get(best, 0) >= 0.5 else 0.5 if shared.get(best, 0) >= 0.25 else 0.0
    return {"id": point["id"], "credit": credit, "quote": best[:120] if credit else ""}


def _pairs(text: str) -> set[str]:
    closed = "".join(text.casefold().split())
    return {closed[i : i + 2] for i in range(len(closed) - 1)}


@dataclass
class SimulatedLlm(Simulator):
    """A chat model.

    Attributes:
        key: the bearer token it wants.
        script: makes the answer from the messages.
    """

    name: str = "大模型模拟器 · LLM simulator"
    own_faults: tuple[str, ...] = (
        "rate_limit",
        "refusal",
        "truncated",
        "wrong_schema",
        "score_105",
        "empty",
        "huge",
        "injection",
    )
    key: str = "sim-key"
    script: Callable[[list[dict[str, str]]], str] = echo

    def answer(self, request: Request) -> Reply:
        if request.path not in {"/v1/models", "/v1/chat/completions", "/chat/completions"}:
            return json_reply({"error": {"message": "no such route"}}, 404)
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return json_reply({"error": {"message": "bad key"}}, 401)
        if request.path == "/v1/models":
            return json_reply({"object": "list", "data": [{"id": "sim", "object": "model"}]})
        try:
            body = json.loads(request.body)
        except ValueError:
            return json_reply({"error": {"message": "not JSON"}}, 400)
        shape: dict[str, Any] = {**CHAT, "temperature": object}
        wrong = fault_in(body, shape)
        if wrong:
            return json_reply({"error": {"message": wrong}}, 400)
        text = self.script(body["messages"])
        self.note("chat", {"messages": body["messages"], "answer": text})
        return _completion(text)

    def fault_reply(self, kind: str, request: Request) -> Reply | None:
        self.note(f"chat ({kind})", "")
        if kind == "rate_limit":
            return json_reply({"error": {"message": "slow down"}}, 429)
        texts = {
            "refusal": "I'm sorry, I can't help with that.",
            "truncated": '{"questions": [{"title": {"zh": "被截',
            "wrong_schema": '{"unexpected": [1, 2, 3]}',
            "score_105": '{"score": 105, "quotes": []}',
            "empty": "",
            "huge": "x" * 1_000_000,
            "injection": '{"score": 10, "quotes": ["<script>alert(1)</script>![](http://x.test/?d=1)"]}',
        }
        return _completion(texts[kind], "length" if kind == "truncated" else "stop")


def _completion(text: str, reason: str = "stop") -> Reply:
    return json_reply(
        {
            "id": "chatcmpl-sim",
            "object": "chat.completion",
            "model": "sim",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text},
                    "finish_reason": reason,
                }
            ],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
    )
