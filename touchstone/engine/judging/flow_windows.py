"""Pictures moved or cropped by slicing: windows of a padded array, and slices written elsewhere."""

from __future__ import annotations

import ast
from dataclasses import replace

from touchstone.engine.judging.flow_base import Base
from touchstone.engine.judging.flow_reading import whole_number
from touchstone.engine.judging.values import NOTHING, Value

PADS = frozenset({"pad", "copyMakeBorder", "ReflectionPad2d", "ZeroPad2d"})
PICTURE_AXES = 2


class Windows(Base):
    """Slices that vary the data; ``self.windows`` keeps their lines.

    A window that is added up with others is a filter, and one condensed to a number is a feature;
    neither makes more training data, so arithmetic and statistics take the mark off again.
    """

    def windowed(self, chosen: ast.expr, owner: Value) -> bool:
        """Whether a choice of several axes moves or crops pictures."""
        if not isinstance(chosen, ast.Tuple):
            return False
        axes = chosen.elts
        cut = [
            e
            for e in axes
            if isinstance(e, ast.Slice) and e.step is None and (e.lower or e.upper) is not None
        ]
        drawn = any(self.starts_at(e).drawn for e in cut)
        if not owner.made_by & PADS:
            return drawn and len(cut) >= PICTURE_AXES
        if len(cut) < PICTURE_AXES and len(axes) <= PICTURE_AXES:
            return drawn
        inner = [e for n, e in enumerate(axes) if n or len(axes) == PICTURE_AXES]
        moved = [e for e in cut if e in inner and not _centred(e)]
        if not moved:
            return False
        if any(whole_number(e.lower) is None and e.lower is not None for e in moved):
            return True
        return self.another_window(owner, chosen)

    def starts_at(self, cut: ast.Slice) -> Value:
        return self.value(cut.lower) if cut.lower is not None else NOTHING

    def another_window(self, owner: Value, chosen: ast.expr) -> bool:
        """One fixed window is how data are prepared; a second one of the same data varies them."""
        seen = self.fixed_windows.setdefault(owner.roots, set())
        seen.add(ast.dump(chosen))
        return len(seen) > 1

    def window(self, owner: Value, line: int) -> Value:
        self.windows.add(line)
        return replace(owner, varied=owner.varied | {line})

    def without_windows(self, value: Value) -> Value:
        return replace(value, varied=value.varied - self.windows) if value.varied else value

    def moved_over(self, target: ast.expr, source: ast.expr, value: Value) -> Value:
        """``out[:, 1:, :] = images[:, :-1, :]`` moves pictures; a frame filled with them pads."""
        if not isinstance(target, ast.Subscript) or not isinstance(target.slice, ast.Tuple):
            return value
        to = target.slice.elts
        framed = sum(isinstance(e, ast.Slice) and e.lower is not None for e in to)
        if value.rows and framed >= PICTURE_AXES and not isinstance(source, ast.Subscript):
            return replace(value, made_by=value.made_by | {"pad"})
        if not isinstance(source, ast.Subscript) or not isinstance(source.slice, ast.Tuple):
            return value
        out_of = source.slice.elts
        differ = [
            n
            for n, (a, b) in enumerate(zip(to, out_of, strict=False))
            if isinstance(a, ast.Slice) and isinstance(b, ast.Slice) and ast.dump(a) != ast.dump(b)
        ]
        pictures = len(to) == len(out_of) > PICTURE_AXES or len(differ) >= PICTURE_AXES
        if value.roots and pictures and any(n or len(to) == PICTURE_AXES for n in differ):
            return self.window(value, source.lineno)
        return value


def is_list(value: Value) -> bool:
    """Things side by side rather than numbers: adding to them makes more, not a sum."""
    return bool(value.items) or "append" in value.made_by


def _centred(cut: ast.Slice) -> bool:
    """``[2:-2]``: the same margin on both sides, or none."""
    lower, upper = whole_number(cut.lower), whole_number(cut.upper)
    return lower is not None and upper is not None and lower == -upper
