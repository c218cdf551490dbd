// The one button that needs a script: it hands the link to the device, or copies it.
for (const button of document.querySelectorAll("[data-share]")) {
  const field = document.getElementById(button.dataset.share);
  const touch = navigator.share && matchMedia("(pointer: coarse)").matches;
  if (!touch && !navigator.clipboard) continue;
  if (touch) button.textContent = button.dataset.send;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (touch) {
      await navigator.share({ title: button.dataset.title, url: field.value }).catch(() => {});
      return;
    }
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied;
  });
}
