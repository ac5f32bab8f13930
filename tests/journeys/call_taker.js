// A call taker signs in, works the queue, opens a tip, answers and notes. All texts are invented.
'use strict';
const { press, sendTip, openWhatComes, queueLinks } = require('./lib');
const { usedCode, freshCode } = require('./house');

async function trySignIn(t, name, pass, code) {
  const page = await t.visitor();
  await page.goto(t.house.staff + '/sign-in');
  await page.fill('[name=name]', name);
  await page.fill('[name=pass]', pass);
  await page.fill('[name=code]', code);
  await press(page, 'main form button.main');
  return page;
}

// How many urgent tips the top of the page says are not opened; none said is 0.
async function urgentSaid(t, page) {
  await page.goto(t.house.staff + '/queue');
  const said = page.locator('.bar a[href="/queue?p=0"]');
  return (await said.count()) ? parseInt(await said.innerText(), 10) : 0;
}

module.exports = {
  async 'from the queue to an answer'(t) {
    const marker = `marker-${Date.now()}`;
    const page = await t.staff('call taker');
    t.equal(new URL(page.url()).pathname, '/queue', 'the call taker starts at the queue');
    t.check((await page.locator('[data-row]').count()) > 0, 'the queue has rows');
    await t.look(page, 'queue');

    const link = await openWhatComes(t, page, marker, async () => {
      const sent = await sendTip(t.house, {
        narrative: `Invented for a test: a child is locked in the room above the shop now. <script>alert(1)</script> ${marker}`,
        language: 'en', consent: 'confidential', minor: 'yes', place: { text: 'Invented Road 12' },
        contact: { method: 'text', address: '555-0144' },
      });
      t.equal(sent.status, 201, `the tip is received: ${JSON.stringify(sent.body)}`);
    });
    const seen = await page.locator('main').innerText();
    t.check(seen.includes('<script>alert(1)</script>'), 'the words stand there as text');
    t.check((await page.locator('section:has(#why) li').count()) > 0, 'the reasons of the urgency are said');
    t.check(!(await page.content()).includes('555-0144'), 'who told us is not shown yet');
    await t.look(page, 'tip');

    await press(page, `form[action="${link}/source"] button`);
    t.check((await page.locator('main').innerText()).includes('555-0144'), 'who told us is shown after the step');
    await t.look(page, 'tip-source');
    await page.goto(t.house.staff + '/own');
    const own = await page.locator('main table').first().innerText();
    t.check(/opened[^\n]*who told us/.test(own), `and that it was opened stands in the log: ${own.slice(0, 300)}`);
    await t.look(page, 'own');
    await t.lookAtPseudo(page, t.house.staff + '/own', 'own');

    await page.goto(t.house.staff + link);
    await page.fill('textarea[name=note]', 'Invented note: called the line back.');
    await press(page, 'form:has(textarea[name=note]) button');
    t.check((await page.locator('main').innerText()).includes('Invented note: called the line back.'), 'the note is kept');
    await page.fill('textarea[name=answer]', 'Invented answer: help is on the way.');
    await press(page, 'form:has(textarea[name=answer]) button');
    t.check((await page.locator('main').innerText()).includes('Invented answer: help is on the way.'), 'the answer is kept');
    const due = page.locator('section:has(#h-due)');
    t.check((await due.innerText()).includes('Report to child protection'), 'the report that is due is named');
    t.check((await page.locator('section:has(#h-close)').innerText()).includes('Not done yet: Report to child protection'), 'beside the closing too');
    await due.locator('form [name=reference]').fill('Invented desk for children, number 12');
    await press(page, `form[action="${link}/clock"] button`);
    t.equal(await page.locator(`form[action="${link}/clock"]`).count(), 0, 'done, it is due no more');
    const told = await page.locator('section:has(#hist)').innerText();
    t.check(told.includes('Done: Report to child protection') && told.includes('Invented desk for children'), 'and stands in the history with its words');
    await t.look(page, 'tip-answered');
    await t.lookAtPseudo(page, t.house.staff + link, 'tip-staff');
    await t.lookAtPseudo(page, t.house.staff + '/queue', 'queue');
  },

  async 'what a tip names is confirmed or struck'(t) {
    const page = await t.staff('call taker');
    const marker = `marker-named-${Date.now()}`;
    const link = await openWhatComes(t, page, marker, async () => {
      const sent = await sendTip(t.house, {
        narrative: `Invented for a test. Call seven0two 555 0123 or write lux.rose(at)example[dot]com, her ig is mila_rose88. The white van, plate 7ABC123, waits at ` +
          `221 Old Quarry Street, Apt 4B. They took $1,500 on March 5, 2024. She looks 15. The ad is on lila.example.com/girls, post id 9689123352. ` +
          `I was in room 305 until 10:30 pm, my order number is 48213992. ${marker}`,
        language: 'en', consent: 'anonymous',
      });
      t.equal(sent.status, 201, `the tip is received: ${JSON.stringify(sent.body)}`);
    });
    const marks = page.locator('section:has(#words) mark');
    t.equal(await marks.count(), 10, `ten things are named: ${await marks.allInnerTexts()}`);
    t.check((await page.locator('section:has(#words) .words').innerText()).includes('room 305 until 10:30 pm, my order number is 48213992'), 'and the rest stands as it was written');
    t.check((await page.locator('section:has(#names)').innerText()).includes('+17025550123'), 'with the form in which it is compared');
    await t.look(page, 'tip-names-open');
    await page.keyboard.press('m');
    t.equal(await page.evaluate(() => document.activeElement.tagName + document.activeElement.name), 'SELECT' + (await page.locator('.names select').first().getAttribute('name')), 'm goes to the first');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await press(page, `form[action="${link}/names"] button`);
    t.check((await page.locator('main .box.good').innerText()).includes('Saved'), 'it is saved');
    t.equal(await page.locator('mark.confirmed').count(), 1, 'one is right');
    t.equal(await page.locator('mark.struck').count(), 1, 'one is wrong');
    t.check((await page.locator('section:has(#hist)').innerText()).includes('Looked at what it names: 1 right, 1 wrong'), 'and the history says so');
    await t.look(page, 'tip-names');
    await t.lookAtPseudo(page, t.house.staff + link, 'tip-names');
    await page.locator('mark.confirmed a').click();
    t.equal(await page.evaluate(() => location.hash), '#' + (await page.locator('.names select').first().getAttribute('id')), 'a mark leads to its line');
  },

  async 'an urgent tip is told on every page until somebody opens it'(t) {
    const page = await t.staff('call taker');
    const before = await urgentSaid(t, page);
    const marker = `marker-urgent-${Date.now()}`;
    let during = before;
    const link = await openWhatComes(t, page, marker, async () => {
      const form = await t.visitor();
      await form.goto(t.house.public + '/tip');
      await form.fill('[name=narrative]', `Invented for a test: they are beating him now. ${marker}`);
      await form.check('[name=danger][value=yes]', { force: true });
      await press(form, 'main form.tip button.main');
      for (let i = 0; i < 40 && during !== before + 1; i++) {
        await page.waitForTimeout(500);
        during = await urgentSaid(t, page);
      }
      t.equal(during, before + 1, 'one urgent tip more that nobody opened');
      await page.goto(t.house.staff + '/own');
      t.equal(await page.locator('.bar a[href="/queue?p=0"]').count(), 1, 'it is told on other pages too');
    });
    t.check(/^\/tips\//.test(link), 'it is found in the queue');
    t.equal(await urgentSaid(t, page), before, 'opened, it is told no more');
    const first = await page.locator('[data-row]').first().innerText();
    await page.goto(t.house.staff + link);
    t.check(first.includes((await page.locator('.title .u').innerText()).trim()), 'the most urgent stand first');
  },

  async 'by keyboard alone'(t) {
    const page = await t.staff('call taker');
    const focused = () => page.evaluate(() => { const r = document.activeElement.closest('[data-row]'); return r ? [...document.querySelectorAll('[data-row]')].indexOf(r) : -1; });
    await page.goto(t.house.staff + '/queue');
    for (const [key, row] of [['j', 0], ['j', 1], ['j', 2], ['k', 1], ['k', 0], ['k', 0], ['j', 1]]) {
      await page.keyboard.press(key);
      t.equal(await focused(), row, `the row after ${key}`);
    }
    const href = await page.evaluate(() => document.activeElement.getAttribute('href'));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/tips\//);
    t.equal(new URL(page.url()).pathname, href, 'Enter opens the row');
    await page.keyboard.press('n');
    t.equal(await page.evaluate(() => document.activeElement.id), 'note', 'n goes to the note');
    await page.keyboard.type('rjq');
    t.equal(await page.inputValue('#note'), 'rjq', 'keys are letters while somebody types');
    await page.keyboard.press('Escape');
    await page.keyboard.press('r');
    t.equal(await page.evaluate(() => document.activeElement.id), 'answer', 'r goes to the answer');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    t.check(await page.locator('dialog#keys').isVisible(), '? shows the keys');
    await t.look(page, 'shortcuts');
    await page.keyboard.press('Escape');
    t.check(!(await page.locator('dialog#keys').isVisible()), 'and Escape closes them');
    await page.keyboard.press('q');
    await page.waitForURL(/\/queue/);
    t.equal(new URL(page.url()).pathname, '/queue', 'q goes back to the queue');
  },

  async 'filters and further pages'(t) {
    const page = await t.staff('call taker');
    const all = await queueLinks(t, page);
    await page.goto(t.house.staff + '/queue');
    t.equal(await page.locator('[data-row]').count(), 50, 'fifty tips to a page');
    await press(page, 'a[href*="after="]');
    t.equal(all.size, 50 + await page.locator('[data-row]').count(), 'the next page holds the others, none twice');

    await page.goto(t.house.staff + '/queue');
    await page.selectOption('[name=l]', 'es');
    await press(page, 'form.filters button');
    const cells = (n) => page.locator(`[data-row] td:nth-child(${n})`).allInnerTexts();
    const spoken = await cells(6);
    t.check(spoken.length > 0 && spoken.every((l) => l === 'Spanish'), `only tips in Spanish: ${[...new Set(spoken)]}`);
    t.equal(await page.inputValue('[name=l]'), 'es', 'the filter stays chosen');
    await page.goto(t.house.staff + '/queue?p=1&l=');
    const urgencies = new Set(await cells(2));
    t.equal(urgencies.size, 1, 'one urgency alone');
    let sum = 0;
    for (let p = 0; p < 5; p++) {
      await page.goto(t.house.staff + `/queue?p=${p}&l=`);
      sum += await page.locator('[data-row]').count();
    }
    t.equal(sum, all.size, 'the urgencies together are all');
    await page.goto(t.house.staff + '/queue?p=0&l=es&after=4.99999.' + 'f'.repeat(32));
    t.equal(await page.locator('[data-row]').count(), 0, 'where nothing waits');
    t.equal(await page.locator('a.button[href="/queue"]').count(), 1, 'the page leads back to all');
    await t.look(page, 'queue-empty');
  },

  async 'an error keeps the words'(t) {
    t.allow(/status of 4\d\d/);
    const page = await t.staff('call taker');
    const link = await page.locator('[data-row] a').first().getAttribute('href');
    await page.goto(t.house.staff + link);
    await page.fill('textarea[name=answer]', '   ');
    await press(page, 'form:has(textarea[name=answer]) button');
    t.check((await page.title()).startsWith('Problem:'), 'the title says there is a problem');
    t.check((await page.locator('.field:has(#answer) .error').innerText()).length > 5, 'and the field too');
    await t.look(page, 'tip-staff-error');
    const long = 'Invented words, far too many. '.repeat(700);
    await page.fill('textarea[name=note]', long);
    await press(page, 'form:has(textarea[name=note]) button');
    t.check((await page.title()).startsWith('Problem:'), 'a note too long is refused');
    t.equal((await page.inputValue('textarea[name=note]')).trim(), long.trim(), 'and every word is kept');
  },

  async 'what is not hers does not exist'(t) {
    t.allow(/status of 404/);
    const page = await t.staff('call taker');
    const absent = await page.goto(t.house.staff + '/nothing-here');
    const bytes = async (answer) => (await answer.text()).replace(/name="_token" value="[^"]*"/g, '');
    const expected = await bytes(absent);
    t.equal(absent.status(), 404, 'what is not there');
    await t.look(page, 'staff-not-found');
    await t.lookAtPseudo(page, t.house.staff + '/nothing-here', 'staff-not-found');
    for (const path of ['/people', '/audit', '/settings', '/tips/0190c8d0a1b27c3d8e4f5061728394a5', '/tips/x']) {
      const answer = await page.goto(t.house.staff + path);
      t.equal(answer.status(), 404, `${path} for a call taker`);
      t.check(await bytes(answer) === expected, `${path} is what is not there, byte for byte`);
    }
  },

  async 'every mistake of a sign-in looks alike'(t) {
    t.allow(/status of 4\d\d/);
    const account = t.house.account('call taker', 1);
    const said = [];
    for (const [name, pass] of [[account.name, 'an invented wrong passphrase'], ['nobody.here', account.passphrase], [account.name, account.passphrase]]) {
      const page = await trySignIn(t, name, pass, '000000');
      said.push(await page.locator('#failure').innerText());
      if (said.length === 1) {
        t.equal(await page.inputValue('[name=pass]'), '', 'the passphrase is not sent back');
        await t.look(page, 'sign-in-wrong');
      }
    }
    t.check(said[0].length > 10 && said.every((s) => s === said[0]), `one answer for every mistake: ${JSON.stringify(said)}`);
  },

  async 'signing out ends it, and a code counts once'(t) {
    t.allow(/status of 4\d\d/);
    const account = t.house.account('call taker');
    const page = await trySignIn(t, account.name, account.passphrase, await freshCode(account));
    t.equal(new URL(page.url()).pathname, '/queue', 'the right words and the right code sign in');
    const cookies = await page.context().cookies();
    t.check(cookies.length > 0 && cookies.every((c) => c.httpOnly && c.sameSite === 'Strict'),
      `cookies are shut to scripts and other sites: ${JSON.stringify(cookies.map((c) => ({ ...c, value: '' })))}`);
    const again = await trySignIn(t, account.name, account.passphrase, usedCode(account));
    t.equal(await again.locator('#failure').count(), 1, 'the same code is refused the second time');
    const kept = await page.context().storageState();
    await press(page, 'form[action="/sign-out"] button');
    t.equal(new URL(page.url()).pathname, '/sign-in', 'signed out');
    const thief = await t.visitor({ storageState: kept });
    const answer = await thief.goto(t.house.staff + '/queue');
    t.check(answer.status() === 404 || thief.url().includes('/sign-in'), 'the old cookie opens nothing any more');
  },

  async 'the doors of the staff side'(t) {
    const page = await t.visitor();
    for (const [name, path] of [['sign-in', '/sign-in'], ['enrol', '/enrol'], ['recover', '/recover']]) {
      const answer = await page.goto(t.house.staff + path);
      t.equal(answer.status(), 200, `${path} answers`);
      await t.look(page, name);
      await t.lookAtPseudo(page, t.house.staff + path, name);
    }
  },
};
