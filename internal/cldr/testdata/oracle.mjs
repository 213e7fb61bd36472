// Writes oracle.txt: what ICU, through Node's Intl, says about numbers, waits,
// lists and plurals. Run it with a Node whose ICU has the CLDR of the tables:
//
//	node oracle.mjs > oracle.txt
//
// A line is kind, language, question and answer, with tabs between.

const languages = `en de fr es pt-BR pt-PT it nl pl ru uk tr ar he fa hi id ja ko vi th cs sv
nb da fi el hu ro bg sr sr-Latn hr zh-Hans zh-Hant sk ca ms bn ur`.split(/\s+/)

const integers = [0, 1, 2, 3, 4, 5, 6, 10, 11, 20, 21, 22, 25, 30, 100, 101, 102, 103, 111, 1000,
  12345, 1000000]
const more = [-1, -999, -1000, -12345, 999, 9999, 10000, 99999, 100000, 123456, 999999, 1234567,
  2000000, 12345678, 123456789012, 9007199254740991]
const floats = [0.5, 1.5, 0.001, 0.0005, 0.0004, 1.0005, 1.0004, 9.9995, 99.9996, 999.9995, 1.25, -0.5,
  -1234.5, 12345.6, 1234.5678, 9999.9999, 0.1, 2.675, 1e15, 1.5e20, 1e21, 123456789.125, 5e-324]
const units = ['second', 'minute', 'hour', 'day']
const lists = ['A', 'A|B', 'A|B|C', 'A|B|C|D', 'A|B|C|D|E']
const words = {
  es: ['padre|hijo', 'agua|hielo', 'A|hiato', 'A|Hi', 'A|Isabel', 'A|Inés|Iván', 'A|h', 'A|',
    'siete|ocho', 'A|Oslo', 'A|hora', 'A|HOTEL|Hombre', 'uno|8', '7|80', '10|11', '10|11 días', '10|110',
    '10|1', 'oro|plata'],
  he: ['א|ב', 'א|ב|ג', 'א|B', 'A|7', 'A|', 'א|(ב)'],
}

// Where this Node's CLDR is older than the tables, a line here wins:
// 'kind\tlanguage\tquestion': ['answer', 'why'].
const newer = {}

// Words of waits in which the tables differ from CLDR, and ours: see `own` in ../generate/main.go,
// which says why. Here they are replaced in what is said, and there in the patterns.
const own = {
  ar: [['خلال', 'بعد']],
  bn: [['সেকেন্ডে', 'সেকেন্ড পরে'], ['মিনিটে', 'মিনিট পরে'], ['ঘণ্টায়', 'ঘণ্টা পরে'], ['দিনের মধ্যে', 'দিন পরে']],
  he: [[' (1)', ''], [' (2)', '']],
  hi: [['में', 'बाद']],
  ur: [['دنوں میں', 'دن بعد'], ['میں', 'بعد']],
}
const reword = (language, wait) => (own[language] ?? []).reduce((w, [theirs, ours]) => w.replace(theirs, ours), wait)

const letter = { zero: 'z', one: '1', two: '2', few: 'f', many: 'm', other: 'o' }

console.log(`# Written by oracle.mjs. ICU ${process.versions.icu}, CLDR ${process.versions.cldr}.`)
console.log(`# Waits have words of ours in: ${Object.keys(own).join(' ')}.`)
function row(kind, language, question, answer) {
  const newest = newer[`${kind}\t${language}\t${question}`]
  if (newest) {
    console.log(`# Node: ${answer}; ${newest[1]}`)
    answer = newest[0]
  }
  console.log(`${kind}\t${language}\t${question}\t${answer}`)
}

for (const l of languages) {
  const number = new Intl.NumberFormat(l)
  for (const n of [...integers, ...more]) row('int', l, n, number.format(n))
  for (const n of floats) row('float', l, n, number.format(n))
  const relative = new Intl.RelativeTimeFormat(l)
  for (const u of units) for (const n of integers) {
    row('relative', l, `${n} ${u}`, reword(l, relative.format(n, u)))
  }
  for (const [kind, type] of [['and', 'conjunction'], ['or', 'disjunction']]) {
    const list = new Intl.ListFormat(l, { type })
    for (const items of [...lists, ...(words[l] ?? [])]) row(kind, l, items, list.format(items.split('|')))
  }
  const plural = new Intl.PluralRules(l)
  const pick = (n) => letter[plural.select(n)]
  const upTo = (n, by) => Array.from({ length: n + 1 }, (_, i) => pick(i / by)).join('')
  row('plural', l, '0..200', upTo(200, 1))
  row('tenths', l, '0..20', upTo(200, 10))
  row('thousandths', l, '0..1', upTo(1000, 1000))
  row('millions', l, '0..20', Array.from({ length: 21 }, (_, i) => pick(i * 1e6)).join(''))
  const has = plural.resolvedOptions().pluralCategories
  row('categories', l, 'all', Object.keys(letter).filter((c) => has.includes(c)).join(' '))
}
