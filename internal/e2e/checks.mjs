// What is checked of a page, in either browser, and how it is reported.

const problems = [];

// check notes what is wrong at a place.
export function check(where, wrong) {
  for (const w of wrong) problems.push(`${where}: ${w}`);
}

// report prints everything noted, and ends the process.
export function report(name, count) {
  for (const p of problems.slice(0, 60)) console.log(p);
  console.log(`${name}: ${count} visits in ${Math.round(performance.now() / 1000)} s, ${problems.length} problems`);
  process.exit(problems.length ? 1 : 0);
}

// Queue runs jobs in a few tabs at once.
export class Queue {
  constructor(tabs, open) { this.tabs = tabs; this.open = open; this.jobs = []; this.count = 0; }
  add(job) { this.jobs.push(job); this.count++; }
  async done() {
    await Promise.all(Array.from({ length: this.tabs }, async () => {
      let tab = await this.open();
      for (let job = this.jobs.shift(); job; job = this.jobs.shift()) {
        const start = performance.now();
        try {
          await job(tab);
          if (process.env.SLOW && performance.now() - start > 3000) console.log('slow', Math.round(performance.now() - start), tab.page.url());
        } catch (e) {
          check('visit', [e.stack.split('\n').slice(0, 4).join(' ')]);
          await tab.context?.close();
          tab = await this.open();
        }
      }
    }));
  }
}

// These run inside the page: they see nothing of this file.
export const inPage = {
  // Nothing is wider than the window.
  overflow() {
    const root = document.documentElement, out = [];
    if (root.scrollWidth > root.clientWidth) out.push(`it is ${root.scrollWidth} px wide in a window of ${root.clientWidth}`);
    for (const e of document.body.querySelectorAll('*')) {
      const r = e.getBoundingClientRect();
      if (!e.closest('svg, pre') && (r.right > root.clientWidth + 1 || r.left < -1)) out.push(`<${e.tagName.toLowerCase()}> reaches from ${r.left} to ${r.right} in a window of ${root.clientWidth}`);
    }
    return out.slice(0, 3);
  },

  // axe-core finds nothing, at levels A and AA and among its best practices.
  async axe(only) {
    const rules = only ? { runOnly: only } : { rules: { 'target-size': { enabled: true } } };
    const { violations } = await window.axe.run(document, { preload: false, resultTypes: ['violations'], ...rules });
    return violations.map((v) => `axe ${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 160)}`);
  },

  // One heading of the first level, landmarks, and the language.
  structure(lang) {
    const out = [], count = (s) => document.querySelectorAll(s).length;
    const want = (ok, text) => { if (!ok) out.push(text); };
    want(count('h1') === 1, count('h1') + ' h1');
    want(count('main') === 1, count('main') + ' main');
    want(document.documentElement.lang === lang, 'lang ' + document.documentElement.lang);
    want(document.dir === (/^(ar|fa|he|ur)/.test(lang) ? 'rtl' : 'ltr'), 'dir ' + document.dir);
    want(document.title.replace(/[\u2066-\u2069]/g, '').startsWith(document.querySelector('h1').textContent.replace(/[\u2066-\u2069]/g, '').trim()), 'the title is ' + document.title);
    want(count('.go') <= 1, count('.go') + ' primary steps');
    want(count('script, iframe, object, embed, link, [style]') === 0, 'there is markup that the page has no use for');
    // Text starts on the side where the language starts.
    const h1 = document.querySelector('h1'), range = document.createRange();
    range.selectNodeContents(h1);
    const text = range.getBoundingClientRect(), box = h1.getBoundingClientRect();
    want(document.dir === 'rtl' ? Math.abs(text.right - box.right) < 12 : Math.abs(text.left - box.left) < 12, 'the heading does not start where its language does');
    for (const s of document.querySelectorAll('a, button')) {
      const r = s.getBoundingClientRect();
      want(r.width >= 24 && r.height >= 24, `a target of ${r.width} by ${r.height}: ${s.outerHTML.slice(0, 80)}`);
    }
    return out;
  },

  // The fixed text of a sentence is drawn in its own order, whatever stands
  // in the values between: each letter beside the one before it.
  order() {
    const out = [], range = document.createRange(), rtl = document.dir === 'rtl';
    for (const p of document.querySelectorAll('main p, footer p')) {
      const walk = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (node.parentElement.closest('bdi')) continue;
        let last;
        for (let i = 0; i < node.length; i++) {
          range.setStart(node, i);
          range.setEnd(node, i + 1);
          const r = range.getBoundingClientRect();
          if (r.width === 0) continue;
          if (last && Math.abs(last.top - r.top) < 2 && (rtl ? r.left > last.left + 1 : r.left < last.left - 1)) {
            out.push('reordered: ' + node.data);
            break;
          }
          last = r;
        }
      }
    }
    return out;
  },

  // Values made no elements, ran nothing and lead nowhere else.
  hostile() {
    const out = [];
    if (window.hit !== undefined) out.push('a script ran');
    if (document.querySelector('main img, script, [onerror], [onfocus], [onload], [autofocus]')) out.push('a value became markup');
    for (const a of document.querySelectorAll('a, form')) {
      const url = a.href ?? a.action;
      if (!url.startsWith(location.origin + '/') && !/^(https:\/\/|mailto:|tel:)/.test(url)) out.push('leads to ' + url);
    }
    if (/[\u202a-\u202e\u061c\u200e\u200f\u2028\u2029\u0000]/.test(document.body.innerText)) out.push('a control character is in the text');
    for (const e of document.querySelectorAll('main bdi')) if (/[\u2066-\u2069]/.test(e.textContent)) out.push('an isolate inside of a bdi');
    return out;
  },

  // What has the focus shows it.
  focusVisible() {
    const s = getComputedStyle(document.activeElement);
    return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
  },
};
