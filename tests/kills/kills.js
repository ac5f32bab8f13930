// Tips are sent without pause while one process after another is killed. What was acknowledged must
// be there, once. Usage: node kills.js KILLS; the program is $PLAINSIGHT, else build/plainsight.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const { House, freshCode } = require('../journeys/house');
const { post } = require('../journeys/hand');
const { ask, doors, opens, pause, processes } = require('./lib');

const kills = Number(process.argv[2] || 100);
const senders = 6;
const roles = ['supervisor', 'keeper', 'acceptor', 'web-public', 'web-staff', 'jobs', 'engine'];
const failures = [];
let passed = 0;
const check = (that, words) => { if (that) passed++; else failures.push(words); };

function alive(pid) {
  try {
    return !/^State:\s*Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

// Sends one tip until it is acknowledged, always with the same key, as a patient client would.
async function sendUntilReceived(house, tip, state) {
  for (let i = 0; i < 2000; i++) {
    try {
      tip.key = tip.key || await doors[tip.door].key(house);
      const answer = await doors[tip.door].send(house, tip);
      if (answer.status === 201) {
        tip.receipt = answer.receipt;
        state.received.push(tip);
        return;
      }
      if (answer.status !== 503) {
        failures.push(`a tip by the ${tip.door} was answered ${answer.status}`);
        return;
      }
      state.postponed++;
    } catch {
      state.interrupted++;
    }
    tip.atRisk = true;
    await pause(10 + Math.random() * 40);
  }
  failures.push('a tip was never acknowledged');
}

async function sender(house, state) {
  while (!state.enough) {
    const number = state.sent++;
    await sendUntilReceived(house, { door: number % 2 ? 'form' : 'interface', narrative: `Invented tip ${number} of the kill test.` }, state);
  }
}

async function killOne(house, turn, state) {
  // Each role in its turn; of several processes of one role, any. One that is just starting again is waited for.
  const role = roles[turn % roles.length];
  let all = processes(house);
  for (let i = 0; i < 200 && !all.some((p) => p.role === role); i++) {
    await pause(50);
    all = processes(house);
  }
  const mine = all.filter((p) => p.role === role);
  const victim = mine[crypto.randomInt(mine.length)];
  state.killed.set(role, (state.killed.get(role) || 0) + 1);
  const ended = new Promise((done) => house.process.once('exit', done));
  process.kill(victim.pid, 'SIGKILL');
  // What was acknowledged a moment ago is what could be lost now.
  for (const tip of state.received.slice(-senders)) tip.atRisk = true;
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

// Every key sent again gets the receipt it got before; the receipts that a kill could have cost open their mailbox.
async function checkReceived(house, received) {
  const receipts = new Set(received.map((t) => t.receipt));
  check(receipts.size === received.length, 'two tips share a receipt');
  check([...receipts].every((r) => /^\d{24}$/.test(r)), 'a receipt is not 24 digits');
  let changed = 0, lost = 0;
  for (const tip of received) {
    const again = await doors[tip.door].send(house, tip);
    if (again.status !== 201 || again.receipt !== tip.receipt) changed++;
  }
  check(changed === 0, `${changed} of ${received.length} keys sent again got another answer`);
  for (let i = 0; i < 100; i++) received[crypto.randomInt(received.length)].atRisk = true;
  const opened = received.filter((t) => t.atRisk);
  for (const tip of opened) lost += await opens(house, tip.receipt) ? 0 : 1;
  check(lost === 0, `${lost} of ${opened.length} acknowledged receipts open nothing`);
  check(!(await opens(house, '000000000000000000000000')), 'any receipt opens: the test proves nothing');
  console.log(`${received.length} keys sent again, ${opened.length} mailboxes opened`);
}

// What lies on the disk once nothing runs: a tip for each receipt, a mailbox for each tip, none more.
function checkDisk(house, before, received) {
  const found = Number(ask(house, 'SELECT count(*) FROM tip;')) - before;
  check(found === received.length, `${found} tips on disk for ${received.length} acknowledged`);
  const orphans = ask(house, 'SELECT count(*) FROM tip WHERE (SELECT count(*) FROM mailbox WHERE mailbox.tip = tip.id) <> 1;');
  check(orphans === '0', `${orphans} tips have no mailbox, or more than one`);
  check(ask(house, 'SELECT count(*) FROM mailbox;') === ask(house, 'SELECT count(*) FROM tip;'), 'mailboxes without a tip');
  for (const name of ['content.db', 'keys.db']) {
    const sound = spawnSync('sqlite3', [path.join(house.data, name), 'PRAGMA integrity_check;'], { encoding: 'utf8' });
    check(sound.stdout.trim() === 'ok', `${name}: ${sound.stdout}${sound.stderr}`);
  }
  const log = path.join(house.folder, 'log');
  for (const words of [[house.data, 'export', log], ['verify', log]]) {
    const said = spawnSync(house.program, ['audit', ...words], { encoding: 'utf8' });
    check(said.status === 0, `the log after the kills: ${said.stdout}${said.stderr}`);
  }
}

// Told to end in the middle of work: who was being served is answered, and the program is gone soon after.
async function endsInMidWork(house) {
  const answers = new Map();
  const ended = new Promise((done) => house.process.once('exit', done));
  const told = { at: 0 };
  const working = Array.from({ length: 64 }, async (_, n) => {
    for (;;) {
      const tip = { key: crypto.randomUUID(), narrative: `Invented tip ${n} of the goodbye.` };
      try {
        const answer = await doors.interface.send(house, tip);
        const which = `${answer.status} ${told.at ? 'after' : 'before'}`;
        answers.set(which, (answers.get(which) || 0) + 1);
      } catch { /* not begun, or nobody there any more */ }
      if (told.at) return;
    }
  });
  await pause(700);
  told.at = Date.now();
  process.kill(house.process.pid, 'SIGTERM');
  await Promise.all(working);
  const code = await ended;
  console.log(`goodbye: ${[...answers].map(([a, n]) => `${a} ${n}`).join(', ')}; ${Date.now() - told.at} ms`);
  check(code === 0, `serve ended with ${code} when told to end`);
  check(!answers.has('503 after') && !answers.has('503 before'), `tips on their way were turned away: ${answers.get('503 after') || 0}`);
  check((answers.get('201 after') || 0) > 0, 'no tip was on its way at the goodbye: the test proves nothing');
  check(Date.now() - told.at < 2500, 'the goodbye took so long that somebody waited for who had gone already');
  await house.serve();
}

// A keeper that takes three seconds (a slow disk) is waited for by staff: the act may be done, and what its page shows once would be lost.
async function waitsForSlowKeeper(house) {
  const me = house.accounts.find((a) => a.role === 'supervisor'), keeper = processes(house).find((p) => p.role === 'keeper');
  const fields = { name: me.name, pass: me.passphrase, code: await freshCode(me) };
  process.kill(keeper.pid, 'SIGSTOP');
  setTimeout(() => process.kill(keeper.pid, 'SIGCONT'), 3000);
  const answer = await post(house.staff, '/sign-in', fields);
  check(answer.status === 303 && answer.ms >= 2900, `a keeper of three seconds: ${answer.status} after ${answer.ms} ms`);
}

// A log that is not whole: the house must not announce itself, and must say that it cannot start.
async function saysWhatDoesNotStart(house) {
  await house.stop();
  const log = path.join(house.folder, 'stderr');
  const from = fs.statSync(log).size;
  const head = (change) => spawnSync('sqlite3', [path.join(house.data, 'keys.db'), `UPDATE loghead SET size = size ${change};`], { encoding: 'utf8' });
  if (head('+ 1').status !== 0) throw new Error('sqlite3 could not spoil the log');
  let announced = false;
  house.serve().then(() => { announced = true; }, () => {});
  let text = '';
  for (let i = 0; i < 100 && !text.includes('ends at every start'); i++) {
    await pause(100);
    text = fs.readFileSync(log, 'utf8').slice(from);
  }
  check(text.includes('keeper ends at every start'), 'nothing says that the keeper does not start');
  check(!announced, 'the house announced itself with a keeper that does not start');
  const ended = new Promise((done) => house.process.once('exit', done));
  house.process.kill('SIGTERM');
  await ended;
  head('- 1');
  await house.serve();
}

async function main() {
  const house = await House.make({ program: process.env.PLAINSIGHT || 'build/plainsight', tips: 4 });
  const abandon = () => { house.process.kill('SIGKILL'); house.remove(); process.exit(130); };
  process.on('SIGTERM', abandon);
  process.on('SIGINT', abandon);
  try {
    await waitsForSlowKeeper(house);
    const before = Number(ask(house, 'SELECT count(*) FROM tip;'));
    const state = { sent: 0, received: [], interrupted: 0, postponed: 0, enough: false, killed: new Map() };
    const working = Array.from({ length: senders }, () => sender(house, state));
    for (let turn = 0; turn < kills; turn++) {
      await pause(100 + Math.random() * 500);
      await killOne(house, turn, state);
    }
    state.enough = true;
    await Promise.all(working);
    const killed = [...state.killed.values()].reduce((a, b) => a + b, 0);
    console.log(`${killed} kills (${[...state.killed].map(([r, n]) => `${r} ${n}`).join(', ')}), ${state.received.length} tips acknowledged, ` +
      `${state.interrupted} connections lost, ${state.postponed} asked to come again`);
    check(killed === kills, `${killed} kills instead of ${kills}`);
    check(state.killed.size === roles.length && roles.every((r) => state.killed.has(r)), `not every role was killed: ${[...state.killed.keys()]}`);
    check(state.received.length > kills, `too few tips went through to prove anything: ${state.received.length}`);
    check(state.interrupted > 0, 'no kill ever met a tip on its way: the test proves nothing');
    await checkReceived(house, state.received);
    await saysWhatDoesNotStart(house);
    await house.stop();
    checkDisk(house, before, state.received);
    await house.serve();
    await endsInMidWork(house);
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
