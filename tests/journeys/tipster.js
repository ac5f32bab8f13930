// A member of the public tells what they saw. Every name, place and number here is invented.
'use strict';
const { press, receiptOn, sizes } = require('./lib');

const words = 'Invented for a test: men sleep in the back of the car wash on Invented Road, a white van brings them at 5 am. <b>&amp; "quoted"</b>';

async function fillWell(page, narrative) {
  await page.fill('[name=narrative]', narrative);
  await page.fill('[name=place]', 'Invented Road 12, Sampletown');
  await page.fill('[name=identifiers]', 'plate TEST 0142\n555-0142');
}

async function send(page) {
  await press(page, 'main form.tip button.main');
}

// What must stand above the first question, in this order: danger, then who reads it.
async function dangerThenWho(t, page) {
  const order = await page.evaluate(() => {
    const places = ['.now', 'form.tip .box.info', '[name=narrative]'].map((s) => document.querySelector(s));
    return places.every((p) => p) && places.every((p, i) => !i || places[i - 1].compareDocumentPosition(p) & 4);
  });
  t.check(order, 'danger first, then who reads it, then the first question');
  t.check(/immigra/i.test(await page.locator('form.tip .box.info').innerText()), 'the form says whether immigration authorities see it');
}

async function walk(t, page) {
  await page.goto(t.house.public + '/');
  await press(page, 'main .ways a.first');
  t.equal(new URL(page.url()).pathname, '/tip', 'the first page leads to the form');
  t.equal(await page.title(), 'Write to us', 'the neutral title of the form');
  t.check(await page.locator('[data-leave]').isVisible(), 'the way out is in view');
  await dangerThenWho(t, page);
  await fillWell(page, words);
  await send(page);
  const receipt = await receiptOn(page);
  t.check(/^\d{24}$/.test(receipt), `a receipt of 24 digits: ${receipt.length}`);
  t.check(!(await page.content()).includes('Invented Road'), 'the receipt page does not repeat what was sent');
  t.check(!page.url().includes(receipt.slice(0, 4)), 'the address bears no digit of the receipt');
}

