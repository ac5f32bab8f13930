// The week in counts: read by who leads an office, said to be read, and taken along as a file. Everybody is invented.
'use strict';
const { press } = require('./lib');

module.exports = {
  async 'a supervisor reads the week of the office'(t) {
    const lead = await t.staff('supervisor');
    await lead.goto(t.house.staff + '/sheet');
    t.check((await lead.locator('tbody tr').count()) >= 2, 'the people of the office stand on it');
    t.equal(await lead.locator('thead th').count(), 10, 'nine numbers beside the name');
    t.check(!/[0-9a-f]{32}/.test(await lead.locator('main').innerText()), 'and nothing of what was read');
    await lead.locator('details summary').click();
    await t.look(lead, 'sheet');
    await t.lookAtPseudo(lead, t.house.staff + '/sheet', 'sheet');
    await lead.goto(t.house.staff + '/sheet');
    await press(lead, 'form[action="/sheet/read"] button');
    t.check(/Last read on/.test(await lead.locator('main').innerText()), 'that it was read stands there');
    await t.look(lead, 'sheet-read');
    const file = await lead.evaluate(async () => (await fetch('/sheet.csv')).text());
    t.check(file.startsWith('name,job,measure,this_week,'), 'the file');
  },
};
