// Walks the worlds named in the arguments (all of them without), and prints `N passed, M failed`.
//   SHOTS=1       keeps pictures of every page in shots/
//   CHECK_FULL=1  axe on every page of everybody, not once a page
'use strict';
const fs = require('fs');
const path = require('path');
const { top } = require('./house');
const { openBrowser } = require('./lib');
const { walkLane, tell } = require('./lane');

const lanes = [['world_empty', 'world_many'], ['world_long']];

async function main() {
  const chosen = process.argv.slice(2);
  const options = { shots: process.env.SHOTS === '1', looks: true, seen: new Set() };
  if (options.shots) fs.mkdirSync(path.join(top, 'shots'), { recursive: true });
  const count = { passed: 0, failures: [] };
  const browser = await openBrowser();
  try {
    const walks = chosen.length ? [chosen.map((name) => `world_${name}`)] : lanes;
    await Promise.all(walks.map((names) => walkLane(names, null, browser, options, count)));
  } finally {
    await browser.close();
  }
  tell(count);
}

main().catch((e) => {
  console.log(`not ok: ${e.stack || e}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
});
