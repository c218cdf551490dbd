// Keeps what is typed: on the server every few seconds, and in this browser while the server cannot
// be reached or the session is over. Nothing is saved by it; that is what the button is for.
const bar = document.querySelector("[data-typed]")
const form = bar?.closest("form")
const said = bar?.querySelector("[data-kept]")
const names = bar?.dataset.names.split(" ") ?? []
const place = `typed:${bar?.dataset.typed}`
const EVERY = 3000
const STILL_HERE = 60_000
let last
let lastSent = 0
let leaving = false

const typed = () => names.map((name) => form.elements[name]?.value ?? "")
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other)

function data(values) {
  const body = new FormData()
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
  names.forEach((name, index) => body.append(name, values[index]))
  return body
}

function keepHere(values) {
  localStorage.setItem(place, JSON.stringify(values))
  said.textContent = gettext("Not reached: are you still logged in? What you typed is kept in this browser.")
}

async function keep() {
  const values = typed()
  const isOld = Date.now() - lastSent > STILL_HERE
  if (leaving || (same(values, last) && !(isOld && lastSent))) return
  try {
    const response = await fetch(bar.dataset.typed, { method: "POST", body: data(values), redirect: "error" })
    const answer = await response.json()
    if (!response.ok) throw new Error(answer.problem)
    last = values
    lastSent = Date.now()
    localStorage.removeItem(place)
    said.textContent = answer.said
  } catch {
    keepHere(values)
    last = values
    lastSent = 0
  }
}

// What this browser kept when it could reach nobody is offered again.
function offer(values) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "button"
  button.textContent = gettext("Put back what this browser kept")
  button.addEventListener("click", () => {
    names.forEach((name, index) => {
      const field = form.elements[name]
      if (field) field.value = values[index]
    })
    // An editor that has read its field before shows it when the page is loaded with it.
    last = undefined
    const back = new URL(location.href)
    back.searchParams.set("version", "typed")
    keep().then(() => location.assign(back))
  })
  said.after(button)
}

if (form) {
  // The editor writes its field anew when it starts: what stands there a moment later is the start,
  // unless somebody has begun to type by then.
  let isTouched = false
  form.addEventListener("input", ({ target }) => {
    isTouched ||= names.includes(target.name) || Boolean(target.closest(".ProseMirror"))
  })
  setTimeout(() => {
    last = isTouched ? undefined : typed()
    const kept = JSON.parse(localStorage.getItem(place) ?? "null")
    if (kept && !same(kept, typed())) offer(kept)
    setInterval(keep, EVERY)
  }, 1500)
  // A button that fills a frame of this page does not leave it.
  form.addEventListener("submit", ({ submitter }) => {
    leaving = !submitter?.formTarget
  })
}
