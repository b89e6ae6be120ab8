// Changes on their way to the server. Each is written to this browser before it is sent and leaves it
// only when the server has it. A newer change of the same thing replaces the older one.
const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese: string, english: string): string => (zh ? chinese : english);

export interface Change {
  id: string; // kind:key, such as score:tech.data
  url: string;
  body: Record<string, unknown>;
  seq?: number;
  stuck?: boolean; // waits for a person's choice
}

export interface Answer {
  version?: number;
  saved_at?: string;
  detail?: string;
  theirs?: unknown;
}

interface Listener {
  answered(change: Change, answer: Answer): void;
  clashed(change: Change, answer: Answer): void;
  told(words: string, bad: boolean, waiting: number): void;
}

const PAUSE_MS = 250;
const AGAIN_MS = 300;
const AGAIN_AT_MOST_MS = 3000;
const DEAD_MS = 8000;
const LANDED_MS = 20000;

// What the server took while this tab was being left: the page that follows may be older than that.
export interface Landed {
  change: Change;
  version: number;
  at: number;
}

// A name for this tab's own place in the browser's storage. It stays over a reload. A duplicated tab
// begins with a copy of its original's session storage: the name counts only once its page was left.
function ownTab(): string {
  const free = sessionStorage.getItem("room-tab-left");
  const old = sessionStorage.getItem("room-tab");
  const tab = old && free === old ? old : Math.random().toString(36).slice(2);
  sessionStorage.setItem("room-tab", tab);
  sessionStorage.removeItem("room-tab-left");
  window.addEventListener("pagehide", () => sessionStorage.setItem("room-tab-left", tab));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) sessionStorage.removeItem("room-tab-left");
  });
  return tab;
}

export class Queue {
  private readonly tab: string;
  private readonly key: string;
  private changes: Change[] = [];
  private busy: Promise<void> | null = null;
  private timer = 0;
  private seq = 0;
  private unkept = false; // the browser's storage refused the changes
  private missed = 0; // requests in a row that failed
  private version: (id: string) => number = () => 0;

  constructor(
    private readonly prefix: string,
    private readonly listener: Listener,
  ) {
    this.tab = ownTab();
    this.key = `${prefix}:q:${this.tab}`;
    this.changes = this.read(this.key);
    this.changes.forEach((change) => (change.stuck = false));
    this.adopt();
  }

