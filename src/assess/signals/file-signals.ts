import { type AlertView, baseName } from '../alert-view.ts'
import { type FieldText, matchPatterns, type Signal, type SignalPattern, signalFrom } from '../signal.ts'
import { commandPatterns } from './command-patterns.ts'
import { productFolder, windowsFolder } from './vendor-folder.ts'

const writtenFiles: readonly SignalPattern[] = [
  {
    id: 'policy-test-file',
    weight: -3,
    reason: 'the file with which PowerShell tests its own execution policy at every start',
    pattern: /__PSScriptPolicyTest_[\w.]{1,40}\.psm?1$/i,
  },
  {
    id: 'update-folder',
    weight: -2.2,
    reason: 'in a folder that Windows and its updates write to',
    pattern:
      /\\{1,4}(?:softwaredistribution|winsxs|servicing|nativeimages\w{0,20}|catroot2?|windows defender|wuauservcore|prefetch|windows\\{1,4}installer|\$windows\.~bt|package cache|onedrive|microsoft\\{1,4}edge(?:update)?|google\\{1,4}(?:chrome|update)|mozilla firefox|microsoft\\{1,4}teams|inetcache|webcache)\b/i,
  },
  {
    id: 'package-folder',
    weight: -1.5,
    reason: 'in a folder that package managers, caches or builds write to',
    pattern:
      /^\/(?:var\/(?:lib\/(?:dpkg|apt|rpm|snapd|docker)|cache)|snap|usr\/(?:share\/(?:doc|man)|lib\/(?:python|modules)))\/|\/(?:node_modules|\.git|__pycache__|\.cache|\.terraform|venv|target|build)\//i,
  },
  {
    id: 'startup-folder',
    weight: 1.2,
    reason: 'in a folder from which Windows starts programs at logon',
    pattern: /start menu\\{1,4}programs\\{1,4}startup\\{1,4}/i,
  },
  {
    id: 'sensitive-path',
    weight: 1.8,
    reason: 'a file that decides who may log on or what starts',
    pattern:
      /^\/etc\/(?:passwd|shadow|sudoers|sudoers\.d\/|pam\.d\/|ssh\/|cron|ld\.so\.preload|init\.d\/|systemd\/system\/|hosts$|profile)|\/\.ssh\/authorized_keys|\/(?:\.bashrc|\.profile)$|\\drivers\\etc\\hosts$/i,
  },
  {
    id: 'disguised-name',
    weight: 2,
    reason: 'a name that hides what kind of file it is',
    pattern:
      /[\u202a-\u202e\u2066-\u2069]|\.(?:docx?|xlsx?|pdf|jpe?g|png|txt)\s*\.(?:exe|lnk|scr|js|vbs|hta|bat|cmd)$/i,
  },
  {
    id: 'offensive-file',
    weight: 1.5,
    reason: 'named like a tool that attackers use',
    pattern:
      /procdump|mimikatz|psexe|lazagne|sharphound|rubeus|winpeas|linpeas|pwdump|nc(?:at|64)?\.exe|anydesk|\.kirbi$|lsass.{0,12}\.dmp|diamorphine|(?:c99|r57|b374k|wso|web-?shell|reverse.?shell)\w{0,8}\.(?:php|jsp|aspx?)|ntds\.dit|sam\.(?:hive|save)/i,
  },
  {
    id: 'web-root',
    weight: 1.5,
    reason: 'a script in a folder that a web server serves',
    pattern:
      /(?:\/var\/www\/|\/htdocs\/|\\inetpub\\)[\s\S]{1,400}\.(?:php\d?|phtml|jspx?|aspx?|ashx|war|cgi)$/i,
  },
  {
    id: 'system-program',
    weight: 0.4,
    reason: 'a program of the system itself',
    pattern: /^\/(?:usr\/)?(?:local\/)?s?bin\/|^\/lib(?:64)?\/|^\/boot\//i,
  },
  {
    id: 'drop-folder',
    weight: 0.8,
    reason: 'in a folder where everybody may write, as malware likes it',
    pattern:
      /\\{1,4}users\\{1,4}public\\{1,4}|\\{1,4}perflogs\\{1,4}|\\{1,4}\$recycle\.bin\\{1,4}|^\/(?:tmp|dev\/shm|var\/tmp)\/|\\{1,4}windows\\{1,4}(?:temp|tasks)\\{1,4}/i,
  },
]

