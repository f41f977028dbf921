#!/usr/bin/env node
// `npm run release -- FOLDER --key KEY.pem`: everything that a release is, into an empty folder: the package, its bill of
// materials (CycloneDX), the licences of all that it brings, their digests, and an Ed25519 signature over the digests.
// `npm run release -- verify FOLDER --public-key KEY.pem` says whether a folder is what the owner of the key signed.
import { spawnSync } from 'node:child_process'
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pack } from './pack.js'
import { root, say } from './prepare.js'

const sums = 'SHA256SUMS'
const signature = `${sums}.sig`

/** Makes the folder. Throws where it holds anything already. */
export function release(folder, keyPem) {
  const key = createPrivateKey(keyPem)
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error('the key is no Ed25519 key: openssl genpkey -algorithm ed25519')
  pack(folder)
  writeFileSync(join(folder, 'sbom.cdx.json'), sbom())
  writeFileSync(join(folder, 'LICENCES.tsv'), licences())
  const text = digestsOf(folder)
  writeFileSync(join(folder, sums), text)
  writeFileSync(join(folder, signature), `${sign(null, Buffer.from(text), key).toString('base64')}\n`)
}

/** What is wrong with a release folder; empty where it is whole and signed. */
function problemsOf(folder, publicKeyPem) {
  const text = readFileSync(join(folder, sums), 'utf8')
  const signed = Buffer.from(readFileSync(join(folder, signature), 'utf8').trim(), 'base64')
  if (!verify(null, Buffer.from(text), createPublicKey(publicKeyPem), signed))
    return [`${signature} is not this key's signature over ${sums}`]
  const [want, have] = [text, digestsOf(folder)].map(
    list =>
      new Map(
        list
          .trim()
          .split('\n')
          .map(line => [line.slice(66), line.slice(0, 64)]),
      ),
  )
  return [
    ...[...want].flatMap(([name, digest]) =>
      have.get(name) === digest ? [] : [have.has(name) ? `${name} is another file` : `${name} is missing`],
    ),
    ...[...have.keys()].flatMap(name => (want.has(name) ? [] : [`${name} is not part of the release`])),
  ]
}

/** As `sha256sum` writes them, by name. */
function digestsOf(folder) {
  const names = readdirSync(folder)
    .filter(name => name !== sums && name !== signature)
    .sort()
  const digest = name =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
  return names.map(name => `${digest(name)}  ${name}\n`).join('')
}

/**
 * What npm knows of the packages that a user gets; its serial number and time are left out, so that it is the same each
 * time. Not by npm's own `--omit dev`: that leaves out packages of ours that a development package asks for too.
 */
function sbom() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
  const made = spawnSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (made.status !== 0) throw new Error(`npm sbom failed: ${made.stderr}`)
  const { serialNumber: _number, metadata, components, dependencies, ...bill } = JSON.parse(made.stdout)
  const { timestamp: _time, component, ...rest } = metadata
  // npm names it by its folder.
  const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const developing = ({ properties = [] }) =>
    properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true')
  const shipped = components.filter(component => !developing(component))
  const known = new Set([component['bom-ref'], ...shipped.map(component => component['bom-ref'])])
  const links = dependencies.flatMap(({ ref, dependsOn = [] }) =>
    known.has(ref) ? [{ ref, dependsOn: dependsOn.filter(each => known.has(each)) }] : [],
  )
  const about = { ...rest, component: { ...component, type: 'application', name } }
  return `${JSON.stringify({ ...bill, metadata: about, components: shipped, dependencies: links }, null, 2)}\n`
}

/** Name, version and licence of every package that a user gets, by the lock file. */
export function licences() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const lines = Object.entries(packages).flatMap(([path, { version, license, dev }]) =>
    path === '' || dev === true
      ? []
      : [
          `${path.slice(path.lastIndexOf('node_modules/') + 13)}\t${version}\t${license ?? 'see its LICENSE'}`,
        ],
  )
  return `package\tversion\tlicence\n${[...new Set(lines)].sort().join('\n')}\n`
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: { type: 'string' }, 'public-key': { type: 'string' } },
  })
  const [first, second] = positionals
  if (first === 'verify' && second !== undefined && values['public-key'] !== undefined) {
    const problems = problemsOf(resolve(second), readFileSync(values['public-key'], 'utf8'))
    for (const each of problems) say(each)
    if (problems.length === 0) say('whole, and signed by this key')
    process.exitCode = problems.length === 0 ? 0 : 1
  } else if (first !== undefined && second === undefined && values.key !== undefined) {
    release(resolve(first), readFileSync(values.key, 'utf8'))
    say(`released into ${resolve(first)}`)
  } else {
    say('release FOLDER --key KEY.pem, or release verify FOLDER --public-key KEY.pem')
    process.exitCode = 2
  }
}
