import { deflateRawSync, gzipSync } from 'node:zlib'

/** One way in which a value is written in logs, mails and command lines. */
export interface Encoding {
  readonly name: string
  encode(value: string): string
}

const hex = (value: string) => Buffer.from(value, 'utf8').toString('hex')
const bytes = (value: string) => hex(value).match(/../g) ?? []
const units = (value: string) =>
  Array.from({ length: value.length }, (_, i) => value.charCodeAt(i).toString(16).padStart(4, '0'))
const fullWidth = (value: string) =>
  value.replaceAll(/[!-~]/g, unit => String.fromCharCode(unit.charCodeAt(0) + 0xfee0))
const cyrillic: Record<string, string> = {
  a: 'а',
  c: 'с',
  e: 'е',
  o: 'о',
  p: 'р',
  x: 'х',
  y: 'у',
  i: 'і',
  s: 'ѕ',
}

/** Every encoding; each is undone by a standard decoder, so the value did leave if the encoded form did. */
export const encodings: readonly Encoding[] = [
  { name: 'plain', encode: value => value },
  { name: 'upper-case', encode: value => value.toUpperCase() },
  {
    name: 'percent',
    encode: value =>
      bytes(value)
        .map(byte => `%${byte.toUpperCase()}`)
        .join(''),
  },
  {
    name: 'percent-twice',
    encode: value =>
      bytes(value)
        .map(byte => `%25${byte}`)
        .join(''),
  },
  { name: 'base64', encode: value => Buffer.from(`host ${value} seen`).toString('base64') },
  { name: 'base64url', encode: value => Buffer.from(`x ${value} ok`).toString('base64url') },
  {
    name: 'base64-twice',
    encode: value => Buffer.from(Buffer.from(`on ${value}`).toString('base64')).toString('base64'),
  },
  { name: 'utf16-base64', encode: value => Buffer.from(`Get-Item ${value}`, 'utf16le').toString('base64') },
  { name: 'hex', encode: value => hex(`at ${value}`) },
  { name: 'hex-dump', encode: value => bytes(`to ${value}`).join(' ') },
  {
    name: 'backslash-x',
    encode: value =>
      bytes(value)
        .map(byte => `\\x${byte}`)
        .join(''),
  },
  {
    name: 'unicode-escape',
    encode: value =>
      units(value)
        .map(unit => `\\u${unit}`)
        .join(''),
  },
  {
    name: 'json-in-string',
    encode: value => JSON.stringify(JSON.stringify({ message: `on ${value}` })).slice(1, -1),
  },
  {
    name: 'html-decimal',
    encode: value => Array.from(value, letter => `&#${letter.codePointAt(0)};`).join(''),
  },
  {
    name: 'html-hex',
    encode: value => Array.from(value, letter => `&#x${letter.codePointAt(0)?.toString(16)};`).join(''),
  },
  {
    name: 'quoted-printable',
    encode: value =>
      bytes(value)
        .map(byte => `=${byte.toUpperCase()}`)
        .join(''),
  },
  { name: 'soft-line-break', encode: value => `${value.slice(0, 2)}=\r\n${value.slice(2)}` },
  { name: 'gzip-base64', encode: value => gzipSync(`name=${value}\n`).toString('base64') },
  {
    name: 'deflate-base64',
    encode: value =>
      `DeflateStream FromBase64String ${deflateRawSync(`name=${value} name=${value}\n`).toString('base64')}`,
  },
  { name: 'zero-width', encode: value => [...value].join('\u200b') },
  { name: 'full-width', encode: fullWidth },
  {
    name: 'confusables',
    encode: value => value.replaceAll(/[aceopxyis]/g, letter => cyrillic[letter] ?? letter),
  },
  { name: 'terminal-colours', encode: value => `\x1b[31m${value}\x1b[0m` },
  { name: 'utf16-bytes', encode: value => [...value].join('\0') },
]
