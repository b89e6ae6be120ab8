// The interview room. What is typed is put into this browser's queue first and sent from there, so a
// closed laptop, a lost network or a restarted server loses nothing. Notes have keys of their own:
// two devices offline merge without a conflict. A score changed in two places shows both.
import { startRecorder } from "./recorder";
import { Queue, type Answer, type Change } from "./room-queue";

const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese: string, english: string): string => (zh ? chinese : english);
const pad = (n: number): string => String(n).padStart(2, "0");
const seconds = (n: number): string => {
  const hours = Math.floor(n / 3600);
  return hours ? `${hours}:${pad(Math.floor(n / 60) % 60)}:${pad(n % 60)}` : `${pad(Math.floor(n / 60))}:${pad(n % 60)}`;
};
const fresh = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

const MOST_NAMED = 4;

class Room {
  private readonly queue: Queue;
  private readonly urls: Record<string, string>;
  private readonly names = new Map<string, string>();
  private readonly composer: HTMLTextAreaElement | null;
  private note: { key: string; second: number | null; question: string; written: string } | null = null;
  private question = "";
  private reloadOffered = false;

  constructor(private readonly root: HTMLElement) {
    const data = root.dataset;
    this.urls = { note: data.noteUrl!, score: data.scoreUrl!, asked: data.askedUrl!, clock: data.clockUrl!, submit: data.submitUrl! };
    this.composer = root.querySelector("[data-note]");
    root.querySelectorAll<HTMLOptionElement>("[data-note-indicator] option").forEach((o) => this.names.set(o.value, o.textContent ?? ""));
    this.queue = new Queue(`room:${data.room}:${data.me}`, {
      answered: (change, answer) => this.answered(change, answer),
      clashed: (change, answer) => this.clashed(change, answer),
      told: (words, bad, waiting) => this.told(words, bad, waiting),
    });
    this.startTabs();
    this.startQuestions();
    this.startNotes();
    this.startSheet();
    this.startKeys();
    this.startLive();
    this.restore();
    this.startPlayer();
    this.startPlace();
    startRecorder(root, () => this.second());
    this.count();
  }

  // --- what is sent

  private put(id: string, url: string, body: Record<string, unknown>): void {
    this.queue.put({ id, url, body });
  }

  private answered(change: Change, answer: Answer): void {
    const [kind, key] = [change.id.slice(0, change.id.indexOf(":")), change.id.slice(change.id.indexOf(":") + 1)];
    const version = String(answer.version ?? "");
    if (kind === "score") this.block(key)?.setAttribute("data-version", version);
    if (kind === "summary") this.root.querySelector("[data-summary]")?.setAttribute("data-version", version);
    if (kind === "note") {
      const line = this.line(key);
      if (line) {
        line.dataset.version = version;
        delete line.dataset.waiting;
      }
    }
  }

  private version(id: string): number {
    const key = id.slice(id.indexOf(":") + 1);
    const holder = id.startsWith("score:") ? this.block(key) : id.startsWith("note:") ? this.line(key) : this.root.querySelector<HTMLElement>("[data-summary]");
    return Number(holder?.dataset.version ?? 0);
  }

  private told(words: string, bad: boolean, waiting: number): void {
    const line = this.root.querySelector<HTMLElement>("#compose [data-saved]");
    if (line) {
      line.textContent = words;
      line.classList.toggle("no", bad);
    }
    const bar = document.getElementById("offline");
    const text = bar?.querySelector("[data-offline-text]");
    if (bar && text) {
      bar.hidden = !bad;
      text.textContent = waiting ? `${words} ${say("可以继续写。", "You can go on writing.")}` : words;
    }
  }

