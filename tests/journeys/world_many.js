// A house with much of everything: every list comes in pages that lead on by keyboard, every page answers in time, nothing scrolls sideways.
'use strict';
const { spawnSync } = require('child_process');
const path = require('path');
const { House } = require('./house');
const { World, routesOf, unknown } = require('./world');
const seed = require('./seed');

const size = { tips: 2500, entries: 500, seizures: 60, services: 300, answers: 100, additions: 100, offices: 400, duties: 100, people: 100, opened: 600, asked: 60, packets: 45, named: 300, pairs: 30 };

// So many times, a few at once, as a busy office works.
async function times(n, act, atOnce = 4) {
  let next = 0;
  const one = async () => { while (next < n) await act(next++); };
  await Promise.all(Array.from({ length: atOnce }, one));
}

// Behind the back of the program.
function sqlite(world, name, text) {
  const done = spawnSync('sqlite3', ['-cmd', '.timeout 5000', path.join(world.house.data, name), text], { encoding: 'utf8' });
  world.t.equal(done.status, 0, `${text} ${done.stderr}`);
}

async function fillTip(world) {
  const taker = world.hands.get('call taker'), before = new Set(await seed.tips(taker, 5000));
  const named = Array.from({ length: size.named }, (_, i) => `$${1000 + i}`).join(' and then ');
  const receipt = await seed.tip(world.house, { narrative: `Invented: one who writes often. They took ${named}.` });
  const at = (await seed.tips(taker, 5000)).find((tip) => !before.has(tip));
  for (let i = 0; i < size.answers; i++) {
    if (i === size.answers / 2) sqlite(world, 'content.db', 'UPDATE reply SET day = day - 1;'); // the half of them is of yesterday
    await taker.do(`${at}/answer`, { answer: `Invented answer no. ${i}.` }, at);
  }
  await times(size.additions, (i) => seed.addition(world.house, receipt, `Invented addition no. ${i}.`));
  const some = [...before].slice(0, size.opened);
  await times(some.length, (i) => taker.get(some[i]));
  return { receipt, at };
}

async function fillCase(world) {
  const hand = world.hands.get('investigator'), at = await seed.openCase(hand, { title: 'Much to read', summary: 'Invented.' });
  for (let i = 0; i < 60; i++) await hand.fill(`${at}/subject`, { name: `Subject ${i}`, about: 'Invented.' });
  await times(size.entries - size.seizures, (i) => seed.caseEntry(hand, at, 'note', { text: `Invented note no. ${i}.` }));
  await times(size.seizures, (i) => seed.caseEntry(hand, at, 'seizure', { kind: 'cash', value: String(100 + i) }));
  for (let i = 0; i < 60; i++) await seed.openCase(hand, { title: `Invented case ${i}` });
  const lead = new RegExp(`<option value="([0-9a-f]{32})">${world.hands.get('supervisor').account.name},`);
  await hand.do(`${at}/people`, { do: 'add', person: lead.exec((await hand.get(at)).body)[1] }, at);
  return at;
}

async function fillCare(world) {
  const hand = world.hands.get('specialist'), officer = world.hands.get('investigator');
  const at = await seed.openFile(hand, { alias: 'Cedar', name: 'Invented Person' });
  await times(size.services, () => seed.careEntry(hand, at, 'service', { service: 'crisis_intervention', mode: 'direct', units: '1', outcome: 'completed' }), 1);
  for (let i = 0; i < size.packets; i++) {
    await hand.fill(`${at}/packet`, { officer: officer.account.name, purpose: 'continued_presence', until: seed.day(5), words: `Invented words ${i}.`, basis: 'law', law: 'an invented law', field: 'name.full' });
  }
  await seed.shareFile(hand, at, world.hands.get('coordinator'));
  for (let i = 0; i < 70; i++) await seed.openFile(hand, { alias: `Birch ${i}` });
  for (let i = 0; i < size.asked; i++) await officer.fill('/ask-help', { about: 'assist', words: `Invented request ${i}.` });
  return at;
}

