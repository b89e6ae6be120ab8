// ⌘K / Ctrl K: people first, then actions. Nothing destructive runs from here: every row is a link.
const zh = document.documentElement.lang.startsWith("zh");

interface Row {
  label: string;
  hint: string;
  url: string;
}

export function startPalette(): void {
  if (!document.querySelector("[data-palette]")) return;
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", zh ? "找人、找操作" : "Find people and actions");
  const form = document.createElement("div");
  const input = document.createElement("input");
  input.className = "inp";
  input.type = "search";
  input.setAttribute("aria-label", zh ? "姓名或操作" : "Name or action");
  input.setAttribute("aria-controls", "palette-list");
  const list = document.createElement("div");
  list.id = "palette-list";
  list.className = "stack tight";
  form.append(input, list);
  dialog.append(form);
  document.body.append(dialog);
  let asked = 0;

  const search = async () => {
    const own = ++asked;
    const answer = await fetch(`/palette/?q=${encodeURIComponent(input.value)}`);
    if (!answer.ok) return;
    const rows = (await answer.json()) as Row[];
    // A slow answer to what was typed before must not replace a newer one.
    if (own !== asked) return;
    list.replaceChildren(
      ...rows.map((row) => {
        const link = document.createElement("a");
        link.href = row.url;
        link.className = "btn txt";
        const hint = document.createElement("small");
        hint.className = "faint push";
        hint.textContent = row.hint;
        link.append(row.label, hint);
        return link;
      }),
    );
  };
  const open = () => {
    dialog.showModal();
    input.select();
    void search();
  };
  input.addEventListener("input", () => void search());
  dialog.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll<HTMLElement>("a")];
    const at = links.indexOf(document.activeElement as HTMLElement);
    if (event.key === "ArrowDown") (links[at + 1] ?? links[0])?.focus();
    else if (event.key === "ArrowUp") (links[at - 1] ?? input).focus();
    else if (event.key === "Enter" && document.activeElement === input) links[0]?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      open();
    }
  });
  document.querySelectorAll("[data-palette]").forEach((button) => button.addEventListener("click", open));
}
