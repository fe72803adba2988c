// The owner's pages: draws charts once the page stands, fits them to paper, and sends the selection when it changes.
// Every page works without it. It reads no figures but those in the page.
"use strict";
(() => {
  const library = document.currentScript.dataset.charts;
  let loading = null;

  function load() {
    loading ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = library;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    return loading;
  }

  async function draw(place) {
    const data = document.querySelector(`script[data-chart="${place.id}"]`);
    try {
      await load();
      const { data: traces, layout, config } = JSON.parse(data.textContent);
      place.textContent = "";
      if (matchMedia("(max-width: 40rem)").matches) narrow(layout);
      await window.Plotly.newPlot(place, traces, { ...layout, autosize: true }, config);
      place.classList.add("drawn");
    } catch {
      place.classList.add("undrawn");
      place.closest("section")?.querySelector("details")?.setAttribute("open", "");
    }
  }

  // On a phone there is room for fewer words, not for smaller ones: a cell says 56 where it said 56%.
  function narrow(layout) {
    if (layout.xaxis) layout.xaxis.nticks = 6;
    if (!layout.annotations) return;
    layout.font.size = 11;
    layout.margin.l = 92;
    for (const cell of layout.annotations) {
      cell.text = cell.text.replace("%", "");
      cell.font.size = 11;
    }
  }

  // The page comes first, the charts as soon as there is a moment: a picture or a print of the page has them too.
  const soon = window.requestIdleCallback ?? ((work) => setTimeout(work, 1));
  window.addEventListener("load", () => soon(() => document.querySelectorAll(".chart").forEach(draw)));

  // On paper charts are as wide as a sheet, and the tables are there too.
  const PAPER = 650;
  const resize = (how) => document.querySelectorAll(".chart.drawn").forEach((chart) => window.Plotly.relayout(chart, how(chart)));
  // Days of weeks are long: on a sheet there is room for so many beside each other.
  const DAYS = 7;
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open]):not(.id)")];
    opened.forEach((table) => { table.open = true; });
    resize((chart) => ({
      autosize: false, width: PAPER, height: chart.clientHeight,
      ...(chart.id === "weken" && { "xaxis.nticks": DAYS }),
    }));
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((table) => { table.open = false; });
    resize((chart) => ({
      autosize: true, width: null, height: null,
      ...(chart.id === "weken" && { "xaxis.nticks": 12 }),
    }));
  });

  // A selection is sent as soon as it is made; empty fields stay out of the address. Days of one's own replace a chosen period.
  document.querySelectorAll("form[data-auto]").forEach((form) => {
    const tidy = () => {
      const days = form.querySelectorAll('input[type="date"]');
      const own = [...days].some((field) => field.value !== "");
      for (const field of form.querySelectorAll("input, select")) {
        field.disabled = field.value === "" || (own && field.name === "periode");
      }
    };
    form.addEventListener("submit", tidy);
    window.addEventListener("pageshow", () => form.querySelectorAll("input, select").forEach((field) => { field.disabled = false; }));
    form.querySelectorAll("select").forEach((field) => field.addEventListener("change", () => form.requestSubmit()));
  });
})();
