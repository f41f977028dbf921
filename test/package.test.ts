import { spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pythonTool } from './support/python-tool.ts'

// A release is made as a maintainer makes it, twice, and its package is run as a user runs it: without the checkout.

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'tocsin-release-'))
const first = join(folder, 'first')
const second = join(folder, 'second')
const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const tarball = `tocsin-${version}.tgz`
/** Where deploy/README.md has people keep the secrets of the compose file. */
const secrets = join(root, 'deploy', 'container', 'secrets.env')
const planted = !existsSync(secrets)
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

/** `npm run release` with these words, in this checkout or another; what it said. */
const release = (...args: string[]) => releaseIn(root, ...args)
function releaseIn(checkout: string, ...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, ['bin/release.js', ...args], {
    cwd: checkout,
    encoding: 'utf8',
  })
  return { status, said: stderr.replaceAll('tocsin: ', '').trim().split('\n').sort() }
}

beforeAll(() => {
  writeFileSync(join(folder, 'key.pem'), privateKey)
  writeFileSync(join(folder, 'public.pem'), publicKey)
  if (planted) writeFileSync(secrets, 'TOCSIN_MASTER_KEY=planted\n')
  // The other is made elsewhere, of files that only their owner may read.
  const elsewhere = join(folder, 'another', 'checkout')
  cpSync(root, elsewhere, {
    recursive: true,
    filter: path => !/\/(node_modules|\.git|dist|coverage)$/.test(path),
  })
  spawnSync('chmod', ['-R', 'go-rwx', elsewhere])
  for (const name of ['node_modules', 'bin/runtime/node_modules'])
    if (existsSync(join(root, name))) symlinkSync(realpathSync(join(root, name)), join(elsewhere, name))
  for (const [checkout, place] of [
    [root, first],
    [elsewhere, second],
  ] as const) {
    const { status, said } = releaseIn(checkout, place, '--key', join(folder, 'key.pem'))
    expect({ status, said }).toEqual({ status: 0, said: [`released into ${place}`] })
  }
}, 900_000)
afterAll(() => {
  rmSync(folder, { recursive: true })
  if (planted) rmSync(secrets, { force: true })
  rmSync(join(root, 'dist'), { recursive: true, force: true })
})

describe('a release', () => {
  it.each([tarball, 'sbom.cdx.json', 'LICENCES.tsv', 'SHA256SUMS'])(
    'is the same wherever it is made: %s',
    name => {
      expect(sha256(join(second, name))).toBe(sha256(join(first, name)))
    },
  )

  it('verifies, and says what was changed, left out or put in since', () => {
    const verify = (place: string, key: string) => release('verify', place, '--public-key', join(folder, key))
    expect(verify(first, 'public.pem').status).toBe(0)
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })
    writeFileSync(join(folder, 'other.pem'), other)
    expect(verify(first, 'other.pem').status).toBe(1)
    writeFileSync(join(second, 'LICENCES.tsv'), 'none')
    rmSync(join(second, 'sbom.cdx.json'))
    writeFileSync(join(second, 'extra.txt'), 'x')
    expect(verify(second, 'public.pem')).toEqual({
      status: 1,
      said: [
        'LICENCES.tsv is another file',
        'extra.txt is not part of the release',
        'sbom.cdx.json is missing',
      ],
    })
  })

  it('verifies without our program, as deploy/README.md says', () => {
    const commands =
      'base64 -d SHA256SUMS.sig > "$SIG" && openssl pkeyutl -verify -pubin -inkey "$KEY" -rawin -in SHA256SUMS -sigfile "$SIG" && sha256sum -c SHA256SUMS'
    expect(readFileSync(join(root, 'deploy', 'README.md'), 'utf8')).toContain(
      commands.replaceAll('"$SIG"', 'sig').replace('"$KEY"', 'KEY.pem'),
    )
    const env = { ...process.env, KEY: join(folder, 'public.pem'), SIG: join(folder, 'sig') }
    const { status, stderr } = spawnSync('sh', ['-c', commands], { cwd: first, env, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
  })

  it('has a bill of materials that is valid by the reference implementation of CycloneDX', context => {
    const python = pythonTool(
      { name: 'cyclonedx-python-lib[json-validation]', version: '11.12.0', program: 'python' },
      'the bill of materials is not validated independently',
    )
    if (python === undefined) return context.skip()
    const judge = (text: string) => {
      const file = join(folder, 'bill.json')
      writeFileSync(file, text)
      const script = [
        'import json, sys',
        'from cyclonedx.schema import SchemaVersion',
        'from cyclonedx.validation.json import JsonStrictValidator',
        'text = open(sys.argv[1]).read()',
        "version = SchemaVersion.from_version(json.loads(text)['specVersion'])",
        'print(JsonStrictValidator(version).validate_str(text))',
      ].join('\n')
      const { stdout, stderr } = spawnSync(python, ['-c', script, file], {
        encoding: 'utf8',
      })
      return stdout.trim() || stderr
    }
    const text = readFileSync(join(first, 'sbom.cdx.json'), 'utf8')
    expect(judge(text)).toBe('None')
    expect(judge(text.replace('"type": "library"', '"type": "book"'))).toContain('book')
  }, 900_000)

  it('names every package that a user gets, with its licence, in both lists', () => {
    const licences = readFileSync(join(first, 'LICENCES.tsv'), 'utf8')
    const bill = JSON.parse(readFileSync(join(first, 'sbom.cdx.json'), 'utf8'))
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX' })
    for (const name of Object.keys(
      JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies,
    )) {
      expect(licences).toContain(`${name}\t`)
      expect(JSON.stringify(bill.components)).toContain(`"${name}"`)
    }
    expect(licences).not.toContain('vitest\t')
  })
})

