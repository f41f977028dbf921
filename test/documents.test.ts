import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandNames } from '../src/cli.ts'

// What the documents point at is there: links, files, commands and scripts. Decisions and the changelog tell of their day, and only their links count.

const root = resolve(import.meta.dirname, '..')
const documents = [
  '*.md',
  'bench/*.md',
  'console/*.md',
  'dashboard-plugin/*.md',
  'decisions/*.md',
  'deploy/**/*.md',
].flatMap(pattern => globSync(pattern, { cwd: root, exclude: ['**/node_modules/**'] }))
const present = documents.filter(name => !/^(?:decisions\/|CHANGELOG)/.test(name))
const textOf = (name: string) => readFileSync(join(root, name), 'utf8')

it('there are documents to look at', () => {
  expect(present).toEqual(expect.arrayContaining(['README.md', 'SECURITY.md', 'deploy/README.md']))
})

describe.each(documents)('%s', name => {
  it('links to what is there', () => {
    const links = [...textOf(name).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
    const dead = links.filter(
      link =>
        !/^(?:https?:|mailto:|#)/.test(link) &&
        !existsSync(join(root, dirname(name), link.replace(/#.*$/, ''))),
    )
    expect(dead).toEqual([])
  })
})

describe.each(present)('%s', name => {
  it('names files of this repository that are there', () => {
    const paths = [
      ...textOf(name).matchAll(/`((?:src|test|bin|deploy|bench|console|samples)\/[\w./*@-]+)`/g),
    ].map(([, path = '']) => path)
    const gone = paths.filter(
      path =>
        path !== 'console/dist' && // Made by the build, which may not have been.
        ![path, join(dirname(name), path)].some(
          place => existsSync(join(root, place)) || globSync(place, { cwd: root }).length > 0,
        ),
    )
    expect(gone).toEqual([])
  })

  it('names commands and scripts that there are', () => {
    const text = textOf(name)
    const commands = [...text.matchAll(/(?:`|^|&& |bin\/)tocsin(?:\.js)? ([a-z][a-z-]+)/gm)].map(
      ([, command = '']) => command,
    )
    expect(commands.filter(command => !commandNames.includes(command))).toEqual([])
    const { scripts } = JSON.parse(textOf('package.json'))
    const run = [...text.matchAll(/npm run ([a-z-]+)/g)].map(([, script = '']) => script)
    expect(run.filter(script => !(script in scripts))).toEqual([])
  })
})