// A case of ours, and tips of another office that each name one of its telephones. Resolves when the officer's pages have all the pairs.
async function fillPairs(world) {
  const lead = world.hands.get('supervisor'), officer = world.hands.get('deconfliction officer'), before = new Set(await seed.tips(lead, 5000));
  const phones = Array.from({ length: size.pairs }, (_, i) => `202-555-01${10 + i}`);
  const at = await seed.openCase(world.hands.get('investigator'), { title: 'Many lines', summary: `Invented. ${phones.join(', ')}` });
  for (const phone of phones) await seed.tip(world.house, { narrative: `Invented: ring ${phone}.` });
  for (const tip of await seed.tips(lead, 5000)) {
    if (!before.has(tip)) await lead.do(`${tip}/route`, { do: 'send', state: 'Georgia', office: 'HSI-ATL' }, `${tip}/route`);
  }
  for (let tries = 0, seen = 0; seen < size.pairs; tries++) {
    if (tries === 60) throw new Error(`of ${size.pairs} pairs ${seen} were told: ${(await officer.get('/deconfliction')).body.replace(/<[^>]*>/g, ' ')}`);
    await new Promise((done) => setTimeout(done, 1000));
    seen = 0;
    for (let next = '/deconfliction'; next;) {
      const { body } = await officer.get(next), more = /<a class="button" href="(\/deconfliction\?from=[^"]*)"/.exec(body);
      seen += body.split(at.slice(7)).length - 1;
      next = more && more[1].replace(/&amp;/g, '&');
    }
  }
}

async function fillHouse(world) {
  const admin = world.hands.get('administrator'), lead = world.hands.get('supervisor'), duties = ['intake', 'investigation', 'victim_assistance', 'supervisor'];
  await times(size.offices, (i) => admin.do('/directory', { code: `INV-${i}`, name: `Invented office ${i}`, city: 'Sampletown', state: 'AL' }));
  const names = world.house.accounts.map((account) => account.name);
  await times(size.duties, (i) => lead.do('/roster', { account: names[i % 10], duty: duties[Math.floor(i / 10) % 4], from: seed.day(i), to: seed.day(i + 3) }, '/directory'), 1);
  for (let i = 0; i < size.people; i++) await admin.send('/people', { name: `newcomer.${i}`, role: 'call_taker' });
}

// The list as that role: pages of at most so many rows, none twice, to the last one; and on by keyboard.
async function pages(world, role, start, { rows, most, all, link }) {
  const { t } = world, page = await world.pageOf(role), seen = new Set();
  const link_ = page.locator(link || 'main a.button[href*="after="]').last();
  await page.goto(world.house.staff + start);
  for (let n = 1; ; n++) {
    const here = await page.locator(rows).evaluateAll((found) => found.map((el) => el.textContent + (el.querySelector('a') || el).getAttribute('href')));
    t.check(here.length > 0 && here.length <= most, `${start}, page ${n} holds ${here.length} rows, ${most} at most`);
    t.check(here.every((row) => !seen.has(row)), `${start}, page ${n} repeats nothing`);
    for (const row of here) seen.add(row);
    if (!(await link_.count()) || (n >= 4 && !world.full)) break;
    await link_.focus();
    t.check(await link_.evaluate((el) => parseFloat(getComputedStyle(el).outlineWidth) >= 2), `${start}: where the keyboard is can be seen`);
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    if (n === 1) await world.fits(page, `${start}, the second page`);
  }
  t.check(seen.size >= Math.min(all, world.full ? all : most + 1), `${start} leads to more: ${seen.size} rows`);
}

async function mailbox(world, receipt) {
  const { t } = world, page = await world.pageOf('stranger');
  await page.goto(world.house.public + '/tip/return');
  await page.fill('[name=receipt]', receipt);
  await Promise.all([page.waitForEvent('load'), page.locator('main form button.main').press('Enter')]);
  const told = await page.locator('ol.mail > li').allInnerTexts();
  t.equal(told.length, 64, 'a mailbox shows what one can read');
  for (let i = size.answers / 2; i < size.answers; i++) t.check(told.some((text) => text.includes(`no. ${i}.`)), `the newest answers are among them: ${i}`);
  t.check(told[0].includes(seed.day(-1)) && told[63].includes(seed.day()), 'the newest last');
  t.check(/Older answers are not shown/.test(await page.locator('main').innerText()), 'and says that there are older ones');
  await world.fits(page, 'a mailbox of many answers');
  await t.axe(page, 'a mailbox of many answers');
}

