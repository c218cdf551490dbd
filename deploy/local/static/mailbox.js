// Shows new mail as it comes, unless somebody is typing. Without it, reload the page.
const list = document.querySelector("[data-newest]");

setInterval(async () => {
  const typing = document.activeElement instanceof HTMLInputElement;
  if (document.hidden || typing) return;
  try {
    const answer = await fetch("/newest");
    if ((await answer.text()) !== list.dataset.newest) location.reload();
  } catch {
    // The mailbox is stopped; the next round asks again.
  }
}, 2000);
