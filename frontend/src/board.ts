// The week's board: an interview dragged to another time opens the page that moves it, with that time
// filled in. Nobody is told before the button there is pressed; the link beside it does the same.
// A click on a free place opens the booking dialog with that time; the list of those who wait does too.
const ROW_PX = 16;

function timeAt(lanes: HTMLElement, y: number, first: number): string {
  const quarter = Math.max(0, Math.floor((y - lanes.getBoundingClientRect().top) / ROW_PX));
  const minutes = first * 60 + quarter * 15;
  const pad = (n: number): string => String(n).padStart(2, "0");
  return `${lanes.dataset.day}T${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

function startFree(board: HTMLElement, first: number): void {
  const hint = document.createElement("div");
  hint.setAttribute("aria-hidden", "true");
  const free = (event: MouseEvent, lanes: HTMLElement): string => {
    if ((event.target as Element).closest("[data-talk], .talk")) return "";
    const at = timeAt(lanes, event.clientY, first);
    return at > (board.dataset.now ?? "") ? at : "";
  };
  board.querySelectorAll<HTMLElement>("[data-day]").forEach((lanes) => {
    lanes.addEventListener("mousemove", (event) => {
      const at = event.buttons ? "" : free(event, lanes);
      if (!at) return hint.remove();
      const [hour, minute] = at.slice(11).split(":").map(Number);
      hint.className = `free-hint at-${((hour ?? 0) - first) * 4 + (minute ?? 0) / 15} len-4`;
      hint.textContent = `+ ${at.slice(11)}`;
      if (hint.parentElement !== lanes) lanes.append(hint);
    });
    lanes.addEventListener("mouseleave", () => hint.remove());
    lanes.addEventListener("click", (event) => {
      const at = free(event, lanes);
      if (!at || getComputedStyle(lanes).display !== "grid") return;
      document.dispatchEvent(new CustomEvent("touchstone:book", { detail: `${board.dataset.bookAt}?at=${at}` }));
    });
  });
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll<HTMLElement>("[data-board]").forEach((board) => {
    const first = Number(board.dataset.first ?? "8");
    if (board.dataset.bookAt) startFree(board, first);
    let dragged: HTMLElement | null = null;
    let grip = 0;
    board.addEventListener("dragstart", (event) => {
      dragged = (event.target as HTMLElement).closest<HTMLElement>("[data-talk]");
      grip = dragged ? event.clientY - dragged.getBoundingClientRect().top : 0;
      event.dataTransfer?.setData("text/plain", dragged?.dataset.talk ?? "");
    });
    board.querySelectorAll<HTMLElement>("[data-day]").forEach((lanes) => {
      lanes.addEventListener("dragover", (event) => {
        if (!dragged) return;
        event.preventDefault();
        lanes.classList.add("over");
      });
      lanes.addEventListener("dragleave", () => lanes.classList.remove("over"));
      lanes.addEventListener("drop", (event) => {
        event.preventDefault();
        lanes.classList.remove("over");
        if (dragged?.dataset.move) window.location.href = `${dragged.dataset.move}?to=${timeAt(lanes, event.clientY - grip, first)}`;
        dragged = null;
      });
    });
  });
});
