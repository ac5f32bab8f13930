// One journey after the other, counted; and the line of counts at the end.
'use strict';
const { Journey } = require('./lib');

// house: the one that they share, or null when each brings its own.
async function walkLane(names, house, browser, options, count) {
  for (const name of names) {
    for (const [title, walk] of Object.entries(require(`./${name}.js`))) {
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
      count.passed += journey.passed;
      count.failures.push(...journey.failures);
    }
  }
}

function tell(count) {
  for (const f of count.failures) console.log(`not ok: ${f}`);
  console.log(`${count.passed} passed, ${count.failures.length} failed`);
  process.exitCode = count.failures.length || !count.passed ? 1 : 0;
}

module.exports = { walkLane, tell };
