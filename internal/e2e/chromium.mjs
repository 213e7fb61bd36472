// Visits every page in Chromium: each reason in light and dark, at three
// widths, from left to right and from right to left; then what a reason alone
// does not show. Prints what is wrong, one line each, and exits with 1.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from './browsers.mjs';
import { check, inPage, report, Queue } from './checks.mjs';

const base = process.env.BASE;
const only = process.env.ONLY; // a part of the path, to look at one thing
const pages = (await (await fetch(base + '/pages.json')).json()).filter((p) => !only || p.path.includes(only));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium();

const widths = [320, 768, 1280], schemes = ['light', 'dark'], languages = ['en', 'ar-XB'];

// newPage opens a page that notes what it should not do.
async function newPage() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const seen = { requests: [], messages: [] };
  page.on('request', (r) => { if (!r.isNavigationRequest() || r.frame() !== page.mainFrame()) seen.requests.push(r.url()); });
  page.on('console', (m) => { if (m.type() === 'error' && !/the server responded with a status of/.test(m.text())) seen.messages.push(m.text()); });
  page.on('pageerror', (e) => seen.messages.push(String(e)));
  page.on('dialog', (d) => { seen.messages.push('dialog ' + d.message()); d.dismiss(); });
  await page.addInitScript(() => addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI)));
  return { page, seen, context };
}

// visit checks one address in every scheme and width given. axe has all its
// rules once, and then those that colours and widths have a say in.
async function visit({ page, seen }, p, lang, schemes, widths, withAxe = true) {
  const path = p.path + '?lang=' + lang;
  seen.requests.length = seen.messages.length = 0;
  await page.goto(base + path);
  if (withAxe) {
    await page.evaluate(axe);
    check(path, await page.evaluate(inPage.axe));
  }
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    for (const width of widths) {
      const where = `${path} ${colorScheme} ${width}`;
      await page.setViewportSize({ width, height: 800 });
      check(where, await page.evaluate(inPage.overflow));
      if (withAxe) check(where, await page.evaluate(inPage.axe, ['color-contrast', 'target-size', 'link-in-text-block', 'scrollable-region-focusable']));
    }
  }
  check(path, seen.requests.map((u) => 'it requested ' + u));
  check(path, seen.messages.map((m) => 'it said ' + m));
  check(path, await page.evaluate(inPage.structure, lang));
}

// take presses the first step by keyboard alone, and lands where it leads.
async function take({ page }, p, lang) {
  const path = p.path + '?lang=' + lang;
  if (!p.primary) return;
  await page.goto(base + path);
  await page.keyboard.press('Tab');
  if (!await page.evaluate(() => document.activeElement.classList.contains('go'))) {
    check(path, ['the first Tab goes to ' + await page.evaluate(() => document.activeElement.outerHTML)]);
    return;
  }
  if (!await page.evaluate(inPage.focusVisible)) check(path, ['the focus on the first step is not seen']);
  if (!p.primary.startsWith('/')) return;
  const want = new URL(p.primary, base);
  // To try again is to load the same page once more.
  const again = want.pathname === p.path;
  const arrival = again ? page.waitForEvent('load') : page.waitForURL((u) => u.pathname.startsWith('/step/') || u.pathname === '/');
  await Promise.all([arrival, page.keyboard.press('Enter')]);
  const at = new URL(page.url());
  if (at.pathname !== want.pathname) check(path, [`the first step led to ${at}; want ${want}`]);
  if (again) return;
  const next = at.searchParams.get('next');
  if (next !== null && next !== path) check(path, [`the first step brings back to ${next}`]);
  const method = await page.evaluate(() => document.querySelector('h1')?.textContent);
  if (method && method !== p.method) check(path, [`the first step came by ${method}; want ${p.method}`]);
}

const queue = new Queue(2, newPage);
for (const p of pages) {
  // Chromium shows a 407 only from a proxy. It is one page like the others,
  // and checkers.mjs reads it.
  if (p.name === 'proxy-auth-required') continue;
  switch (p.group) {
    case 'reason':
      for (const lang of languages) queue.add(async (tab) => {
        await visit(tab, p, lang, schemes, widths);
        await take(tab, p, lang);
      });
      break;
    case 'bare': // nothing but text to do: less to go wrong
      queue.add((tab) => visit(tab, p, 'en', ['light'], [320], false));
      queue.add((tab) => visit(tab, p, 'ar-XB', ['dark'], [768], false));
      break;
    case 'docs':
      queue.add((tab) => visit(tab, p, 'en', schemes, [320, 1280]));
      break;
    case 'hostile':
      for (const lang of languages) queue.add(async (tab) => {
        await visit(tab, p, lang, ['light'], [320], false);
        check(p.path, await tab.page.evaluate(inPage.order));
        check(p.path, await tab.page.evaluate(inPage.hostile));
      });
      break;
    default:
      for (const lang of languages) queue.add(async (tab) => {
        await visit(tab, p, lang, schemes, widths);
        await take(tab, p, lang);
      });
  }
  // The longest texts, in the narrowest window.
  if (p.group === 'reason') queue.add((tab) => visit(tab, p, 'en-XA', ['light'], [320], false));
}

