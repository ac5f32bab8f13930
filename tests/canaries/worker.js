// Somebody's browser, as far as it is needed here: it keeps the cookie, and sends the tokens of the forms it sees.
'use strict';
const { freshCode } = require('../journeys/house');

const hiddenIn = (form) => [...form.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map((m) => [m[1], m[2]]);

class Worker {
  constructor(house) { this.house = house; }

  async ask(place, fields, headers = {}) {
    const sent = { Origin: this.house.staff, ...(this.cookie ? { Cookie: this.cookie } : {}), ...headers };
    const answer = await fetch(this.house.staff + place, { method: fields ? 'POST' : 'GET', body: fields && new URLSearchParams(fields), headers: sent, redirect: 'manual' });
    const cookies = answer.headers.getSetCookie().map((c) => c.split(';')[0]);
    if (cookies.length) this.cookie = cookies.join('; ');
    return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') || '' };
  }

  async signIn(role) {
    this.account = this.house.account(role);
    return this.ask('/sign-in', { name: this.account.name, pass: this.account.passphrase, code: await freshCode(this.account) });
  }

  // Fills the form of that page with that action, and sends it with all that it hides. marked: only of the forms that bear these words.
  async submit(page, action, fields, marked = '') {
    const { status, text } = await this.ask(page);
    const form = (text.match(/<form[^>]*>[\s\S]*?<\/form>/g) || []).find((f) => f.includes(`action="${action}"`) && f.includes(marked));
    if (!form) throw new Error(`${this.account.role}: no form ${action} on ${page} (${status})`);
    return { ...await this.ask(action, [...hiddenIn(form), ...Object.entries(fields)]), form };
  }
}

module.exports = { Worker, hiddenIn };
