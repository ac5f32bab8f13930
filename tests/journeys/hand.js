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

// What a page says is wrong with a form.
function problemsOf(body) {
  return [...body.matchAll(/class="error" id="([^"]*)">([^<]*)/g)].map((m) => `${m[1]}: ${m[2]}`).join('; ') || (/<ul>(.*?)<\/ul>/s.exec(body.slice(body.indexOf('problems'))) || [])[1];
}

class Hand {
  // Signs an account in.
  static async of(house, account) {
    const hand = Object.assign(new Hand(), { house, account, tokens: new Map() });
    const fields = { name: account.name, pass: account.passphrase, code: await freshCode(account) };
    let answer = await post(house.staff, '/sign-in', fields);
    for (let i = 0; i < 5 && answer.status === 503; i++) { // a busy machine says so, and people try again
      await new Promise((done) => setTimeout(done, 1000));
      answer = await post(house.staff, '/sign-in', { ...fields, code: await freshCode(account) });
    }
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
    return this.taken(action, await this.send(action, fields, on), fields);
  }

  taken(action, answer, fields) {
    if (answer.status === 303) return answer.location;
    throw new Error(`${this.account.name}: ${action} answered ${answer.status} ${problemsOf(answer.body)} ${JSON.stringify(fields).slice(0, 200)}`);
  }

  // Fills in the form with that action on the page `on`, with all that is hidden or chosen in it, and sends it; it must be taken.
  async fill(action, fields, on = action) {
    const page = await this.get(on);
    const forms = [...page.body.matchAll(/<form[^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].filter((m) => m[1] === action);
    if (!forms.length) throw new Error(`${this.account.name} finds no form ${action} on ${on} (${page.status})`);
    const hidden = Object.fromEntries([...forms[0][2].matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map((m) => [m[1], m[2]]));
    for (const [, name, options] of forms[0][2].matchAll(/<select[^>]*name="([^"]*)"[^>]*>(.*?)<\/select>/gs)) {
      const chosen = /<option value="([^"]*)" selected/.exec(options);
      if (chosen) hidden[name] = chosen[1];
    }
    return this.taken(action, await post(this.house.staff, action, { ...hidden, ...fields }, this.cookie), fields);
  }

  // What a browser needs to be this person.
  state() {
    const { hostname } = new URL(this.house.staff);
    return { cookies: this.cookie.split('; ').map((c) => ({ name: c.split('=')[0], value: c.slice(c.indexOf('=') + 1), domain: hostname, path: '/',
      expires: -1, httpOnly: true, secure: false, sameSite: 'Strict' })), origins: [] };
  }
}

module.exports = { Hand, ask, post, problemsOf };
