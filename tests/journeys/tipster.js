// A member of the public tells what they saw. Every name, place and number here is invented.
'use strict';
const { press, receiptOn } = require('./lib');

const words = 'Invented for a test: men sleep in the back of the car wash on Invented Road, a white van brings them at 5 am. <b>&amp; "quoted"</b>';

async function fillWell(page, narrative) {
  await page.fill('[name=narrative]', narrative);
  await page.fill('[name=place]', 'Invented Road 12, Sampletown');
  await page.fill('[name=identifiers]', 'plate TEST 0142\n555-0142');
}

async function send(page) {
  await press(page, 'main form.tip button.main');
}

async function walk(t, page) {
  await page.goto(t.house.public + '/');
  t.check((await page.locator('main a[href^="/tip"]').count()) > 0, 'the first page leads to the form');
  await page.goto(t.house.public + '/tip');
  t.equal(await page.title(), 'Write to us - Plainsight', 'the neutral title of the form');
  t.check(await page.locator('[data-leave]').isVisible(), 'the way out is in view');
  await fillWell(page, words);
  await send(page);
  const receipt = await receiptOn(page);
  t.check(/^\d{24}$/.test(receipt), `a receipt of 24 digits: ${receipt.length}`);
  t.check(!(await page.locator('body').innerText()).includes('Invented Road'), 'the receipt page does not repeat what was sent');
  return receipt;
}

module.exports = {
  async 'with scripts'(t) {
    const page = await t.visitor();
    await walk(t, page);
    await t.look(page, 'receipt');
    await t.leavesNothing(page);
  },

  async 'without scripts'(t) {
    const page = await t.visitor({ javaScriptEnabled: false });
    await walk(t, page);
    t.equal((await page.context().cookies()).length, 0, 'cookies kept by a public page');
  },

  async 'without scripts on a small phone'(t) {
    const page = await t.visitor({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
    await page.goto(t.house.public + '/tip?lang=es');
    t.equal(await page.getAttribute('html', 'lang'), 'es', 'the language asked for');
    await fillWell(page, words);
    await send(page);
    t.check(/^\d{24}$/.test(await receiptOn(page)), 'a receipt in Spanish too');
    t.equal(await page.getAttribute('html', 'lang'), 'es', 'the receipt keeps the language');
  },

  async 'an error keeps every word'(t) {
    t.allow(/status of 422|status of 400/);
    for (const javaScriptEnabled of [true, false]) {
      const page = await t.visitor({ javaScriptEnabled });
      await page.goto(t.house.public + '/tip');
      await fillWell(page, '   ');
      const picked = page.locator('main form.tip input[type=radio][name=danger]').first();
      const sign = page.locator('main form.tip input[type=checkbox]').first();
      await picked.check({ force: true });
      await sign.check({ force: true });
      const signName = await sign.getAttribute('name'), signValue = await sign.getAttribute('value');
      await send(page);
      t.check((await page.title()).startsWith('Problem:'), `the title says there is a problem: ${await page.title()}`);
      t.equal(await page.inputValue('[name=place]'), 'Invented Road 12, Sampletown', 'the place is kept');
      t.equal((await page.inputValue('[name=identifiers]')).replace(/\r/g, ''), 'plate TEST 0142\n555-0142', 'the lines are kept');
      t.check(await page.locator('main form.tip input[type=radio][name=danger]').first().isChecked(), 'the choice is kept');
      t.check(await page.locator(`main form.tip input[name="${signName}"][value="${signValue}"]`).isChecked(), 'the sign is kept');
      if (javaScriptEnabled) await t.look(page, 'tip-error');
      await page.fill('[name=narrative]', words);
      await send(page);
      t.check(/^\d{24}$/.test(await receiptOn(page)), 'and then it is received');
    }
  },

  async 'a page sent twice is one tip'(t) {
    const page = await t.visitor();
    await page.goto(t.house.public + '/tip');
    await fillWell(page, words + ' Sent twice.');
    await send(page);
    const first = await receiptOn(page);
    await page.reload();
    t.equal(await receiptOn(page), first, 'the same receipt for the same page sent again');
  },

  async 'the form is small and asks nobody else'(t) {
    const page = await t.visitor();
    let bytes = 0;
    const requests = [];
    page.on('response', (r) => requests.push(r.body().then((b) => { bytes += b.length; }, () => {})));
    await page.goto(t.house.public + '/tip', { waitUntil: 'networkidle' });
    await Promise.all(requests);
    t.check(bytes > 1000 && bytes < 30 * 1024, `the form with its style has ${bytes} bytes, uncompressed`);
    const head = (await page.request.get(t.house.public + '/tip')).headers();
    t.check(/default-src 'none'/.test(head['content-security-policy'] || ''), 'a policy that shuts everything not named');
    t.equal(head['set-cookie'], undefined, 'no cookie is set');
    t.check(/no-store/.test(head['cache-control'] || ''), 'nothing is kept on the way');
    t.equal(head['referrer-policy'], 'no-referrer', 'no referrer goes out');
    t.equal(head['x-content-type-options'], 'nosniff', 'no type is guessed');
  },

  async 'the way out'(t) {
    t.allow(/a request to somebody else/);
    const page = await t.visitor();
    await page.context().route((url) => !url.href.startsWith(t.house.public), (route) => route.fulfill({ body: 'elsewhere' }));
    await page.goto(t.house.public + '/tip');
    const goal = await page.getAttribute('[data-leave]', 'href');
    t.check(/^https:\/\//.test(goal || ''), 'the way out leads to another site');
    await page.fill('[name=narrative]', 'half written');
    await page.locator('h1').click();
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift');
    await page.waitForURL(goal).catch(() => {});
    t.equal(page.url(), goal, 'Shift three times leaves');
    await page.goto(t.house.public + '/tip');
    await page.click('[data-leave]');
    await page.waitForURL(goal).catch(() => {});
    t.equal(page.url(), goal, 'the button leaves');
  },

  async 'every public page'(t) {
    t.allow(/status of 404/);
    const page = await t.visitor();
    for (const [name, path] of [['home', '/'], ['report', '/report'], ['tip', '/tip'], ['return', '/tip/return'], ['help', '/help']]) {
      const answer = await page.goto(t.house.public + path);
      t.equal(answer.status(), 200, `${path} answers`);
      await t.look(page, name);
      await t.lookAtPseudo(page, t.house.public + path, name);
    }
    for (const path of ['/sign-in', '/queue', '/desk', '/audit', '/settings', '/nothing']) {
      const answer = await page.goto(t.house.public + path);
      t.equal(answer.status(), 404, `${path} does not exist on the public address`);
    }
    await t.look(page, 'not-found');
  },
};
