import type { PreDecoded } from './event.ts'

/**
 * The pre-decoder: cuts the timestamp, host name and program name off syslog lines and the timestamps off a few
 * other formats. It looks at single characters at fixed places, not at patterns, so lines that only resemble a
 * format are cut too; rules written for Wazuh expect that. Behaviour of Wazuh 4.14 (`analysisd`), measured.
 */
export function preDecode(fullLog: string): PreDecoded {
  const probe = repairUmlaut(fullLog)
  const header = syslogHeaderLength(probe)
  if (header > 0) return readSyslog(fullLog, header)
  return readOther(fullLog, probe) ?? plain(fullLog, 0, undefined)
}

/** `Mär` is two bytes longer than `Mar` in shape; the places are looked for in the repaired text. */
function repairUmlaut(log: string): string {
  return log.startsWith('\xc3\xa4', 1) ? `Ma${log.slice(3)}` : log
}

/** Whether the text has these characters at these places: `at(text, 3, ' ', 6, ' ')`. */
function at(text: string, ...pairs: readonly (number | string)[]): boolean {
  for (let i = 0; i < pairs.length; i += 2) {
    if (text.charAt(Number(pairs[i])) !== pairs[i + 1]) return false
  }
  return true
}

const isDigit = (letter: string) => letter >= '0' && letter <= '9' && letter.length === 1

/** Length of a syslog-like date with the character after it; 0 where there is none. */
function syslogHeaderLength(text: string): number {
  const size = text.length
  // Dec 29 10:00:01
  if (size >= 17 && at(text, 3, ' ', 6, ' ', 9, ':', 12, ':', 15, ' ')) return 16
  // 2015-04-16 21:51:02,805
  if (size >= 24 && at(text, 4, '-', 7, '-', 10, ' ', 13, ':', 16, ':', 19, ',')) return 24
  if (size >= 33 && at(text, 4, '-', 7, '-', 10, 'T', 13, ':', 16, ':')) {
    // 2007-06-14T15:48:55-04:00
    if (at(text, 22, ':', 25, ' ')) return 26
    // 2022-12-19T15:02:53.288+00:00, 2009-05-22T09:36:46.214994-07:00, and with Z
    if (at(text, 19, '.')) return at(text, 26, ':') ? 30 : at(text, 29, ':') ? 33 : 32
  }
  if (!isDigit(text.charAt(0))) return 0
  // 2015 Dec 29 10:00:01
  if (size >= 21 && at(text, 4, ' ', 8, ' ', 11, ' ', 14, ':', 17, ':', 20, ' ')) return 21
  // 2021-04-21 10:16:09.404756-0700
  if (size >= 33 && at(text, 4, '-', 7, '-', 10, ' ', 13, ':', 16, ':', 19, '.', 31, ' ')) {
    const zone = text.charAt(26)
    if (zone === '-' || zone === '+') return 32
  }
  return 0
}

function plain(fullLog: string, start: number, timestamp: string | undefined): PreDecoded {
  return { fullLog, log: fullLog.slice(start), timestamp, hostname: undefined, programName: undefined }
}

/** Letters of host and program names. */
const nameEnd = /[^()\-./0-9@A-Z_a-z]/g

function endOfName(text: string, start: number): number {
  nameEnd.lastIndex = start
  return nameEnd.exec(text)?.index ?? text.length
}

function readSyslog(fullLog: string, header: number): PreDecoded {
  const timestamp = fullLog.slice(0, header - 1)
  const start = fullLog.charAt(header) === ' ' ? header + 1 : header
  const end = endOfName(fullLog, start)
  const name = fullLog.slice(start, end)
  if (fullLog.startsWith(': ', end)) {
    // Solaris writes no host name.
    return {
      fullLog,
      log: withoutSolarisId(fullLog, end + 2),
      timestamp,
      hostname: undefined,
      programName: name,
    }
  }
  if (fullLog.charAt(end) !== ' ')
    return { fullLog, log: fullLog.slice(start), timestamp, hostname: undefined, programName: undefined }
  const program = readProgram(fullLog, end + 1)
  return { fullLog, timestamp, hostname: name, programName: program.name, log: program.log }
}

/** `name: `, `name[12]: `, `name[12] `, or AIX's `auth|security:info name: `. */
function readProgram(text: string, start: number): { name: string | undefined; log: string } {
  const end = endOfName(text, start)
  const name = text.slice(start, end)
  if (text.charAt(end) === ':') {
    return { name, log: withoutSolarisId(text, text.charAt(end + 1) === ' ' ? end + 2 : end + 1) }
  }
  const afterPid = endOfPid(text, end)
  if (afterPid !== undefined) {
    if (text.startsWith(']:', afterPid)) {
      const log = afterPid + (text.charAt(afterPid + 2) === ' ' ? 3 : 2)
      return { name, log: withoutSolarisId(text, log) }
    }
    if (text.startsWith('] ', afterPid)) return { name, log: withoutSolarisId(text, afterPid + 2) }
  }
  const aix = /\|[a-z][0-9A-Za-z]*:[0-9A-Za-z]* /y
  aix.lastIndex = end
  if (afterPid === undefined && aix.test(text)) return readAixProgram(text, start, aix.lastIndex)
  return { name: undefined, log: text.slice(start) }
}

