"use strict";
// The page works without this script, but for captions and filters.
const form = document.querySelector("form");
const cards = [...document.querySelectorAll(".card")];
const videos = [...document.querySelectorAll("video")];
const texts = new Map();

// Captions are made of the transcript: a page that is a file may load no caption file.
for (const video of videos) {
  const lines = video.closest(".card").querySelectorAll(".transcript li");
  if (!lines.length) continue;
  const track = video.addTextTrack("captions", "Captions", video.dataset.lang || "");
  for (const line of lines) {
    const { from, to } = line.querySelector("button").dataset;
    const text = line.querySelector("span").textContent.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    track.addCue(new VTTCue(Number(from), Number(to), text));
  }
  track.mode = "showing";
}

// A poster says more without the browser's controls over it: they come with the first click.
for (const video of videos) {
  const play = document.createElement("button");
  play.className = "play";
  play.type = "button";
  play.setAttribute("aria-label", `Play ${video.getAttribute("aria-label")}`);
  play.addEventListener("click", () => video.play());
  video.controls = false;
  video.after(play);
}

document.addEventListener("play", ({ target }) => {
  const play = target.parentElement.querySelector(".play");
  if (play) {
    target.controls = true;
    if (document.activeElement === play) target.focus();
    play.remove();
  }
  for (const video of videos) if (video !== target) video.pause();
}, true);

document.addEventListener("click", ({ target }) => {
  const line = target.closest(".transcript button");
  if (line) {
    const video = line.closest(".card").querySelector("video");
    video.currentTime = Number(line.dataset.from);
    video.play();
  }
  if (target.closest(".gantt a")) {
    form.reset(); // what it leads to may be hidden
    filter();
  }
});

function textOf(card) {
  if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
  return texts.get(card);
}

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const card of cards) {
    const { status, lang } = card.dataset;
    const fits = (!wanted.status || wanted.status === status) && (!wanted.lang || wanted.lang === lang)
      && words.every((word) => textOf(card).includes(word));
    card.hidden = !fits;
    if (!fits) card.querySelector("video")?.pause();
    shown += fits;
  }
  document.getElementById("none").hidden = shown > 0;
  form.querySelector("output").textContent = shown < cards.length ? `${shown} of ${cards.length}` : "";
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter(); // a browser may bring back what was chosen before

const time = document.querySelector("time");
time.textContent = new Date(time.dateTime).toLocaleString();
