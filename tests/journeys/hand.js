// What fills a house quickly: a person's forms sent as a browser sends them, without drawing a page.
'use strict';
const { freshCode } = require('./house');

// The form fields as a body; a list sends one name several times.
function bodyOf(fields) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) for (const one of [].concat(value)) body.append(name, one);
  return body.toString();
}

// Asks once; a redirect is an answer, not followed. Resolves to { status, location, type, body, ms }.
async function ask(origin, path, options = {}) {
  const before = Date.now();
  const answer = await fetch(origin + path, { redirect: 'manual', ...options });
  const body = await answer.text();
  return { status: answer.status, location: answer.headers.get('location'), type: answer.headers.get('content-type') || '', body,
    cookies: answer.headers.getSetCookie().map((c) => c.split(';')[0]), ms: Date.now() - before };
}

function post(origin, path, fields, cookie) {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: origin, ...(cookie ? { Cookie: cookie } : {}) };
  return ask(origin, path, { method: 'POST', headers, body: bodyOf(fields) });
}

class Hand {
  // Signs an account in.
  static async of(house, account) {
    const hand = Object.assign(new Hand(), { house, account, tokens: new Map() });
    const answer = await post(house.staff, '/sign-in', { name: account.name, pass: account.passphrase, code: await freshCode(account) });
    if (answer.status !== 303) throw new Error(`${account.name} could not sign in: ${answer.status}`);
    hand.cookie = answer.cookies.join('; ');
    return hand;
  }

  get(path) {
    return ask(this.house.staff, path, { headers: { Cookie: this.cookie } });
  }

  // Sends the form with that action which stands on the page `on`; its token is good for every further sending.
  async send(action, fields, on = action) {
    if (!this.tokens.has(action)) {
      const page = await this.get(on);
      const form = new RegExp(`<form[^>]*action="${action}"[^>]*>\\s*<input type="hidden" name="_token" value="([0-9a-f]+)"`).exec(page.body);
      if (!form) throw new Error(`${this.account.name} finds no form ${action} on ${on} (${page.status})`);
      this.tokens.set(action, form[1]);
    }
    return post(this.house.staff, action, { _token: this.tokens.get(action), ...fields }, this.cookie);
  }

  // The same, which must be taken: it leads to another page, whose address it resolves to.
  async do(action, fields, on) {
    const answer = await this.send(action, fields, on);
    if (answer.status === 303) return answer.location;
    const said = [...answer.body.matchAll(/class="error"[^>]*>([^<]*)/g)].map((m) => m[1]).join('; ');
    throw new Error(`${this.account.name}: ${action} answered ${answer.status} ${said} ${JSON.stringify(fields).slice(0, 200)}`);
  }

  // What a browser needs to be this person.
  state() {
    const { hostname } = new URL(this.house.staff);
    return { cookies: this.cookie.split('; ').map((c) => ({ name: c.split('=')[0], value: c.slice(c.indexOf('=') + 1), domain: hostname, path: '/',
      expires: -1, httpOnly: true, secure: false, sameSite: 'Strict' })), origins: [] };
  }
}

module.exports = { Hand, ask, post };
