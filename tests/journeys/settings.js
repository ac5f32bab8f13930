// What an administrator sets is what the public sees, within a minute.
'use strict';
const { freshCode } = require('./house');
const { press } = require('./lib');

const renamed = 'Invented Lighthouse Line';

// A row of the pack, checked by a person: a running house shows it without a new start.
function confirmLine(t) {
  const confirm = (...words) => t.house.run(['pack', 'confirm', t.house.data, ...words]);
  const source = ['--source', 'called, invented'];
  for (const [file, key, said] of [['hotlines.csv', 'DV', /no pack of this house has a file/], ['hotlines', 'NOBODY', /has no row NOBODY/]]) {
    const refused = confirm(file, key, ...source);
    t.check(refused.status === 1 && said.test(refused.stderr), `${file} ${key} is refused: ${refused.status} ${refused.stderr}`);
  }
  t.equal(confirm('hotlines', 'DV').status, 2, 'nothing is confirmed without a source');
  const done = confirm('hotlines', 'DV', ...source);
  t.check(done.status === 0 && done.stdout.includes('+18007997233'), `the row is confirmed and read back: ${done.stderr}`);
}

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
    await admin.click('a[href="/retention"]');
    await admin.waitForURL(/\/retention/);
    const tips = admin.locator('#retention tbody tr').first();
    t.check(/Tips\s+5 years/.test(await tips.innerText()), `what is kept how long: ${await tips.innerText()}`);
    await t.look(admin, 'retention');
    await t.lookAtPseudo(admin, t.house.staff + '/retention', 'retention');
    const lead = await t.staff('supervisor');
    await lead.goto(t.house.staff + '/own');
    await lead.click('a[href="/retention"]');
    await lead.waitForURL(/\/retention/);
    t.check(/\d+ ends? next month$/.test((await lead.locator('#retention tbody tr').first().innerText()).trim()), 'with a number for who has tips');
    t.equal((await lead.locator('#retention tbody tr', { hasText: 'Files of care' }).locator('td').last().innerText()).trim(), '', 'and none of files of care');

    await admin.goto(t.house.staff + '/settings');
    const name = 'form[action="/settings/line_name"]';
    await admin.fill(`${name} [name=value]`, renamed);
    const began = Date.now();
    await press(admin, `${name} button`);
    t.equal(await admin.inputValue(`${name} [name=value]`), renamed, 'the page shows the new name');
    t.equal(await admin.locator('.box.good').count(), 1, 'and says it is saved');
    const page = await t.visitor();
    await page.goto(t.house.public + '/help');
    t.equal(await page.locator('.posts a[href^="tel:"]').count(), 0, 'no line stands on the page before somebody confirmed one');
    confirmLine(t);
    let seen = false;
    while (!seen && Date.now() - began < 75000) {
      await page.waitForTimeout(1000);
      const has = async (path, words) => (await (await page.request.get(t.house.public + path)).text()).includes(words);
      seen = await has('/tip', renamed) && await has('/help', 'tel:+18007997233');
    }
    t.check(seen && Date.now() - began < 65000, `the public form says who reads it now, and a line confirmed is shown: after ${Date.now() - began} ms`);
    await page.goto(t.house.public + '/help');
    t.equal(await page.locator('.posts a[href="tel:+18007997233"]').count(), 1, 'the line can be dialled');
    t.equal(await page.locator('.posts li').count(), 1, 'and no other is shown');
    await t.look(page, 'help-lines');
    await t.lookAtPseudo(page, t.house.public + '/help', 'help-lines');
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

  async 'offices and the roster'(t) {
    t.allow(/status of 4\d\d/);
    const admin = await t.staff('administrator');
    await admin.goto(t.house.staff + '/directory');
    const office = 'form[action="/directory"]';
    await admin.fill(`${office} [name=code]`, 'no');
    await press(admin, `${office} button.main`);
    t.check((await admin.title()).startsWith('Problem:'), 'a code in small letters is refused');
    t.equal(await admin.inputValue(`${office} [name=code]`), 'no', 'what was typed is kept');
    await t.look(admin, 'directory-error');
    await admin.fill(`${office} [name=code]`, 'INV-1');
    await admin.fill(`${office} [name=name]`, 'Invented branch office');
    await press(admin, `${office} button.main`);
    t.check((await admin.locator('[aria-labelledby=offices-title]').innerText()).includes('Invented branch office'), 'the new office stands in the list');
    await admin.goto(t.house.staff + '/people');
    t.equal(await admin.locator('[name=office] option', { hasText: 'Invented branch office' }).count(), 1, 'a newcomer can be put there');

    const lead = await t.staff('supervisor');
    await lead.goto(t.house.staff + '/directory');
    t.equal(await lead.locator(office).count(), 0, 'a supervisor makes no office');
    const duty = 'form[action="/roster"]';
    await lead.selectOption(`${duty} [name=account]`, 'r.adeyemi');
    await lead.selectOption(`${duty} [name=duty]`, 'intake');
    await press(lead, `${duty} button.main`);
    t.check((await lead.title()).startsWith('Problem:'), 'a duty has a last day');
    t.equal(await lead.inputValue(`${duty} [name=account]`), 'r.adeyemi', 'who was chosen is kept');
    await lead.fill(`${duty} [name=to]`, '2030-01-01');
    await lead.fill(`${duty} [name=from]`, '2029-06-01');
    await press(lead, `${duty} button.main`);
    t.check((await lead.locator('main').innerText()).includes('r.adeyemi'), 'the roster names them');
    await t.look(lead, 'directory');
    await t.lookAtPseudo(lead, t.house.staff + '/directory', 'directory');
    await lead.goto(t.house.staff + '/directory');
    const ends = lead.locator('form[action^="/roster/"]'), before = await ends.count(), which = await ends.last().getAttribute('action'); // that of 2029: nobody else's work rests on it
    await press(lead, `form[action="${which}"] button`);
    t.equal(await lead.locator(`form[action="${which}"]`).count(), 0, 'an ended duty is gone');
    t.equal(await ends.count(), before - 1, 'and no other');
  },
};
