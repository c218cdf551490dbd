// A step acts on what is saved: while there are unsaved changes, the buttons say so and wait.
const form = document.querySelector("#mailing_form")
form?.addEventListener("input", () => {
  for (const step of document.querySelectorAll(".steps button")) {
    step.disabled = true
    step.title = step.closest("[data-unsaved]")?.dataset.unsaved ?? ""
  }
  for (const note of document.querySelectorAll("[data-unsaved-note]")) note.hidden = false
})
