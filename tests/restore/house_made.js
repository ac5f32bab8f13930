// What the drills of a restore share: the answers that make a new house, and the count of what held. All names and texts are invented.
'use strict';

const failures = [];
let passed = 0;

// True when it held.
const check = (that, words) => { if (that) passed++; else failures.push(words); return !!that; };

// Walks, and ends with the line of counts; what is thrown is a failure.
function walk(main) {
  return main().catch((e) => failures.push(String(e.stack || e))).finally(() => {
    for (const f of failures) console.log(`not ok: ${f}`);
    console.log(`${passed} passed, ${failures.length} failed`);
    process.exitCode = failures.length || !passed ? 1 : 0;
  });
}

// Of a house with its first two people; more: further ones.
const answersWith = (...more) => ({
  line_name: 'Invented Harbor Line', line_is_police: 'no', line_shares_immigration: 'no', line_phone: '+18005550142',
  emergency_number: '911', languages: 'en;es', office_name: 'Harbor office', country_pack: 'us',
  house_passphrase: 'four invented lamps on a quiet pier', shares: 5, need: 3,
  people: [
    { name: 'ada', role: 'administrator', passphrase: 'seven invented kites in march' },
    { name: 'sam', role: 'supervisor', passphrase: 'the invented ferry carries bread' },
    ...more,
  ],
});

module.exports = { check, walk, answersWith };
