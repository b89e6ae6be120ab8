// Exercises by hand and by keyboard: classes by number keys, spans by selecting or with a cursor,
// boxes by dragging or with the arrow keys. Answers live in the form's own fields, so that autosave
// keeps them like any other text.
const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese: string, english: string): string => (zh ? chinese : english);
const SVG = "http://www.w3.org/2000/svg";
const SMALLEST = 4;
const STEPS = [1, 4, 16];

interface Handler {
  key(event: KeyboardEvent): boolean;
  read(): void;
}

function el<K extends keyof HTMLElementTagNameMap>(name: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function svg(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

class Labels {
  readonly buttons: HTMLButtonElement[];
  constructor(bit: HTMLElement) {
    this.buttons = [...bit.querySelectorAll<HTMLButtonElement>("[data-label]")];
  }
  name(id: string): string {
    const words = this.of(id)?.querySelector("span")?.cloneNode(true) as HTMLElement | undefined;
    words?.querySelector("kbd")?.remove();
    return words?.textContent ?? id;
  }
  of(id: string): HTMLButtonElement | undefined {
    return this.buttons.find((button) => button.dataset.label === id);
  }
  tone(id: string): string {
    return this.of(id)?.dataset.tone ?? "1";
  }
}

// Writes an answer and lets autosave know.
function write(field: HTMLTextAreaElement, value: string): void {
  if (field.value === value) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

class Classes implements Handler {
  constructor(
    private readonly bit: HTMLElement,
    private readonly next: () => void,
  ) {}
  read(): void {}
  key(event: KeyboardEvent): boolean {
    const number = Number(event.key);
    if (!Number.isInteger(number) || number < 1) return false;
    const radio = this.bit.querySelectorAll<HTMLInputElement>("input[type=radio]")[number - 1];
    if (!radio || radio.closest<HTMLElement>("label")?.hidden) return false;
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    this.next();
    return true;
  }
}

interface Span {
  start: number;
  end: number;
  label: string;
}

class Spans implements Handler {
  private readonly line: HTMLElement;
  private readonly field: HTMLTextAreaElement;
  private readonly list: HTMLElement;
  private readonly letters: string[];
  private readonly tokens: HTMLElement[];
  private readonly labels: Labels;
  private spans: Span[] = [];
  private anchor = 0;
  private caret = 0;
  private tapped = -1;
  private dragged = false;

  constructor(bit: HTMLElement) {
    this.line = bit.querySelector<HTMLElement>("[data-tokens]")!;
    this.field = bit.querySelector<HTMLTextAreaElement>("[data-answer]")!;
    this.list = bit.querySelector<HTMLElement>("[data-marks]")!;
    this.labels = new Labels(bit);
    this.letters = [...(this.line.textContent ?? "")];
    this.line.textContent = "";
    this.tokens = this.letters.map((letter, number) => {
      const token = el("span", "", letter);
      token.dataset.n = String(number);
      this.line.append(token);
      return token;
    });
    this.line.addEventListener("click", (event) => this.tap(event));
    document.addEventListener("selectionchange", () => this.selected());
    // Not the list: a button that is replaced while it is pressed is never clicked.
    this.line.addEventListener("focus", () => this.paint());
    this.line.addEventListener("blur", () => this.paint());
    this.labels.buttons.forEach((button) => {
      // Pressing a button must not take the selection away.
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", () => this.mark(button.dataset.label!));
    });
    this.read();
  }

  read(): void {
    this.spans = this.field.value
      .split(";")
      .map((part) => /^(\d+)-(\d+):(.+)$/.exec(part))
      .filter((found): found is RegExpExecArray => found !== null)
      .map((found) => ({ start: Number(found[1]), end: Number(found[2]), label: found[3]! }));
    this.show();
  }

  key(event: KeyboardEvent): boolean {
    const number = Number(event.key);
    if (number >= 1 && number <= this.labels.buttons.length) {
      this.mark(this.labels.buttons[number - 1]!.dataset.label!);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      const [start, end] = this.range();
      this.keep(this.spans.filter((span) => span.end <= start || span.start >= Math.max(end, start + 1)));
    } else if (document.activeElement === this.line && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.move(event.key === "ArrowRight" ? 1 : -1, event.shiftKey, event.ctrlKey || event.altKey);
    } else if (document.activeElement === this.line && (event.key === "Home" || event.key === "End")) {
      this.place(event.key === "Home" ? 0 : this.letters.length, event.shiftKey);
    } else {
      return false;
    }
    return true;
  }

  private range(): [number, number] {
    return [Math.min(this.anchor, this.caret), Math.max(this.anchor, this.caret)];
  }

  private move(by: number, select: boolean, words: boolean): void {
    let to = this.caret + by;
    const space = (n: number): boolean => (this.letters[n] ?? " ").trim() === "";
    if (words) while (to > 0 && to < this.letters.length && space(to - 1) === space(to)) to += by;
    this.place(to, select);
  }

  private place(to: number, select: boolean): void {
    this.caret = Math.max(0, Math.min(this.letters.length, to));
    if (!select) this.anchor = this.caret;
    this.tapped = -1;
    this.paint();
  }

  private selected(): void {
    const chosen = document.getSelection();
    if (!chosen || chosen.isCollapsed || !chosen.anchorNode || !chosen.focusNode) return;
    if (!this.line.contains(chosen.anchorNode) || !this.line.contains(chosen.focusNode)) return;
    const ends = [this.at(chosen.anchorNode, chosen.anchorOffset), this.at(chosen.focusNode, chosen.focusOffset)];
    this.anchor = Math.min(...ends);
    this.caret = Math.max(...ends);
    this.tapped = -1;
    this.dragged = true;
    this.paint();
  }

  private at(node: Node, offset: number): number {
    if (node === this.line) return offset;
    const token = (node instanceof HTMLElement ? node : node.parentElement)?.closest<HTMLElement>("[data-n]");
    return Number(token?.dataset.n ?? 0) + (offset > 0 ? 1 : 0);
  }

  // A first tap sets one end, a second the other.
  private tap(event: MouseEvent): void {
    if (this.dragged) {
      this.dragged = false;
      return;
    }
    const token = (event.target as HTMLElement).closest<HTMLElement>("[data-n]");
    if (!token) return;
    const n = Number(token.dataset.n);
    if (this.tapped < 0) {
      this.tapped = n;
      [this.anchor, this.caret] = [n, n + 1];
    } else {
      [this.anchor, this.caret] = [Math.min(this.tapped, n), Math.max(this.tapped, n) + 1];
      this.tapped = -1;
    }
    this.paint();
  }

  private mark(label: string): void {
    let [start, end] = this.range();
    while (start < end && !this.letters[start]!.trim()) start += 1;
    while (end > start && !this.letters[end - 1]!.trim()) end -= 1;
    if (end <= start) return;
    const others = this.spans.filter((span) => span.end <= start || span.start >= end);
    document.getSelection()?.removeAllRanges();
    this.anchor = this.caret = end;
    this.tapped = -1;
    this.dragged = false;
    this.keep([...others, { start, end, label }]);
  }

  private keep(spans: Span[]): void {
    this.spans = spans.sort((a, b) => a.start - b.start);
    this.show();
    write(this.field, this.spans.map((s) => `${s.start}-${s.end}:${s.label}`).join(";"));
  }

  private paint(): void {
    const [start, end] = this.range();
    const focused = document.activeElement === this.line;
    this.tokens.forEach((token, n) => {
      const span = this.spans.find((one) => one.start <= n && n < one.end);
      token.dataset.tone = span ? this.labels.tone(span.label) : "";
      token.classList.toggle("first", span?.start === n);
      token.classList.toggle("last", span !== undefined && span.end === n + 1);
      token.classList.toggle("chosen", n >= start && n < end);
      token.classList.toggle("caret", focused && start === end && n === this.caret);
      token.classList.toggle("caret-end", focused && start === end && n === this.letters.length - 1 && this.caret > n);
    });
  }

  private show(): void {
    this.paint();
    this.list.replaceChildren(
      ...this.spans.map((span) => {
        const row = el("li");
        const words = this.letters.slice(span.start, span.end).join("");
        const name = el("span", "tag", this.labels.name(span.label));
        name.dataset.tone = this.labels.tone(span.label);
        const remove = el("button", "linkish", say("去掉", "Remove"));
        remove.type = "button";
        remove.setAttribute("aria-label", `${say("去掉", "Remove")} ${words}`);
        remove.addEventListener("click", () => {
          this.keep(this.spans.filter((one) => one !== span));
          this.line.focus();
        });
        row.append(name, el("q", "", words), remove);
        return row;
      }),
    );
  }
}

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
  label: string;
}

class Boxes implements Handler {
  private readonly canvas: HTMLElement;
  private readonly field: HTMLTextAreaElement;
  private readonly list: HTMLElement;
  private readonly layer: SVGElement;
  private readonly labels: Labels;
  private readonly width: number;
  private readonly height: number;
  private boxes: Box[] = [];
  private at = -1;
  private label: string;
  private step = 1;
  private drag: { how: "new" | "move" | "size"; x: number; y: number; from: Box } | null = null;

  constructor(bit: HTMLElement) {
    this.canvas = bit.querySelector<HTMLElement>("[data-canvas]")!;
    this.field = bit.querySelector<HTMLTextAreaElement>("[data-answer]")!;
    this.list = bit.querySelector<HTMLElement>("[data-marks]")!;
    this.labels = new Labels(bit);
    this.label = this.labels.buttons[0]!.dataset.label!;
    this.width = Number(this.canvas.dataset.width);
    this.height = Number(this.canvas.dataset.height);
    this.layer = svg("svg", { viewBox: `0 0 ${this.width} ${this.height}`, "aria-hidden": "true" });
    this.canvas.append(this.layer);
    this.layer.addEventListener("pointerdown", (event) => this.down(event));
    this.layer.addEventListener("pointermove", (event) => this.moved(event));
    this.layer.addEventListener("pointerup", () => this.up());
    this.layer.addEventListener("pointercancel", () => this.up());
    this.labels.buttons.forEach((button) => button.addEventListener("click", () => this.choose(button.dataset.label!)));
    this.read();
  }

  read(): void {
    this.boxes = this.field.value
      .split(";")
      .map((part) => /^(\d+),(\d+),(\d+),(\d+):(.+)$/.exec(part))
      .filter((found): found is RegExpExecArray => found !== null)
      .map((f) => ({ x: Number(f[1]), y: Number(f[2]), w: Number(f[3]), h: Number(f[4]), label: f[5]! }));
    this.at = Math.min(this.at, this.boxes.length - 1);
    this.show();
  }

  key(event: KeyboardEvent): boolean {
    const number = Number(event.key);
    const box = this.boxes[this.at];
    const arrows: Record<string, [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const arrow = arrows[event.key];
    if (number >= 1 && number <= this.labels.buttons.length) {
      this.choose(this.labels.buttons[number - 1]!.dataset.label!);
    } else if (event.key === "n" || event.key === "N") {
      this.boxes.push(this.fitted({ x: this.width / 2 - 30, y: this.height / 2 - 30, w: 60, h: 60, label: this.label }));
      this.at = this.boxes.length - 1;
      this.keep();
    } else if ((event.key === "." || event.key === ",") && this.boxes.length) {
      const by = event.key === "." ? 1 : this.boxes.length - 1;
      this.at = this.at < 0 ? 0 : (this.at + by) % this.boxes.length;
      this.show();
    } else if ((event.key === "=" || event.key === "+" || event.key === "-") && box) {
      this.step = Math.max(0, Math.min(STEPS.length - 1, this.step + (event.key === "-" ? -1 : 1)));
      this.show();
    } else if ((event.key === "Delete" || event.key === "Backspace") && box) {
      this.remove(this.at);
    } else if (arrow && box && document.activeElement === this.canvas) {
      const by = STEPS[this.step]!;
      const [dx, dy] = [arrow[0] * by, arrow[1] * by];
      this.boxes[this.at] = this.fitted(
        event.shiftKey ? { ...box, w: box.w + dx, h: box.h + dy } : { ...box, x: box.x + dx, y: box.y + dy },
      );
      this.keep();
    } else {
      return false;
    }
    this.canvas.focus({ preventScroll: true });
    return true;
  }

  private choose(label: string): void {
    this.label = label;
    const box = this.boxes[this.at];
    if (box && box.label !== label) {
      box.label = label;
      this.keep();
    } else {
      this.show();
    }
  }

  private fitted(box: Box): Box {
    const w = Math.round(Math.max(SMALLEST, Math.min(box.w, this.width)));
    const h = Math.round(Math.max(SMALLEST, Math.min(box.h, this.height)));
    const x = Math.round(Math.max(0, Math.min(box.x, this.width - w)));
    const y = Math.round(Math.max(0, Math.min(box.y, this.height - h)));
    return { ...box, x, y, w, h };
  }

  private point(event: PointerEvent): { x: number; y: number } {
    const bounds = this.layer.getBoundingClientRect();
    return {
      x: Math.max(0, Math.min(this.width, ((event.clientX - bounds.left) / bounds.width) * this.width)),
      y: Math.max(0, Math.min(this.height, ((event.clientY - bounds.top) / bounds.height) * this.height)),
    };
  }

  private down(event: PointerEvent): void {
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.layer.setPointerCapture(event.pointerId);
    const { x, y } = this.point(event);
    const target = event.target as SVGElement;
    const corner = target.dataset.corner;
    const selected = this.boxes[this.at];
    if (corner && selected) {
      const right = corner.includes("e") ? selected.x : selected.x + selected.w;
      const bottom = corner.includes("s") ? selected.y : selected.y + selected.h;
      this.drag = { how: "size", x: right, y: bottom, from: selected };
      return;
    }
    const hit = target.dataset.box;
    if (hit !== undefined) {
      this.at = Number(hit);
      this.drag = { how: "move", x, y, from: { ...this.boxes[this.at]! } };
    } else {
      this.at = -1;
      this.drag = { how: "new", x, y, from: { x, y, w: 0, h: 0, label: this.label } };
    }
    this.show();
  }

  private moved(event: PointerEvent): void {
    if (!this.drag) return;
    const { x, y } = this.point(event);
    const { how, from } = this.drag;
    if (how === "move") {
      this.boxes[this.at] = this.fitted({ ...from, x: from.x + x - this.drag.x, y: from.y + y - this.drag.y });
    } else {
      const across = Math.abs(x - this.drag.x);
      const down = Math.abs(y - this.drag.y);
      if (how === "new" && this.at < 0) {
        if (Math.max(across, down) < SMALLEST) return;
        this.boxes.push({ ...from });
        this.at = this.boxes.length - 1;
      }
      this.boxes[this.at] = this.fitted({
        ...from,
        x: Math.min(x, this.drag.x),
        y: Math.min(y, this.drag.y),
        w: across,
        h: down,
      });
    }
    this.show();
  }

  private up(): void {
    if (!this.drag) return;
    this.drag = null;
    this.keep();
  }

  private remove(number: number): void {
    this.boxes.splice(number, 1);
    this.at = Math.min(this.at, this.boxes.length - 1);
    this.keep();
  }

  private keep(): void {
    this.show();
    const seen = new Set(this.boxes.map((b) => `${b.x},${b.y},${b.w},${b.h}:${b.label}`));
    write(this.field, [...seen].join(";"));
  }

  private show(): void {
    const shapes: SVGElement[] = [];
    this.boxes.forEach((box, number) => {
      const shape = svg("rect", { x: box.x, y: box.y, width: box.w, height: box.h });
      shape.dataset.box = String(number);
      shape.dataset.tone = this.labels.tone(box.label);
      shape.classList.toggle("at", number === this.at);
      shapes.push(shape);
    });
    const box = this.boxes[this.at];
    if (box)
      for (const [corner, x, y] of [
        ["nw", box.x, box.y],
        ["ne", box.x + box.w, box.y],
        ["sw", box.x, box.y + box.h],
        ["se", box.x + box.w, box.y + box.h],
      ] as const) {
        const handle = svg("circle", { cx: x, cy: y, r: 6 });
        handle.dataset.corner = corner;
        shapes.push(handle);
      }
    this.layer.replaceChildren(...shapes);
    this.labels.buttons.forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.label === (box?.label ?? this.label)));
    });
    this.list.replaceChildren(...this.boxes.map((one, number) => this.row(one, number)));
  }

  private row(box: Box, number: number): HTMLElement {
    const row = el("li");
    row.classList.toggle("at", number === this.at);
    const name = el("button", "tag", this.labels.name(box.label));
    name.type = "button";
    name.dataset.tone = this.labels.tone(box.label);
    name.setAttribute("aria-pressed", String(number === this.at));
    name.addEventListener("click", () => {
      this.at = number;
      this.show();
      this.canvas.focus({ preventScroll: true });
    });
    const place = el("span", "num faint", `${box.x}, ${box.y} · ${box.w} × ${box.h}`);
    const remove = el("button", "linkish", say("去掉", "Remove"));
    remove.type = "button";
    remove.setAttribute("aria-label", `${say("去掉", "Remove")} ${this.labels.name(box.label)} ${number + 1}`);
    remove.addEventListener("click", () => {
      this.remove(number);
      this.canvas.focus({ preventScroll: true });
    });
    row.append(name, place);
    if (number === this.at) row.append(el("small", "faint", say(`步长 ${STEPS[this.step]} 像素`, `step ${STEPS[this.step]} px`)));
    row.append(remove);
    return row;
  }
}

