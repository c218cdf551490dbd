// Keeps the numbers of a mailing that is going out fresh, and loads the page when its state changes.
for (const box of document.querySelectorAll("[data-progress]")) {
  const watch = async () => {
    const response = await fetch(box.dataset.progress).catch(() => null)
    if (response?.ok) {
      const now = await response.json()
      if (now.state !== box.dataset.state) {
        location.reload()
        return
      }
      const bar = box.querySelector("progress")
      if (bar) {
        bar.max = now.total
        bar.value = now.done
      }
      const sentence = box.querySelector("[data-sentence]")
      if (sentence) sentence.textContent = now.sentence
    }
    setTimeout(watch, 2000)
  }
  setTimeout(watch, 2000)
}
