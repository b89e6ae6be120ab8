"""How long kits take, how near the best they are, and how evenly a round sees the bank.

    python benchmarks/kits.py [--kits 500] [--minutes 60] [--nodes 20000]

Resumes are those of the demo's people; the model is the general template for AI trainers; each
kit knows what the candidates before it were shown.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from typing import Any

from touchstone.engine.profiles.model import CompetencyModel, model_templates, parse_model
from touchstone.engine.questions.kit import build_kit, kit_problem
from touchstone.engine.questions.loading import built_in_questions
from touchstone.engine.questions.optimal import optimum

CLAIMS = (
    "负责意图识别数据的清洗与标注规范，Kappa 从 0.61 提升到 0.83。",
    "用 PyTorch 微调 BERT，准确率由 86% 提升到 99.9%。",
    "团队把投诉率降低了 40%。",
    "了解 RLHF、LoRA，正在学习检索增强。",
    "和产品经理对齐需求，推动上线，转化率提升 35%。",
    "独立完成 12 万条医学影像标注的质检，漏检率由 3.4% 降到 1.1%。",
)


def resume_of(number: int) -> str:
    """A resume with four of the lines, another choice for every number."""
    lines = [CLAIMS[(number * 5 + step * 7) % len(CLAIMS)] for step in range(4)]
    return "\n".join([f"候选人 {number}", "2022.03–至今 AI 训练师", *lines])


def screening_of(model: CompetencyModel, number: int) -> dict[str, Any]:
    """Scores that differ from candidate to candidate, and one indicator without evidence."""
    indicators = model.indicators
    scores = {
        i.id: {"score": float((number * 13 + n * 29) % 100), "weight": i.weight}
        for n, i in enumerate(indicators)
    }
    return {"score": float(30 + number * 7 % 60), "indicators": scores, "evidence": []}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kits", type=int, default=500)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--industry", default="ecommerce")
    parser.add_argument("--nodes", type=int, default=20_000)
    args = parser.parse_args()
    model = parse_model(model_templates()["ai-trainer"])
    questions = [q for q in built_in_questions() if q.industry in {"", args.industry}]
    seen: Counter[str] = Counter()

    def arguments(number: int) -> dict[str, Any]:
        return {
            "resume_text": resume_of(number),
            "screening_row": screening_of(model, number),
            "seen": dict(seen),
            "minutes": args.minutes,
            "seed": number,
        }

    build_kit(model, questions, lang="zh", **arguments(0))
    started, processor = time.perf_counter(), time.process_time()
    for number in range(args.kits):
        kit = build_kit(model, questions, lang="zh", **arguments(number))
        kit.document()
        seen.update(choice.question.id for choice in kit.choices)
    took, cpu = time.perf_counter() - started, time.process_time() - processor
    print(f"{len(questions)} questions, {args.kits} kits of {args.minutes} minutes")
    print(f"wall {took:.1f} s, processor {cpu:.1f} s, {1000 * cpu / args.kits:.1f} ms a kit")
    shown = [seen[q.id] for q in questions]
    print(f"shown: median {statistics.median(shown)}, most {max(shown)}, never {shown.count(0)}")
    ratios, greedy, proven = [], [], 0
    for number in range(12):
        kit = build_kit(model, questions, lang="zh", **arguments(number))
        best = optimum(kit_problem(model, questions, **arguments(number)), nodes=args.nodes)
        ratios.append(kit.value / best.value)
        greedy.append(kit.greedy / best.value)
        proven += best.proven
    print(
        f"against branch and bound on 12 candidates ({proven} proven): "
        f"kit {min(ratios):.4f}–{max(ratios):.4f}, greedy {min(greedy):.4f}–{max(greedy):.4f}"
    )


if __name__ == "__main__":
    main()
