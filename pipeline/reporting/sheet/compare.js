// Compare: two to four pictures under one view, kept while moving from cell to cell.
const stage = id("stage"), mix = id("mix");
// Scale 1 is the whole picture; x and y are what stands in the middle, as fractions of the picture.
const eye = { scale: 1, x: 0.5, y: 0.5 };
let panes = [], opened = 0, mode = "swipe", held = false, timer = 0, aim = null, ahead = [];
const sides = { swipe: 50, onion: 50, difference: 40, blink: 50, side: 50 };
const px = (i) => (at(facts.pixels, i).match(/\d+/g) ?? [1, 1]).map(Number);
const original = (i) => {
  const block = facts.blocks[owner[i]], before = facts.before[i];
  if (before) return { name: "Before", thumb: before[0], full: before[1], px: px(i) };
  return block.link || source(i) ? { name: "Original", thumb: source(i), full: block.link, px: block.px } : null;
};
const edited = (i) => {
  if (!thumb(i) && !master(i)) return null;
  const name = ["variant", "size", "take"].map((part) => at(facts.address[part], i)).join(" · ");
  return { name, thumb: thumb(i), full: master(i), px: px(i), cell: i };
};

// The preview is there at once; the picture itself takes its place when it has been decoded.
const layer = (pane) => {
  const image = make("img", "", { alt: pane.name, src: pane.thumb || pane.full, draggable: false });
  if (pane.thumb && pane.full) {
    const large = new Image();
    large.src = pane.full;
    large.decode().then(() => { image.src = pane.full; }, () => {});
  }
  pane.plate = make("div", image, { className: "plate" });
  return make("div", pane.plate, { className: "layer" });
};
const draw = () => {
  clearInterval(timer);
  const shown = panes.length === 2 ? mode : "side";
  const layers = panes.map(layer);
  const frame = (inside, name) => make("figure", [make("figcaption", make("bdi", name)), make("div", inside, { className: "frame" })]);
  stage.className = "stage " + shown;
  const both = panes.map((pane) => pane.name).join(shown === "swipe" ? " | " : " / ");
  stage.replaceChildren(...shown === "side" ? panes.map((pane, n) => frame([layers[n]], pane.name)) : [frame(layers, both)]);
  if (!panes.length) stage.replaceChildren(make("p", make("bdi", at(facts.story[0][1], current))));
  mix.hidden = shown === "side" || shown === "blink" && !calm();
  mix.value = sides[shown];
  id("mode").disabled = panes.length !== 2;
  if (shown === "blink" && !calm()) timer = setInterval(() => stage.classList.toggle("flip"), 700);
  arrange();
};
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const fit = (pane) => {
  const { clientWidth: width, clientHeight: height } = pane.plate.parentNode;
  return [Math.min(width, height * pane.px[0] / pane.px[1]), width, height];
};
// Puts every plate where the view wants it, and the overlays onto it.
const arrange = () => {
  const level = mix.value / 100;
  for (const pane of panes) {
    const [full, width, height] = fit(pane), wide = full * eye.scale, high = wide * pane.px[1] / pane.px[0];
    const hold = (value, half) => half >= 0.5 ? 0.5 : clip(value, half, 1 - half);
    eye.x = hold(eye.x, width / 2 / wide);
    eye.y = hold(eye.y, height / 2 / high);
    Object.assign(pane.plate.style, { width: wide + "px", height: high + "px", translate: `${width / 2 - eye.x * wide}px ${height / 2 - eye.y * high}px` });
    cover(pane);
  }
  const top = stage.querySelector(".layer + .layer");
  if (top) {
    const shown = held ? "held" : mode;
    top.style.clipPath = shown === "swipe" ? `inset(0 0 0 ${level * 100}%)` : "";
    top.style.opacity = shown === "onion" ? level : shown === "held" || shown === "blink" && calm() && level < 0.5 ? 0 : 1;
    stage.querySelector(".frame").style.filter = shown === "difference" ? `brightness(${1 + level * 9})` : "";
    stage.style.setProperty("--at", level * 100 + "%");
    stage.classList.toggle("held", held);
  }
  const pane = panes.at(-1);
  put("zoom", pane ? Math.round(fit(pane)[0] * eye.scale * devicePixelRatio / pane.px[0] * 100) + " %" : "");
};
// What a delivery size shows of a picture, in fractions of it: left, top, width, height.
const crop = ([, width, height, how], size, focus) => {
  const shape = width / height / (size[0] / size[1]);
  const [wide, high] = how === "cover" ? [Math.min(1, shape), Math.min(1, 1 / shape)] : how === "contain" ? [Math.max(1, shape), Math.max(1, 1 / shape)] : [1, 1];
  const start = (point, length) => length > 1 ? (1 - length) / 2 : clip(point - length / 2, 0, 1 - length);
  return [start(focus[0], wide), start(focus[1], high), wide, high];
};
const focusOf = (i) => facts.blocks[owner[i]].focus?.map((part) => part / 1000) ?? [0.5, 0.5];
const cover = (pane) => {
  for (const old of pane.plate.querySelectorAll(".over, .aim")) old.remove();
  const lay = (kind, [left, top, width, height]) => {
    const node = make("div", "", { className: kind });
    Object.assign(node.style, { left: left * 100 + "%", top: top * 100 + "%", width: width * 100 + "%", height: height * 100 + "%" });
    pane.plate.append(node);
  };
  const wanted = id("over").value, size = facts.sizes[wanted];
  if (wanted === "thirds") lay("over thirds", [0, 0, 1, 1]);
  else if (size && pane.cell !== undefined) {
    const [left, top, width, height] = crop(size, pane.px, aim ?? focusOf(pane.cell));
    lay("over crop", [left, top, width, height]);
    const safe = size[5]?.map((part) => part / 1000);
    if (safe) lay("over safe", [left + safe[0] * width, top + safe[1] * height, (1 - safe[0] - safe[2]) * width, (1 - safe[1] - safe[3]) * height]);
  }
  if (aim) lay("aim", [...aim, 0, 0]);
};
const zoom = (factor, x = 0.5, y = 0.5) => {
  const pane = panes[0];
  if (!pane) return;
  // The point under the pointer stays where it is.
  const [full, width, height] = fit(pane), before = full * eye.scale;
  const scale = clip(eye.scale * factor, 1, 64), after = full * scale;
  const ratio = pane.px[1] / pane.px[0];
  eye.x += (x - 0.5) * width * (1 / before - 1 / after);
  eye.y += (y - 0.5) * height * (1 / before - 1 / after) / ratio;
  eye.scale = scale;
  arrange();
};
const pan = (x, y) => { eye.x += x / eye.scale; eye.y += y / eye.scale; arrange(); };
// Between the whole picture and one pixel of it on one of the screen.
const look = (x, y) => {
  const pane = panes.at(-1);
  if (!pane) return;
  const exact = pane.px[0] / devicePixelRatio / fit(pane)[0];
  zoom(eye.scale === 1 ? Math.max(exact, 1.01) : 1 / eye.scale, x, y);
};

