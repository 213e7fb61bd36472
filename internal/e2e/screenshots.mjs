// Takes pictures of the pages into out/, for a person to look at:
//
//   npm run screenshots            the usual dozen
//   npm run screenshots -- docs    those that README shows, into ../../docs
import { mkdirSync } from 'node:fs';
import { chromium } from './browsers.mjs';

const base = process.env.BASE;
const here = new URL('.', import.meta.url).pathname;
const docs = process.argv.includes('docs');
const out = docs ? here + '../../docs/' : here + 'out/';
mkdirSync(out, { recursive: true });

const wide = { width: 1280, height: 800 }, tablet = { width: 768, height: 900 }, phone = { width: 320, height: 640 };
const shots = docs ? [
  ['page-light', '/brand/full', { width: 800, height: 600 }],
  ['page-dark', '/reason/email-unverified', { width: 800, height: 600 }, { colorScheme: 'dark' }],
  ['page-ar', '/reason/email-unverified?lang=ar', { width: 800, height: 600 }],
] : [
  ['sign-in-1280', '/reason/sign-in-required', wide],
  ['sign-in-1280-dark', '/reason/sign-in-required', wide, { colorScheme: 'dark' }],
  ['sign-in-320', '/reason/sign-in-required', phone],
  ['email-768-ar', '/reason/email-unverified?lang=ar', tablet],
  ['email-320-de', '/reason/email-unverified?lang=de', phone],
  ['role-768', '/bare/role-missing', tablet],
  ['rate-768', '/reason/rate-limited', tablet],
  ['scope-768-dark', '/reason/insufficient-scope', tablet, { colorScheme: 'dark' }],
  ['pay-768', '/reason/payment-required', tablet],
  ['geo-768', '/reason/geo-blocked', tablet],
  ['gone-768', '/reason/not-found', tablet],
  ['also-768', '/case/also', tablet],
  ['also-320-xb', '/case/also?lang=ar-XB', phone],
  ['told-768', '/case/told', tablet],
  ['brand-768', '/brand/full', tablet],
  ['brand-320-dark', '/brand/full', phone, { colorScheme: 'dark' }],
  ['brand-colour', '/brand/colour?lang=ar', tablet],
  ['long-320', '/case/long-words', phone],
  ['forced-768', '/reason/email-unverified', tablet, { forcedColors: 'active', colorScheme: 'dark' }],
  ['print-768', '/reason/email-unverified', tablet, { media: 'print' }],
  ['xa-320', '/reason/email-unverified?lang=en-XA', phone],
  ['bare-403', '/case/bare-403', tablet],
  ['hostile-10', '/hostile/10', tablet],
  ['docs', '/docs/insufficient-scope', tablet],
];

const browser = await chromium();
const context = await browser.newContext();
const page = await context.newPage();
for (const [name, path, viewport, media = {}] of shots) {
  if (process.argv[2] && !docs && !process.argv.slice(2).some((a) => name.includes(a))) continue;
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', media: 'screen', ...media });
  await page.goto(base + path);
  await page.screenshot({ path: out + name + '.png', fullPage: true });
  console.log(out + name + '.png');
}
await browser.close();
