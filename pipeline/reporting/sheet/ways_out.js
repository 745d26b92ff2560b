// Ways out: the lines that `campaign review --import` takes, to a server, a file or the clipboard.
const meta = document.querySelector("meta[name=campaign-review]");
const most = 60000;
let handle = null, waiting = 0;
const given = () => order.filter((i) => mine.get(i)?.word);
const lines = (cells) => [
  { verdicts: cells.some((i) => mine.get(i).word === "clear") ? 2 : 1, campaign: facts.campaign, ...(who() && { reviewer: who() }) },
  ...cells.map((i) => {
    const { word, note, at: when } = mine.get(i);
    return { verdict: word, cell: at(facts.key, i), picture: picture(i), address: address(i), at: when, ...(note?.trim() && { note: note.trim().toWellFormed() }) };
  }),
].map((line) => JSON.stringify(line) + "\n").join("");
const fileName = `verdicts-${facts.campaign.replace(/[^\w.-]+/g, "-")}-${facts.sheet.slice(0, 8)}.jsonl`;
const saving = (text, isBad) => { put("saving", text); id("saving").classList.toggle("over", !!isBad); };

// Each change goes out a moment later, so that what is undone at once was never sent.
const later = () => {
  clearTimeout(waiting);
  if (handle || meta) waiting = setTimeout(flush, 1500);
};
const flush = () => {
  clearTimeout(waiting);
  return handle ? intoFile() : meta ? send() : null;
};
const intoFile = async () => {
  try {
    const file = await handle.createWritable();
    await file.write(lines(given()));
    await file.close();
    saving(`saving to ${handle.name}`);
  } catch (error) { saving(`not saved: ${error.message}`, true); }
};
const send = async () => {
  const cells = given().filter((i) => mine.get(i).sent !== mine.get(i).at);
  if (!cells.length) return;
  const sent = cells.map((i) => mine.get(i).at);
  try {
    const answer = await fetch("verdicts", { method: "POST", keepalive: cells.length < 100, headers: { "Content-Type": "application/x-ndjson", "X-Campaign-Token": meta.content }, body: lines(cells) });
    const told = await answer.json();
    if (!answer.ok) return saving(`not saved: ${told.error}`, true);
    cells.forEach((i, n) => { mine.get(i).sent = sent[n]; keep(i); });
    saving(`saving to ${told.file}`);
  } catch { saving("not saved: `campaign review` has ended; save a file, or start it again", true); }
};
const offer = () => {
  const cells = given(), [sum] = price();
  put("tally", cells.length ? `${cells.length} of yours${fresh.size && !facts.money.free ? `, with new rerolls for ${usd(sum)}` : ""}.` : "You have given no verdict yet.");
  put("file", fileName);
  id("link").hidden = !window.showSaveFilePicker;
  id("out").showModal();
};
const download = () => {
  const link = make("a", "", { href: URL.createObjectURL(new Blob([lines(given())])), download: fileName });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
const copy = () => {
  const text = lines(given());
  if (new Blob([text]).size > most) return put("tally", `That is more than ${most / 1000} kB: download it, or link a file.`);
  navigator.clipboard.writeText(text).then(() => put("tally", "Copied: paste it into a file and import that."), () => put("tally", "This browser does not let the page copy: download instead."));
};
const linkFile = async () => {
  try { handle = await showSaveFilePicker({ suggestedName: fileName }); } catch { return; }
  await intoFile();
  id("out").close();
};
const forget = () => {
  if (confirm("Forget your verdicts, notes and stars on this sheet? Saved files stay.")) {
    commit([...mine].map(([i, record]) => [i, record, undefined]));
    id("out").close();
  }
};
// A picture beside the page has a size that only the newest sheet knows.
const lookForNewer = () => {
  if (!facts.marker) return;
  const marker = new Image();
  marker.onload = () => {
    const isOld = marker.naturalWidth !== facts.marker[0] || marker.naturalHeight !== facts.marker[1];
    if (isOld && id("news").hidden) { put("news", "A newer sheet of this campaign exists: reload the page. Your verdicts stay."); id("news").hidden = false; }
  };
  marker.src = "latest.svg?" + Date.now();
};
