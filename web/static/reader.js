// What the reader is a little better with: keys, and pictures that open in place. Every page works without it.
"use strict";

const posts = () => [...document.querySelectorAll("[data-open]")];

// Where the keys are: the post with the focus, or the one that something inside it has.
const current = () => document.activeElement.closest("[data-open]");

function move(by) {
  const all = posts();
  if (all.length === 0) return;
  const at = all.indexOf(current());
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next].focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  h: () => location.assign(document.querySelector(".brand").href),
  x: () => {
    const warned = current()?.querySelector("details");
    if (warned) warned.open = !warned.open;
  },
  "/": () => (document.getElementById("query") ?? document.getElementById("q")).focus(),
  "?": () => document.getElementById("help").showModal(),
  Enter: () => {
    if (document.activeElement.matches("[data-open]")) location.assign(document.activeElement.dataset.open);
  },
};

// On a phone the navigation is a strip: it shows where one is.
document.querySelector(".side nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = keys[event.key];
  if (!act || (event.key === "Enter" && !event.target.matches("[data-open]"))) return;
  event.preventDefault();
  act();
});

// Both boxes for searching say how a search may go on. What comes late is for what stood there before, and is left out.
const suggestions = document.getElementById("suggestions");
let asked = "";

async function suggest(text) {
  asked = text;
  const answer = await fetch(suggestions.dataset.from + "?" + new URLSearchParams({ q: text }));
  if (!answer.ok || asked !== text) return;
  suggestions.replaceChildren(...(await answer.json()).map((search) => new Option("", search)));
}

document.addEventListener("input", (event) => {
  if (suggestions?.dataset.from && event.target.matches("input[list=suggestions]")) suggest(event.target.value).catch(() => {});
});

// The lightbox goes through the pictures of the page.
const box = document.getElementById("lightbox");
const pictures = [...document.querySelectorAll("a[data-lightbox]")];
let shown = 0;

function show(index) {
  shown = (index + pictures.length) % pictures.length;
  const picture = box.querySelector("img");
  picture.src = pictures[shown].href;
  picture.alt = pictures[shown].querySelector("img").alt;
  box.querySelector("figcaption").textContent = picture.alt;
  for (const button of box.querySelectorAll(".back, .on")) button.hidden = pictures.length < 2;
  if (!box.open) box.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-lightbox]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(pictures.indexOf(link));
});
box.querySelector(".back").addEventListener("click", () => show(shown - 1));
box.querySelector(".on").addEventListener("click", () => show(shown + 1));
box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
box.addEventListener("close", () => pictures[shown]?.focus());
box.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") show(shown - 1);
  if (event.key === "ArrowRight") show(shown + 1);
});
