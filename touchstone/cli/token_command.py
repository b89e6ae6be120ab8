"""`touchstone token`: makes, lists and revokes tokens of the API."""

from __future__ import annotations

import argparse
import sys

from touchstone.cli.batch import dump
from touchstone.cli.site import start_django
from touchstone.common.actors import Actor
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput

OPERATOR = Actor("system", name="command line")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["create", "list", "revoke"])
    parser.add_argument("--person", help="user name of the person in whose name it acts")
    parser.add_argument("--name", default="", help="what it is for")
    parser.add_argument("--scope", action="append", default=[], help="may be repeated")
    parser.add_argument("--days", type=int, default=90, help="how long it lives (90)")
    parser.add_argument("--token", help="ref of the token to revoke")


def run(args: argparse.Namespace) -> int:
    """0 when done, 1 when refused: the reason goes to standard error."""
    start_django()
    from touchstone.accounts.models import ApiToken, Person
    from touchstone.accounts.tokens import token_create, token_revoke

    now = utc_now()
    if args.action == "list":
        for token in ApiToken.objects.select_related("person").order_by("pk"):
            ended = token.revoked_at is not None or token.expires_at <= now
            print(
                dump(
                    {
                        "token": token.ref,
                        "name": token.name,
                        "person": token.person.username,
                        "scopes": token.scopes,
                        "expires_at": token.expires_at.isoformat(timespec="seconds"),
                        "state": "ended" if ended else "living",
                    }
                )
            )
        return 0
    if args.action == "revoke":
        found = ApiToken.objects.select_related("person").filter(ref=args.token or "").first()
        if found is None:
            return _refuse(f"no token {args.token!r}; touchstone token list shows them")
        token_revoke(actor=OPERATOR, token=found, at=now)
        return 0
    person = Person.objects.filter(username=args.person or "").first()
    if person is None:
        return _refuse(f"no person {args.person!r}")
    try:
        _token, text = token_create(
            actor=OPERATOR,
            person=person,
            name=args.name,
            scopes=args.scope,
            days=args.days,
            at=now,
        )
    except InvalidInput as error:
        return _refuse(error.text("en"))
    print(text)
    return 0


def _refuse(why: str) -> int:
    print(f"touchstone token: {why}", file=sys.stderr)
    return 1
