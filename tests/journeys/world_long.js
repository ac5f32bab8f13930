// A house whose every text is as long as may be, of words that do not break, letters that stack, and markup: nothing scrolls sideways, nothing runs, nothing is escaped twice.
'use strict';
const { House } = require('./house');
const { World, answers, roles, routesOf, unknown } = require('./world');
const seed = require('./seed');

const pieces = {
  word: 'Unbreakablesyllables',
  german: 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung und ',
  marks: 'Z\u0351\u036b\u0343a\u0322\u0334l\u0337\u031bg\u0335\u0321o\u0300\u0301\u0302\u0303 ',
  rtl: 'طريق المحجر (Quarry Lane 3) רחוב המחצבה abc 123 ',
  emoji: '👩‍👩‍👧‍👦🏳️‍🌈🧵',
  markup: '<script>window.ran=1</script><img src=x onerror="window.ran=2">\'"><b>{{ 7*7 }}</b>&</title> ',
};
const kinds = Object.keys(pieces);

// That text, as many whole characters of it as fit into so many bytes, without blanks at its ends.
function fit(kind, bytes) {
  let text = '', left = bytes;
  for (;;) {
    for (const c of pieces[kind]) {
      left -= Buffer.byteLength(c);
      if (left < 0) return text.trim();
      text += c;
    }
  }
}

const longAnswers = {
  ...answers,
  line_name: fit('word', 120), office_name: fit('rtl', 120), line_phone: '+1 800 555 0142 extension 01420142014201', emergency_number: '911 or 0142 0142 014',
  people: roles.map((role) => ({ name: `${role.replace(' ', '-')}-${'x'.repeat(64)}`.slice(0, 64), role: role.replace(' ', '_'), passphrase: `an invented passphrase of the ${role}` })),
};

async function fillTips(world) {
  const { house, hands } = world, taker = hands.get('call taker'), lead = hands.get('supervisor'), found = {};
  for (const kind of kinds) {
    const receipt = await seed.tip(house, { narrative: fit(kind, kind === 'word' ? 65536 : 4000), place: fit(kind, 1000), identifiers: fit(kind, 8192),
      minor: 'yes', how_many: '100000', contact: fit(kind, 300), method: 'text', safe_when: fit(kind, 300), code_word: fit(kind, 300) });
    await seed.addition(house, receipt, fit(kind, 4000));
    found[kind] = { receipt, path: (await seed.tips(lead)).find((path) => !Object.values(found).some((f) => f.path === path)) };
    const { path } = found[kind];
    await taker.do(`${path}/note`, { note: fit(kind, 8192) }, path);
    await taker.do(`${path}/answer`, { answer: fit(kind, 8192) }, path);
    await lead.do(`${path}/urgency`, { level: '1', urgency_reason: fit(kind, 2000) }, path);
    if (kind !== 'emoji') await taker.do(`${path}/clock`, { clock: 'MINOR_REPORT', reference: fit(kind, 2000) }, path); // that one stays due
    await taker.do('/queue/filters', { name: fit(kind, 40), w: 'me' }, '/queue');
    await lead.do('/queue/filters', { name: fit(kind, 40), w: 'me' }, '/queue');
  }
  await lead.do(`${found.emoji.path}/dispose`, { code: 'tip_thin', close_reason: fit('emoji', 2000) }, found.emoji.path);
  return found;
}

async function fillCases(world, tips) {
  const hand = world.hands.get('investigator'), found = {};
  const colleagues = new RegExp(`<option value="([0-9a-f]{32})">supervisor-x`);
  for (const kind of kinds) {
    const at = await seed.openCase(hand, { title: fit(kind, 300), summary: fit(kind, 8192) });
    found[kind] = at;
    for (let i = 0; i < 2; i++) await hand.fill(`${at}/subject`, { name: fit(kind, 300), about: fit(kind, 8192) });
    await seed.caseEntry(hand, at, 'note', { text: fit(kind, 8192) });
    await seed.caseEntry(hand, at, 'seizure', { kind: 'other', value: '99999999999', text: fit(kind, 8192) });
    const entry = /\/correct\?entry=([0-9a-f]{32})/.exec((await hand.get(at)).body)[1];
    await hand.fill(`${at}/correct`, { text: fit(kind, 8192), kind: 'cash', _why: fit(kind, 1000), _do: 'correct', _day: seed.day() }, `${at}/correct?entry=${entry}`);
    await hand.do(`${at}/people`, { do: 'add', person: colleagues.exec((await hand.get(at)).body)[1] }, at);
    await hand.fill('/cases/new', { into: at.split('/').pop(), do: 'link', tip: tips[kind].path.split('/').pop(), case: '', made: '' }, `/cases/new?tip=${tips[kind].path.split('/').pop()}`);
  }
  return found;
}

