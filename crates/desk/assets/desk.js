// Keys, marks and cards, read marks, live runs. Pages work without any of it.
"use strict";

(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const here = () => document.querySelector("[data-item].here");
  const READ = "whimbrel-read";

  // What was read, in this browser alone; nothing when it keeps nothing.
  const read = () => {
    try { return new Set(JSON.parse(localStorage.getItem(READ) || "[]")); } catch { return new Set(); }
  };
  const keep = (keys) => {
    try { localStorage.setItem(READ, JSON.stringify([...keys].slice(-5000))); } catch { /* a private window */ }
  };
  const showRead = () => {
    const keys = read();
    for (const item of all("[data-seen-key]")) item.classList.toggle("seen", keys.has(item.dataset.seenKey));
  };
  const toggleRead = (item) => {
    const keys = read();
    if (!keys.delete(item.dataset.seenKey)) keys.add(item.dataset.seenKey);
    keep(keys);
    showRead();
  };

  // Cards and marks light each other.
  const light = (ids) => {
    for (const lit of all(".lit")) lit.classList.remove("lit");
    for (const id of ids) {
      const card = document.querySelector(`[data-card="${id}"]`);
      if (card) card.classList.add("lit");
      for (const mark of all(`[data-cards~="${id}"]`)) mark.classList.add("lit");
    }
  };
  const lights = (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const mark = target && target.closest("[data-cards]");
    const card = target && target.closest("[data-card]");
    if (mark) light(mark.dataset.cards.split(" ").filter(Boolean).slice(0, 1));
    else if (card) light([card.dataset.card]);
  };
  document.addEventListener("mouseover", lights);
  document.addEventListener("focusin", lights);

  const go = (step) => {
    const items = all("[data-item]").filter((item) => item.getClientRects().length > 0);
    if (items.length === 0) return;
    const at = items.indexOf(here());
    const next = items[Math.min(Math.max(at + step, 0), items.length - 1)];
    for (const item of items) item.classList.remove("here");
    next.classList.add("here");
    const link = next.querySelector("[data-open]") || next.querySelector("a, button");
    if (link) link.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    if (next.dataset.card) {
      light([next.dataset.card]);
      const mark = document.querySelector(`.text [data-cards~="${next.dataset.card}"]`);
      if (mark) mark.scrollIntoView({ block: "nearest" });
    }
  };
  const press = (selector) => {
    const button = here() && here().querySelector(selector);
    if (button) button.click();
    return Boolean(button);
  };
  const back = () => {
    const list = sessionStorage.getItem("whimbrel-list");
    const link = document.querySelector("[data-back]");
    if (list || link) location.href = list || link.href;
  };
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    o: () => press("[data-open]"),
    x: () => { if (!press("[data-reject]") && here() && here().dataset.seenKey) { toggleRead(here()); go(1); } },
    a: () => press("[data-accept]"),
    f: () => {
      const fix = here() && here().querySelector("[data-fix]");
      if (fix) { fix.open = !fix.open; const field = fix.querySelector("select"); if (fix.open && field) field.focus(); }
    },
    z: () => press("[data-undo]"),
    u: back,
    "/": () => { const field = document.querySelector("[data-search]"); if (field) field.focus(); },
    "?": () => {
      const help = document.getElementById("keys");
      help.classList.toggle("lit");
      help.scrollIntoView({ block: "nearest" });
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (target instanceof Element && target.closest("input, textarea, select")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // Runs as they go on.
  const follow = (section) => {
    const state = section.querySelector("[data-live-state]");
    const source = new EventSource(section.dataset.live);
    source.addEventListener("open", () => { state.textContent = "live"; });
    source.addEventListener("error", () => { state.textContent = ""; });
    source.addEventListener("runs", (event) => {
      for (const run of JSON.parse(event.data)) {
        const row = section.querySelector(`[data-run="${Number(run.run)}"]`);
        if (!row) continue;
        for (const cell of all("[data-cell]", row)) {
          const name = cell.dataset.cell;
          if (name === "ended") cell.textContent = run.ended ? "● ended" : "◉ goes on, or broke off";
          else cell.textContent = run[name] === null ? "" : String(run[name]);
        }
      }
    });
    addEventListener("pagehide", () => source.close());
  };

  const begin = () => {
    showRead();
    for (const link of all(".masthead nav a")) {
      if (link.getAttribute("href") === location.pathname) link.setAttribute("aria-current", "page");
    }
  };
  if (document.querySelector(".at-desk, .at-agenda, .at-claims, .at-explore")) sessionStorage.setItem("whimbrel-list", location.href);
  if (document.querySelector("[data-seen-key]")) {
    document.addEventListener("click", (event) => {
      const item = event.target instanceof Element && event.target.closest("[data-open]") && event.target.closest("[data-seen-key]");
      if (item) { const seen = read(); seen.add(item.dataset.seenKey); keep(seen); }
    });
  }
  for (const section of all("[data-live]")) follow(section);
  document.addEventListener("htmx:after:swap", begin);
  begin();
})();
