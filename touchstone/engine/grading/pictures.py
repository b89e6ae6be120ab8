"""Drawings to put boxes on: streets and blood smears, made from a seed, gold known by construction.

They are sent to candidates as pixels only. A scene of an ambiguity holds what its guideline leaves
open, and gives the boxes of each reading.
"""

from __future__ import annotations

import functools
import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 560, 360
SCALE = 2
Colour = tuple[int, int, int]
Rectangle = tuple[int, int, int, int]
"""x, y, width, height."""
Labelled = tuple[str, Rectangle]


@dataclass(frozen=True, slots=True)
class Shape:
    """Something drawn: ``ellipse``, ``rect``, ``round``, ``line`` or ``polygon``."""

    form: str
    points: tuple[float, ...]
    fill: Colour
    outline: Colour | None = None
    width: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """What to draw, back to front, and the boxes of each reading."""

    scene: str
    seed: int
    shapes: tuple[Shape, ...]
    boxes: Mapping[str, tuple[Labelled, ...]]
    width: int = WIDTH
    height: int = HEIGHT


def picture(scene: str, seed: int, ambiguity: str = "") -> Picture:
    """The drawing of a seed; the same arguments give the same drawing.

    Raises:
        KeyError: no such scene.
    """
    return SCENES[scene](seed, ambiguity)


