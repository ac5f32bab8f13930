// A key for a partner's system: made on its page, shown once, ended. Everybody is invented.
'use strict';
const { press } = require('./lib');

// The page that shows it once.
async function make(t, admin, name, pseudo = false) {
  await admin.goto(t.house.staff + '/keys');
  await admin.fill('[name=name]', name);
  await admin.check('[name=scope][value=cases]', { force: true });
  if (pseudo) await t.answerInPseudo(admin, 'form[action="/keys"]');
  await press(admin, 'form[action^="/keys"]:has([name=name]) button');
}

module.exports = {
  async 'a key for a partner is shown once and ended'(t) {
    t.allow(/status of 422/);
    const admin = await t.staff('administrator');
    await admin.goto(t.house.staff + '/keys');
    await admin.fill('[name=name]', 'Not A Name');
    await press(admin, 'form[action="/keys"] button');
    t.check((await admin.title()).startsWith('Problem:'), 'a name that does not fit and no purpose are refused');
    t.equal(await admin.locator('#problems li').count(), 2, 'both named');
    await t.look(admin, 'keys-error');
    await make(t, admin, 'county.records');
    const key = await admin.locator('#key').innerText();
    t.check(/^psk_[0-9a-f]{32}_[0-9a-z]{32}$/.test(key), 'the key');
    t.equal((await admin.locator('#fingerprint').innerText()).replace(/\D/g, '').length, 24, 'and what two people vouch for');
    await t.look(admin, 'key-made');
    await make(t, admin, 'city.records', true);
    await t.lookPseudo(admin, 'key-made');
    await admin.goto(t.house.staff + '/keys');
    await t.look(admin, 'keys');
    await t.lookAtPseudo(admin, t.house.staff + '/keys', 'keys');
    await admin.goto(t.house.staff + '/keys');
    t.check(!(await admin.content()).includes('psk_'), 'nobody sees it again');
    await press(admin, 'form[action$="/renew"] button');
    t.check(/goes on working until/.test(await admin.locator('main').innerText()), 'a renewed key has a successor, and both are good for a while');
    await t.look(admin, 'key-renewed');
    await admin.goto(t.house.staff + '/keys');
    t.check(/another follows it/.test(await admin.locator('main').innerText()), 'and the list says so');
    const ends = await admin.locator('form[action$="/end"]').count();
    await press(admin, 'form[action$="/end"] button');
    t.equal(await admin.locator('.box.good').count(), 1, 'it has ended');
    t.equal(await admin.locator('form[action$="/end"]').count(), ends - 1, 'and cannot be ended twice');
  },
};
