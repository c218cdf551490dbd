// The rows of sources: folded until somebody opens one, with citation and marker kept current.
const FIELDS = ["author", "title", "publisher", "published_on", "date_precision"]
const citationUrl = document.querySelector("[data-citation-url]")?.dataset.citationUrl

function field(row, name) {
  return row.querySelector(`[name$='-${name}']`)
}

function fold(row) {
  const label = row.querySelector(".inline_label")
  const parts = row.querySelectorAll(":scope > fieldset")
  if (!label || row.querySelector(".errors, .errorlist")) return
  const button = document.createElement("button")
  button.type = "button"
  button.className = "fold"
  button.append(...label.childNodes)
  const show = (open) => {
    button.setAttribute("aria-expanded", open)
    for (const part of parts) part.hidden = !open
  }
  button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"))
  label.append(button)
  show(false)
}

function keepCurrent(row) {
  let timer
  const refresh = async () => {
    const key = field(row, "key")?.value
    const marker = row.querySelector(".marker")
    if (marker) marker.textContent = key ? `[^${key}]` : ""
    const query = new URLSearchParams(FIELDS.map((name) => [name, field(row, name)?.value ?? ""]))
    const response = await fetch(`${citationUrl}?${query}`)
    const shown = row.querySelector(".field-citation .readonly")
    if (response.ok && shown) shown.textContent = (await response.json()).citation
  }
  const changed = () => {
    clearTimeout(timer)
    timer = setTimeout(refresh, 300)
  }
  row.addEventListener("input", changed)
  row.addEventListener("change", changed)
}

for (const row of document.querySelectorAll("#sources-group .inline-related:not(.empty-form)")) {
  if (row.classList.contains("has_original")) fold(row)
  keepCurrent(row)
}
document.addEventListener("formset:added", ({ target, detail }) => {
  if (detail.formsetName === "sources") keepCurrent(target)
})
