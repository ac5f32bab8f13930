// Search and look-alikes wait until a supervisor signs in, say so, and wait again after either process that holds a half of their key.
'use strict';
const fs = require('fs');
const path = require('path');
const { House } = require('./house');
const { Hand } = require('./hand');

const answers = {
  line_name: 'Invented Harbor Line', line_is_police: 'no', line_shares_immigration: 'no', line_phone: '+18005550142',
  emergency_number: '911', languages: 'en', office_name: 'Harbor office', country_pack: 'us',
  house_passphrase: 'four invented lamps on a quiet pier', shares: 1, need: 1,
  people: [
    { name: 'ada', role: 'administrator', passphrase: 'seven invented kites in march' },
    { name: 'sam', role: 'supervisor', passphrase: 'the invented ferry carries bread' },
    { name: 'cal', role: 'call_taker', passphrase: 'nine invented stones under water' },
  ],
};
const waiting = 'Search and look-alikes: waiting for a supervisor', ready = 'Search and look-alikes: ready';
const hint = 'Search and look-alikes wait for a supervisor';

async function open(t, house) {
  const opened = house.run(['unlock', house.data], answers.house_passphrase + '\n');
  t.equal(opened.status, 0, `the house passphrase opens it: ${opened.stderr}`);
}

// What the administrator reads of it, once it is that; else what it was after ten seconds.
async function stands(ada, words) {
  let said = '';
  for (let i = 0; i < 50; i++) {
    said = (/<p id="engine">([^<]*)\.<\/p>/.exec((await ada.get('/settings')).body) || [])[1];
    if (said === words) break;
    await new Promise((done) => setTimeout(done, 200));
  }
  return said;
}

async function again(house, role) {
  const before = house.roles(role);
  process.kill(before[0], 'SIGKILL');
  for (let i = 0; i < 100 && (!house.roles(role).length || house.roles(role)[0] === before[0]); i++) await new Promise((done) => setTimeout(done, 100));
  return before.length;
}

const doctor = (house) => house.run(['doctor', house.data]).stdout;

module.exports = {
  async 'search waits for a supervisor and says so'(t) {
    const house = await House.make({ answers });
    t.alsoAt(house);
    try {
      t.check(!/search and look-alikes/.test(doctor(house)) && /the house is open/.test(doctor(house)), 'doctor tells of the locked house alone');
      await open(t, house);
      const ada = await Hand.of(house, house.account('administrator')), cal = await Hand.of(house, house.account('call taker'));
      t.equal(await stands(ada, waiting), waiting, 'the house passphrase and an administrator open no content');
      t.check((await cal.get('/queue')).body.includes(hint), 'who works on tips is told that they wait');
      t.check(doctor(house).includes('weak   search and look-alikes: waiting for a supervisor'), 'and so says doctor');

      const sam = await Hand.of(house, house.account('supervisor'));
      t.equal(await stands(ada, ready), ready, 'the sign-in of a supervisor opens them');
      t.check(!(await cal.get('/queue')).body.includes(hint), 'nobody is told any more that they wait');
      t.check(doctor(house).includes('good   search and look-alikes are ready'), 'nor by doctor');
      const folder = path.join(house.data, 'engine');
      t.equal(fs.statSync(folder).mode & 0o777, 0o700, 'what it keeps lies in a closed folder');

      t.equal(await again(house, 'engine'), 1, 'one engine');
      t.equal(await stands(ada, waiting), waiting, 'one that was started anew has no token');
      t.equal((await sam.get('/queue')).status, 200, 'the first page of a supervisor');
      t.equal(await stands(ada, ready), ready, 'opens them again');

      t.equal(await again(house, 'keeper'), 1, 'one keeper');
      await open(t, house);
      const later = await Hand.of(house, house.account('administrator'));
      t.equal(await stands(later, waiting), waiting, 'a keeper that was started anew has no seed');
      await Hand.of(house, house.account('supervisor'));
      t.equal(await stands(later, ready), ready, 'until a supervisor signs in');
      const log = house.run(['audit', house.data, 'export', path.join(house.folder, 'engine.log')]);
      t.equal(log.status, 0, `the log is whole: ${log.stderr}`);
    } finally {
      await house.leave(t);
    }
  },
};
