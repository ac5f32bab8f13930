// Runs the journeys named in the arguments (all of them without), and prints `N passed, M failed`.
//   SHOTS=1   keeps pictures of every page in shots/
//   LOOKS=0   walks only: no axe, no sizes
'use strict';
const fs = require('fs');
const path = require('path');
const { House, top } = require('./house');
const { openBrowser, Journey } = require('./lib');

const all = ['tipster', 'returning', 'call_taker', 'administrator', 'auditor'];

async function main() {
  const names = process.argv.slice(2).length ? process.argv.slice(2) : all;
  const options = { shots: process.env.SHOTS === '1', looks: process.env.LOOKS !== '0' };
  if (options.shots) fs.mkdirSync(path.join(top, 'shots'), { recursive: true });
  let passed = 0;
  const failures = [];
  const house = await House.make();
  const browser = await openBrowser();
  const abandon = () => { house.process.kill('SIGKILL'); house.remove(); process.exit(130); };
  process.on('SIGTERM', abandon);
  process.on('SIGINT', abandon);
  try {
    for (const name of names) {
      const steps = require(`./${name}.js`);
      for (const [title, walk] of Object.entries(steps)) {
        const journey = new Journey(`${name}, ${title}`, house, browser, options);
        const before = Date.now();
        try {
          await walk(journey);
        } catch (e) {
          journey.fail(String(e.stack || e).split('\n').slice(0, 12).join('\n    '));
        }
        await journey.done();
        if (!journey.passed && !journey.failures.length) journey.fail('checked nothing');
        console.log(`${journey.name}: ${journey.passed} passed, ${journey.failures.length} failed (${Date.now() - before} ms)`);
        passed += journey.passed;
        failures.push(...journey.failures);
      }
    }
    if (house.process.exitCode !== null) failures.push(`serve ended meanwhile with ${house.process.exitCode}`);
  } finally {
    await browser.close();
    await house.stop();
    const said = house.log();
    if (/ERROR: AddressSanitizer|runtime error:|broken_promise/.test(said)) failures.push(`the program broke:\n${said.slice(-6000)}`);
    house.remove();
  }
  for (const f of failures) console.log(`not ok: ${f}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length || !passed ? 1 : 0;
}

main().catch((e) => {
  console.log(`not ok: ${e.stack || e}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
});
