// The three nodes of a body that the editor does not know by itself, and the buttons that make them:
// a source marker, the place of the ask, and a button. They are shown by editor.css.
import { Extension, Node, crel, gettext, nodeInputRule, nodePasteRule, updateAttrsDialog } from "django-prose-editor/editor"

const KEY = "[A-Za-z0-9_\\-]{1,60}"
const typedMarker = (match) => ({ key: match[0].slice(2, -1) })

// On a campaign's own page its rows say more than the database: they may not be saved yet.
function materialOnPage() {
  const group = document.getElementById("sources-group")
  if (!group) return null
  const sources = [...group.querySelectorAll("[name$='-key']")]
    .filter((input) => input.value && !input.name.includes("__prefix__"))
    .map((input) => ({
      key: input.value,
      title: document.getElementsByName(input.name.replace(/-key$/, "-title"))[0]?.value ?? "",
    }))
  return { sources, ask: document.getElementById("id_ask")?.value ?? "" }
}

async function material({ url, campaign }) {
  const onPage = materialOnPage()
  if (onPage) return onPage
  const id = document.getElementById("id_campaign")?.value || campaign
  if (!id) return { sources: [], ask: "" }
  const response = await fetch(url.replace("/0/", `/${id}/`))
  return response.ok ? response.json() : { sources: [], ask: "" }
}

// Resolves to a key, or to null when the dialog was left.
function askForKey(sources, current) {
  return new Promise((resolve) => {
    const select = crel(
      "select",
      { id: "source-dialog-choice" },
      sources.map(({ key, title }) =>
        crel("option", { value: key, textContent: `${key} – ${title}`, selected: key === current }),
      ),
    )
    const input = crel("input", {
      id: "source-dialog-key",
      type: "text",
      pattern: KEY,
      maxLength: 60,
      value: sources.some(({ key }) => key === current) ? "" : current,
    })
    const choice = crel("div", { className: "prose-editor-dialog-field", hidden: !sources.length }, [
      crel("label", { htmlFor: select.id, textContent: gettext("Source of this campaign") }),
      select,
    ])
    const typed = crel("div", { className: "prose-editor-dialog-field" }, [
      crel("label", {
        htmlFor: input.id,
        textContent: sources.length ? gettext("or the key of another") : gettext("Key of the source"),
      }),
      input,
    ])
    const cancel = crel("button", { type: "button", textContent: gettext("Cancel") })
    const form = crel("form", { method: "dialog" }, [
      crel("h3", { className: "prose-editor-dialog-title", textContent: gettext("Insert source") }),
      choice,
      typed,
      crel("div", { className: "prose-editor-dialog-buttons" }, [
        crel("button", { type: "submit", textContent: gettext("Insert") }),
        cancel,
      ]),
    ])
    const dialog = crel("dialog", { className: "prose-editor-dialog source-dialog" }, [form])
    let chosen = null
    form.addEventListener("submit", () => {
      chosen = input.value || select.value || null
    })
    cancel.addEventListener("click", () => dialog.close())
    dialog.addEventListener("close", () => {
      dialog.remove()
      resolve(chosen)
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}

// The editing area is no form control, so the label of the textarea has to be said again.
export const Labelled = Extension.create({
  name: "labelled",
  onCreate() {
    const area = this.editor.view.dom
    const [label] = area.closest(".prose-editor")?.querySelector("textarea")?.labels ?? []
    area.setAttribute("aria-label", label?.textContent.replace(/:\s*$/, "") ?? gettext("Text"))
    label?.addEventListener("click", () => this.editor.commands.focus())
  },
})

export const SourceMarker = Node.create({
  name: "sourceMarker",
  group: "inline",
  inline: true,
  atom: true,

  addOptions: () => ({ url: "", campaign: null }),
  addAttributes: () => ({
    key: {
      parseHTML: (element) => element.dataset.source,
      renderHTML: ({ key }) => ({ "data-source": key }),
    },
  }),
  parseHTML: () => [{ tag: "sup[data-source]" }],
  renderHTML: ({ HTMLAttributes }) => ["sup", HTMLAttributes],

  // What the importer reads, `[^key]`, also works when it is typed or pasted here.
  addInputRules() {
    return [nodeInputRule({ find: new RegExp(`\\[\\^${KEY}\\]$`), type: this.type, getAttributes: typedMarker })]
  },
  addPasteRules() {
    return [nodePasteRule({ find: new RegExp(`\\[\\^${KEY}\\]`, "g"), type: this.type, getAttributes: typedMarker })]
  },

  addMenuItems({ menu, buttons }) {
    const options = this.options
    menu.defineItem({
      name: "source",
      groups: "campaign",
      button: buttons.text(gettext("Insert source")),
      active: (editor) => editor.isActive("sourceMarker"),
      async command(editor) {
        const current = editor.getAttributes("sourceMarker").key ?? ""
        const key = await askForKey((await material(options)).sources, current)
        if (key) editor.chain().focus().insertContent({ type: "sourceMarker", attrs: { key } }).run()
      },
    })
  },
})

// The ask's own words stand in the text, though they are stored with the campaign.
async function showAsk(editor, options) {
  const { ask } = await material(options)
  editor.view.dom.style.setProperty("--ask", JSON.stringify(ask || gettext("The ask")))
}

export const Ask = Node.create({
  name: "ask",
  group: "block",
  atom: true,

  addOptions: () => ({ url: "", campaign: null }),
  parseHTML: () => [{ tag: 'div[data-block="ask"]' }],
  renderHTML: () => ["div", { "data-block": "ask" }],

  onCreate() {
    showAsk(this.editor, this.options)
  },
  onFocus() {
    showAsk(this.editor, this.options)
  },

  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "ask",
      groups: "campaign",
      button: buttons.text(gettext("Insert ask")),
      active: (editor) => editor.isActive("ask"),
      command: (editor) => editor.chain().focus().insertContent({ type: "ask" }).run(),
    })
  },
})

const buttonDialog = updateAttrsDialog(
  {
    label: { type: "string", title: gettext("Words on the button"), required: true },
    href: { type: "string", format: "url", title: gettext("Address it leads to"), required: true },
  },
  { title: gettext("Button"), submitText: gettext("Insert") },
)

export const ButtonBlock = Node.create({
  name: "buttonBlock",
  group: "block",
  atom: true,

  addAttributes: () => ({ label: { rendered: false }, href: { rendered: false } }),
  parseHTML: () => [
    {
      tag: 'p[data-block="button"]',
      priority: 60, // before the plain paragraph
      getAttrs: (element) => ({
        label: element.textContent,
        href: element.querySelector("a")?.getAttribute("href") ?? "",
      }),
    },
  ],
  renderHTML: ({ node: { attrs } }) => ["p", { "data-block": "button" }, ["a", { href: attrs.href }, attrs.label]],

  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "button",
      groups: "campaign",
      button: buttons.text(gettext("Insert button")),
      active: (editor) => editor.isActive("buttonBlock"),
      async command(editor) {
        const attrs = await buttonDialog(editor, editor.getAttributes("buttonBlock"))
        if (attrs) editor.chain().focus().insertContent({ type: "buttonBlock", attrs }).run()
      },
    })
  },
})
