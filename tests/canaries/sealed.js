// A house made as a real one is, with somebody of every job: each types a phrase of its own into every field that takes words, of tips,
// cases, files of care and all about them. The phrases are then looked for in the data folder while it runs, in what `backup` makes, as it
// is and opened with the offline key, in the folder that `restore` makes of it, and in the folders everybody may write. What the pages
// say is not sealed (names of filters and offices) is the control: it must be found in each of these places.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const { House, freshCode, top } = require('../journeys/house');
const { search, searchShared } = require('./search');
const { Worker, hiddenIn } = require('./worker');

// With what follows it at most 32 letters and digits: the shortest field of all keeps it whole.
const mark = 'Kanarie' + crypto.randomBytes(7).toString('hex');
const clear = 'Klartext' + crypto.randomBytes(7).toString('hex');
const planted = new Set();
const phrase = (place) => {
  const word = mark + place.toLowerCase().replace(/[^a-z0-9]/g, '').slice(0, 11);
  planted.add(word);
  return word;
};

const roles = ['administrator', 'supervisor', 'call_taker', 'analyst', 'investigator', 'specialist', 'coordinator', 'statistician', 'auditor', 'deconfliction_officer'];
const answers = {
  line_name: 'Invented Harbor Line', line_is_police: 'no', line_shares_immigration: 'no', line_phone: '+18005550142',
  emergency_number: '911', languages: 'en;es', office_name: 'Harbor office', country_pack: 'us',
  house_passphrase: 'four invented lamps on a quiet pier', shares: 5, need: 3,
  people: roles.map((role) => ({ name: `${role.slice(0, 4)}.one`, role, passphrase: `seven invented kites of a ${role}` })),
};
const today = new Date().toISOString().slice(0, 10);
const ahead = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);

let check;
const taken = (answer, words) => { check(answer.status === 303, `${words}: ${answer.status} ${/<h1[\s\S]*?<\/ul>/.exec(answer.text) || ''}`); return answer; };
const shows = (answer, word, words) => check(answer.text.includes(word), `${words} does not show what was typed: it proves nothing`);
const idIn = (text) => (/[0-9a-f]{32}/.exec(text) || [''])[0];

/* ---- tips ---- */

// Every field of the public form, then more words by the receipt.
async function sendTip(house) {
  const form = await (await fetch(house.public + '/tip')).text();
  const fields = { consent: 'share', method: 'text', minor: 'yes' };
  for (const name of ['narrative', 'place', 'identifiers', 'contact', 'safe_when', 'code_word']) fields[name] = phrase('tip' + name);
  const key = /name="key" value="([^"]+)"/.exec(form);
  if (key) fields.key = key[1];
  const page = await (await fetch(house.public + '/tip', { method: 'POST', body: new URLSearchParams(fields) })).text();
  const receipt = (page.match(/<li>\d{4}<\/li>/g) || []).join('').replace(/\D/g, '');
  check(receipt.length === 24, 'the tip was not received');
  const more = await fetch(house.public + '/tip/return', { method: 'POST', body: new URLSearchParams({ receipt, do: 'add', message: phrase('addition') }) });
  check(more.ok, `more words were not taken: ${more.status}`);
  await fetch(house.public + '/api/v1/tips', {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
    body: JSON.stringify({ narrative: phrase('apitip'), language: 'en', consent: 'confidential' }),
  });
  return receipt;
}

