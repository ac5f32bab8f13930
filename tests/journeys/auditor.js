// An auditor sees who did what, and never what anybody wrote. The exported log proves itself.
'use strict';
const fs = require('fs');
const path = require('path');

module.exports = {
  async 'who did what, and no content'(t) {
    t.allow(/status of 404/);
    const page = await t.staff('auditor');
    const answer = await page.goto(t.house.staff + '/audit');
    t.equal(answer.status(), 200, 'the log is open to the auditor');
    const rows = () => page.locator('main tbody tr td:first-child').allInnerTexts();
    const first = (await rows()).map(Number);
    t.check(first.length > 0 && first.every((n, i) => !i || n < first[i - 1]), 'the log has entries, newest first');
    t.check(/signed in/.test(await page.locator('main').innerText()), 'it says who signed in');
    await t.look(page, 'audit');
    let seen = '';
    for (let more = true; more;) {
      seen += await page.locator('main').innerText();
      const next = page.locator('a.button[href*="/audit?"]');
      more = (await next.count()) > 0;
      if (more) await page.goto(t.house.staff + await next.getAttribute('href'));
    }
    t.check((await rows()).map(Number).at(-1) <= 1, 'page by page back to the first entry');
    t.check(!/Invented Road|locked in the room|555-01/.test(seen), 'no words of a tip stand in the log');
    await t.lookAtPseudo(page, t.house.staff + '/audit', 'audit');
    for (const p of ['/queue', '/people', '/settings']) {
      t.equal((await page.goto(t.house.staff + p)).status(), 404, `${p} for an auditor`);
    }
  },

  async 'the exported log is whole, and a flipped digit is found'(t) {
    const file = path.join(t.house.folder, 'log.export');
    const made = t.house.run(['audit', t.house.data, 'export', file]);
    t.equal(made.status, 0, `the log is written: ${made.stderr}`);
    const good = t.house.run(['audit', 'verify', file]);
    t.equal(good.status, 0, `and found whole: ${good.stderr}`);
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    const entries = lines.map((l, i) => [l, i]).filter(([l]) => /^[0-9a-f]{448}$/.test(l));
    t.check(entries.length > 20, `${entries.length} entries`);
    for (const part of [0.1, 0.5, 0.9]) {
      const [line, at] = entries[Math.floor(entries.length * part)];
      const digit = 48 + Math.floor(part * 200); // in the record, behind its version and number
      const flipped = line.slice(0, digit) + (line[digit] === '0' ? '1' : '0') + line.slice(digit + 1);
      const bad = `${file}.bad`;
      fs.writeFileSync(bad, [...lines.slice(0, at), flipped, ...lines.slice(at + 1)].join('\n'));
      const found = t.house.run(['audit', 'verify', bad]);
      t.equal(found.status, 1, 'one digit flipped is found');
      t.check(found.stderr.includes(`entry ${at - entries[0][1]}:`), `at its entry: ${found.stderr}`);
    }
  },
};
