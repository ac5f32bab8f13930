// Which template of src/ drew a page: by the elements it always writes, in their order, whatever the language.
'use strict';
const fs = require('fs');
const path = require('path');
const { top } = require('./house');

const told = ['id', 'class', 'name', 'for', 'action'];

// What the template writes every time: its elements outside {% if %} and {% for %}, with the attributes that have no hole.
function elementsOf(text) {
  const pieces = text.replace(/\{#.*?#\}/gs, '').split(/(\{%.*?%\}|\{\{.*?\}\})/s);
  let depth = 0, kept = '';
  for (const piece of pieces) {
    if (/^\{%\s*(if|for)\b/.test(piece)) depth++;
    else if (/^\{%\s*end\b/.test(piece)) depth--;
    else if (!depth) kept += /^\{[%{]/.test(piece) ? '\0' : piece;
  }
  if (depth) throw new Error('a template whose {% if %} and {% end %} do not add up');
  return [...kept.matchAll(/<([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)[\s\0]*\/?>/g)].map(([, tag, rest]) => {
    const attributes = [...rest.matchAll(/([a-z-]+)="([^"]*)"/g)].filter(([, name, value]) => told.includes(name) && !value.includes('\0'));
    return { tag, attributes: Object.fromEntries(attributes.map(([, name, value]) => [name, value])) };
  });
}

function* filesUnder(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const whole = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(whole);
    else if (entry.name.endsWith('.html')) yield whole;
  }
}

// Every template that draws a page, with its frame or, where that comes later, marked as such. A layout draws none alone, and the two of lib/ are only compiled, by the tests of the compiler.
let read;
function templates() {
  read = read || [...filesUnder(path.join(top, 'src'))].map((file) => [path.relative(top, file), fs.readFileSync(file, 'utf8')])
    .filter(([name, text]) => /\{%\s*layout\b|\{# A page without its frame/.test(text) && !name.startsWith('src/lib/'))
    .map(([name, text]) => ({ name, elements: elementsOf(text) }));
  if (read.length < 20) throw new Error(`only ${read.length} templates in src/`);
  return read;
}

// The templates whose elements all stand in the page, in order; of several the one that says most. More than one name: equally good.
async function whichTemplate(page) {
  const fitting = await page.evaluate(([all, names]) => {
    const found = [...document.querySelectorAll('main *')].map((el) => ({ tag: el.localName, has: names.map((n) => [n, el.getAttribute(n)]) }));
    const fits = (want, el) => el.tag === want.tag && el.has.every(([n, v]) => !(n in want.attributes) || want.attributes[n] === v);
    return all.filter((t) => {
      let at = 0;
      for (const el of found) if (at < t.elements.length && fits(t.elements[at], el)) at++;
      return at === t.elements.length;
    }).map((t) => ({ name: t.name, says: t.elements.reduce((n, e) => n + 1 + Object.keys(e.attributes).length, 0) }));
  }, [templates(), told]);
  const most = Math.max(...fitting.map((t) => t.says));
  return fitting.filter((t) => t.says === most).map((t) => t.name);
}

module.exports = { templates, whichTemplate };
