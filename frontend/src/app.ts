// What every page has: htmx, toasts with undo, autosave that survives a lost network, keys, palette.
import htmx from "htmx.org";
import { startAutosave } from "./autosave";
import { startBooking } from "./booking";
import { startGrading } from "./grading";
import { startPalette } from "./palette";
import { startSitting } from "./sitting";
import { startUploads } from "./uploads";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;

const zh = document.documentElement.lang.startsWith("zh");
export const say = (chinese: string, english: string): string => (zh ? chinese : english);

function startToasts(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-toast]:not([data-seen])").forEach((toast) => {
    toast.dataset.seen = "1";
    let left = 8000;
    let since = Date.now();
    let timer = window.setTimeout(() => toast.remove(), left);
    const pause = () => {
      window.clearTimeout(timer);
      left -= Date.now() - since;
    };
    const go = () => {
      since = Date.now();
      timer = window.setTimeout(() => toast.remove(), Math.max(left, 1500));
    };
    toast.addEventListener("mouseenter", pause);
    toast.addEventListener("focusin", pause);
    toast.addEventListener("mouseleave", go);
    toast.addEventListener("focusout", go);
  });
}

// Dialogs open by data-open="id" and give the focus back when they close; data-print prints.
function startDialogs(): void {
  document.addEventListener("click", (event) => {
    const opener = (event.target as Element).closest<HTMLElement>("[data-open]");
    if (opener?.dataset.open) {
      const dialog = document.getElementById(opener.dataset.open) as HTMLDialogElement | null;
      dialog?.showModal();
      dialog?.addEventListener("close", () => opener.focus(), { once: true });
      event.preventDefault();
    }
    const closer = (event.target as Element).closest<HTMLElement>("[data-close]");
    if (closer) closer.closest("dialog")?.close();
    if ((event.target as Element).closest("[data-print]")) window.print();
  });
}

// A button that was pressed keeps its width, says it is busy, and ignores a second press.
function startBusyButtons(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.sent && !form.hasAttribute("hx-post")) {
      event.preventDefault();
      return;
    }
    if (form.method === "dialog" || event.defaultPrevented) return;
    form.dataset.sent = "1";
    const button = (event as SubmitEvent).submitter as HTMLElement | null;
    button?.setAttribute("aria-busy", "true");
    window.setTimeout(() => {
      delete form.dataset.sent;
      button?.removeAttribute("aria-busy");
    }, 8000);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((f) => f.removeAttribute("data-sent"));
  });
}

// J and K move, X selects, Enter opens, E goes to the next piece of evidence.
function startKeys(): void {
  document.addEventListener("click", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("[data-rows] tbody tr");
    row?.parentElement?.querySelectorAll("tr.at").forEach((other) => other.classList.remove("at"));
    row?.classList.add("at");
  });
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (target.closest("input, textarea, select, [contenteditable], .cm-editor, dialog")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...document.querySelectorAll<HTMLElement>("[data-rows] tbody tr")];
    const at = rows.findIndex((row) => row.classList.contains("at"));
    const move = (to: number) => {
      const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
      if (!row) return;
      rows.forEach((other) => other.classList.toggle("at", other === row));
      row.scrollIntoView({ block: "nearest" });
      row.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
    };
    if (event.key === "j" && rows.length) move(at + 1);
    else if (event.key === "k" && rows.length) move(at - 1);
    else if (event.key === "x" && at >= 0)
      rows[at]?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
    else if (event.key === "e") nextEvidence();
    else return;
    event.preventDefault();
  });
}

function nextEvidence(): void {
  const all = [...document.querySelectorAll<HTMLElement>("mark[id]")];
  if (!all.length) return;
  const at = all.findIndex((mark) => mark.getAttribute("aria-current") === "true");
  showEvidence(all[(at + 1) % all.length]!.id);
}

export function showEvidence(id: string): void {
  document
    .querySelectorAll("[aria-current=true]:is(mark, .ev)")
    .forEach((old) => old.removeAttribute("aria-current"));
  const mark = document.getElementById(id);
  mark?.setAttribute("aria-current", "true");
  mark?.scrollIntoView({ block: "center" });
  document
    .querySelectorAll(`[data-evidence="${CSS.escape(id)}"]`)
    .forEach((link) => link.setAttribute("aria-current", "true"));
}

function startEvidence(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("[data-evidence]");
    if (!link?.dataset.evidence) return;
    if (document.getElementById(link.dataset.evidence)) {
      event.preventDefault();
      showEvidence(link.dataset.evidence);
    }
  });
  document.addEventListener("mouseover", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("[data-evidence]");
    document.querySelectorAll("mark.lit").forEach((mark) => mark.classList.remove("lit"));
    if (link?.dataset.evidence)
      document.getElementById(link.dataset.evidence)?.classList.add("lit");
  });
}

