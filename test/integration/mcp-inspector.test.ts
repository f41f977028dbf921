import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { type McpTestServer, startMcpServer } from '../support/mcp-server.ts'
import type { Person } from '../support/test-server.ts'

// MCP as the official inspector's command line sees it: a program that we did not write, over both transports.

const root = resolve(import.meta.dirname, '..', '..')
const inspector = join(root, 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js')
const timeoutMs = 600_000
const home = mkdtempSync(join(tmpdir(), 'tocsin-inspector-'))
const children = new Set<ChildProcess>()

afterAll(() => {
  for (const child of children) child.kill()
  rmSync(home, { recursive: true, force: true })
})

interface Inspected {
  readonly code: number | null
  /** What it printed as JSON. */
  readonly result: unknown
  readonly errors: string
}

/** Runs the inspector; `onText` sees all that it has told on standard error so far. */
function inspect(
  args: readonly string[],
  onText: (text: string) => void = () => undefined,
): Promise<Inspected> {
  return new Promise((settle, reject) => {
    const child = spawn(
      process.execPath,
      [inspector, '--cli', '--format', 'json', '--connect-timeout', String(timeoutMs), ...args],
      {
        // Without a terminal it signs in only where it may open a browser: the test is the browser, and it finds no other.
        env: {
          PATH: home,
          BROWSER: '/bin/true',
          HOME: home,
          MCP_AUTO_OPEN_ENABLED: 'true',
          MCP_STORAGE_DIR: home,
          MCP_INSPECTOR_SECRET_STORE: 'file',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    children.add(child)
    let [output, errors] = ['', '']
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      errors += text
      onText(errors)
    })
    child.on('error', reject)
    child.on('close', code => {
      children.delete(child)
      try {
        settle({ code, result: output.trim() === '' ? undefined : JSON.parse(output), errors })
      } catch {
        reject(new Error(`not JSON (exit ${code}): ${output.slice(0, 500)}\n${errors.slice(0, 1000)}`))
      }
    })
  })
}

const reads = (tools: readonly { name: string; annotations?: { readOnlyHint?: boolean } }[]) =>
  tools.length > 5 &&
  tools.every(tool => tool.annotations?.readOnlyHint === true) &&
  !tools.some(tool => /delete|block|approve|write|propose|deploy|close/.test(tool.name))

describe('over standard input and output', () => {
  const stdio = (...args: string[]) =>
    inspect([
      process.execPath,
      join(root, 'bin/tocsin.js'),
      'mcp',
      '--data',
      join(root, 'samples/alerts.ndjson'),
      ...args,
    ])

  it('lists only tools that read, with schemas that other clients can read', {
    timeout: timeoutMs,
  }, async () => {
    const { code, result, errors } = await stdio('--method', 'tools/list', '--strict')
    expect(code, errors).toBe(0)
    expect(result).toSatisfy(({ result: { tools } }) => reads(tools))
  })

  it('answers with evidence', { timeout: timeoutMs }, async () => {
    const question = 'question=What is the MITRE ID for obfuscation?'
    const { result } = await stdio('--method', 'tools/call', '--tool-name', 'ask', '--tool-arg', question)
    expect(JSON.stringify(result)).toContain('T1027')
    expect(JSON.stringify(result)).toContain('knowledge-base')
  })

  it('reads resources and prompts', { timeout: timeoutMs }, async () => {
    const read = await stdio('--method', 'resources/read', '--uri', 'tocsin://attack/T1027')
    expect(JSON.stringify(read.result)).toContain('Obfuscated Files or Information')
    const prompt = await stdio(
      ...['--method', 'prompts/get', '--prompt-name', 'check-host', '--prompt-args', 'host=web-07'],
    )
    expect(JSON.stringify(prompt.result)).toContain('web-07')
  })
})

describe('over HTTP, signed in with OAuth', () => {
  let mcp: McpTestServer
  let ada: Person
  let callback: string

  beforeAll(async () => {
    mcp = await startMcpServer()
    ada = await mcp.server.signIn('analyst', 'ada')
    callback = `http://127.0.0.1:${await freePort()}/oauth/callback`
  }, timeoutMs)
  afterAll(() => mcp?.server.close())

  const http = (args: readonly string[], onText?: (text: string) => void) =>
    inspect(
      ['--server-url', `${mcp.base}/mcp`, '--transport', 'http', '--callback-url', callback, ...args],
      onText,
    )

  it('is let in by nothing but a sign-in', { timeout: timeoutMs }, async () => {
    const { code, errors } = await http(['--method', 'tools/list', '--stored-auth-only'])
    expect(code).not.toBe(0)
    expect(errors).toMatch(/auth/i)
  })

  it('registers, is sent to the consent page, and reads with the rights of the person', {
    timeout: timeoutMs,
  }, async () => {
    let asked: URL | undefined
    let decided: Promise<unknown> = Promise.resolve()
    const { code, result, errors } = await http(['--method', 'tools/list'], text => {
      const address = /https?:\/\/\S+\/authorize\?\S+/.exec(text)?.[0]
      if (address === undefined || asked !== undefined) return
      asked = new URL(address)
      // The browser's part: the person agrees, and is sent back to the inspector, which listens for it.
      decided = mcp.consent(asked, ada).then(back => fetch(back))
    })
    await decided
    expect(code, errors).toBe(0)
    expect(asked?.searchParams.get('code_challenge_method')).toBe('S256')
    expect(result).toSatisfy(({ result: { tools } }) => reads(tools))
    expect(JSON.stringify(result)).toContain('search_audit')
    expect(JSON.stringify(result)).not.toContain('search_account_log') // An administrator's.
  })

  it('stays signed in for the next call, and what is refused is an error', {
    timeout: timeoutMs,
  }, async () => {
    const call = (tool: string, ...args: string[]) =>
      http(['--stored-auth-only', '--method', 'tools/call', '--tool-name', tool, ...args])
    const answer = await call('ask', '--tool-arg', 'question=What is T1027?')
    expect(answer.code, answer.errors).toBe(0)
    expect(JSON.stringify(answer.result)).toContain('Obfuscated Files or Information')
    const refused = await call('search_account_log')
    expect(refused.code).not.toBe(0)
  })
})
