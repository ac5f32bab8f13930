// A house is backed up while tips come in, its folder is deleted, and it is brought back in another one: the same
// passphrases, the same receipts, every tip that was acknowledged before the backup began. All texts are invented.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { spawn, spawnSync } = require('child_process');
const { House, freshCode } = require('../journeys/house');
const { check, walk, answersWith } = require('./house_made');

const senders = 4;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const answers = answersWith({ name: 'cal', role: 'call_taker', passphrase: 'nine invented stones under water' });
const newPassphrase = 'an invented bridge over cold water';
const reply = 'Invented reply: we read this, and somebody is looking.';

// A command that must not stop us from sending meanwhile.
function runBeside(program, words) {
  const child = spawn(program, words);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => { said[name] += chunk; });
  return new Promise((done) => child.once('close', (status) => done({ status, ...said })));
}

// Debian's own programs, not ours.
function tool(name, words, input) {
  const said = spawnSync(name, words, { input, maxBuffer: 1 << 28 });
  if (said.status !== 0) throw new Error(`${name} ${words.join(' ')}: ${said.stderr || said.error}`);
  return said.stdout;
}
const ask = (file, question) => tool('sqlite3', ['-readonly', file, question]).toString().trim();

function makeIdentity(folder, name) {
  const file = path.join(folder, name);
  tool('age-keygen', ['-o', file]);
  return { file, recipient: tool('age-keygen', ['-y', file]).toString().trim() };
}

async function sendTip(house, tip) {
  const answer = await fetch(house.public + '/api/v1/tips', {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': tip.key },
    body: JSON.stringify({ narrative: tip.narrative, language: 'en' }), signal: AbortSignal.timeout(20000),
  });
  const body = await answer.json().catch(() => ({}));
  return answer.status === 201 ? String(body.receipt).replace(/\D/g, '') : null;
}

async function sender(house, state) {
  while (!state.enough) {
    const tip = { key: crypto.randomUUID(), narrative: `Invented tip ${state.sent++} of the restore test.` };
    tip.receipt = await sendTip(house, tip);
    if (tip.receipt) state.received.push(tip);
    else state.refused++;
  }
}

// The mailbox page of a receipt; the house looks up 20 a second for everybody, and says when it has no time.
async function mailbox(house, receipt) {
  for (let i = 0; i < 100; i++) {
    await pause(55);
    const answer = await fetch(house.public + '/tip/return', { method: 'POST', body: new URLSearchParams({ receipt }) });
    if (answer.status !== 503) return answer.text();
  }
  return '';
}

class CallTaker {
  constructor(house) { this.house = house; }

  async ask(place, fields) {
    const headers = { Origin: this.house.staff, ...(this.cookie ? { Cookie: this.cookie } : {}) };
    const answer = await fetch(this.house.staff + place, { method: fields ? 'POST' : 'GET', body: fields && new URLSearchParams(fields), headers, redirect: 'manual' });
    const cookies = answer.headers.getSetCookie().map((c) => c.split(';')[0]);
    if (cookies.length) this.cookie = cookies.join('; ');
    return { status: answer.status, text: await answer.text() };
  }

  async signIn() {
    const account = this.house.account('call taker');
    const answer = await this.ask('/sign-in', { name: account.name, pass: account.passphrase, code: await freshCode(account) });
    return answer.status === 303 || answer.status === 302;
  }

  async tips() {
    const queue = await this.ask('/queue');
    return [...new Set([...queue.text.matchAll(/href="(\/tips\/[0-9a-f]{32})"/g)].map((m) => m[1]))];
  }

  async answer(tip) {
    const page = (await this.ask(tip)).text;
    const token = new RegExp(`action="${tip}/answer"><input type="hidden" name="_token" value="([^"]+)"`).exec(page);
    return token && (await this.ask(`${tip}/answer`, { _token: token[1], answer: reply })).status < 400;
  }
}

function unlock(house, passphrase) {
  return house.run(['unlock', house.data], passphrase + '\n').status;
}

