"use strict";
(() => {
  const id = (name) => document.getElementById(name);
  const facts = JSON.parse(id("facts").textContent);
  const links = [...document.querySelectorAll("main li > a")];
  const order = new Map(links.map((link, i) => [link, i]));
  const sections = [...document.querySelectorAll("main > section")];
  const owner = facts.blocks.flatMap((block, b) => Array(block.cells).fill(b));
  const dialog = id("story");
  const filters = ["variant", "size", "state"];
  const columns = { variant: facts.address.variant, size: facts.address.size, state: facts.state };
  let current = -1;

  // A column holds one value for all cells, one for each, or a table with a row number for each.
  const at = (column, i) => column.of[column.at ? column.at[i] : column.of.length > 1 ? i : 0];
  const address = (i) => Object.values(facts.address).map((part) => at(part, i)).filter(Boolean).join("/");
  const isShown = (i) => !links[i].parentNode.hidden;

  // Text becomes text and never markup; the page's policy forbids anything else.
  const make = (tag, content, properties = {}) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...[content].flat().filter((part) => part !== ""));
    return node;
  };

  // --- filter ---------------------------------------------------------------------------------
  const prompts = facts.prompts.map((parts) => parts.map(([text]) => text).join("").toLowerCase());
  const own = [];
  const ownWords = (i) => (own[i] ??= [address(i), ...facts.story.filter(([, , kind]) => kind === "words").map(([, column]) => at(column, i))].join("\n").toLowerCase());

  const filter = () => {
    const chosen = filters.filter((name) => id("by-" + name)?.value).map((name) => [columns[name], id("by-" + name).value]);
    const words = id("find").value.toLowerCase().split(/\s+/).filter(Boolean)
      .map((word) => [word, prompts.map((text) => text.includes(word))]);
    const left = sections.map(() => 0);
    links.forEach((link, i) => {
      const fits = chosen.every(([column, value]) => at(column, i) === value)
        && words.every(([word, inPrompt]) => inPrompt[at(facts.prompt, i)] || ownWords(i).includes(word));
      if (link.parentNode.hidden === fits) link.parentNode.hidden = !fits;
      left[owner[i]] += fits;
    });
    const isOpen = !chosen.length && !words.length;
    sections.forEach((section, b) => { section.hidden = !left[b] && !isOpen; });
    const total = left.reduce((sum, n) => sum + n, 0);
    id("shown").textContent = `${total} of ${links.length} shown`;
    id("nothing").hidden = total > 0 || isOpen;
  };

  // --- the address bar: filter and open picture, so that a view can be sent as a link ----------
  const remember = () => {
    const view = new URLSearchParams();
    for (const name of filters) if (id("by-" + name)?.value) view.set(name, id("by-" + name).value);
    if (id("find").value) view.set("find", id("find").value);
    if (dialog.open) view.set("cell", address(current));
    history.replaceState(null, "", view.size ? "#" + view : location.pathname + location.search);
  };
  const recall = () => {
    if (!location.hash.includes("=")) return;
    const view = new URLSearchParams(location.hash.slice(1));
    for (const name of filters) if (id("by-" + name)) id("by-" + name).value = view.get(name) ?? "";
    id("find").value = view.get("find") ?? "";
    filter();
    const cell = view.get("cell");
    const i = cell ? links.findIndex((_, each) => address(each) === cell) : -1;
    if (i >= 0) open(i);
  };

  // --- one picture ------------------------------------------------------------------------------
  // The preview is there at once; the picture itself takes its place when it has been decoded.
  const picture = (preview, full, alt, caption) => {
    const shown = make("img", "", { alt, src: preview || full });
    if (preview && full) {
      const large = new Image();
      large.src = full;
      large.decode().then(() => { shown.src = full; }, () => {});
    }
    return make("figure", [make("figcaption", make("bdi", caption)), shown]);
  };

  const row = (preview, name, link, ...cells) => make("tr", [
    make("th", [
      ...(preview ? [make("img", "", { src: preview, alt: "", loading: "lazy" })] : []),
      make("a", make("bdi", name), { href: link }),
    ], { scope: "row" }),
    ...cells.map((text) => make("td", text)),
  ]);
  const files = (i, href) => {
    const rows = href.startsWith("#") ? [] : [row("", "master", href, at(facts.pixels, i), "", "as delivered")];
    for (const [kind, length, preview] of facts.renditions.cells[i] ?? []) {
      const [name, size, flags, cut, tail] = facts.renditions.kinds[kind];
      rows.push(row(preview, name, href.slice(0, href.length - cut) + tail, size, length, flags));
    }
    return rows.length ? [make("dt", "Files"), make("dd", make("table", make("tbody", rows)))] : [];
  };

  const show = (i) => {
    current = i;
    const block = facts.blocks[owner[i]];
    const link = links[i];
    const href = link.getAttribute("href");
    const master = href.startsWith("#") ? "" : href;
    const preview = link.querySelector("img")?.getAttribute("src") ?? "";
    id("address").replaceChildren(make("bdi", address(i)));

    const figures = [];
    if (block.link || block.thumb) figures.push(picture(block.thumb, block.link, "Original", "Original"));
    if (preview || master) figures.push(picture(preview, master, "Edited picture", link.querySelector("bdi:last-of-type").textContent));
    else figures.push(make("figure", [make("figcaption", "No picture"), make("p", make("bdi", at(facts.story[0][1], i)))]));
    id("pair").replaceChildren(...figures);

    const prompt = facts.prompts[at(facts.prompt, i)].map(([text, origin]) =>
      origin === "shared" ? text : make("mark", text, { className: origin, title: `from the ${origin}` }));
    const told = [make("dt", "Prompt"), make("dd", make("bdi", prompt, { className: "prompt" }))];
    told.push(...files(i, href));
    for (const [label, column, kind] of facts.story) {
      const text = at(column, i);
      if (text) told.push(make("dt", label), make("dd", make(kind === "id" ? "code" : "bdi", text)));
    }
    id("told").replaceChildren(make("dl", told));
    id("told").scrollTop = 0;
    dialog.scrollTop = 0;
    id("previous").disabled = next(i, -1) < 0;
    id("next").disabled = next(i, 1) < 0;
  };
  const open = (i) => {
    show(i);
    if (!dialog.open) dialog.showModal();
    remember();
  };
  const next = (i, step) => {
    do i += step; while (links[i] && !isShown(i));
    return links[i] ? i : -1;
  };
  const turn = (step) => {
    const i = next(current, step);
    if (i >= 0) open(i);
  };

  // --- keys ---------------------------------------------------------------------------------------
  // Up and down: the nearest picture of the next row, whichever section it stands in.
  const vertical = (i, step) => {
    const from = links[i].getBoundingClientRect();
    let best = -1, row = null, least = Infinity;
    for (let j = next(i, step); j >= 0; j = next(j, step)) {
      const box = links[j].getBoundingClientRect();
      if (Math.abs(box.top - from.top) < 2) continue;
      row ??= box.top;
      if (Math.abs(box.top - row) >= 2) break;
      const far = Math.abs(box.left - from.left);
      if (far < least) [best, least] = [j, far];
    }
    return best;
  };
  const moves = {
    ArrowLeft: (i) => next(i, -1), ArrowRight: (i) => next(i, 1),
    ArrowUp: (i) => vertical(i, -1), ArrowDown: (i) => vertical(i, 1),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    if (dialog.open) {
      if (event.key === "ArrowLeft") turn(-1);
      else if (event.key === "ArrowRight") turn(1);
    } else if (target === id("find")) {
      if (event.key === "Escape") { target.value = ""; filter(); remember(); target.blur(); }
      if (event.key === "ArrowDown" || event.key === "Enter") { event.preventDefault(); links[next(-1, 1)]?.focus(); }
    } else if (target.matches("input, select, textarea")) {
      return;
    } else if (event.key === "/" && id("keys").checked) {
      event.preventDefault();
      id("find").focus();
      id("find").select();
    } else if (moves[event.key] && order.has(target)) {
      event.preventDefault();
      links[moves[event.key](order.get(target))]?.focus();
    }
  });

  // --- listeners ----------------------------------------------------------------------------------
  document.querySelector("main").addEventListener("click", (event) => {
    const link = event.target.closest("li > a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(order.get(link));
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { links[current].focus(); remember(); });
  id("close").addEventListener("click", () => dialog.close());
  id("previous").addEventListener("click", () => turn(-1));
  id("next").addEventListener("click", () => turn(1));
  id("bar").addEventListener("input", (event) => {
    if (event.target.id === "tile") document.documentElement.style.setProperty("--tile", event.target.value + "px");
    else if (event.target.id !== "keys") { filter(); remember(); }
  });
  addEventListener("hashchange", recall);

  id("bar").hidden = !links.length;
  id("help").hidden = false;
  recall();
})();
