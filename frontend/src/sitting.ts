// What a candidate was told is noted while a task is open: pastes of some length, and leaving the
// page. It never decides; the overview shows each note with room for a word about it.
const LEAST_PASTE = 20;
const LEAST_AWAY_S = 3;

function csrf(): string {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
  return headers["X-CSRFToken"] ?? "";
}

function note(form: HTMLFormElement, kind: string, amount: number): void {
  // A note that is lost costs nobody anything.
  fetch(form.dataset.signals!, {
    method: "POST",
    body: JSON.stringify({ kind, amount, task: form.dataset.task ?? "" }),
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), Accept: "application/json" },
    keepalive: true,
  }).catch(() => undefined);
}

export function startSitting(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-signals]");
  if (!form) return;
  form.addEventListener(
    "paste",
    (event) => {
      const length = event.clipboardData?.getData("text/plain").length ?? 0;
      if (length >= LEAST_PASTE) note(form, "paste", length);
    },
    { capture: true },
  );
  let left = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      left = Date.now();
    } else if (left) {
      const seconds = Math.round((Date.now() - left) / 1000);
      left = 0;
      if (seconds >= LEAST_AWAY_S) note(form, "focus_lost", seconds);
    }
  });
}
