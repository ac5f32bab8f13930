// A house just made: people of every role, and nothing else. Every list says in words that there is nothing, and what to do next.
'use strict';
const { House } = require('./house');
const { World, answers, routesOf, unknown, absentId } = require('./world');

// What each page says when there is nothing, and what leads on from there. full: it is never empty, and why.
const nothing = {
  'public /': { full: 'what the line is' },
  'public /figures': { says: /Nothing has been published here yet/, next: 'main a.button[href^="/"]' },
  'public /figures.csv': { full: 'the head of the file' },
  'public /help': { says: /No telephone line has been confirmed/, next: 'main a.main[href^="/tip"]' },
  'public /report': { says: /No telephone line has been confirmed/, next: 'main a.main[href^="/tip"]' },
  'public /tip': { full: 'the form' },
  'public /tip/return': { full: 'the form' },
  'staff /': { full: 'leads to the start' },
  'staff /ask-help': { full: 'the form' },
  'staff /audit': { full: 'the making of the house stands in it' },
  'staff /cases': { says: /You are on no case yet/, next: 'main a.button[href="/cases/new"]' },
  'staff /cases/new': { full: 'the form' },
  'staff /deconfliction': { says: /Nothing to decide here/, next: 'main a.button[href*="list=decided"]' },
  'staff /directory': { says: /Nobody is on the roster/, next: 'main' },
  'staff /enrol': { full: 'the form' },
  'staff /keys': { says: /No system of a partner has a key yet/, next: 'main' },
  'staff /look-alikes': { says: /Nothing was decided yet/, next: 'p.crumb a' },
  'staff /measures': { says: /Nothing is counted yet/, next: 'main' },
  'staff /measures.csv': { full: 'the head of the file' },
  'staff /measures/:word': { says: /Nothing was written for this measure/, next: 'main a.button[href="/measures"]' },
  'staff /own': { full: 'the sign-in stands in it' },
  'staff /packets': { says: /No packet is sealed to you now/, next: 'main a.button[href="/ask-help"]' },
  'staff /people': { full: 'whoever reads it stands in it' },
  'staff /people/:id': { full: 'a person' },
  'staff /people/:id/cases': { says: /No account has ended here/, next: 'p.crumb a' },
  'staff /queue': { says: /No tip is open/, next: 'main a.button[href="/queue?s=closed"]' },
  'staff /recover': { full: 'the form' },
  'staff /retention': { full: 'the table of the pack' },
  'staff /search': { full: 'the form' },
  'staff /settings': { full: 'every setting' },
  'staff /sheet': { full: 'whoever reads it stands in it' },
  'staff /sheet.csv': { full: 'the head of the file' },
  'staff /sign-in': { full: 'the form' },
  'staff /victims': { says: /No file is yours here/, next: 'main a.button[href="/victims/new"]' },
  'staff /victims/new': { full: 'the form' },
};
// Nothing of these is there: nobody is served anything.
const absent = ['/cases/:id', '/cases/:id/add', '/cases/:id/alike', '/cases/:id/correct', '/cases/:id/csv', '/cases/:id/json', '/cases/:id/reseal', '/cases/:id/hold', '/tips/:id/hold', '/tips/:id/alike', '/tips/:id/group', '/victims/:id/hold', '/victims/:id/reseal', '/cases/:id/subject', '/tips/:id', '/tips/:id/route',
  '/victims/:id', '/victims/:id/entry', '/victims/:id/packet'].map((path) => `staff ${path}`);

// Lists and tables without a row, and choices without one: whoever hears or sees them learns nothing.
function hollow(page) {
  return page.evaluate(() => [...document.querySelectorAll('main :is(tbody, ul, ol, dl, select)')]
    .filter((el) => (el.localName === 'select' ? ![...el.options].some((o) => o.value) : !el.children.length))
    .map((el) => `${el.localName} ${el.id || el.className || el.parentElement.id} in ${el.closest('section, form, div')?.textContent.trim().slice(0, 40)}`));
}

module.exports = {
  async 'an empty house'(t) {
    const house = await House.make({ answers });
    t.alsoAt(house);
    try {
      t.equal(house.run(['unlock', house.data], answers.house_passphrase + '\n').status, 0, 'the house opens');
      const world = new World(t, house);
      const known = { ...nothing, ...Object.fromEntries(absent.map((name) => [name, null])) };
      t.equal(unknown(routesOf(house), known, true).join(', '), '', 'the empty world knows every page');
      t.equal(unknown([{ name: 'staff /new', path: '/new' }], known, true).join(), 'staff /new', 'the control: a new page is missed by name');
      await world.signIn();
      const admin = world.hands.get('administrator');
      const person = /href="(\/people\/[0-9a-f]{32})"/.exec((await admin.get('/people')).body)[1];
      world.served = (route, n) => t.equal(n > 0, !absent.includes(route.name), `${route.name} is served to somebody`);
      const pathsOf = (route) => [route.path.replace('/people/:id', person).replace('/measures/:word', '/measures/arrests').replace(':id', absentId)];
      await world.walk(pathsOf, async (route, url, role, page, label) => {
        const { says, next } = nothing[route.name] || {};
        t.equal((await hollow(page)).join('; '), '', `${label}: nothing is hollow`);
        if (!says) return;
        t.check(says.test(await page.locator('main').innerText()), `${label} says in words that there is nothing`);
        t.check(await page.locator(next).first().isVisible(), `${label} leads on`);
      });
    } finally {
      await house.leave(t);
    }
  },
};
