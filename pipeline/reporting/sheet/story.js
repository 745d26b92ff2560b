// The whole story of one picture, beside the pictures or inside the compare window.
const row = (preview, name, link, ...cells) => make("tr", [
  make("th", [
    ...(preview ? [make("img", "", { src: preview, alt: "", loading: "lazy" })] : []),
    link ? make("a", make("bdi", name), { href: link }) : make("bdi", name),
  ], { scope: "row" }),
  ...cells.map((text) => make("td", text)),
]);
const table = (label, rows) => rows.length ? [make("dt", label), make("dd", make("table", make("tbody", rows)))] : [];
const master = (i) => { const link = links[i].getAttribute("href"); return link.startsWith("#") ? "" : link; };
const files = (i) => {
  const link = master(i), rows = link ? [row("", "master", link, at(facts.pixels, i), "", "as delivered")] : [];
  for (const [kind, length, preview] of facts.renditions.cells[i] ?? []) {
    const [name, size, flags, cut, tail] = facts.renditions.kinds[kind];
    rows.push(row(preview, name, link && link.slice(0, link.length - cut) + tail, size, length, flags));
  }
  return table("Files", rows);
};
const takes = (i) => {
  const same = rows[owner[i]].filter((j) => shot(j) === shot(i));
  if (same.length < 2) return [];
  const link = (j) => "#cell=" + encodeURIComponent(address(j));
  const other = (j) => row(thumb(j), at(facts.address.take, j), link(j), j === i ? "this one" : "", links[j].dataset.b ?? "");
  return table("Takes", same.map(other));
};
const judges = [...own(id("yours"), "[data-do]"), ...own(id("judge"), "[data-do]")];
const tell = () => {
  const i = current;
  for (const button of judges) button.setAttribute("aria-pressed", mine.get(i)?.word === button.dataset.do);
  if (panel.hidden || !links[i]) return;
  put("stars", stars(mine.get(i)?.stars ?? 0));
  id("yours").hidden = !has(i);
  if (document.activeElement !== id("note")) id("note").value = mine.get(i)?.note ?? "";
  if (panel.dataset.of === String(i)) return;
  panel.dataset.of = i;
  id("whose").replaceChildren(make("bdi", address(i)));
  const prompt = facts.prompts[at(facts.prompt, i)].map(([text, origin]) =>
    origin === "shared" ? text : make("mark", text, { className: origin, title: `from the ${origin}` }));
  const line = (label, kind, text, more) => text ? [make("dt", label), make("dd", make(kind, text, more))] : [];
  const [state, ...rest] = facts.story.map(([label, column, kind]) =>
    line(label, kind === "words" || kind === "plain" ? "bdi" : "code", kind === "key" ? at(facts.key, i) : kind === "shown" && picture(i) || at(column, i)));
  const words = [line("Prompt", "bdi", prompt, { className: "prompt" }), files(i), takes(i)];
  // Where there is no picture, why comes first.
  const told = has(i) ? [...words, state] : [state, ...words];
  id("told").replaceChildren(make("dl", [...told, ...rest, line("Once more", "code", `${facts.run} --select '${address(i)}'`)].flat()));
  id("told").scrollTop = 0;
};
const story = (wanted = panel.hidden) => {
  (view.open ? view : document.body).append(panel);
  panel.hidden = !wanted;
  document.body.classList.toggle("beside", wanted && !view.open);
  delete panel.dataset.of;
  tell();
  if (view.open) arrange();
};
