// What an administrator sets is what the public sees, within a minute.
'use strict';
const { freshCode } = require('./house');
const { press } = require('./lib');

const renamed = 'Invented Lighthouse Line';

module.exports = {
  async 'a change is seen by the public within a minute'(t) {
    t.allow(/status of 4\d\d/);
    const admin = await t.staff('administrator');
    await admin.goto(t.house.staff + '/settings');
    await t.look(admin, 'settings');
    const leave = 'form[action="/settings/leave_url"]';
    await admin.fill(`${leave} [name=value]`, 'http://not-shut.example/');
    await press(admin, `${leave} button`);
    t.check((await admin.title()).startsWith('Problem:'), 'an address without https is refused');
    t.equal(await admin.inputValue(`${leave} [name=value]`), 'http://not-shut.example/', 'what was typed is kept');
    await t.look(admin, 'settings-error');
    await t.lookAtPseudo(admin, t.house.staff + '/settings', 'settings');

    await admin.goto(t.house.staff + '/settings');
    const name = 'form[action="/settings/line_name"]';
    await admin.fill(`${name} [name=value]`, renamed);
    const began = Date.now();
    await press(admin, `${name} button`);
    t.equal(await admin.inputValue(`${name} [name=value]`), renamed, 'the page shows the new name');
    t.equal(await admin.locator('.box.good').count(), 1, 'and says it is saved');
    const page = await t.visitor();
    let seen = false;
    while (!seen && Date.now() - began < 75000) {
      await page.waitForTimeout(1000);
      seen = (await (await page.request.get(t.house.public + '/tip')).text()).includes(renamed);
    }
    t.check(seen && Date.now() - began < 65000, `the public form says who reads it now: after ${Date.now() - began} ms`);
  },

  async 'how much one person may open is changed by two'(t) {
    t.allow(/status of 4\d\d/);
    const admin = await t.staff('administrator');
    const second = t.house.accounts.find((a) => a.role === 'supervisor');
    const form = 'form[action="/budgets"]';
    const change = async (pass) => {
      await admin.goto(t.house.staff + '/settings');
      await admin.selectOption(`${form} [name=kind]`, 'evidence');
      await admin.fill(`${form} [name=hour]`, '150');
      await admin.fill(`${form} [name=day]`, '750');
      await admin.fill(`${form} [name=name]`, second.name);
      await admin.fill(`${form} [name=pass]`, pass);
      await admin.fill(`${form} [name=otp]`, await freshCode(second));
      await press(admin, `${form} button`);
    };
    const row = () => admin.locator('tr', { hasText: 'evidence' }).innerText();
    await change('not the passphrase of anybody');
    t.check((await admin.title()).startsWith('Problem:'), 'a wrong passphrase of the second person is refused');
    t.equal(await admin.inputValue(`${form} [name=hour]`), '150', 'what was typed is kept');
    t.equal(await admin.inputValue(`${form} [name=pass]`), '', 'but the passphrase is not');
    t.check(/200\s+1000/.test(await row()), `nothing was changed: ${await row()}`);
    await t.look(admin, 'settings-budget-error');
    await change(second.passphrase);
    t.equal(await admin.locator('.box.good').count(), 1, 'with the right one it says it is saved');
    t.check(/150\s+750/.test(await row()), `the page shows what holds now: ${await row()}`);
  },
};
