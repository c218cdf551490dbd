// Keeps what a plain paste loses: raised reference numbers, links, headings and lists of a copied page
// or document are written as text. Without this script the text alone is pasted, and read as well.

const BLOCKS = new Set([
  "ADDRESS", "ARTICLE", "ASIDE", "BLOCKQUOTE", "DD", "DIV", "DL", "DT", "FIGCAPTION", "FIGURE", "FOOTER", "FORM",
  "H1", "H2", "H3", "H4", "H5", "H6", "HEADER", "HR", "LI", "MAIN", "NAV", "OL", "P", "PRE", "SECTION", "TABLE",
  "TR", "UL",
]);
const UNSEEN = new Set(["SCRIPT", "STYLE", "HEAD", "TITLE", "TEMPLATE", "NOSCRIPT", "SVG"]);
const NUMBER = /^\s*[[(]?\s*(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*[\])]?\s*$/;

function inner(node) {
  return [...node.childNodes].map(written).join("");
}

function written(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/\s+/g, " ");
  if (node.nodeType !== Node.ELEMENT_NODE || UNSEEN.has(node.tagName)) return "";
  if (node.tagName === "INPUT") return asked(node);
  const text = inner(node);
  if (node.tagName === "BR") return "\n";
  if (isRaised(node) && NUMBER.test(text)) return `[${text.match(NUMBER)[1]}]`;
  if (node.tagName === "A") return linked(node, text);
  return BLOCKS.has(node.tagName) ? `\n\n${beginning(node)}${text.trim()}\n\n` : text;
}

function asked(input) {
  if (input.type === "checkbox") return input.hasAttribute("checked") ? "☑ " : "☐ ";
  return input.type === "radio" ? "○ " : "";
}

function isRaised(node) {
  return node.tagName === "SUP" || node.style.verticalAlign === "super";
}

function linked(link, text) {
  const href = link.getAttribute("href") ?? "";
  const label = text.trim();
  const isPlain = !/^https?:/.test(href) || !label || label.includes("\n") || /^https?:|^\[\d/.test(label);
  return isPlain ? text : `[${label}](${href.replace(/[()\s]/g, encodeURIComponent)})`;
}

function beginning(node) {
  if (/^H[1-6]$/.test(node.tagName)) return `${"#".repeat(Math.min(3, Number(node.tagName[1])))} `;
  if (node.tagName === "BLOCKQUOTE") return "> ";
  if (node.tagName !== "LI") return "";
  const list = node.parentElement;
  return list?.tagName === "OL" ? `${[...list.children].indexOf(node) + (list.start || 1)}. ` : "- ";
}

function asText(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return inner(page.body).replace(/[ \t]*\n[ \t]*/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
}

document.querySelector("textarea.pasted")?.addEventListener("paste", (event) => {
  const html = event.clipboardData?.getData("text/html");
  if (!html || !/<(sup|a|h[1-6]|li|input)\b|vertical-align:\s*super/i.test(html)) return;
  event.preventDefault();
  // Keeps the browser's own undo, which setting the value would lose.
  document.execCommand("insertText", false, asText(html));
});
