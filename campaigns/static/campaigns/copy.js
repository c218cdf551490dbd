// A button beside each address to give away, which copies it.
for (const input of document.querySelectorAll("input[data-copy]")) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "button"
  button.textContent = gettext("Copy")
  button.addEventListener("click", async () => {
    input.select()
    await navigator.clipboard?.writeText(input.value)
    button.textContent = gettext("Copied")
  })
  input.after(button)
}