/** The place after the digits of `[123`, or undefined. */
function endOfPid(text: string, bracket: number): number | undefined {
  const digits = /\[\d+/y
  digits.lastIndex = bracket
  return digits.test(text) ? digits.lastIndex : undefined
}

function readAixProgram(text: string, logStart: number, start: number): { name: string; log: string } {
  const end = endOfName(text, start)
  const name = text.slice(start, end)
  if (text.startsWith(': ', end)) return { name, log: withoutSolarisId(text, end + 2) }
  const afterPid = endOfPid(text, end)
  // A name that is not closed runs on to the end of the line.
  if (afterPid === undefined) return { name: text.slice(start), log: withoutSolarisId(text, end) }
  if (text.startsWith(']: ', afterPid)) return { name, log: withoutSolarisId(text, afterPid + 3) }
  return { name, log: text.slice(logStart, end) }
}

/** Drops Solaris' `[ID 123456 auth.info] `. */
function withoutSolarisId(text: string, start: number): string {
  if (!text.startsWith('[ID ', start)) return text.slice(start)
  const close = text.indexOf(']', start + 4)
  return text.slice(close < 0 ? start : close + 2)
}

function readOther(fullLog: string, probe: string): PreDecoded | undefined {
  const size = probe.length
  // xferlog: Mon Apr 17 18:27:14 2006 1 64.160.42.130
  if (size >= 28 && at(probe, 3, ' ', 7, ' ', 10, ' ', 13, ':', 16, ':', 19, ' ', 24, ' ', 26, ' '))
    return plain(fullLog, 25, fullLog.slice(0, 24))
  // snort: 01/28-09:13:16.240702  [**]
  if (size >= 24 && at(probe, 2, '/', 5, '-', 8, ':', 11, ':', 14, '.', 21, ' '))
    return plain(fullLog, 23, fullLog.slice(0, 21))
  // suricata: 01/28/1979-09:13:16.240702  [**]
  if (size >= 26 && at(probe, 2, '/', 5, '/', 10, '-', 13, ':', 16, ':', 19, '.', 26, ' '))
    return plain(fullLog, 28, fullLog.slice(0, 26))
  // apache: [Fri Feb 11 18:06:35 2004] [warn]
  if (size >= 27 && at(probe, 0, '[', 4, ' ', 8, ' ', 11, ' ', 14, ':', 17, ':', 20, ' ', 25, ']'))
    return plain(fullLog, 27, fullLog.slice(1, 25))
  if (size >= 26 && at(probe, 0, '[', 1, 'T', 5, ' ', 10, '.', 13, '.', 16, ' ', 19, ':'))
    return readAppleSystemLog(fullLog)
  return readSquid(fullLog, probe)
}

/** squid: 1140804070.368  11623 (seconds since the epoch) */
function readSquid(fullLog: string, probe: string): PreDecoded | undefined {
  const digits = [1, 2, 3, 13].every(place => isDigit(probe.charAt(place)))
  const spaced = probe.charAt(21) === ' ' || probe.charAt(22) === ' '
  if (probe.length < 32 || !digits || !spaced || !at(probe, 0, '1', 10, '.', 14, ' ')) return undefined
  let start = 14
  while (fullLog.charAt(start) === ' ') start++
  return plain(fullLog, start, fullLog.slice(0, start - 1))
}

/**
 * Apple System Log: `[Time 2006.12.28 15:53:55 UTC] [Sender sshd] [Message text] [Host name]`. Only the first
 * message counts, so that a message cannot forge a second one.
 */
function readAppleSystemLog(fullLog: string): PreDecoded {
  let programName: string | undefined
  let hostname: string | undefined
  let log = fullLog.slice(25)
  let message = false
  for (let open = fullLog.indexOf('[', 25); open >= 0; ) {
    const close = fullLog.indexOf(']', open)
    const word = (size: number) => fullLog.slice(open + 1 + size, close < 0 ? undefined : close)
    let next = open + 1
    if (fullLog.startsWith('Sender ', open + 1) && programName === undefined) {
      if (close < 0) break
      programName = word(7)
      if (!message) log = fullLog.slice(25, close)
      next = close + 1
    } else if (fullLog.startsWith('Message ', open + 1) && !message) {
      message = true
      log = word(8)
      if (close < 0) break
      next = close + 1
    } else if (fullLog.startsWith('Host ', open + 1)) {
      hostname = close < 0 ? undefined : word(5)
      break
    }
    open = fullLog.indexOf('[', next)
  }
  return { fullLog, log, timestamp: undefined, hostname, programName }
}
