// What a journey needs: a browser that tells on the page, looks at every size, and counting.
'use strict';
const fs = require('fs');
const path = require('path');
const { chromium } = require('playwright-core');
const { freshCode, top } = require('./house');
const { whichTemplate } = require('./templates');
const axeSource = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 }, narrow: { width: 320, height: 640 } };
const schemes = ['light', 'dark'];
// Every way in which every template must be looked at.
const ways = [...Object.keys(sizes), 'rtl'].flatMap((way) => schemes.map((scheme) => `${way} ${scheme}`));

// The one without windows takes half of the processor time for the same pages.
const browsers = [process.env.CHROMIUM, '/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

async function openBrowser() {
  return chromium.launch({
    executablePath: browsers.find((file) => file && fs.existsSync(file)),
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  });
}

class Journey {
  constructor(name, house, browser, options) {
    Object.assign(this, { name, house, browser, options, passed: 0, failures: [], contexts: [], allowed: [] });
    this.ours = [];
    if (house) this.alsoAt(house);
  }

  // Requests to this house are not requests to somebody else.
  alsoAt(house) {
    this.ours.push(house.public, house.staff);
  }

  check(that, words) {
    if (that) this.passed++;
    else this.fail(words);
    return !!that;
  }

  equal(found, expected, words) {
    return this.check(found === expected, `${words}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  }

  fail(words) {
    this.failures.push(`${this.name}: ${words}`);
  }

  // What the browser may complain about in this journey, such as the 404 that is being tried.
  allow(pattern) {
    this.allowed.push(pattern);
  }

  // A new visitor: no cookies, no storage, nothing remembered.
  async visitor(options = {}) {
    const context = await this.browser.newContext({ viewport: sizes.desk, locale: 'en-US', ...options });
    context.setDefaultTimeout(30000); // other groups flush to the same disk meanwhile, and a page waits for its own flush
    this.contexts.push(context);
    const page = await context.newPage();
    const tell = (what) => { if (!this.allowed.some((p) => p.test(what))) this.fail(what); };
    // A refusal by the content security policy arrives here as an error, so it fails the journey too.
    page.on('console', (m) => { if (m.type() === 'error') tell(`console on ${page.url()}: ${m.text()}`); });
    page.on('pageerror', (e) => tell(`script on ${page.url()}: ${e.message}`));
    page.on('request', (r) => {
      const url = r.url();
      if (!this.ours.some((o) => url.startsWith(o + '/')) && !url.startsWith('data:')) {
        tell(`a request to somebody else: ${url}`);
      }
    });
    return page;
  }

  // Signs a role of the demo in; returns the page it lands on.
  async signIn(role, options = {}) {
    const account = this.house.account(role);
    const page = await this.visitor(options);
    await page.goto(this.house.staff + '/sign-in');
    await this.fillSignIn(page, account);
    return page;
  }

  // A form with a passphrase. On a small machine one stranger at a time has theirs stretched: others are told so, and try again.
  async passGate(page, fill) {
    this.allow(/\/(sign-in|enrol|recover): .* status of 503/);
    for (let tries = 5; ; tries--) {
      await fill();
      const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST'), press(page, 'main form button.main')]);
      if (answer.status() !== 503 || !tries) return;
      await page.waitForTimeout(1000);
    }
  }

  async fillSignIn(page, account) {
    await this.passGate(page, async () => {
      await page.fill('[name=name]', account.name);
      await page.fill('[name=pass]', account.passphrase);
      await page.fill('[name=code]', await freshCode(account));
    });
    this.check(!page.url().includes('/sign-in'), `${account.role} could not sign in: ${await page.locator('main').innerText()}`);
  }

  // A page of somebody who has signed in already: one sign-in serves all journeys, as one does a working day.
  async staff(role, options = {}) {
    const kept = this.house.signedIn || (this.house.signedIn = new Map());
    if (!kept.has(role)) kept.set(role, this.signIn(role).then((page) => page.context().storageState()));
    const page = await this.visitor({ ...options, storageState: await kept.get(role) });
    await page.goto(this.house.staff + '/');
    this.check(!page.url().includes('/sign-in'), `${role} is signed in`);
    return page;
  }

  // Looks at the page that is open now: at every size, in light and in the dark, by axe; keeps pictures when asked.
  async look(page, name) {
    if (!this.options.looks) return;
    const before = page.viewportSize(), template = await this.template(page, name);
    for (const [size, box] of Object.entries(sizes)) {
      await page.setViewportSize(box);
      for (const scheme of schemes) await this.lookOnce(page, name, template, size, scheme);
    }
    await page.emulateMedia({ colorScheme: null });
    await page.setViewportSize(before);
  }

  // As it stands now, in that scheme. way: a size, or rtl, which is narrow and in the pseudo-language.
  async lookOnce(page, name, template, way, scheme) {
    await page.emulateMedia({ colorScheme: scheme });
    const label = `${name} at ${way}, ${scheme}`;
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    this.check(wide <= 0, `${label} scrolls sideways by ${wide} px`);
    await this.axe(page, label, way === 'rtl', scheme === 'dark');
    await this.picture(page, `${name}-${way}-${scheme}`);
    this.options.seen.add(`${template} ${way} ${scheme}`);
  }

  // Which template drew the page; one that none did must not count as looked at.
  async template(page, name) {
    const found = await whichTemplate(page);
    this.check(found.length === 1, `${name}: no template, or several, may have drawn it: ${found.join(', ')}`);
    return found[0];
  }

  // unknown: the language is our invention, so axe need not know its code; everything else holds. coloursOnly: the same page was
  // looked at in other colours, so that nothing else can be found.
  async axe(page, label, unknown = false, coloursOnly = false) {
    if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(axeSource);
    // From its top: what slides under the bar that stays is not too small to touch, it is out of sight for a moment.
    await page.evaluate(() => window.scrollTo(0, 0));
    const found = await page.evaluate(async ([unknownLanguage, onlyColours]) => {
      for (const d of document.querySelectorAll('details')) d.open = true;
      const rules = unknownLanguage ? { 'html-lang-valid': { enabled: false }, 'valid-lang': { enabled: false } } : {};
      const all = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], colours = ['color-contrast', 'link-in-text-block'];
      const r = await axe.run(document, onlyColours ? { runOnly: { type: 'rule', values: colours } } : { rules, runOnly: all });
      for (const d of document.querySelectorAll('details')) d.open = false;
      return r.violations.map((v) => `${v.id} (${v.impact}) ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', ')}`);
    }, [unknown, coloursOnly]);
    this.check(found.length === 0, `axe on ${label}: ${found.join('; ')}`);
  }

  async picture(page, name) {
    if (!this.options.shots) return;
    await page.screenshot({ path: path.join(top, 'shots', `${name}.png`), fullPage: true });
  }

  // The page of an address in the right-to-left pseudo-language, as narrow as it gets.
  async lookAtPseudo(page, url, name) {
    if (!this.options.looks) return;
    await page.goto(url + (url.includes('?') ? '&' : '?') + 'lang=qps');
    await this.lookPseudo(page, name);
  }

  // The same for the page that is open now.
  async lookPseudo(page, name) {
    if (!this.options.looks) return;
    const before = page.viewportSize(), template = await this.template(page, name);
    await page.setViewportSize(sizes.narrow);
    this.equal(await page.getAttribute('html', 'dir'), 'rtl', `${name}: direction of the pseudo-language`);
    for (const scheme of schemes) await this.lookOnce(page, name, template, 'rtl', scheme);
    await page.emulateMedia({ colorScheme: null });
    await page.setViewportSize(before);
  }

  // Lets a form of the staff side be answered in the pseudo-language: there no address bears the language on.
  async answerInPseudo(page, form) {
    await page.locator(form).first().evaluate((el) => { el.setAttribute('action', el.getAttribute('action') + '?lang=qps'); });
  }

  // A visitor leaves no trace on the device.
  async leavesNothing(page) {
    const cookies = await page.context().cookies();
    this.equal(cookies.length, 0, 'cookies kept by a public page');
    const kept = await page.evaluate(async () => localStorage.length + sessionStorage.length
      + ((await indexedDB.databases()).length) + (window.isSecureContext ? (await caches.keys()).length : 0));
    this.equal(kept, 0, 'things kept in the storage by a public page');
  }

  async done() {
    for (const context of this.contexts) await context.close();
  }
}

// Posts a tip as a program would; resolves to { status, body }.
async function sendTip(house, tip, key) {
  const answer = await fetch(house.public + '/api/v1/tips', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key || require('crypto').randomUUID() },
    body: JSON.stringify(tip),
  });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}

// Every tip in the queue, page by page.
async function queueLinks(t, page) {
  const links = new Set();
  for (let next = '/queue'; next;) {
    await page.goto(t.house.staff + next);
    for (const l of await page.locator('[data-row] a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))) links.add(l);
    const more = page.locator('a[href*="after="]');
    next = (await more.count()) ? await more.getAttribute('href') : null;
  }
  return links;
}

// Does what sends a tip, and opens the one that came and holds the marker; returns its address.
async function openWhatComes(t, page, marker, send) {
  const before = await queueLinks(t, page);
  await send();
  for (const link of await queueLinks(t, page)) {
    if (before.has(link)) continue;
    await page.goto(t.house.staff + link);
    if ((await page.locator('main').innerText()).includes(marker)) return link;
  }
  throw new Error(`no new tip with ${marker} in the queue`);
}

// The page in our language, and in the long one from right to left; then as it was.
async function lookBoth(t, page, name) {
  const here = page.url();
  await t.look(page, name);
  await t.lookAtPseudo(page, here, name);
  await page.goto(here);
}

// Presses a button by keyboard and waits for the page that follows. Not by mouse: without scripts in
// the page the browser library waits in vain for the button to stand still.
async function press(page, selector) {
  await page.locator(selector).first().focus();
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
}

// The digits of a receipt that is shown on a page.
async function receiptOn(page) {
  return (await page.locator('.digits').innerText()).replace(/\D/g, '');
}

// The engine reads what is new within a few seconds: the page is asked for until it shows that element.
async function lookUntil(page, address, selector) {
  for (let i = 0; i < 40; i++) {
    await page.goto(address);
    if (await page.locator(selector).count()) return;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error(`${address} never showed ${selector}: ${await page.locator('main').innerText()}`);
}

module.exports = { openBrowser, Journey, press, lookBoth, lookUntil, sendTip, receiptOn, openWhatComes, queueLinks, sizes, ways };
