// The page that every release brings along: a file without a network, read by anybody. Everybody in the data is invented.
'use strict';
const fs = require('fs');
const path = require('path');
const { sizes } = require('./lib');

const columns = ['officeThatWroteTheEntryDown', 'sex', 'age', 'countryOfCitizenship', 'help'];
const codes = [['North', 'South', 'East'], ['', 'Woman', 'Man'], ['0--17', '18--29', '30+'], ['', 'MDA', 'NGA', 'PHL'], ['', '1']];

// Data, codebook and tables of 300 people; answers by a fixed rule, so that every run is the same but for the noise.
function write(folder) {
  const rows = Array.from({ length: 300 }, (_, i) => codes.map((c, k) => c[(i * (k + 3) + (i >> (k + 1))) % c.length]));
  const book = { codebook: 'Invented people', version: '1', confirmed: 'the test', columns: columns.map((name, i) => ({ name, codes: codes[i] })) };
  book.columns[3].other = '';
  const table = (name, ...of) => ({ name, columns: of.map((i) => columns[i]) });
  const list = { tables: [table('offices', 0), table('office-sex-age', 0, 1, 2), table('citizenships', 3), table('help', 1, 4)] };
  fs.writeFileSync(path.join(folder, 'people.csv'), [columns, ...rows].map((r) => r.join(',') + '\r\n').join(''));
  fs.writeFileSync(path.join(folder, 'codebook.json'), JSON.stringify(book));
  fs.writeFileSync(path.join(folder, 'tables.json'), JSON.stringify(list));
}

function release(t, folder, kind, out, ...more) {
  const at = (name) => path.join(folder, name);
  const cost = kind === 'suppress' ? ['--k', '10'] : ['--rho', '0.12'];
  const made = t.house.run(['release', kind, at('people.csv'), '--ledger', at('ledger'), '--codebook', at('codebook.json'), ...cost, '--scope', 'victims',
    '--year', '2025', '--out', at(out), ...more]);
  t.equal(made.status, 0, `release ${kind}: ${made.stderr}`);
}

// At every size, in light and in the dark, by axe, with every detail open; nothing is fetched and nothing runs.
async function look(t, page, name) {
  const before = page.viewportSize();
  await page.evaluate(() => { for (const d of document.querySelectorAll('details')) d.open = true; });
  for (const [size, box] of Object.entries(sizes)) {
    await page.setViewportSize(box);
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      const label = `${name} at ${size}, ${scheme}`;
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      t.check(wide <= 0, `${label} scrolls sideways by ${wide} px`);
      if (t.options.looks) await t.axe(page, label, false, scheme === 'dark');
      await t.picture(page, `${name}-${size}-${scheme}`);
    }
  }
  const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await colour();
  await page.emulateMedia({ colorScheme: 'light' });
  t.check(dark !== await colour(), `${name}: the dark has colours of its own`);
  // On paper: in dark ink whatever the device likes, and the list that is folded away on the screen too.
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  t.equal(await colour(), 'rgb(255, 255, 255)', `${name}: paper is white`);
  await page.emulateMedia({ colorScheme: null, media: null });
  await page.setViewportSize(before);
}

async function open(t, file) {
  t.ours.push('file://' + path.dirname(file));
  const page = await t.visitor();
  await page.goto('file://' + file);
  t.equal(await page.getAttribute('html', 'lang'), 'en', 'its language is told');
  t.equal(await page.locator('script, link, img, iframe').count(), 0, 'it brings nothing along that must be fetched');
  t.equal(await page.locator('table:not(:has(caption))').count(), 0, 'every table has a caption');
  const levels = await page.locator('h1, h2, h3').evaluateAll((all) => all.map((h) => Number(h.localName[1])));
  t.check(levels[0] === 1 && levels.slice(1).every((n) => n === 2), `one title and its parts: ${levels}`);
  return page;
}

module.exports = {
  async 'a stranger reads how tables are protected'(t) {
    const folder = fs.mkdtempSync(path.join(t.house.folder, 'released-'));
    write(folder);
    release(t, folder, 'tables', 'out', '--tables', path.join(folder, 'tables.json'));
    const page = await open(t, path.join(folder, 'out', 'privacy.html'));
    const says = await page.locator('main').innerText();
    t.check(/rho 0\.12, which is epsilon 2\.6/.test(says), 'what it cost');
    t.check(/office-sex-age/.test(says) && /What is not protected/.test(says), 'which tables, and what is not protected');
    await page.keyboard.press('Tab');
    t.equal(await page.evaluate(() => document.activeElement.className), 'skip', 'the keyboard comes to the page at once');
    await look(t, page, 'released-tables');
  },

  async 'a stranger reads how exact tables are protected'(t) {
    const folder = fs.mkdtempSync(path.join(t.house.folder, 'released-'));
    write(folder);
    release(t, folder, 'suppress', 'exact', '--tables', path.join(folder, 'tables.json'));
    const page = await open(t, path.join(folder, 'exact', 'privacy.html'));
    const says = await page.locator('main').innerText();
    t.check(says.indexOf('protected by suppression only') < 120, 'what it is comes first');
    t.check(!/epsilon|rho/.test(says), 'no promise that it does not keep');
    await look(t, page, 'released-exact');
  },

  async 'a stranger reads how rows are protected'(t) {
    const folder = fs.mkdtempSync(path.join(t.house.folder, 'released-'));
    write(folder);
    t.equal(t.house.run(['release', 'key', path.join(folder, 'a.key')]).status, 0, 'a key is made');
    release(t, folder, 'microdata', 'rows.csv', '--sign', path.join(folder, 'a.key'));
    const page = await open(t, path.join(folder, 'rows.csv.release', 'privacy.html'));
    const tables = await page.locator('details tbody tr').count(), says = await page.locator('main').innerText();
    const counts = /(\d+) of 10 pairs of columns were counted together(?:; of the columns, (\d+) were)?/.exec(says);
    t.equal(tables, Number(counts[1]) + Number(counts[2] || 0), 'all that was measured is listed');
    t.check(/[0-9a-f]{64}/.test(await page.locator('tr', { hasText: 'Signed' }).innerText()), 'who signed');
    await look(t, page, 'released-microdata');
    const checked = t.house.run(['release', 'verify', path.join(folder, 'rows.csv.release'), '--ledger', path.join(folder, 'ledger')]);
    t.equal(checked.status, 0, `what the page says to do: ${checked.stderr}`);
  },
};