  // Both versions side by side; nothing is overwritten. Three ways out: theirs, mine, both.
  private clashed(change: Change, answer: Answer): void {
    const theirs = (answer.theirs ?? {}) as Record<string, unknown>;
    const mine = change.body;
    const key = change.id.slice(change.id.indexOf(":") + 1);
    const place = change.id.startsWith("score:") ? this.block(key) : change.id.startsWith("note:") ? (this.line(key) ?? this.composer?.parentElement) : this.root.querySelector("[data-summary]")?.parentElement;
    if (!place) return;
    place.querySelector(".clash")?.remove();
    const words = (side: Record<string, unknown>): string =>
      [side.not_observed ? say("未观察到", "not observed") : side.score, side.comment, side.text].filter((part) => part !== undefined && part !== null && part !== "").join("\n") || "–";
    const box = document.createElement("div");
    box.className = "clash";
    box.setAttribute("role", "alert");
    const title = document.createElement("b");
    title.textContent = answer.detail ?? say("另一个窗口也改了这里。", "This was changed in another window too.");
    const list = document.createElement("dl");
    [[say("那边", "There"), words(theirs)], [say("这里", "Here"), words(mine)]].forEach(([name, text]) => {
      const cell = document.createElement("div");
      const dt = document.createElement("dt");
      const dd = document.createElement("dd");
      dt.textContent = name!;
      dd.textContent = text!;
      cell.append(dt, dd);
      list.append(cell);
    });
    const row = document.createElement("div");
    row.className = "row wrap";
    const choose = (label: string, act: () => void): void => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn sm";
      button.textContent = label;
      button.addEventListener("click", () => {
        box.remove();
        this.queue.settle(change.id);
        act();
      });
      row.append(button);
    };
    const again = (body: Record<string, unknown>): void => this.put(change.id, change.url, { ...body, version: theirs.version ?? 0 });
    choose(say("用这里的", "Keep mine"), () => again(mine));
    choose(say("用那边的", "Take theirs"), () => this.show(change.id, theirs));
    const text = String(mine.text ?? mine.comment ?? "");
    const other = String(theirs.text ?? theirs.comment ?? "");
    if (text && other && text !== other)
      choose(say("两份都留", "Keep both"), () => {
        const both = `${other}\n${text}`;
        const body = mine.text !== undefined ? { ...mine, text: both } : { ...mine, comment: both };
        this.show(change.id, { ...body, version: theirs.version });
        again(body);
      });
    box.append(title, list, row);
    place.append(box);
    (row.firstElementChild as HTMLElement | null)?.focus();
  }

  private show(id: string, values: Record<string, unknown>): void {
    const key = id.slice(id.indexOf(":") + 1);
    if (id.startsWith("score:")) {
      const block = this.block(key);
      if (!block) return;
      if (values.version !== undefined) block.dataset.version = String(values.version);
      this.paint(block, values.score === null || values.score === undefined || values.score === "" ? null : Number(values.score), Boolean(values.not_observed));
      const comment = block.querySelector<HTMLTextAreaElement>("[data-comment]");
      if (comment) comment.value = String(values.comment ?? "");
    } else if (id.startsWith("note:")) {
      const line = this.line(key);
      if (!line) return;
      if (values.version !== undefined) line.dataset.version = String(values.version);
      line.querySelector(".words")!.textContent = String(values.text ?? "");
    } else {
      const summary = this.root.querySelector<HTMLTextAreaElement>("[data-summary]");
      if (!summary) return;
      if (values.version !== undefined) summary.dataset.version = String(values.version);
      summary.value = String(values.text ?? "");
    }
    this.count();
  }

  // After a reload: what the server took too late for this page, then what still waits.
  private restore(): void {
    this.queue.landed().forEach(({ change, version }) => {
      if (version <= this.version(change.id)) return;
      if (change.id.startsWith("note:")) {
        const key = change.id.slice(5);
        if (!String(change.body.text ?? "").trim()) {
          this.line(key)?.remove();
          return;
        }
        if (!this.line(key)) this.addLine(key, change.body);
        this.fill(this.line(key)!, change.body);
        delete this.line(key)!.dataset.waiting;
      }
      this.show(change.id, { ...change.body, version });
    });
    this.queue.waiting().forEach((change) => {
      if (change.id.startsWith("note:")) {
        const key = change.id.slice(5);
        if (!this.line(key)) this.addLine(key, change.body);
        this.line(key)!.dataset.waiting = "1";
      }
      this.show(change.id, { ...change.body, version: undefined });
    });
    this.queue.start((id) => this.version(id));
  }

  // --- tabs of the phone

  private startTabs(): void {
    const tabs = this.root.querySelectorAll<HTMLButtonElement>("[data-tab]");
    tabs.forEach((tab) =>
      tab.addEventListener("click", () => {
        this.root.dataset.at = tab.dataset.tab;
        tabs.forEach((other) => other.setAttribute("aria-pressed", String(other === tab)));
        window.scrollTo({ top: 0 });
      }),
    );
  }

  // --- questions

  private startQuestions(): void {
    const panels = [...this.root.querySelectorAll<HTMLElement>("[data-q]")];
    this.question = sessionStorage.getItem(`room-q:${this.root.dataset.room}`) ?? "";
    if (!panels.some((panel) => panel.dataset.q === this.question)) this.question = panels[0]?.dataset.q ?? "";
    this.root.addEventListener("click", (event) => {
      const target = event.target as Element;
      const go = target.closest<HTMLElement>("[data-go]");
      if (go) this.go(go.dataset.go!);
      const mark = target.closest<HTMLElement>("[data-mark]");
      if (mark) this.mark(mark);
      const claim = target.closest<HTMLElement>("[data-claim]");
      if (claim) {
        const on = claim.getAttribute("aria-pressed") !== "true";
        claim.setAttribute("aria-pressed", String(on));
        this.put(`claim:${this.question}`, this.urls.asked!, { do: "claim", code: this.question, on });
      }
      if (target.closest("button[data-asked]") && target.closest("[data-q]")) this.asked();
    });
    // The clock stands in the page's head, outside the room's columns.
    document.addEventListener("click", (event) => {
      const target = event.target as Element;
      if (target.closest("[data-start]")) void this.clock("start");
      if (target.closest("[data-end]")) void this.clock("end");
    });
    if (this.question) this.go(this.question, false);
  }

  private go(code: string, tell = true): void {
    this.question = code;
    sessionStorage.setItem(`room-q:${this.root.dataset.room}`, code);
    this.root.querySelectorAll<HTMLElement>("[data-q]").forEach((panel) => (panel.hidden = panel.dataset.q !== code));
    this.markCurrent();
    if (this.root.dataset.seat && tell) void this.quietly(this.urls.asked!, { do: "look", code });
  }

  private markCurrent(): void {
    this.root.querySelectorAll<HTMLElement>("[data-go]").forEach((link) => {
      if (link.dataset.go === this.question) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      const panel = this.root.querySelector<HTMLElement>(`[data-q="${CSS.escape(link.dataset.go!)}"]`);
      const state = panel?.querySelector("[data-q-state]");
      if (!panel || !state) return;
      const parts = [
        link.dataset.asked ? `· ${say("问过", "asked")} ${link.dataset.asked}` : "",
        !link.dataset.asked && link.dataset.claimed ? `· ${link.dataset.claimed} ${say("来问", "will ask")}` : "",
      ];
      state.textContent = parts.filter(Boolean).join(" ");
      if (link.dataset.asked) panel.querySelector("button[data-asked]")?.setAttribute("aria-pressed", "true");
    });
    this.markCovered();
    const current = this.root.querySelector<HTMLElement>("[data-go][aria-current]");
    const bar = current?.parentElement;
    if (current && bar) bar.scrollLeft = current.offsetLeft - bar.clientWidth / 3;
  }

  // Which indicators a question asked so far speaks to, and which of one's own are still open.
  private markCovered(): void {
    const covered = new Set<string>();
    this.root.querySelectorAll<HTMLElement>("[data-go][data-asked]").forEach((link) => {
      const panel = this.root.querySelector<HTMLElement>(`[data-q="${CSS.escape(link.dataset.go!)}"]`);
      (panel?.dataset.indicators ?? "").split(" ").forEach((indicator) => covered.add(indicator));
    });
    const open: string[] = [];
    this.root.querySelectorAll<HTMLElement>("[data-ind]").forEach((block) => {
      const id = block.dataset.ind!;
      block.querySelector("[data-covered]")?.toggleAttribute("hidden", !covered.has(id));
      if (block.dataset.required && !covered.has(id)) open.push(this.names.get(id) ?? id);
    });
    const line = this.root.querySelector("[data-uncovered]");
    if (line && this.root.dataset.seat && !this.root.dataset.locked)
      line.textContent = !open.length
        ? ""
        : open.length > MOST_NAMED
          ? say(`还没问到：${open.slice(0, MOST_NAMED).join("、")} 等 ${open.length} 项`, `Not asked about yet: ${open.slice(0, MOST_NAMED).join(", ")} and ${open.length - MOST_NAMED} more`)
          : say(`还没问到：${open.join("、")}`, `Not asked about yet: ${open.join(", ")}`);
  }

  private asked(): void {
    if (!this.question || !this.root.dataset.seat) return;
    this.root.querySelector(`[data-q="${CSS.escape(this.question)}"] button[data-asked]`)?.setAttribute("aria-pressed", "true");
    this.put(`asked:${this.question}`, this.urls.asked!, { do: "asked", code: this.question, at_second: this.second() ?? 0 });
  }

  private mark(button: HTMLElement): void {
    const group = button.closest<HTMLElement>("[data-point]")!;
    const on = button.getAttribute("aria-pressed") !== "true";
    group.querySelectorAll("[data-mark]").forEach((other) => other.setAttribute("aria-pressed", String(on && other === button)));
    const code = button.closest<HTMLElement>("[data-q]")!.dataset.q!;
    this.put(`mark:${code}:${group.dataset.point}`, this.urls.asked!, { do: "mark", code, point: group.dataset.point, mark: on ? button.dataset.mark : "" });
  }

  // --- the clock

  private second(): number | null {
    const clock = document.querySelector<HTMLElement>("#room-clock [data-since]");
    if (!clock) return null;
    return Math.max(0, Math.floor((Date.now() + Number(clock.dataset.skew ?? "0") - Date.parse(clock.dataset.since!)) / 1000));
  }

  private async clock(what: string): Promise<void> {
    const answer = await this.quietly(this.urls.clock!, { do: what });
    if (!answer) this.told(say("连不上，时钟没有动。请再按一次。", "No connection; the clock did not change. Press again."), true, this.queue.waiting().length);
    else window.htmx?.trigger(document.body, "changed");
  }

  private async quietly(url: string, body: Record<string, unknown>): Promise<boolean> {
    try {
      return (await this.queue.post(url, body)).ok;
    } catch {
      return false;
    }
  }

  // --- notes

  private startNotes(): void {
    const box = this.composer;
    if (!box) return;
    box.addEventListener("input", () => this.typed());
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.finish();
      }
    });
    this.root.querySelector("[data-note-done]")?.addEventListener("click", () => this.finish());
    this.root.querySelectorAll("[data-note-indicator], [data-note-share]").forEach((field) => field.addEventListener("change", () => this.note && this.typed()));
    this.root.addEventListener("click", (event) => {
      const edit = (event.target as Element).closest("[data-edit]");
      if (edit) this.edit(edit.closest<HTMLElement>("li")!);
    });
    this.root.querySelectorAll<HTMLElement>("[data-notes] li").forEach((line) => this.tag(line));
  }

  private typed(): void {
    const box = this.composer!;
    this.note ??= { key: fresh(), second: this.second(), question: this.question, written: new Date(Date.now() + this.skew()).toISOString() };
    const note = this.note;
    const body = {
      key: note.key,
      text: box.value,
      at_second: note.second,
      question_code: note.question,
      indicator: this.root.querySelector<HTMLSelectElement>("[data-note-indicator]")?.value ?? "",
      shared_now: this.root.dataset.blind === "0" || Boolean(this.root.querySelector<HTMLInputElement>("[data-note-share]")?.checked),
      written_at: note.written,
    };
    if (!this.line(note.key)) this.addLine(note.key, body);
    this.fill(this.line(note.key)!, body);
    this.put(`note:${note.key}`, this.urls.note!, body);
  }

  private skew(): number {
    return Number(document.querySelector<HTMLElement>("#room-clock [data-since]")?.dataset.skew ?? "0");
  }

  finish(): void {
    const box = this.composer;
    if (!box) return;
    if (this.note && !box.value.trim()) this.line(this.note.key)?.remove();
    this.root.querySelectorAll(".notes li.current").forEach((line) => line.classList.remove("current"));
    this.note = null;
    box.value = "";
    box.focus();
    void this.queue.flush();
  }

  private edit(line: HTMLElement): void {
    this.finish();
    this.note = {
      key: line.dataset.key!,
      second: line.dataset.second ? Number(line.dataset.second) : null,
      question: line.dataset.question ?? "",
      written: new Date().toISOString(),
    };
    line.classList.add("current");
    this.composer!.value = line.querySelector(".words")!.textContent ?? "";
    const select = this.root.querySelector<HTMLSelectElement>("[data-note-indicator]");
    if (select) select.value = line.dataset.indicator ?? "";
    const share = this.root.querySelector<HTMLInputElement>("[data-note-share]");
    if (share) share.checked = line.dataset.shared === "1";
    this.composer!.focus();
  }

  private line(key: string): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(`[data-notes] li[data-key="${CSS.escape(key)}"]`);
  }

  private addLine(key: string, body: Record<string, unknown>): void {
    const line = document.createElement("li");
    line.dataset.key = key;
    line.dataset.version = "0";
    const time = document.createElement("time");
    time.className = "num";
    time.textContent = typeof body.at_second === "number" ? seconds(body.at_second) : new Date().toTimeString().slice(0, 5);
    const words = document.createElement("span");
    words.className = "words";
    const tag = document.createElement("span");
    tag.className = "tag";
    tag.dataset.tag = "";
    const edit = document.createElement("button");
    edit.type = "button";
    edit.className = "linkish";
    edit.dataset.edit = "";
    edit.textContent = say("改", "Edit");
    line.append(time, words, tag, edit);
    this.root.querySelector("[data-notes]")!.prepend(line);
    this.fill(line, body);
  }

  private fill(line: HTMLElement, body: Record<string, unknown>): void {
    line.querySelector(".words")!.textContent = String(body.text ?? "");
    line.dataset.second = body.at_second === null || body.at_second === undefined ? "" : String(body.at_second);
    line.dataset.indicator = String(body.indicator ?? "");
    line.dataset.question = String(body.question_code ?? "");
    line.dataset.shared = body.shared_now ? "1" : "";
    line.dataset.waiting = "1";
    this.tag(line);
  }

  private tag(line: HTMLElement): void {
    const tag = line.querySelector<HTMLElement>("[data-tag]");
    if (!tag) return;
    const number = this.root.querySelector(`[data-go="${CSS.escape(line.dataset.question || "-")}"] .num`)?.textContent;
    const parts = [this.names.get(line.dataset.indicator ?? "") && line.dataset.indicator ? this.names.get(line.dataset.indicator) : "", number ? say(`第 ${number} 题`, `Q${number}`) : "", line.dataset.shared && this.root.dataset.blind === "1" ? say("小组可见", "shared") : ""];
    tag.textContent = parts.filter(Boolean).join(" · ");
  }

  // --- the score sheet

  private block(indicator: string): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(`[data-ind="${CSS.escape(indicator)}"]`);
  }

  private startSheet(): void {
    this.root.querySelectorAll<HTMLElement>("[data-ind]").forEach((block) => {
      const value = block.querySelector<HTMLInputElement>("[data-value]");
      this.paint(block, value?.value ? Number(value.value) : null, block.querySelector("[data-skip]")?.getAttribute("aria-pressed") === "true");
      if (this.root.dataset.locked) return;
      const rate = block.querySelector<HTMLElement>("[data-rate]");
      rate?.addEventListener("click", (event) => {
        const n = (event.target as HTMLElement).closest<HTMLElement>("[data-n]")?.dataset.n;
        if (n === undefined) return;
        rate.focus();
        this.set(block, this.value(block) === Number(n) && Number(n) < 10 ? Number(n) + 0.5 : Number(n));
      });
      rate?.addEventListener("keydown", (event) => this.rateKey(event, block));
      value?.addEventListener("change", () => this.set(block, value.value === "" ? null : Math.round(Math.max(0, Math.min(10, Number(value.value))) * 2) / 2));
      block.querySelector("[data-half]")?.addEventListener("click", () => this.half(block));
      block.querySelector("[data-skip]")?.addEventListener("click", () => this.skip(block));
      block.querySelector("[data-comment]")?.addEventListener("input", () => this.send(block));
      block.querySelector("[data-basis]")?.addEventListener("click", (event) => this.pick(block, event.target as HTMLElement));
    });
    const summary = this.root.querySelector<HTMLTextAreaElement>("[data-summary]");
    summary?.addEventListener("input", () => this.put("summary:", this.urls.score!, { indicator: "summary", text: summary.value }));
    this.root.querySelector("[data-rest]")?.addEventListener("click", () => {
      this.root.querySelectorAll<HTMLElement>("[data-ind]").forEach((block) => {
        if (this.value(block) === null && !this.skipped(block) && block.dataset.required) this.skip(block);
      });
    });
    this.root.querySelector("[data-submit]")?.addEventListener("click", (event) => void this.submit(event.currentTarget as HTMLElement));
  }

  private rateKey(event: KeyboardEvent, block: HTMLElement): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = this.value(block);
    if (/^[0-9]$/.test(event.key)) this.set(block, event.key === "0" ? 10 : Number(event.key));
    else if (event.key === "ArrowRight" || event.key === "ArrowUp") this.set(block, Math.min(10, now === null ? 5 : now + 0.5));
    else if (event.key === "ArrowLeft" || event.key === "ArrowDown") this.set(block, Math.max(0, now === null ? 5 : now - 0.5));
    else if (event.key === "Home") this.set(block, 0);
    else if (event.key === "End") this.set(block, 10);
    else if (event.key === ".") this.half(block);
    else if (event.key === "-") this.skip(block);
    else if (event.key === "Backspace" || event.key === "Delete") this.set(block, null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private value(block: HTMLElement): number | null {
    const text = block.dataset.score ?? "";
    return text === "" ? null : Number(text);
  }

  private skipped(block: HTMLElement): boolean {
    return block.dataset.skipped === "1";
  }

  private half(block: HTMLElement): void {
    const now = this.value(block);
    if (now === null) return;
    this.set(block, now % 1 ? Math.floor(now) : Math.min(10, now + 0.5));
  }

  private skip(block: HTMLElement): void {
    this.paint(block, null, !this.skipped(block));
    this.send(block);
    this.count();
  }

  private set(block: HTMLElement, value: number | null): void {
    this.paint(block, value, false);
    this.send(block);
    this.count();
  }

  private paint(block: HTMLElement, value: number | null, skipped: boolean): void {
    block.dataset.score = value === null ? "" : String(value);
    block.dataset.skipped = skipped ? "1" : "";
    const field = block.querySelector<HTMLInputElement>("[data-value]");
    if (field) field.value = value === null ? "" : String(value);
    block.querySelector("[data-skip]")?.setAttribute("aria-pressed", String(skipped));
    block.querySelector("[data-half]")?.setAttribute("aria-pressed", String(value !== null && value % 1 !== 0));
    const rate = block.querySelector<HTMLElement>("[data-rate]");
    rate?.setAttribute("aria-valuenow", String(value ?? 0));
    rate?.setAttribute("aria-valuetext", skipped ? say("未观察到", "not observed") : value === null ? say("未评", "no score yet") : String(value));
    rate?.querySelectorAll<HTMLElement>("[data-n]").forEach((cell) => {
      cell.classList.toggle("on", value !== null && Number(cell.dataset.n) === Math.floor(value));
      cell.classList.toggle("half", value !== null && value % 1 !== 0 && Number(cell.dataset.n) === Math.floor(value) + 1);
    });
    const at = value === null ? -1 : value <= 3.5 ? 0 : value <= 7.5 ? 1 : 2;
    block.querySelectorAll(".anch span").forEach((anchor, index) => anchor.classList.toggle("at", index === at));
  }

  private send(block: HTMLElement): void {
    const id = block.dataset.ind!;
    this.put(`score:${id}`, this.urls.score!, {
      indicator: id,
      score: this.value(block),
      not_observed: this.skipped(block),
      comment: block.querySelector<HTMLTextAreaElement>("[data-comment]")?.value ?? "",
    });
  }

  private count(): void {
    const blocks = [...this.root.querySelectorAll<HTMLElement>("[data-ind]")];
    const required = blocks.filter((block) => block.dataset.required);
    const missing = required.filter((block) => this.value(block) === null && !this.skipped(block)).length;
    const bare = required.filter((block) => this.value(block) !== null && !block.querySelector<HTMLTextAreaElement>("[data-comment]")?.value && !block.querySelector("[data-basis-notes] li")).length;
    const progress = this.root.querySelector("[data-progress]");
    if (progress && this.root.dataset.seat) progress.textContent = say(`已评 ${required.length - missing} / ${required.length}`, `${required.length - missing} of ${required.length}`);
    const still = this.root.querySelector("[data-still]");
    if (still)
      still.textContent = missing
        ? say(`还差：${missing} 项未评${bare ? `，${bare} 项没写依据` : ""}`, `Still open: ${missing} without a score${bare ? `, ${bare} without evidence` : ""}`)
        : bare
          ? say(`可以提交。${bare} 项没写依据，写上更站得住。`, `Ready. ${bare} without evidence; a word would help.`)
          : say("可以提交。", "Ready.");
  }

  private pick(block: HTMLElement, opener: HTMLElement): void {
    const dialog = document.getElementById("pick-note") as HTMLDialogElement;
    const list = dialog.querySelector("[data-pick]")!;
    list.replaceChildren();
    this.root.querySelectorAll<HTMLElement>("[data-notes] li").forEach((line) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${line.dataset.second ? seconds(Number(line.dataset.second)) : ""} ${line.querySelector(".words")?.textContent ?? ""}`.trim();
      button.addEventListener("click", () => {
        this.attach(block, line);
        dialog.close();
      });
      item.append(button);
      list.append(item);
    });
    if (!list.children.length) {
      const item = document.createElement("li");
      item.className = "faint";
      item.textContent = say("还没有笔记。", "There are no notes yet.");
      list.append(item);
    }
    dialog.showModal();
    dialog.addEventListener("close", () => opener.focus(), { once: true });
  }

  private attach(block: HTMLElement, line: HTMLElement): void {
    const key = line.dataset.key!;
    const text = line.querySelector(".words")!.textContent ?? "";
    line.dataset.indicator = block.dataset.ind!;
    this.tag(line);
    this.root.querySelector(`[data-note-key="${CSS.escape(key)}"]`)?.remove();
    const item = document.createElement("li");
    item.className = "ev";
    item.dataset.s = "2";
    item.dataset.noteKey = key;
    item.textContent = text;
    block.querySelector("[data-basis-notes]")!.append(item);
    this.put(`note:${key}`, this.urls.note!, {
      key,
      text,
      at_second: line.dataset.second ? Number(line.dataset.second) : null,
      question_code: line.dataset.question ?? "",
      indicator: block.dataset.ind,
      shared_now: line.dataset.shared === "1",
    });
    this.count();
  }

  private async submit(button: HTMLElement): Promise<void> {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const still = this.root.querySelector<HTMLElement>("[data-still]");
    try {
      await this.queue.flush();
      if (this.queue.waiting().length) {
        if (still) still.textContent = say("还有没存到服务器的修改，先等网络恢复，再按一次。", "Some changes have not reached the server yet. Wait for the network and press again.");
        return;
      }
      const summary = this.root.querySelector<HTMLTextAreaElement>("[data-summary]")?.value ?? "";
      const answer = await this.queue.post(this.urls.submit!, { submit_key: button.dataset.key, summary });
      if (answer.ok) {
        window.location.reload();
        return;
      }
      const body = (await answer.json().catch(() => ({}))) as Answer;
      if (still) still.textContent = body.detail ?? say("没有提交成功，已填的都在。", "Not submitted; everything you entered is kept.");
    } catch {
      if (still) still.textContent = say("网断了，没有提交。已填的都在，恢复后再按一次。", "Offline: not submitted. Everything is kept; press again later.");
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  // --- keys

  private startKeys(): void {
    document.addEventListener("keydown", (event) => {
      const inside = (event.target as HTMLElement).closest("input, textarea, select, dialog");
      const stamp = event.key === "F8" || (event.altKey && event.code === "KeyN");
      if (stamp) {
        event.preventDefault();
        this.root.dataset.at = this.root.dataset.at ? "qs" : this.root.dataset.at;
        this.finish();
      } else if (event.altKey && event.code === "KeyS") {
        event.preventDefault();
        document.querySelector<HTMLButtonElement>("[data-start]")?.click();
      } else if (inside || event.ctrlKey || event.metaKey || event.altKey) return;
      else if (event.key === "n") this.composer?.focus();
      else if (event.key === "a") this.asked();
      else if (event.key === "s") this.nextOpen();
      else if (event.key === "[" || event.key === "]") this.step(event.key === "]" ? 1 : -1);
      else if (event.key === "?") document.querySelector<HTMLButtonElement>("[data-open=tour]")?.click();
      else return;
      event.preventDefault();
    });
    if (!localStorage.getItem("room-tour")) {
      localStorage.setItem("room-tour", "1");
      (document.getElementById("tour") as HTMLDialogElement | null)?.showModal();
    }
  }

  private step(by: number): void {
    const codes = [...this.root.querySelectorAll<HTMLElement>("[data-q]")].map((panel) => panel.dataset.q!);
    const next = codes[codes.indexOf(this.question) + by];
    if (next) this.go(next);
  }

  private nextOpen(): void {
    const open = [...this.root.querySelectorAll<HTMLElement>("[data-ind]")].find((block) => this.value(block) === null && !this.skipped(block) && !block.closest("details:not([open])"));
    const rate = open?.querySelector<HTMLElement>("[data-rate]");
    rate?.focus();
    rate?.scrollIntoView({ block: "center" });
  }

  // A link from a report names a note, and the second it was written at.
  private startPlace(): void {
    const place = new URLSearchParams(window.location.search);
    const [note, second] = [place.get("note"), place.get("at")];
    if (!note && !second) return;
    const find = (): HTMLElement | null =>
      (note && this.root.querySelector<HTMLElement>(`.notes li[data-key="${CSS.escape(note)}"]`)) || (second && this.root.querySelector<HTMLElement>(`.notes li[data-second="${CSS.escape(second)}"]`)) || null;
    const mark = (): HTMLElement | null => {
      const line = find();
      line?.classList.add("found");
      line?.setAttribute("aria-current", "true");
      return line;
    };
    const line = mark();
    const column = line?.closest<HTMLElement>(".col");
    // On a wide screen the column scrolls and the room stays; on a phone the page does.
    if (line && column && getComputedStyle(column).overflowY !== "visible") column.scrollTop += line.getBoundingClientRect().top - column.getBoundingClientRect().top - column.clientHeight / 2;
    else if (line) line.scrollIntoView({ block: "center" });
    else this.told(say("链接指的那条笔记不在这里：已删除，或在你提交评分表之后才打开。", "The note this link names is not here: it was deleted, or it opens once your sheet is submitted."), true, 0);
    // The panel's notes are replaced as they change.
    document.addEventListener("htmx:oobAfterSwap", mark);
  }

  // --- what others do

  private startLive(): void {
    const source = new EventSource(this.root.dataset.events!);
    let last = this.root.dataset.roomVersion ?? "";
    source.addEventListener("version", (event) => {
      const version = (event as MessageEvent<string>).data;
      if (version === last) return;
      last = version;
      window.htmx?.trigger(document.body, "changed");
    });
    source.addEventListener("gone", () => {
      source.close();
      this.told(say("你已不在这场面试的面试小组里，或登录已过期。写下的文字都在本机。", "You are no longer on this panel, or your session is over. What you typed is on this computer."), true, 0);
    });
    window.addEventListener("pagehide", () => source.close());
    // What could not be fetched is asked for again, a little later each time.
    const soon = 300;
    let pause = soon;
    const again = (event: Event): void => {
      if ((event.target as HTMLElement).id !== "live") return;
      window.setTimeout(() => window.htmx?.trigger(document.body, "changed"), pause * (0.75 + Math.random() / 2));
      pause = Math.min(4000, pause * 2);
    };
    document.addEventListener("htmx:sendError", again);
    document.addEventListener("htmx:responseError", again);
    document.addEventListener("htmx:afterRequest", (event) => {
      const detail = (event as CustomEvent<{ successful?: boolean }>).detail;
      if ((event.target as HTMLElement).id === "live" && detail.successful) pause = soon;
    });
    document.addEventListener("htmx:oobAfterSwap", () => {
      this.markCurrent();
      this.left();
      this.offerReload();
    });
    window.setInterval(() => this.left(), 5000);
    this.left();
    if (this.question && this.root.dataset.seat) void this.quietly(this.urls.asked!, { do: "look", code: this.question });
  }

  private left(): void {
    const line = document.querySelector<HTMLElement>("#room-clock [data-left]");
    const second = this.second();
    if (!line || second === null) return;
    const minutes = Math.ceil((Number(line.dataset.left) - second) / 60);
    line.textContent = minutes >= 0 ? say(`还剩 ${minutes} 分`, `${minutes} min left`) : say(`超时 ${-minutes} 分`, `${-minutes} min over`);
  }

  private offerReload(): void {
    const lock = document.getElementById("room-lock");
    if (!lock || !this.root.dataset.locked || this.reloadOffered) return;
    const before = this.root.dataset.submitted ?? "";
    const now = (lock.dataset.submitted ?? "").trim();
    if (!before) this.root.dataset.submitted = now || "-";
    else if (before !== now && now) {
      this.reloadOffered = true;
      const toast = document.createElement("div");
      toast.className = "toast";
      toast.textContent = say("又有人提交了评分。", "Another sheet was submitted.");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = say("看讨论", "Open the debrief");
      button.addEventListener("click", () => window.location.reload());
      toast.append(button);
      document.getElementById("toasts")?.append(toast);
    }
  }

  // --- the recording: a note's time plays that moment

  private startPlayer(): void {
    document.addEventListener("click", (event) => {
      const link = (event.target as Element).closest<HTMLElement>("[data-hear]");
      const figure = this.root.querySelector<HTMLElement>("[data-player]");
      const player = figure?.querySelector<HTMLMediaElement>("[data-recording]");
      if (!link || !figure || !player) return;
      figure.closest("details")?.setAttribute("open", "");
      player.currentTime = Math.max(0, Number(link.dataset.hear) - Number(figure.dataset.offset ?? "0"));
      void player.play();
      figure.scrollIntoView({ block: "nearest" });
    });
    this.root.querySelectorAll<HTMLElement>("[data-player]").forEach((figure) => {
      const player = figure.querySelector<HTMLMediaElement>("[data-recording]")!;
      let renewed = 0;
      // Links live five minutes; a fresh one is asked for where rights still hold.
      player.addEventListener("error", () => {
        if (Date.now() - renewed < 10000) return;
        renewed = Date.now();
        const at = player.currentTime;
        void fetch(figure.dataset.link!, { headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? (answer.json() as Promise<{ url: string }>) : Promise.reject(new Error(String(answer.status)))))
          .then((body) => {
            player.src = body.url;
            player.currentTime = at;
            return player.play();
          })
          .catch(() => {
            figure.querySelector("figcaption")!.textContent = say("这段录像现在不能播放：已到期删除，或你没有权限。", "This recording cannot be played now: it was deleted, or you may not see it.");
          });
      });
    });
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll<HTMLElement>("[data-room]").forEach((root) => new Room(root));
});
