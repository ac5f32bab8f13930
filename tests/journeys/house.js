// A Plainsight of its own for a test: fresh invented data, free ports, gone afterwards.
'use strict';
const { spawn, spawnSync } = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');

const top = path.resolve(__dirname, '..', '..');

// Two neighbouring ports that were free a moment ago.
async function freePorts() {
  const taken = (port) => new Promise((done) => {
    const s = net.createServer();
    s.once('error', () => done(null));
    s.listen(port, '127.0.0.1', () => { const p = s.address().port; s.close(() => done(p)); });
  });
  for (let i = 0; i < 50; i++) {
    const port = await taken(0);
    if (port && port < 65534 && await taken(port + 1)) return [port, port + 1];
  }
  throw new Error('no two free ports');
}

function readAccounts(text) {
  return text.split('\n').filter((line) => line.includes('\t')).map((line) => {
    const [role, name, passphrase, secret] = line.split('\t');
    return { role, name, passphrase, secret };
  });
}

class House {
  // options: { program, tips, cases, arguments: more words for serve, answers: what init is told, for a house that is no demo, db: URL of its databases }
  static async make(options = {}) {
    const house = new House();
    house.program = path.resolve(top, options.program || process.env.PLAINSIGHT || 'build-asan/plainsight');
    house.folder = fs.mkdtempSync(path.join(options.unprivileged ? os.tmpdir() : process.env.CHECK_LOGS || os.tmpdir(), 'house-'));
    house.data = path.join(house.folder, 'data');
    house.words = options.arguments || [];
    house.db = options.db ? ['--db', options.db] : [];
    if (options.unprivileged) house.becomeUnprivileged();
    if (options.answers) house.init(options.answers);
    else house.demo(options.tips || 40, options.cases || 0);
    if (!house.accounts.length) throw new Error('the new house named no account');
    [house.publicPort, house.staffPort] = await freePorts();
    house.public = `http://127.0.0.1:${house.publicPort}`;
    house.staff = `http://127.0.0.1:${house.staffPort}`;
    await house.serve();
    return house;
  }

  // Runs a command of the program to its end; resolves to { status, stdout, stderr }.
  run(words, input) {
    return spawnSync(this.program, words, { input, encoding: 'utf8', timeout: 180000, maxBuffer: 1 << 24, ...this.spawning() });
  }

  demo(tips, cases) {
    const made = this.run(['demo', this.data, '--seed', '1', '--tips', String(tips), '--cases', String(cases)]);
    if (made.status !== 0) throw new Error(`plainsight demo: exit ${made.status}\n${made.stderr}`);
    this.accounts = readAccounts(made.stdout);
  }

