// The report on one page: filter, folds, and what another threshold would change. All text comes out of the document;
// this script only hides, shows, opens and marks.
"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const paragraphs = Array.from(document.querySelectorAll(".p"), (element) => ({
    element,
    kind: element.dataset.kind,
    score: Number(element.dataset.score),
    kept: element.classList.contains("kept"),
    run: element.closest(".run"),
    mark: null,
  }));
  const runs = Array.from(document.querySelectorAll(".run"), (element) => ({
    element,
    would: element.querySelector(".would"),
    paragraphs: paragraphs.filter((paragraph) => paragraph.run === element),
    byHand: false,
  }));
  const runOf = new Map(runs.map((run) => [run.element, run]));
  const count = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

  // ------------------------------------------------------------------------------------------------------- filter

  const filter = () => {
    const kinds = new Set(Array.from(document.querySelectorAll("input[name=kind]:checked"), (box) => box.value));
    const side = document.querySelector("input[name=side]:checked").value;
    const active = kinds.size > 0 || side !== "all";
    let shown = 0;
    for (const paragraph of paragraphs) {
      const fits = (kinds.size === 0 || kinds.has(paragraph.kind)) && (side === "all" || (side === "kept") === paragraph.kept);
      paragraph.element.hidden = !fits;
      shown += fits;
    }
    for (const run of runs) {
      const some = run.paragraphs.some((paragraph) => !paragraph.element.hidden);
      run.element.hidden = !some;
      setOpen(run, active ? some : run.byHand);
    }
    find("clear").disabled = !active;
    const which = [side === "all" ? "" : side, [...kinds].join(", ")].filter(Boolean).join(", ");
    find("shown").textContent = active
      ? `${shown === 0 ? "No paragraph is" : `${count(shown, "paragraph of", "paragraphs of")} ${paragraphs.length.toLocaleString("en")}:`} ${which}`
      : "";
  };

  const clear = () => {
    for (const box of document.querySelectorAll("input[name=kind]")) box.checked = false;
    document.querySelector("input[name=side][value=all]").checked = true;
    filter();
    document.querySelector("input[name=side]").focus();
  };

  // -------------------------------------------------------------------------------------------------------- folds

  const setOpen = (run, open) => {
    run.element.open = open;
  };
  // A click on the line of a fold (keys click, too) is what the reader wants, whatever the filter opens meanwhile.
  const noteClick = (event) => {
    const run = runOf.get(event.currentTarget.parentElement);
    run.byHand = !run.element.open;
  };
  const unfold = (event) => {
    const open = event.currentTarget.getAttribute("aria-pressed") !== "true";
    for (const run of runs) {
      run.byHand = open;
      setOpen(run, open);
    }
    event.currentTarget.setAttribute("aria-pressed", String(open));
    event.currentTarget.textContent = open ? "Close all folds" : "Open all folds";
  };

  // ---------------------------------------------------------------------------------------------------- threshold

  const slider = find("threshold");
  let changed = [];
  let current = -1;

  const SHORT_WORDS = 25; // as in score.py: of shorter paragraphs, what they are called has a say
  const byRule = new Set(["title", "dateline", "body", "heading"]); // these were dropped by a rule or as repeats
  const isShort = (paragraph) => paragraph.element.querySelector(".text").textContent.split(/\s+/).length <= SHORT_WORDS;

  // By a threshold that is asked for, the score alone decides between body and not; headlines, repeats and kinds kept
  // by name stay what they are.
  const crossing = (value, start, limit) => (paragraph) => {
    if (value === start) return "";
    if (paragraph.kept) {
      const byScore = paragraph.kind === "body" || paragraph.kind === "heading";
      return byScore && paragraph.score < value && (value > limit || isShort(paragraph)) ? "would be dropped" : "";
    }
    if (paragraph.score < value) return "";
    return paragraph.score < limit || (!byRule.has(paragraph.kind) && isShort(paragraph)) ? "would be kept" : "";
  };

  const slide = () => {
    const start = Number(slider.defaultValue);
    const value = Number(slider.value);
    const judge = crossing(value, start, Number(slider.dataset.limit));
    changed = paragraphs.filter((paragraph) => {
      const words = judge(paragraph);
      mark(paragraph, words);
      return words !== "";
    });
    current = -1;
    for (const run of runs) {
      const number = run.paragraphs.filter((paragraph) => paragraph.mark !== null).length;
      run.would.hidden = number === 0;
      run.would.textContent = number === 0 ? "" : `${number} would be kept`;
    }
    find("threshold-value").textContent = value.toFixed(2);
    slider.setAttribute("aria-valuetext", value.toFixed(2));
    note(value, start);
  };

  const mark = (paragraph, words) => {
    if (words === "") {
      if (paragraph.mark !== null) paragraph.mark.remove();
      paragraph.mark = null;
    } else if (paragraph.mark === null) {
      paragraph.mark = document.createElement("p");
      paragraph.mark.className = "would";
      paragraph.mark.textContent = words;
      paragraph.element.prepend(paragraph.mark);
    } else {
      paragraph.mark.textContent = words;
    }
    paragraph.element.classList.toggle("changed", words !== "");
  };

  const note = (value, start) => {
    const dropped = changed.filter((paragraph) => paragraph.kept).length;
    const kept = changed.length - dropped;
    let words = "As cleaned. Move it to see what would change.";
    if (value !== start) {
      words = changed.length === 0 ? "Nothing would change." : [
        kept > 0 ? `${count(kept, "paragraph", "paragraphs")} more would be kept.` : "",
        dropped > 0 ? `${count(dropped, "paragraph", "paragraphs")} would be dropped.` : "",
      ].filter(Boolean).join(" ");
      if (changed.length > 0) words += ` To clean so: --threshold ${value.toFixed(2)}`;
    }
    find("threshold-note").textContent = words;
    find("change-before").disabled = find("change-after").disabled = changed.length === 0;
    find("reset").disabled = value === start;
  };

  const jump = (step) => {
    if (changed.length === 0) return;
    current = current < 0 && step < 0 ? changed.length - 1 : (current + step + changed.length) % changed.length;
    const target = changed[current];
    if (target.element.hidden) clear();
    if (target.run !== null) {
      runOf.get(target.run).byHand = true;
      setOpen(runOf.get(target.run), true);
    }
    target.element.tabIndex = -1; // a paragraph can be gone to, but is no stop on the way of the Tab key
    target.element.focus({ preventScroll: true });
    target.element.scrollIntoView({ block: "center" });
  };

  const reset = () => {
    slider.value = slider.defaultValue;
    slide();
    slider.focus();
  };

  // ------------------------------------------------------------------------- the pages around this one, in a folder

  // The list of documents links to this page with #n, its place in the order of confidence.
  const showAround = ({ root, rowsPerFile }) => {
    const place = /^#(\d{1,9})$/.exec(location.hash);
    if (place === null || !root) return;
    const [number, perFile] = [Number(place[1]), Number(rowsPerFile)];
    const names = new Map();
    const show = (id, which) => {
      const name = names.get(which);
      if (typeof name !== "string" || !/^pages\/[0-9a-f]{2}\/[a-z0-9-]+\.html$/.test(name)) return;
      find(id).href = `${root}${name}#${which}`;
      find(id).hidden = false;
    };
    const policy = window.trustedTypes?.createPolicy("cleaner", {
      createScriptURL: (name) => {
        if (!/^(\.\.\/)+data-\d{3,}\.js$/.test(name)) throw new TypeError("no data file");
        return name;
      },
    });
    const load = (file) => {
      const name = `${root}data-${String(file).padStart(3, "0")}.js`;
      const script = document.createElement("script");
      script.src = policy ? policy.createScriptURL(name) : name;
      document.head.append(script);
    };
    const mine = Math.floor(number / perFile);
    window.cleanerData = (file, total, rows) => {
      rows.forEach((row, index) => names.set(file * perFile + index, row[0]));
      show("before", number - 1);
      show("after", number + 1);
      if (file !== mine) return;
      if (number > 0 && number % perFile === 0) load(mine - 1);
      if (number + 1 < total && (number + 1) % perFile === 0) load(mine + 1);
    };
    load(mine);
  };

  // --------------------------------------------------------------------------------------------------------- begin

  const isNarrow = window.matchMedia("(max-width: 63.99rem)");
  const foldPanels = () => {
    for (const panel of document.querySelectorAll(".panel")) panel.open = !isNarrow.matches;
  };
  if (slider !== null) {
    find("tools").hidden = false;
    for (const box of document.querySelectorAll("#tools input[name]")) box.addEventListener("change", filter);
    find("clear").addEventListener("click", clear);
    find("unfold").addEventListener("click", unfold);
    find("unfold").hidden = runs.length === 0;
    slider.addEventListener("input", slide);
    find("reset").addEventListener("click", reset);
    find("change-before").addEventListener("click", () => jump(-1));
    find("change-after").addEventListener("click", () => jump(1));
    for (const run of runs) run.element.firstElementChild.addEventListener("click", noteClick);
    slide();
    filter(); // a browser that goes back to this page brings the boxes back as they were left
  }
  foldPanels();
  isNarrow.addEventListener("change", foldPanels);
  window.addEventListener("beforeprint", () => (find("card").open = true));
  showAround(document.body.dataset);
})();
