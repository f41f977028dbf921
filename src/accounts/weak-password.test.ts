import fc from 'fast-check'
import { expect, it } from 'vitest'
import { oneTimePassword } from './password.ts'
import { type PasswordOwner, weakPassword } from './weak-password.ts'

const owner = {
  username: 'm.okafor',
  displayName: 'Maria Okafor',
  publicUrl: 'https://tocsin.northwind.example/',
}
const weak = (password: string, of: PasswordOwner = owner) => weakPassword(password, of) !== undefined

it('refuses the names of the account, the product and the organisation, however they are put together', () => {
  const admin = { username: 'admin', displayName: 'Administrator', publicUrl: undefined }
  for (const password of ['admin admin admin', 'adminadminadmin', 'Admin-Admin-2026!', 'nimda nimda nimda'])
    expect(weak(password, admin), password).toBe(true)
  for (const password of [
    'okafor okafor 1',
    'MariaOkafor2026',
    'm.okafor!m.okafor',
    'Northwind-2026-Tocsin',
    'Wazuh.Tocsin.Wazuh',
    't0cs1n-w4zuh-@dmin',
    'tocsin analyst xy',
    'rofako maria 99',
  ])
    expect(weak(password), password).toBe(true)
})

it('refuses what is common, walks along keys, or says one piece again', () => {
  for (const password of [
    'passwordpassword',
    'P@ssw0rd1234',
    'Welcome2026!!',
    'Sommer2026Sommer',
    'qwertyuiop[]',
    '123456789012',
    '210987654321',
    'abcdefghijkl',
    '1q2w3e4r5t6y',
    'aaaaaaaaaaaa',
    'xkv9xkv9xkv9xkv9',
    '2024 2025 2026 2027',
    'correct horse battery staple',
    'p a s s w o r d 1 2 3',
    'ｐａｓｓｗｏｒｄ１２３４', // Full width: NFKC makes it the same.
  ])
    expect(weak(password), password).toBe(true)
})

it('leaves alone what has enough of its own, also with such words in it', () => {
  for (const password of [
    'lantern harbour quiet tractor',
    'a password of the test',
    'admin of forty tulips',
    '8301947265013948',
    'K7#vq-pLw2!zR',
    '灯台守静岡拖拉机港口安静曲',
    'Ключи лежат под ковром',
  ])
    expect(weak(password), password).toBe(false)
})

it('says why and what to do, and never what was typed', () => {
  const told = `${weakPassword('Zanzibar Zanzibar', owner)} ${weakPassword('maria okafor 1', owner)}`
  expect(told).toMatch(/again and again.*the account's name.*take a few words/s)
  expect(told).not.toMatch(/zanzibar|maria|okafor/i)
})

it('refuses no password that it makes itself, and answers on any text', () => {
  for (let count = 0; count < 500; count++) expect(weak(oneTimePassword())).toBe(false)
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), fc.string(), (password, username) => {
      weakPassword(password, { ...owner, username })
    }),
    { seed: 63, numRuns: 300 },
  )
  // The longest that the API takes.
  expect(weak('1q2w'.repeat(250))).toBe(true)
})