async function errorKeepsEveryWord(t, page) {
  await page.goto(t.house.public + '/tip');
  const kept = {
    place: 'Invented Road 12 <i>&amp;</i>', how_many: 'about a dozen, "maybe"', identifiers: 'plate TEST 0142\n555-0142',
    contact: 'text 555-0143', safe_when: 'after 9 pm', code_word: 'pumpkin',
  };
  await page.fill('[name=narrative]', '   ');
  for (const [name, value] of Object.entries(kept)) await page.fill(`[name=${name}]`, value);
  const choices = ['danger', 'when', 'minor', 'who', 'consent', 'method'].map((n) => `input[type=radio][name=${n}]`);
  const picked = [...choices, 'input[type=checkbox][name=sign]', 'input[type=checkbox][name=message]'].map((c) => `main form.tip ${c}`);
  const values = [];
  for (const p of picked) {
    const at = page.locator(p).last();
    values.push(await at.getAttribute('value'));
    await at.evaluate((el) => { for (let d = el.closest('details'); d; d = d.parentElement.closest('details')) d.open = true; });
    await at.focus();
    await page.keyboard.press('Space');
  }
  await send(page);
  t.check((await page.title()).startsWith('Problem:'), `the title says there is a problem: ${await page.title()}`);
  for (const [name, value] of Object.entries(kept)) {
    t.equal((await page.inputValue(`[name=${name}]`)).replace(/\r/g, ''), value, `what was typed as ${name} is kept`);
  }
  for (const [i, p] of picked.entries()) {
    t.check(await page.locator(`${p}[value="${values[i]}"]`).isChecked(), `the choice ${p} is kept`);
  }
  t.equal(await page.getAttribute('[name=narrative]', 'aria-invalid'), 'true', 'the field at fault is marked');
  t.check((await page.locator('#problems a[href="#narrative"]').count()) === 1, 'the list of problems leads to the field');
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

  async 'in Spanish, without scripts, on a small phone'(t) {
    t.allow(/status of 422/);
    const page = await t.visitor({ javaScriptEnabled: false, viewport: sizes.narrow });
    await page.goto(t.house.public + '/');
    await page.locator('details.lang summary').focus();
    await page.keyboard.press('Enter');
    await press(page, 'details.lang a[lang=es]');
    await press(page, 'main .ways a.first');
    t.equal(await page.getAttribute('html', 'lang'), 'es', 'the language chosen goes along');
    t.equal(await page.locator('h1').innerText(), 'Cuéntenos qué está pasando', 'the form is in Spanish');
    await fillWell(page, '  ');
    await send(page);
    t.check((await page.title()).startsWith('Problema:'), `an error is said in Spanish too: ${await page.title()}`);
    await fillWell(page, words);
    await send(page);
    t.check(/^\d{24}$/.test(await receiptOn(page)), 'a receipt in Spanish too');
    t.equal(await page.getAttribute('html', 'lang'), 'es', 'the receipt keeps the language');
  },

  async 'a device that asks for Spanish gets it'(t) {
    const page = await t.visitor({ locale: 'es-MX' });
    await page.goto(t.house.public + '/tip');
    t.equal(await page.getAttribute('html', 'lang'), 'es', 'the language of the device');
  },

  async 'an error keeps every word'(t) {
    t.allow(/status of 422|status of 400/);
    for (const javaScriptEnabled of [true, false]) {
      const page = await t.visitor({ javaScriptEnabled });
      await errorKeepsEveryWord(t, page);
      if (javaScriptEnabled) {
        t.equal(await page.evaluate(() => document.activeElement.id), 'problems', 'the problems have the focus');
        await t.look(page, 'tip-error');
      }
      await page.fill('[name=narrative]', words);
      await page.fill('[name=how_many]', '12');
      await send(page);
      t.check(/^\d{24}$/.test(await receiptOn(page)), 'and then it is received');
    }
  },

  async 'by keyboard alone'(t) {
    const page = await t.visitor();
    await page.goto(t.house.public + '/tip');
    const tabTo = async (that, most) => {
      for (let i = 0; i < most; i++) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate((sought) => {
          const el = document.activeElement, style = getComputedStyle(el);
          return { here: el.matches(sought), seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, what: el.outerHTML.slice(0, 80) };
        }, that);
        t.check(at.seen, `where the keyboard is can be seen: ${at.what}`);
        if (at.here) return true;
      }
      return false;
    };
    await page.keyboard.press('Tab');
    t.check(await page.evaluate(() => document.activeElement.matches('a.skip')), 'the first stop leads past the top');
    await page.keyboard.press('Enter');
    t.check(await tabTo('[name=narrative]', 6), 'from there the first question is near');
    await page.keyboard.type(words);
    t.check(await tabTo('[name=danger]', 3), 'then the question of danger');
    await page.keyboard.press('Space');
    t.check(await tabTo('form.tip button.main', 60), 'and at the end the button');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    t.check(/^\d{24}$/.test(await receiptOn(page)), 'sent without a mouse');
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
    const requests = [], seen = [];
    page.on('response', (r) => { seen.push(new URL(r.url()).pathname); requests.push(r.body().then((b) => { bytes += b.length; }, () => {})); });
    await page.goto(t.house.public + '/tip', { waitUntil: 'networkidle' });
    await Promise.all(requests);
    t.equal(seen.filter((p) => p.endsWith('.css')).length, 2, 'both styles are counted');
    t.check(bytes > 1000 && bytes < 30 * 1024, `the form with its style has ${bytes} bytes, uncompressed`);
    const head = (await page.request.get(t.house.public + '/tip')).headers();
    t.check(/default-src 'none'/.test(head['content-security-policy'] || ''), 'a policy that shuts everything not named');
    t.check(!/unsafe-|https:|\*/.test(head['content-security-policy'] || 'unsafe-'), 'and names nothing unsafe and nobody else');
    t.equal(head['set-cookie'], undefined, 'no cookie is set');
    t.check(/no-store/.test(head['cache-control'] || ''), 'nothing is kept on the way');
    t.equal(head['referrer-policy'], 'no-referrer', 'no referrer goes out');
    t.equal(head['x-content-type-options'], 'nosniff', 'no type is guessed');
  },

  async 'the way out'(t) {
    t.allow(/a request to somebody else/);
    const page = await t.visitor();
    await page.context().route((url) => !url.href.startsWith(t.house.public), (route) => route.fulfill({ body: 'elsewhere' }));
    const leaves = async (words, act) => {
      await page.goto(t.house.public + '/help');
      await page.goto(t.house.public + '/tip');
      const goal = await page.getAttribute('[data-leave]', 'href');
      t.check(/^https:\/\//.test(goal || ''), 'the way out leads to another site');
      await page.fill('[name=narrative]', 'half written');
      await act();
      await page.waitForURL(goal).catch(() => {});
      t.equal(page.url(), goal, `${words} leaves`);
      await page.goBack();
      t.equal(new URL(page.url()).pathname, '/help', `${words}: the way back does not show the form`);
    };
    await leaves('Shift three times', async () => { for (let i = 0; i < 3; i++) await page.keyboard.press('Shift'); });
    await leaves('the button', () => page.click('[data-leave]'));

    await page.goto(t.house.public + '/tip');
    await page.focus('[name=narrative]');
    for (const key of ['Shift', 'Shift', 'a', 'Shift']) await page.keyboard.press(key);
    await page.waitForTimeout(300);
    t.equal(new URL(page.url()).pathname, '/tip', 'capitals while typing do not leave');

    const plain = await t.visitor({ javaScriptEnabled: false });
    await plain.context().route((url) => !url.href.startsWith(t.house.public), (route) => route.fulfill({ body: 'elsewhere' }));
    await plain.goto(t.house.public + '/tip');
    await press(plain, '[data-leave]');
    t.check(!plain.url().startsWith(t.house.public), 'without scripts the button leads away too');
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
    await t.lookAtPseudo(page, t.house.public + '/nothing', 'not-found');
  },

  // Pages that answer a form have no address of their own: they are reached in the pseudo-language by walking.
  async 'the answers to a form, in the pseudo-language'(t) {
    t.allow(/status of 4\d\d/);
    const page = await t.visitor({ viewport: sizes.narrow });
    await page.goto(t.house.public + '/tip?lang=qps');
    await send(page);
    await t.lookPseudo(page, 'tip-error');
    await page.fill('[name=narrative]', words);
    await send(page);
    const receipt = await receiptOn(page);
    t.equal(receipt.length, 24, 'a receipt in any language');
    await t.lookPseudo(page, 'receipt');
    for (const [name, digits] of [['return-short', receipt.slice(1)], ['return-wrong', '0'.repeat(24)], ['mailbox', receipt]]) {
      await page.goto(t.house.public + '/tip/return?lang=qps');
      await page.fill('[name=receipt]', digits);
      await press(page, 'main form button.main');
      await t.lookPseudo(page, name);
    }
    await press(page, 'button[value=add]');
    await t.lookPseudo(page, 'mailbox-error');
    await page.fill('[name=message]', 'Invented addition.');
    await press(page, 'button[value=add]');
    await t.lookPseudo(page, 'added');
  },
};
