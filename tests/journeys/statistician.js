// A statistician sees counts, publishes them, and anybody reads what was published; nobody's words are anywhere near.
'use strict';
const { press } = require('./lib');

module.exports = {
  async 'before anything was published'(t) {
    const page = await t.visitor();
    await page.goto(t.house.public + '/figures');
    t.check(/Nothing has been published/.test(await page.locator('main').innerText()), 'the page says that there is nothing');
    t.equal(await page.locator('main svg').count(), 0, 'and draws nothing');
    await t.look(page, 'figures-none');
    await t.lookAtPseudo(page, t.house.public + '/figures', 'figures-none');
    t.equal(await (await fetch(t.house.public + '/figures.csv')).text(), 'measure,office,fiscal_year,value,class\r\n', 'the CSV has its head alone');
  },

  async 'from counts to a published page'(t) {
    t.allow(/status of 404/);
    const page = await t.staff('statistician');
    t.equal(new URL(page.url()).pathname, '/measures', 'measures are where this work begins');
    await t.look(page, 'measures');
    const cell = page.locator('tbody a[href*="/measures/"]').first();
    const figure = (await cell.count()) ? Number((await cell.innerText()).split('.')[0]) : 0; // a house without entries has nothing to open
    if (figure) await cell.click();
    else await page.goto(t.house.staff + '/measures/arrests');
    const rows = await page.locator('[data-row]').count();
    t.check(rows === Math.min(figure, 50), `${figure} entries, ${rows} rows`);
    await t.look(page, 'measure-entries');
    await t.lookAtPseudo(page, page.url(), 'measure-entries');
    for (const p of ['/queue', '/people', '/settings', '/audit', '/measures/victims_located', '/measures/clients_served', '/measures/none']) {
      t.equal((await page.goto(t.house.staff + p)).status(), 404, `${p} for a statistician`);
    }
    await page.goto(t.house.staff + '/measures');
    await press(page, 'form[action="/measures/publish"] button');
    t.check(/Published/.test(await page.locator('[role=status]').innerText()), 'it says that it is published');
    await t.lookAtPseudo(page, t.house.staff + '/measures', 'measures');
  },

  async 'what was published, read by a stranger'(t) {
    const page = await t.visitor();
    await page.goto(t.house.public + '/');
    await page.click('footer a[href^="/figures"]');
    t.check(/more than 9000/.test(await page.locator('main').innerText()), 'the figures of others with their "more than"');
    await t.look(page, 'figures');
    for (const figure of await page.locator('figure').all()) {
      const drawn = await figure.locator('svg text[font-weight]').allTextContents();
      const table = figure.locator('xpath=following-sibling::div[1]');
      const told = await table.locator('td').allInnerTexts();
      t.equal(drawn.join(' '), told.map((s) => (/^\d/.test(s) ? s : '-')).join(' '), 'a chart says what its table says');
    }
    await page.goto(t.house.public + '/figures?lang=es');
    t.check(/Cifras/.test(await page.locator('h1').innerText()), 'in Spanish');
    await t.look(page, 'figures-es');
    await t.lookAtPseudo(page, t.house.public + '/figures', 'figures');
    const csv = await (await fetch(t.house.public + '/figures.csv')).text();
    t.check(csv.startsWith('measure,office,fiscal_year,value,class\r\n'), 'the head of the CSV');
    t.check(csv.split('\r\n').slice(1, -1).every((l) => /,(\d+|\d+\.\d\d),(exact|rounded|published)$/.test(l)), 'every row a number and a class');
    await t.leavesNothing(page);
  },
};
