// Forms with data-autosave="URL" are sent at every pause. What could not be sent stays in this
// browser, with the version it was typed upon, and is sent when the network is back. The server
// answers {version, saved_at}; 409 brings {theirs, version}: both texts are shown and nothing is
// overwritten. A form is handed in only after its last words are saved.
const PAUSE_MS = 700;
const AGAIN_MS = 4000;
const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese: string, english: string): string => (zh ? chinese : english);

type Fields = Record<string, string>;
type Sent = "saved" | "nothing" | "offline" | "conflict" | "refused";

interface Pending {
  fields: Fields;
  version: string;
}

interface ConflictAnswer {
  theirs?: unknown;
  version?: number;
  detail?: string;
}

const forms = new Map<HTMLFormElement, Autosave>();

// A browser may refuse storage; then the page alone holds what was typed.
const held = new Map<string, string>();
const store = {
  get(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return held.get(key) ?? null;
    }
  },
  set(key: string, value: string): void {
    try {
      localStorage.setItem(key, value);
    } catch {
      held.set(key, value);
    }
  },
  remove(key: string): void {
    held.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      held.delete(key);
    }
  },
};

const keyOf = (url: string): string => `autosave:${url}`;

function csrf(): string {
  return (JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Fields)["X-CSRFToken"] ?? "";
}

function showOffline(): void {
  const bar = document.getElementById("offline");
  if (!bar) return;
  let waiting = 0;
  forms.forEach((form) => (waiting += form.failing ? form.waiting() : 0));
  bar.hidden = waiting === 0;
  const words = bar.querySelector("[data-offline-text]");
  if (words)
    words.textContent = say(
      `网断了。${waiting} 处修改已存在这台设备上，恢复后自动提交。`,
      `You're offline. ${waiting} changes are kept on this device and will be sent when you're back.`,
    );
}

class Autosave {
  failing = false;
  private timer = 0;
  private sending: Promise<Sent> | null = null;
  private handingIn = false;
  private lastSent: Fields | null = null;
  private readonly key: string;

  constructor(private readonly form: HTMLFormElement) {
    this.key = keyOf(form.dataset.autosave!);
    form.addEventListener("input", () => this.typed());
    form.addEventListener("change", () => this.typed());
    form.addEventListener("submit", (event) => this.handIn(event), { capture: true });
    this.restore();
  }

  waiting(): number {
    return Object.keys(this.pending()?.fields ?? {}).length;
  }

  private pending(): Pending | null {
    const stored = store.get(this.key);
    return stored ? (JSON.parse(stored) as Pending) : null;
  }

  private fields(): Fields {
    const fields: Fields = {};
    new FormData(this.form).forEach((value, name) => {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken" && name !== "version") fields[name] = value;
    });
    return fields;
  }

  private setVersion(version: string): void {
    this.form.dataset.version = version;
    const field = this.form.elements.namedItem("version");
    if (field instanceof HTMLInputElement) field.value = version;
  }

