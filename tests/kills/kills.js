// Tips are sent without pause while one process after another is killed. What was acknowledged must
// be there, once. Usage: node kills.js KILLS; the program is $PLAINSIGHT, else build/plainsight.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const { House } = require('../journeys/house');

const kills = Number(process.argv[2] || 100);
const senders = 6;
const failures = [];
let passed = 0;
const check = (that, words) => { if (that) passed++; else failures.push(words); };
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

function alive(pid) {
  try {
    return !/^State:\s*Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

// Tips as the content database counts them; read with Debian's sqlite3, not by our own program.
function countTips(house) {
  const said = spawnSync('sqlite3', ['-readonly', path.join(house.data, 'content.db'), 'SELECT count(*) FROM tip;'], { encoding: 'utf8' });
  if (said.status !== 0) throw new Error(`sqlite3: ${said.stderr}`);
  return Number(said.stdout);
}

async function post(house, tip) {
  const answer = await fetch(house.public + '/api/v1/tips', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': tip.key },
    body: JSON.stringify({ narrative: tip.narrative, language: 'en' }),
    signal: AbortSignal.timeout(5000),
  });
  const body = await answer.json();
  return { status: answer.status, receipt: body.receipt };
}

// Sends one tip until it is acknowledged, always with the same key, as a patient client would.
async function sendUntilReceived(house, tip, state) {
  for (let i = 0; i < 2000; i++) {
    try {
      const answer = await post(house, tip);
      if (answer.status === 201) {
        tip.receipt = String(answer.receipt).replace(/\D/g, '');
        state.received.push(tip);
        return;
      }
      if (answer.status !== 503) {
        failures.push(`a tip was answered ${answer.status}`);
        return;
      }
    } catch {
      state.interrupted++;
    }
    await pause(10 + Math.random() * 40);
  }
  failures.push('a tip was never acknowledged');
}

async function sender(house, state) {
  while (!state.enough) {
    const number = state.sent++;
    await sendUntilReceived(house, { key: crypto.randomUUID(), narrative: `Invented tip ${number} of the kill test.` }, state);
  }
}

async function killOne(house, turn, state) {
  const all = processes(house);
  // Each role in its turn; of several processes of one role, any.
  const roles = [...new Set(all.map((p) => p.role))].sort();
  const role = roles[turn % roles.length];
  const mine = all.filter((p) => p.role === role);
  const victim = mine[crypto.randomInt(mine.length)];
  state.killed.set(role, (state.killed.get(role) || 0) + 1);
  const ended = new Promise((done) => house.process.once('exit', done));
  process.kill(victim.pid, 'SIGKILL');
  if (role !== 'supervisor') return;
  await ended;
  // Its children have nobody left: they must go by themselves, and soon.
  const children = all.filter((p) => p.role !== 'supervisor');
  for (let i = 0; i < 100 && children.some((p) => alive(p.pid)); i++) await pause(50);
  const left = children.filter((p) => alive(p.pid));
  if (left.length) {
    failures.push(`outlived their supervisor: ${left.map((p) => p.role).join(', ')}`);
    for (const p of left) process.kill(p.pid, 'SIGKILL');
  }
  await house.serve();
}

// One mailbox page per receipt, asked for as a tipster would.
async function opens(house, receipt) {
  const answer = await fetch(house.public + '/tip/return', { method: 'POST', body: new URLSearchParams({ receipt }), redirect: 'manual' });
  return answer.status === 200 && (await answer.text()).includes('name="message"');
}

async function main() {
  const house = await House.make({ program: process.env.PLAINSIGHT || 'build/plainsight', tips: 4 });
  const abandon = () => { house.process.kill('SIGKILL'); house.remove(); process.exit(130); };
  process.on('SIGTERM', abandon);
  process.on('SIGINT', abandon);
  try {
    const before = countTips(house);
    const state = { sent: 0, received: [], interrupted: 0, enough: false, killed: new Map() };
    const working = Array.from({ length: senders }, () => sender(house, state));
    for (let turn = 0; turn < kills; turn++) {
      await pause(100 + Math.random() * 500);
      await killOne(house, turn, state);
    }
    state.enough = true;
    await Promise.all(working);
    const killed = [...state.killed.values()].reduce((a, b) => a + b, 0);
    console.log(`${killed} kills (${[...state.killed].map(([r, n]) => `${r} ${n}`).join(', ')}), ${state.received.length} tips acknowledged, ${state.interrupted} connections lost`);
    check(killed === kills, `${killed} kills instead of ${kills}`);
    check(state.received.length > kills, `too few tips went through to prove anything: ${state.received.length}`);
    check(state.interrupted > 0, 'no kill ever met a tip on its way: the test proves nothing');

    const receipts = new Set(state.received.map((t) => t.receipt));
    check(receipts.size === state.received.length, 'two tips share a receipt');
    check([...receipts].every((r) => /^\d{24}$/.test(r)), 'a receipt is not 24 digits');
    let lost = 0, changed = 0;
    for (const tip of state.received) {
      if (!(await opens(house, tip.receipt))) lost++;
      const again = await post(house, tip);
      if (again.status !== 201 || String(again.receipt).replace(/\D/g, '') !== tip.receipt) changed++;
    }
    check(lost === 0, `${lost} acknowledged receipts open nothing`);
    check(changed === 0, `${changed} keys sent again got another answer`);
    check(!(await opens(house, '000000000000000000000000')), 'any receipt opens: the test proves nothing');
    await house.stop();
    const found = countTips(house) - before;
    check(found === state.received.length, `${found} tips on disk for ${state.received.length} acknowledged`);
    const sound = spawnSync('sqlite3', [path.join(house.data, 'content.db'), 'PRAGMA integrity_check;'], { encoding: 'utf8' });
    check(sound.stdout.trim() === 'ok', `the content database: ${sound.stdout}`);
    if (!failures.length) passed += kills; // each was survived: all of the above holds after every one
  } finally {
    await house.stop();
    house.remove();
  }
}

main().catch((e) => failures.push(String(e.stack || e))).finally(() => {
  for (const f of failures) console.log(`not ok: ${f}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length || !passed ? 1 : 0;
});
