// The pictures of the README, of the whole demonstration: the tip form on a phone beside the queue on a desk (docs/tour.png), and what
// each role works with (docs/tour/ROLE.png).
'use strict';
const fs = require('fs');
const path = require('path');
const { House, top } = require('./house');
const { openBrowser, Journey, press } = require('./lib');

const first = (prefix) => `main a[href^="${prefix}"]:not([href$="/new"])`;
const roles = [ // role, the page to show, what is clicked there first, what the page is asked for again until it shows
  ['call taker', '/queue', first('/tips/')],
  ['analyst', '/cases'],
  ['investigator', '/cases', first('/cases/')],
  ['specialist', '/victims', first('/victims/')],
  ['coordinator', '/victims'],
  ['supervisor', '/queue'],
  ['statistician', '/measures'],
  ['auditor', '/audit'],
  ['deconfliction officer', '/deconfliction', null, 'li[data-row]'], // the engine reads for some seconds from the supervisor's sign-in on
  ['administrator', '/people'],
];
const desk = { viewport: { width: 1200, height: 760 } };

async function formBesideQueue(t, browser, house) {
  const phone = await t.visitor({ viewport: { width: 390, height: 760 } });
  await phone.goto(house.public + '/tip');
  const form = (await phone.screenshot()).toString('base64');
  const page = await t.staff('call taker', desk);
  await page.goto(house.staff + '/queue');
  const queue = (await page.screenshot()).toString('base64');
  const sheet = await browser.newPage({ viewport: { width: 1660, height: 800 } });
  await sheet.setContent(`<body style="margin:20px;display:flex;gap:30px;background:#e8ecef">
    <img src="data:image/png;base64,${form}"><img src="data:image/png;base64,${queue}"></body>`);
  await sheet.waitForFunction(() => [...document.images].every((i) => i.complete));
  await sheet.screenshot({ path: path.join(top, 'docs', 'tour.png') });
}

async function roleAtWork(t, house, [role, where, then, until]) {
  const page = await t.staff(role, desk);
  await page.goto(house.staff + where);
  for (let i = 0; until && i < 60 && !await page.locator(until).count(); i++) {
    await page.waitForTimeout(500);
    await page.reload();
  }
  if (then) await press(page, then);
  await page.screenshot({ path: path.join(top, 'docs', 'tour', role.replace(/ /g, '-') + '.png') });
}

async function main() {
  fs.mkdirSync(path.join(top, 'docs', 'tour'), { recursive: true });
  const house = await House.make({ tips: 5000, cases: 300 });
  const browser = await openBrowser();
  const t = new Journey('tour', house, browser, { shots: false, looks: false });
  try {
    await formBesideQueue(t, browser, house);
    for (const r of roles) await roleAtWork(t, house, r);
    const figures = await t.visitor(desk);
    await figures.goto(house.public + '/figures');
    await figures.screenshot({ path: path.join(top, 'docs', 'tour', 'figures.png') });
    for (const f of t.failures) console.error(f);
    process.exitCode = t.failures.length ? 1 : 0;
  } finally {
    await browser.close();
    await house.stop();
    house.remove();
  }
}

main().catch((e) => {
  console.error(e.stack || e);
  process.exit(1);
});
