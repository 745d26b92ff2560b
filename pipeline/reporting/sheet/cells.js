// Cells: their facts, which of them are shown and in what order.
const id = (name) => document.getElementById(name);
const facts = JSON.parse(id("facts").textContent);
const main = id("pictures"), view = id("view"), panel = id("story");
const links = [...main.querySelectorAll("li > a")];
const number = new Map(links.map((link, i) => [link, i]));
const sections = [...main.querySelectorAll("section")];
const owner = facts.blocks.flatMap((block, b) => Array(block.cells).fill(b));
const rows = sections.map(() => []);
owner.forEach((b, i) => rows[b].push(i));
// The cell that has the focus, or is open.
let current = 0;

// A column holds one value for all cells, one for each, or a table with a row number for each.
const at = (column, i) => column.of[column.at ? column.at[i] : column.of.length > 1 ? i : 0];
const address = (i) => Object.values(facts.address).map((part) => at(part, i)).filter(Boolean).join("/");
const shot = (i) => Object.values(facts.address).map((part, n) => n < 4 ? at(part, i) : "").join("/");
const shown = links.map(() => true);
const isShown = (i) => shown[i];
// Whether there is a picture to judge, and its digest: 1 says that the preview is named by it.
const has = (i) => at(facts.shown, i);
const picture = (i) => has(i) === 1 ? thumb(i).slice(-69, -5) : has(i);
const own = (node, selector) => node.querySelectorAll(selector);
const on = (node, kind, act, how) => node.addEventListener(kind, act, how);
const clip = (value, least = 0, most = 1) => Math.min(Math.max(value, least), most);
const say = (text) => { id("said").textContent = text; };

// Text becomes text and never markup; the page's policy forbids anything else.
const make = (tag, content, properties = {}) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...[content].flat().filter((part) => part !== ""));
  return node;
};
const near = new Set();
on(main, "contentvisibilityautostatechange", ({ target, skipped }) => {
  if (skipped) return near.delete(target);
  near.add(target);
  wake(target);
  lineUp(target);
});
if (!window.ContentVisibilityAutoStateChangeEvent) {
  wake(main);
  sections.forEach((section) => near.add(section));
}
on(window, "beforeprint", () => wake(main));
// Of a pair the second is the present one; a held key may show another picture in its place.
const image = (node) => {
  if (node) wake(node);
  return node && [...own(node, "img")].at(-1);
};
const preview = (node) => image(node)?.dataset.own ?? image(node)?.getAttribute("src") ?? "";
const thumb = (i) => preview(links[i]);
const source = (i) => preview(sections[owner[i]].querySelector(".original"));

const usd = (amount) => {
  const [whole, rest] = (Math.abs(amount) / 1e6).toFixed(6).split(".");
  return (amount < 0 ? "-$" : "$") + (+whole).toLocaleString("en") + "." + rest.replace(/0{1,4}$/, "");
};

const chosen = (name) => id("by-" + name)?.value ?? "";
const holds = (column) => (i, value) => at(column, i) === value;
const fits = {
  change: holds(facts.change), variant: holds(facts.address.variant),
  size: holds(facts.address.size), state: holds(facts.state),
  flag: (i, value) => facts.flags[i]?.some(([name]) => value === "*" || name === value) ?? false,
  verdict: (i, value) => standing(i) === value,
};
const filters = Object.keys(fits);
const prompts = facts.prompts.map((parts) => parts.map(([text]) => text).join("").toLowerCase());
const spoken = facts.story.filter(([, , kind]) => kind === "words"), heard = [];
const wordsOf = (i) => (heard[i] ??= [address(i), ...spoken.map(([, column]) => at(column, i))].join("\n").toLowerCase());

const filter = () => {
  const asked = filters.map((name) => [fits[name], chosen(name)]).filter(([, value]) => value);
  const words = id("find").value.toLowerCase().split(/\s+/).filter(Boolean)
    .map((word) => [word, prompts.map((text) => text.includes(word))]);
  let all = 0;
  const isOpen = !asked.length && !words.length;
  rows.forEach((row, b) => {
    let left = 0;
    for (const i of row) {
      const is = asked.every(([fit, value]) => fit(i, value))
        && words.every(([word, inPrompt]) => inPrompt[at(facts.prompt, i)] || wordsOf(i).includes(word));
      if (shown[i] !== is) links[i].parentNode.hidden = !(shown[i] = is);
      left += is;
    }
    sections[b].hidden = !left && !isOpen;
    all += left;
  });
  id("shown").textContent = `${all} of ${links.length} shown`;
  id("nothing").hidden = all > 0 || isOpen;
};