  // A house as a real one is made: the passphrases are those of the answers, the authenticator keys are printed.
  init(answers) {
    const file = path.join(this.folder, 'answers.json');
    fs.writeFileSync(file, JSON.stringify(answers), { mode: 0o600 });
    if (this.uid !== undefined) fs.chownSync(file, this.uid, this.gid);
    const made = this.run(['init', this.data, '--answers', file, ...this.db]);
    fs.rmSync(file);
    if (made.status !== 0) throw new Error(`plainsight init: exit ${made.status}\n${made.stderr}`);
    this.printed = made.stdout;
    this.accounts = answers.people.map((p) => {
      const told = new RegExp(`^${p.name} \\([^\\n]*\\n +authenticator key +([A-Z2-7]+)$`, 'm').exec(made.stdout);
      if (!told) throw new Error(`plainsight init printed no authenticator key of ${p.name}`);
      return { ...p, secret: told[1] };
    });
    this.envelope = /sign in as "envelope"\):\n +(\S[^\n]*)$/m.exec(made.stdout)[1];
  }

  // As root we look through what other people may not: so the program runs as nobody, from a copy it can reach.
  becomeUnprivileged() {
    this.temporary = path.join(this.folder, 'tmp');
    fs.mkdirSync(this.temporary);
    if (process.getuid() !== 0) {
      this.uid = process.getuid();
      this.gid = process.getgid();
      return;
    }
    this.uid = this.gid = 65534;
    const copy = path.join(this.folder, 'bin', 'plainsight');
    fs.mkdirSync(path.dirname(copy));
    fs.copyFileSync(this.program, copy);
    fs.chmodSync(copy, 0o755);
    this.program = copy;
    const packs = path.join(this.folder, 'packs'); // where a program in a checkout looks for them
    fs.cpSync(path.join(top, 'packs'), packs, { recursive: true });
    spawnSync('chmod', ['-R', 'a+rX', packs]);
    for (const f of [this.folder, this.temporary]) fs.chownSync(f, this.uid, this.gid);
  }

  spawning() {
    return this.uid === undefined ? {} : { uid: this.uid, gid: this.gid, cwd: this.folder, env: { ...process.env, TMPDIR: this.temporary } };
  }

  // The process ids of a role, which are children of the one that serves.
  roles(role) {
    return fs.readdirSync('/proc').filter((p) => /^\d+$/.test(p)).filter((p) => {
      try {
        return Number(/^PPid:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${p}/status`, 'utf8'))[1]) === this.process.pid
          && fs.readFileSync(`/proc/${p}/cmdline`, 'utf8').split('\0').includes(role);
      } catch { return false; }
    }).map(Number);
  }

  // Starts serve and waits for nothing. Standard error is kept, for reading afterwards.
  begin() {
    const log = fs.openSync(path.join(this.folder, 'stderr'), 'a');
    this.process = spawn(this.program, ['serve', this.data, '--listen', `127.0.0.1:${this.publicPort}`, ...this.words],
      { stdio: ['ignore', 'pipe', log], ...this.spawning() });
    fs.closeSync(log);
    return this.process;
  }

  // Starts serve, and resolves when both addresses were printed.
  serve() {
    const child = this.begin();
    return new Promise((done, fail) => {
      let said = '';
      const late = setTimeout(() => fail(new Error(`serve was not ready within 60 s\n${this.log()}`)), 60000);
      child.stdout.on('data', (chunk) => {
        said += chunk;
        if (said.includes(`:${this.publicPort}`) && said.includes(`:${this.staffPort}`)) { clearTimeout(late); done(); }
      });
      child.once('exit', (code, signal) => { clearTimeout(late); fail(new Error(`serve ended: ${code} ${signal}\n${this.log()}`)); });
      child.once('error', (e) => { clearTimeout(late); fail(e); });
    });
  }

  log() {
    try { return fs.readFileSync(path.join(this.folder, 'stderr'), 'utf8'); } catch { return ''; }
  }

  account(role, which = 0) {
    const found = this.accounts.filter((a) => a.role.toLowerCase().replace(/[_-]/g, ' ') === role)[which];
    if (!found) throw new Error(`the demo has no ${role}; it has ${this.accounts.map((a) => a.role).join(', ')}`);
    return found;
  }

  async stop() {
    const child = this.process;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10000);
      await ended;
      clearTimeout(late);
    }
  }

  // The end of a house that one journey made: what the program said on its way must be no crash.
  async leave(t) {
    await this.stop();
    const said = this.log();
    if (/ERROR: AddressSanitizer|runtime error:|broken_promise/.test(said)) t.fail(`the program broke:\n${said.slice(-6000)}`);
    this.remove();
  }

  remove() {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

// RFC 6238 with SHA-1, six digits, half minutes.
function totp(secret, step) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = '';
  for (const c of secret.toUpperCase().replace(/[\s=-]/g, '')) bits += alphabet.indexOf(c).toString(2).padStart(5, '0');
  const key = Buffer.from((bits.match(/.{8}/g) || []).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = crypto.createHmac('sha1', key).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

// A code of this account that was not used yet. A clock may be half a minute off, so the code before and the code
// after count too; each counts once, and never one older than the last: hence the oldest that is still good.
const lastStep = new Map();
async function freshCode(account) {
  const key = `${account.name} ${account.secret}`;
  for (;;) {
    const oldest = Math.floor((Date.now() + 8000) / 30000) - 1; // one about to run out might arrive too late
    const step = Math.max(oldest, (lastStep.get(key) || 0) + 1);
    if (step <= Math.floor(Date.now() / 30000) + 1) {
      lastStep.set(key, step);
      return totp(account.secret, step);
    }
    await new Promise((done) => setTimeout(done, 500));
  }
}

// The code this account used last.
function usedCode(account) {
  return totp(account.secret, lastStep.get(`${account.name} ${account.secret}`));
}

module.exports = { House, totp, freshCode, usedCode, freePorts, top };
