import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { consoleAddress } from '../src/main/console-address.ts'

// Links that we write into other programs, and that people paste into them from our guides, lead to pages that there are.

const root = resolve(import.meta.dirname, '..')
const read = (...path: string[]) => readFile(join(root, ...path), 'utf8')
/** By a path that is not written out: the console's pages are no part of this program's types. */
const routerPaths = async (): Promise<string[]> => {
  const { pages } = await import(/* @vite-ignore */ join(root, 'console', 'pages.ts'))
  return pages.map((page: { path: string }) => page.path)
}
const pageOf = (paths: readonly string[], pathname: string) =>
  paths.find(path => new RegExp(`^${path.replace(/\$\w+/g, '[^/]+')}$`).test(pathname))

describe('the address of the console', () => {
  it.each([
    ['https://tocsin.example', 7411, 'https://tocsin.example'],
    ['https://tocsin.example/', 0, 'https://tocsin.example'],
    [undefined, 7411, 'http://127.0.0.1:7411'],
  ])('is, for %s and port %i, %s', (publicUrl, port, expected) => {
    expect(consoleAddress({ publicUrl, port }).url()).toBe(expected)
  })

  it('has the port that is listened on, and is no link before it is known', () => {
    const address = consoleAddress({ publicUrl: undefined, port: 0 })
    expect(() => address.caseUrl('case_1')).toThrow('set TOCSIN_PUBLIC_URL')
    address.listensOn(40_123)
    expect(address.caseUrl('case_1')).toBe('http://127.0.0.1:40123/cases/case_1')
  })

  it('leads to the page of a case, whatever its id', async () => {
    const { caseUrl } = consoleAddress({ publicUrl: 'https://tocsin.example', port: 0 })
    for (const id of ['case_01k', 'a/b', '../x?y#z']) {
      const { origin, pathname, search, hash } = new URL(caseUrl(id))
      expect([origin, search, hash]).toEqual(['https://tocsin.example', '', ''])
      expect(pageOf(await routerPaths(), pathname)).toBe('/cases/$caseId')
    }
  })
})

describe('the guides', () => {
  it('give a URL template that the router knows, with what the page reads', async () => {
    const guide = await read('dashboard-plugin', 'README.md')
    const [template = ''] = guide.match(/https:\/\/tocsin\.example\/\S*\{\{value\}\}/) ?? []
    const url = new URL(template.replace('{{value}}', encodeURIComponent('1795557211.50376')))
    expect(pageOf(await routerPaths(), url.pathname)).toBe('/alert')
    expect(Object.fromEntries(url.searchParams)).toEqual({ id: '1795557211.50376' })
    expect(await read('console', 'pages', 'alert.tsx')).toContain('search.id')
  })

  it('name the field as it is written back', async () => {
    for (const guide of ['dashboard-plugin', 'deploy/wazuh'])
      expect(await read(guide, 'README.md')).toContain('`data.tocsin.case_url`')
    expect(await read('src', 'publish', 'enrichment-event.ts')).toMatch(/case_url: .*enrichment\.caseUrl/)
  })
})
