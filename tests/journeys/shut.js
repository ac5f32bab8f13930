// Keys that shut while somebody writes, the limit of what one person opens, the sealed envelope: in a house made as a real one is.
'use strict';
const { spawnSync } = require('child_process');
const path = require('path');
const { House, freshCode } = require('./house');
const { press, sendTip } = require('./lib');

const answers = {
  line_name: 'Invented Harbor Line', line_is_police: 'no', line_shares_immigration: 'no', line_phone: '+18005550142',
  emergency_number: '911', languages: 'en', office_name: 'Harbor office', country_pack: 'us',
  house_passphrase: 'four invented lamps on a quiet pier', shares: 5, need: 3,
  people: [
    { name: 'ada', role: 'administrator', passphrase: 'seven invented kites in march' },
    { name: 'sam', role: 'supervisor', passphrase: 'the invented ferry carries bread' },
    { name: 'cal', role: 'call_taker', passphrase: 'nine invented stones under water' },
  ],
};
const note = 'Invented note: the line was called back.\n<b>"Later"</b> & \'once more\', with an ü.';

async function open(t, house) {
  const opened = house.run(['unlock', house.data], answers.house_passphrase + '\n');
  t.equal(opened.status, 0, `the house passphrase opens it: ${opened.stderr}`);
}

// A language the house does not offer is not served, whoever asks for it and how.
async function oneLanguage(t, house) {
  for (const [locale, path] of [['es-MX', '/tip'], ['en-US', '/tip?lang=es'], ['de-DE', '/']]) {
    const page = await t.visitor({ locale });
    await page.goto(house.public + path);
    t.equal(await page.getAttribute('html', 'lang'), 'en', `${path} for ${locale}`);
    t.equal(await page.locator('details.lang li').count(), 1, 'the menu holds one language');
  }
}

// The keeper forgets every session at its end, as it does after 30 idle minutes; the house is locked until somebody opens it.
async function shutKeys(t, house) {
  const before = house.roles('keeper');
  t.equal(before.length, 1, 'one keeper');
  process.kill(before[0], 'SIGKILL');
  for (let i = 0; i < 100 && (!house.roles('keeper').length || house.roles('keeper')[0] === before[0]); i++) {
    await new Promise((done) => setTimeout(done, 100));
  }
  await open(t, house);
}

async function signIn(t, page, house, account, code) {
  await page.fill('[name=name]', account.name);
  await page.fill('[name=pass]', account.passphrase);
  await page.fill('[name=code]', code === undefined ? await freshCode(account) : code);
  await press(page, 'main form button.main');
}

async function tipPage(t, house) {
  const page = await t.visitor();
  await page.goto(house.staff + '/sign-in');
  await signIn(t, page, house, house.account('call taker'));
  await page.goto(house.staff + '/queue');
  t.check((await page.locator('header.bar').innerText()).includes(answers.office_name), 'the bar names the office');
  await press(page, '[data-row] a');
  return page;
}

async function wordsComeBack(t, house, page) {
  const tip = page.url(), account = house.account('call taker'), form = 'form:has(textarea[name=note])';
  const send = () => press(page, `${form} button`);
  await page.fill('textarea[name=note]', note);
  await shutKeys(t, house);
  const other = await page.context().newPage();
  t.equal((await other.goto(tip)).status(), 423, 'while the keys are shut no tip opens');
  t.equal(await other.locator('main form').count(), 0, 'and nothing is kept, for nothing was sent');
  await t.look(other, 'keys-shut');
  await t.lookAtPseudo(other, tip, 'keys-shut');
  await other.close();

  await send();
  t.check(/not taken in yet/.test(await page.locator('main').innerText()), 'the note is not taken in, and the page says so');
  await t.look(page, 'keys-shut-words');
  await press(page, 'main form button.main');
  t.equal(await page.inputValue('[name="kept.note"]'), note, 'the words go along to the sign-in');
  await t.look(page, 'sign-in-again');
  await page.fill('[name=pass]', 'an invented wrong passphrase');
  await page.fill('[name=code]', await freshCode(account));
  await press(page, 'main form button.main');
  t.equal(await page.locator('#failure').count(), 1, 'a wrong passphrase opens nothing');
  t.equal(await page.inputValue('[name="kept.note"]'), note, 'and loses nothing');
  await t.answerInPseudo(page, 'main form');
  await page.fill('[name=pass]', 'an invented wrong passphrase');
  await press(page, 'main form button.main');
  await t.lookPseudo(page, 'sign-in-again');
  await t.answerInPseudo(page, 'main form');
  await signIn(t, page, house, account);
  await t.lookPseudo(page, 'handed-back');
  t.equal(await page.locator('main p.words').innerText(), note, 'the words are shown as they were typed');
  t.equal(await page.locator('main p.words b').count(), 0, 'as text');
  await press(page, 'main form button.main');
  t.equal(page.url().split('?')[0], tip, 'sent, they lead to the tip');
  t.equal(await page.locator('ol.time p.words').filter({ hasText: 'called back' }).innerText(), note, 'and stand there whole, once');
  return tip;
}

