// Hundreds of senders press junk upon the program without pause while one real tip a second comes in. In the middle the
// acceptor stands still and long junk comes, more than the workers may park: they stop reading, and nobody is told no.
// Usage: node flood.js SECONDS; the program is $PLAINSIGHT, else build/plainsight.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const { House } = require('../journeys/house');
const { ask, digitsOf, opens, pause, processes } = require('./lib');

const seconds = Number(process.argv[2] || 10);
const shouters = 200;    // each with one short junk tip under way
const junkMost = 12000;
const longEach = 240;    // long junk at once, to each public worker: more than it may park
const longBytes = 60000;
const standsStill = 1200; // ms
// ms, of somebody who sends a real tip. Five seconds are the promise, and are asked where the machine is the flood's alone
// (./check --full); beside the other groups of ./check the clock tells of them, and a minute tells late from lost.
const patience = process.env.CHECK_FULL === '1' ? 5000 : 60000;
const failures = [];
let passed = 0;
const check = (that, words) => { if (that) passed++; else failures.push(words); };

const bodyOf = (narrative) => Buffer.from(JSON.stringify({ narrative, language: 'en' }));

// Resolves to the status and the receipt; status 0 when the connection broke.
function send(house, agent, key, body) {
  return new Promise((done) => {
    const r = http.request(house.public + '/api/v1/tips', {
      method: 'POST', agent, headers: { 'Content-Type': 'application/json', 'Content-Length': body.length, 'Idempotency-Key': key },
    }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => { text += part; });
      answer.on('end', () => done({ status: answer.statusCode, receipt: answer.statusCode === 201 ? digitsOf(JSON.parse(text).receipt) : '' }));
      answer.on('error', () => done({ status: 0 }));
    });
    r.on('error', () => done({ status: 0 }));
    r.end(body);
  });
}

async function sendJunk(house, agent, state, body) {
  state.junk++;
  const answer = await send(house, agent, crypto.randomUUID(), body);
  if (answer.status === 201) state.received++;
  else state.turnedAway.push(answer.status);
}

async function shouter(house, agent, state) {
  while (!state.enough && state.junk < junkMost) await sendJunk(house, agent, state, bodyOf(`Invented junk ${state.junk}.`));
}

async function realSender(house, state) {
  for (let n = 0; !state.enough; n++) {
    const began = Date.now();
    const tip = { key: crypto.randomUUID(), body: bodyOf(`Invented tip ${n}: somebody is locked in above the mill.`) };
    state.real.push(tip);
    Object.assign(tip, await send(house, undefined, tip.key, tip.body), { took: Date.now() - began });
    await pause(Math.max(0, began + 1000 - Date.now()));
  }
}

// Bytes that lie in the sockets of the public side and that no worker has read.
function unread(house) {
  const port = house.publicPort.toString(16).toUpperCase().padStart(4, '0');
  return fs.readFileSync('/proc/net/tcp', 'utf8').split('\n').map((line) => line.trim().split(/\s+/))
    .filter((f) => f[1] && f[1].endsWith(':' + port) && f[3] === '01').reduce((sum, f) => sum + parseInt(f[4].split(':')[1], 16), 0);
}

// The acceptor stands still and long junk comes. Resolves to the junk's end and to how much stayed unread, at its least, in
// the last third, when whatever was to be read was.
async function standStill(house, agent, state, workers) {
  const acceptor = processes(house).find((p) => p.role === 'acceptor');
  const body = bodyOf('They stand before the door and shout. '.repeat(longBytes / 38));
  let least = Infinity, coming;
  process.kill(acceptor.pid, 'SIGSTOP');
  try {
    coming = Array.from({ length: longEach * workers }, () => sendJunk(house, agent, state, body));
    await pause(standsStill * 2 / 3);
    for (const end = Date.now() + standsStill / 3; Date.now() < end; await pause(50)) least = Math.min(least, unread(house));
  } finally {
    process.kill(acceptor.pid, 'SIGCONT');
  }
  return { least, coming: Promise.all(coming) };
}

async function main() {
  const house = await House.make({ program: process.env.PLAINSIGHT || 'build/plainsight', tips: 4 });
  const abandon = () => { house.process.kill('SIGKILL'); house.remove(); process.exit(130); };
  process.on('SIGTERM', abandon);
  process.on('SIGINT', abandon);
  const workers = processes(house).filter((p) => p.role === 'web-public').length;
  const agents = [0, 1].map(() => new http.Agent({ keepAlive: true, maxSockets: Infinity }));
  try {
    const before = Number(ask(house, 'SELECT count(*) FROM tip;'));
    const state = { junk: 0, received: 0, turnedAway: [], real: [], enough: false };
    const working = Array.from({ length: shouters }, () => shouter(house, agents[0], state));
    working.push(realSender(house, state));
    await pause(seconds * 400);
    const { least, coming } = await standStill(house, agents[1], state, workers);
    await pause(seconds * 600 - standsStill);
    state.enough = true;
    await Promise.all([...working, coming]);
    const took = state.real.map((t) => t.took).sort((a, b) => a - b);
    console.log(`${state.received} junk and ${state.real.length} real tips acknowledged; a real one took ${took[took.length >> 1]} ms, at most ` +
      `${took[took.length - 1]} ms; ${least} bytes stayed unread while the acceptor stood still`);
    check(least > 1 << 20, `the workers went on reading (${least} bytes unread): no ceiling was met, and the test proves nothing`);
    check(state.received > 10 * shouters, `too little junk to be a flood: ${state.received}`);
    check(!state.turnedAway.length, `${state.turnedAway.length} tips were turned away: ${[...new Set(state.turnedAway)]}`);
    check(state.real.length >= seconds / 2, `too few real tips: ${state.real.length}`);
    check(state.real.every((t) => t.status === 201 && t.took < patience), `a real tip was not acknowledged within ${patience} ms: ` +
      state.real.map((t) => `${t.status} ${t.took}`).join(', '));
    check(new Set(state.real.map((t) => t.receipt)).size === state.real.length, 'two real tips share a receipt');
    let changed = 0, lost = 0;
    for (const tip of state.real) {
      const again = await send(house, undefined, tip.key, tip.body);
      changed += again.status === 201 && again.receipt === tip.receipt ? 0 : 1;
      lost += await opens(house, tip.receipt) ? 0 : 1;
    }
    check(!changed && !lost, `sent again, ${changed} real tips got another answer; ${lost} receipts open nothing`);
    await house.stop();
    const found = Number(ask(house, 'SELECT count(*) FROM tip;')) - before;
    check(found === state.received + state.real.length, `${found} tips on disk for ${state.received + state.real.length} acknowledged`);
  } finally {
    for (const a of agents) a.destroy();
    await house.stop();
    house.remove();
  }
}

main().catch((e) => failures.push(String(e.stack || e))).finally(() => {
  for (const f of failures) console.log(`not ok: ${f}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length || !passed ? 1 : 0;
});
