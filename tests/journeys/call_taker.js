// A call taker signs in, works the queue, opens a tip, answers and notes. All texts are invented.
'use strict';
const { press, sendTip } = require('./lib');

async function openNewest(t, page, marker) {
  await page.goto(t.house.staff + '/queue');
  const links = await page.locator('[data-row] a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  for (const link of links.slice(0, 10)) {
    await page.goto(t.house.staff + link);
    if ((await page.locator('main').innerText()).includes(marker)) return link;
  }
  throw new Error(`no tip with ${marker} among the first ${links.length} of the queue`);
}

module.exports = {
  async 'from the queue to an answer'(t) {
    const marker = `marker-${Date.now()}`;
    const sent = await sendTip(t.house, {
      narrative: `Invented for a test: a child is locked in the room above the shop now. <script>alert(1)</script> ${marker}`,
      language: 'en', consent: 'confidential', place: { text: 'Invented Road 12' },
    });
    t.equal(sent.status, 201, 'the tip is received');
    const page = await t.signIn('call taker');
    t.equal(new URL(page.url()).pathname, '/queue', 'the call taker starts at the queue');
    t.check((await page.locator('[data-row]').count()) > 0, 'the queue has rows');
    t.check(!(await page.locator('main').innerText()).includes('locked in the room'), 'the queue shows nobody\'s words');
    await t.look(page, 'queue');

    const link = await openNewest(t, page, marker);
    t.check((await page.locator('main').innerText()).includes('<script>alert(1)</script>'), 'the words stand there as text');
    await t.look(page, 'tip');

    await page.fill('textarea[name=note]', 'Invented note: called the line back.');
    await press(page, 'form:has(textarea[name=note]) button');
    t.check((await page.locator('main').innerText()).includes('Invented note: called the line back.'), 'the note is kept');
    await page.fill('textarea[name=answer]', 'Invented answer: help is on the way.');
    await press(page, 'form:has(textarea[name=answer]) button');
    t.check((await page.locator('main').innerText()).includes('Invented answer: help is on the way.'), 'the answer is kept');
    await t.lookAtPseudo(page, t.house.staff + link, 'tip');
    await t.lookAtPseudo(page, t.house.staff + '/queue', 'queue');
  },

  async 'by keyboard alone'(t) {
    const page = await t.signIn('call taker');
    await page.goto(t.house.staff + '/queue');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/tips\//);
    t.check(page.url().includes('/tips/'), 'j and Enter open a tip');
    await page.keyboard.press('n');
    t.equal(await page.evaluate(() => document.activeElement.id), 'note', 'n goes to the note');
    await page.keyboard.press('Escape');
    await page.keyboard.press('q');
    await page.waitForURL(/\/queue/);
    t.check(page.url().includes('/queue'), 'q goes back to the queue');
  },

  async 'an empty answer keeps the note and says so'(t) {
    t.allow(/status of 4\d\d/);
    const page = await t.signIn('call taker');
    await page.goto(t.house.staff + '/queue');
    const link = await page.locator('[data-row] a').first().getAttribute('href');
    await page.goto(t.house.staff + link);
    await page.fill('textarea[name=answer]', '   ');
    await press(page, 'form:has(textarea[name=answer]) button');
    t.check((await page.title()).startsWith('Problem:'), 'the title says there is a problem');
  },

  async 'what is not hers does not exist'(t) {
    t.allow(/status of 404/);
    const page = await t.signIn('call taker');
    const absent = await page.goto(t.house.staff + '/nothing-here');
    const expected = { status: absent.status(), text: await page.locator('main').innerText() };
    t.equal(expected.status, 404, 'what is not there');
    for (const path of ['/people', '/audit', '/settings', '/tips/0190c8d0a1b27c3d8e4f5061728394a5']) {
      const answer = await page.goto(t.house.staff + path);
      t.equal(answer.status(), 404, `${path} for a call taker`);
      t.equal(await page.locator('main').innerText(), expected.text, `${path} looks like what is not there`);
    }
  },

  async 'a wrong passphrase and a wrong code look alike'(t) {
    t.allow(/status of 4\d\d/);
    const account = t.house.account('call taker');
    const said = [];
    for (const [name, pass] of [[account.name, 'an invented wrong passphrase'], ['nobody.here', account.passphrase], [account.name, account.passphrase]]) {
      const page = await t.visitor();
      await page.goto(t.house.staff + '/sign-in');
      await page.fill('[name=name]', name);
      await page.fill('[name=pass]', pass);
      await page.fill('[name=code]', '000000');
      await press(page, 'main form button.main');
      said.push(await page.locator('#failure').innerText());
      if (said.length === 1) await t.look(page, 'sign-in-wrong');
    }
    t.check(said[0].length > 10 && said.every((s) => s === said[0]), `one answer for every mistake: ${JSON.stringify(said)}`);
  },

  async 'signing out ends it'(t) {
    t.allow(/status of 4\d\d/);
    const page = await t.signIn('call taker');
    const [cookie] = await page.context().cookies();
    t.check(cookie && cookie.httpOnly && cookie.sameSite === 'Strict', `the cookie is shut to scripts and other sites: ${JSON.stringify({ ...cookie, value: '' })}`);
    const kept = await page.context().storageState();
    await press(page, 'form[action="/sign-out"] button');
    const thief = await t.visitor({ storageState: kept });
    const answer = await thief.goto(t.house.staff + '/queue');
    t.check(answer.status() === 404 || thief.url().includes('/sign-in'), 'the old cookie opens nothing any more');
  },

  async 'the doors of the staff side'(t) {
    const page = await t.visitor();
    for (const [name, path] of [['sign-in', '/sign-in'], ['enrol', '/enrol'], ['recover', '/recover']]) {
      await page.goto(t.house.staff + path);
      await t.look(page, name);
      await t.lookAtPseudo(page, t.house.staff + path, name);
    }
  },
};
