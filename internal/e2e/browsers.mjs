// Starts Debian's browsers, with a fresh profile each and nothing of their own
// on the network.
import { chromium as playwright } from 'playwright-core';
import puppeteer from 'puppeteer-core';

export function chromium() {
  return playwright.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export function firefox() {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX || '/usr/bin/firefox-esr',
    headless: true,
  });
}