// The acts on a tip that take words. Returns its address.
async function workOnTip(house, staff) {
  const { supervisor: sam, call_taker: cal } = staff;
  const queue = (await cal.ask('/queue')).text;
  let tip = null;
  for (const m of queue.matchAll(/href="(\/tips\/[0-9a-f]{32})"/g)) {
    if ((await cal.ask(m[1])).text.includes(phrase('tipnarrative'))) tip = m[1];
  }
  check(tip, 'the tip is not in the queue');
  taken(await cal.submit(tip, `${tip}/note`, { note: phrase('note') }), 'a note');
  taken(await cal.submit(tip, `${tip}/answer`, { answer: phrase('answer') }), 'an answer');
  taken(await cal.submit(tip, `${tip}/urgency`, { level: '2', urgency_reason: phrase('urgency') }), 'another urgency');
  taken(await cal.submit(tip, `${tip}/clock`, { clock: 'MINOR_REPORT', reference: phrase('report') }), 'a report that was made');
  const code = /name="code"[\s\S]*?<option value="([a-z_]+)"/.exec((await cal.ask(tip)).text);
  taken(await cal.submit(tip, `${tip}/dispose`, { code: code && code[1], close_reason: phrase('close') }), 'closing');
  taken(await cal.submit(tip, `${tip}/reopen`, { reopen_reason: phrase('reopen') }), 'opening again');
  const page = await cal.ask(tip);
  for (const word of ['tipnarrative', 'tipplace', 'addition', 'note', 'answer', 'urgency', 'report', 'close', 'reopen']) shows(page, phrase(word), `the tip's page (${word})`);
  shows(await cal.submit(tip, `${tip}/source`, {}), phrase('tipcontact'), 'who told us');
  const id = idIn(tip);
  taken(await sam.submit('/queue', '/queue/chosen', { do: 'dispose', id, code: code && code[1], reason: phrase('chosen') }), 'closing the chosen');
  taken(await sam.submit(tip, `${tip}/reopen`, { reopen_reason: phrase('reopenx') }), 'opening once more');
  for (const fields of [{ do: 'find', state: phrase('state'), county: phrase('county'), postal: phrase('postal') },
    { do: 'send', office: phrase('office'), reason: phrase('route') }]) await sam.submit(`${tip}/route`, `${tip}/route`, fields);
  return tip;
}

/* ---- entries of every kind ---- */

// What a form asks for, filled: words wherever words are taken, else the first that can be chosen.
function fill(form, place) {
  const fields = {};
  for (const [, name, options] of form.matchAll(/<select[^>]*name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g)) {
    const values = [...options.matchAll(/<option value="([^"]+)"/g)].map((m) => m[1]);
    if (values.length) fields[name] = values[0];
  }
  for (const [, name] of form.matchAll(/<textarea[^>]*name="([^"]+)"/g)) fields[name] = phrase(place + name);
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
    const name = (/name="([^"]+)"/.exec(input) || [])[1], value = (/value="([^"]*)"/.exec(input) || [])[1];
    if (!name || /type="hidden"/.test(input)) continue;
    if (/type="(radio|checkbox)"/.test(input)) fields[name] = fields[name] || value;
    else if (/type="date"/.test(input)) fields[name] = today;
    else if (/inputmode="decimal"/.test(input)) fields[name] = '1';
    else fields[name] = phrase(place + name);
  }
  return fields;
}

// A field that takes no words of one's own (a time, a zone, a day ahead) is told by the page; then something else is tried there.
async function addEntry(worker, page, action, kind) {
  const others = ['14:00', 'America/New_York', ahead(1), today, '1', 'yes'];
  const asked = await worker.ask(page);
  const form = (asked.text.match(/<form[^>]*>[\s\S]*?<\/form>/g) || []).find((f) => f.includes(`action="${action}"`) && f.includes('name="_kind"'));
  if (asked.status !== 200 || !form) return { kind, why: `${asked.status}` };
  const fields = { ...Object.fromEntries(hiddenIn(form)), ...fill(form, kind) };
  for (let i = 0; ; i++) {
    const answer = await worker.ask(action, fields);
    if (answer.status === 303) return { kind, words: Object.values(fields).filter((v) => v.startsWith(mark)) };
    const sure = /name="_sure" value="([^"]+)"/.exec(answer.text); // it comes before what usually precedes it: yes, it does
    if (sure && fields._sure !== sure[1]) { fields._sure = sure[1]; continue; }
    const problems = [...answer.text.matchAll(/<li><a href="#([^"]+)">([^<]*)</g)];
    if (answer.status !== 422 || i === others.length || !problems.length) return { kind, why: `${answer.status} ${problems.map((p) => p[1] + ': ' + p[2]).join('; ')}` };
    for (const [, name] of problems) fields[name] = others[i];
  }
}

// Every kind of the table in that area, by somebody of that job.
async function addEveryKind(worker, area, pageOf, action) {
  const rows = fs.readFileSync(path.join(top, 'packs/int/entry_kinds.csv'), 'utf8').split(/\r?\n/).map((l) => l.split(','));
  const done = [], left = [];
  for (const [kind, of] of rows) {
    if (of !== area) continue;
    const result = await addEntry(worker, pageOf(kind), action, kind);
    (result.words ? done : left).push(result);
  }
  const words = done.flatMap((r) => r.words);
  console.log(`${area}: ${done.length} kinds of entries with ${words.length} phrases; not taken: ${left.map((r) => `${r.kind} (${r.why})`).join(', ') || 'none'}`);
  check(done.length >= 20 && done.length > 4 * left.length, `${area}: too few kinds of entries were taken to prove anything`);
  return words;
}

