"""Calls whose name says what they do to tables, lists and dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from touchstone.engine.judging.flow_models import Models
from touchstone.engine.judging.flow_reading import texts_in
from touchstone.engine.judging.flow_trace import Given
from touchstone.engine.judging.values import NOTHING, Value, joined, plain

MOST_TURNS = 12


class Methods(Models):
    # -- calls of known names

    def m_drop(self, given: Given) -> Value | None:
        owner = given.receiver
        key = given.argument(0, "columns", "labels", "index")
        if owner.all_but is not None:
            return replace(owner, all_but=owner.all_but | texts_in(key), cell=0)
        if not owner.roots:
            return None
        if key.shape == "index":
            return self.complement(owner, key)
        texts = texts_in(given.keywords.get("columns", key)) | texts_in(key)
        made = replace(plain(owner), label=owner.label - texts)
        if given.keywords.get("inplace", NOTHING).known is True:
            self.mutate(owner, made)
            return NOTHING
        return made

    def complement(self, owner: Value, index: Value) -> Value:
        """``table.drop(part.index)`` is the other side of ``part``."""
        for scope in (self.names, *self.scopes):
            for held in list(scope.values()):
                if held.cell == index.cell and held.rows and not held.sides:
                    self.mutate(held, self.side(held, "low"))
        return self.side(plain(owner), "high")

    def m_pop(self, given: Given) -> Value | None:
        owner = given.receiver
        texts = texts_in(given.argument(0, "item"))
        if not owner.roots or not texts:
            return None
        out = self.columns_of(owner, frozenset(texts), single=True)
        self.mutate(owner, replace(owner, label=owner.label - texts))
        return out

    def m_assign(self, given: Given) -> Value | None:
        owner = given.receiver
        if not owner.roots:
            return None
        label, learnt, varied = owner.label, owner.learnt, owner.varied
        for column, value in given.keywords.items():
            label -= {column}
            if value.label and value.rows:
                label |= {column}
            learnt, varied = learnt | value.learnt, varied | value.varied
        return replace(plain(owner), label=label, learnt=learnt, varied=varied)

    def m_rename(self, given: Given) -> Value | None:
        owner = given.receiver
        mapping = given.keywords.get("columns", NOTHING).mapping
        if not owner.roots or mapping is None:
            return None
        names = {old: new.text for old, new in mapping if new.text}
        made = replace(plain(owner), label=frozenset(names.get(n, n) for n in owner.label))
        if given.keywords.get("inplace", NOTHING).known is True:
            self.mutate(owner, made)
        return made

    def m_copy(self, given: Given) -> Value | None:
        return replace(given.receiver, cell=0) if given.receiver.roots else None

    def m_groupby(self, given: Given) -> Value | None:
        if not given.receiver.roots:
            return None
        return replace(plain(given.receiver), grouped=True)

    def m_append(self, given: Given) -> Value | None:
        owner = given.receiver
        if owner.roots and not given.arguments:
            return None
        if given.name.startswith("numpy."):
            return None
        made = joined([owner, *given.arguments])
        items = owner.items
        if given.last == "append" and items and not self.active and len(items) < MOST_TURNS:
            made = replace(made, items=(*items, *given.arguments))
        self.mutate(owner, replace(made, made_by=made.made_by | {"append"}))
        return NOTHING

    def m_remove(self, given: Given) -> Value | None:
        owner = given.receiver
        texts = texts_in(given.argument(0))
        if owner.all_but is not None:
            self.mutate(owner, replace(owner, all_but=owner.all_but | texts))
        elif owner.items:
            kept = tuple(i for i in owner.items if i.text not in texts)
            self.mutate(owner, replace(owner, items=kept))
        return NOTHING

    def m_difference(self, given: Given) -> Value | None:
        owner = given.receiver
        if owner.all_but is None:
            return None
        return replace(owner, all_but=owner.all_but | texts_in(given.argument(0)), cell=0)

    def m_same(self, given: Given) -> Value | None:
        """``list(table.columns)``, ``set(...)``, ``.tolist()``: the same things in other form."""
        inner = given.argument(0) if given.name == given.last else given.receiver
        if inner.all_but is not None or inner.items or inner.each is not None:
            return replace(inner, cell=0)
        return None

    def m_zip(self, given: Given) -> Value | None:
        made = joined(given.arguments)
        known = given.arguments and all(
            a.items and a.each is None and not a.rows_only and not a.made_by & {"zip", "enumerate"}
            for a in given.arguments
        )
        if known:
            rows = zip(*(a.items for a in given.arguments), strict=False)
            if given.last == "zip":
                items = tuple(replace(joined(r), items=tuple(r)) for r in rows)
            else:
                items = tuple(
                    replace(plain(i), items=(Value(known=n), i))
                    for n, i in enumerate(given.arguments[0].items)
                )
            return replace(made, items=items)
        return replace(made, items=given.arguments, made_by=made.made_by | {given.last})

    def m_range(self, given: Given) -> Value | None:
        length = any(a.length for a in given.arguments)
        return Value(length=length, made_by=frozenset({"range"}))

    def m_len(self, given: Given) -> Value | None:
        data = given.argument(0)
        return Value(length=data.rows, drawn=False)

    def m_items(self, given: Given) -> Value | None:
        mapping = given.receiver.mapping
        if mapping is None:
            return None
        if given.last == "values":
            items = tuple(v for _, v in mapping)
        elif given.last == "keys":
            items = tuple(Value(known=k) for k, _ in mapping)
        else:
            items = tuple(replace(plain(v), items=(Value(known=k), v)) for k, v in mapping)
        return replace(joined(items), items=items)

    def m_dict(self, given: Given) -> Value | None:
        if given.arguments:
            return given.arguments[0] if given.arguments[0].mapping is not None else None
        return replace(joined(given.every), mapping=tuple(given.keywords.items()))

    def m_partial(self, given: Given) -> Value | None:
        if not given.arguments or not given.arguments[0].function:
            return None
        return Value(function=given.arguments[0].function, bound=tuple(given.keywords.items()))

    def m_join(self, given: Given) -> Value | None:
        texts = [a.text for a in given.arguments if a.text]
        return Value(known=texts[-1]) if texts and not joined(given.arguments).roots else None

    def m_set_params(self, given: Given) -> Value | None:
        if "random_state" in given.keywords or given.open_ended:
            self.trace.seeded_later |= given.receiver.seedless
        return given.receiver

    def m_iterrows(self, given: Given) -> Value | None:
        if not given.receiver.roots:
            return None
        self.trace.walks.append(given.line)
        row = replace(plain(given.receiver), shape="series", rows=False)
        if given.last == "iterrows":
            row = replace(row, items=(NOTHING, replace(row, rows=False)))
        return replace(plain(given.receiver), each=row)

    def m_sample(self, given: Given) -> Value | None:
        owner = given.receiver
        if not owner.roots:
            return None
        made = plain(owner)
        if given.keywords.get("replace", NOTHING).known is True:
            made = replace(made, learnt=made.learnt | owner.facts(given.line))
        return made

    def m_select_dtypes(self, given: Given) -> Value | None:
        return plain(given.receiver) if given.receiver.roots else None

    def m_super(self, given: Given) -> Value | None:
        return self.names.get("self", NOTHING)

    METHODS: Mapping[str, Callable[[Methods, Given], Value | None]] = {
        "drop": m_drop,
        "pop": m_pop,
        "assign": m_assign,
        "rename": m_rename,
        "copy": m_copy,
        "groupby": m_groupby,
        "append": m_append,
        "extend": m_append,
        "remove": m_remove,
        "difference": m_difference,
        "list": m_same,
        "tuple": m_same,
        "set": m_same,
        "sorted": m_same,
        "tolist": m_same,
        "zip": m_zip,
        "enumerate": m_zip,
        "range": m_range,
        "len": m_len,
        "items": m_items,
        "values": m_items,
        "keys": m_items,
        "dict": m_dict,
        "partial": m_partial,
        "join": m_join,
        "set_params": m_set_params,
        "iterrows": m_iterrows,
        "itertuples": m_iterrows,
        "sample": m_sample,
        "select_dtypes": m_select_dtypes,
        "super": m_super,
    }
