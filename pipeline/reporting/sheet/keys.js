// Keys and buttons: one listener for each kind of event, one table of deeds for both.
let asking = [];
const isTyping = (node) => node.matches?.("input:not([type=checkbox], [type=range]), textarea, select");
const ask = (cells) => { asking = cells; id("ask").hidden = !cells.length; if (cells.length) (view.open ? view : document.body).append(id("ask")); };
const answer = (digit) => {
  const cells = asking, button = id("ask").children[digit];
  ask([]);
  if (digit && button) {
    const reason = button.lastChild.textContent.trim();
    change(cells, (before) => ({ note: reason }));
    last = [last[0], reason];
    say(reason);
  }
  advance(cells);
};
const advance = (cells) => {
  if (!id("auto").checked || cells.length !== 1) return;
  const open = next(cells[0], 1, (i) => isShown(i) && has(i) && !rulings[i]);
  open < 0 ? say("No undecided picture follows.") : go(open);
};
const judge = (word, many) => {
  const cells = many ? [...picked] : [current];
  if (many && !cells.length) return say("Nothing is selected.");
  if (!cells.some(has)) return say("There is no picture to judge here.");
  if (cells.length > 20 && !confirm(`${facts.words[word]?.[1] ?? "clear"}: ${cells.length} pictures?`)) return;
  if (word === "clear") return clear(cells);
  decide(cells, word);
  if (word === "approve") advance(cells);
  else ask(cells);
};
const pick = (i, isOn = !picked.has(i)) => {
  picked[isOn ? "add" : "delete"](i);
  mark(i);
};
const picks = () => say(`${picked.size} selected`);
const rate = (n) => change([current], () => ({ stars: n }));
const turn = (select) => { select.selectedIndex = (select.selectedIndex + 1) % select.options.length; select.dispatchEvent(new Event("change")); };
const flip = (name) => { id(name).checked = !id(name).checked; say(`${id(name).parentNode.textContent.trim()} ${id(name).checked ? "on" : "off"}`); };
const hold = (isOn) => {
  if (held === isOn) return;
  held = isOn;
  if (view.open) return arrange();
  const shown = image(links[current]);
  if (!shown || !source(current)) return;
  shown.dataset.own = thumb(current);
  shown.src = isOn ? source(current) : shown.dataset.own;
};
const deeds = {
  approve: () => judge("approve"), reject: () => judge("reject"), reroll: () => judge("reroll"),
  clear: () => judge("clear"),
  note: () => { story(true); id("note").focus(); },
  select: () => { pick(current); picks(); },
  open: () => open(current),
  compare: () => {
    const cells = order.filter((i) => picked.has(i) && edited(i));
    cells.length > 1 && cells.length < 5 ? open(cells[0], cells) : say("Select 2 to 4 pictures to compare.");
  },
  story: () => story(),
  look: () => look(), nearer: () => zoom(1.25), farther: () => zoom(0.8),
  mode: () => turn(id("mode")), over: () => turn(id("over")),
  hold: () => hold(true),
  focus: () => { if (view.open && facts.blocks[owner[current]].px) { aim = focusOf(current); arrange(); say("Focal point: click or arrows, then Enter."); } },
  repeat: () => { if (last && has(current)) { decide([current], ...last); advance([current]); } },
  auto: () => flip("auto"),
  find: () => { id("find").focus(); id("find").select(); },
  help: () => id("help").showModal(),
  left: () => go(next(current, -1)), right: () => go(next(current, 1)),
  shut: (button) => button.closest("dialog").close(),
  save: offer, download, copy, link: linkFile, forget,
  print: () => {
    const why = "Browsers unpack every picture to print it. For so many, `campaign report --pdf` is quicker. Print all the same?";
    if (links.length > 300 && !confirm(why)) return;
    wake(main);
    print();
  },
};
const letters = {
  p: "approve", a: "approve", x: "reject", r: "reroll", u: "clear", n: "note", ".": "repeat",
  s: "select", c: "compare", i: "story", g: "auto", "/": "find", "?": "help", b: "hold",
  z: "look", "+": "nearer", "=": "nearer", "-": "farther", m: "mode", o: "over", f: "focus",
};
const inView = new Set(["look", "nearer", "farther", "mode", "over", "focus"]);
const aiming = { ArrowLeft: [-0.01, 0], ArrowRight: [0.01, 0], ArrowUp: [0, -0.01], ArrowDown: [0, 0.01] };

