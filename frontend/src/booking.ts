// Booking one person's interview in a dialog: links marked data-book open it over the page, and without
// this script they lead to a page with the same form. Escape closes it and keeps what was typed.
import htmx from "htmx.org";

let shown = "";

export function openBooking(address: string, opener: HTMLElement | null): boolean {
  const dialog = document.getElementById("book") as HTMLDialogElement | null;
  const form = document.getElementById("book-form");
  if (!dialog?.showModal || !form) return false;
  if (!dialog.open) {
    dialog.showModal();
    if (opener) dialog.addEventListener("close", () => opener.focus(), { once: true });
  }
  if (shown === address && form.querySelector("form")) return true;
  shown = address;
  form.replaceChildren();
  const failed = (): void => {
    shown = "";
    const note = document.createElement("p");
    note.setAttribute("role", "alert");
    note.textContent = dialog.dataset.failed ?? "";
    form.replaceChildren(note);
  };
  form.addEventListener("htmx:sendError", failed, { once: true });
  void htmx.ajax("get", address, { source: form, target: form, swap: "innerHTML" }).then(() => {
    form.removeEventListener("htmx:sendError", failed);
    if (dialog.open) form.querySelector<HTMLElement>("select, input:not([type=hidden])")?.focus();
  });
  return true;
}

export function startBooking(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-book]");
    if (link && openBooking(link.href, link)) event.preventDefault();
  });
  // A proposed time chosen instead of the one pointed at takes its place.
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    const form = box.closest<HTMLFormElement>("#book-form form");
    if (!form || box.name !== "start" || !box.checked) return;
    const pointed = form.querySelector<HTMLInputElement>("input[name=at]")?.value;
    const other = form.querySelector<HTMLInputElement>("input[name=other_start]");
    if (other && pointed && other.value === pointed) other.value = "";
  });
  // the board's script is a file of its own and asks by an event
  document.addEventListener("touchstone:book", (event) => {
    openBooking((event as CustomEvent<string>).detail, null);
  });
}
