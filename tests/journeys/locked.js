// A house made as a real one is: it starts locked, takes tips all the same, and opens to the house passphrase.
'use strict';
const { House, freshCode } = require('./house');
const { press, receiptOn } = require('./lib');

const answers = {
  line_name: 'Invented Harbor Line', line_is_police: 'no', line_shares_immigration: 'no', line_phone: '+18005550142',
  emergency_number: '911', languages: 'en;es', default_language: 'es', office_name: 'Harbor office', country_pack: 'us',
  house_passphrase: 'four invented lamps on a quiet pier', shares: 5, need: 3,
  people: [
    { name: 'ada', role: 'administrator', passphrase: 'seven invented kites in march' },
    { name: 'sam', role: 'supervisor', passphrase: 'the invented ferry carries bread' },
    { name: 'cal', role: 'call_taker', passphrase: 'nine invented stones under water' },
  ],
};

async function signIn(t, house) {
  const page = await t.visitor();
  await page.goto(house.staff + '/sign-in');
  const account = house.account('call taker');
  await page.fill('[name=name]', account.name);
  await page.fill('[name=pass]', account.passphrase);
  await page.fill('[name=code]', await freshCode(account));
  await press(page, 'main form button.main');
  return page;
}

module.exports = {
  async 'a locked house takes tips, and reads them when opened'(t) {
    t.allow(/status of 503/);
    const house = await House.make({ answers });
    t.alsoAt(house);
    try {
      for (const [locale, language] of [['de-DE', 'es'], ['en-GB', 'en']]) {
        const guest = await t.visitor({ locale });
        await guest.goto(house.public + '/');
        t.equal(await guest.getAttribute('html', 'lang'), language, `the default language is for who asks for none of ours: ${locale}`);
      }
      const form = await t.visitor();
      await form.goto(house.public + '/tip');
      t.check(!/demonstration/i.test(await form.locator('body').innerText()), 'no banner of a demonstration');
      await form.fill('[name=narrative]', 'Invented for a test: sent while the house was locked.');
      await form.check('[name=danger][value=yes]', { force: true });
      await press(form, 'main form.tip button.main');
      const receipt = await receiptOn(form);
      t.check(/^\d{24}$/.test(receipt), 'a locked house gives a receipt');
      await form.goto(house.public + '/tip/return');
      await form.fill('[name=receipt]', receipt);
      await press(form, 'main form button.main');
      t.check(/locked/.test(await form.locator('main').innerText()), 'the mailbox says that answers are locked');
      await t.look(form, 'mailbox-locked');

      const early = await signIn(t, house);
      t.check(/locked/i.test(await early.locator('#failure').innerText()), 'nobody signs in, and the page says why');
      await t.look(early, 'sign-in-locked');
      const wrong = house.run(['unlock', house.data], 'an invented wrong passphrase\n');
      t.equal(wrong.status, 1, 'a wrong house passphrase opens nothing');
      const right = house.run(['unlock', house.data], answers.house_passphrase + '\n');
      t.equal(right.status, 0, `the house passphrase opens it: ${right.stderr}`);

      const page = await signIn(t, house);
      t.equal(new URL(page.url()).pathname, '/queue', 'now the call taker signs in');
      t.equal(await page.locator('[data-row]').count(), 1, 'the tip waits in the queue');
      t.check((await page.locator('[data-row] .late, [data-row] .soon').count()) === 1, 'its clock ran while nobody could read it');
      await press(page, '[data-row] a');
      t.check((await page.locator('main').innerText()).includes('sent while the house was locked'), 'and is read');
    } finally {
      await house.leave(t);
    }
  },
};
