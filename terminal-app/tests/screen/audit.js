// Reads the page as it stands and says what is wrong with it: things that do not fit, targets that are too small,
// text with too little contrast (WCAG 2.2, 1.4.3), fields and buttons without a name.
const wrong = [];
const name = (node) => `${node.nodeName.toLowerCase()}.${node.className} "${(node.getAttribute("aria-label") ?? node.textContent).trim().slice(0, 40)}"`;
const seen = (node) => {
  const box = node.getBoundingClientRect();
  const style = getComputedStyle(node);
  return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.opacity !== "0" && !node.closest(".sr, .skip, #gone, [inert]");
};
const rgb = (text) => text.match(/[\d.]+/g).map(Number);
const light = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const behind = (node) => {
  for (let at = node; at; at = at.parentElement) {
    const colour = rgb(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};

if (document.documentElement.scrollWidth > innerWidth) wrong.push(`wider than the screen: ${document.documentElement.scrollWidth}`);
if (document.documentElement.scrollHeight > innerHeight) wrong.push(`higher than the screen: ${document.documentElement.scrollHeight}`);
for (const node of document.querySelectorAll("#work, #work > *, .panel > *")) {
  if (seen(node) && node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== "inline") wrong.push(`cut off: ${name(node)}`);
}
for (const node of document.querySelectorAll("button, input")) {
  if (!seen(node)) continue;
  const box = (node.closest("label.consent") ?? node).getBoundingClientRect();
  if (box.width < 47.5 || box.height < 47.5) wrong.push(`target ${Math.round(box.width)} x ${Math.round(box.height)}: ${name(node)}`);
  if (box.right > innerWidth + 1 || box.left < -1) wrong.push(`beside the screen: ${name(node)}`);
  if (!node.closest(".lines, #found") && (box.bottom > innerHeight + 1 || box.top < -1)) wrong.push(`below the screen: ${name(node)}`);
  const messages = node.closest(".messages")?.getBoundingClientRect();
  if (messages && (box.bottom > messages.bottom + 1 || box.top < messages.top - 1)) wrong.push(`must be scrolled to: ${name(node)}`);
  if (!(node.getAttribute("aria-label") ?? node.textContent).trim() && !node.labels?.length) wrong.push(`no name: ${name(node)}`);
}
// A key under another key is pressed by nobody; lists that scroll pass under what stays in sight.
const keys = [...document.querySelectorAll("#work button, #work input")]
  .filter((node) => seen(node) && !node.closest(".lines, #found, .messages, label.consent, .badge"))
  .map((node) => [node, node.getBoundingClientRect()]);
keys.forEach(([node, a], place) => {
  for (const [other, b] of keys.slice(place + 1)) {
    const over = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    if (over && !document.querySelector("#found li")) wrong.push(`over one another: ${name(node)} and ${name(other)}`);
  }
  const panel = node.closest(".panel")?.getBoundingClientRect();
  if (panel && (a.left - panel.left < 4 || panel.right - a.right < 4)) wrong.push(`at the edge of its panel: ${name(node)}`);
});
for (const node of document.querySelectorAll(".fields .field > span")) {
  if (node.getClientRects().length > 1 || node.getBoundingClientRect().height > 1.7 * parseFloat(getComputedStyle(node).fontSize)) wrong.push(`broken in two: ${name(node)}`);
}
// Each question says what it is; where room is short, a message may stand in for its heading.
for (const node of document.querySelectorAll(".panel > h1")) {
  const box = node.getBoundingClientRect();
  const hidden = box.height < 2 || getComputedStyle(node).clipPath !== "none";
  if (hidden && !document.querySelector("#notices .notice")) wrong.push(`no heading: ${name(node)}`);
}
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let text = walk.nextNode(); text; text = walk.nextNode()) {
  const node = text.parentElement;
  if (!text.nodeValue.trim() || !seen(node) || node.closest(":disabled, script, noscript, #local")) continue;
  const style = getComputedStyle(node);
  const [one, two] = [light(rgb(style.color)), light(behind(node))].sort((a, b) => b - a);
  const ratio = (one + 0.05) / (two + 0.05);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
  if (ratio < (large ? 3 : 4.5)) wrong.push(`contrast ${ratio.toFixed(2)}: ${name(node)}`);
}
return [...new Set(wrong)];