@functools.lru_cache(128)
def png(scene: str, seed: int, ambiguity: str = "") -> bytes:
    """The drawing as a PNG file, smoothed by drawing it at twice its size."""
    drawn = picture(scene, seed, ambiguity)
    image = Image.new("RGB", (drawn.width * SCALE, drawn.height * SCALE), (255, 255, 255))
    canvas = ImageDraw.Draw(image)
    for shape in drawn.shapes:
        _draw(canvas, shape)
    small = image.resize((drawn.width, drawn.height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw(canvas: ImageDraw.ImageDraw, shape: Shape) -> None:
    points = [p * SCALE for p in shape.points]
    width = shape.width * SCALE
    if shape.form == "line":
        canvas.line(points, fill=shape.fill, width=width)
    elif shape.form == "polygon":
        canvas.polygon(points, fill=shape.fill, outline=shape.outline)
    elif shape.form == "ellipse":
        canvas.ellipse(points, fill=shape.fill, outline=shape.outline, width=width)
    elif shape.form == "round":
        canvas.rounded_rectangle(points, 6 * SCALE, shape.fill, shape.outline, width)
    else:
        canvas.rectangle(points, fill=shape.fill, outline=shape.outline, width=width)


def _rect(x: float, y: float, width: float, height: float, fill: Colour) -> Shape:
    return Shape("rect", (x, y, x + width, y + height), fill)


def _disc(x: float, y: float, radius: float, fill: Colour, outline: Colour | None = None) -> Shape:
    return Shape("ellipse", (x - radius, y - radius, x + radius, y + radius), fill, outline, 2)


def _whole(x: float, y: float, width: float, height: float) -> Rectangle:
    """Whole pixels, cut at the picture's edges."""
    left, top = max(0, round(x)), max(0, round(y))
    right, bottom = min(WIDTH, round(x + width)), min(HEIGHT, round(y + height))
    return left, top, right - left, bottom - top


# Streets -------------------------------------------------------------------------------------

CAR_COLOURS: tuple[Colour, ...] = ((178, 58, 54), (52, 93, 150), (212, 214, 216), (64, 68, 72))
COATS: tuple[Colour, ...] = ((196, 112, 42), (46, 110, 84), (92, 66, 128), (150, 40, 70))
GREY: Colour = (120, 122, 124)
SKIN: Colour = (224, 182, 150)
GLASS: Colour = (186, 208, 220)
BLACK: Colour = (34, 34, 36)


def _car(x: float, y: float, size: float, colour: Colour) -> tuple[list[Shape], Rectangle]:
    """A car seen from the side, ``size`` long, its wheels standing on ``y``."""
    height, wheel = size * 0.42, size * 0.11
    top = y - height
    shapes = [
        Shape(
            "polygon",
            (
                x + size * 0.2,
                top + height * 0.45,
                x + size * 0.32,
                top,
                x + size * 0.7,
                top,
                x + size * 0.84,
                top + height * 0.45,
            ),
            colour,
        ),
        Shape(
            "polygon",
            (
                x + size * 0.28,
                top + height * 0.42,
                x + size * 0.36,
                top + height * 0.1,
                x + size * 0.66,
                top + height * 0.1,
                x + size * 0.75,
                top + height * 0.42,
            ),
            GLASS,
        ),
        Shape("round", (x, top + height * 0.42, x + size, y - wheel * 0.8), colour),
        _disc(x + size * 0.22, y - wheel, wheel, BLACK),
        _disc(x + size * 0.78, y - wheel, wheel, BLACK),
    ]
    return shapes, _whole(x, top, size, height)


def _walker(x: float, y: float, size: float, coat: Colour) -> tuple[list[Shape], Rectangle]:
    """A person standing on ``y``, ``size`` high."""
    wide, head = size * 0.32, size * 0.1
    shapes = [
        _rect(x + wide * 0.2, y - size * 0.45, wide * 0.22, size * 0.45, BLACK),
        _rect(x + wide * 0.58, y - size * 0.45, wide * 0.22, size * 0.45, BLACK),
        Shape("round", (x, y - size * 0.8, x + wide, y - size * 0.4), coat),
        _disc(x + wide / 2, y - size + head, head, SKIN),
    ]
    return shapes, _whole(x, y - size, wide, size)


def _rider(x: float, y: float, size: float, coat: Colour) -> tuple[list[Shape], Rectangle]:
    """A person on a bicycle, ``size`` high and nearly as long."""
    long, wheel = size * 0.95, size * 0.23
    middle = x + long / 2
    tyre: Colour = (240, 240, 240)
    shapes = [
        _disc(x + wheel, y - wheel, wheel, tyre, BLACK),
        _disc(x + long - wheel, y - wheel, wheel, tyre, BLACK),
        Shape("line", (x + wheel, y - wheel, middle, y - wheel * 2.1), BLACK, None, 3),
        Shape("line", (middle, y - wheel * 2.1, x + long - wheel, y - wheel), BLACK, None, 3),
        Shape("line", (middle, y - wheel * 2.1, middle + size * 0.1, y - wheel), BLACK, None, 4),
        Shape(
            "round",
            (middle - size * 0.13, y - size * 0.8, middle + size * 0.13, y - wheel * 2),
            coat,
        ),
        _disc(middle + size * 0.02, y - size * 0.9, size * 0.1, SKIN),
    ]
    return shapes, _whole(x, y - size, long, size)


def _cone(x: float, y: float, size: float) -> tuple[list[Shape], Rectangle]:
    orange: Colour = (228, 104, 34)
    wide = size * 0.7
    shapes = [
        Shape(
            "polygon", (x + wide * 0.15, y, x + wide * 0.5, y - size, x + wide * 0.85, y), orange
        ),
        _rect(x + wide * 0.3, y - size * 0.5, wide * 0.4, size * 0.14, (250, 250, 250)),
        _rect(x, y - size * 0.1, wide, size * 0.1, orange),
    ]
    return shapes, _whole(x, y - size, wide, size)


def street(seed: int, ambiguity: str) -> Picture:
    """A street with cars, people on foot, riders and cones.

    ``a1`` hides most of a car behind a hoarding: visible part (r1) or whole car (r2).
    ``a2`` shows a person printed on a poster: no box (r1) or a pedestrian (r2).
    """
    rng = random.Random(f"street/{seed}/{ambiguity}")
    shapes = _street_ground(rng)
    boxes: list[Labelled] = []
    variants: dict[str, list[Labelled]] = {}
    slots = [30, 165, 300, 430]
    rng.shuffle(slots)
    if ambiguity == "a1":
        special, readings = _hidden_car(rng, slots.pop())
        shapes += special
        variants = readings
    if ambiguity == "a2":
        special, readings = _poster(rng, slots.pop())
        shapes += special
        variants = readings
    kinds = ["car", "pedestrian", "cyclist", "cone"]
    rng.shuffle(kinds)
    for slot, kind in zip(slots, kinds, strict=False):
        x, y = slot + rng.uniform(-12, 12), rng.uniform(258, 318)
        drawn, box = _street_thing(rng, kind, x, y)
        shapes += drawn
        boxes.append((kind, box))
    if not variants:
        return Picture("street", seed, tuple(shapes), {"": tuple(boxes)})
    gold = {name: (*boxes, *extra) for name, extra in variants.items()}
    return Picture("street", seed, tuple(shapes), gold)


def _street_thing(
    rng: random.Random, kind: str, x: float, y: float
) -> tuple[list[Shape], Rectangle]:
    if kind == "car":
        return _car(x, y, rng.uniform(96, 118), rng.choice(CAR_COLOURS))
    if kind == "pedestrian":
        return _walker(x + 30, y, rng.uniform(78, 104), rng.choice(COATS))
    if kind == "cyclist":
        return _rider(x + 10, y, rng.uniform(84, 100), rng.choice(COATS))
    return _cone(x + 40, y, rng.uniform(34, 46))


def _street_ground(rng: random.Random) -> list[Shape]:
    shapes = [_rect(0, 0, WIDTH, 190, (214, 226, 234)), _rect(0, 210, WIDTH, 150, (112, 114, 118))]
    x = -10.0
    while x < WIDTH:
        wide, tall = rng.uniform(70, 120), rng.uniform(70, 150)
        tone = rng.randint(150, 196)
        shapes.append(_rect(x, 190 - tall, wide, tall, (tone, tone - 6, tone - 14)))
        for row in range(int(tall // 34)):
            shapes += [
                _rect(x + 9 + 30 * column, 200 - tall + 34 * row, 14, 18, (226, 230, 226))
                for column in range(int(wide // 30))
            ]
        x += wide + 4
    shapes.append(_rect(0, 190, WIDTH, 20, (176, 172, 164)))
    shapes += [_rect(20 + 110 * i, 326, 56, 6, (236, 236, 230)) for i in range(5)]
    return shapes


def _hidden_car(rng: random.Random, slot: float) -> tuple[list[Shape], dict[str, list[Labelled]]]:
    size, y = rng.uniform(108, 120), rng.uniform(262, 300)
    x = slot - 10
    car, whole = _car(x, y, size, rng.choice(CAR_COLOURS))
    hidden = size * rng.uniform(0.56, 0.64)
    from_left = rng.random() < 0.5
    left = x if from_left else x + size - hidden
    board = [
        _rect(left - 4, y - 74, hidden + 4, 80, (206, 186, 140)),
        _rect(left - 4, y - 74, hidden + 4, 5, (150, 124, 80)),
        _rect(left - 4, y - 38, hidden + 4, 4, (170, 146, 100)),
    ]
    seen_x = x + hidden if from_left else x
    seen = _whole(seen_x, whole[1], size - hidden, whole[3])
    return [*car, *board], {"r1": [("car", seen)], "r2": [("car", whole)]}


def _poster(rng: random.Random, slot: float) -> tuple[list[Shape], dict[str, list[Labelled]]]:
    x, y = slot + 20, 246.0
    tone: Colour = rng.choice(((232, 206, 96), (150, 196, 206), (222, 160, 168)))
    board = [
        _rect(x, y - 128, 86, 112, (70, 72, 76)),
        _rect(x + 5, y - 123, 76, 102, tone),
        _rect(x + 38, y - 16, 10, 16, (70, 72, 76)),
    ]
    person, box = _walker(x + 28, y - 24, 90, rng.choice(COATS))
    text = [_rect(x + 10, y - 118 + 8 * i, 14, 4, BLACK) for i in range(3)]
    return [*board, *person, *text], {"r1": [], "r2": [("pedestrian", box)]}


# Blood smears --------------------------------------------------------------------------------

PALE: Colour = (250, 236, 232)
RED: Colour = (232, 172, 172)
CENTRE: Colour = (244, 208, 204)
PURPLE: Colour = (104, 66, 142)
LILAC: Colour = (206, 190, 226)
PLATELET: Colour = (150, 96, 170)


def smear(seed: int, ambiguity: str) -> Picture:
    """A blood smear: red cells are ground, white cells and platelets are to be boxed.

    ``a1`` has a white cell cut by the picture's edge: boxed as far as seen (r1) or left out (r2).
    ``a2`` has platelets lying together: one box for the clump (r1) or one each (r2).
    """
    rng = random.Random(f"smear/{seed}/{ambiguity}")
    shapes = [_rect(0, 0, WIDTH, HEIGHT, PALE)]
    boxes: list[Labelled] = []
    free: list[tuple[float, float, float]] = []
    variants: dict[str, list[Labelled]] = {}
    front: list[Shape] = []
    if ambiguity == "a1":
        x, y = rng.choice((-4.0, WIDTH + 4.0)), rng.uniform(80, HEIGHT - 80)
        drawn, box = _white_cell(rng, x, y, 38)
        front += drawn
        free.append((x, y, 46))
        variants = {"r1": [("white_cell", box)], "r2": []}
    if ambiguity == "a2":
        x, y = rng.uniform(120, WIDTH - 120), rng.uniform(90, HEIGHT - 90)
        drawn, one, each = _clump(rng, x, y)
        front += drawn
        free.append((x, y, 44))
        variants = {"r1": [("platelet", one)], "r2": [("platelet", b) for b in each]}
    for kind in ["white_cell"] * rng.randint(1, 2) + ["platelet"] * rng.randint(1, 3):
        radius = 36.0 if kind == "white_cell" else 13.0
        place = _place(rng, free, radius + 8)
        if place is None:
            continue
        drawn, box = (
            _white_cell(rng, *place, radius) if kind == "white_cell" else _platelet(rng, *place)
        )
        front += drawn
        free.append((*place, radius + 8))
        boxes.append((kind, box))
    for _ in range(26):
        place = _place(rng, free, 22, inside=False)
        if place is not None:
            free.append((*place, 20))
            shapes += [_disc(*place, 20, RED), _disc(*place, 8, CENTRE)]
    shapes += front
    if not variants:
        return Picture("smear", seed, tuple(shapes), {"": tuple(boxes)})
    gold = {name: (*boxes, *extra) for name, extra in variants.items()}
    return Picture("smear", seed, tuple(shapes), gold)


def _place(
    rng: random.Random,
    free: list[tuple[float, float, float]],
    radius: float,
    *,
    inside: bool = True,
) -> tuple[float, float] | None:
    """A spot that touches nothing drawn so far; None where forty tries find none."""
    edge = radius if inside else -6.0
    for _ in range(40):
        x, y = rng.uniform(edge, WIDTH - edge), rng.uniform(edge, HEIGHT - edge)
        if all((x - a) ** 2 + (y - b) ** 2 > (radius + r) ** 2 for a, b, r in free):
            return x, y
    return None


def _white_cell(
    rng: random.Random, x: float, y: float, radius: float
) -> tuple[list[Shape], Rectangle]:
    shapes = [_disc(x, y, radius, LILAC, (170, 150, 200))]
    for _ in range(rng.randint(2, 4)):
        dx, dy = rng.uniform(-0.32, 0.32) * radius, rng.uniform(-0.32, 0.32) * radius
        shapes.append(_disc(x + dx, y + dy, radius * 0.42, PURPLE))
    return shapes, _whole(x - radius, y - radius, 2 * radius, 2 * radius)


def _platelet(rng: random.Random, x: float, y: float) -> tuple[list[Shape], Rectangle]:
    radius = rng.uniform(9, 12)
    shapes = [_disc(x, y, radius, PLATELET), _disc(x - 2, y - 2, radius * 0.4, PURPLE)]
    return shapes, _whole(x - radius, y - radius, 2 * radius, 2 * radius)


def _clump(
    rng: random.Random, x: float, y: float
) -> tuple[list[Shape], Rectangle, list[Rectangle]]:
    """Three or four platelets that touch: shapes, the box around all, the box of each."""
    spots = [(0.0, 0.0), (19.0, -6.0), (8.0, 17.0), (-14.0, 14.0)][: rng.randint(3, 4)]
    shapes: list[Shape] = []
    each: list[Rectangle] = []
    for dx, dy in spots:
        drawn, box = _platelet(rng, x + dx, y + dy)
        shapes += drawn
        each.append(box)
    left, top = min(b[0] for b in each), min(b[1] for b in each)
    right, bottom = max(b[0] + b[2] for b in each), max(b[1] + b[3] for b in each)
    return shapes, (left, top, right - left, bottom - top), each


SCENES: dict[str, Callable[[int, str], Picture]] = {"street": street, "smear": smear}