// More than is listed at once, and that is said; one of the last can be decided.
async function names(world, at) {
  const { t } = world, page = await world.pageOf('call taker');
  await page.goto(world.house.staff + at);
  t.equal(await page.locator('.names > li').count(), 256, 'a tip lists so many of what it names');
  t.equal(await page.locator('section:has(#words) mark').count(), 256, 'and marks as many');
  t.check(/It names more than is listed here/.test(await page.locator('section:has(#names)').innerText()), 'and says that there is more');
  await world.fits(page, 'a tip that names much');
  await page.locator('.names select').nth(255).selectOption('right');
  await Promise.all([page.waitForEvent('load'), page.locator('section:has(#names) button').click()]);
  t.equal(await page.locator('mark.confirmed').count(), 1, 'the last of them is decided');
}

async function follow(world, at) {
  await pages(world, 'supervisor', '/queue', { rows: '[data-row]', most: 50, all: size.tips });
  await pages(world, 'investigator', '/cases', { rows: '[data-row]', most: 50, all: 61 });
  await pages(world, 'investigator', at.case, { rows: 'ol.time > li', most: 50, all: size.entries });
  await pages(world, 'specialist', at.file, { rows: 'ol.time > li', most: 40, all: 1, link: 'section[aria-labelledby=hist] a.button' });
  await pages(world, 'specialist', '/victims', { rows: '[data-row]', most: 60, all: 71 });
  await pages(world, 'investigator', '/packets', { rows: 'main section[aria-labelledby^=p-]', most: 20, all: size.packets, link: 'main a.button[href^="/packets?"]' });
  await pages(world, 'administrator', '/directory', { rows: 'div[aria-labelledby=offices-title] tbody tr', most: 50, all: size.offices });
  await pages(world, 'administrator', '/people', { rows: '[data-row]', most: 50, all: size.people });
  await pages(world, 'auditor', '/audit', { rows: '[data-row]', most: 64, all: 2000, link: 'main a.button[href*="/audit?"]' });
  await pages(world, 'deconfliction officer', '/deconfliction', { rows: 'li[data-row]', most: 20, all: size.pairs, link: 'main a.button[href*="from="]' });
  await pages(world, 'statistician', '/measures/seizures', { rows: '[data-row]', most: 50, all: size.seizures });
}

module.exports = {
  async 'a house with much of everything'(t) {
    const house = await House.make({ tips: size.tips });
    t.alsoAt(house);
    try {
      const world = new World(t, house);
      sqlite(world, 'keys.db', 'UPDATE budget SET hour_rows = 1000000, day_rows = 1000000;'); // nobody is stopped for opening much
      await world.signIn();
      const [tip, kase, file] = await Promise.all([fillTip(world), fillCase(world), fillCare(world), fillHouse(world)]);
      await fillPairs(world);
      const person = /href="(\/people\/[0-9a-f]{32})"/.exec((await world.hands.get('administrator').get('/people')).body)[1];
      const entry = /correct\?entry=[0-9a-f]{32}/.exec((await world.hands.get('investigator').get(kase)).body)[0];
      const at = { 'staff /tips/:id': [tip.at], 'staff /tips/:id/route': [`${tip.at}/route`], 'staff /cases/:id': [kase], 'staff /cases/:id/alike': [`${kase}/alike`], 'staff /cases/:id/add': [`${kase}/add?kind=arrest`],
        'staff /cases/:id/correct': [`${kase}/${entry}`], 'staff /cases/:id/csv': [`${kase}/csv`], 'staff /cases/:id/json': [`${kase}/json`],
        'staff /cases/:id/subject': [`${kase}/subject?number=60`], 'staff /victims/:id': [file], 'staff /victims/:id/entry': [`${file}/entry?kind=service`],
        'staff /victims/:id/packet': [`${file}/packet`], 'staff /people/:id': [person], 'staff /people/:id/cases': [`${person}/cases`], 'staff /cases/:id/reseal': [`${kase}/reseal`],
        'staff /cases/:id/hold': [`${kase}/hold`], 'staff /tips/:id/hold': [`${tip.at}/hold`], 'staff /tips/:id/alike': [`${tip.at}/alike`], 'staff /tips/:id/group': [`${tip.at}/group`], 'staff /victims/:id/hold': [`${file}/hold`], 'staff /victims/:id/reseal': [`${file}/reseal`],
        'staff /measures/:word': ['/measures/seizures'] };
      t.equal(unknown(routesOf(house), at).join(', '), '', 'the world of many knows every page that needs an id');
      await world.walk((route) => at[route.name] || [route.path]);
      await follow(world, { case: kase, file });
      await mailbox(world, tip.receipt);
      await names(world, tip.at);
    } finally {
      await house.leave(t);
    }
  },
};
