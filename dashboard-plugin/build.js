#!/usr/bin/env node
// Builds the plugin for one version of the dashboard: `node dashboard-plugin/build.js 2.19.5`. The platform's own optimizer
// needs a checkout of the platform; what it makes is small enough to write with an ordinary bundler: one script that hands
// its module to `__osdBundles__.define` under `plugin/tocsin/public`.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { zipSync } from 'fflate'
import { build } from 'vite'

const root = import.meta.dirname

/** Writes target/public/tocsin.plugin.js and build/tocsin-VERSION.zip; returns the archive's path. */
export async function buildPlugin(dashboardVersion, { out = join(root, 'build') } = {}) {
  if (!/^\d+\.\d+\.\d+$/.test(dashboardVersion))
    throw new Error(`'${dashboardVersion}' is not a version of OpenSearch Dashboards such as 2.19.5 or 3.6.0`)
  const bundle = await bundlePublic()
  const { version } = JSON.parse(await readFile(join(root, '..', 'package.json'), 'utf8'))
  const manifest = JSON.parse(await readFile(join(root, 'opensearch_dashboards.json'), 'utf8'))
  const files = {
    'opensearch_dashboards.json': json({
      ...manifest,
      version,
      opensearchDashboardsVersion: dashboardVersion,
    }),
    'package.json': json({ name: 'tocsin', version, license: 'Apache-2.0', private: true }),
    'server/index.js': await readFile(join(root, 'server', 'index.js'), 'utf8'),
    'target/public/tocsin.plugin.js': bundle,
  }
  await mkdir(out, { recursive: true })
  const path = join(out, `tocsin-${dashboardVersion}.zip`)
  const entries = Object.entries(files).map(([name, text]) => [
    `opensearch-dashboards/tocsin/${name}`,
    [new TextEncoder().encode(text), { mtime: new Date('2026-01-01T00:00:00Z') }],
  ])
  await writeFile(path, zipSync(Object.fromEntries(entries)))
  return path
}

/** The browser bundle as text. */
async function bundlePublic() {
  const outDir = join(root, 'target')
  const [{ output }] = await build({
    configFile: false,
    logLevel: 'error',
    root,
    build: {
      outDir,
      write: false,
      minify: false,
      lib: { entry: join(root, 'public', 'plugin.js'), formats: ['iife'], name: 'tocsinPlugin' },
    },
  })
  const [{ code }] = output
  await rm(outDir, { recursive: true, force: true })
  // The second argument is asked for the module by the third, as the platform's loader does.
  return `${code}\n__osdBundles__.define('plugin/tocsin/public', function () { return tocsinPlugin }, 0)\n`
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const versions = process.argv.slice(2)
  for (const version of versions.length === 0 ? ['2.19.5', '3.6.0'] : versions)
    process.stdout.write(`${await buildPlugin(version)}\n`)
}
