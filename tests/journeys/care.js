// An officer asks for help; a specialist opens a file from it, writes entries, seals a packet; the officer reads it. All invented.
'use strict';
const { freshCode } = require('./house');
const { lookBoth, press } = require('./lib');

async function main(page) {
  return page.locator('main').innerText();
}

async function ask(t) {
  const page = await t.staff('investigator');
  await page.goto(t.house.staff + '/ask-help');
  await lookBoth(t, page, 'ask-help');
  await page.selectOption('[name=office]', { label: 'Lantern Line, main office' });
  await page.selectOption('[name=about]', 'assist');
  await page.fill('[name=words]', 'Somebody from the packing shed asks for a bed. <i>invented</i>');
  await press(page, 'main form button.main');
  t.check((await main(page)).includes('comes as a packet'), 'the request is sealed');
  t.check(!(await page.content()).includes('packing shed'), 'and is not shown again');
  await page.goto(t.house.staff + '/packets');
  t.check((await main(page)).includes('No packet is sealed to you now.'), 'nothing comes back by itself');
  return page;
}

async function addEntry(t, page, file, kind, fill) {
  await page.goto(`${file}/entry?kind=${kind}`);
  await fill();
  await press(page, 'main form button.main');
  t.check(page.url().includes('done=saved'), `${kind} is saved: ${await main(page)}`);
}

async function openFile(t, page) {
  await page.goto(t.house.staff + '/victims');
  t.check((await main(page)).includes('<i>invented</i>'), 'the request is in the tray, as text');
  await lookBoth(t, page, 'victims-tray');
  await page.click('a[href^="/victims/new?request="]');
  await page.waitForURL(/request=/);
  await lookBoth(t, page, 'victim-new');
  await press(page, 'main form button.main');
  t.equal(await page.locator('#problems a').count(), 1, 'the alias is asked for');
  await page.fill('[name=alias]', 'Cedar');
  await page.fill('[name=name]', 'Invented Person');
  await page.check('[name=foreign][value=likely]');
  await press(page, 'main form button.main');
  t.check((await main(page)).includes('Consider Continued Presence'), 'what is due stands on the file');
  t.check(!(await page.content()).includes('Invented Person'), 'the name does not');
  return page.url().replace(/\?.*/, '');
}

async function safeContact(t, page, file) {
  await addEntry(t, page, file, 'safe_contact', async () => {
    await page.selectOption('[name=method]', { index: 1 });
    await page.fill('[name=value]', '555-0177');
    await page.fill('[name=window_from]', '14:00');
    await page.check('[name=voicemail][value=no]');
    await page.check('[name=never_call_back][value=yes]');
    await page.selectOption('[name=language]', 'es');
  });
  t.check(!(await page.content()).includes('555-0177') && (await main(page)).includes('14:00'), 'the rule is shown, the number is not');
  await page.goto(`${file}/entry?kind=contact_attempt`);
  t.check((await main(page)).includes('How this person may be contacted'), 'the rule stands above the attempt');
  await lookBoth(t, page, 'victim-entry');
  await press(page, 'main form button.main');
  t.check((await page.locator('#problems a').count()) >= 3, 'what is missing is told, field by field');
  await t.look(page, 'victim-entry-problems');
  await page.goto(file);
  await page.locator('#places + *, section[aria-labelledby=places]').locator('summary', { hasText: 'Show' }).first().click();
  await page.fill('section[aria-labelledby=places] [name=why]', 'to text her');
  await press(page, 'section[aria-labelledby=places] form[action$="/place"] button');
  t.check((await main(page)).includes('555-0177'), 'the number is shown after a reason');
}

async function showName(t, page, file) {
  await page.goto(file);
  await page.locator('section[aria-labelledby=name] summary').click();
  await page.fill('section[aria-labelledby=name] [name=why]', 'a form');
  await press(page, 'section[aria-labelledby=name] form button');
  t.check((await main(page)).includes('Invented Person'), 'the name is shown after a reason');
  await t.look(page, 'victim-name');
}

// All that the form of a packet needs but the law that allows it.
async function fillPacket(page, file, field) {
  await page.goto(`${file}/packet`);
  await page.fill('[name=officer]', 't.brandt');
  await page.selectOption('[name=purpose]', 'continued_presence');
  await page.fill('[name=until]', new Date(Date.now() + 5 * 86400000).toISOString().slice(0, 10));
  await page.check(`[name=field][value="${field}"]`);
}

