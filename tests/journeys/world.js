// A world: a house in a state, and every GET route of the program looked at in it by everybody. A route that no world knows how to ask fails by name.
'use strict';
const path = require('path');
const { top } = require('./house');
const { sizes } = require('./lib');
const { Hand, ask } = require('./hand');

const roles = ['administrator', 'supervisor', 'call taker', 'analyst', 'investigator', 'coordinator', 'specialist', 'auditor', 'statistician', 'deconfliction officer'];
const people = roles.map((role) => ({ name: role.replace(' ', '.'), role: role.replaceAll(' ', '_'), passphrase: `an invented passphrase of the ${role}` }));
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
  return told.stdout.trim().split('\n').map((line) => line.split('\t')).filter(([method, , path]) => method === 'GET' && !path.startsWith('/api/')) // machines': tests/run/api
    .map(([, side, path, permission]) => ({ side, path, permission, name: `${side} ${path}` }));
}

// The routes a world says nothing about, by name: those that need an id, or all when `every`.
function unknown(routes, table, every) {
  return routes.filter((r) => (every || r.path.includes(':')) && !(r.name in table)).map((r) => r.name);
}

class World {
  constructor(t, house) {
    Object.assign(this, { t, house, hands: new Map(), pages: new Map(), axed: new Set(), drawn: new Set(), full: process.env.CHECK_FULL === '1',
      slow: process.env.CHECK_FULL === '1' ? 3000 : 30000 }); // ms of a page; beside the other groups of ./check the clock tells of them
    t.allow(/status of 40[34]/);
  }

  async signIn(which = roles) {
    for (const role of which) this.hands.set(role, await Hand.of(this.house, this.house.account(role)));
  }

  // The page of what is not there, as each of them gets it at the moment: its header tells of what goes on.
  async learnAbsent() {
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
    await this.learnAbsent();
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

  // What makes a page one that was drawn already: the same thing, whoever looks at it; or elements in the same order, however many rows they make.
  shape(route, path, body) {
    if (route.path.includes(':')) return path;
    const elements = body.slice(body.indexOf('<main')).replace(/>[^<]+</g, '><').replace(/="[^"]*"/g, '');
    return `${path} ${elements.replace(/(?:<(tr|li|option)\b.*?<\/\1>\s*)+/gs, '<$1>')}`;
  }

  // What else holds of every answer that is served; a world may say more.
  judge() {}

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
    this.judge(answer.body, label);
    if (!answer.type.startsWith('text/html')) return +this.t.check(answer.body.length > 2, `${label}: a file with something in it`);
    const shape = this.shape(route, path, answer.body);
    if (!this.drawn.has(shape) || this.full) await this.see(route, origin + path, role, label, seen);
    this.drawn.add(shape);
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
    const name = `${this.t.name}-${new URL(url).pathname.replace(/[0-9a-f]{32}/g, 'id')}-${role}-${this.drawn.size}`.replace(/[^a-z0-9-]+/gi, '_');
    if (this.t.options.shots) {
      for (const way of ['phone', 'desk']) {
        await page.setViewportSize({ width: widths[way].width, height: 1800 }); // a page of a thousand lines need not be seen whole
        await page.screenshot({ path: path.join(top, 'shots', `${name}-${way}.png`) });
      }
    }
  }

  // How many pixels the page is too wide and which elements make it so; what stands in a column of a few letters.
  measure(page) {
    return page.evaluate(() => {
      const all = (selector, that) => [...document.querySelectorAll(selector)].filter(that).slice(0, 3);
      const wide = document.documentElement.scrollWidth - window.innerWidth;
      const over = wide > 0 ? all('body *', (el) => el.getBoundingClientRect().right > window.innerWidth) : [];
      const squeezed = all('main :is(p, h1, h2, h3, th, td, li, dd)', (el) => el.getClientRects().length && el.clientWidth > 1 && el.clientWidth < 40
        && el.textContent.trim().length > 24);
      return { wide: Math.max(0, wide), over: over.map((el) => `${el.localName}.${el.className}`).join(' '), squeezed: squeezed.map((el) => el.textContent.trim().slice(0, 30)).join('; ') };
    });
  }

  // Nothing scrolls sideways at any width, and nothing is squeezed.
  async fits(page, label) {
    for (const [way, box] of Object.entries(widths)) {
      await page.setViewportSize(box);
      const { wide, over, squeezed } = await this.measure(page);
      this.t.check(wide === 0, `${label} scrolls sideways by ${wide} px at ${way}: ${over}`);
      this.t.equal(squeezed, '', `${label} squeezes nothing into a few letters at ${way}`);
    }
    await page.setViewportSize(widths.narrow);
  }
}

module.exports = { World, answers, people, roles, routesOf, unknown, absentId, widths };