describe('the package', () => {
  const place = join(folder, 'place')
  const tocsin = (...args: string[]) =>
    spawnSync(process.execPath, [join(place, 'package', 'bin', 'tocsin.js'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder, TOCSIN_DATA: join(folder, 'data') },
      timeout: 240_000,
    })

  beforeAll(() => {
    spawnSync('mkdir', [place])
    expect(spawnSync('tar', ['xzf', join(first, tarball), '-C', place]).status).toBe(0)
    // What npm would fetch is what is here; the checkout itself is out of its sight.
    symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'))
  })

  it('holds no source, no test, no secret and nothing of the machine', () => {
    const names = spawnSync('tar', ['tzf', join(first, tarball)], { encoding: 'utf8' }).stdout.split('\n')
    expect(names.filter(name => /\.tsx?$|\.test\.|node_modules|\.env$|(^|\/)test\//.test(name))).toEqual([])
    expect(existsSync(join(place, 'package', 'dist', 'src', 'run-cli.js'))).toBe(true)
    expect(spawnSync('grep', ['-rlF', root, join(place, 'package')], { encoding: 'utf8' }).stdout).toBe('')
  })

  it('says its version', () => {
    const { stdout, stderr } = tocsin('version')
    expect(stdout + stderr).toContain(version)
  })

  it('triages alerts', () => {
    const { status, stdout } = tocsin('triage', join(root, 'samples', 'alerts.ndjson'), '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ case_id: expect.any(String) })
  })

  it('writes a PDF with letters of its fonts, and reads it in a process of its own: both are there too', () => {
    const report = join(folder, 'report.pdf')
    const script = `
      import { writeFileSync } from 'node:fs'
      import { pdfDocument } from ${JSON.stringify(join(place, 'package', 'dist', 'src', 'pdf', 'pdf-document.js'))}
      const paragraphs = [{ text: 'Сервер 203.0.113[.]77 is a C2 server, 服务器.', face: 'regular', size: 10 }]
      writeFileSync(${JSON.stringify(report)}, await pdfDocument({ title: 'Отчёт', creator: 'x', paragraphs }))`
    const made = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
    expect(made.status, made.stderr).toBe(0)
    expect(readFileSync(report, 'latin1')).toContain('Tocsin-Regular')
    const { stdout } = tocsin('intel', report, '--json')
    expect(stdout).toContain('203.0.113.77')
    expect(stdout).toContain('Отчёт')
  })
})