const foreignWriters =
  /^(?:cmd|powershell|pwsh|curl|certutil|bitsadmin|wscript|cscript|mshta|rundll32|regsvr32|python\d*|w3wp)(?:\.exe)?$/
const knownHarmless = new Set(['policy-test-file', 'update-folder', 'package-folder'])
/** Said of a file whatever folder it lies in: whoever writes one chooses the folder, too. */
const anywhere = new Set(['web-root', 'offensive-file', 'disguised-name'])

/** What is said by a file that was written or changed, where it lies and who wrote it. */
export function fileSignals(view: AlertView): Signal[] {
  const { targetFile, image } = view
  const harmless = antivirusTestFile(view)
  const place = matchPatterns(writtenFiles, targetFile)
  const isSuspect = place.some(signal => anywhere.has(signal.id))
  if (harmless !== undefined && (harmless.pointer !== targetFile?.pointer || !isSuspect)) return [harmless]
  if (targetFile === undefined || view.groups.has('syscheck_registry')) return []
  if (place.some(signal => knownHarmless.has(signal.id)) && !isSuspect)
    return place.filter(signal => signal.weight < 0)
  const signals = [...place]
  const isProgram = /\.(?:exe|dll|sys|scr|com|ps1|bat|cmd|vbs|vbe|jse|wsf|hta|jar)$/i.test(targetFile.text)
  const name = targetFile.text.split(/[\\/]/).at(-1) ?? ''
  const ownEntry =
    place.some(({ id }) => id === 'startup-folder') && image !== undefined && productFolder.test(image.text)
  if (ownEntry && /\.lnk$/i.test(targetFile.text)) {
    signals.push(signalFrom('vendor-autostart', -1.6, 'an installed product put its own link there', image))
  }
  const writer = image === undefined ? undefined : writerSignal(image, targetFile, isProgram)
  if (writer !== undefined) signals.push(writer)
  if (isProgram && looksRandom(name))
    signals.push(signalFrom('random-name', 1.2, 'a program with a random name', targetFile))
  return [...signals, ...monitoredFile(view, targetFile, place), ...emptyFile(view)]
}

