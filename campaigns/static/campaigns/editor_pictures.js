// The picture of a body: one of the organization's own, chosen from those that were uploaded.
import { Node, crel, gettext } from "django-prose-editor/editor"

async function offered({ pictures, campaign }) {
  const id = document.getElementById("id_campaign")?.value || campaign
  const response = await fetch(id ? `${pictures}?campaign=${id}` : pictures)
  return response.ok ? (await response.json()).pictures : []
}

// Resolves to a picture, or to null when the dialog was left.
function askForPicture(pictures) {
  return new Promise((resolve) => {
    const select = crel(
      "select",
      { id: "picture-dialog-choice" },
      pictures.map(({ alt }, index) => crel("option", { value: index, textContent: alt })),
    )
    const preview = crel("img", { className: "picture-dialog-preview", alt: "" })
    const show = () => {
      if (pictures.length) preview.src = pictures[select.value].url
    }
    select.addEventListener("change", show)
    show()
    const choice = pictures.length
      ? [crel("label", { htmlFor: select.id, textContent: gettext("Picture") }), select, preview]
      : [crel("p", { textContent: gettext("Upload a picture first: Pictures, Add.") })]
    const cancel = crel("button", { type: "button", textContent: gettext("Cancel") })
    const insert = crel("button", { type: "submit", textContent: gettext("Insert") })
    const form = crel("form", { method: "dialog" }, [
      crel("h3", { className: "prose-editor-dialog-title", textContent: gettext("Insert picture") }),
      crel("div", { className: "prose-editor-dialog-field" }, choice),
      crel("div", { className: "prose-editor-dialog-buttons" }, pictures.length ? [insert, cancel] : [cancel]),
    ])
    const dialog = crel("dialog", { className: "prose-editor-dialog source-dialog" }, [form])
    let chosen = null
    form.addEventListener("submit", () => {
      chosen = pictures[select.value] ?? null
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

export const Picture = Node.create({
  name: "picture",
  group: "inline",
  inline: true,
  atom: true,
  draggable: true,

  addOptions: () => ({ pictures: "", campaign: null, media: "" }),
  addAttributes: () => ({ src: {}, alt: { default: "" }, width: {}, height: {} }),
  // A picture of another site would be left out when the text is saved, so it is not taken up.
  parseHTML() {
    const isOwn = (element) => element.getAttribute("src").startsWith(this.options.media) && null
    return [{ tag: "img[src]", getAttrs: isOwn }]
  },
  renderHTML: ({ HTMLAttributes }) => ["img", HTMLAttributes],

  addMenuItems({ menu, buttons }) {
    const options = this.options
    menu.defineItem({
      name: "picture",
      groups: "campaign",
      button: buttons.text(gettext("Insert picture")),
      active: (editor) => editor.isActive("picture"),
      async command(editor) {
        const picture = await askForPicture(await offered(options))
        if (!picture) return
        const { url, alt, width, height } = picture
        const attrs = { src: url, alt, width, height }
        editor.chain().focus().insertContent({ type: "picture", attrs }).run()
      },
    })
  },
})