// Returns whether the key meant something here.
const press = (event) => {
  if (number.has(event.target)) current = number.get(event.target);
  const { key, target } = event, shift = event.shiftKey, many = view.open || target === document.body || number.has(target) || panel.contains(target);
  if (event.ctrlKey || event.metaKey) {
    if (event.altKey || !many) return false;
    const letter = key.toLowerCase();
    if (letter === "z") return shift ? back(undone, done) : back(done, undone), true;
    if (letter === "a" && !view.open) return order.filter(isShown).forEach((i) => pick(i, true)), picks(), true;
    return false;
  }
  if (event.altKey) return false;
  const moved = aiming[key];
  if (aim) {
    if (moved) return aim = [clip(aim[0] + moved[0]), clip(aim[1] + moved[1])], arrange(), true;
    if (key === "Enter") return aimed(), true;
    if (key === "Escape") return aim = null, arrange(), true;
  }
  if (asking.length) {
    if (/^[1-9]$/.test(key) && id("keys").checked) return answer(+key), true;
    if (key === "Enter" || key === "Escape") return answer(0), true;
    ask([]);
  }
  if (target === mix && moved) return false;
  if (view.open && shift && moved) return pan(moved[0] * 10, moved[1] * 10), true;
  if (moves[key] && (view.open || number.has(target) || target === document.body && moved && key.endsWith("ht"))) {
    const to = target === document.body && !view.open && !links[current].matches(":focus") ? current : moves[key](current);
    if (shift && to >= 0) { pick(current, true); pick(to, true); picks(); }
    return go(to), true;
  }
  if (key === " " && number.has(target) || key === "Enter" && number.has(target)) return open(current), true;
  if (key === "Escape" && !view.open) {
    if (!panel.hidden) return story(false), links[current]?.focus(), true;
    if (picked.size) { const cells = [...picked]; picked.clear(); cells.forEach(mark); return picks(), true; }
  }
  if (!id("keys").checked) return false;
  if (/^[0-5]$/.test(key)) return rate(+key), true;
  const deed = letters[key.toLowerCase()];
  if (!deed || inView.has(deed) && !view.open) return false;
  if (shift && (facts.words[deed] || deed === "clear")) return judge(deed, true), true;
  return deeds[deed](), true;
};
on(document, "keydown", (event) => {
  const target = event.target;
  if (event.isComposing || !links.length || id("out").open || id("help").open) return;
  if (target === id("find")) {
    if (event.key === "Escape") { target.value = ""; filter(); remember(); target.blur(); }
    if (event.key === "ArrowDown" || event.key === "Enter") { event.preventDefault(); const first = order.find(isShown); if (first >= 0) go(first); }
  } else if (isTyping(target)) {
    if (event.key === "Escape" && target === id("note")) { event.preventDefault(); view.open ? stage.focus() : links[current].focus(); }
  } else if (!(target.matches("button, summary") && (event.key === "Enter" || event.key === " ")) && press(event)) event.preventDefault();
});
on(document, "keyup", (event) => { if (event.key.toLowerCase() === "b") hold(false); });
on(document, "click", (event) => {
  const button = event.target.closest("[data-do], [data-why]"), link = event.target.closest("li > a");
  if (button) {
    const tile = button.closest("li")?.firstChild;
    if (number.has(tile)) current = number.get(tile);
    button.dataset.why ? answer(+button.dataset.why) : deeds[button.dataset.do](button);
  } else if (number.has(link) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    current = number.get(link);
    event.shiftKey ? deeds.select() : open(current);
  }
});
// The one set of buttons goes to the picture that the pointer or the focus is at.
const visit = (event) => {
  const cell = event.target.closest?.("main li");
  if (!cell || id("tools").parentNode === cell || !has(number.get(cell.firstChild))) return;
  cell.append(id("tools"));
  id("tools").hidden = false;
};
on(main, "pointerover", visit);
on(main, "focusin", (event) => {
  visit(event);
  if (number.has(event.target)) { current = number.get(event.target); tell(); }
});
// The browser has given the focus back to where it was; the reviewer is elsewhere by now.
on(view, "close", () => {
  current = opened;
  clearInterval(timer);
  ask([]);
  story(!panel.hidden);
  stage.replaceChildren();
  ahead = [];
  links[current]?.focus();
  remember();
});
on(id("bar"), "input", ({ target }) => {
  if (target.id === "tile") document.documentElement.style.setProperty("--tile", target.value + "px");
  else if (target.id === "flat" || target.id === "sort") { sort(); remember(); }
  else if (target.type !== "checkbox") { filter(); remember(); }
});
on(id("note"), "change", () => change([current], () => ({ note: id("note").value })));
on(id("me"), "change", () => { try { localStorage.setItem("campaign-reviewer", who()); } catch {} recount(); });
on(window, "hashchange", recall);
on(window, "pagehide", () => { if (waiting) flush(); });
on(window, "focus", lookForNewer);

try { id("me").value = meta?.dataset.reviewer || localStorage.getItem("campaign-reviewer") || ""; } catch {}
id("bar").hidden = id("acts").hidden = !links.length;
id("tile").value = parseInt(getComputedStyle(document.documentElement).getPropertyValue("--tile"));
if (meta) saving("saves to git as you go");
recount();
takeOver().then(recall, recall);
lookForNewer();
document.body.dataset.works = "";
