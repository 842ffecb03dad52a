// The list looks for new mail every two seconds; whatever came in a message is shown as text, never as markup.
"use strict";

const byId = (id) => document.getElementById(id);
const tabs = [...document.querySelectorAll("[data-tab]")];
const bodies = { html: byId("html"), text: byId("text"), headers: byId("headers") };
const seen = new Set();
let messages = [];
let open = null;
let drawn = "";

async function refresh() {
  try {
    const answer = await fetch("/api/messages");
    messages = (await answer.json()).messages;
    document.body.classList.remove("offline");
  } catch {
    byId("count").textContent = "not reachable";
    return;
  }
  draw();
}

function draw() {
  const wanted = byId("filter").value.trim().toLowerCase();
  const shown = messages.filter((mail) =>
    `${mail.to.join(" ")} ${mail.subject}`.toLowerCase().includes(wanted));
  byId("count").textContent = messages.length === 1 ? "1 message" : `${messages.length} messages`;
  const state = JSON.stringify([shown.map((mail) => mail.id), open, [...seen]]);
  if (state === drawn) return;
  drawn = state;
  byId("list").replaceChildren(...shown.map(item));
  const stillThere = messages.some((mail) => mail.id === open);
  byId("view").hidden = !stillThere;
  byId("empty").hidden = stillThere;
  if (messages.length > 0) byId("empty").textContent = "Pick a message.";
}

function item(mail) {
  const button = element("button", "item");
  button.type = "button";
  button.classList.toggle("fresh", !seen.has(mail.id));
  button.setAttribute("aria-current", String(mail.id === open));
  const meta = element("span", "meta");
  const time = element("time", "", new Date(mail.received_at).toLocaleTimeString());
  time.dateTime = mail.received_at;
  meta.append(element("span", "", mail.to.join(", ")), time);
  button.append(element("span", "title", mail.subject || "(no subject)"), meta);
  button.addEventListener("click", () => show(mail.id));
  return button;
}

async function show(id) {
  const answer = await fetch(`/api/messages/${id}`);
  if (!answer.ok) return;
  const mail = await answer.json();
  open = id;
  seen.add(id);
  byId("subject").textContent = mail.subject || "(no subject)";
  byId("from").textContent = mail.from;
  byId("to").textContent = mail.to.join(", ");
  byId("received").textContent = new Date(mail.received_at).toLocaleString();
  byId("raw").href = `/api/messages/${id}/raw`;
  bodies.text.replaceChildren(...withLinks(mail.text || ""));
  bodies.headers.replaceChildren(
    ...mail.headers.flatMap((header) => [element("dt", "", header.name), element("dd", "", header.value)]));
  bodies.html.src = mail.html === null ? "about:blank" : `/messages/${id}/html`;
  tabs[0].hidden = mail.html === null;
  select(mail.html === null ? "text" : "html");
  draw();
}

function select(name) {
  for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
  for (const [key, body] of Object.entries(bodies)) body.hidden = key !== name;
}

function withLinks(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, index) => {
    if (index % 2 === 0) return document.createTextNode(part);
    const link = element("a", "", part);
    link.href = part;
    link.target = "_blank";
    link.rel = "noopener";
    return link;
  });
}

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

for (const tab of tabs) tab.addEventListener("click", () => select(tab.dataset.tab));
byId("filter").addEventListener("input", draw);
byId("clear").addEventListener("click", async () => {
  await fetch("/api/messages", { method: "DELETE" });
  open = null;
  refresh();
});
refresh();
setInterval(refresh, 2000);
