"""`touchstone screen --model MODEL.yaml FILE…`: resumes scored on evidence, one row a file."""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from touchstone.cli.batch import Row, add_batch_arguments, dump, emit
from touchstone.cli.parse_command import as_of_date, refusal_row, sources
from touchstone.common.clock import today

if TYPE_CHECKING:
    from touchstone.engine.profiles.model import CompetencyModel
    from touchstone.engine.text.taxonomy import Taxonomy


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", required=True, metavar="MODEL.yaml", help="a competency model")
    parser.add_argument(
        "--taxonomy",
        action="append",
        default=[],
        metavar="CONCEPTS.yaml",
        help="a company's own concepts over the shipped ones, as the desk exports them; repeatable",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a resume, a ZIP, or - for stdin")
    parser.add_argument(
        "--as-of",
        type=as_of_date,
        metavar="YYYY-MM",
        help='what "now" means (default: as the model says, else today)',
    )
    parser.add_argument(
        "--lang", choices=("zh", "en"), help="of reasons and details (default: the model's)"
    )
    add_batch_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from touchstone.common.errors import InvalidInput
    from touchstone.engine.profiles.model import load_model_yaml
    from touchstone.engine.resumes.isolated import ReaderPool

    try:
        model = load_model_yaml(Path(args.model).read_bytes(), args.model)
    except InvalidInput as error:
        return _refused(args, "bad_model", error.text(args.lang or "zh"))
    except OSError as error:
        return _refused(args, "not_found", f"{args.model}: {error.strerror}")
    try:
        layer = _layer(args.taxonomy)
    except InvalidInput as error:
        return _refused(args, "bad_taxonomy", error.text(args.lang or "zh"))
    except OSError as error:
        return _refused(args, "not_found", f"{error.filename}: {error.strerror}")
    lang = args.lang or model.lang
    as_of = args.as_of or _as_of_model(model) or today()
    then = functools.partial(row_of, model=model, lang=lang, layer=layer)
    with ReaderPool(as_of, then=then, workers=args.jobs, fork=True) as pool:
        rows = (_row(outcome, lang) for outcome in pool.read(sources(args.files)))
        return emit(rows, total=len(args.files), quiet=args.quiet)


def _layer(paths: list[str]) -> str:
    """The layer that files make, as JSON; empty without any."""
    if not paths:
        return ""
    from touchstone.common.errors import InvalidInput
    from touchstone.engine.text.layer import layer_document
    from touchstone.engine.text.layer_check import check_layer
    from touchstone.engine.text.layer_files import read_layer

    layer = read_layer([(path, Path(path).read_bytes()) for path in paths])
    wrong = [finding for finding in check_layer(layer) if finding.level == "error"]
    if wrong:
        raise InvalidInput(wrong[0].message)
    return json.dumps(layer_document(layer), ensure_ascii=False)


@functools.lru_cache(maxsize=2)
def _concepts(layer: str) -> Taxonomy | None:
    from touchstone.engine.text.layer import layered

    return layered(json.loads(layer)) if layer else None


def _row(outcome: Any, lang: Any) -> Row:
    if outcome.refusal is not None:
        return refusal_row(outcome, lang)
    row: Row = outcome.value
    row["receipt"]["file_sha256"] = hashlib.sha256(outcome.source.data).hexdigest()
    return row


def _as_of_model(model: CompetencyModel) -> Any:
    try:
        return as_of_date(model.as_of) if model.as_of else None
    except argparse.ArgumentTypeError:
        return None


def _refused(args: argparse.Namespace, reason: str, detail: str) -> int:
    print(dump({"file": args.model, "status": "error", "reason": reason, "detail": detail}))
    if not args.quiet:
        print(f"touchstone screen: {detail}", file=sys.stderr)
    return 1


def row_of(reading: Any, *, model: CompetencyModel, lang: Any, layer: str = "") -> Row:
    """The row of a file that was read, as the formats document has it. Runs in the worker."""
    from touchstone.common.messages import render
    from touchstone.engine.screening.screen import screen

    document, resume = reading.document, reading.resume
    result = screen(
        document.text,
        resume,
        model,
        as_of=resume.as_of,
        flags=document.flags,
        concepts=_concepts(layer),
    )
    row: Row = {"file": reading.name, "status": document.status}
    if document.reason:
        row["reason"] = document.reason
        row["detail"] = render(document.detail, lang) if document.detail else ""
    return {**row, **result.row(lang)}
