// A talk afterwards. A time plays that second and lights the words said there; while it plays, the
// words follow. Proposed key points are confirmed or declined with one key each.
export {};

const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese: string, english: string): string => (zh ? chinese : english);
const SKIP_S = 5;
const RENEW_MS = 10000;

class Replay {
  private readonly player: HTMLMediaElement;
  private readonly lines: HTMLElement[];
  private readonly starts: number[];
  private readonly proposals: HTMLElement[];
  private at = -1;
  private current = -1;

  constructor(private readonly root: HTMLElement) {
    this.player = root.querySelector<HTMLMediaElement>("[data-recording]")!;
    this.lines = [...root.querySelectorAll<HTMLElement>("[data-lines] > li")];
    this.starts = this.lines.map((line) => Number(line.dataset.at));
    this.proposals = [...root.querySelectorAll<HTMLElement>("[data-proposal]")];
    root.addEventListener("click", (event) => this.clicked(event.target as Element));
    this.player.addEventListener("timeupdate", () => this.follow());
    this.startRenewal();
    this.startAt();
    this.startFinding();
    document.addEventListener("keydown", (event) => this.key(event));
    this.proposals.forEach((proposal, number) => proposal.addEventListener("focusin", () => this.choose(number, false)));
    this.choose(Math.max(0, this.proposals.findIndex((p) => !p.dataset.decision)), false);
  }

  private clicked(target: Element): void {
    const decide = target.closest<HTMLElement>("[data-decide]");
    if (decide) {
      const proposal = decide.closest<HTMLElement>("[data-proposal]")!;
      void this.decide(proposal, decide.getAttribute("aria-pressed") === "true" ? "" : decide.dataset.decide!);
      return;
    }
    const link = target.closest<HTMLElement>("[data-hear]");
    if (link) this.hear(Number(link.dataset.hear), link.dataset.line === undefined ? -1 : Number(link.dataset.line));
  }

  private hear(second: number, number: number): void {
    this.player.currentTime = Math.max(0, second);
    void this.player.play().catch(() => undefined); // a browser may refuse to start by itself; its own button plays
    if (number >= 0) this.light(number, true);
  }

