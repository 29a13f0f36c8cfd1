// The list of documents: pages of it, search, filter, order. Rows come out of data files beside this one, read when they
// are needed; text of pages is only ever put in as text.
"use strict";
(() => {
  const COLUMNS = ["href", "title", "name", "site", "status", "confidence", "kept", "paragraphs", "characters", "kinds", "shape", "date", "message"];
  const STATUS_WORDS = { ok: "ok", low_confidence: "low confidence", not_article: "not an article", other_language: "other language", empty: "empty", failed: "failed" };
  const PER_PAGE = 50;
  const SVG = "http://www.w3.org/2000/svg";

  const find = (id) => document.getElementById(id);
  const total = Number(document.body.dataset.total);
  const perFile = Number(document.body.dataset.rowsPerFile);
  const kindNames = document.body.dataset.kinds.split(" ");
  const rows = new Array(total);
  const state = { words: "", statuses: new Set(), kinds: new Set(), sites: new Set(), sort: "unsure", page: 1 };
  const number = (value) => value.toLocaleString("en");

  // --------------------------------------------------------------------------------------------------------- data

  const files = new Map(); // number of a data file -> promise that its rows are there
  const arrived = new Map();
  window.cleanerData = (file, _total, data) => {
    data.forEach((values, place) => {
      const row = { place: file * perFile + place };
      COLUMNS.forEach((name, column) => (row[name] = values[column]));
      rows[row.place] = row;
    });
    arrived.get(file)?.();
  };
  const policy = window.trustedTypes?.createPolicy("cleaner", {
    createScriptURL: (name) => {
      if (!/^data-\d{3,}\.js$/.test(name)) throw new TypeError("no data file");
      return name;
    },
  });
  const load = (file) => {
    if (!files.has(file)) {
      files.set(file, new Promise((resolve, reject) => {
        const name = `data-${String(file).padStart(3, "0")}.js`;
        const script = document.createElement("script");
        arrived.set(file, resolve);
        script.onerror = () => reject(new Error(`${name} is missing; the report is not whole.`));
        script.src = policy ? policy.createScriptURL(name) : name;
        document.head.append(script);
      }));
    }
    return files.get(file);
  };
  const loadRange = async (begin, end, tell) => {
    for (let file = Math.floor(begin / perFile); file * perFile < end; file += 1) {
      if (tell && !rows[file * perFile]) tell(file * perFile);
      await load(file);
    }
  };

  // ---------------------------------------------------------------------------------------------- search and order

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const haystack = (row) => (row.haystack ??= plain(`${row.title}\n${row.name}\n${row.site}\n${row.message}\n${row.date}`));
  const isFiltered = () => state.words !== "" || state.statuses.size + state.kinds.size + state.sites.size > 0;
  const fitting = () => {
    const words = plain(state.words).split(/\s+/).filter(Boolean);
    const bits = [...state.kinds].map((kind) => kindNames.indexOf(kind));
    return rows.filter((row) =>
      (state.statuses.size === 0 || state.statuses.has(row.status)) &&
      (state.sites.size === 0 || (row.href !== "" && state.sites.has(row.site))) &&
      bits.every((bit) => (row.kinds >> bit) & 1) &&
      words.every((word) => haystack(row).includes(word)));
  };
  const compareText = new Intl.Collator("en", { numeric: true }).compare;
  const orders = {
    unsure: (a, b) => a.place - b.place,
    sure: (a, b) => (b.confidence ?? -1) - (a.confidence ?? -1) || a.place - b.place,
    name: (a, b) => compareText(a.name, b.name) || a.place - b.place,
    title: (a, b) => compareText(a.title || "\uffff", b.title || "\uffff") || a.place - b.place,
    long: (a, b) => b.characters - a.characters || a.place - b.place,
  };

  let asked = 0; // a newer question makes the answer to an older one worthless
  const update = async () => {
    const mine = (asked += 1);
    remember();
    showFilters();
    try {
      let fits = total;
      let part;
      if (!isFiltered() && state.sort === "unsure") {
        clampPage(total);
        const begin = (state.page - 1) * PER_PAGE;
        await loadRange(begin, Math.min(begin + PER_PAGE, total));
        part = rows.slice(begin, begin + PER_PAGE);
      } else {
        await loadRange(0, total, (done) => {
          if (mine === asked && total > 2 * perFile) find("shown").textContent = `Reading ${number(done)} of ${number(total)} documents …`;
        });
        if (mine !== asked) return;
        const found = fitting().sort(orders[state.sort]);
        fits = found.length;
        clampPage(fits);
        part = found.slice((state.page - 1) * PER_PAGE, state.page * PER_PAGE);
      }
      if (mine === asked) show(part, fits);
    } catch (error) {
      if (mine === asked) find("shown").textContent = error.message;
    }
  };
  const clampPage = (fits) => {
    state.page = Math.min(Math.max(state.page, 1), Math.max(Math.ceil(fits / PER_PAGE), 1));
  };

  // ------------------------------------------------------------------------------------------------------- drawing

  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const bdi = (text) => make("bdi", "", text);
  const drawn = (name, attributes) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const bar = (share) => {
    const svg = drawn("svg", { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" });
    svg.append(drawn("rect", { class: "track", width: 100, height: 8 }), drawn("rect", { class: "fill", width: 100 * share, height: 8 }));
    return svg;
  };
  const shape = (cells) => {
    const svg = drawn("svg", { class: "shape", viewBox: `0 0 ${cells.length} 4`, preserveAspectRatio: "none", "aria-hidden": "true" });
    svg.append(drawn("rect", { class: "track", width: cells.length, height: 4 }));
    [...cells].forEach((cell, place) => {
      const height = Number(cell);
      if (height > 0) svg.append(drawn("rect", { class: "fill", x: place, y: 4 - height, width: 1.05, height }));
    });
    return svg;
  };
  const rowElement = (row) => {
    const item = make("li", "row");
    const head = make("p", "row-title");
    const words = row.title || row.name;
    if (/^pages\/[0-9a-f]{2}\/[a-z0-9-]+\.html$/.test(row.href)) {
      const link = make("a");
      link.href = `${row.href}#${row.place}`;
      link.append(bdi(words));
      head.append(link);
    } else {
      head.append(bdi(words));
    }
    const facts = make("p", "row-facts");
    if (row.title) facts.append(withWord("span", "name", bdi(row.name)));
    if (row.site) facts.append(withWord("span", "site", bdi(row.site)));
    if (row.date) facts.append(withWord("span", "date", bdi(row.date)));
    if (row.paragraphs > 0) facts.append(make("span", "", `${number(row.kept)} of ${number(row.paragraphs)} kept`));
    if (row.characters > 0) facts.append(make("span", "", `${number(row.characters)} characters`));
    const judged = make("div", "row-judged");
    judged.append(make("span", `status s-${row.status}`, STATUS_WORDS[row.status] ?? row.status));
    if (row.confidence !== null) {
      const sure = make("span", "confidence");
      sure.append(make("span", "sr", "confidence "), bar(row.confidence), make("span", "number", row.confidence.toFixed(2)));
      judged.append(sure);
    }
    if (row.shape) judged.append(shape(row.shape));
    item.append(head, facts, judged);
    if (row.message) item.append(withWord("p", "row-message", bdi(row.message)));
    return item;
  };
  const withWord = (name, className, child) => {
    const element = make(name, className);
    element.append(child);
    return element;
  };

  const show = (part, fits) => {
    const list = find("rows");
    const begin = (state.page - 1) * PER_PAGE;
    list.start = begin + 1;
    list.replaceChildren(...part.map(rowElement));
    const pages = Math.max(Math.ceil(fits / PER_PAGE), 1);
    const of = fits === total ? `${number(total)}` : `${number(fits)} that fit, out of ${number(total)}`;
    let words = `Documents ${number(begin + 1)} to ${number(begin + part.length)} of ${of}.`;
    if (fits === 0) words = total === 0 ? "No document was met." : "No document fits. Take a filter away or search for less.";
    find("shown").textContent = words;
    find("pages").hidden = pages === 1;
    find("page").max = pages;
    find("page").value = state.page;
    find("page-count").textContent = number(pages);
    find("page-before").disabled = state.page === 1;
    find("page-after").disabled = state.page === pages;
  };

  const showFilters = () => {
    for (const button of document.querySelectorAll("button.facet")) {
      const [group, value] = facetOf(button);
      button.setAttribute("aria-pressed", String(state[group].has(value)));
    }
    const line = find("filters");
    line.hidden = !isFiltered();
    const parts = [...state.statuses].map((status) => STATUS_WORDS[status] ?? status);
    parts.push(...[...state.kinds].map((kind) => `with ${kind}`), ...[...state.sites].map((site) => site || "site unknown"));
    if (state.words) parts.push(`“${state.words}”`);
    const clear = make("button", "", "Clear");
    clear.type = "button";
    clear.id = "clear";
    clear.addEventListener("click", () => {
      for (const group of ["statuses", "kinds", "sites"]) state[group].clear();
      state.words = find("search").value = "";
      go(1);
      find("search").focus();
    });
    line.replaceChildren(make("span", "aside", "Only: "), ...parts.flatMap((part) => [bdi(part), " "]), clear);
  };
  const GROUPS = { status: "statuses", kind: "kinds", site: "sites" };
  const facetOf = (button) => {
    const name = Object.keys(GROUPS).find((key) => key in button.dataset);
    return [GROUPS[name], button.dataset[name]];
  };

  // ---------------------------------------------------------------------------- what is asked for stands in the URL

  const remember = () => {
    const query = new URLSearchParams();
    if (state.words) query.set("q", state.words);
    for (const group of ["statuses", "kinds", "sites"]) for (const value of state[group]) query.append(group, value);
    if (state.sort !== "unsure") query.set("sort", state.sort);
    if (state.page > 1) query.set("page", String(state.page));
    try {
      history.replaceState(null, "", `#${query}`);
    } catch {
      // a browser that forbids it for files on disk forgets where the reader was, no more
    }
  };
  const recall = () => {
    const query = new URLSearchParams(location.hash.slice(1));
    state.words = (query.get("q") ?? "").slice(0, 200);
    for (const group of ["statuses", "kinds", "sites"]) state[group] = new Set(query.getAll(group));
    state.sort = Object.hasOwn(orders, query.get("sort") ?? "") ? query.get("sort") : "unsure";
    state.page = Number.parseInt(query.get("page") ?? "1", 10) || 1;
    find("search").value = state.words;
    find("sort").value = state.sort;
  };

  // --------------------------------------------------------------------------------------------------------- begin

  const go = (page, toTop = false) => {
    state.page = page;
    update();
    if (toTop) find("list").scrollIntoView();
  };
  const isNarrow = window.matchMedia("(max-width: 63.99rem)");
  const foldPanels = () => {
    for (const panel of document.querySelectorAll(".panel")) panel.open = !isNarrow.matches;
  };
  let typing = 0;
  find("tools").hidden = total === 0;
  find("search").addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      state.words = event.target.value.trim();
      go(1);
    }, 150);
  });
  find("sort").addEventListener("change", (event) => {
    state.sort = event.target.value;
    go(1);
  });
  for (const button of document.querySelectorAll("button.facet")) {
    button.disabled = false;
    button.addEventListener("click", () => {
      const [group, value] = facetOf(button);
      if (!state[group].delete(value)) state[group].add(value);
      go(1);
    });
  }
  find("page-before").addEventListener("click", () => go(state.page - 1, true));
  find("page-after").addEventListener("click", () => go(state.page + 1, true));
  find("page").addEventListener("change", (event) => go(Number.parseInt(event.target.value, 10) || 1, true));
  foldPanels();
  isNarrow.addEventListener("change", foldPanels);
  recall();
  update();
})();