// Clocks run by the server's deadline; they are announced at ten, five and one minutes only.
function startClocks(): void {
  const tick = () => {
    document.querySelectorAll<HTMLElement>("[data-deadline]").forEach((clock) => {
      const skew = Number(clock.dataset.skew ?? "0");
      if (!clock.dataset.skew && clock.dataset.now)
        clock.dataset.skew = String(Date.parse(clock.dataset.now) - Date.now());
      const left = Math.max(0, Date.parse(clock.dataset.deadline!) - Date.now() - skew);
      const total = Math.floor(left / 1000);
      const words = `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
      if (clock.textContent !== words) clock.textContent = words;
      const minutes = Math.ceil(total / 60);
      clock.setAttribute("aria-live", [10, 5, 1].includes(minutes) && total % 60 === 0 ? "polite" : "off");
      if (total === 0 && clock.dataset.atEnd && !clock.dataset.ended) {
        clock.dataset.ended = "1";
        document.dispatchEvent(new CustomEvent("touchstone:flush"));
        window.setTimeout(() => window.location.reload(), 1200);
      }
    });
    document.querySelectorAll<HTMLElement>("[data-since]").forEach((clock) => {
      const skew = Number(clock.dataset.skew ?? "0");
      if (!clock.dataset.skew && clock.dataset.now)
        clock.dataset.skew = String(Date.parse(clock.dataset.now) - Date.now());
      const total = Math.max(0, Math.floor((Date.now() + skew - Date.parse(clock.dataset.since!)) / 1000));
      clock.textContent = `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
    });
  };
  tick();
  window.setInterval(tick, 1000);
}

// A number that rises on the server: when it does, the marked parts of the page are fetched again.
function startFollowing(): void {
  document.querySelectorAll<HTMLElement>("[data-follow]").forEach((element) => {
    let last = element.dataset.version ?? "";
    const source = new EventSource(element.dataset.follow!);
    source.addEventListener("version", (event) => {
      const version = (event as MessageEvent<string>).data;
      if (version === last) return;
      last = version;
      htmx.trigger(document.body, "changed");
    });
    window.addEventListener("pagehide", () => source.close());
  });
}

function startRanges(): void {
  document.addEventListener("input", (event) => {
    const input = event.target as HTMLInputElement;
    const name = input.dataset.mirror;
    if (!name) return;
    document.querySelectorAll<HTMLInputElement>(`[data-mirror="${CSS.escape(name)}"]`).forEach((other) => {
      if (other !== input) other.value = input.value;
    });
  });
}

// A form with data-keep is sent by htmx at every pause; who leaves the page before the pause has
// the last words sent all the same.
function startKeeping(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-keep]").forEach((form) => {
    let typed = false;
    form.addEventListener("input", () => (typed = true));
    form.addEventListener("submit", () => (typed = false));
    form.addEventListener("htmx:beforeRequest", () => (typed = false));
    window.addEventListener("pagehide", () => {
      if (!typed) return;
      void fetch(form.getAttribute("hx-post")!, {
        method: "POST",
        headers: { "HX-Request": "true" },
        body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>),
        keepalive: true,
      });
    });
  });
}

// A fold with data-stay="name" stays open when its part of the page is drawn anew.
function startStaying(): void {
  const opened = new Set<string>();
  document.addEventListener(
    "toggle",
    (event) => {
      const fold = event.target as HTMLDetailsElement;
      const name = fold.dataset?.stay;
      if (!name || !fold.isConnected) return;
      if (fold.open) opened.add(name);
      else opened.delete(name);
    },
    true,
  );
  document.addEventListener("htmx:afterSwap", () => {
    document.querySelectorAll<HTMLDetailsElement>("details[data-stay]").forEach((fold) => {
      if (opened.has(fold.dataset.stay!)) fold.open = true;
    });
  });
}

function startSelectAll(): void {
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (box.matches("[data-all]"))
      document
        .querySelectorAll<HTMLInputElement>(`input[name="${CSS.escape(box.dataset.all!)}"]`)
        .forEach((other) => (other.checked = box.checked));
    const bar = document.querySelector<HTMLElement>("[data-selected]");
    if (bar) {
      const count = document.querySelectorAll("[data-rows] tbody input:checked").length;
      bar.textContent = String(count);
      bar.closest<HTMLElement>("[data-selection]")?.toggleAttribute("hidden", count === 0);
    }
    document.querySelectorAll<HTMLElement>("[data-rows] tbody tr").forEach((row) => {
      const own = row.querySelector<HTMLInputElement>("input[type=checkbox]");
      if (own) row.setAttribute("aria-selected", String(own.checked));
    });
  });
}

document.addEventListener("DOMContentLoaded", () => {
  startToasts(document);
  startDialogs();
  startBooking();
  startBusyButtons();
  startKeys();
  startEvidence();
  startClocks();
  startFollowing();
  startRanges();
  startSelectAll();
  startKeeping();
  startStaying();
  startAutosave();
  startGrading();
  startSitting();
  startPalette();
  startUploads();
  document.querySelector("nav.stages [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  if (location.hash.startsWith("#ev-")) showEvidence(location.hash.slice(1));
});
document.addEventListener("htmx:afterSwap", () => startToasts(document));
// Answers 409 and 422 carry what to show: let htmx put them into the page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = (event as CustomEvent).detail as { xhr: XMLHttpRequest; shouldSwap: boolean; isError: boolean };
  if ([403, 404, 409, 422, 503].includes(detail.xhr.status)) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});
