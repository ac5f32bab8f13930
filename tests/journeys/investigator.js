// An investigator opens a case from a tip, writes its timeline, mends it, and says who may read it. Everything is invented.
'use strict';
const { freshCode } = require('./house');
const { lookBoth, lookUntil, press, sendTip, openWhatComes } = require('./lib');

// Opens a case from a fresh tip; resolves to its address.
async function openCase(t, page, marker) {
  await openWhatComes(t, page, marker, async () => {
    const sent = await sendTip(t.house, {
      narrative: `Invented for a test: men sleep in the packing shed behind Quarry Lane. ${marker}`, language: 'en', consent: 'share',
      place: { text: 'Quarry Lane 3' }, contact: { method: 'text', address: '555-0188' },
    });
    t.equal(sent.status, 201, `the tip is received: ${JSON.stringify(sent.body)}`);
  });
  await page.click('a[href^="/cases/new?tip="]');
  await page.waitForURL(/\/cases\/new/);
  t.equal(await page.inputValue('[name=title]'), 'Quarry Lane 3', 'the title begins with the place of the tip');
  return page;
}

async function addEntry(t, page, at, kind, fill) {
  await page.goto(`${at}/add?kind=${kind}`);
  await fill();
  await press(page, 'button[name=_do]');
  t.check(page.url().includes('?done=entry'), `${kind} is saved: ${await page.locator('main').innerText()}`);
}

