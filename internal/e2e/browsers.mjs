// Starts the browsers of the machine, with a fresh profile each and nothing of
// their own on the network.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import puppeteer from 'puppeteer-core';

// find returns the path of the first of these programs, or what a variable of
// the environment names instead. e2e_test.go and setup.sh have the same names.
function find(named, ...programs) {
  for (const program of named ? [named] : programs) {
    if (program.includes('/')) return program;
    for (const dir of process.env.PATH.split(delimiter)) {
      try {
        accessSync(join(dir, program), constants.X_OK);
        return join(dir, program);
      } catch { /* the next one */ }
    }
  }
  throw new Error(`no ${named || programs.join(', no ')} in PATH; internal/e2e/setup.sh says what to do`);
}

export function chromium() {
  return playwright.launch({
    executablePath: find(process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export function firefox() {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: find(process.env.FIREFOX, 'firefox-esr', 'firefox'),
    headless: true,
  });
}