/** Names that ransomware leaves: a note beside the files, or a new ending behind the one that a document had. */
const ransomNote =
  /(?:readme|how|instructions?|restore|recover|decrypt|unlock|warning)[\w .!#-]{0,24}(?:restore|recover|decrypt|unlock|files?|ransom|instructions?)\w{0,12}[\w .!-]{0,12}\.(?:txt|html?|hta)$/i
const secondEnding =
  /\.(?:docx?|xlsx?|pptx?|pdf|jpe?g|png|zip|csv|sqlite?|mdf|bak|psd|dwg|pst|vmdk|vhdx?)\.(?!(?:bak|old|orig|tmp|temp|swp|gz|zip|7z|xz|bz2|zst|lz4|part|partial|crdownload|asc|sig|gpg|pgp|p7m|sha\d*|md5|lock|lnk|txt|log|exe|enc|dpkg-\w+|rpm\w+|\d+)$)[\w-]{3,16}$/i

/** Lines that let more people in than before. */
const loosened: SignalPattern = {
  id: 'access-loosened',
  weight: 1.2,
  reason: 'a line that was added lets more people in',
  pattern:
    /^> ?(?:PermitRootLogin\s+(?:yes|without-password)|PasswordAuthentication\s+yes|PermitEmptyPasswords\s+yes|.{0,200}NOPASSWD|(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S{1,20})\s|[\w.-]{1,32}:[^:\n]{0,200}:0:[^\n]{0,100})/im,
}

/** What no configuration needs, wherever it is written. That a line was written does not say that it ran. */
const gravePatterns = commandPatterns
  .filter(({ id }) => ['reverse-shell', 'download-cradle'].includes(id))
  .map(row => ({ ...row, id: 'command-in-file', reason: `a line that was added ${row.reason}` }))

/** Programs that change files as their daily work. */
const packageWriters =
  /^(?:dpkg|apt|apt-get|apt\.systemd\.daily|unattended-upgr\w*|rpm|dnf|yum|zypper|snapd|pacman|apk|puppet|chef-client|salt-minion|ansible\w*|cloud-init|logrotate|update-\w+)$/
/** Programs that change the files of accounts and groups, and leave a line of their own in the log. */
const accountTools =
  /^(?:passwd|chpasswd|chage|chsh|chfn|user(?:add|mod|del)|group(?:add|mod|del)|adduser|addgroup|gpasswd|vipw|systemd-sysusers)$/
const webAccounts = /^(?:www-data|apache|nginx|http|httpd)$/
/** Programs with which people publish a site. */
const publishers = /^(?:rsync|git|svn|composer|wp|drush|cap|dep)$/
const webServers = /^(?:apache2|httpd|nginx|php-fpm[\d.]*|php[\d.]*|php-cgi|java|tomcat\d*|node|w3wp\.exe)$/

/** What file monitoring itself adds: what happened to the file, and by which program and owner. */
function monitoredFile(view: AlertView, target: FieldText, place: readonly Signal[]): Signal[] {
  const change = view.field('/syscheck/event')
  if (change === undefined || view.groups.has('syscheck_registry')) return []
  const signals: Signal[] = matchPatterns([loosened, ...gravePatterns], view.field('/syscheck/diff'))
  const name = target.text.split(/[\\/]/).at(-1) ?? ''
  if (change.text !== 'deleted' && ransomNote.test(name))
    signals.push(signalFrom('ransom-note', 2, 'named like the note that ransomware leaves', target))
  else if (change.text !== 'deleted' && secondEnding.test(name))
    signals.push(
      signalFrom('changed-ending', 1.2, 'a document with a second ending, as encryption leaves it', target),
    )
  const writer = view.field('/syscheck/audit/process/name')
  const program = writer === undefined ? '' : baseName(writer.text)
  if (writer !== undefined && packageWriters.test(program)) {
    return [
      signalFrom(
        'package-writer',
        -2,
        'changed by a package manager or another keeper of the system',
        writer,
      ),
    ]
  }
  if (
    writer !== undefined &&
    accountTools.test(program) &&
    /^\/etc\/g?(?:passwd|shadow|group)-?$/.test(target.text)
  ) {
    signals.push(signalFrom('account-tool', -1.8, 'changed by the program that is there for it', writer))
  }
  if (writer !== undefined && place.some(({ id }) => id === 'system-program')) {
    const reason = 'a program of the system was replaced by something else than a package manager'
    signals.push(signalFrom('system-program-replaced', 1.4, reason, writer))
  }
  const person = view.field('/syscheck/audit/login_user/name')
  if (
    writer !== undefined &&
    publishers.test(program) &&
    person !== undefined &&
    !webAccounts.test(person.text) &&
    signals.length === 0
  ) {
    signals.push(
      signalFrom('published', -1.5, 'written by a program with which people publish a site', writer),
    )
  }
  if (change.text === 'deleted' && /^\/var\/log\/|\.evtx$/i.test(target.text)) {
    const kept = /\.(?:gz|xz|bz2|zst|[2-9]|\d{2,}|\d{8})$/.test(name)
    const reason = 'a log was deleted'
    signals.push(signalFrom('log-deleted', kept && writer === undefined ? 0.1 : 1.3, reason, target))
  }
  const owner = view.field('/syscheck/uname_after')
  const isScript = place.some(signal => signal.id === 'web-root')
  if (isScript && writer !== undefined && webServers.test(program)) {
    signals.push(
      signalFrom('written-by-web-server', 1, 'written by the web server itself, as uploads are', writer),
    )
  } else if (isScript && owner !== undefined && webAccounts.test(owner.text)) {
    signals.push(
      signalFrom('written-by-web-server', 0.8, 'it belongs to the web server, as uploads do', owner),
    )
  }
  return signals
}

/** With which people copy, unpack and download. */
const personalWriters =
  /^(?:explorer|7z\w{0,4}|winrar|peazip|winzip\d*|chrome|msedge|firefox|brave|opera|onedrive|teams|ms-teams|outlook|slack)\.exe$/

/** Who wrote the file says more than what it is called. */
function writerSignal(image: FieldText, target: FieldText, isProgram: boolean): Signal | undefined {
  const writer = baseName(image.text)
  if (foreignWriters.test(writer)) {
    return isProgram
      ? signalFrom('scripted-drop', 1.2, 'a program written by a shell, script or download tool', image)
      : undefined
  }
  if (writer !== 'explorer.exe' && windowsFolder.test(image.text)) {
    return signalFrom('windows-writer', -1.6, 'written by a program of Windows itself', image)
  }
  if (!isProgram) return undefined
  if (writer === 'system') {
    const reason =
      'a program written by the kernel on behalf of another host, as over an administrative share'
    return signalFrom('remote-drop', 2.5, reason, target)
  }
  if (personalWriters.test(writer) && (writer === 'explorer.exe' || productFolder.test(image.text))) {
    return signalFrom('user-copy', -0.9, 'copied, unpacked or downloaded by the person at the desktop', image)
  }
  return /setup|install|redist|updat/.test(writer)
    ? signalFrom('installer', -1.2, 'unpacked by an installer', image)
    : undefined
}

/** The test file of the European Institute for Computer Antivirus Research, whole: its published hashes. */
const testFileHashes = new Set([
  '44d88612fea8a8f36de82e1278abb02f',
  '3395856ce81f2b7382dee72602f798b642f14140',
  '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
])

function antivirusTestFile(view: AlertView): Signal | undefined {
  const reason = 'the harmless file with which antivirus programs are tested'
  const hash = view.alert.entities.find(entity => entity.type === 'hash' && testFileHashes.has(entity.value))
  const proof = hash === undefined ? undefined : view.field(hash.pointer)
  if (proof !== undefined) return signalFrom('antivirus-test-file', -4, reason, proof)
  const named = [
    view.targetFile,
    view.field('/data/win/eventdata/threat Name'),
    view.groups.has('virus') ? view.field('/data/extra_data') : undefined,
  ].find(field => field !== undefined && /eicar/i.test(field.text))
  // A name alone is no proof: anybody can call a file so.
  return named === undefined ? undefined : signalFrom('antivirus-test-file', -2.2, reason, named)
}

function emptyFile(view: AlertView): Signal[] {
  const size = view.field('/syscheck/size_after')
  return size?.text === '0' ? [signalFrom('empty-file', -1.5, 'the file is empty', size)] : []
}

/** `VInRVbCa`, `x7k2q9zt`: hardly a vowel, capitals that start no words, digits between letters. */
export function looksRandom(fileName: string): boolean {
  const stem = fileName.replace(/\.\w+$/, '')
  if (stem.length < 6 || stem.length > 20 || /[^A-Za-z0-9]/.test(stem)) return false
  const vowels = stem.match(/[aeiou]/gi)?.length ?? 0
  const lowerRuns = stem.match(/[a-z]+/g) ?? []
  const meanRun = lowerRuns.join('').length / Math.max(1, lowerRuns.length)
  const capitals = stem.match(/[A-Z]/g)?.length ?? 0
  const mixedCase = capitals >= 3 && lowerRuns.length >= 2 && meanRun < 1.7
  return mixedCase || vowels / stem.length < 0.15 || (stem.match(/[a-z]\d+[a-z]/gi)?.length ?? 0) >= 2
}
