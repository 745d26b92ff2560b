// Verdicts: this reviewer's, those of git, what they come to, and where they are kept.
// Bound to cell key and picture digest: one about another picture is shown and never applied.
const mine = new Map(), was = new Map(), picked = new Set();
const done = [], undone = [];
let last = null;
const now = (before) => new Date(Math.max(Date.now(), before ? Date.parse(before) + 1000 : 0)).toISOString().slice(0, 19) + "Z";
const who = () => id("me").value.normalize("NFC").trim().replace(/ +/g, " ");

// The newest of each reviewer counts, of those who cleared theirs none; a reject outweighs a
// reroll, and that any approvals.
const ruling = (i) => {
  if (!facts.votes[i] && !mine.get(i)?.word) return "";
  const said = new Map((facts.votes[i] ?? []).map(([name, word]) => [name.toLowerCase(), word]));
  const word = mine.get(i)?.word;
  if (word) said.set(who().toLowerCase(), word);
  const words = [...said.values()].filter((each) => each !== "clear");
  if (words.includes("reject")) return "reject";
  if (words.includes("reroll")) return "reroll";
  return words.length >= facts.money.need ? "approve" : "";
};
const stale = (i) => was.get(i) ?? facts.stale[i]?.at(-1)[1];
const standing = (i) => rulings[i] || (has(i) ? stale(i) ? "stale" : "none" : "");
const stars = (n) => "★".repeat(n);

// Totals are moved by each change, never counted anew.
const rulings = [], tally = { approve: 0, reject: 0, reroll: 0, none: 0, stale: 0 };
const books = new Map();
const fresh = new Set();
const book = (i) => {
  const name = at(facts.address.variant, i);
  if (!books.has(name)) books.set(name, { approved: 0, wasted: 0 });
  return books.get(name);
};
const add = (i, sign) => {
  const word = standing(i);
  if (!word) return;
  tally[word] += sign;
  if (word === "approve") book(i).approved += sign;
  if (word === "reject") book(i).wasted += sign * at(facts.charge, i);
};
const count = (i, sign) => {
  if (sign > 0) rulings[i] = ruling(i);
  add(i, sign);
};
const isGiven = (record) => record?.word && record.word !== "clear";
// Whether git, or the server, has a verdict of this reviewer that only a word can take back.
const filed = (i) => facts.votes[i]?.find(([name]) => name.toLowerCase() === who().toLowerCase());
const isFiled = (i) => mine.get(i)?.sent || filed(i);
const isNew = (i) => mine.get(i)?.word === "reroll" && !(facts.votes[i] ?? []).some(([, word]) => word === "reroll");
const mark = (i) => {
  const link = links[i], cell = link.parentNode, record = mine.get(i);
  const word = rulings[i], before = !word && has(i) && stale(i);
  const decision = word ? facts.words[word].join(" ")
    : before ? "was " + facts.words[before][1]
    : isGiven(record) ? "one of " + facts.money.need : "";
  const note = record?.note && !word ? "✎" : "";
  const text = [picked.has(i) ? "☑" : "", decision, stars(record?.stars ?? 0), note].filter(Boolean).join(" ");
  if (text) link.dataset.b = text;
  else delete link.dataset.b;
  if (word) cell.dataset.v = word;
  else delete cell.dataset.v;
  cell.classList.toggle("sel", picked.has(i));
};
const price = () => {
  let sum = 0, unknown = 0;
  for (const i of fresh) at(facts.reroll, i) < 0 ? unknown++ : sum += at(facts.reroll, i);
  return [sum, unknown];
};
const per = (charged, approved) => approved ? usd(Math.ceil(charged / approved / 1000) * 1000) : "–";
const put = (name, text) => { if (id(name)) id(name).textContent = text; };
const total = () => {
  let approved = 0, wasted = 0;
  for (const each of books.values()) { approved += each.approved; wasted += each.wasted; }
  put("m-approved", approved.toLocaleString("en"));
  put("m-each", per(facts.money.charged, approved));
  put("m-wasted", usd(wasted));
  const [sum, unknown] = price(), room = facts.money.room, left = room - sum;
  let text = fresh.size ? fresh.size + (facts.money.free ? ", free as drafts" : ` for ${usd(sum)}${unknown ? ", and some of unknown price" : ""}`) : "none";
  if (fresh.size && room !== null) text += left < 0 ? `, over the ${facts.money.of} cap by ${usd(-left)}` : `, ${usd(left)} left after`;
  put("m-rerolls", text);
  id("m-rerolls").classList.toggle("over", fresh.size > 0 && room !== null && left < 0);
  for (const row of id("variants")?.rows ?? []) {
    const name = row.cells[0].textContent, { approved, wasted } = books.get(name) ?? {};
    if (wasted >= 0) [approved, per(facts.money.variants[name], approved), usd(wasted)].forEach((text, n) => { row.cells[4 + n].textContent = text; });
  }
  const decided = tally.approve + tally.reject + tally.reroll, all = decided + tally.none + tally.stale;
  put("decided", `${decided.toLocaleString("en")} of ${all.toLocaleString("en")}`);
  id("done").value = decided;
  for (const option of id("by-verdict").options) if (option.value) option.textContent = option.textContent.replace(/\d+(?=\)$)/, tally[option.value]);
  const given = [...mine.values()].filter((record) => record.word).length;
  put("save", given ? `Save verdicts (${given})` : "Save verdicts");
};

