// The demo's counter: posts what is clicked, shows the paper as it comes out.
"use strict";
(() => {
  const trouble = document.getElementById("trouble");
  const paper = document.getElementById("paper");
  const till = () => document.querySelector("input[name=till]:checked").value;
  const post = async (what, body) => {
    try {
      const answer = await fetch(`/till/${till()}/${what}`, {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
      });
      trouble.textContent = answer.ok ? "" : `Dat ging niet: ${await answer.text()}`;
    } catch { trouble.textContent = "De demo is gestopt."; }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.code) post("scan", { code: button.dataset.code });
    if (button?.dataset.fault) post("fault", { fault: button.dataset.fault });
  });
  document.getElementById("other").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = event.target.elements.code;
    if (field.value.trim()) post("scan", { code: field.value.trim() });
    field.value = "";
    field.focus();
  });
  const show = async () => {
    try {
      const answer = await (await fetch(`/till/${till()}/paper`)).json();
      if (paper.textContent !== answer.paper) {
        paper.textContent = answer.paper;
        paper.scrollTop = paper.scrollHeight;
      }
      document.getElementById("drawer").textContent = answer.drawer;
    } catch { trouble.textContent = "De demo is gestopt."; }
    setTimeout(show, 500);
  };
  show();
})();
