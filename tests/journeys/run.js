// Runs the journeys named in the arguments (all of them without), and prints `N passed, M failed`.
//   SHOTS=1   keeps pictures of every page in shots/
//   LOOKS=0   walks only: no axe, no sizes
'use strict';
const fs = require('fs');
const path = require('path');
const { House, top } = require('./house');
const { openBrowser, ways } = require('./lib');
const { walkLane, tell } = require('./lane');
const { templates } = require('./templates');

// Two lanes side by side: what waits for the next half minute of a code leaves the core to the other.
const lanes = [['settings', 'tipster', 'returning', 'call_taker', 'shut', 'care'],
  ['administrator', 'keys', 'locked', 'auditor', 'sheet', 'statistician', 'released', 'investigator', 'triage', 'deconfliction']];

// The pages nobody looked at in one of the ways, by name.
function unseen(names, seen) {
  return names.map((name) => [name, ways.filter((way) => !seen.has(`${name} ${way}`))]).filter(([, missing]) => missing.length)
    .map(([name, missing]) => `${name} was never looked at: ${missing.join(', ')}`);
}

function checkAllSeen(count, seen) {
  const names = templates().map((t) => t.name), full = new Set(names.flatMap((name) => ways.map((way) => `${name} ${way}`)));
  const control = `${names[0]} ${ways[0]}`;
  full.delete(control);
  const found = unseen(names, full);
  if (found.length === 1 && found[0] === `${names[0]} was never looked at: ${ways[0]}`) count.passed++;
  else count.failures.push(`the control, ${control}, was not missed: ${found.join('; ')}`);
  const missing = unseen(names, seen);
  count.failures.push(...missing);
  count.passed += names.length - missing.length;
}

async function main() {
  const chosen = process.argv.slice(2);
  const options = { shots: process.env.SHOTS === '1', looks: process.env.LOOKS !== '0', seen: new Set() };
  if (options.shots) fs.mkdirSync(path.join(top, 'shots'), { recursive: true });
  const count = { passed: 0, failures: [] };
  const house = await House.make({ tips: 60 });
  const browser = await openBrowser();
  const abandon = () => { house.process.kill('SIGKILL'); house.remove(); process.exit(130); };
  process.on('SIGTERM', abandon);
  process.on('SIGINT', abandon);
  try {
    const walks = chosen.length ? [chosen] : lanes;
    await Promise.all(walks.map((names) => walkLane(names, house, browser, options, count)));
    if (options.looks && !chosen.length) checkAllSeen(count, options.seen);
    if (house.process.exitCode !== null) count.failures.push(`serve ended meanwhile with ${house.process.exitCode}`);
  } finally {
    await browser.close();
    await house.stop();
    const said = house.log();
    if (/ERROR: AddressSanitizer|runtime error:|broken_promise/.test(said)) count.failures.push(`the program broke:\n${said.slice(-6000)}`);
    house.remove();
  }
  tell(count);
}

main().catch((e) => {
  console.log(`not ok: ${e.stack || e}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
});
