// What a test looks for in a page; the file is one expression, an object of functions.
({
  // Controls without a name, ids that stand twice, jumps in the order of focus, tables without heads.
  faults() {
    const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 0;
    const byId = (ids) => (ids || "").split(" ").filter(Boolean).map((id) => document.getElementById(id)?.innerText).join(" ");
    const labels = (e) => [...(e.labels || [])].map((l) => l.innerText).join(" ");
    const name = (e) => (e.getAttribute("aria-label") || byId(e.getAttribute("aria-labelledby")) || labels(e) || e.innerText
      || e.title || e.placeholder || e.getAttribute("alt") || "").trim();
    const wanting = "button, a[href], input:not([type=hidden]), select, textarea, [role=button], [role=slider], [role=img], img, canvas";
    // Vuetify's own inputs inside of a list or a slider are named by what stands around them.
    const inside = (e) => e.closest("[aria-hidden=true], .hands") || (e.tagName === "INPUT" && e.closest(".v-slider, [hidden]"));
    const faults = [...document.querySelectorAll(wanting)].filter((e) => seen(e) && !inside(e) && !name(e))
      .map((e) => "no name: " + e.outerHTML.slice(0, 160));
    const known = new Set();
    for (const e of document.querySelectorAll("[id]")) {
      if (known.has(e.id)) faults.push("twice: #" + e.id);
      known.add(e.id);
    }
    for (const e of document.querySelectorAll("[tabindex]")) if (e.tabIndex > 0) faults.push("jumps: " + e.outerHTML.slice(0, 90));
    for (const e of document.querySelectorAll("table")) if (seen(e) && !e.querySelector("th")) faults.push("a table without heads");
    if (!document.querySelector("main")) faults.push("no main part");
    if (!document.documentElement.lang) faults.push("no language");
    return faults;
  },

  // Where the focus is: part of the page, whether one sees it, what it is.
  focus() {
    const e = document.activeElement, part = e.closest(".top, .lab-left, .bar, .tissue-card, .curve-card, .time-card, .note");
    const ring = (s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
    const around = [e, e.closest(".v-input__slot"), e.closest(".v-input--selection-controls__input"), e.querySelector(".v-slider__thumb")];
    const lit = around.some((x) => x && ring(getComputedStyle(x))) || e.matches(".sheet-search");
    return [part ? part.className.split(" ").find((n) => /top|left|bar|tissue|curve|time|note/.test(n)) : "", lit, e.outerHTML.slice(0, 110)];
  },

  // Parts of the bar that lie over each other.
  overlap() {
    const boxes = [...document.querySelectorAll(".transport > *, .speed > *, .clock, .figure")]
      .filter((e) => e.offsetParent && !e.matches(".speed")).map((e) => [e.className, e.getBoundingClientRect()]);
    const across = (a, b, from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]) > 1;
    const hit = (a, b) => across(a, b, "left", "right") && across(a, b, "top", "bottom");
    return boxes.flatMap(([n, a], i) => boxes.slice(i + 1).filter(([, b]) => hit(a, b)).map(([m]) => `${n} over ${m}`));
  },

  small(least) {
    const fingers = ".bar button, .top button, .segments button, .scenario button, .tissue-zoom button";
    return [...document.querySelectorAll(fingers)].filter((b) => b.offsetParent && b.offsetHeight < least)
      .map((b) => [b.innerText || b.title, b.offsetHeight]);
  },

  cut() {
    const over = (e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1;
    return [...document.querySelectorAll(".gap-words, .luck-words, .clock, .figure, .note-words")].filter((e) => e.offsetParent && over(e))
      .map((e) => `${e.className}: ${e.innerText}`);
  },

  moving() {
    const long = (times) => times.split(",").some((t) => parseFloat(t) > 0);
    return [...document.querySelectorAll("body *")].map((e) => [e, getComputedStyle(e)])
      .filter(([, s]) => s.animationName !== "none" || long(s.transitionDuration)).map(([e]) => e.outerHTML.slice(0, 80));
  },
})
