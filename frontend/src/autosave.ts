// Forms with data-autosave="URL" are sent at every pause. What could not be sent stays in this
// browser and is sent when the network is back. The server answers {version, saved_at}; 409 brings
// {theirs}: both texts are shown and nothing is overwritten.
const PAUSE_MS = 700;
const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese: string, english: string): string => (zh ? chinese : english);

interface Pending {
  fields: Record<string, string>;
  version: string;
}

const forms = new Map<HTMLFormElement, Autosave>();

function csrf(): string {
  return (JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>)["X-CSRFToken"] ?? "";
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
  private sending = false;
  private again = false;
  private readonly key: string;

  constructor(private readonly form: HTMLFormElement) {
    this.key = `autosave:${form.dataset.autosave}`;
    form.addEventListener("input", () => this.typed());
    form.addEventListener("change", () => this.typed());
    form.addEventListener("submit", () => localStorage.removeItem(this.key));
    this.restore();
  }

  waiting(): number {
    const stored = localStorage.getItem(this.key);
    return stored ? Object.keys((JSON.parse(stored) as Pending).fields).length : 0;
  }

  private fields(): Record<string, string> {
    const fields: Record<string, string> = {};
    new FormData(this.form).forEach((value, name) => {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") fields[name] = value;
    });
    return fields;
  }

  private typed(): void {
    const pending: Pending = { fields: this.fields(), version: this.form.dataset.version ?? "0" };
    localStorage.setItem(this.key, JSON.stringify(pending));
    this.tell(say("正在存", "Saving"));
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), PAUSE_MS);
  }

  private restore(): void {
    const stored = localStorage.getItem(this.key);
    if (!stored) return;
    const pending = JSON.parse(stored) as Pending;
    for (const [name, value] of Object.entries(pending.fields)) {
      const field = this.form.elements.namedItem(name);
      if (field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type !== "radio" && field.type !== "checkbox" && field.type !== "hidden"))
        field.value = value;
      else if (field instanceof RadioNodeList) field.value = value;
    }
    void this.send();
  }

  async send(): Promise<void> {
    if (this.sending) {
      this.again = true;
      return;
    }
    const stored = localStorage.getItem(this.key);
    if (!stored) return;
    this.sending = true;
    const body = new URLSearchParams((JSON.parse(stored) as Pending).fields);
    body.set("version", this.form.dataset.version ?? "0");
    try {
      const answer = await fetch(this.form.dataset.autosave!, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
        keepalive: body.toString().length < 60000,
      });
      await this.answered(answer, stored);
    } catch {
      this.failed();
    } finally {
      this.sending = false;
      if (this.again) {
        this.again = false;
        void this.send();
      }
    }
  }

  private async answered(answer: Response, sent: string): Promise<void> {
    if (answer.ok) {
      const saved = (await answer.json()) as { version: number; saved_at: string };
      this.form.dataset.version = String(saved.version);
      if (localStorage.getItem(this.key) === sent) localStorage.removeItem(this.key);
      this.failing = false;
      this.tell(`${saved.saved_at} ${say("已存", "saved")}`);
      showOffline();
    } else if (answer.status === 409) {
      this.conflict((await answer.json()) as { theirs?: unknown; version?: number; detail?: string });
    } else if (answer.status === 503 || answer.status >= 500) {
      this.failed();
    } else {
      const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
      this.tell(problem.detail ?? say("没有存上。文字还留在这台设备上。", "Not saved. The text is kept on this device."), true);
    }
  }

  private failed(): void {
    this.failing = true;
    this.tell(say(`存在本机，待提交 ${this.waiting()} 处`, `On this device, ${this.waiting()} to send`), true);
    showOffline();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), 4000 + Math.random() * 2000);
  }

  private conflict(answer: { theirs?: unknown; version?: number; detail?: string }): void {
    this.tell(answer.detail ?? say("别处也改了这里", "Changed elsewhere too"), true);
    const box = document.createElement("div");
    box.className = "note warn";
    box.setAttribute("role", "alert");
    const words = document.createElement("div");
    words.textContent = (answer.detail ?? "") + "\n";
    const theirs = document.createElement("pre");
    theirs.textContent = typeof answer.theirs === "string" ? answer.theirs : JSON.stringify(answer.theirs, null, 1);
    words.append(theirs);
    const choose = (label: string, act: () => void) => {
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
    choose(say("用我的", "Keep mine"), () => {
      this.form.dataset.version = String(answer.version ?? this.form.dataset.version);
      void this.send();
    });
    choose(say("用对方的", "Take theirs"), () => {
      localStorage.removeItem(this.key);
      window.location.reload();
    });
    this.form.querySelector(".note.warn")?.remove();
    box.append(document.createElement("span"), words);
    this.form.prepend(box);
  }

  private tell(words: string, bad = false): void {
    const line = this.form.querySelector<HTMLElement>("[data-saved]");
    if (!line) return;
    line.textContent = words;
    line.classList.toggle("no", bad);
  }
}

function adopt(): void {
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
  document.addEventListener("touchstone:flush", flush);
}
