// What the tests of this folder share: the processes of a house, its disk, and both doors for a tip.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// The processes of a house: the supervisor and its children, each with its role's name.
function processes(house) {
  const all = [{ pid: house.process.pid, role: 'supervisor' }];
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const parent = Number(/^PPid:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${entry}/status`, 'utf8'))[1]);
      if (parent !== house.process.pid) continue;
      const words = fs.readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      all.push({ pid: Number(entry), role: words[2] || words[1] || '?' });
    } catch { /* it ended while we looked */ }
  }
  return all;
}

// Asked of Debian's sqlite3, not of our own program.
function ask(house, question) {
  const said = spawnSync('sqlite3', ['-readonly', path.join(house.data, 'content.db'), question], { encoding: 'utf8' });
  if (said.status !== 0) throw new Error(`sqlite3: ${said.stderr}`);
  return said.stdout.trim();
}

const soon = () => ({ signal: AbortSignal.timeout(5000) });
const digitsOf = (text) => String(text).replace(/\D/g, '');

// Both doors of the house: each says how a key is come by, and how a tip is sent under it.
const doors = {
  interface: {
    key: async () => crypto.randomUUID(),
    send: async (house, tip) => {
      const answer = await fetch(house.public + '/api/v1/tips', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': tip.key },
        body: JSON.stringify({ narrative: tip.narrative, language: 'en' }),
        ...soon(),
      });
      return { status: answer.status, receipt: digitsOf((await answer.json()).receipt) };
    },
  },
  form: {
    key: async (house) => {
      const page = await (await fetch(house.public + '/tip', soon())).text();
      const found = /name="key" value="([^"]+)"/.exec(page);
      if (!found) throw new Error('the form has no key');
      return found[1];
    },
    send: async (house, tip) => {
      const body = new URLSearchParams({ key: tip.key, narrative: tip.narrative });
      const answer = await fetch(house.public + '/tip', { method: 'POST', body, redirect: 'manual', ...soon() });
      const groups = (await answer.text()).match(/<li>\d{4}<\/li>/g) || [];
      return { status: answer.status, receipt: digitsOf(groups.join('')) };
    },
  },
};

// The mailbox page of a receipt, asked for as a tipster would. The house looks up 20 receipts a second for all
// callers together, so that nobody can guess them: we keep below that, and wait when it says so.
async function opens(house, receipt) {
  for (let i = 0; i < 200; i++) {
    await pause(52);
    const answer = await fetch(house.public + '/tip/return', { method: 'POST', body: new URLSearchParams({ receipt }), redirect: 'manual', ...soon() });
    const page = await answer.text();
    if (answer.status !== 503) return answer.status === 200 && page.includes('name="message"');
  }
  return false;
}

module.exports = { ask, digitsOf, doors, opens, pause, processes };
