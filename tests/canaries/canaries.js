// Plants 1,000 phrases through the running program, and in a second house (sealed.js) one in every field of staff; then looks for them wherever it could have left
// them: data folder, logs, its own temporary files and those of its account in the folders everybody may write, what
// remains of aborted processes. None may be found, in
// any of the encodings; a control that is put there must be. And no process may leave a core.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { spawn } = require('child_process');
const { House } = require('../journeys/house');
const { needles, ...places } = require('./search');
const { Worker } = require('./worker');
const sealed = require('./sealed');

const phrases = 1000;
const failures = [];
let passed = 0;
const check = (that, words) => { if (that) passed++; else failures.push(words); };

// Every phrase has the run's mark in it, so one search finds any of them. Letters and digits only:
// the mark is the same in a form, in JSON and in an address.
const mark = 'Kanarie' + crypto.randomBytes(9).toString('hex');
const phrase = (i) => `${mark}n${i}`;
const search = (folder) => places.search(mark, folder);
const searchShared = (house) => places.searchShared(mark, house);

async function plantByInterface(house, i) {
  const answer = await fetch(house.public + '/api/v1/tips', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
    body: JSON.stringify({ narrative: `Invented: ${phrase(i)}`, language: 'en', consent: 'confidential' }),
  });
  const body = await answer.json().catch(() => ({}));
  return answer.status === 201 ? String(body.receipt).replace(/\D/g, '') : null;
}

async function plantByForm(house, i) {
  const form = await (await fetch(house.public + '/tip')).text();
  const key = /name="key" value="([^"]+)"/.exec(form);
  const fields = new URLSearchParams({ narrative: `Invented: ${phrase(i)}`, place: phrase(i), identifiers: phrase(i), contact: phrase(i), method: 'text', safe_when: phrase(i), code_word: phrase(i), consent: 'confidential' });
  if (key) fields.set('key', key[1]);
  const answer = await fetch(house.public + '/tip', { method: 'POST', body: fields });
  return answer.ok ? ((await answer.text()).match(/<li>\d{4}<\/li>/g) || []).join('').replace(/\D/g, '') : null;
}

// What a stranger sends wrongly must leave nothing either: in an address, a header, a broken body.
async function plantWrongly(house, i) {
  const ignore = () => {};
  await fetch(`${house.public}/tip/${phrase(i)}?q=${phrase(i)}`).catch(ignore);
  await fetch(house.public + '/tip', { headers: { 'User-Agent': phrase(i), Cookie: `a=${phrase(i)}` } }).catch(ignore);
  await fetch(house.public + '/api/v1/tips', { method: 'POST', body: `{"narrative": "${phrase(i)}`, headers: { 'Content-Type': 'application/json', 'Idempotency-Key': phrase(i) } }).catch(ignore);
  await fetch(house.public + '/tip/return', { method: 'POST', body: new URLSearchParams({ receipt: phrase(i) }) }).catch(ignore);
  await fetch(house.staff + '/sign-in', { method: 'POST', body: new URLSearchParams({ name: phrase(i), pass: phrase(i), code: '123456' }), headers: { Origin: house.staff } }).catch(ignore);
}

// The house looks up 20 receipts a second for everybody together, then asks to come again: so we do.
async function atReturn(house, fields) {
  for (let i = 0; i < 100; i++) {
    await new Promise((done) => setTimeout(done, 60));
    const answer = await fetch(house.public + '/tip/return', { method: 'POST', body: new URLSearchParams(fields) });
    if (answer.status !== 503) return answer;
  }
  throw new Error('/tip/return has no time for anybody');
}

