// Beside a text that mail programs cut: how many characters it has, and how many of them are shown.
for (const input of document.querySelectorAll("[data-count]")) {
  const limit = Number(input.dataset.count)
  const output = document.createElement("output")
  output.className = "counter"
  output.htmlFor = input.id
  input.after(output)
  const count = () => {
    const length = [...input.value].length
    output.textContent = `${length} / ${limit}`
    output.dataset.over = length > limit
  }
  input.addEventListener("input", count)
  count()
}
