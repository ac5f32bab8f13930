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

const sure = new Map(); // the warnings that were seen

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

// An entry that comes before its time is warned of; who has seen the warning sends it once more.
async function careEntry(hand, at, kind, fields) {
  const form = { _kind: kind, happened: day(), _sure: sure.get(`${at} ${kind}`) || '', ...fields };
  const answer = await hand.send(`${at}/entry`, form, `${at}/entry?kind=${kind}`), warned = /name="_sure" value="([^"]*)"/.exec(answer.body);
  if (answer.status !== 422 || !warned || form._sure) return hand.taken(`${at}/entry`, answer, form);
  sure.set(`${at} ${kind}`, warned[1]);
  return careEntry(hand, at, kind, fields);
}

// Puts a colleague who is on duty on a file.
async function shareFile(hand, at, colleague) {
  const option = new RegExp(`<select id="colleague".*?<option value="([0-9a-f]{32})">${colleague.account.name}<`, 's').exec((await hand.get(at)).body);
  if (!option) throw new Error(`${colleague.account.name} is not offered as a colleague of ${at}`);
  await hand.do(`${at}/colleague`, { colleague: option[1] }, at);
}

module.exports = { day, tip, addition, tips, openCase, caseEntry, openFile, careEntry, shareFile };
