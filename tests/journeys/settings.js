// What an administrator sets is what the public sees, within a minute.
'use strict';
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
};
