// A step acts on what is saved: while there are unsaved changes, its buttons wait and a note says why.
document.querySelector("#mailing_form")?.addEventListener("input", () => {
  for (const button of document.querySelectorAll(".steps [type=submit]")) button.disabled = true
  for (const note of document.querySelectorAll("[data-unsaved-note]")) note.hidden = false
})
