// Saves a draft as it is typed, shows questions when they matter, adds rows in place. Everything also works without
// this script: there is a Save button, every question stands on the page, and a button brings more rows.

const form = document.querySelector("form[data-draft]");
const conditional = document.querySelectorAll("[data-when]");

function answersTo(name) {
  const boxes = document.getElementsByName(name);
  const values = [];
  for (const box of boxes) {
    if (box.closest("[hidden]")) continue;
    if ((box.type === "checkbox" || box.type === "radio") && !box.checked) continue;
    if (box.value.trim() !== "") values.push(box.value);
  }
  return values;
}

// A hidden question may hide another that depends on it, so go round until nothing changes.
function showWhatMatters() {
  for (let round = 0; round < 5; round++) {
    let changed = false;
    for (const field of conditional) {
      const values = answersTo(field.dataset.when);
      const wanted = field.dataset.is;
      const unless = field.dataset.isNot;
      const show =
        unless !== undefined
          ? !values.some((value) => unless.split(" ").includes(value))
          : wanted === undefined
            ? values.length > 0
            : values.some((value) => wanted.split(" ").includes(value));
      if (field.hidden === show) {
        field.hidden = !show;
        changed = true;
      }
    }
    if (!changed) break;
  }
  for (const section of document.querySelectorAll(".ls-section")) {
    const fields = [...section.querySelectorAll(".ls-field")];
    section.hidden = fields.length > 0 && fields.every((field) => field.hidden);
  }
}

function showChildren() {
  const about = [...document.querySelectorAll('input[name="about"]')];
  if (about.length === 0) return;
  const ticked = about.filter((box) => box.type === "hidden" || box.checked).map((box) => box.value);
  for (const part of document.querySelectorAll("[data-child]")) part.hidden = !ticked.includes(part.dataset.child);
}

function showWho(select) {
  const row = select.closest(".ls-row");
  const who = row && row.querySelector(".ls-who");
  if (!who) return;
  const option = select.selectedOptions[0];
  const asks = option && option.hasAttribute("data-asks-who");
  who.closest(".govuk-form-group").classList.toggle("ls-hide", !asks && who.value === "");
}

// One more empty row: a copy of the last one under the next number.
function addRow(button) {
  const rows = button.parentElement.querySelector(".ls-rows");
  const last = rows && rows.lastElementChild;
  if (!last) return false;
  const number = Number((last.querySelector("[name]").name.match(/\.(\d+)\./) || [])[1]);
  if (Number.isNaN(number)) return false;
  const copy = last.cloneNode(true);
  const shown = rows.children.length + 1;
  for (const element of copy.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const attribute of ["name", "id", "for", "aria-describedby"]) {
      const value = element.getAttribute(attribute);
      if (value) element.setAttribute(attribute, value.replace(`.${number}.`, `.${number + 1}.`).replace(`-${number}-`, `-${number + 1}-`));
    }
    if ("value" in element && element.tagName !== "OPTION") element.value = "";
    element.classList.remove("govuk-input--error", "govuk-textarea--error", "govuk-select--error");
  }
  for (const message of copy.querySelectorAll(".govuk-error-message")) message.remove();
  for (const group of copy.querySelectorAll(".govuk-form-group--error")) group.classList.remove("govuk-form-group--error");
  for (const heard of copy.querySelectorAll("label .govuk-visually-hidden")) heard.textContent = heard.textContent.replace(/\d+/, shown);
  rows.append(copy);
  copy.querySelectorAll("select.ls-nature").forEach(showWho);
  copy.querySelector("textarea, input, select").focus();
  return true;
}

document.addEventListener("click", (event) => {
  const more = event.target.closest("[data-more]");
  if (more && addRow(more)) event.preventDefault();
});
document.addEventListener("input", (event) => {
  showWhatMatters();
  if (event.target.matches("select.ls-nature")) showWho(event.target);
});
document.addEventListener("change", () => {
  showChildren();
  showWhatMatters();
});
// Enter in a box of one line never sends a long form by accident.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("form[novalidate] input:not([type=checkbox]):not([type=radio])") && form) event.preventDefault();
});
showChildren();
showWhatMatters();
document.querySelectorAll("select.ls-nature").forEach(showWho);

if (form) {
  const saved = document.querySelector("[data-saved]");
  const on = form.querySelector('input[name="_on"]');
  const QUIET = 2000; // Save when nobody has typed for two seconds …
  const LONGEST = 4500; // … and at the latest four and a half after the first key.
  const AGAIN = 5000;
  let quiet, latest, busy = false, dirty = false, leaving = false;

  const say = (text, bad) => {
    saved.textContent = text;
    saved.classList.toggle("ls-saved--not", Boolean(bad));
  };

  // With its first save a form that was only opened is a draft: going back or loading the page again finds it.
  const begun = () => {
    const draft = `/drafts/${form.dataset.draft}`;
    if (location.pathname !== draft) history.replaceState(history.state, "", draft);
  };

  async function save() {
    clearTimeout(quiet);
    clearTimeout(latest);
    latest = undefined;
    if (busy || leaving) return;
    busy = true;
    dirty = false;
    try {
      const answer = await fetch(`/drafts/${form.dataset.draft}/autosave`, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        credentials: "same-origin",
      });
      if (answer.ok) {
        const told = await answer.json();
        on.value = told.on;
        begun();
        if (told.others.length > 0) {
          say(`Saved ${told.at}. Also changed in another window at ${told.others.join(", ")}: press Save draft to see both`, true);
        } else {
          say(`Saved ${told.at}`);
        }
      } else if (answer.status === 401) {
        say("Your session has ended. What you typed is kept: press Save draft, sign in, and go on", true);
      } else if (answer.status === 410) {
        say("This draft was completed or put aside in another window", true);
      } else {
        throw new Error();
      }
    } catch {
      dirty = true;
      say("Not saved: no connection. Your text is kept on this page; we try again", true);
      setTimeout(save, AGAIN);
    }
    busy = false;
    if (dirty && latest === undefined) plan();
  }

  function plan() {
    dirty = true;
    clearTimeout(quiet);
    quiet = setTimeout(save, QUIET);
    if (latest === undefined) latest = setTimeout(save, LONGEST);
  }

  form.addEventListener("input", plan);
  form.addEventListener("change", plan);
  form.addEventListener("submit", () => {
    leaving = true;
    if (dirty || Number(on.value) > 0) begun();
    clearTimeout(quiet);
    clearTimeout(latest);
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      save();
    }
  });
  // What was typed in the last seconds is saved when the page goes out of sight.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && dirty && !leaving) save();
  });
}