async function fillCare(world) {
  const hand = world.hands.get('specialist'), officer = world.hands.get('investigator').account.name, found = {};
  for (const kind of kinds) {
    await world.hands.get('investigator').fill('/ask-help', { about: 'assist', words: fit(kind, 4096), police_case: fit(kind, 64) });
    const at = await seed.openFile(hand, { alias: fit(kind, 120), say: fit(kind, 120), age: fit(kind, 120), about: fit(kind, 2000), police_case: fit(kind, 64),
      name: fit(kind, 120), status: fit(kind, 120), a_number: fit(kind, 40) });
    found[kind] = at;
    await seed.careEntry(hand, at, 'need', { service: 'crisis_intervention', urgent: 'yes', text: fit(kind, 8192) });
    await seed.careEntry(hand, at, 'safe_contact', { method: 'channel.text', value: fit(kind, 300), window_from: fit(kind, 300), window_to: fit(kind, 300), timezone: fit(kind, 300),
      code_word: fit(kind, 300), voicemail: 'no', never_call_back: 'yes', language: 'es' });
    await hand.fill(`${at}/packet`, { officer, purpose: 'continued_presence', until: seed.day(5), words: fit(kind, 4000), basis: 'law', law: fit(kind, 300),
      field: ['name.full', 'name.status', 'name.a'] });
    await seed.shareFile(hand, at, world.hands.get('coordinator'));
  }
  return found;
}

async function fillHouse(world) {
  const admin = world.hands.get('administrator'), lead = world.hands.get('supervisor');
  for (const kind of kinds) {
    await admin.do('/directory', { code: `${kind.toUpperCase()}-`.padEnd(32, 'X'), name: fit(kind, 120), city: fit(kind, 120), state: fit(kind, 32) });
  }
  await lead.do('/roster', { account: world.hands.get('coordinator').account.name, duty: 'victim_assistance', language: 'es', from: seed.day(), to: seed.day(30) }, '/directory');
  for (const role of ['supervisor', 'call taker']) {
    await lead.do('/roster', { account: world.hands.get(role).account.name, duty: 'intake', language: 'es', from: seed.day(), to: seed.day(30) }, '/directory');
  }
}

// The addresses of each route with an id, one of every kind of text.
async function addresses(world, tips, cases, files) {
  const admin = world.hands.get('administrator'), person = /href="(\/people\/[0-9a-f]{32})"/.exec((await admin.get('/people')).body)[1];
  const entry = async (at) => `${at}/correct?entry=${/correct\?entry=([0-9a-f]{32})/.exec((await world.hands.get('investigator').get(at)).body)[1]}`;
  const all = (list, end) => Object.values(list).map((one) => (one.path || one) + end);
  const some = (list, end) => (world.full ? all(list, end) : all({ word: list.word, markup: list.markup }, end)); // a form looks alike whatever stands in it
  return {
    'staff /tips/:id': all(tips, ''), 'staff /tips/:id/route': some(tips, '/route'),
    'staff /cases/:id': all(cases, ''), 'staff /cases/:id/alike': some(cases, '/alike'), 'staff /cases/:id/add': [`${cases.word}/add`, `${cases.rtl}/add?kind=arrest`, `${cases.marks}/add?kind=seizure`],
    'staff /cases/:id/correct': await Promise.all(some(cases, '').map(entry)),
    'staff /cases/:id/csv': all(cases, '/csv'), 'staff /cases/:id/json': all(cases, '/json'),
    'staff /cases/:id/subject': [`${cases.word}/subject`, ...some(cases, '/subject?number=1')],
    'staff /victims/:id': all(files, ''), 'staff /victims/:id/entry': some(files, '/entry?kind=contact_attempt'), 'staff /victims/:id/packet': some(files, '/packet'),
    'staff /cases/:id/reseal': some(cases, '/reseal'), 'staff /cases/:id/hold': some(cases, '/hold'), 'staff /tips/:id/hold': some(tips, '/hold'), 'staff /tips/:id/alike': some(tips, '/alike'), 'staff /tips/:id/group': some(tips, '/group'), 'staff /victims/:id/hold': some(files, '/hold'), 'staff /victims/:id/reseal': some(files, '/reseal'), 'staff /people/:id/cases': [`${person}/cases`],
    'staff /people/:id': [person], 'staff /measures/:word': ['/measures/seizures'],
    'staff /cases/new': some(tips, '').map((path) => path.replace('/tips/', '/cases/new?tip=')), 'staff /queue': ['/queue', '/queue?s=closed'],
  };
}

