// A merge field: what a mail knows of its reader, with the words that stand there where it knows
// nothing. Those are asked for and never left out.
import { Node, gettext, updateAttrsDialog } from "django-prose-editor/editor"

const names = { first_name: gettext("First name"), full_name: gettext("Full name") }

const dialog = updateAttrsDialog(
  {
    field: {
      type: "string",
      title: gettext("Of the reader"),
      enum: Object.values(names),
      required: true,
    },
    fallback: {
      type: "string",
      title: gettext("In its place for those who gave no name"),
      required: true,
      maxLength: 40,
    },
  },
  { title: gettext("Insert name"), submitText: gettext("Insert") },
)

export const MergeField = Node.create({
  name: "mergeField",
  group: "inline",
  inline: true,
  atom: true,

  addAttributes: () => ({ field: { rendered: false, default: "first_name" }, fallback: { rendered: false, default: "" } }),
  parseHTML: () => [
    {
      tag: "span[data-merge]",
      getAttrs: (element) => ({ field: element.dataset.merge, fallback: element.textContent }),
    },
  ],
  renderHTML: ({ node: { attrs } }) => [
    "span",
    { "data-merge": attrs.field, title: names[attrs.field] ?? attrs.field },
    attrs.fallback,
  ],

  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "mergeField",
      groups: "campaign",
      button: buttons.text(gettext("Insert name")),
      active: (editor) => editor.isActive("mergeField"),
      async command(editor) {
        const current = editor.getAttributes("mergeField")
        const chosen = await dialog(editor, { ...current, field: names[current.field] ?? names.first_name })
        const fallback = chosen?.fallback?.trim()
        if (!fallback) return
        const field = Object.keys(names).find((name) => names[name] === chosen.field) ?? "first_name"
        editor.chain().focus().insertContent({ type: "mergeField", attrs: { field, fallback } }).run()
      },
    })
  },
})
