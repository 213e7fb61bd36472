// Visits a smaller set of pages in Firefox, which has its own mind about
// layout, policies and forms.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { firefox } from './browsers.mjs';
import { check, inPage, report } from './checks.mjs';

const base = process.env.BASE;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await firefox();
const page = await browser.newPage();
const messages = [];
page.on('console', (m) => { if (m.type() === 'error' && !/status of|status code/.test(m.text())) messages.push(m.text()); });
page.on('dialog', (d) => { messages.push('dialog ' + d.message()); d.dismiss(); });
const pages = await (await fetch(base + '/pages.json')).json();
let count = 0;

const some = ['sign-in-required', 'email-unverified', 'role-missing', 'plan-too-low', 'rate-limited', 'geo-blocked', 'not-found'];
for (const p of pages) {
  if (!(p.group === 'reason' && some.includes(p.name)) && !['case', 'brand', 'hostile'].includes(p.group)) continue;
  for (const lang of ['en', 'ar-XB']) {
    const path = p.path + '?lang=' + lang;
    messages.length = 0;
    await page.goto(base + path);
    count++;
    for (const width of p.group === 'hostile' ? [320] : [320, 1280]) {
      await page.setViewport({ width, height: 800 });
      check(`${path} ${width}`, await page.evaluate(inPage.overflow));
    }
    check(path, await page.evaluate(inPage.structure, lang));
    if (p.group === 'hostile') {
      check(path, await page.evaluate(inPage.order));
      check(path, await page.evaluate(inPage.hostile));
    } else {
      await page.evaluate(axe);
      check(path, await page.evaluate(inPage.axe));
    }
    check(path, messages.map((m) => 'it said ' + m));
    if (p.group === 'reason' && p.primary?.startsWith('/')) {
      await page.keyboard.press('Tab');
      if (!await page.evaluate(() => document.activeElement.classList.contains('go'))) {
        check(path, ['the first Tab goes to ' + await page.evaluate(() => document.activeElement.outerHTML)]);
        continue;
      }
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      if (new URL(page.url()).pathname !== new URL(p.primary, base).pathname) check(path, ['the first step led to ' + page.url()]);
    }
  }
}

// Denied, signed in, and back.
await page.goto(base + '/account?tab=2');
await page.keyboard.press('Tab');
await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
await Promise.all([page.waitForNavigation(), page.click('button')]);
if (page.url() !== base + '/account?tab=2') check('/account', ['the sign-in came back to ' + page.url()]);

// A script's fetch of a 401 with Basic must not wait for a password box.
await page.goto(base + '/blank');
const got = await page.evaluate(async () => {
  try {
    const r = await fetch('/basic', { signal: AbortSignal.timeout(3000) });
    return { status: r.status, challenge: r.headers.get('WWW-Authenticate') };
  } catch (e) { return { error: String(e) }; }
});
if (got.status !== 401 || !/^Session /.test(got.challenge)) check('/basic', ['fetch got ' + JSON.stringify(got)]);

await browser.close();
report('firefox', count);