// The words of one person must not be sent by another who signs in at the same browser.
async function nobodyElseSendsThem(t, house, page) {
  const sam = house.account('supervisor');
  await page.fill('textarea[name=note]', 'Invented: only cal may send this.');
  await shutKeys(t, house);
  await press(page, 'form:has(textarea[name=note]) button');
  await press(page, 'main form button.main');
  await signIn(t, page, house, sam);
  t.equal(new URL(page.url()).pathname, '/queue', 'somebody else lands at the start of their own job');
  t.check(!(await page.content()).includes('only cal may'), 'without the words');
}

async function handedBackInEnglish(t, house, page, tip) {
  await page.goto(house.staff + '/sign-in');
  await signIn(t, page, house, house.account('call taker'));
  await page.goto(tip);
  await page.fill('textarea[name=answer]', 'Invented answer on its way. '.repeat(200).trim());
  await shutKeys(t, house);
  await press(page, 'form:has(textarea[name=answer]) button');
  await press(page, 'main form button.main');
  await signIn(t, page, house, house.account('call taker'));
  t.equal(await page.locator('main p.words').count(), 1, 'an answer comes back as well');
  await t.look(page, 'handed-back');
  const token = await page.inputValue('main form [name=_token]');
  for (const [words, fields] of [['without a token', {}], ['with a token of another path', { _token: await page.inputValue('[action="/sign-out"] [name=_token]') }]]) {
    const refused = await page.request.post(tip + '/answer', { form: { ...fields, answer: 'Invented: forged.' }, headers: { Origin: house.staff } });
    t.equal(refused.status(), 403, `${words} nothing is taken`);
  }
  t.check(/^[0-9a-f]{32}$/.test(token), 'the form bears a token of its path');
  await press(page, 'main form button.main');
  t.check((await page.locator('ol.time').innerText()).includes('Invented answer on its way.'), 'and is sent');
}

async function enough(t, house, page, tip) {
  const spoiled = spawnSync('sqlite3', [path.join(house.data, 'keys.db'), 'UPDATE budget SET hour_rows = 1 WHERE compartment = 1;'], { encoding: 'utf8' });
  t.equal(spoiled.status, 0, `the limit is set low: ${spoiled.stderr}`);
  t.equal((await page.goto(tip)).status(), 429, 'who has opened enough opens no more');
  await t.look(page, 'enough');
  await t.lookAtPseudo(page, tip, 'enough');
}

async function envelope(t, house, page) {
  t.equal(await page.goto(house.staff + '/queue').then(() => page.locator('aside.warn').count()), 0, 'no word of the envelope before its use');
  const safe = await t.visitor();
  await safe.goto(house.staff + '/sign-in');
  await signIn(t, safe, house, { name: 'envelope', passphrase: house.envelope }, '');
  t.check(!safe.url().includes('/sign-in'), `the envelope signs in: ${await safe.locator('main').innerText()}`);
  await page.goto(house.staff + '/queue');
  t.check(/envelope was used on \d{4}-/.test(await page.locator('aside.warn').innerText()), 'everybody sees that the envelope was used');
  await t.look(page, 'envelope');
  await t.lookAtPseudo(page, house.staff + '/queue', 'envelope');
}

module.exports = {
  async 'words survive the shutting of the keys'(t) {
    t.allow(/status of 4(03|22|23|29)/);
    const house = await House.make({ answers });
    t.alsoAt(house);
    try {
      await open(t, house);
      await oneLanguage(t, house);
      const sent = await sendTip(house, { narrative: 'Invented for a test: lamps burn all night in the shed.', language: 'en', consent: 'confidential' });
      t.equal(sent.status, 201, 'a tip to work on');
      const page = await tipPage(t, house);
      const tip = await wordsComeBack(t, house, page);
      await nobodyElseSendsThem(t, house, page);
      await handedBackInEnglish(t, house, page, tip);
      await enough(t, house, page, tip);
      await envelope(t, house, page);
    } finally {
      await house.leave(t);
    }
  },
};
