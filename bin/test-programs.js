// The programs outside npm that the tests use for real. Where this is root on Debian they are installed; elsewhere
// what is missing is named, and the tests that need it skip themselves out loud.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { say } from './prepare.js'

/** What the tests look for, where, and the Debian package that brings it, if one does. */
const programs = [
  { what: 'Chromium (console tests)', paths: ['/usr/bin/chromium'], debian: 'chromium' },
  { what: 'yara (endpoint script tests)', paths: ['/usr/bin/yara', '/usr/local/bin/yara'], debian: 'yara' },
  {
    what: 'PostgreSQL server 15 (server-database tests)',
    paths: ['/usr/lib/postgresql/15/bin/postgres'],
    debian: 'postgresql-15',
  },
  {
    what: 'Java 17 (OpenSearch as the indexer)',
    paths: ['/usr/bin/java'],
    debian: 'openjdk-17-jre-headless',
  },
  { what: 'Maven (fetches OpenSearch)', paths: ['/usr/bin/mvn'], debian: 'maven' },
  { what: 'Dovecot (the abuse mailbox)', paths: ['/usr/sbin/dovecot'], debian: 'dovecot-imapd' },
  {
    what: 'Python 3 (the script that the Wazuh manager runs)',
    paths: ['/usr/bin/python3'],
    debian: 'python3',
  },
  {
    what: "Python's environments (validators of others: STIX, OSCAL, CycloneDX, Kubernetes)",
    paths: [11, 12, 13, 14].map(minor => `/usr/lib/python3.${minor}/ensurepip/__init__.py`),
    debian: 'python3-venv',
  },
  { what: 'systemd-analyze (units)', paths: ['/usr/bin/systemd-analyze'], debian: 'systemd' },
  // Debian's own is too old for them.
  {
    what: 'Go 1.25 (compiles helm and the reader of compose files)',
    paths: ['/usr/local/go/bin/go', '/usr/bin/go'],
  },
]

function missing() {
  return programs.filter(
    program => !program.paths.some(path => existsSync(path)) && !onPath(program.paths[0]),
  )
}

function onPath(path) {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return (process.env.PATH ?? '').split(':').some(folder => existsSync(`${folder}/${name}`))
}

/** The names of what is not here. */
export function missingTestPrograms() {
  return missing().map(program => program.what)
}

/** Installs what is missing where it can, and returns the names of what still is. */
export function installTestPrograms() {
  const wanted = missing().filter(program => program.debian !== undefined)
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (wanted.length > 0 && canInstall) {
    const packages = wanted.map(program => program.debian)
    say(`installing Debian packages for the tests: ${packages.join(' ')}`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const run = args =>
      spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
    // One by one: a package that cannot be had must not take the others with it.
    run(['update', '-qq'])
    for (const name of packages) {
      if (!run(['install', '-y', '-qq', '--no-install-recommends', name])) say(`could not install ${name}`)
    }
  }
  return missingTestPrograms()
}