// The house key as it might lie somewhere: as printed, in small letters, as bytes, in hexadecimal.
function needlesOf(letters) {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  let bits = '';
  for (const c of letters.toUpperCase()) bits += alphabet.indexOf(c).toString(2).padStart(5, '0');
  const raw = Buffer.from(bits.slice(0, 256).match(/.{8}/g).map((b) => parseInt(b, 2)));
  return [Buffer.from(letters), Buffer.from(letters.toLowerCase()), raw, Buffer.from(raw.toString('hex')), Buffer.from(raw.toString('hex').toUpperCase())];
}
const foundIn = (needles, bytes) => needles.filter((n) => bytes.includes(n)).length;

// What the sets are to Debian's age and sqlite3, and that the house key is in none of them.
function lookInside(sets, identity, letters, work) {
  const needles = needlesOf(letters);
  const inside = {};
  for (const [kind, file] of Object.entries(sets)) {
    inside[kind] = path.join(work, `${kind}.db`);
    const bytes = tool('age', ['-d', '-i', identity.file, file]);
    fs.writeFileSync(inside[kind], bytes);
    check(ask(inside[kind], 'PRAGMA integrity_check;') === 'ok', `the ${kind} set is not whole to sqlite3`);
    check(foundIn(needles, bytes) === 0 && foundIn(needles, fs.readFileSync(file)) === 0, `the house key is in the ${kind} set`);
    for (const n of needles) check(foundIn(needles, Buffer.concat([bytes.subarray(0, 5000), n, bytes.subarray(5000)])) > 0, 'the search finds nothing: it proves nothing');
  }
  const has = (kind, table) => ask(inside[kind], `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '${table}';`) === '1';
  check(has('keys', 'wrap') && has('content', 'tip') && has('log', 'leaf'), 'a set lacks what it is for');
  check(!has('keys', 'leaf') && !has('keys', 'tip') && !has('content', 'wrap') && !has('log', 'wrap') && !has('log', 'principal'), 'a set holds what belongs to another');
  // No table is in two sets: rings and peppers are with the keys, rows and mailboxes with the content, and neither set opens anything alone.
  const tablesOf = (kind) => ask(inside[kind], "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%';").split('\n').filter((t) => t !== 'copy_note' && t !== 'schema_migration');
  const [ofKeys, ofContent, ofLog] = ['keys', 'content', 'log'].map(tablesOf);
  const twice = [...ofKeys, ...ofContent, ...ofLog].filter((t, i, all) => all.indexOf(t) !== i);
  check(twice.length === 0, `in two sets: ${twice.join(', ')}`);
  for (const table of ['ring', 'ring_epoch', 'member', 'wrap', 'pepper', 'slot', 'factor', 'term', 'root_act']) check(ofKeys.includes(table), `the keys set lacks ${table}`);
  for (const table of ['mailbox', 'reply', 'share', 'casefile', 'reseal']) check(ofContent.includes(table), `the content set lacks ${table}`);
  check(Number(ask(inside.keys, 'SELECT count(*) FROM pepper;')) > 0 && Number(ask(inside.content, 'SELECT count(*) FROM mailbox;')) > 0, 'no pepper or no mailbox was there to be kept apart');
  check(Number(ask(inside.log, 'SELECT count(*) FROM leaf;')) > 4, 'the log set is empty');
  return inside;
}

function restoreWords(dir, sets, identity, more = []) {
  return ['restore', dir, '--content', sets.content, '--keys', sets.keys, '--log', sets.log, '--identity', identity.file, ...more];
}

