// A step acts on what is saved: while there are unsaved changes, its buttons wait and a note says why.
for (const form of document.querySelectorAll("#mailing_form, #mailingtranslation_form")) {
  form.addEventListener("input", ({ target }) => {
    if (target.name?.startsWith("preview_")) return
    for (const button of document.querySelectorAll(".steps [type=submit]")) button.disabled = true
    for (const note of document.querySelectorAll("[data-unsaved-note]")) note.hidden = false
  })
}