function startItems(form: HTMLFormElement): void {
  const kind = form.dataset.labelling!;
  const bits = [...form.querySelectorAll<HTMLElement>("[data-item]")];
  let at = 0;
  const go = (to: number): void => {
    const bit = bits[Math.max(0, Math.min(bits.length - 1, to))];
    if (!bit) return;
    mark(bits.indexOf(bit));
    const inside = bit.querySelector<HTMLElement>("[data-tokens], [data-canvas], input[type=radio]:checked, input[type=radio]");
    inside?.focus({ preventScroll: true });
    bit.scrollIntoView({ block: "center" });
  };
  const mark = (to: number): void => {
    at = to;
    bits.forEach((bit, number) => bit.classList.toggle("at", number === at));
  };
  const handlers: Handler[] = bits.map((bit, number) => {
    if (kind === "spans") return new Spans(bit);
    if (kind === "boxes") return new Boxes(bit);
    return new Classes(bit, () => go(number + 1));
  });
  bits.forEach((bit, number) => {
    bit.addEventListener("focusin", () => mark(number));
    bit.addEventListener("pointerdown", () => mark(number));
  });
  mark(0);
  const count = (): void => {
    const done = bits.filter((bit) => {
      const answer = bit.querySelector<HTMLTextAreaElement>("[data-answer]");
      const some = answer ? answer.value !== "" : bit.querySelector("input[type=radio]:checked") !== null;
      bit.classList.toggle("done", some);
      return some;
    }).length;
    const shown = form.querySelector("[data-done]");
    if (shown && shown.textContent !== String(done)) shown.textContent = String(done);
  };
  form.addEventListener("input", count);
  form.addEventListener("change", count);
  form.addEventListener("touchstone:filled", () => {
    handlers.forEach((handler) => handler.read());
    count();
  });
  count();
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.key === "Escape" && target.closest(".ask")) go(at);
    if (target.closest("input:not([type=radio]), textarea, select, dialog")) return;
    if (event.metaKey || (event.ctrlKey && !event.key.startsWith("Arrow"))) return;
    const bit = bits[at];
    if (handlers[at]?.key(event)) {
      event.preventDefault();
    } else if (event.key === "j" || event.key === "k") {
      go(at + (event.key === "j" ? 1 : -1));
      event.preventDefault();
    } else if (event.key === "q" && bit?.querySelector(".ask")) {
      bit.querySelector<HTMLDetailsElement>(".ask")!.open = true;
      bit.querySelector<HTMLTextAreaElement>(".ask textarea")!.focus();
      event.preventDefault();
    }
  });
}