function refusals(house, sets, identity, other, goodAnswers, letters) {
  const dir = path.join(house.folder, 'refused');
  const refused = (words, wanted, what) => {
    const said = house.run(words);
    check(said.status === 1 && wanted.test(said.stderr), `${what}: ${said.status} ${said.stderr}`);
    check(!fs.existsSync(dir), `${what}: something was left`);
    fs.rmSync(dir, { recursive: true, force: true });
  };
  const bad = path.join(house.folder, 'bad.age');
  for (const kind of ['keys', 'content', 'log']) {
    const bytes = fs.readFileSync(sets[kind]);
    bytes[bytes.length >> 1] ^= 1;
    fs.writeFileSync(bad, bytes);
    refused(restoreWords(dir, { ...sets, [kind]: bad }, identity, ['--answers', goodAnswers]), /changed or cut/, `a ${kind} set with one bit changed`);
  }
  refused(restoreWords(dir, sets, other, ['--answers', goodAnswers]), /another key/, 'another identity');
  const wrong = path.join(house.folder, 'wrong.json');
  fs.writeFileSync(wrong, JSON.stringify({ house_key: letters.replace(/^./, (c) => (c === '7' ? '8' : '7')), house_passphrase: newPassphrase }));
  refused(restoreWords(dir, sets, identity, ['--answers', wrong]), /not the house key/, 'another house key');
  const full = path.join(house.folder, 'full');
  fs.mkdirSync(full);
  fs.writeFileSync(path.join(full, 'mine'), 'x');
  const said = house.run(restoreWords(full, sets, identity, ['--answers', goodAnswers]));
  check(said.status === 1 && /not an empty folder/.test(said.stderr) && fs.readdirSync(full).join() === 'mine', 'a folder that holds something was taken');
  const later = path.join(house.folder, 'later');
  const text = fs.readFileSync(sets.manifest, 'utf8').split('\n');
  text[text.length - 3] = String(Number(text[text.length - 3]) + 10);
  fs.writeFileSync(later, text.join('\n'));
  refused(restoreWords(dir, sets, identity, ['--answers', goodAnswers, '--seen', later]), /Rolled back: the log ends/, 'a log shorter than one seen elsewhere');
}

