// An administrator brings somebody in, two people vouch, and the person leaves. Everybody is invented.
'use strict';
const { press } = require('./lib');

const newcomer = { role: 'call taker', name: `new.${Date.now() % 1000000}`, passphrase: 'invented lantern river copper moss' };

async function openPerson(t, page) {
  await page.goto(t.house.staff + '/people');
  await press(page, `main table a:text-is("${newcomer.name}")`);
}

async function vouch(t, page, fingerprint) {
  await openPerson(t, page);
  await page.fill('[name=fingerprint]', fingerprint);
  await press(page, 'form[action$="/certify"] button');
  t.check(!(await page.title()).startsWith('Problem:'), `vouching is taken: ${await page.locator('main').innerText()}`);
}

module.exports = {
  async 'somebody new, from the code to the departure'(t) {
    t.allow(/status of 4\d\d/);
    const admin = await t.signIn('administrator');
    await admin.goto(t.house.staff + '/people');
    await t.look(admin, 'people');
    await admin.fill('[name=name]', newcomer.name);
    await admin.check('[name=role][value=call_taker]', { force: true });
    await press(admin, 'form[action="/people"] button');
    const code = (await admin.locator('#code').innerText()).trim();
    t.check(code.replace(/[\s-]/g, '').length >= 26, 'a code to hand over');

    const self = await t.visitor();
    await self.goto(t.house.staff + '/enrol');
    await self.fill('[name=name]', newcomer.name);
    await self.fill('[name=code]', code);
    await self.fill('[name=pass]', 'short');
    await self.fill('[name=pass2]', 'short');
    await press(self, 'main form button.main');
    t.check((await self.title()).startsWith('Problem:'), 'a short passphrase is refused');
    t.equal(await self.inputValue('[name=name]'), newcomer.name, 'and the name is kept');
    await self.fill('[name=code]', code);
    await self.fill('[name=pass]', newcomer.passphrase);
    await self.fill('[name=pass2]', newcomer.passphrase);
    await press(self, 'main form button.main');
    newcomer.secret = (await self.locator('#otp-secret').innerText()).trim();
    const fingerprint = (await self.locator('#fingerprint').innerText()).replace(/\D/g, '');
    t.equal(fingerprint.length, 24, 'a fingerprint of 24 digits');
    await t.look(self, 'enrolled');

    await vouch(t, admin, fingerprint);
    const supervisor = await t.signIn('supervisor');
    await vouch(t, supervisor, fingerprint);
    await openPerson(t, supervisor);
    await press(supervisor, 'form[action$="/admit"] button');
    await t.look(supervisor, 'person');

    const page = await t.visitor();
    await page.goto(t.house.staff + '/sign-in');
    await t.fillSignIn(page, newcomer);
    await page.goto(t.house.staff + '/queue');
    const tip = await page.locator('[data-row] a').first().getAttribute('href');
    t.equal((await page.goto(t.house.staff + tip)).status(), 200, 'the newcomer opens what came before');

    await openPerson(t, admin);
    await press(admin, 'form[action$="/depart"] button');
    const after = await page.goto(t.house.staff + tip);
    t.check(after.status() === 404 || page.url().includes('/sign-in'), 'after the departure nothing opens any more');
    const back = await t.visitor();
    await back.goto(t.house.staff + '/sign-in');
    await back.fill('[name=name]', newcomer.name);
    await back.fill('[name=pass]', newcomer.passphrase);
    await back.fill('[name=code]', '000000');
    await press(back, 'main form button.main');
    t.check(back.url().includes('/sign-in'), 'and nobody signs in with that name');
  },

  async 'a wrong fingerprint vouches for nobody'(t) {
    t.allow(/status of 4\d\d/);
    const admin = await t.signIn('administrator');
    await admin.goto(t.house.staff + '/people');
    await admin.fill('[name=name]', newcomer.name + 'x');
    await admin.check('[name=role][value=auditor]', { force: true });
    await press(admin, 'form[action="/people"] button');
    await admin.goto(t.house.staff + '/people');
    await press(admin, `main table a:text-is("${newcomer.name}x")`);
    const field = admin.locator('[name=fingerprint]');
    if (await field.count()) {
      await field.fill('000000000000000000000000');
      await press(admin, 'form[action$="/certify"] button');
      t.check((await admin.title()).startsWith('Problem:'), 'the page says that it does not fit');
    } else {
      t.check(true, 'nobody can be vouched for before they have made their keys');
    }
  },

  async 'reads no tip'(t) {
    t.allow(/status of 404/);
    const admin = await t.signIn('administrator');
    for (const path of ['/queue', '/audit']) {
      t.equal((await admin.goto(t.house.staff + path)).status(), 404, `${path} for an administrator`);
    }
    t.equal((await admin.goto(t.house.staff + '/settings')).status(), 200, 'the settings are the administrator\'s');
    await t.look(admin, 'settings');
    await t.lookAtPseudo(admin, t.house.staff + '/settings', 'settings');
    await t.lookAtPseudo(admin, t.house.staff + '/people', 'people');
  },
};
