// The search of a site that has no server: the words of all posts are here, cut by the program that made the site, and the
// posts that are found are loaded as they are shown. What is written into the box is cut as package search cuts it.
"use strict";

const finder = (() => {
  const filler = "\uE000"; // begins what is true of a post, as it stands in no word
  const atOnce = 20, perFile = 100;
  const all = []; // of each post the second of its time, and its terms between blanks; the newest first
  const files = new Map(); // the posts that were loaded, by the number of their file

  const unspaced = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\u30FC\uFF70]/u;

  function kind(c) {
    if (c < "\x80") return /[a-z0-9]/i.test(c) ? "letter" : "gap";
    if (/[\p{M}\p{Cf}\uFF9E\uFF9F]/u.test(c)) return "mark";
    if (!/[\p{L}\p{N}]/u.test(c)) return "gap";
    return unspaced.test(c) ? "sign" : "letter";
  }

  function fold(s) {
    s = s.normalize("NFKD").replace(/[\u0300-\u036F\p{Cf}]/gu, "");
    return [...s].map((c) => c.toLowerCase()).join("").replaceAll("ς", "σ").normalize("NFKC");
  }

  const longest = 120; // bytes of a term
  function cut(term) {
    if (new TextEncoder().encode(term).length <= longest) return term;
    const kept = [];
    let bytes = 0;
    for (const c of term) {
      bytes += new TextEncoder().encode(c).length;
      if (bytes > longest) break;
      kept.push(c);
    }
    return kept.join("");
  }

  // The words of a text: runs of letters and digits; of scripts without blanks each character, and between two their pair.
  function words(text) {
    const found = [];
    let begin = -1, last = -1, sign = false;
    const add = (start, end) => {
      let term = "";
      for (const c of fold(text.slice(start, end)) + " ") {
        if (kind(c) !== "gap") term += c;
        else if (term !== "") { found.push({ term: cut(term), start, end }); term = ""; }
      }
    };
    const finish = (end) => {
      if (begin < 0) return false;
      add(begin, end);
      last = begin;
      begin = -1;
      return true;
    };
    const pair = (i) => {
      const [second] = text.slice(i).match(/^.[\p{M}\p{Cf}\uFF9E\uFF9F]*/us);
      add(last, i + second.length);
    };
    let i = 0;
    for (const c of text) {
      const k = kind(c);
      if (!(k === "mark" && begin >= 0) && !(k === "letter" && begin >= 0 && !sign)) {
        if (finish(i) && sign && k === "sign") pair(i);
        if (k === "letter" || k === "sign") { begin = i; sign = k === "sign"; }
      }
      i += c.length;
    }
    finish(text.length);
    return found;
  }

  // A pair at an end of a phrase holds the character at that end.
  function inner(found) {
    if (found.length > 1 && found[1].start === found[0].start && found[1].end > found[0].end) found = found.slice(1);
    const n = found.length;
    if (n > 1 && found[n - 2].end === found[n - 1].end && found[n - 2].start < found[n - 1].start) found = found.slice(0, -1);
    return found.map((w) => w.term);
  }

  const fact = (operator, value) => filler + operator + cut([..."=" + fold(value)].map((c) =>
    c < "\x80" && kind(c) === "gap" || /\s/u.test(c) ? String.fromCharCode(0xE000 + (c < "\x80" ? c.charCodeAt(0) : 32)) : c).join(""));

  class Mistake extends Error {}

  const choices = { has: ["image", "video", "audio", "media", "poll", "link", "cw"], is: ["reply", "edited", "sensitive"] };

  function operator(name, value) {
    if (value === "") throw new Mistake(`${name}: needs a value`);
    if (name in choices && !choices[name].includes(value.toLowerCase())) {
      throw new Mistake(`${name}:${value}: there are ${choices[name].join(", ")}`);
    }
    return fact(name, value.replace({ from: /^@/, to: /^@/, tag: /^#/ }[name] ?? /^$/, ""));
  }

  // The seconds at which a day, a month or a year begins and has ended, in UTC.
  function span(name, value) {
    const [, y, m, d] = value.match(/^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/) ?? [];
    if (!y) throw new Mistake(`${name}:${value}: a date is written as in ${name}:2024-05-31, 2024-05 or 2024`);
    const from = Date.UTC(+y, (m ?? 1) - 1, d ?? 1);
    return [from / 1000, (d ? from + 864e5 : m ? Date.UTC(+y, +m, 1) : Date.UTC(+y + 1, 0, 1)) / 1000];
  }

  // One thing that a post must have: a text that stands in its terms.
  function condition({ name, text, quoted }) {
    if (name) return { terms: [operator(name, text)], needle: ` ${operator(name, text)} ` };
    const prefix = !quoted && text.endsWith("*");
    const terms = inner(words(text.normalize("NFC")));
    if (terms.length === 0) throw new Mistake(`${text} has neither letters nor digits: only these can be searched for`);
    return { terms, prefix, needle: ` ${terms.join(" ")}${prefix ? "" : " "}` };
  }

  const item = /(-?)(?:(from|to|tag|has|is|language|before|after|during|in|by):)?(?:"([^"]*)"|([^\s"]+))/giu;

  // A query: any of each list must stand in a post's terms, and none of what it is without.
  function parse(text) {
    const query = { lists: [], without: [], from: -Infinity, to: Infinity };
    let or = false;
    for (const [, not, operator, quotation, word] of text.matchAll(item)) {
      const name = operator?.toLowerCase(), value = quotation ?? word;
      if (word === "OR" && !name && !not && query.lists.length > 0) { or = true; continue; }
      if (name === "in" || name === "by") throw new Mistake(`${name}: is for the archive itself: lama search and lama serve know it`);
      if (["before", "after", "during"].includes(name)) {
        const [from, to] = span(name, value);
        if (name !== "before") query.from = Math.max(query.from, name === "after" ? to : from);
        if (name !== "after") query.to = Math.min(query.to, name === "before" ? from : to);
        continue;
      }
      const one = condition({ name, text: value, quoted: quotation !== undefined });
      if (not) query.without.push(one);
      else if (or) query.lists.at(-1).push(one);
      else query.lists.push([one]);
      or = false;
    }
    return query;
  }

  const matches = (query, [at, terms]) => at >= query.from && at < query.to &&
    query.lists.every((any) => any.some((c) => terms.includes(c.needle))) && !query.without.some((c) => terms.includes(c.needle));

  // Loads a file of posts: it is a script, as a page from a disk may read no other file.
  function load(n) {
    if (files.has(n)) return files.get(n).promise;
    const file = {};
    file.promise = new Promise((resolve, reject) => Object.assign(file, { resolve, reject }));
    files.set(n, file);
    const script = document.createElement("script");
    script.nonce = document.querySelector("script[nonce]").nonce;
    script.src = `search/posts-${n}.js`;
    script.onerror = () => file.reject(new Error(`${script.src} is missing`));
    document.head.append(script);
    return file.promise;
  }

  function mark(article, query) {
    const wanted = query.lists.flat().filter((c) => !c.terms[0].startsWith(filler));
    const walker = document.createTreeWalker(article.querySelector(".content"), NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const node of texts) {
      const found = words(node.data);
      const hits = found.flatMap((w, i) => wanted.filter((c) => c.terms.every((t, j) => found[i + j] && (found[i + j].term === t ||
        c.prefix && j === c.terms.length - 1 && found[i + j].term.startsWith(t)))).map((c) => [w.start, found[i + c.terms.length - 1].end]));
      let end = node.length;
      for (const [start, stop] of hits.reverse()) {
        if (stop > end) continue;
        const hit = document.createElement("mark");
        const part = node.splitText(start);
        part.splitText(stop - start);
        part.replaceWith(hit);
        hit.append(part);
        end = start;
      }
    }
  }

  async function show(query, found, from) {
    const list = document.getElementById("found");
    const shown = found.slice(from, from + atOnce);
    const html = await Promise.all(shown.map(async (n) => (await load(Math.floor(n / perFile)))[n % perFile]));
    for (const one of html) {
      const holder = document.createElement("template");
      holder.innerHTML = one;
      mark(holder.content, query);
      list.append(holder.content);
    }
    const older = document.getElementById("older");
    older.hidden = from + atOnce >= found.length;
    older.onclick = () => show(query, found, from + atOnce);
  }

  function run() {
    const text = (new URLSearchParams(location.search).get("q") ?? "").trim();
    for (const box of document.querySelectorAll("input[name=q]")) box.value = text;
    if (text === "") return;
    document.getElementById("operators").open = false;
    try {
      const query = parse(text);
      const found = all.flatMap((post, n) => matches(query, post) ? [n] : []);
      document.getElementById("note").textContent = found.length === 0 ? "No post matches." :
        found.length === 1 ? "1 post matches." : `${found.length.toLocaleString("en")} posts match, the newest first.`;
      show(query, found, 0);
    } catch (mistake) {
      if (!(mistake instanceof Mistake)) throw mistake;
      const alarm = document.getElementById("mistake");
      alarm.textContent = mistake.message;
      alarm.hidden = false;
    }
  }

  addEventListener("DOMContentLoaded", run);
  return {
    words: (posts) => { for (const post of posts) all.push(post); },
    posts: (n, posts) => files.get(n)?.resolve(posts),
    analyse: (text) => words(text.normalize("NFC")).map((w) => w.term),
  };
})();