// The mailbox of each tip, which no GET leads to.
async function mailboxes(t, world, tips) {
  const page = await world.pageOf('stranger');
  for (const [kind, { receipt }] of Object.entries(tips)) {
    await page.goto(world.house.public + '/tip/return');
    await page.fill('[name=receipt]', receipt);
    await Promise.all([page.waitForEvent('load'), page.locator('main form button.main').press('Enter')]);
    t.equal((await page.locator('ol.mail').textContent()).includes(fit(kind, 200)), true, `the mailbox of ${kind} shows the answer`);
    await world.fits(page, `the mailbox of ${kind}`);
    if (kind === 'word') await t.axe(page, 'a mailbox of long words');
    await t.picture(page, `${t.name}-mailbox-${kind}`);
  }
}

module.exports = {
  async 'a house of long words'(t) {
    const house = await House.make({ answers: longAnswers });
    t.alsoAt(house);
    try {
      t.equal(house.run(['unlock', house.data], answers.house_passphrase + '\n').status, 0, 'the house opens');
      const world = new World(t, house);
      await world.signIn();
      await fillHouse(world);
      const tips = await fillTips(world), cases = await fillCases(world, tips), files = await fillCare(world);
      const at = await addresses(world, tips, cases, files);
      t.equal(unknown(routesOf(house), at).join(', '), '', 'the long world knows every page that needs an id');
      world.judge = (body, label) => t.check(!/&amp;(amp|lt|gt|quot|apos|#39|#x27);/.test(body), `${label}: nothing is escaped twice`);
      await world.walk((route) => at[route.name] || [route.path], async (route, url, role, page, label) => {
        t.equal(await page.evaluate(() => window.ran), undefined, `${label}: nothing runs`);
      });
      await mailboxes(t, world, tips);
      const finder = await world.pageOf('supervisor');
      for (const [kind, words] of Object.entries({ word: fit('word', 100), german: 'donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung', rtl: 'طريق المحجر', markup: 'script window' })) {
        await finder.goto(house.staff + '/search');
        await finder.fill('#words', words);
        await Promise.all([finder.waitForEvent('load'), finder.locator('form[role=search] button').press('Enter')]);
        t.check((await finder.locator('mark').count()) > 0, `a search for ${kind} finds it`);
        t.equal(await finder.evaluate(() => window.ran), undefined, `what ${kind} found does not run`);
        await world.fits(finder, `what was found of ${kind}`);
        await t.picture(finder, `${t.name}-search-${kind}`);
      }
      const taker = await world.pageOf('call taker');
      await taker.goto(house.staff + tips.markup.path);
      t.equal((await taker.locator('p.words').first().textContent()).includes(fit('markup', 3000)), true, 'markup stands there as it was written');
      const spoil = (style) => taker.evaluate((css) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        document.adoptedStyleSheets = [sheet];
      }, style);
      await spoil('.words { white-space: nowrap; }');
      t.check((await world.measure(taker)).wide > 0, 'the control: a line that does not break is seen');
      await spoil('.words { inline-size: 2ch; }');
      t.check((await world.measure(taker)).squeezed !== '', 'the control: and a column of two letters');
    } finally {
      await house.leave(t);
    }
  },
};
