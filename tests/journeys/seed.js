// Objects of a house, made through its own forms. Everything in them is invented.
'use strict';
const { post, problemsOf } = require('./hand');

const day = (ahead = 0) => new Date(Date.now() + ahead * 86400000).toISOString().slice(0, 10);

// A tip by the form of the public; resolves to its receipt.
async function tip(house, fields) {
  const answer = await post(house.public, '/tip', { danger: 'not_sure', consent: 'confidential', ...fields });
  const digits = /<ul class="digits"[^>]*>(.*?)<\/ul>/s.exec(answer.body);
  if (!digits) throw new Error(`a tip was answered with ${answer.status} ${problemsOf(answer.body)}`);
  return digits[1].replace(/<[^>]*>/g, '').replace(/\D/g, '');
}

// What a person adds later with their number.
async function addition(house, receipt, message) {
  const answer = await post(house.public, '/tip/return', { receipt, message, do: 'add' });
  if (answer.status !== 200) throw new Error(`an addition was answered with ${answer.status}`);
}

// Every tip that the queue lists, the newest page first, as paths.
async function tips(hand, most = 100000) {
  const found = [];
  for (let next = '/queue'; next && found.length < most;) {
    const { body } = await hand.get(next);
    found.push(...[...body.matchAll(/<td role="cell"><a href="(\/tips\/[0-9a-f]{32})">/g)].map((m) => m[1]));
    const more = /<a class="button" href="([^"]*after=[^"]*)"/.exec(body);
    next = more && more[1].replace(/&amp;/g, '&');
  }
  return found;
}

const pathOf = (location) => location.replace(/\?.*/, '');

async function openCase(hand, fields) {
  return pathOf(await hand.fill('/cases/new', fields));
}

// The page of the kind is asked once for each case: the token holds, and an entry without an id of its own gets one.
function caseEntry(hand, at, kind, fields) {
  return hand.do(`${at}/add`, { _kind: kind, _day: day(), _do: 'add', ...fields }, `${at}/add?kind=${kind}`);
}

async function openFile(hand, fields) {
  return pathOf(await hand.fill('/victims/new', fields));
}

function careEntry(hand, at, kind, fields) {
  return hand.do(`${at}/entry`, { _kind: kind, happened: day(), ...fields }, `${at}/entry?kind=${kind}`);
}

module.exports = { day, tip, addition, tips, openCase, caseEntry, openFile, careEntry };
