// A world: a house in a state, and every GET route of the program looked at in it by everybody. A route that no world knows how to ask fails by name.
'use strict';
const { sizes } = require('./lib');
const { Hand, ask } = require('./hand');

const roles = ['administrator', 'supervisor', 'call taker', 'analyst', 'investigator', 'coordinator', 'specialist', 'auditor', 'statistician'];
const people = roles.map((role) => ({ name: role.replace(' ', '.'), role: role.replace(' ', '_'), passphrase: `an invented passphrase of the ${role}` }));
// What `init` is told: a real house, with one person of each role.
const answers = {
  line_name: 'Invented Harbor Line', line_is_police: 'no', line_shares_immigration: 'no', line_phone: '+18005550142', emergency_number: '911',
  languages: 'en;es', office_name: 'Harbor office', country_pack: 'us', house_passphrase: 'four invented lamps on a quiet pier', shares: 1, need: 1, people,
};
const widths = { narrow: sizes.narrow, phone: sizes.phone, desk: { width: 1280, height: 900 } };
const absentId = '0190c8d0a1b27c3d8e4f5061728394a5';

// Every GET route, as `plainsight routes` tells it.
function routesOf(house) {
  const told = house.run(['routes']);
  if (told.status !== 0) throw new Error(`plainsight routes: exit ${told.status}`);
  return told.stdout.trim().split('\n').map((line) => line.split('\t')).filter(([method]) => method === 'GET')
    .map(([, side, path, permission]) => ({ side, path, permission, name: `${side} ${path}` }));
}

// The routes a world says nothing about, by name: those that need an id, or all when `every`.
function unknown(routes, table, every) {
  return routes.filter((r) => (every || r.path.includes(':')) && !(r.name in table)).map((r) => r.name);
}

class World {
  constructor(t, house) {
    Object.assign(this, { t, house, hands: new Map(), pages: new Map(), axed: new Set(), drawn: new Set(), full: process.env.CHECK_FULL === '1', slow: 3000 });
    t.allow(/status of 40[34]/);
  }

  async signIn(which = roles) {
    for (const role of which) this.hands.set(role, await Hand.of(this.house, this.house.account(role)));
    this.absent = new Map();
    for (const [role, hand] of this.hands) this.absent.set(role, this.bare((await hand.get('/nothing-here')).body));
    this.absent.set('stranger', this.bare((await ask(this.house.staff, '/nothing-here')).body));
  }

  // Without what is fresh in every answer.
  bare(body) {
    return body.replace(/name="_token" value="[^"]*"/g, '');
  }

  async pageOf(role) {
    if (!this.pages.has(role)) this.pages.set(role, await this.t.visitor({ viewport: widths.narrow, ...(role === 'stranger' ? {} : { storageState: this.hands.get(role).state() }) }));
    return this.pages.get(role);
  }

  // Asks every path of every route as everybody, and looks at what is served. seen: called with (route, path, role, page) of each page drawn.
  async walk(pathsOf, seen = async () => {}) {
    const routes = routesOf(this.house);
    this.t.check(routes.length > 30, `${routes.length} routes`);
    for (const route of routes) {
      let served = 0;
      for (const path of pathsOf(route)) {
        for (const role of route.side === 'public' ? ['stranger'] : ['stranger', ...this.hands.keys()]) served += await this.visit(route, path, role, seen);
      }
      this.served(route, served);
    }
  }

  // Of each route somebody must have been served a page, or the world has not shown it. A world may think otherwise.
  served(route, n) {
    this.t.check(n > 0, `${route.name} was served to nobody`);
  }

  async visit(route, path, role, seen) {
    const origin = this.house[route.side], label = `${route.name} (${path}) for ${role}`;
    const answer = await (role === 'stranger' ? ask(origin, path) : this.hands.get(role).get(path));
    if (answer.ms > this.slow) this.t.fail(`${label} took ${answer.ms} ms`);
    if (answer.status === 404) {
      this.t.check(route.side === 'public' || this.bare(answer.body) === this.absent.get(role), `${label}: a refusal is what is not there, byte for byte`);
      return 0;
    }
    if (answer.status === 303) return +this.t.check(/^\/[a-z-]*/.test(answer.location || ''), `${label} leads to ${answer.location}`);
    if (!this.t.equal(answer.status, 200, label)) return 0;
    if (!answer.type.startsWith('text/html')) return +this.t.check(answer.body.length > 2, `${label}: a file with something in it`);
    // Under a header that differs by role alone, the same page need not be drawn again.
    const main = this.bare(answer.body.slice(answer.body.indexOf('<main')));
    if (!this.drawn.has(main) || this.full) await this.see(route, origin + path, role, label, seen);
    this.drawn.add(main);
    return 1;
  }

  async see(route, url, role, label, seen) {
    const page = await this.pageOf(role);
    await page.setViewportSize(widths.narrow);
    await page.goto(url);
    await this.fits(page, label);
    const key = this.full ? label : route.name;
    if (!this.axed.has(key)) {
      this.axed.add(key);
      await this.t.axe(page, label);
    }
    await seen(route, url, role, page, label);
    const name = `${this.t.name}-${new URL(url).pathname.replace(/[0-9a-f]{32}/g, 'id')}-${role}`.replace(/[^a-z-]+/gi, '_');
    if (this.t.options.shots) {
      for (const way of ['phone', 'desk']) {
        await page.setViewportSize(widths[way]);
        await this.t.picture(page, `${name}-${way}`);
      }
    }
  }

  // Nothing scrolls sideways at any width, and nothing is cut off that does not say so.
  async fits(page, label) {
    for (const [way, box] of Object.entries(widths)) {
      await page.setViewportSize(box);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      this.t.check(wide <= 0, `${label} scrolls sideways by ${wide} px at ${way}`);
    }
    await page.setViewportSize(widths.narrow);
  }
}

module.exports = { World, answers, people, roles, routesOf, unknown, absentId, widths };
