// The interview room: one key starts the clock, one key stamps a note with the meeting's time.
// Notes are kept in this browser first and sent until the server has them, so nothing typed is lost.
const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese: string, english: string): string => (zh ? chinese : english);

interface Note {
  key: string;
  text: string;
  at_second: number | null;
  indicator: string;
  question_code: string;
  version: number;
  sent: boolean;
}

function csrf(): string {
  return (JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>)["X-CSRFToken"] ?? "";
}

class Room {
  private readonly store: string;
  private readonly box: HTMLTextAreaElement;
  private readonly state: HTMLElement | null;
  private current: Note | null = null;
  private busy = false;

  constructor(private readonly root: HTMLElement) {
    this.store = `room:${root.dataset.room}:${root.dataset.me}`;
    this.box = root.querySelector<HTMLTextAreaElement>("[data-note]")!;
    this.state = root.querySelector("[data-note-state]");
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.finish();
      }
    });
    root.querySelector("[data-note-done]")?.addEventListener("click", () => this.finish());
    window.addEventListener("online", () => void this.flush());
    window.addEventListener("pagehide", () => void this.flush());
    document.addEventListener("keydown", (event) => this.key(event));
    window.setInterval(() => void this.flush(), 3000);
    const open = this.notes().find((note) => !note.sent);
    if (open) {
      this.current = open;
      this.box.value = open.text;
    }
    void this.flush();
  }

  private key(event: KeyboardEvent): void {
    const inside = (event.target as HTMLElement).closest("input, textarea, select, .cm-editor, dialog");
    if (event.key === "F8" || (event.altKey && event.key.toLowerCase() === "n")) {
      event.preventDefault();
      if (this.current?.text) this.finish();
      this.box.focus();
    } else if (event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      this.root.querySelector<HTMLButtonElement>("[data-start]")?.click();
    } else if (!inside && event.key === "n") {
      event.preventDefault();
      this.box.focus();
    }
  }

  private second(): number | null {
    const clock = document.querySelector<HTMLElement>("[data-since]");
    if (!clock) return null;
    const skew = Number(clock.dataset.skew ?? "0");
    return Math.max(0, Math.floor((Date.now() + skew - Date.parse(clock.dataset.since!)) / 1000));
  }

  private notes(): Note[] {
    return JSON.parse(localStorage.getItem(this.store) ?? "[]") as Note[];
  }

  private keep(notes: Note[]): void {
    localStorage.setItem(this.store, JSON.stringify(notes.filter((note) => !note.sent || note.key === this.current?.key).slice(-400)));
  }

  private typed(): void {
    const pick = (name: string) => this.root.querySelector<HTMLSelectElement>(`[name=${name}]`)?.value ?? "";
    const now: Note = this.current ?? {
      key: crypto.randomUUID().replace(/-/g, ""), text: "", at_second: this.second(), indicator: "", question_code: "", version: 0, sent: false,
    };
    const changed = { ...now, text: this.box.value, indicator: pick("note_indicator"), question_code: pick("note_question"), sent: false };
    this.current = changed;
    const notes = this.notes();
    const at = notes.findIndex((note) => note.key === changed.key);
    if (at >= 0) notes[at] = changed;
    else notes.push(changed);
    this.keep(notes);
    this.tell(say("正在存", "Saving"));
    window.setTimeout(() => void this.flush(), 400);
  }

  private finish(): void {
    this.current = null;
    this.box.value = "";
    this.box.focus();
    void this.flush();
  }

  private async flush(): Promise<void> {
    if (this.busy) return;
    const waiting = this.notes().filter((note) => !note.sent && note.text);
    if (!waiting.length) return;
    this.busy = true;
    try {
      for (const note of waiting) {
        const answer = await fetch(this.root.dataset.noteUrl!, {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), Accept: "application/json" },
          body: JSON.stringify(note),
        });
        if (answer.status >= 500) throw new Error(String(answer.status));
        const body = (await answer.json().catch(() => ({}))) as { version?: number; detail?: string };
        if (!answer.ok) {
          this.tell(body.detail ?? say("没有存上，文字还在这台电脑上", "Not saved; the text is on this computer"), true);
          return;
        }
        const notes = this.notes();
        const own = notes.find((other) => other.key === note.key);
        if (own) {
          own.version = body.version ?? own.version;
          own.sent = own.text === note.text;
          if (this.current?.key === own.key) this.current = { ...this.current, version: own.version };
        }
        this.keep(notes);
      }
      this.tell(say("已存", "Saved"));
    } catch {
      const count = this.notes().filter((note) => !note.sent).length;
      this.tell(say(`网断了。${count} 条笔记存在这台电脑上，恢复后自动提交。`, `Offline. ${count} notes are on this computer and will be sent.`), true);
    } finally {
      this.busy = false;
    }
  }

  private tell(words: string, bad = false): void {
    if (!this.state) return;
    this.state.textContent = words;
    this.state.classList.toggle("no", bad);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll<HTMLElement>("[data-room]").forEach((root) => new Room(root));
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("[data-hear]");
    const player = document.querySelector<HTMLMediaElement>("[data-recording]");
    if (!link || !player) return;
    player.currentTime = Number(link.dataset.hear);
    void player.play();
  });
});
