// Looks for a mark, in any encoding, wherever a program could have left it.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

// The mark as it would look in each encoding; in base64 it depends on what stands before, so three
// times, without the characters that share bits with the neighbours.
function needles(text) {
  const raw = Buffer.from(text), found = { 'UTF-8': raw, 'UTF-16LE': Buffer.from(text, 'utf16le') };
  found['UTF-16BE'] = Buffer.from(text, 'utf16le').swap16();
  for (let shift = 0; shift < 3; shift++) {
    const coded = Buffer.concat([Buffer.alloc(shift), raw]).toString('base64').replace(/=+$/, '');
    found[`base64 +${shift}`] = Buffer.from(coded.slice(shift ? shift + 1 : 0, -1));
  }
  found['hex'] = Buffer.from(raw.toString('hex'));
  found['HEX'] = Buffer.from(raw.toString('hex').toUpperCase());
  found['percent'] = Buffer.from([...raw].map((b) => '%' + b.toString(16).toUpperCase()).join(''));
  found['lower case'] = Buffer.from(text.toLowerCase());
  return found;
}

function* files(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const whole = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(whole);
    else if (entry.isFile()) yield whole;
  }
}

// Where what was found stands: [encoding, file, what followed the mark] of each. mayGo: files of others, which are no longer there by the time.
function searchIn(mark, all, folder, mayGo) {
  const found = [];
  let bytes = 0;
  for (const file of all) {
    let content;
    try { content = fs.readFileSync(file); } catch (e) { if (mayGo && e.code === 'ENOENT') continue; throw e; }
    bytes += content.length;
    for (const [encoding, needle] of Object.entries(needles(mark))) {
      const at = content.indexOf(needle);
      if (at >= 0) found.push([encoding, path.relative(folder, file), /^[a-z0-9]*/.exec(content.toString('latin1', at + needle.length, at + needle.length + 24))[0]]);
    }
  }
  return { found, bytes };
}

const search = (mark, folder) => searchIn(mark, files(folder), folder);

// Folders that everybody may write. What the account of the house made there since the beginning is searched too.
const shared = ['/tmp', '/var/tmp', '/dev/shm'].filter((folder) => fs.existsSync(folder));
const began = Date.now() - 1000; // a file's time may lag behind the clock by a tick

// The folder of the house itself is searched whole already. A folder or file of others may go while we look.
function* strewn(house, folder) {
  let entries = [];
  try { entries = fs.readdirSync(folder, { withFileTypes: true }); } catch (e) { if (!/ENOENT|EACCES/.test(e.code)) throw e; }
  for (const entry of entries) {
    const whole = path.join(folder, entry.name);
    const stat = fs.lstatSync(whole, { throwIfNoEntry: false });
    if (!stat || whole === house.folder) continue;
    if (stat.isDirectory()) yield* strewn(house, whole);
    else if (stat.isFile() && stat.uid === house.uid && stat.ctimeMs >= began) yield whole;
  }
}

const searchShared = (mark, house) => searchIn(mark, shared.flatMap((folder) => [...strewn(house, folder)]), '/', true);

// Each shared folder with a file of that account in it must be seen, or nothing found there means nothing.
function controlShared(mark, house, check) {
  for (const folder of shared) {
    const inside = fs.mkdtempSync(path.join(folder, 'plainsight-control-')), file = path.join(inside, 'planted');
    fs.writeFileSync(file, Buffer.concat([crypto.randomBytes(3000), Buffer.from(mark + 'n3')]));
    for (const f of [inside, file]) fs.chownSync(f, house.uid, house.gid);
    check(searchShared(mark, house).found.some(([, f]) => path.join('/', f) === file), `the control in ${folder} was not found`);
    fs.rmSync(inside, { recursive: true });
  }
}

module.exports = { needles, search, searchShared, controlShared };