/* ---- a case ---- */

async function workOnCase(staff, tip) {
  const ivy = staff.investigator;
  const opened = taken(await ivy.submit(`/cases/new?tip=${idIn(tip)}`, '/cases/new', { title: phrase('title'), summary: phrase('summary') }, 'name="title"'), 'a case');
  const place = `/cases/${idIn(opened.location)}`;
  taken(await ivy.submit(`${place}/subject`, `${place}/subject`, { name: phrase('subject'), about: phrase('subjabout') }), 'a subject');
  const words = await addEveryKind(ivy, 'casework', (kind) => `${place}/add?kind=${kind}`, `${place}/add`);
  const csv = await ivy.ask(`${place}/csv`), json = await ivy.ask(`${place}/json`);
  check(words.filter((w) => csv.text.includes(w) || json.text.includes(w)).length > words.length * 0.9, 'the files of the case do not show what was typed: it proves nothing');
  const page = await ivy.ask(place);
  for (const word of ['title', 'summary', 'subject', 'tipnarrative', 'addition', 'note']) shows(page, phrase(word), `the case's page (${word})`);
  const old = [...page.text.matchAll(/href="([^"]*\/correct\?entry=[0-9a-f]{32})"/g)].map((m) => m[1]);
  const correct = async (link, fields) => ivy.submit(link, `${place}/correct`, fields);
  taken(await correct(old[0], { ...fill((await correct(old[0], {})).form, 'corr'), _why: phrase('why'), _day: today, _do: 'withdraw' }), 'a withdrawal');
  await correct(old[1], { ...fill((await correct(old[1], {})).form, 'corr'), _why: phrase('whytwo'), _day: today, _do: 'correct' });
  shows(await ivy.ask(place), phrase('why'), 'the reason of a withdrawal');
  const asks = { about: 'assist', words: phrase('ask'), police_case: phrase('askcase'), by: ahead(3) };
  const office = /name="office"[\s\S]*?<option value="([0-9a-f]{32})"/.exec((await ivy.ask('/ask-help')).text);
  taken(await ivy.submit('/ask-help', '/ask-help', { ...asks, office: office && office[1] }), 'a request for help');
}

/* ---- a file of care ---- */

async function workOnFile(staff) {
  const spe = staff.specialist;
  const tray = await spe.ask('/victims');
  shows(tray, phrase('ask'), 'the tray');
  const fields = { foreign: 'likely', language: 'es', born: '2001-01-01' };
  for (const name of ['alias', 'say', 'age', 'about', 'police_case', 'name', 'status', 'a_number']) fields[name] = phrase('care' + name);
  const opened = taken(await spe.submit('/victims/new', '/victims/new', fields), 'a file');
  const file = `/victims/${idIn(opened.location)}`;
  await addEveryKind(spe, 'care', (kind) => `${file}/entry?kind=${kind}`, `${file}/entry`);
  const page = await spe.ask(file);
  for (const word of ['carealias', 'caresay', 'careage', 'careabout']) shows(page, phrase(word), `the file's page (${word})`);
  shows(await spe.submit(file, `${file}/name`, { why: phrase('whyname') }), phrase('carename'), 'the name');
  shows(await spe.submit(file, `${file}/place`, { why: phrase('whyplace') }), mark, 'a place');
  taken(await spe.submit(file, `${file}/withdraw`, { reason: phrase('withdraw') }), 'a withdrawal of care');
  const packet = { officer: 'inve.one', purpose: 'safety', until: ahead(20), basis: 'law', law: phrase('law'), words: phrase('packet'), field: 'name.full' };
  taken(await spe.submit(`${file}/packet`, `${file}/packet`, packet), 'a packet');
  const got = await staff.investigator.ask('/packets');
  for (const word of ['packet', 'carename', 'law']) shows(got, phrase(word), `the packet (${word})`);
}

/* ---- the rest: what is in clear because the page says so, and what should leave nothing at all ---- */