const open = (i, cells) => {
  current = opened = i;
  panes = (cells ? cells.map(edited) : [original(i), edited(i)]).filter(Boolean);
  id("address").replaceChildren(make("bdi", cells ? `${cells.length} pictures` : address(i)));
  const sizes = facts.sizes.map((size, n) => [n, ...size]).filter(([, , , , , of]) => of === at(facts.address.size, i));
  const kept = id("over").value, named = sizes.map(([n, name, , , , , safe]) => [n, name + (safe ? ", safe area" : ", crop")]);
  const overlays = [["", "No overlay"], ...named, ["thirds", "Thirds"]];
  id("over").replaceChildren(...overlays.map(([value, text]) => make("option", text, { value })));
  id("over").value = [...id("over").options].some((each) => each.value === kept) ? kept : "";
  aim = null;
  if (!view.open) view.showModal();
  draw();
  story(!panel.hidden);
  for (const [name, step] of [["left", -1], ["right", 1]]) id(name).disabled = next(i, step) < 0;
  // One picture ahead and one behind.
  ahead = [next(i, 1), next(i, -1)].filter((j) => j >= 0 && master(j)).map((j) => Object.assign(new Image(), { src: master(j) }));
  remember();
};
const point = (event) => {
  const area = (event.target.closest(".frame") ?? stage.querySelector(".frame")).getBoundingClientRect();
  return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
};
const fingers = new Map();
const spread = () => { const [a, b] = fingers.values(); return Math.hypot(a[0] - b[0], a[1] - b[1]); };
on(stage, "wheel", (event) => {
  event.preventDefault();
  if (panes.length) zoom(Math.exp(-event.deltaY / 300), ...point(event));
}, { passive: false });
on(stage, "pointerdown", (event) => {
  if (event.button || !event.target.closest(".frame")) return;
  if (aim) return aimAt(event);
  stage.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, [event.clientX, event.clientY]);
});
on(stage, "pointermove", (event) => {
  const from = fingers.get(event.pointerId);
  if (!from) return;
  const before = fingers.size > 1 ? spread() : 0, [full] = fit(panes[0]), ratio = panes[0].px[1] / panes[0].px[0];
  fingers.set(event.pointerId, [event.clientX, event.clientY]);
  if (before) return zoom(spread() / before);
  pan((from[0] - event.clientX) / full, (from[1] - event.clientY) / full / ratio);
});
for (const end of ["pointerup", "pointercancel"]) on(stage, end, (event) => fingers.delete(event.pointerId));
on(stage, "dblclick", (event) => { if (panes.length && !aim) look(...point(event)); });
on(mix, "input", () => { sides[mode] = mix.value; arrange(); });
on(id("mode"), "change", () => { mode = id("mode").value; draw(); });
on(id("over"), "change", arrange);
on(id("ground"), "change", () => { stage.dataset.ground = id("ground").value; });
new ResizeObserver(() => { if (view.open) arrange(); }).observe(stage);

// The focal point belongs to the source picture: the page tells what to write into the manifest.
const aimAt = (event) => {
  const plate = event.target.closest(".layer").firstChild.getBoundingClientRect();
  aim = [clip((event.clientX - plate.left) / plate.width), clip((event.clientY - plate.top) / plate.height)];
  arrange();
};
const aimed = () => {
  const line = `focus: {${at(facts.address.picture, current)}: [${aim.map((part) => Math.round(part * 100) / 100).join(", ")}]}`;
  facts.blocks[owner[current]].focus = aim.map((part) => Math.round(part * 1000));
  aim = null;
  arrange();
  navigator.clipboard?.writeText(line).catch(() => {});
  say(`Copied. Write into the manifest, at images, ${at(facts.address.set, current)}: ${line}`);
};