module.exports = {
  async 'from a tip to a case, its entries and who may read it'(t) {
    t.allow(/status of 404/);
    t.allow(/status of 422/);
    const marker = `marker-${Date.now()}`;
    const page = await t.staff('investigator');
    t.equal(new URL(page.url()).pathname, '/cases', 'the investigator starts at the cases');
    await openCase(t, page, marker);
    await lookBoth(t, page, 'case-new');
    await page.fill('[name=title]', 'Harvest Row');
    await press(page, 'main form button.main');
    const at = page.url().replace(/\?.*/, '');
    let said = await page.locator('main').innerText();
    t.check(said.includes('Harvest Row') && said.includes('Investigation opened'), 'the case is open');
    t.check((await page.content()).includes(marker), 'the tip came with it');
    t.check(!(await page.content()).includes('555-0188'), 'who told us did not');

    await page.goto(`${at}/subject`);
    await page.fill('[name=name]', 'C. Invented');
    await lookBoth(t, page, 'subject');
    await page.fill('[name=name]', 'C. Invented');
    await press(page, 'main form button.main');
    t.check((await page.locator('main').innerText()).includes('C. Invented'), 'the subject stands');

    await page.goto(`${at}/add`);
    await lookBoth(t, page, 'kinds');
    await page.goto(`${at}/add?kind=indictment`);
    t.check(/usually comes after/.test(await page.locator('main').innerText()), 'a step that is missing is a warning');
    await addEntry(t, page, at, 'seizure', async () => {
      await page.selectOption('[name=kind]', 'cash');
      await page.fill('[name=value]', '18400');
    });
    await page.goto(`${at}/add?kind=arrest`);
    await press(page, 'button[name=_do]');
    t.check((await page.locator('#problems a').count()) >= 2, 'what is missing is told, field by field');
    await t.look(page, 'entry-problems');
    await addEntry(t, page, at, 'arrest', async () => {
      await page.selectOption('[name=subject]', '1');
      await page.selectOption('[name=by_office]', { index: 1 });
    });
    await addEntry(t, page, at, 'note', async () => { await page.fill('[name=text]', 'Two adults were seen.'); });

    await page.goto(at);
    await page.locator('.time li', { hasText: 'Two adults were seen.' }).locator('a', { hasText: 'Correct or withdraw' }).click();
    await page.waitForURL(/\/correct/);
    await lookBoth(t, page, 'entry');
    await page.fill('[name=text]', 'One adult was seen.');
    await page.fill('[name=_why]', 'The second is a witness.');
    await press(page, 'button[value=correct]');
    said = await page.locator('main').innerText();
    t.check(said.includes('One adult was seen.') && said.includes('The second is a witness.'), 'the correction stands');
    t.equal(await page.locator('.time dd.gone').first().innerText(), 'Two adults were seen.', 'and the earlier words are struck through');
    t.check(/Criminal arrest\s+1/.test(await page.locator('section:has(#counts)').innerText()), 'the arrest counts');
    await lookBoth(t, page, 'case');

    const analyst = await t.staff('analyst');
    t.equal((await analyst.goto(at)).status(), 404, 'a colleague who was not put on it finds nothing');
    const option = page.locator('#person option', { hasText: 'e.marsh' });
    await page.selectOption('#person', await option.getAttribute('value'));
    await press(page, 'form:has(#person) button');
    t.equal((await analyst.goto(at)).status(), 200, 'and reads it once put on');
    await press(page, 'form:has(input[value=remove]) button');
    t.equal((await analyst.goto(at)).status(), 404, 'and no longer once taken off');

    const file = await page.request.get(`${at}/csv`);
    t.check((await file.text()).includes('One adult was seen.'), 'the timeline as a file');
    await page.goto(t.house.staff + '/cases');
    t.check((await page.locator('main').innerText()).includes('Harvest Row'), 'the case stands among mine');
    t.check((await page.locator('#next').count()) === 1, 'with what is due next');
    await lookBoth(t, page, 'cases');

    const other = `other-${Date.now()}`;
    await openCase(t, page, other);
    await lookBoth(t, page, 'case-new-own');
    await page.selectOption('#into', { index: 1 });
    await press(page, 'form:has(#into) button');
    t.equal(page.url(), `${at}?done=tip`, 'a second tip goes to the case that stands');
    t.check((await page.content()).includes(other), 'with its words');
    await t.look(page, 'case-tips');
  },

  async 'what names the same as a case'(t) {
    const phone = '202-555-0136', supervisor = await t.staff('supervisor'), page = await t.staff('investigator'); // the first supervisor opens the engine
    const make = async (title, summary) => {
      await page.goto(`${t.house.staff}/cases/new`);
      await page.fill('[name=title]', title);
      await page.fill('[name=summary]', summary);
      await press(page, 'main form button.main');
      return page.url().replace(/\?.*/, '');
    };
    const at = await make('Crate Street', `Invented. The landlord answers at ${phone}.`), other = await make('Dock Street', `Invented. Ask for the car, +1 (202) 555 0136.`);
    const sent = await sendTip(t.house, { narrative: `Invented for a test: I was told to call ${phone} about the room.`, language: 'en' });
    t.equal(sent.status, 201, 'a tip comes in');
    await page.goto(at);
    await page.keyboard.press('a');
    await page.waitForURL(`${at}/alike`);
    await lookUntil(page, `${at}/alike`, 'section[aria-labelledby=tips] li');
    let said = await page.locator('main').innerText();
    t.check(said.includes('the same: Telephone') && said.includes('Dock Street') && said.includes('very likely'), `the page of the case tells both: ${said}`);
    await lookBoth(t, page, 'case-alike');
    const tip = await page.locator('section[aria-labelledby=tips] li a').getAttribute('href');
    await lookUntil(page, `${t.house.staff}${tip}/alike`, 'section[aria-labelledby=files] li');
    t.equal(await page.locator('section[aria-labelledby=files] li').count(), 2, 'and the page of the tip tells the cases');
    await lookBoth(t, page, 'tip-alike-cases');
    await supervisor.goto(`${t.house.staff}${tip}/alike`);
    t.equal(await supervisor.locator('section[aria-labelledby=files]').count(), 0, 'to who is on none it tells nothing');
    await page.goto(`${at}/alike`);
    await press(page, 'section[aria-labelledby=tips] li button');
    t.equal(page.url(), `${at}?done=tip`, 'the tip goes on the case by a button');
    await page.goto(`${at}/alike`);
    said = await page.locator('section[aria-labelledby=tips]').innerText();
    t.check(said.includes('No tip that is not on this case already.'), 'and is proposed no more');
    t.equal(await page.locator('section[aria-labelledby=cases] a').getAttribute('href'), new URL(other).pathname, 'the other case still is');
  },

  async 'a case that may be compromised gets new keys'(t) {
    t.allow(/status of 422/);
    t.allow(/status of 404/);
    const page = await t.staff('investigator');
    await openCase(t, page, `sealed-${Date.now()}`);
    await page.fill('[name=title]', 'Lantern Yard');
    await press(page, 'main form button.main');
    const at = page.url().replace(/\?.*/, '');
    t.equal(await page.locator('a[href$="/reseal"]').count(), 0, 'an investigator is not offered new keys');
    t.equal((await page.goto(`${at}/reseal`)).status(), 404, 'nor finds the page');
    await page.goto(at);
    const option = page.locator('#person option', { hasText: 'j.okafor' });
    await page.selectOption('#person', await option.getAttribute('value'));
    await press(page, 'form:has(#person) button');

    const supervisor = await t.staff('supervisor');
    await supervisor.goto(t.house.staff + '/people');
    await supervisor.locator('main a', { hasText: 'e.marsh' }).first().click();
    await supervisor.waitForURL(/\/people\/[0-9a-f]{32}/);
    await supervisor.click('main a[href^="/people/"][href$="/cases"]');
    await supervisor.waitForURL(/\/people\/[0-9a-f]{32}\/cases/);
    await lookBoth(t, supervisor, 'person-cases');
    await supervisor.goto(at);
    await supervisor.click('a[href$="/reseal"]');
    await supervisor.waitForURL(/\/reseal/);
    await lookBoth(t, supervisor, 'case-reseal');
    await supervisor.fill('[name=reason]', 'a machine was taken');
    await press(supervisor, 'main form button');
    t.check((await supervisor.locator('#way').count()) === 1, `it is under way: ${await supervisor.locator('main').innerText()}`);
    await lookBoth(t, supervisor, 'case-reseal-going');
    for (let i = 0; i < 20 && await supervisor.locator('input[value=go]').count(); i++) await press(supervisor, 'form:has(input[value=go]) button');
    const end = async (account, passphrase) => {
      await supervisor.fill('[name=name]', account.name);
      await supervisor.fill('[name=pass]', passphrase);
      await supervisor.fill('[name=otp]', await freshCode(account));
      await press(supervisor, 'form:has(input[value=end]) button');
    };
    const second = t.house.account('supervisor', 1);
    await end(second, 'not the passphrase of anybody');
    t.check((await supervisor.title()).startsWith('Problem:'), 'a second person with another passphrase is none');
    await t.look(supervisor, 'case-reseal-problem');
    await end(second, second.passphrase);
    t.check(/under new keys alone/.test(await supervisor.locator('main').innerText()), `the old keys are gone: ${await supervisor.locator('main').innerText()}`);
    await t.look(supervisor, 'case-reseal-done');
    await page.goto(at);
    t.check((await page.locator('main').innerText()).includes('Lantern Yard'), 'and who is on the case reads on');

    await supervisor.goto(at);
    await supervisor.click('a[href$="/hold"]');
    await supervisor.waitForURL(/\/hold/);
    await lookBoth(t, supervisor, 'hold');
    await supervisor.fill('[name=asked]', 'A. Example, counsel of the county');
    await supervisor.fill('[name=reason]', 'A motion to keep all of it');
    await supervisor.fill('#until', new Date(Date.now() + 100 * 86400e3).toISOString().slice(0, 10));
    await press(supervisor, 'form:has(input[value=set]) button');
    t.check(/in force/.test(await supervisor.locator('#holds + ul').innerText()), 'the hold is in force');
    await lookBoth(t, supervisor, 'hold-set');
    await page.goto(at);
    t.check(/Under a legal hold until/.test(await page.locator('main').innerText()), 'and the page of the case says so');
  },
};
