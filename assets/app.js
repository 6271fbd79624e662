// The first script of every page, and the only one that is not a module: it stands at the start of
// the body and runs before anything is drawn, so that nothing jumps. Its `data-govuk` is the
// address of the design system's own script.
(function () {
  var body = document.body;
  var script = document.currentScript;
  var supported = "noModule" in HTMLScriptElement.prototype;
  body.classList.add("js-enabled");
  if (!supported || !script || !script.dataset.govuk) return;
  body.classList.add("govuk-frontend-supported");

  function whenRead(act) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", act);
    else act();
  }

  // The design system's script says `aria-expanded` of a radio button that opens a question, which ARIA allows for no
  // radio button. The question stands right behind it and is read next all the same.
  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      if (change.target.type === "radio") change.target.removeAttribute("aria-expanded");
    });
  }).observe(body, { subtree: true, attributeFilter: ["aria-expanded"] });

  import(script.dataset.govuk).then(
    function (govuk) {
      whenRead(function () {
        govuk.initAll();
      });
    },
    function () {
      // Without its script the design system must not hide what only its script could show again.
      body.classList.remove("js-enabled", "govuk-frontend-supported");
    },
  );
})();