  // Another tab of this browser may have been closed with changes unsent: take them over.
  private adopt(): void {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(`${this.prefix}:q:`) || key === this.key) continue;
      const tab = key.slice(`${this.prefix}:q:`.length);
      if (Date.now() - Number(localStorage.getItem(`${this.prefix}:alive:${tab}`) ?? "0") < DEAD_MS) continue;
      const left = this.read(key).filter((change) => !this.changes.some((own) => own.id === change.id));
      this.changes.push(...left.map((change) => ({ ...change, stuck: false })));
      this.keep();
      localStorage.removeItem(key);
      localStorage.removeItem(`${this.prefix}:alive:${tab}`);
    }
    this.keep();
  }

  private read(key: string): Change[] {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "[]") as Change[];
    } catch {
      return [];
    }
  }

  private keep(): void {
    try {
      if (this.changes.length) localStorage.setItem(this.key, JSON.stringify(this.changes));
      else localStorage.removeItem(this.key);
      localStorage.setItem(`${this.prefix}:alive:${this.tab}`, String(Date.now()));
    } catch {
      // Full, or closed by the browser's settings: sending goes on, and the person is told.
      if (this.changes.length) this.listener.told(say("这个浏览器存不下内容：存上之前请不要关闭或刷新这一页。", "This browser keeps nothing: do not close or reload this page before it is saved."), true, this.changes.length);
      this.unkept = true;
      return;
    }
    this.unkept = false;
  }

  start(version: (id: string) => number): void {
    this.version = version;
    window.addEventListener("online", () => void this.flush());
    window.addEventListener("pagehide", () => void this.flush());
    window.setInterval(() => {
      this.adopt();
      if (this.changes.some((change) => !change.stuck)) void this.flush();
    }, 3000);
    void this.flush();
  }

  waiting(): Change[] {
    return [...this.changes];
  }

  landed(): Landed[] {
    try {
      const all = JSON.parse(sessionStorage.getItem(`${this.prefix}:landed`) ?? "[]") as Landed[];
      return all.filter((one) => Date.now() - one.at < LANDED_MS);
    } catch {
      return [];
    }
  }

  private land(change: Change, version: number): void {
    const others = this.landed().filter((one) => one.change.id !== change.id);
    try {
      sessionStorage.setItem(`${this.prefix}:landed`, JSON.stringify([...others, { change, version, at: Date.now() }]));
    } catch {
      this.unkept = true; // the server has it; only a page that is older than this would not show it
    }
  }

  settle(id: string): void {
    this.changes = this.changes.filter((change) => change.id !== id);
    this.keep();
  }

  put(change: Change): void {
    const old = this.changes.find((other) => other.id === change.id);
    this.seq += 1;
    const kept: Change = { ...change, seq: this.seq, stuck: false };
    if (old) this.changes[this.changes.indexOf(old)] = kept;
    else this.changes.push(kept);
    this.keep();
    if (!this.unkept) this.listener.told(say("正在存", "Saving"), false, this.changes.length);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.flush(), PAUSE_MS);
  }

  post(url: string, body: Record<string, unknown>): Promise<Response> {
    const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
    const text = JSON.stringify(body);
    return fetch(url, {
      method: "POST",
      body: text,
      headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
      keepalive: text.length < 30000,
    });
  }

  flush(): Promise<void> {
    this.busy ??= this.sendAll().finally(() => {
      this.busy = null;
    });
    return this.busy;
  }

  private async sendAll(): Promise<void> {
    for (;;) {
      const change = this.changes.find((other) => !other.stuck);
      if (!change) return;
      let answer: Response;
      try {
        const version = change.body.version ?? this.version(change.id);
        answer = await this.post(change.url, { ...change.body, version });
      } catch {
        this.offline();
        return;
      }
      if (answer.status >= 500) {
        this.offline();
        return;
      }
      this.missed = 0;
      const body = (await answer.json().catch(() => ({}))) as Answer;
      if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
        this.listener.told(body.detail ?? say("没有存上，文字都在本机。", "Not saved; the text is on this computer."), true, this.changes.length);
        return;
      }
      this.took(change, answer, body);
    }
  }

  private took(change: Change, answer: Response, body: Answer): void {
    const now = this.changes.find((other) => other.id === change.id);
    if (answer.ok) {
      if (now?.seq === change.seq) this.changes = this.changes.filter((other) => other.id !== change.id);
      else if (now) delete now.body.version;
      this.keep();
      this.land(change, body.version ?? 0);
      this.listener.answered(change, body);
      if (!this.changes.length) this.listener.told(`${body.saved_at ?? ""} ${say("已存", "saved")}`.trim(), false, 0);
      return;
    }
    if (now) now.stuck = true;
    this.keep();
    if (answer.status === 409) {
      this.listener.told(body.detail ?? "", true, this.changes.length);
      this.listener.clashed(now ?? change, body);
    } else {
      this.listener.told(body.detail ?? say("没有存上，文字都在本机。", "Not saved; the text is on this computer."), true, this.changes.length);
    }
  }

  // One lost request is sent again at once; only when that fails too is the person told.
  private offline(): void {
    const count = this.changes.length;
    const pause = Math.min(AGAIN_AT_MOST_MS, AGAIN_MS * 2 ** this.missed);
    this.missed += 1;
    if (this.missed > 1)
      this.listener.told(
        say(`网断了。${count} 处修改已存在这台电脑上，恢复后自动提交。`, `You're offline. ${count} changes are kept on this computer and will be sent when you're back.`),
        true,
        count,
      );
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.flush(), pause * (0.75 + Math.random() / 2));
  }
}
