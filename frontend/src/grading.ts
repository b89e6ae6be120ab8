// Grading by key: 1, 2, 3 set the point at hand and go on to the next, A takes all as the machine
// has them, L this one as the language model has it, Enter hands in. The buttons do the same.
const VALUES: Record<string, string> = { "1": "0", "2": "half", "3": "1" };

export function startGrading(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-grading]");
  if (!form) return;
  const points = [...form.querySelectorAll<HTMLFieldSetElement>("[data-point]")];
  let at = 0;
  const show = (to: number, scroll = true) => {
    at = Math.max(0, Math.min(points.length - 1, to));
    points.forEach((point, number) => point.classList.toggle("at", number === at));
    if (scroll) points[at]?.scrollIntoView({ block: "nearest" });
  };
  const choose = (point: HTMLFieldSetElement | undefined, value: string) => {
    const radio = point?.querySelector<HTMLInputElement>(`input[value="${value}"]`);
    if (radio) radio.checked = true;
  };
  points.forEach((point, number) => point.addEventListener("focusin", () => show(number, false)));
  show(0, false);
  form.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-take-second]");
    const point = button?.closest<HTMLFieldSetElement>("[data-point]");
    if (!point) return;
    choose(point, point.dataset.second ?? "");
    show(points.indexOf(point) + 1);
  });
  document.addEventListener("keydown", (event) => {
    if ((event.target as HTMLElement).closest("input:not([type=radio]), textarea, select, dialog, summary, a, button")) return;
    if (event.ctrlKey || event.metaKey || event.altKey || !points.length) return;
    const value = VALUES[event.key];
    if (value !== undefined) {
      choose(points[at], value);
      show(at + 1);
    } else if (event.key === "a") {
      points.forEach((point) => choose(point, point.dataset.machine ?? ""));
    } else if (event.key === "l" && points[at]?.dataset.second !== undefined) {
      choose(points[at], points[at]?.dataset.second ?? "");
      show(at + 1);
    } else if (event.key === "j" || event.key === "k") {
      show(at + (event.key === "j" ? 1 : -1));
    } else if (event.key === "Enter") {
      form.requestSubmit(form.querySelector<HTMLButtonElement>("button[value=next]") ?? undefined);
    } else {
      return;
    }
    event.preventDefault();
  });
}