// Languages that are there, with their long words, tall letters and no spaces.
for (const lang of 'de fi hu el ru uk tr ar he fa ur hi bn th ta ml km my ja ko vi zh-Hans zh-Hant'.split(' ')) {
  queue.add(async (tab) => {
    for (const p of pages) {
      if (!['sign-in-required', 'plan-too-low', 'second-factor-required', 'rate-limited'].includes(p.name)) continue;
      const answer = await fetch(`${base}${p.path}?lang=${lang}`, { method: 'HEAD', headers: { Accept: 'text/html' } });
      if (answer.headers.get('Content-Language') === lang) await visit(tab, p, lang, ['light'], [320], false);
    }
  });
}

// A window of 1280 pixels at 400 % has 320 by 200; then the text alone twice
// as big (WCAG 1.4.4, 1.4.10); then the spacing of WCAG 1.4.12.
queue.add(async ({ page }) => {
  for (const path of ['/case/also', '/case/long-words', '/brand/full', '/case/told']) {
    await page.setViewportSize({ width: 320, height: 200 });
    await page.goto(base + path);
    check(path + ' at 400 %', await page.evaluate(inPage.overflow));
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    check(path + ' with text at 200 %', await page.evaluate(inPage.overflow));
    await page.evaluate(() => {
      document.documentElement.style.fontSize = '';
      for (const e of document.body.querySelectorAll('*')) Object.assign(e.style, { lineHeight: '1.5', letterSpacing: '.12em', wordSpacing: '.16em' });
    });
    check(path + ' with wide spacing', await page.evaluate(inPage.overflow));
  }
});

// Forced colours and paper.
queue.add(async ({ page }) => {
  for (const media of [{ forcedColors: 'active', colorScheme: 'light' }, { forcedColors: 'active', colorScheme: 'dark' }, { media: 'print' }, { reducedMotion: 'reduce' }]) {
    await page.emulateMedia({ media: 'screen', forcedColors: 'none', colorScheme: 'light', reducedMotion: 'no-preference', ...media });
    for (const path of ['/reason/email-unverified', '/brand/full', '/case/post']) {
      await page.setViewportSize({ width: 768, height: 900 });
      await page.goto(base + path);
      check(path + JSON.stringify(media), await page.evaluate(inPage.overflow));
      if (media.forcedColors) continue; // the system's colours; axe reads ours
      await page.evaluate(axe);
      check(path + JSON.stringify(media), await page.evaluate(inPage.axe));
    }
  }
  await page.emulateMedia({ media: 'screen', forcedColors: 'none', colorScheme: 'light', reducedMotion: 'no-preference' });
});

// Denied, signed in, and back.
queue.add(async ({ page }) => {
  const path = '/account?tab=2&q=a%20b';
  await page.goto(base + path);
  await page.keyboard.press('Tab');
  await Promise.all([page.waitForURL('**/step/sign-in*'), page.keyboard.press('Enter')]);
  await Promise.all([page.waitForURL('**/account*'), page.click('button')]);
  if (page.url() !== base + path) check(path, ['the sign-in came back to ' + page.url()]);
  if (await page.textContent('h1') !== 'Your account') check(path, ['denied once more']);
});

// The answer to a form may lead to another site, which the page's policy is
// asked about as well, and which is not told where it was followed from. The form
// says where it comes from, or checks against forgery would refuse it. The tab is
// thrown away: the page that says so is still on its way.
queue.add(async () => {
  const { page, seen, context } = await newPage();
  await page.goto(base + '/elsewhere');
  seen.messages.length = 0;
  const left = page.waitForEvent('requestfailed', (r) => r.url().startsWith('https://pay.invalid/'));
  await page.click('main form button');
  const away = await left;
  const reason = away.failure().errorText; // there is no such host
  const { origin } = await away.redirectedFrom().allHeaders();
  if (origin !== base) check('/elsewhere', ['the form was sent with Origin ' + origin]);
  if (away.headers().referer) check('/elsewhere', ['another site was told of ' + away.headers().referer]);
  if (/BLOCKED|CSP/.test(reason) || seen.messages.some((m) => /CSP|Content Security Policy/.test(m))) check('/elsewhere', ['the form led nowhere: ' + reason, ...seen.messages]);
  await context.close();
});

// A script's fetch of a 401 with Basic must not wait for a password box.
queue.add(async ({ page }) => {
  await page.goto(base + '/blank');
  const got = await page.evaluate(async () => {
    const start = performance.now();
    try {
      const r = await fetch('/basic', { signal: AbortSignal.timeout(3000) });
      return { status: r.status, challenge: r.headers.get('WWW-Authenticate'), ms: performance.now() - start };
    } catch (e) { return { error: String(e) }; }
  });
  if (got.status !== 401 || !/^Session /.test(got.challenge)) check('/basic', ['fetch got ' + JSON.stringify(got)]);
});

await queue.done();
await browser.close();
report('chromium', queue.count);
