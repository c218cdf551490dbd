// Shows the mail again whenever something is typed or another view of it is chosen. Without this the
// button does it: it sends what is typed into the frame beside it.
const show = document.querySelector("[data-preview]")
let timer

if (show) {
  const soon = ({ target }) => {
    if (target.name === "preview_width") return
    clearTimeout(timer)
    timer = setTimeout(() => show.form.requestSubmit(show), 700)
  }
  show.form.addEventListener("input", soon)
  show.form.addEventListener("change", soon)
}
