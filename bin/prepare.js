// Gets a checkout ready to run: the pinned Node where the machine's own is older, and the packages of the lock
// file. It has no dependencies and runs on Node 18 and later. A published package skips all of it: it has dist/.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withInstallLock } from './install-lock.js'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const runtime = join(root, 'bin', 'runtime')
const wantedMajor = 24

/** One progress line on standard error: standard output belongs to results. */
export function say(text) {
  process.stderr.write(`tocsin: ${text}\n`)
}

/** The Node to run under: this one where it is new enough, else the pinned one, installed if need be. */
function nodePath() {
  if (Number(process.versions.node.split('.')[0]) >= wantedMajor) return process.execPath
  const path = join(runtime, 'node_modules', '.bin', 'node')
  if (!existsSync(path)) {
    exclusively('runtime', () => {
      if (existsSync(path)) return
      say(
        `this Node is ${process.versions.node}; installing the pinned Node ${wantedMajor} beside the checkout (once)`,
      )
      npm(['ci'], runtime, process.env)
    })
  }
  if (!existsSync(path))
    fail(
      `no Node ${wantedMajor} package for ${process.platform}-${process.arch}: install Node ${wantedMajor} and try again`,
    )
  return path
}

/** The environment in which that Node and the packages' programs come first. */
function environment(node) {
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(':')
  return {
    ...process.env,
    PATH: path,
    npm_config_nodedir: join(runtime, 'node_modules', `node-${process.platform}-${process.arch}`),
  }
}

/** Installs what package-lock.json names, once per lock file. */
function installPackages(env) {
  // A linked node_modules belongs to another checkout: npm would empty it.
  if (process.env.TOCSIN_SKIP_INSTALL === '1' || isLink(join(root, 'node_modules'))) return
  const stamp = join(root, 'node_modules', '.tocsin-installed')
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const done = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
  if (done()) return
  exclusively('packages', () => {
    if (done()) return
    say('installing packages (npm ci; one to two minutes the first time)')
    npm(['ci'], root, env)
    writeFileSync(stamp, wanted)
  })
}

function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

function npm(args, cwd, env) {
  // npm hands its own settings to scripts as npm_config_*; a nested npm must not inherit the outer command's.
  const { npm_config_prefix: _prefix, npm_command: _command, ...clean } = env
  const done = spawnSync('npm', args, { cwd, env: clean, stdio: ['ignore', 'ignore', 'inherit'] })
  if (done.error || done.status !== 0) {
    fail(
      `'npm ${args.join(' ')}' failed in ${cwd}${done.error ? `: ${done.error.message}` : ''}. Is the npm registry reachable? Then try again.`,
    )
  }
}

/** Two processes that start at once must not install into the same folder: the second waits. */
function exclusively(name, action) {
  const lock = join(runtime, `.${name}.lock`)
  try {
    if (!withInstallLock(lock, action, 15 * 60_000))
      fail(`another process has been installing for 15 minutes; remove ${lock} if it is gone`)
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error
    fail(
      `packages are to be installed, and this user may not write into ${root}: start it once as the owner of that folder, or clone it as the user that runs it`,
    )
  }
}

function fail(message) {
  say(message)
  process.exit(1)
}

/**
 * Runs `script` (a path in the checkout) under the pinned Node with all packages installed, and exits as it does.
 * Where this process is already such a Node, `inProcess` is called instead.
 */
export async function runPrepared(script, args, inProcess) {
  const node = nodePath()
  const env = environment(node)
  installPackages(env)
  if (node === process.execPath && inProcess) {
    process.env.PATH = env.PATH
    stopWithNpm(() => process.kill(process.pid, 'SIGTERM'))
    return inProcess()
  }
  const child = spawn(node, [...process.execArgv, join(root, script), ...args], {
    stdio: 'inherit',
    env,
    cwd: process.cwd(),
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  stopWithNpm(() => child.kill('SIGTERM'))
  child.on('error', error => fail(`cannot start ${node}: ${error.message}`))
  child.on('exit', (code, signal) => {
    process.exitCode =
      code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : signal === 'SIGHUP' ? 129 : 1)
  })
}

/**
 * npm that is told to stop ends the shell between us, and nobody tells us: we would go on as an orphan. Where npm
 * started us, a parent that is gone means stop. (Started otherwise, an orphan is what `nohup` wants.)
 */
function stopWithNpm(stop) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    stop()
  }, 500)
  watch.unref()
}