async function sealIt(t, page) {
  await page.check('[name=basis][value=law]');
  await page.fill('[name=law]', '22 U.S.C. 7105(c)(3)');
  await press(page, 'main form button.main');
  t.check((await main(page)).includes('The packet is sealed.'), 'the packet is sealed');
}

async function sealPacket(t, page, file) {
  await page.goto(`${file}/packet`);
  await lookBoth(t, page, 'packet-form');
  await fillPacket(page, file, 'name.full');
  await press(page, 'main form button.main');
  t.check((await main(page)).includes('Say what allows it'), 'without a release or a law nothing is sealed');
  await t.look(page, 'packet-form-problems');
  await sealIt(t, page);
  t.check((await main(page)).includes('Asked of the sponsoring agency'), 'and is a step of the relief');
}

module.exports = {
  async 'from a request to a packet'(t) {
    t.allow(/status of 404/);
    t.allow(/status of 422/);
    const officer = await ask(t);
    const page = await t.staff('specialist');
    t.equal(new URL(page.url()).pathname, '/victims', 'the specialist starts at the own people');
    const file = await openFile(t, page);
    await safeContact(t, page, file);
    await showName(t, page, file);
    await sealPacket(t, page, file);
    await page.goto(file);
    await lookBoth(t, page, 'victim');
    await page.goto(t.house.staff + '/victims');
    t.check((await main(page)).includes('Cedar'), 'the card stands in the caseload');
    await lookBoth(t, page, 'victims');
    await officer.goto(t.house.staff + '/packets');
    t.check((await main(officer)).includes('Invented Person'), 'the officer reads the packet');
    t.check(!(await officer.content()).includes('555-0177') && !(await officer.content()).includes('Cedar'), 'and what was chosen, no more');
    await lookBoth(t, officer, 'packets');
    const answer = await officer.goto(file);
    t.equal(answer.status(), 404, 'the file is not there for the officer');
  },

  async 'a file that may be compromised gets new keys'(t) {
    t.allow(/status of 404/);
    t.allow(/status of 422/);
    const page = await t.staff('specialist');
    await page.goto(t.house.staff + '/victims/new');
    await page.fill('[name=alias]', 'Juniper');
    await press(page, 'main form button.main');
    const file = page.url().replace(/\?.*/, '');
    await addEntry(t, page, file, 'safety_plan', async () => {
      await page.selectOption('[name=level]', 'low');
      await page.fill('[name=plan]', 'The lamp in the window means come in.');
    });
    await fillPacket(page, file, 'head.alias');
    await sealIt(t, page);
    t.equal(await page.locator('a[href$="/reseal"]').count(), 0, 'a specialist is not offered new keys');
    t.equal((await page.goto(`${file}/reseal`)).status(), 404, 'nor finds the page');
    await page.goto(file);
    const option = page.locator('#colleague option', { hasText: t.house.account('coordinator').name });
    await page.selectOption('#colleague', await option.getAttribute('value'));
    await press(page, 'form:has(#colleague) button');

    const lead = await t.staff('coordinator');
    await lead.goto(file);
    await lead.click('a[href$="/reseal"]');
    await lead.waitForURL(/\/reseal/);
    t.check((await main(lead)).includes('1 packet that an officer can read'), 'the packet is named: its keys stay');
    await lookBoth(t, lead, 'victim-reseal');
    await lead.fill('[name=reason]', 'a machine was taken');
    await press(lead, 'main form button');
    t.check((await lead.locator('#way').count()) === 1, `it is under way: ${await main(lead)}`);
    for (let i = 0; i < 20 && await lead.locator('input[value=go]').count(); i++) await press(lead, 'form:has(input[value=go]) button');
    await lookBoth(t, lead, 'victim-reseal-going');
    const second = t.house.account('supervisor', 1), end = async (passphrase) => {
      await lead.fill('[name=name]', second.name);
      await lead.fill('[name=pass]', passphrase);
      await lead.fill('[name=otp]', await freshCode(second));
      await press(lead, 'form:has(input[value=end]) button');
    };
    await end('not the passphrase of anybody');
    t.check((await lead.title()).startsWith('Problem:'), 'a second person with another passphrase is none');
    await end(second.passphrase);
    t.check(/under new keys alone/.test(await main(lead)), `the old keys are gone: ${await main(lead)}`);
    await lookBoth(t, lead, 'victim-reseal-done');
    await page.goto(file);
    t.check((await main(page)).includes('The lamp in the window means come in.'), 'and who helps reads on');
    const supervisor = await t.staff('supervisor');
    t.equal((await supervisor.goto(`${file}/reseal`)).status(), 404, 'the other side of the wall finds nothing');
  },
};