  // The words at the player's second. The list goes along as long as its reader has not left it.
  private follow(): void {
    let number = -1;
    for (let low = 0, high = this.starts.length - 1; low <= high; ) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! <= this.player.currentTime + 0.05) {
        number = middle;
        low = middle + 1;
      } else high = middle - 1;
    }
    if (number >= 0 && number !== this.current) this.light(number, this.current < 0 || this.isSeen(this.lines[this.current]!));
  }

  private light(number: number, scroll: boolean): void {
    const line = this.lines[number];
    if (!line) return;
    if (this.current >= 0) this.lines[this.current]!.removeAttribute("aria-current");
    this.current = number;
    line.setAttribute("aria-current", "true");
    if (!scroll || line.hidden) return;
    const list = line.parentElement!;
    const [box, own] = [list.getBoundingClientRect(), line.getBoundingClientRect()];
    if (own.top < box.top || own.bottom > box.bottom) list.scrollTop += own.top - box.top - box.height / 3;
  }

  private isSeen(line: HTMLElement): boolean {
    const [box, own] = [line.parentElement!.getBoundingClientRect(), line.getBoundingClientRect()];
    return own.bottom > box.top && own.top < box.bottom;
  }

  // Links live five minutes; a fresh one is asked for where rights still hold.
  private startRenewal(): void {
    const figure = this.root.querySelector<HTMLElement>("[data-player]")!;
    let renewed = 0;
    this.player.addEventListener("error", () => {
      if (Date.now() - renewed < RENEW_MS) return;
      renewed = Date.now();
      const [at, played] = [this.player.currentTime, !this.player.paused];
      void fetch(figure.dataset.link!, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? (answer.json() as Promise<{ url: string }>) : Promise.reject(new Error(String(answer.status)))))
        .then((body) => {
          this.player.src = body.url;
          this.player.currentTime = at;
          return played ? this.player.play() : undefined;
        })
        .catch(() => {
          figure.querySelector("figcaption")!.textContent = say("现在不能播放：已到期删除、候选人撤回了同意，或你没有权限。", "It cannot be played now: it was deleted, consent was withdrawn, or you may not see it.");
        });
    });
  }

  // A link from a report names the room's second: the words there are lit, and playing begins there.
  private startAt(): void {
    const place = new URLSearchParams(window.location.search);
    const note = place.get("note");
    const moment = note ? this.root.querySelector<HTMLElement>(`[data-moment][data-key="${CSS.escape(note)}"]`) : null;
    moment?.classList.add("found");
    moment?.setAttribute("aria-current", "true");
    const wanted = Number(place.get("at"));
    if (!place.get("at") || !Number.isFinite(wanted)) return;
    const second = Math.max(0, wanted - Number(this.root.dataset.offset ?? "0"));
    const number = this.starts.filter((start) => start <= second + 0.5).length - 1;
    if (number >= 0) this.light(number, true);
    const go = (): void => void (this.player.currentTime = second);
    if (this.player.readyState > 0) go();
    else this.player.addEventListener("loadedmetadata", go, { once: true });
  }

  private startFinding(): void {
    const field = this.root.querySelector<HTMLInputElement>("[data-find]");
    const told = this.root.querySelector<HTMLElement>("[data-found]");
    if (!field || !told) return;
    const texts = this.lines.map((line) => line.querySelector("p")!.textContent!.toLowerCase());
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      this.lines.forEach((line, number) => {
        const fits = words.every((word) => texts[number]!.includes(word));
        line.hidden = !fits;
        found += fits ? 1 : 0;
      });
      told.textContent = words.length ? say(`${found} 处`, `${found} found`) : "";
      if (!words.length && this.current >= 0) this.light(this.current, true);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        this.lines.find((line) => !line.hidden)?.querySelector<HTMLElement>("[data-hear]")?.click();
      } else if (event.key === "Escape") {
        field.value = "";
        field.dispatchEvent(new Event("input"));
        field.blur();
      }
    });
  }

  private choose(number: number, scroll = true): void {
    if (!this.proposals.length) return;
    this.at = Math.max(0, Math.min(this.proposals.length - 1, number));
    this.proposals.forEach((proposal, n) => proposal.classList.toggle("at", n === this.at));
    if (scroll) this.proposals[this.at]!.scrollIntoView({ block: "nearest" });
  }

  private async decide(proposal: HTMLElement, decision: string): Promise<void> {
    const { question, point } = proposal.dataset;
    proposal.querySelector(".bad")?.remove();
    const token = (JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>)["X-CSRFToken"] ?? "";
    try {
      const answer = await fetch(this.root.dataset.heardUrl!, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ question, point, decision }),
      });
      const body = (await answer.json()) as { decision?: string; detail?: string };
      if (!answer.ok) throw new Error(body.detail ?? String(answer.status));
      this.paint(proposal, body.decision ?? "");
    } catch (error) {
      const line = document.createElement("small");
      line.className = "bad";
      line.setAttribute("role", "alert");
      const why = error instanceof TypeError ? say("网断了", "You are offline") : (error as Error).message;
      line.textContent = say(`没有存上：${why}。请再按一次。`, `Not saved: ${why}. Press again.`);
      proposal.append(line);
    }
  }

  private paint(proposal: HTMLElement, decision: string): void {
    proposal.dataset.decision = decision;
    proposal.querySelectorAll<HTMLElement>("[data-decide]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.decide === decision)));
    proposal.querySelector<HTMLElement>(".ev")!.dataset.s = decision === "yes" ? "2" : decision === "no" ? "0" : "1";
    const left = this.proposals.filter((p) => !p.dataset.decision).length;
    const told = this.root.querySelector("[data-undecided]");
    if (told) told.textContent = say(`机器找到 ${this.proposals.length} 处，${left} 处待你定`, `${this.proposals.length} found by the machine, ${left} for you to decide`);
  }

  private key(event: KeyboardEvent): void {
    if ((event.target as HTMLElement).closest("input, textarea, select, dialog, audio, video")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const proposal = this.proposals[this.at];
    const mayDecide = Boolean(proposal?.querySelector("[data-decide]"));
    if (event.key === "j" || event.key === "k") this.choose(this.at + (event.key === "j" ? 1 : -1));
    else if ((event.key === "y" || event.key === "n") && proposal && mayDecide) {
      const wanted = event.key === "y" ? "yes" : "no";
      const undo = proposal.dataset.decision === wanted;
      void this.decide(proposal, undo ? "" : wanted);
      if (!undo) this.choose(this.at + 1);
    } else if (event.key === "p") proposal?.querySelector<HTMLElement>("[data-hear]")?.click();
    else if (event.key === "/") this.root.querySelector<HTMLElement>("[data-find]")?.focus();
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") this.player.currentTime += event.key === "ArrowLeft" ? -SKIP_S : SKIP_S;
    else if (event.key === " " && !(event.target as HTMLElement).closest("button, a, summary, [data-lines]")) {
      if (this.player.paused) void this.player.play().catch(() => undefined);
      else this.player.pause();
    } else return;
    event.preventDefault();
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll<HTMLElement>("[data-replay]").forEach((root) => new Replay(root));
});
