// The owner's pages: draws charts when they come into sight, and sends the selection when it changes.
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
      if (matchMedia("(max-width: 40rem)").matches && layout.xaxis) layout.xaxis.nticks = 5;
      await window.Plotly.newPlot(place, traces, { ...layout, autosize: true }, config);
      place.classList.add("drawn");
    } catch {
      place.classList.add("undrawn");
      place.closest("section")?.querySelector("details")?.setAttribute("open", "");
    }
  }

  const charts = document.querySelectorAll(".chart");
  if ("IntersectionObserver" in window) {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) {
          seen.unobserve(entry.target);
          draw(entry.target);
        }
      }
    }, { rootMargin: "200px" });
    charts.forEach((chart) => seen.observe(chart));
  } else {
    charts.forEach(draw);
  }

  // On paper the tables say it all.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((table) => { table.open = true; });
  });
  window.addEventListener("afterprint", () => opened.forEach((table) => { table.open = false; }));

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