// Sections are moved at once, the cells of a section when it is near; reading order follows.
let order = links.map((_, i) => i), place = order;
const weights = {
  flags: (i) => Math.max(0, ...(facts.flags[i] ?? []).map(([, weight]) => weight)),
  charge: (i) => at(facts.charge, i),
  stars: (i) => mine.get(i)?.stars ?? 0,
  change: (i) => ["new", "changed", "stale", "lost"].indexOf(at(facts.change, i)),
};
const sort = () => {
  const weigh = weights[id("sort").value] ?? (() => 0), isFlat = id("flat").checked;
  const weight = links.map((_, i) => weigh(i));
  const most = rows.map((row) => Math.max(0, ...row.map((i) => weight[i])));
  const by = (weight) => (a, b) => weight[b] - weight[a];
  const ranked = [...rows.keys()].sort(by(most));
  order = isFlat ? [...links.keys()].sort(by(weight)) : ranked.flatMap((b) => rows[b].toSorted(by(weight)));
  place = [];
  order.forEach((i, n) => { place[i] = n; });
  main.classList.toggle("flat", isFlat);
  if (isFlat) {
    wake(main);
    order.forEach((i, n) => { links[i].parentNode.style.order = n; });
  }
  line(main, ranked.map((b) => sections[b]));
  near.forEach(lineUp);
};
const rank = (cell) => place[number.get(cell.firstChild)];
const lineUp = (section) => {
  const row = section.lastElementChild;
  line(row, [...row.children].sort((a, b) => rank(a) - rank(b)));
};
// Puts children in order and touches only those that stand elsewhere. A move, where a browser knows
// it, keeps the focus and lays nothing out anew.
const shift = main.moveBefore ? "moveBefore" : "insertBefore";
const line = (row, cells) => {
  let next = row.firstElementChild;
  for (const cell of cells) {
    if (cell === next) next = cell.nextElementSibling;
    else row[shift](cell, next);
  }
};

// The address bar holds filter and open picture, so that a view can be sent as a link.
// Written when nothing else is to do, since browsers look at the whole page again for it.
let writing = 0;
const remember = () => {
  clearTimeout(writing);
  writing = setTimeout(() => {
    const told = new URLSearchParams();
    for (const name of filters) if (chosen(name)) told.set(name, chosen(name));
    for (const name of ["find", "sort"]) if (id(name).value) told.set(name, id(name).value);
    if (view.open) told.set("cell", address(current));
    history.replaceState(null, "", told.size ? "#" + told : location.pathname + location.search);
  }, 200);
};
const recall = () => {
  if (!location.hash.includes("=")) return;
  const told = new URLSearchParams(location.hash.slice(1));
  const cell = told.get("cell");
  // A link to a picture alone, such as one to another take, leaves the filter as it is.
  if (!cell || told.size > 1) {
    for (const name of filters) if (id("by-" + name)) id("by-" + name).value = told.get(name) ?? "";
    for (const name of ["find", "sort"]) id(name).value = told.get(name) ?? "";
    filter();
    if (id("sort").value) sort();
  }
  const i = cell ? links.findIndex((_, each) => address(each) === cell) : -1;
  if (i >= 0) open(i);
};

// Where the arrows lead; -1 is nowhere.
const next = (i, step, fit = isShown) => {
  let n = place[i] ?? -1;
  do n += step; while (n >= 0 && n < order.length && !fit(order[n]));
  return order[n] ?? -1;
};
const box = (i) => links[i].getBoundingClientRect();
const nearest = (i, step, far) => {
  const from = box(i);
  let best = -1, row = null, least = Infinity;
  for (let j = next(i, step); j >= 0; j = next(j, step)) {
    const to = box(j);
    if (Math.abs(to.top - from.top) < far) continue;
    row ??= to.top;
    if (Math.abs(to.top - row) >= 2) break;
    if (Math.abs(to.left - from.left) < least) [best, least] = [j, Math.abs(to.left - from.left)];
  }
  return best;
};
const screen = (i, step) => {
  const j = view.open ? -1 : nearest(i, step, innerHeight * 0.7);
  return j >= 0 ? j : step < 0 ? order.find(isShown) : order.findLast(isShown);
};
const isSame = (i, j) => ["variant", "size", "take"].every((name) => at(facts.address[name], i) === at(facts.address[name], j));
const across = (i, step) => {
  if (main.matches(".flat") || !at(facts.address.set, i)) return view.open ? -1 : nearest(i, step, 2);
  const other = (j) => isShown(j) && owner[j] !== owner[i];
  const same = next(i, step, (j) => other(j) && isSame(i, j));
  return same >= 0 ? same : next(i, step, other);
};
const ends = (i, step) => {
  let j = i;
  for (let k = next(i, step); k >= 0 && owner[k] === owner[i]; k = next(k, step)) j = k;
  return j;
};
const moves = {
  ArrowLeft: (i) => next(i, -1), ArrowRight: (i) => next(i, 1),
  ArrowUp: (i) => across(i, -1), ArrowDown: (i) => across(i, 1),
  Home: (i) => ends(i, -1), End: (i) => ends(i, 1),
  PageUp: (i) => screen(i, -1), PageDown: (i) => screen(i, 1),
};
const go = (i) => {
  if (i < 0) return;
  current = i;
  if (view.open) open(i);
  else links[i].focus();
};