async function main() {
  const house = await House.make({ program: process.env.PLAINSIGHT || 'build/plainsight', answers });
  const abandon = () => { house.process.kill('SIGKILL'); house.remove(); process.exit(130); };
  process.on('SIGTERM', abandon);
  process.on('SIGINT', abandon);
  try {
    const letters = /House key[^\n]*\n\s+([0-9A-Za-z]{52})\n/.exec(house.printed)[1];
    const folder = path.join(house.folder, 'sets');
    fs.mkdirSync(folder);
    const identity = makeIdentity(house.folder, 'offline.key'), other = makeIdentity(house.folder, 'other.key');
    check(unlock(house, answers.house_passphrase) === 0, 'the new house does not open');

    // One tip is answered; then tips come without pause while the backup runs.
    const first = { key: crypto.randomUUID(), narrative: 'Invented: the first tip, which gets an answer.' };
    first.receipt = await sendTip(house, first);
    const taker = new CallTaker(house);
    check(await taker.signIn(), 'the call taker cannot sign in');
    check(await taker.answer((await taker.tips())[0]), 'the tip cannot be answered');
    const state = { sent: 0, received: [], refused: 0, enough: false };
    const working = Array.from({ length: senders }, () => sender(house, state));
    while (state.received.length < 300) await pause(20);

    const noRecipient = await runBeside(house.program, ['backup', house.data, '--to', folder]);
    check(noRecipient.status === 1 && /no recipient/.test(noRecipient.stderr) && fs.readdirSync(folder).length === 0, 'a backup without a recipient was made');
    const inside = await runBeside(house.program, ['backup', house.data, '--to', house.data, '--recipient', identity.recipient]);
    check(inside.status === 1 && /lies in the data folder/.test(inside.stderr), 'a backup into the data folder was made');

    const old = path.join(folder, 'keys-20200101T000000Z.age'), oldContent = path.join(folder, 'content-20200101T000000Z.age');
    fs.writeFileSync(old, 'x');
    fs.writeFileSync(oldContent, 'x');
    const before = state.received.slice();
    check(/^weak +no backup was ever made$/m.test(house.run(['doctor', house.data]).stdout), 'doctor does not say that there is no backup');
    const made = await runBeside(house.program, ['backup', house.data, '--to', folder, '--recipient', other.recipient, '--recipient', identity.recipient]);
    const meanwhile = state.received.length - before.length;
    check(made.status === 0, `backup: ${made.stderr}`);
    check(/^good +the last backup was made (today|1 days? ago)$/m.test(house.run(['doctor', house.data]).stdout), 'doctor does not know the backup');
    check(meanwhile > 0, 'no tip came in while the backup ran: the test proves nothing');
    check(!fs.existsSync(old) && fs.existsSync(oldContent) && /^1 keys sets older/m.test(made.stdout), 'a keys set of 2020 is still there, or another file is gone');
    fs.rmSync(oldContent);
    state.enough = true;
    await Promise.all(working);
    check(state.refused === 0, `${state.refused} tips were refused while the backup ran`);
    check(!fs.readdirSync(house.data).some((n) => n === 'backup.copy'), 'the copy still lies in the data folder');

    await house.stop();
    const notServed = house.run(['backup', house.data, '--to', folder, '--recipient', identity.recipient]);
    check(notServed.status === 1 && /nothing serves/.test(notServed.stderr), 'a house that is not served was backed up');
    fs.rmSync(house.data, { recursive: true });

    const stamp = /manifest-(\d{8}T\d{6}Z)\.txt/.exec(fs.readdirSync(folder).join('\n'))[1];
    const sets = Object.fromEntries(['keys', 'content', 'log'].map((k) => [k, path.join(folder, `${k}-${stamp}.age`)]));
    const opened = lookInside(sets, identity, letters, house.folder);
    const kept = Number(ask(opened.content, 'SELECT count(*) FROM tip;'));
    check(kept >= before.length + 1, `${kept} tips in the set for ${before.length + 1} acknowledged before it began`);
    sets.manifest = path.join(folder, `manifest-${stamp}.txt`);

    const goodAnswers = path.join(house.folder, 'restore.json');
    fs.writeFileSync(goodAnswers, JSON.stringify({ house_key: letters, house_passphrase: newPassphrase }), { mode: 0o600 });
    refusals(house, sets, identity, makeIdentity(house.folder, 'stranger.key'), goodAnswers, letters);

    house.data = path.join(house.folder, 'elsewhere');
    const { manifest, ...three } = sets;
    const back = house.run(restoreWords(house.data, three, identity, ['--answers', goodAnswers]));
    check(back.status === 0, `restore: ${back.stdout}${back.stderr}`);
    await house.serve();
    check(unlock(house, answers.house_passphrase) === 1, 'the house passphrase of before still opens the house');
    check(unlock(house, newPassphrase) === 0, 'the new house passphrase does not open the house');

    const again = new CallTaker(house);
    check(await again.signIn(), 'the call taker cannot sign in with the passphrase and authenticator of before');
    const tips = await again.tips();
    check(tips.length > 0 && (await again.ask(tips[0])).text.includes('Invented tip '), 'a tip is not read');
    check((await mailbox(house, first.receipt)).includes(reply), 'the receipt of the first tip does not open the answer');
    let changed = 0;
    for (const tip of before) changed += (await sendTip(house, tip)) === tip.receipt ? 0 : 1;
    check(changed === 0, `${changed} of ${before.length} tips acknowledged before the backup are not there`);
    let shut = 0;
    for (const tip of before.filter((_, i) => i % 12 === 0)) shut += (await mailbox(house, tip.receipt)).includes('name="message"') ? 0 : 1;
    check(shut === 0, `${shut} receipts open nothing`);
    check(!(await mailbox(house, '000000000000000000000000')).includes('name="message"'), 'any receipt opens: the test proves nothing');
    const late = state.received.slice(-1)[0];
    console.log(`${before.length} tips before, ${meanwhile} while it ran, ${kept} in the set; the last one sent ${(await mailbox(house, late.receipt)).includes('name="message"') ? 'is there' : 'is not there'}`);

    const log = path.join(house.folder, 'log'), seen = path.join(house.folder, 'seen');
    fs.writeFileSync(seen, fs.readFileSync(manifest, 'utf8').split('checkpoint\n')[1]);
    check(house.run(['audit', house.data, 'export', log]).status === 0, 'the log cannot be exported');
    const node = house.printed.trim().split(/\s+/).pop();
    const verified = house.run(['audit', 'verify', log, '--node', node, '--seen', seen]);
    check(verified.status === 0, `the log after the restore: ${verified.stdout}${verified.stderr}`);
    const second = path.join(house.folder, 'second');
    fs.mkdirSync(second);
    fs.writeFileSync(path.join(house.data, 'backup.recipients'), `# kept in the safe\n${identity.recipient}\n`);
    const next = house.run(['backup', house.data, '--to', second]);
    check(next.status === 0, `the restored house cannot be backed up: ${next.stderr}`);
    check(!/ERROR: AddressSanitizer|runtime error:|broken_promise/.test(house.log()), `the program broke:\n${house.log().slice(-4000)}`);
  } finally {
    await house.stop();
    house.remove();
  }
}

walk(main);