// One record for each picture, written as it changes: IndexedDB, else localStorage.
const prefix = JSON.stringify([facts.campaign, facts.realm]).slice(0, -1) + ",";
const nameOf = (i) => prefix + JSON.stringify([at(facts.key, i), picture(i)]) + "]";
const kept = new Promise((give) => {
  const local = {
    all: async () => Object.entries(localStorage).filter(([key]) => key.startsWith(prefix)).map(([key, text]) => [key, JSON.parse(text)]),
    put: (records) => {
      try {
        for (const [key, record] of records) record ? localStorage.setItem(key, JSON.stringify(record)) : localStorage.removeItem(key);
      } catch { say("This browser keeps nothing: save your verdicts before you close the page."); }
    },
  };
  try {
    const asked = indexedDB.open("campaign-review", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onerror = () => give(local);
    asked.onsuccess = () => {
      const store = (mode) => asked.result.transaction("kept", mode).objectStore("kept");
      const answer = (request) => new Promise((done, fail) => { request.onsuccess = () => done(request.result); request.onerror = fail; });
      const range = IDBKeyRange.bound(prefix, prefix + "\uffff");
      give({
        all: async () => {
          const from = store("readonly");
          const [keys, records] = await Promise.all([answer(from.getAllKeys(range)), answer(from.getAll(range))]);
          return keys.map((key, n) => [key, records[n]]);
        },
        put: (records) => {
          const into = store("readwrite");
          for (const [key, record] of records) record ? into.put(record, key) : into.delete(key);
        },
      });
    };
  } catch { give(local); }
});
// All of one deed in one go, before anything else happens to the page.
const unkept = new Set();
const keep = (i) => {
  if (!unkept.size) kept.then((store) => {
    const records = [...unkept].map((j) => [nameOf(j), mine.get(j)]);
    unkept.clear();
    store.put(records);
  });
  unkept.add(i);
};

const set = (i, record) => {
  count(i, -1);
  record && (record.word || record.note || record.stars) ? mine.set(i, record) : mine.delete(i);
  fresh[isNew(i) ? "add" : "delete"](i);
  count(i, 1);
  mark(i);
  keep(i);
};
// Changes are [cell, before, after]; all of one deed are undone together.
const commit = (changes, stack = done) => {
  if (!changes.length) return;
  for (const [i, , after] of changes) set(i, after);
  if (stack === done) undone.length = 0;
  stack.push(changes);
  total();
  tell();
  later();
};
const back = (from, to) => {
  const changes = from.pop();
  if (!changes) return say("Nothing to undo.");
  // What comes back is newer than what it takes the place of, also where that was saved already.
  const turned = changes.map(([i, before, after]) => {
    const word = before?.word ?? (mine.get(i)?.sent && (filed(i)?.[1] ?? "clear"));
    return [i, after, (before || word) && { ...before, word, sent: mine.get(i)?.sent, at: now(mine.get(i)?.at) }];
  });
  for (const [i, , record] of turned) set(i, record);
  to.push(turned);
  total();
  tell();
  later();
  say(changes.length > 1 ? `${changes.length} pictures are as before` : `${address(changes[0][0])} is as before`);
};
const change = (cells, alter) => commit(cells.filter(has).map((i) => {
  const before = mine.get(i);
  return [i, before, { ...before, ...alter(before ?? {}, i), at: now(before?.at ?? filed(i)?.[2]) }];
}));
const told = (cells, what) => say(`${cells.length > 1 ? `${cells.length} pictures` : address(cells[0])}: ${what}`);
const decide = (cells, word, note) => {
  const able = cells.filter(has);
  change(able, (before) => ({ word, note: note ?? before.note }));
  last = [word, note];
  told(able, facts.words[word][1]);
};
// What is in git is taken back by a word of its own, what is only here is forgotten.
const clear = (cells) => {
  const able = cells.filter((i) => mine.has(i) ? mine.get(i).word && mine.get(i).word !== "clear" : filed(i));
  if (!able.length) return say(cells.some((i) => facts.votes[i] && !filed(i)) ? "Only who gave a verdict takes it back. Say who you are: Save verdicts." : "There is nothing of yours to clear.");
  change(able, (_, i) => ({ word: isFiled(i) ? "clear" : undefined, note: "" }));
  told(able, "cleared");
};

// Take over what this browser kept, also of an older sheet, where the picture is the same one.
const takeOver = async () => {
  const keys = new Map();
  links.forEach((_, i) => { if (has(i)) keys.set(at(facts.key, i), i); });
  let older = 0, gone = 0;
  for (const [name, record] of await (await kept).all()) {
    const [key, digest] = JSON.parse(name)[2], i = keys.get(key);
    if (i === undefined) continue;
    if (digest !== picture(i)) {
      if (record.word) { was.set(i, record.word); gone++; }
    } else if (record.word === "clear" && !isFiled(i) || (facts.votes[i] ?? []).some(([, word, when]) => word === record.word && when === record.at)) {
      if (!record.stars) keep(i);
      else mine.set(i, { stars: record.stars });
    } else if (!mine.has(i)) {
      mine.set(i, record);
      older += record.sheet !== facts.sheet;
    }
  }
  for (const i of mine.keys()) if (isNew(i)) fresh.add(i);
  recount();
  if (older || gone) say(`${older} verdicts of an earlier sheet taken over; ${gone} are about pictures that changed, and are only shown`);
};
const recount = () => {
  for (const word of Object.keys(tally)) tally[word] = 0;
  books.clear();
  links.forEach((_, i) => { count(i, 1); if (mine.has(i) || was.has(i) || facts.votes[i]) mark(i); });
  total();
};
