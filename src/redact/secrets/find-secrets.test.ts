import { describe, expect, it } from 'vitest'
import { foldedView } from '../fold.ts'
import { findSecrets } from './find-secrets.ts'

/** What is found in a text: the class behind `secret.`, and the secret itself. */
function check(text: string, ...expected: readonly string[]): void {
  const found = findSecrets(foldedView(text)).map(
    span => `${span.class.slice(7)} ${text.slice(span.start, span.end)}`,
  )
  expect(found).toEqual(expected)
}

const random = 'q7Zt3Xw9Lk2Vb8Nm5Rc1'

describe('findSecrets', () => {
  it('finds tokens by their own form', () => {
    check('id AKIAQ7ZT3XWLKVBNMRCA', 'aws-key AKIAQ7ZT3XWLKVBNMRCA')
    check(`ghp_${random}${random.slice(0, 16)}`, `github-token ghp_${random}${random.slice(0, 16)}`)
    check(
      `x=AbC1Q~${random}${random.slice(0, 11)}`,
      `azure-client-secret AbC1Q~${random}${random.slice(0, 11)}`,
    )
    check(`dapi${'0123456789abcdef'.repeat(2)}`, `databricks-token dapi${'0123456789abcdef'.repeat(2)}`)
  })

  it('finds what begins inside of another, and how far it reaches', () => {
    const password = (count: number) => `password=${'a1b2c3d4'.repeat(count)}`
    // Behind 256 characters the outer value ends, the inner one does not.
    const text = `${password(20)}_${password(20)} end`
    const ends = findSecrets(foldedView(text)).map(span => span.end)
    expect(Math.max(...ends)).toBe(text.length - ' end'.length)
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq5Zt3Xw9Lk2Vb8\n'
    const [first, second, ...more] = findSecrets(foldedView(`${key}${key}-----END PRIVATE KEY-----`))
    expect([first?.end, second?.start, more.length]).toEqual([key.length, key.length, 0])
  })

  it('finds credentials by the words around them', () => {
    check('login with password=Tr0ub4dor&3', 'password Tr0ub4dor&3')
    check('{"db_password": "p w\\\\d"}', 'password p w\\\\d')
    check('"{\\"passwd\\":\\"hunter2\\"}"', 'password hunter2')
    check('mysql -u app -pS3cret! shop', 'password S3cret!')
    check('net user eve P@ssw0rd9 /add', 'password P@ssw0rd9')
    check('curl -u admin:hunter22 http://x', 'password hunter22')
    check('schtasks /create /rp Winter2024!', 'password Winter2024!')
    check('ConvertTo-SecureString "Pa55w.rd" -AsPlainText', 'password Pa55w.rd')
    check('postgres://app:s3cr3t@db:5432/x', 'url-credentials s3cr3t')
    check('Authorization: Basic YWRtaW46aHVudGVyMg==', 'authorization YWRtaW46aHVudGVyMg==')
    check(`api_key: ${random}`, `api-key ${random}`)
    check('Cookie: PHPSESSID=q7zt3xw9lk2v; a=b', 'cookie q7zt3xw9lk2v', 'session-id q7zt3xw9lk2v')
  })

  it('finds credentials as systems store them', () => {
    const hash = '31d6cfe0d16ae931b73c59d7e0c089c0'
    check(`eve:1000:${hash}:${hash}:::`, `ntlm-hash ${hash}:${hash}:::`)
    check(`NTLM : ${hash}`, `ntlm-hash ${hash}`)
    check(
      'root:$6$salt$abcdefghijklmnopqrstuvwxyz0123:1',
      'password-hash $6$salt$abcdefghijklmnopqrstuvwxyz0123',
    )
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpQIB'.repeat(6)}\n-----END RSA PRIVATE KEY-----`
    check(`key: ${key}.`, `private-key ${key}`)
  })

  it('leaves templates, fillers and what only looks the part', () => {
    const harmless = [
      `password=\${DB_PASSWORD} password={{ pw }} password=<yours> password=******** passwd=null`,
      'Failed password for root from 203.0.113.9; password: must be changed at next logon',
      'PWD=/home/eve ; USER=root ; COMMAND=/bin/ls',
      'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx AKIAXXXXXXXXXXXXXXXX xoxb-12345-abcd',
      `keyword: "Some_Word_7" tokenFile="a.cer" public_key = "${random}${random}"`,
      `curl -u "$USER:$PASSWORD" https://user:\${PASS}@host/ https://example.org:8443/a@b`,
      'sha256 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f md5=d41d8cd98f00b204e9800998ecf8427e',
      '-----BEGIN PRIVATE KEY-----\nanything\n-----END PRIVATE KEY-----',
    ]
    for (const text of harmless) check(text)
  })
})
