"use strict";

const TOAST_KEY = "lumen-toast"; // carries a toast over the navigation that follows a save

const find = (selector) => document.querySelector(selector);
const findAll = (selector) => [...document.querySelectorAll(selector)];

// A toast stays until the next page: nobody has to hurry, and a video has time to show it.
function showToast(text) {
  const toast = find("#toast");
  toast.textContent = text;
  toast.classList.add("show");
}

function showLeftToast() {
  const text = sessionStorage.getItem(TOAST_KEY);
  sessionStorage.removeItem(TOAST_KEY);
  if (text) showToast(text);
}

// ── forms ──

function setBusy(button, busy) {
  if (busy) {
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.busy;
  } else {
    button.textContent = button.dataset.label;
  }
  button.disabled = busy;
  button.setAttribute("aria-busy", busy);
}

function showError(form, text) {
  const line = form.querySelector(".error");
  line.textContent = text;
  line.hidden = !text;
}

async function save(form) {
  const response = await fetch(form.dataset.save, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  return response.json();
}

async function onSubmit(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector(".primary");
  showError(form, "");
  setBusy(button, true);
  const reply = await save(form).catch(() => ({ error: "The server does not answer." }));
  if (reply.next) {
    sessionStorage.setItem(TOAST_KEY, reply.toast);
    location.assign(reply.next);
    return; // the button stays busy until the next page is here
  }
  setBusy(button, false);
  if (reply.error) showError(form, reply.error);
  else addGuest(form, reply);
}

// ── the guest list ──

function addGuest(form, reply) {
  form.reset();
  form.closest("dialog").close();
  find("#guests").insertAdjacentHTML("beforeend", reply.row);
  find("#guest-count").textContent = reply.people;
  const row = find("#guests > :last-child");
  row.classList.add("new");
  glideTo(row);
  showToast(reply.toast);
}

function glideTo(element) {
  element?.scrollIntoView({ behavior: "smooth", block: "center" });
}

function openInvitation(event) {
  const dialog = find("#invite-dialog");
  if (!dialog) return; // another page: let the link lead to the one that has it
  event?.preventDefault();
  dialog.showModal();
}

// ── the list of events ──

function filterEvents() {
  const words = find("#search").value.trim().toLowerCase();
  const status = find('.chip[aria-pressed="true"]').dataset.status;
  const cards = findAll(".event-card");
  for (const card of cards) {
    const fits = card.dataset.words.toLowerCase().includes(words);
    card.hidden = !fits || !card.dataset.status.startsWith(status);
  }
  find("#no-match").hidden = cards.some((card) => !card.hidden);
}

function chooseStatus(event) {
  for (const chip of findAll(".chip")) chip.setAttribute("aria-pressed", chip === event.target);
  filterEvents();
}

// ── start ──

findAll("form[data-save]").forEach((form) => form.addEventListener("submit", onSubmit));
findAll(".chip").forEach((chip) => chip.addEventListener("click", chooseStatus));
find("#search")?.addEventListener("input", filterEvents);
find("#invite")?.addEventListener("click", openInvitation);
findAll("[data-close]").forEach((button) =>
  button.addEventListener("click", () => button.closest("dialog").close()),
);
findAll("[data-scroll]").forEach((button) =>
  button.addEventListener("click", () => glideTo(find(button.dataset.scroll))),
);
if (location.hash === "#invite") openInvitation();
showLeftToast();
document.documentElement.dataset.ready = "true";
