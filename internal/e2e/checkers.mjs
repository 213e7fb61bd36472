// Sends every page through the W3C's checker (vnu) and html-validate.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';
import { check, report } from './checks.mjs';

const base = process.env.BASE;
const out = new URL('out/html/', import.meta.url).pathname;
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const validate = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended', 'html-validate:document'],
  rules: {
    // Longer than the 70 characters that search engines show; nothing for one here.
    'long-title': 'off',
    // Whitespace of no weight: the page is made from parts.
    'no-trailing-whitespace': 'off',
    // A form's only button submits it, by HTML's own default.
    'no-implicit-button-type': 'off',
    // For people who type a telephone number into a text: this is a link.
    'tel-non-breaking': 'off',
    'doctype-style': ['error', { style: 'uppercase' }],
  },
});

// get is fetch for any status: Node's own refuses a 407.
function get(url) {
  return new Promise((resolve, reject) => {
    http.get(url, { headers: { Accept: 'text/html' } }, async (response) => {
      const parts = [];
      for await (const part of response) parts.push(part);
      resolve(Buffer.concat(parts).toString());
    }).on('error', reject);
  });
}

const names = new Map(); // of file, the path
const pages = await (await fetch(base + '/pages.json')).json();
for (const p of pages) {
  for (const lang of p.group === 'reason' || p.group === 'bare' ? ['en'] : ['en', 'ar-XB']) {
    const path = p.path + '?lang=' + lang;
    const html = await get(base + path);
    const name = `${p.group}-${p.name || 'index'}-${lang}.html`;
    names.set(name, path);
    writeFileSync(out + name, html);
    const { results } = await validate.validateString(html);
    check(path, results.flatMap((r) => r.messages.map((m) => `html-validate ${m.ruleId}: ${m.message} (${m.line}:${m.column})`)));
  }
}

const jar = String(createRequire(import.meta.url)('vnu-jar'));
const vnu = spawnSync('java', ['-Xss4m', '-jar', jar, '--format', 'json', '--skip-non-html', '--exit-zero-always', out], { encoding: 'utf8', maxBuffer: 1 << 27 });
if (vnu.status !== 0) {
  check('vnu', [vnu.error ?? vnu.stderr]);
} else {
  for (const m of JSON.parse(vnu.stderr || '{"messages":[]}').messages) {
    if (m.type === 'info' && m.subType !== 'warning') continue;
    // A hostile value is in whatever language and form it likes.
    if (m.type === 'info' && /\/hostile-/.test(m.url) && /Normalization Form C|appears to be written in/.test(m.message)) continue;
    check(names.get(m.url?.split('/').pop()) ?? m.url, [`vnu: ${m.message} (${m.lastLine}:${m.lastColumn}) ${m.extract ?? ''}`]);
  }
}
report('vnu and html-validate', names.size);