  private typed(): void {
    const version = this.pending()?.version ?? this.form.dataset.version ?? "0";
    store.set(this.key, JSON.stringify({ fields: this.fields(), version } satisfies Pending));
    this.tell(say("正在存", "Saving"));
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), PAUSE_MS);
  }

  private fill(fields: Fields): void {
    for (const [name, value] of Object.entries(fields)) {
      const field = this.form.elements.namedItem(name);
      const typing =
        field instanceof HTMLTextAreaElement ||
        field instanceof HTMLSelectElement ||
        (field instanceof HTMLInputElement && !["radio", "checkbox", "hidden", "file"].includes(field.type));
      if (typing) field.value = value;
      else if (field instanceof RadioNodeList) field.value = value;
    }
    this.form.dispatchEvent(new CustomEvent("touchstone:filled"));
  }

  private restore(): void {
    const pending = this.pending();
    if (!pending) return;
    const shown = this.fields();
    if (Object.entries(pending.fields).every(([name, value]) => (shown[name] ?? value) === value)) {
      store.remove(this.key);
      return;
    }
    this.fill(pending.fields);
    if (pending.version === this.form.dataset.version) void this.send();
    else this.conflict({ theirs: shown, version: Number(this.form.dataset.version) });
  }

  send(): Promise<Sent> {
    this.sending ??= this.post().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  private async post(): Promise<Sent> {
    window.clearTimeout(this.timer);
    const stored = store.get(this.key);
    if (!stored) return "nothing";
    const pending = JSON.parse(stored) as Pending;
    const body = new URLSearchParams(pending.fields);
    body.set("version", pending.version);
    let answer: Response;
    try {
      answer = await fetch(this.form.dataset.autosave!, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
        keepalive: body.toString().length < 60000,
      });
    } catch {
      this.lastSent = pending.fields;
      return this.failed();
    }
    return this.answered(answer, stored, pending);
  }

  private async answered(answer: Response, sent: string, pending: Pending): Promise<Sent> {
    if (answer.ok && !answer.redirected) {
      const saved = (await answer.json()) as { version: number; saved_at: string };
      this.setVersion(String(saved.version));
      const now = store.get(this.key);
      this.failing = false;
      showOffline();
      if (now === sent || now === null) {
        store.remove(this.key);
        this.tell(`${saved.saved_at} ${say("已存", "saved")}`);
      } else {
        const newer = JSON.parse(now) as Pending;
        store.set(this.key, JSON.stringify({ fields: newer.fields, version: String(saved.version) }));
        this.timer = window.setTimeout(() => void this.send(), PAUSE_MS);
      }
      return "saved";
    }
    if (answer.status === 409) {
      const told = (await answer.json()) as ConflictAnswer;
      if (this.wasMine(told)) {
        // Our own words had arrived although the answer to them was lost.
        store.set(this.key, JSON.stringify({ fields: pending.fields, version: String(told.version) }));
        this.timer = window.setTimeout(() => void this.send(), 50);
        return "offline";
      }
      this.conflict(told);
      return "conflict";
    }
    if (answer.status >= 500 || answer.status === 429) {
      this.lastSent = pending.fields;
      return this.failed();
    }
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
    this.tell(problem.detail ?? say("没有存上。文字还留在这台设备上。", "Not saved. The text is kept on this device."), true);
    return "refused";
  }

  private wasMine(told: ConflictAnswer): boolean {
    if (!this.lastSent || told.version === undefined || typeof told.theirs !== "object" || !told.theirs) return false;
    const theirs = told.theirs as Fields;
    return Object.entries(this.lastSent).every(([name, value]) => !(name in theirs) || theirs[name] === value);
  }

  private failed(): Sent {
    this.failing = true;
    this.tell(say(`存在本机，待提交 ${this.waiting()} 处`, `On this device, ${this.waiting()} to send`), true);
    showOffline();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), AGAIN_MS + Math.random() * 2000);
    return "offline";
  }

  // The last words are saved before the form goes; without a network it stays here.
  private handIn(event: SubmitEvent): void {
    if (this.handingIn || !this.pending() || this.form.hasAttribute("data-practice")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter as HTMLButtonElement | null;
    submitter?.setAttribute("aria-busy", "true");
    void this.send().then((how) => {
      submitter?.removeAttribute("aria-busy");
      if (how === "offline")
        this.tell(say("没有网，还没有交。文字都在，联网后再按一次。", "No network: not handed in yet. Your text is here; press again when you're back."), true);
      if (how === "offline" || how === "conflict") return;
      this.handingIn = true;
      this.form.requestSubmit(submitter ?? undefined);
      this.handingIn = false;
    });
  }

  private conflict(answer: ConflictAnswer): void {
    const theirs = (answer.theirs ?? {}) as Fields;
    this.tell(answer.detail ?? say("别处也改了这里", "Changed elsewhere too"), true);
    this.form.querySelector(".note.conflict")?.remove();
    const box = document.createElement("div");
    box.className = "note warn conflict";
    box.setAttribute("role", "alert");
    const words = document.createElement("div");
    const title = document.createElement("b");
    title.textContent = say("这里在别处也改过。两份都留着，请选一份。", "This was changed elsewhere too. Both are kept; choose one.");
    const shown = document.createElement("pre");
    const mine = this.fields();
    const other = Object.entries(theirs).filter(([name, value]) => typeof value === "string" && value !== (mine[name] ?? ""));
    const typed = other.filter(([name]) => this.isTyped(name));
    const chosen = other.length - typed.length;
    shown.textContent = [
      ...typed.map(([, value]) => value),
      ...(chosen ? [say(`有 ${chosen} 处选择或标注不同`, `${chosen} choices or labels differ`)] : []),
    ]
      .join("\n\n")
      .slice(0, 4000);
    words.append(title, shown);
    const choose = (label: string, act: () => void): void => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn sm";
      button.textContent = label;
      button.addEventListener("click", () => {
        act();
        box.remove();
      });
      words.append(button, " ");
    };
    choose(say("用这里写的", "Keep what is here"), () => {
      const version = String(answer.version ?? this.form.dataset.version ?? "0");
      store.set(this.key, JSON.stringify({ fields: this.fields(), version }));
      void this.send();
    });
    choose(say("用上面那份", "Take the other"), () => {
      store.remove(this.key);
      window.location.reload();
    });
    box.append(document.createElement("span"), words);
    this.form.prepend(box);
  }

  // Words can be shown side by side; a choice or a hidden label means nothing to read.
  private isTyped(name: string): boolean {
    const field = this.form.elements.namedItem(name);
    return !(field instanceof RadioNodeList) && !(field instanceof HTMLTextAreaElement && field.hidden);
  }

  private tell(words: string, bad = false): void {
    const line = this.form.querySelector<HTMLElement>("[data-saved]");
    if (!line) return;
    line.textContent = words;
    line.classList.toggle("no", bad);
  }
}

function adopt(): void {
  document.querySelectorAll<HTMLElement>("[data-forget]").forEach((done) => store.remove(keyOf(done.dataset.forget!)));
  document.querySelectorAll<HTMLFormElement>("form[data-autosave]").forEach((form) => {
    if (!forms.has(form)) forms.set(form, new Autosave(form));
  });
}

export function startAutosave(): void {
  adopt();
  document.addEventListener("htmx:afterSwap", adopt);
  const flush = () => forms.forEach((form) => void form.send());
  window.addEventListener("online", flush);
  window.addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush();
  });
  document.addEventListener("touchstone:flush", flush);
}
