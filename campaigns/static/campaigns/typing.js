// What to look at in the letter and its sources, asked of the server while somebody types.
const panel = document.querySelector(".checklist.live")
const form = panel?.closest("form")
const url = document.querySelector("[data-check-url]")?.dataset.checkUrl
const PARTS = /^(body|ask|csrfmiddlewaretoken|sources-.*)$/
let timer
let asked

function typed() {
  const data = new FormData()
  for (const [name, value] of new FormData(form)) if (PARTS.test(name)) data.append(name, value)
  return data
}

async function check() {
  asked?.abort()
  asked = new AbortController()
  try {
    const response = await fetch(url, { method: "POST", body: typed(), signal: asked.signal })
    if (response.ok) show((await response.json()).findings)
  } catch {
    // A newer question took its place, or the network is away: what is saved is checked anyway.
  }
}

function show(findings) {
  const items = findings.map((text) => {
    const item = document.createElement("li")
    item.className = "advice"
    item.textContent = text
    return item
  })
  panel.querySelector("ul").replaceChildren(...items)
  panel.hidden = !items.length
}

function changed({ target }) {
  if (!PARTS.test(target.name ?? "")) return
  clearTimeout(timer)
  timer = setTimeout(check, 500)
}

if (form && url) {
  form.addEventListener("input", changed)
  form.addEventListener("change", changed)
  document.addEventListener("formset:removed", () => changed({ target: { name: "sources-" } }))
}