async function plantAddition(house, receipt, i) {
  const page = await (await atReturn(house, { receipt })).text();
  const form = (page.match(/<form[^>]*>[\s\S]*?<\/form>/g) || []).find((f) => f.includes('name="message"'));
  if (!form) return false;
  const hidden = [...form.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map((m) => [m[1], m[2]]);
  const answer = await atReturn(house, { ...Object.fromEntries(hidden), do: 'add', message: `Invented: ${phrase(i)}` });
  return answer.ok && !(await answer.text()).includes('name="message"');
}

class CallTaker extends Worker {
  async signIn() {
    await super.signIn('call taker');
    const queue = await this.ask('/queue');
    this.tips = [...new Set([...queue.text.matchAll(/href="(\/tips\/[0-9a-f]{32})"/g)].map((m) => m[1]))];
  }

  // The first of the tips in the queue that bear the mark.
  async marked(count) {
    const found = [];
    for (const tip of this.tips) {
      if (found.length < count && (await this.ask(tip)).text.includes(mark)) found.push(tip);
    }
    return found;
  }

  // Answers a tip, writes a note, looks who told us; says which of these three were done with the phrase in it.
  async workOn(tip, i) {
    const done = {};
    for (const [action, field] of [['answer', 'answer'], ['note', 'note'], ['source', null]]) {
      const page = (await this.ask(tip)).text;
      const token = new RegExp(`action="${tip}/${action}"><input type="hidden" name="_token" value="([^"]+)"`).exec(page);
      if (!token) continue;
      const fields = { _token: token[1], ...(field ? { [field]: `Invented: ${phrase(i)}` } : {}) };
      const answer = await this.ask(`${tip}/${action}`, fields);
      done[action] = answer.status < 400 && (field !== null || answer.text.includes(mark));
    }
    return done;
  }
}

async function plantByStaff(house) {
  const worker = new CallTaker(house);
  await worker.signIn();
  const tips = await worker.marked(20);
  check(tips.length === 20, `the call taker reads only ${tips.length} of the planted tips`);
  const done = { answer: 0, note: 0, source: 0 };
  for (const [i, tip] of tips.entries()) {
    for (const [action, well] of Object.entries(await worker.workOn(tip, i))) done[action] += well ? 1 : 0;
  }
  console.log(`by a call taker: ${tips.length} tips read, ${JSON.stringify(done)}`);
  check(done.answer > 5 && done.note === 20 && done.source > 5, 'too little was answered, noted and shown to prove anything');
}

function children(pid) {
  return fs.readdirSync('/proc').filter((p) => /^\d+$/.test(p)).filter((p) => {
    try { return Number(/^PPid:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${p}/status`, 'utf8'))[1]) === pid; } catch { return false; }
  }).map(Number);
}

// The system gives the files of a process that may not be dumped to root, whoever it runs as.
function mayBeDumped(pid) {
  const uid = Number(/^Uid:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
  if (uid === 0) throw new Error('this is seen only of processes that do not run as root');
  return fs.statSync(`/proc/${pid}/maps`).uid === uid;
}

function coreLimit(pid) {
  return /^Max core file size\s+(\S+)\s+(\S+)/m.exec(fs.readFileSync(`/proc/${pid}/limits`, 'utf8')).slice(1).join(' ');
}

async function checkNoCores(house) {
  const control = spawn('sleep', ['60'], { stdio: 'ignore', uid: house.uid, gid: house.gid });
  await new Promise((done) => setTimeout(done, 200));
  check(mayBeDumped(control.pid), 'the control, an ordinary process, was not seen as one that may be dumped');
  control.kill('SIGKILL');
  const all = [house.process.pid, ...children(house.process.pid)];
  check(all.length >= 5, `only ${all.length} processes`);
  for (const pid of all) {
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(1, 3).join(' ');
    check(!mayBeDumped(pid), `may be dumped: ${words}`);
    check(coreLimit(pid) === '0 0', `core limit of ${words}: ${coreLimit(pid)}`);
  }
  // And try it: every role dies of an abort, the supervisor last.
  for (const pid of all.reverse()) {
    try { process.kill(pid, 'SIGABRT'); } catch { /* gone with another */ }
  }
  await new Promise((done) => setTimeout(done, 1500));
}

async function plant(house) {
  let received = 0;
  const receipts = [];
  const one = async (i) => {
    if (i % 2) {
      const receipt = await plantByForm(house, i);
      if (/^\d{24}$/.test(receipt)) received++;
    } else {
      const receipt = await plantByInterface(house, i);
      if (receipt) { received++; receipts.push(receipt); }
    }
    if (i % 20 === 0) await plantWrongly(house, i);
  };
  for (let i = 0; i < phrases; i += 10) await Promise.all(Array.from({ length: 10 }, (_, k) => one(i + k)));
  check(received === phrases, `${received} of ${phrases} phrases were received`);
  let added = 0;
  for (let i = 0; i < 20; i++) added += await plantAddition(house, receipts[i], i) ? 1 : 0;
  check(added === 20, `${added} of 20 additions were taken`);
}

async function main() {
  const house = await House.make({ program: process.env.PLAINSIGHT || 'build/plainsight', tips: 4, unprivileged: true });
  const abandon = () => { house.process.kill('SIGKILL'); house.remove(); process.exit(130); };
  process.on('SIGTERM', abandon);
  process.on('SIGINT', abandon);
  try {
    await plant(house);
    await plantByStaff(house);
    const running = search(house.folder);
    console.log(`${running.bytes} bytes searched while it runs`);
    check(running.bytes > 100000, 'hardly anything was searched');
    check(running.found.length === 0, `found while it runs: ${JSON.stringify(running.found.slice(0, 20))}`);
    const outside = searchShared(house);
    check(outside.found.length === 0, `found outside the house while it runs: ${JSON.stringify(outside.found.slice(0, 20))}`);
    await checkNoCores(house);
    const left = searchShared(house);
    check(left.found.length === 0, `found outside the house after every process was aborted: ${JSON.stringify(left.found.slice(0, 20))}`);
    places.controlShared(mark, house, check);
    const after = search(house.folder);
    check(after.found.length === 0, `found after every process was aborted: ${JSON.stringify(after.found.slice(0, 20))}`);

    // The control: each encoding, planted by us, in the middle of other bytes, must be found.
    for (const [encoding, needle] of Object.entries(needles(mark))) {
      const file = path.join(house.data, 'planted');
      fs.writeFileSync(file, Buffer.concat([crypto.randomBytes(5000), needle, crypto.randomBytes(5000)]));
      check(search(house.folder).found.some(([e, f]) => e === encoding && f === 'data/planted'), `the control in ${encoding} was not found`);
      fs.unlinkSync(file);
    }
    for (let shift = 0; shift < 3; shift++) {
      const file = path.join(house.data, 'planted');
      fs.writeFileSync(file, Buffer.from('x'.repeat(shift) + phrase(7) + ' and so on').toString('base64'));
      check(search(house.folder).found.length > 0, `the control in base64 behind ${shift} bytes was not found`);
      fs.unlinkSync(file);
    }
  } finally {
    await house.stop();
    house.remove();
  }
  await sealed.run(check);
}

main().catch((e) => failures.push(String(e.stack || e))).finally(() => {
  for (const f of failures) console.log(`not ok: ${f}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length || !passed ? 1 : 0;
});
