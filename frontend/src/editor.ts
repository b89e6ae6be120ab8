// The code editor of coding tasks: writes into its textarea, which autosaves like any other field.
import { autocompletion, closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { cpp } from "@codemirror/lang-cpp";
import { java } from "@codemirror/lang-java";
import { javascript } from "@codemirror/lang-javascript";
import { python } from "@codemirror/lang-python";
import { sql } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const LANGUAGES: Record<string, () => Extension> = { python, cpp, java, javascript, sql };
const style = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier], color: "var(--action)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ok)" },
  { tag: [tags.comment], color: "var(--ink-3)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warn)" },
]);
const look = EditorView.theme({
  "&": { backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "14px", border: "1px solid var(--line-ctl)" },
  ".cm-content": { fontFamily: "var(--mono)", caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-3)", border: "0" },
  ".cm-activeLine": { backgroundColor: "var(--hover)" },
  "&.cm-focused": { outline: "2px solid var(--action)" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": { backgroundColor: "var(--action-wash) !important" },
});

function start(area: HTMLTextAreaElement): void {
  const language = new Compartment();
  const choose = (name: string): Extension => (LANGUAGES[name] ?? python)();
  const picker = area.form?.elements.namedItem("language") as HTMLSelectElement | null;
  const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";
  const view = new EditorView({
    parent: area.parentElement!,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        EditorView.cspNonce.of(nonce),
        lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
        autocompletion(), highlightActiveLine(), indentUnit.of("    "), EditorState.tabSize.of(4),
        keymap.of([indentWithTab, ...defaultKeymap, ...historyKeymap]),
        language.of(choose(picker?.value ?? "python")), syntaxHighlighting(style), look,
        EditorView.contentAttributes.of({ "aria-label": area.getAttribute("aria-label") ?? "code" }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          area.dispatchEvent(new Event("input", { bubbles: true }));
        }),
      ],
    }),
  });
  area.form?.addEventListener("touchstone:filled", () => {
    if (view.state.doc.toString() === area.value) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.value } });
  });
  picker?.addEventListener("change", () => view.dispatch({ effects: language.reconfigure(choose(picker.value)) }));
  area.hidden = true;
}

document.addEventListener("DOMContentLoaded", () =>
  document.querySelectorAll<HTMLTextAreaElement>("textarea[data-editor]").forEach(start),
);
