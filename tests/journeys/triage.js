// A supervisor works through the queue: takes tips, judges one, closes it, opens it again, looks where it belongs. All texts are invented.
'use strict';
const { lookUntil, openWhatComes, press, sendTip } = require('./lib');

const focusedRow = (page) => page.evaluate(() => document.activeElement.closest('[data-row]') && document.activeElement.getAttribute('href'));

// Presses a key that leads to another page.
async function keyAway(page, key) {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press(key)]);
}

module.exports = {
  async 'many at once, by keyboard'(t) {
    t.allow(/status of 4\d\d/);
    const page = await t.staff('supervisor');
    await page.goto(t.house.staff + '/queue?w=none');
    const taken = [];
    for (let i = 0; i < 2; i++) {
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      taken.push(await focusedRow(page));
    }
    t.equal(await page.locator('[data-row] input:checked').count(), 2, 'x chooses the row');
    await keyAway(page, 'a');
    t.check((await page.locator('main .box.good').innerText()).includes('2 tips'), 'a takes the chosen ones');
    await page.goto(t.house.staff + '/queue?w=none');
    await page.keyboard.press('j');
    taken.push(await focusedRow(page));
    await keyAway(page, 'a');
    t.check((await page.locator('main .box.good').innerText()).includes('1 tip '), 'with none chosen, a takes the row at hand');
    await press(page, 'nav.side a[href*="w=me"]');
    const mine = await page.locator('[data-row] a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    t.check(taken.every((link) => mine.includes(link)), 'they stand among mine');

    await page.fill('#name', 'Invented filter');
    await press(page, 'form[action="/queue/filters"] button');
    t.equal(await page.locator('nav.side a', { hasText: 'Invented filter' }).getAttribute('href'), '/queue?p=&l=&w=me', 'the filter is kept as a link');
    await t.look(page, 'queue-mine');
    await press(page, 'form[action="/queue/filters/delete"] button');
    t.equal(await page.locator('nav.side a', { hasText: 'Invented filter' }).count(), 0, 'and goes when it is deleted');

    await press(page, 'button[value=dispose]');
    t.check((await page.title()).startsWith('Problem:'), 'closing nothing is a problem');
    t.equal(await page.locator('.bulk .error').count(), 1, 'and no code is one too');
    await t.look(page, 'queue-error');
  },

  async 'judging, closing and opening again'(t) {
    t.allow(/status of 4\d\d/);
    const sent = await sendTip(t.house, { narrative: `Invented for a test: somebody asked for a leaflet. ${Date.now()}`, language: 'en' });
    t.equal(sent.status, 201, 'a tip comes in');
    const page = await t.staff('supervisor');
    await page.goto(t.house.staff + '/queue?w=none');
    await page.keyboard.press('j');
    const link = await focusedRow(page);
    await keyAway(page, 'e');
    t.equal(new URL(page.url()).pathname + new URL(page.url()).hash, `${link}#level`, 'e goes to the urgency of the row');
    t.equal(await page.evaluate(() => document.activeElement.id), 'level', 'with the level at hand');
    await page.selectOption('#level', '4');
    await press(page, 'form[action$="/urgency"] button');
    t.check((await page.title()).startsWith('Problem:'), 'another urgency wants a reason');
    await t.look(page, 'tip-urgency-error');
    await page.locator('details:has(#urgency_reason)').evaluate((d) => { d.open = true; }); // the look has shut it
    await page.locator('#urgency_reason').fill('Invented: nobody is in danger.');
    await press(page, 'form[action$="/urgency"] button');
    const words = () => page.locator('main').innerText();
    t.check(/Urgency P\d to P4/.test(await words()) && (await words()).includes('nobody is in danger'), 'it stands in the history with its reason');

    await page.selectOption('#code', 'tip_thin');
    await press(page, 'form[action$="/dispose"] button');
    t.check((await page.locator('.title').innerText()).includes('Closed: Too little to act on'), 'the page says what became of it');
    await t.look(page, 'tip-closed');
    await page.goto(t.house.staff + '/queue?p=4&s=closed');
    t.equal(await page.locator(`[data-row] a[href="${link}"]`).count(), 1, 'it is among the closed');
    await page.goto(t.house.staff + link);
    await page.fill('#reopen_reason', 'Invented: more came.');
    await press(page, 'form[action$="/reopen"] button');
    t.equal(await page.locator('form[action$="/dispose"]').count(), 1, 'and open again');
  },

  async 'where it belongs'(t) {
    t.allow(/status of 4\d\d/);
    const page = await t.staff('supervisor');
    await page.goto(t.house.staff + '/queue');
    const link = await page.locator('[data-row] a').first().getAttribute('href');
    await page.goto(t.house.staff + link);
    await press(page, `a[href="${link}/route"]`);
    await t.look(page, 'route');
    await t.lookAtPseudo(page, `${t.house.staff}${link}/route`, 'route');
    await page.goto(`${t.house.staff}${link}/route`);
    await page.fill('#state', 'Alabama');
    await press(page, 'button[value=find]');
    t.check((await page.locator('.box.info').innerText()).includes('Alabama is the area of Lantern Line, Georgia'), 'the map names the office');
    t.equal(await page.locator('#confirmed').count(), 1, 'a place in dispute asks for a person who asked');
    await press(page, 'button[value=send]');
    t.check((await page.title()).startsWith('Problem:'), 'without an office nothing is sent');
    t.equal(await page.inputValue('#state'), 'Alabama', 'and what was typed stays');
    await t.look(page, 'route-error');
  },

  async 'search by words'(t) {
    t.allow(/status of 4\d\d/);
    const page = await t.staff('supervisor');
    for (const narrative of ['Invented: a quilted lantern hangs over the side door. Ask for Mohammed at (202) 555-0188.', 'Invented: another lantern, in the yard behind the laundry.']) {
      t.equal((await sendTip(t.house, { narrative, language: 'en' })).status, 201, 'a tip comes in');
    }
    await page.goto(t.house.staff + '/queue');
    await keyAway(page, '/');
    t.equal(new URL(page.url()).pathname, '/search', 'the slash leads to the search');
    await page.waitForFunction(() => document.activeElement.id, null, { timeout: 5000 }).catch(() => {}); // the browser gives it when it first paints
    t.equal(await page.evaluate(() => document.activeElement.id), 'words', 'with the field at hand');
    await t.look(page, 'search');
    await t.lookAtPseudo(page, `${t.house.staff}/search`, 'search');
    await page.goto(t.house.staff + '/search');
    const ask = async (words) => {
      await page.fill('#words', words);
      await press(page, 'form[role=search] button');
    };
    for (let i = 0; i < 40 && !(await page.locator('mark', { hasText: 'quilted' }).count()); i++) { // the engine reads them within seconds
      await ask('quilted LANTERN');
      await new Promise((done) => setTimeout(done, 250));
    }
    t.equal(new URL(page.url()).pathname + new URL(page.url()).search, '/search', 'what was typed stands in no address');
    t.equal(await page.inputValue('#words'), 'quilted LANTERN', 'but in its field');
    const rows = page.locator('[data-row]');
    t.check((await rows.first().innerText()).includes('quilted lantern hangs'), 'who says all of it stands first');
    t.equal(await rows.first().locator('mark').count(), 2, 'and the words are marked');
    t.check((await rows.nth(1).innerText()).includes('1 of 2 words'), 'who says a part stands behind');
    await t.look(page, 'search-found');
    await ask('muhamad');
    t.check((await page.locator('mark').allInnerTexts()).includes('Mohammed'), 'a name is found by its sound');
    await ask('2025550188');
    t.check((await page.locator('mark').allInnerTexts()).includes('(202) 555-0188'), 'a telephone however it is written');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('j');
    const link = await focusedRow(page);
    await keyAway(page, 'Enter');
    t.equal(new URL(page.url()).pathname, link, 'Enter opens it');
    await page.goto(t.house.staff + '/search');
    await ask('neverwrittenanywhere');
    t.check((await page.locator('main').innerText()).includes('Nothing that you may see says this'), 'nothing is said to be nothing');
    await t.look(page, 'search-nothing');
    await ask('!');
    t.check((await page.title()).startsWith('Problem:'), 'no word is a problem');
    await t.look(page, 'search-error');
  },

  async 'tips that may be the same'(t) {
    const phone = '202-555-0173', rumour = 'Invented for a test, and passed on by many: a grey van takes young women at the old market, tell everybody you know before it is deleted';
    const texts = [`Invented: he keeps two women above the bakery. He answers at ${phone}, his car is plate 7KLM214.`,
      `Invented: my neighbour says call (202) 555 0173 for massages. A grey car, plate 7KLM 214, waits outside.`, rumour, `${rumour}. Plate 4QRT 889.`, rumour];
    const page = await t.staff('supervisor');
    const send = (narrative) => () => sendTip(t.house, { narrative, language: 'en' });
    const first = await openWhatComes(t, page, 'above the bakery', send(texts[0]));
    const flood = await openWhatComes(t, page, 'tell everybody', send(texts[2]));
    for (const narrative of [texts[1], texts[3], texts[4]]) t.equal((await send(narrative)()).status, 201, 'a tip comes in');
    const alike = `${t.house.staff}${first}/alike`;
    await lookUntil(page, alike, 'h2#match');
    const said = await page.locator('section[aria-labelledby=match]').innerText();
    t.check(/very likely/.test(said) && said.includes('+12025550173 in both') && said.includes('Number plate 7KLM214 in both'), 'with its reasons in words');
    t.equal(await page.locator('svg.chart rect').count(), 4, 'and a bar for each of them');
    await t.look(page, 'alike');
    await t.lookAtPseudo(page, alike, 'alike');
    await page.goto(alike);
    await keyAway(page, 's');
    t.check((await page.locator('section[aria-labelledby=decided]').innerText()).includes('Same situation as'), 's keeps that it is the same');
    t.equal(await page.locator('h2#match').count(), 0, 'and nobody is asked again');
    await t.look(page, 'alike-decided');
    await page.click('a[href="/look-alikes"]');
    await page.waitForURL(/look-alikes/);
    t.equal(await page.locator('div:has(> h2#bands) tbody tr', { hasText: 'very likely' }).count(), 1, 'it is held against what was promised');
    await t.look(page, 'proposals');
    await t.lookAtPseudo(page, `${t.house.staff}/look-alikes`, 'proposals');
    await page.goto(alike);
    await page.locator('section[aria-labelledby=decided] a').first().click();
    await page.waitForLoadState();
    t.check(/Same situation as tip/.test(await page.locator('main').innerText()), 'the other tip has it in its history');
    await page.goto(alike);
    await press(page, 'button[value=undone]');
    t.equal(await page.locator('h2#match').count(), 1, 'taken back, it is proposed again');
    await lookUntil(page, `${t.house.staff}${flood}/alike`, 'section[aria-labelledby=copies]');
    const copies = await page.locator('section[aria-labelledby=copies]').innerText();
    t.check(copies.includes('3 tips say nearly the same'), 'copies are counted');
  },

  async 'tips that hang together, and what a decision does to them'(t) {
    const phone = '202-555-0185', mail = 'invented.house@example.org';
    const texts = [`Invented: the flat over the laundry is let by the hour. Call ${phone}.`, `Invented: a card in the lift says ${phone}, or write to ${mail}.`,
      `Invented: she was told to write to ${mail} if she ran away.`, `Invented: a driver of ${mail} waits, his number is 202-555-0186.`];
    const page = await t.staff('supervisor');
    const first = await openWhatComes(t, page, 'over the laundry', () => sendTip(t.house, { narrative: texts[0], language: 'en' }));
    for (const narrative of texts.slice(1)) t.equal((await sendTip(t.house, { narrative, language: 'en' })).status, 201, 'a tip comes in');
    const group = `${t.house.staff}${first}/group`;
    await lookUntil(page, group, 'tbody tr:nth-child(4)');
    await page.goto(`${t.house.staff}${first}/alike`);
    await keyAway(page, 'g');
    const said = await page.locator('section[aria-labelledby=group]').innerText();
    t.check(said.includes('4 tips hang together') && said.includes('Telephone +12025550185') && said.includes(`E-mail ${mail}`), 'each with what it hangs together by');
    await t.look(page, 'group');
    await t.lookAtPseudo(page, group, 'group');
    await page.goto(group);
    const far = await page.locator('tbody tr', { hasText: mail }).last().locator('td a').first().getAttribute('href');
    await page.goto(`${t.house.staff}${far}/alike`);
    await keyAway(page, 'd');
    await page.goto(`${t.house.staff}${far}/group`);
    const apart = page.locator('section[aria-labelledby=apart]');
    t.check((await apart.innerText()).includes('somebody decided that two of their tips are not the same situation'), 'what is decided different is shown apart');
    await t.look(page, 'group-apart');
    const left = await page.locator('tbody tr').count();
    await apart.locator('a').click();
    await page.waitForLoadState();
    t.equal(left + await page.locator('tbody tr').count(), 4, 'and the other side is one link away');
    await page.goto(`${t.house.staff}${far}/alike`);
    await press(page, 'button[value=undone]');
    await page.goto(group);
    t.equal(await page.locator('tbody tr').count(), 4, 'taken back, they hang together as before');
  },

  async 'a flood in a group is one row'(t) {
    const phone = '202-555-0191', rumour = `Invented for a test, sent on by many: the bus behind the old brewery collects girls at night, ask at ${phone}, pass it on quickly`;
    const page = await t.staff('supervisor');
    const first = await openWhatComes(t, page, 'in the attic', () => sendTip(t.house, { narrative: `Invented: the landlord keeps two workers in the attic. He said ${phone} is his number.`, language: 'en' }));
    for (let i = 0; i < 12; i++) t.equal((await sendTip(t.house, { narrative: i === 5 ? `${rumour}. Plate 4QRT 993.` : rumour, language: 'en' })).status, 201, 'a copy comes in');
    const group = `${t.house.staff}${first}/group`;
    await lookUntil(page, group, 'tbody a[href$="/alike#copies"]');
    for (let i = 0; i < 40 && !/12 near copies/.test(await page.locator('tbody').innerText()); i++) {
      await new Promise((done) => setTimeout(done, 500));
      await page.goto(group);
    }
    const rows = await page.locator('tbody tr').count();
    t.check(rows === 3 || rows === 2, 'the tip, its flood, and the copy that names a plate, unless it came first by its number');
    t.check((await page.locator('section[aria-labelledby=group]').innerText()).includes('13 tips hang together'), 'all are counted');
    await t.look(page, 'group-flood');
    await t.lookAtPseudo(page, group, 'group-flood');
    await page.goto(group);
    await Promise.all([page.waitForEvent('load'), page.locator('tbody a[href$="/alike#copies"]').click()]);
    t.check((await page.locator('section[aria-labelledby=copies]').innerText()).includes('12 tips say nearly the same'), 'and the copies are one link away');
  },
};