async function typeInClear(staff) {
  const ada = staff.administrator;
  taken(await staff.call_taker.submit('/queue?p=1', '/queue/filters', { name: clear + 'filter', p: '1' }), 'a filter');
  taken(await ada.submit('/directory', '/directory', { code: 'HSI-ATL', name: clear + 'office', city: clear + 'city', state: 'GA' }, 'name="code"'), 'an office');
}

async function typeInPassing(house, staff) {
  const pages = { call_taker: ['/queue', '/tips/'], investigator: ['/cases', '/packets', '/ask-help', '/cases/'], specialist: ['/victims', '/victims/'],
    statistician: ['/measures', '/measures/', '/measures.csv'], auditor: ['/audit'], deconfliction_officer: ['/deconfliction'], administrator: ['/people', '/directory', '/settings'] };
  for (const [role, places] of Object.entries(pages)) {
    for (const place of places) {
      for (const name of ['q', 'after', 'office', 'kind', 'request', 'tip', 'case', 'fy']) await staff[role].ask(`${place}?${name}=${phrase('query' + name)}`);
      await staff[role].ask(place + phrase('path'), undefined, { 'User-Agent': phrase('agent'), Referer: phrase('referer') });
    }
  }
  const { statistician: sta, administrator: ada, supervisor: sam } = staff;
  await ada.submit('/people', '/people', { name: phrase('invite') + '!', role: phrase('role') }); // refused: no such job
  await sam.submit('/directory', '/roster', { account: phrase('account'), duty: phrase('duty'), from: phrase('from'), to: phrase('to') });
  const account = house.account('statistician');
  const fresh = `${phrase('pass')} and more`;
  taken(await sta.submit('/own', '/own/passphrase', { old: account.passphrase, otp: await freshCode(account), pass: fresh, pass2: fresh }), 'a passphrase');
  const person = /href="(\/people\/[0-9a-f]{32})"[^>]*>audi\.one/.exec((await sam.ask('/people')).text);
  taken(await sam.submit(person[1], `${person[1]}/depart`, { reason: phrase('depart') }), 'a departure');
}

// The keeper ends in the middle of work: what is sent then is carried through the passphrase.
async function typeIntoShutKeys(house, staff, tip) {
  const cal = staff.call_taker;
  const token = new RegExp(`action="${tip}/note"><input type="hidden" name="_token" value="([^"]+)"`).exec((await cal.ask(tip)).text);
  for (const pid of house.roles('keeper')) process.kill(pid, 'SIGKILL');
  await new Promise((done) => setTimeout(done, 1500));
  const answer = await cal.ask(`${tip}/note`, { _token: token && token[1], note: phrase('keptnote') });
  check(answer.status === 423 && answer.text.includes(phrase('keptnote')), `a note after the keeper ended: ${answer.status}`);
}

/* ---- backup, restore, search ---- */

const owned = (house, place) => { fs.chownSync(place, house.uid, house.gid); return place; };

function tool(name, words) {
  const said = spawnSync(name, words, { maxBuffer: 1 << 28 });
  if (said.status !== 0) throw new Error(`${name} ${words.join(' ')}: ${said.stderr || said.error}`);
  return said.stdout;
}

// Nothing planted, and what is in clear: in every encoding.
function assertSilent(folder, words, inClear) {
  const { found, bytes } = search(mark, folder);
  console.log(`${words}: ${bytes} bytes searched`);
  check(bytes > 50000, `${words}: hardly anything was searched`);
  check(found.length === 0, `${words}: ${JSON.stringify(found.slice(0, 20))}`);
  check((search(clear, folder).found.length > 0) === inClear, `${words}: what is in clear is ${inClear ? 'not found: the search proves nothing' : 'found'}`);
  const control = path.join(folder, 'planted');
  fs.writeFileSync(control, Buffer.concat([crypto.randomBytes(3000), Buffer.from(phrase('control'))]));
  check(search(mark, folder).found.some(([, file]) => file === 'planted'), `${words}: a phrase planted there is not found`);
  fs.rmSync(control);
}

