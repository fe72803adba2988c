// The cashier's screen: posts what is pressed and shows what the till says. It knows nothing of sales.
// No key fires twice for a key held down, a double tap or a retried request; no scan ends up in a field.
"use strict";
(() => {
  const body = document.body;
  const words = body.dataset;
  const token = document.querySelector('meta[name="token"]').content;
  const start = document.querySelector('meta[name="start"]').content;
  const $ = (selector) => document.querySelector(selector);
  const isField = (node) => node instanceof HTMLInputElement && node.type !== "checkbox";

  // ---- Showing: make what stands there equal to what arrived, node by node. Focus, typed text and a key under a finger
  // stay; a key that means something else is another node, so that a press never lands on what came in its place.
  const label = (node) => node.getAttribute("aria-label") ?? (node.nodeName === "BUTTON" ? node.textContent : "");
  const same = (a, b) => a.nodeName === b.nodeName
    && (a.nodeType !== 1 || (a.id === b.id && a.getAttribute("name") === b.getAttribute("name") && label(a) === label(b)));

  function morph(from, to) {
    const arrived = [...to.childNodes];
    arrived.forEach((next, place) => {
      const now = from.childNodes[place];
      if (!now) from.append(next);
      else if (!same(now, next)) now.replaceWith(next);
      else if (now.nodeType === 1) {
        if (now.isEqualNode(next)) return;
        if (now.dataset.given !== next.dataset.given) now.value = next.dataset.given ?? "";
        for (const { name } of [...now.attributes]) if (!next.hasAttribute(name) && name !== "open") now.removeAttribute(name);
        for (const { name, value } of next.attributes) if (now.getAttribute(name) !== value) now.setAttribute(name, value);
        morph(now, next);
      } else if (now.nodeValue !== next.nodeValue) now.nodeValue = next.nodeValue;
    });
    while (from.childNodes.length > arrived.length) from.lastChild.remove();
  }

  // A shadow under the head of the list says that there is more above. The list itself is drawn by the till.
  const above = () => $("#basket").classList.toggle("above", $("#basket .lines")?.scrollTop > 0);
  document.addEventListener("scroll", above, { capture: true, passive: true });

  let sounds = null;
  function show({ start: theirs, mode, zones, sound, answers }) {
    if (theirs !== start) return location.reload();
    const asks = mode !== body.dataset.mode;
    body.dataset.mode = mode;
    for (const [zone, html] of Object.entries(zones)) {
      const page = new DOMParser().parseFromString(html, "text/html");
      morph(document.getElementById(zone), page.body);
    }
    if (asks) {
      empty();
      body.classList.remove("letters");
    }
    if (asks || document.activeElement === body) $("#work [data-first]:enabled, #work .panel[tabindex]")?.focus();
    tick();
    $("tr.fresh")?.scrollIntoView({ block: "nearest" });
    above();
    const [number, kind] = sound ?? [0, ""];
    if (sounds !== null && number !== sounds) {
      play(kind);
      if (answers) { empty(); hush(); shut(null); } // a scan clears the number that was being typed
    }
    sounds = number;
  }

  // ---- Listening to the till
  let source, heard = 0, missed;
  const alive = () => {
    heard = performance.now();
    clearTimeout(missed);
    missed = undefined;
    body.classList.remove("lost");
    $("#gone").hidden = true;
  };
  const lost = () => {
    missed ??= setTimeout(() => {
      body.classList.add("lost");
      $("#gone").hidden = false;
    }, 1200);
  };
  function listen() {
    source?.close();
    source = new EventSource("/events");
    source.addEventListener("zones", (event) => { alive(); show(JSON.parse(event.data)); });
    source.addEventListener("beat", alive);
    source.onerror = () => {
      lost();
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
    };
  }
  function tick() {
    const clock = $("#clock");
    clock.textContent = new Intl.DateTimeFormat(clock.dataset.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: clock.dataset.zone }).format();
  }
  tick();
  setInterval(() => {
    tick();
    if (heard && performance.now() - heard > 12000) { lost(); heard = performance.now(); listen(); }
  }, 1000);

  // ---- Posting, one after the other
  const session = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  let count = 0, waiting = 0, lane = Promise.resolve();
  function post(action, taken) {
    if (waiting >= 16) return;
    waiting += 1;
    count += 1;
    const id = `${session}-${count}`;
    lane = lane.then(() => send(JSON.stringify({ id, action }), taken, 2)).finally(() => { waiting -= 1; });
  }
  async function send(text, taken, tries) {
    try {
      const answer = await fetch("/action", {
        method: "POST",
        headers: { "content-type": "application/json", "x-klantreis-token": token },
        body: text,
        signal: AbortSignal.timeout(4000),
      });
      if (answer.ok) return hush();
      if (answer.status === 403) return location.reload();
      say((await answer.json()).error);
      const box = $("#entry");
      if (taken && box && box.value === "") { box.value = taken; box.select(); }
    } catch {
      if (tries > 1) return send(text, taken, tries - 1); // the same id: it fires once
      say(words.unheard);
    }
  }
  let quiet;
  function say(text) {
    $("#notices .notice:not(:has(.small)) > .close")?.parentElement.remove(); // it speaks of what was done before
    $("#local").textContent = text;
    clearTimeout(quiet);
    quiet = setTimeout(hush, 6000);
  }
  const hush = () => { $("#local").textContent = ""; };

  // ---- Pressing
  let search;
  const empty = () => { const box = $("#entry"); if (box) box.value = ""; };
  function press(node) {
    const action = JSON.parse(node.dataset.do);
    let taken = "";
    if (node.hasAttribute("data-fields")) {
      for (const field of node.querySelectorAll("input[name]")) {
        if (field.type === "checkbox") action[field.name] = field.checked;
        else action[field.name] = field.value.trim();
      }
      for (const field of node.querySelectorAll("input[type=password]")) field.value = "";
    }
    if (node.dataset.take) {
      taken = $("#entry")?.value.trim() ?? "";
      clearTimeout(search); // what is entered is looked for by the till; a search of before would take its answer away
      if (action.do === "entry" && taken === "") return;
      action[node.dataset.take] = taken;
      if (!node.hasAttribute("data-keep")) empty(); // else the sound of the answer empties it
    }
    if (node.hasAttribute("data-clear")) empty();
    post(action, taken);
  }

  // A second tap on the same spot within 350 ms is the same tap, whatever stands there by then.
  const last = { time: -1000, x: 0, y: 0 };
  function isSameTap(event) {
    if (event.detail === 0) return false;
    const near = Math.hypot(event.clientX - last.x, event.clientY - last.y) < 40;
    const twice = near && event.timeStamp - last.time < 350;
    Object.assign(last, { time: event.timeStamp, x: event.clientX, y: event.clientY });
    return twice;
  }
  // Details of the bar are for a look: any press elsewhere, and any answer of the till to who works, shuts them.
  const shut = (kept) => { for (const open of document.querySelectorAll("details[open]")) if (!open.contains(kept)) open.open = false; };
  document.addEventListener("click", (event) => {
    shut(event.target);
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-pad], [data-letters]")) {
      if (event.detail === 0) type(button);
      if (!button.dataset.do) return;
    } else if (!button.hasAttribute("data-again") && isSameTap(event)) {
      return event.preventDefault();
    }
    if (button.dataset.do) press(button);
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.dataset.do) press(event.target);
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.type === "checkbox") { // what was missing is there now
      const close = field.form?.querySelector(".notice > .close");
      if (close) press(close);
    }
    if (field.dataset.change) post({ ...JSON.parse(field.dataset.change), [field.name]: field.value });
  });

  // ---- The keys on the screen type into the field that had the focus last
  let lastField = null;
  document.addEventListener("focusin", (event) => { if (isField(event.target)) lastField = event.target; });
  const field = () => (lastField?.isConnected && !lastField.disabled ? lastField : $("#work [data-first], #work input[type=text]"));
  function type(button) {
    if (button.hasAttribute("data-letters")) return body.classList.toggle("letters");
    const into = field();
    if (!into) return;
    const pad = button.dataset.pad;
    const from = into.selectionStart ?? into.value.length, to = into.selectionEnd ?? from;
    if (pad === "clear") into.value = "";
    else if (pad === "back") into.setRangeText("", from === to ? Math.max(0, from - 1) : from, to, "end");
    else if (into.value.length - (to - from) + pad.length <= into.maxLength) into.setRangeText(pad, from, to, "end");
    into.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.addEventListener("pointerdown", (event) => {
    const button = event.target.closest("[data-pad], [data-letters]");
    if (!button || button.disabled) return;
    event.preventDefault(); // the focus stays in the field
    type(button);
  });

  // ---- Looking for articles while someone types
  document.addEventListener("input", (event) => {
    if (!event.target.hasAttribute("data-search")) return;
    clearTimeout(search);
    search = setTimeout(() => {
      const text = event.target.value.trim();
      const worth = text.length > 1 && /\p{L}/u.test(text);
      if (worth || $("#found li")) post({ do: "search", text: worth ? text : "" });
    }, 120);
  });

  // ---- The keyboard
  const keyName = (event) => {
    const one = event.key.length === 1;
    const letter = one && event.key.toLowerCase() !== event.key.toUpperCase();
    return (event.ctrlKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + (event.shiftKey && (!one || letter) ? "Shift+" : "")
      + (one ? event.key.toLowerCase() : event.key);
  };
  // A scanner that plays keyboard types faster than anyone. What it typed is taken out of the field again and goes to the
  // till as a scan; its Enter presses nothing.
  const burst = { text: "", time: -1000, field: null, before: "" };
  const isCode = () => burst.text.length >= (burst.field?.type === "password" ? 9 : 8)
    && /^(\d+|KLR-[A-Z0-9-]+|\][A-Za-z]\d.+)$/.test(burst.text);
  function isScan(event) {
    const fast = event.timeStamp - burst.time < 35;
    if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) {
      if (!fast) {
        const into = isField(document.activeElement) ? document.activeElement : null;
        Object.assign(burst, { text: "", field: into, before: into?.value ?? "" });
      }
      burst.text += event.key;
      burst.time = event.timeStamp;
    } else if (/^(Enter|Tab)$/.test(event.key) && fast && isCode()) {
      if (burst.field?.isConnected) burst.field.value = burst.before;
      else empty();
      post({ do: "entry", text: burst.text });
      burst.text = "";
      return true;
    }
    return false;
  }
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (isScan(event)) return event.preventDefault();
    const name = keyName(event);
    if (words.keys.split(" ").includes(name)) {
      event.preventDefault();
      if (event.repeat) return;
      const key = CSS.escape(name);
      $(`[data-focus-key="${key}"]`)?.focus();
      const button = $(`#work [data-key="${key}"], [data-key="${key}"]`);
      if (!button) return;
      const cancels = JSON.parse(button.dataset.do).do === "cancel";
      const away = cancels && ($("#entry")?.value || $("#found li"));
      // A message in sight is what the cashier wants away, not the sale under it; the offer of a cancelled sale stays.
      const close = cancels && $('#notices .notice:not(:has([data-do*="take_back_cancelled"])) > .close');
      if (!away) return close ? press(close) : button.disabled || press(button);
      empty();
      return $("#entry").dispatchEvent(new Event("input", { bubbles: true }));
    }
    const at = document.activeElement;
    if (event.key === "Enter" && event.repeat) return event.preventDefault();
    if (/^Arrow(Up|Down)$/.test(event.key) && (at.id === "entry" || at.matches(".hit"))) {
      const stops = [$("#entry"), ...document.querySelectorAll("#found .hit")];
      stops[stops.indexOf(at) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
      return event.preventDefault();
    }
    const types = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (types && !isField(at)) field()?.focus();
    else if (event.key === "Enter" && (at === body || at.matches(".panel")) && $("#entry")?.value) $("#entry").form.requestSubmit();
  }, true);

  // ---- Sounds: another one for good, unknown and attention
  let audio;
  const tones = {
    good: [[880, 0, 0.07]],
    unknown: [[220, 0, 0.14], [185, 0.17, 0.2]],
    attention: [[660, 0, 0.1], [880, 0.13, 0.1], [660, 0.26, 0.16]],
  };
  function wake() {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume();
  }
  function play(kind) {
    try {
      wake();
      for (const [pitch, after, long] of tones[kind] ?? []) {
        const from = audio.currentTime + after;
        const tone = audio.createOscillator(), loud = audio.createGain();
        tone.type = kind === "unknown" ? "square" : "sine";
        tone.frequency.value = pitch;
        loud.gain.setValueAtTime(kind === "unknown" ? 0.12 : 0.25, from);
        loud.gain.exponentialRampToValueAtTime(0.001, from + long);
        tone.connect(loud).connect(audio.destination);
        tone.start(from);
        tone.stop(from + long);
      }
    } catch { /* a till without loudspeaker sells too */ }
  }
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, wake, { once: true });

  listen();
  $("#work [data-first]")?.focus();
})();