// A cause of one's own can be chosen once it has a name.
function startOwnCauses(form: HTMLFormElement): void {
  const show = (): void =>
    form.querySelectorAll<HTMLInputElement>("[data-own]").forEach((input) => {
      const name = input.value.trim();
      form.querySelectorAll<HTMLElement>(`[data-own-name="${input.dataset.own}"]`).forEach((place) => {
        if (place instanceof HTMLOptionElement) {
          place.hidden = place.disabled = !name && !place.selected;
        } else {
          const label = place.closest<HTMLElement>("label");
          const chosen = label?.querySelector<HTMLInputElement>("input")?.checked ?? false;
          if (label) label.hidden = !name && !chosen;
        }
        place.textContent = name || say("（没有名字）", "(no name)");
      });
    });
  form.addEventListener("input", show);
  form.addEventListener("touchstone:filled", show);
  show();
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll<HTMLFormElement>("form[data-labelling]").forEach((form) => {
    startItems(form);
    startOwnCauses(form);
  });
  const original = document.querySelector<HTMLElement>("[data-original]");
  const prompt = document.querySelector<HTMLTextAreaElement>("textarea[name=prompt]");
  document.querySelector("[data-restore]")?.addEventListener("click", () => {
    if (original && prompt) write(prompt, original.textContent ?? "");
  });
});