function backUp(house, identity) {
  const folder = owned(house, fs.mkdtempSync(path.join(house.folder, 'sets-')));
  const recipient = tool('age-keygen', ['-y', identity]).toString().trim();
  const made = house.run(['backup', house.data, '--to', folder, '--recipient', recipient]);
  check(made.status === 0, `backup: ${made.stderr}`);
  const stamp = /manifest-(\d{8}T\d{6}Z)\.txt/.exec(fs.readdirSync(folder).join('\n'))[1];
  const sets = Object.fromEntries(['keys', 'content', 'log'].map((k) => [k, path.join(folder, `${k}-${stamp}.age`)]));
  assertSilent(folder, 'what backup made', false);
  const opened = fs.mkdtempSync(path.join(house.folder, 'opened-'));
  for (const [kind, file] of Object.entries(sets)) fs.writeFileSync(path.join(opened, `${kind}.db`), tool('age', ['-d', '-i', identity, file]));
  assertSilent(opened, 'what backup made, opened with the offline key', true);
  return sets;
}

function restore(house, sets, identity) {
  const to = path.join(house.folder, 'elsewhere'), file = path.join(house.folder, 'restore.json');
  const letters = /House key[^\n]*\n\s+([0-9A-Za-z]{52})\n/.exec(house.printed)[1];
  fs.writeFileSync(file, JSON.stringify({ house_key: letters, house_passphrase: 'an invented bridge over cold water' }), { mode: 0o600 });
  owned(house, file);
  const back = house.run(['restore', to, '--content', sets.content, '--keys', sets.keys, '--log', sets.log, '--identity', identity, '--answers', file]);
  check(back.status === 0, `restore: ${back.stdout}${back.stderr}`);
  assertSilent(to, 'what restore made', true);
}

// An entry of every kind in one file is more than a carer opens in an hour: two persons agree to it, as they would.
async function widenBudget(house, staff) {
  const sam = house.account('supervisor');
  const wish = { kind: 'victim', hour: '20000', day: '50000', name: sam.name, pass: sam.passphrase, otp: await freshCode(sam) };
  taken(await staff.administrator.submit('/settings', '/budgets', wish), 'a budget');
}

async function signInAll(house) {
  const staff = {};
  for (const role of roles) {
    staff[role] = new Worker(house);
    const answer = await staff[role].signIn(role.replace('_', ' '));
    check(answer.status === 303, `${role} cannot sign in: ${answer.status}`);
  }
  return staff;
}

async function plantAndSearch(house) {
  check(house.run(['unlock', house.data], answers.house_passphrase + '\n').status === 0, 'the new house does not open');
  const staff = await signInAll(house);
  const receipt = await sendTip(house);
  const tip = await workOnTip(house, staff);
  const box = await fetch(house.public + '/tip/return', { method: 'POST', body: new URLSearchParams({ receipt }) });
  check((await box.text()).includes(phrase('answer')), 'the mailbox does not show the answer: it proves nothing');
  await widenBudget(house, staff);
  await typeInClear(staff);
  await workOnCase(staff, tip);
  await workOnFile(staff);
  await typeInPassing(house, staff);
  assertSilent(house.folder, 'the house while it runs', true);
  check(searchShared(mark, house).found.length === 0, `found outside the house: ${JSON.stringify(searchShared(mark, house).found.slice(0, 20))}`);
  const identity = path.join(house.folder, 'offline.key');
  tool('age-keygen', ['-o', identity]);
  owned(house, identity);
  const sets = backUp(house, identity);
  await typeIntoShutKeys(house, staff, tip);
  await house.stop();
  restore(house, sets, identity);
  assertSilent(house.folder, 'all that the house, its backup and its restored folder left', true);
  check(searchShared(mark, house).found.length === 0, `found outside the house afterwards: ${JSON.stringify(searchShared(mark, house).found.slice(0, 20))}`);
  console.log(`${planted.size} phrases, one for each field`);
  check(planted.size > 120, 'too few phrases were planted to prove anything');
}

// counted(that, words): counts one test.
async function run(counted) {
  check = counted;
  const house = await House.make({ program: process.env.PLAINSIGHT || 'build/plainsight', answers, unprivileged: true });
  try {
    await plantAndSearch(house);
  } finally {
    await house.stop();
    house.remove();
  }
}

module.exports = { run };
if (require.main === module) {
  const failures = [];
  let passed = 0;
  run((that, words) => { if (that) passed++; else failures.push(words); }).catch((e) => failures.push(String(e.stack || e))).finally(() => {
    for (const f of failures) console.log(`not ok: ${f}`);
    console.log(`${passed} passed, ${failures.length} failed`);
    process.exitCode = failures.length || !passed ? 1 : 0;
  });
}
