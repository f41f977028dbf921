import { type AlertView, baseName } from '../alert-view.ts'
import { matchPatterns, type Signal, signalFrom } from '../signal.ts'
import { commandPatterns } from './command-patterns.ts'
import { productFolder, windowsFolder } from './vendor-folder.ts'

const shells =
  /^(?:cmd|powershell|pwsh|powershell_ise|wscript|cscript|mshta|rundll32|bash|sh|dash|zsh)(?:\.exe)?$/
const systemPrograms =
  /^(?:svchost|lsass|services|csrss|smss|wininit|winlogon|explorer|spoolsv|taskhostw|dllhost|conhost)\.exe$/
const updaters =
  /\\{1,4}(?:mscorsvw|tiworker|trustedinstaller|mpsigstub|mpcmdrun|msmpeng|wuauclt|usoclient|onedrivesetup|onedrivestandaloneupdater|filecoauth|microsoft\.sharepoint|microsoftedgeupdate|googleupdate|dismhost|ngen|wazuh-agent|ossec-agent|taskhostw|backgroundtaskhost|searchindexer|compattelrunner|sppsvc)\.exe"?$/i

/** Where updaters are installed. Malware likes to be called like one, but lies where it may write. */
const updaterFolders =
  /^"?[a-z]:\\{1,4}(?:windows|program files(?: \(x86\))?|programdata\\{1,4}microsoft|users\\{1,4}[^\\]{1,60}\\{1,4}appdata\\{1,4}local\\{1,4}(?:microsoft|google))\\/i

function isUpdater(path: string): boolean {
  const isLoose = path.includes('\\') && !updaterFolders.test(path)
  return updaters.test(path) && !isLoose && !/\\(?:temp|downloads|public|perflogs)\\/i.test(path)
}

/** A shell without anything to run. */
const bareShell = /^"?(?:[a-z]:\\{1,4}[^"]{1,80}\\)?(?:cmd|powershell|pwsh)(?:\.exe)?"?\s*$/i

interface ParentRow {
  readonly weight: number
  readonly reason: string
  readonly pattern: RegExp
}

/** Who starts a shell says more than the shell does. */
const shellParents: readonly ParentRow[] = [
  {
    weight: 2.5,
    reason: 'a shell was started by a remote-execution service',
    pattern: /^(?:psexesvc|paexec.*|remcomsvc|winexesvc)\.exe$/,
  },
  {
    weight: 2.5,
    reason: 'a shell was started by a server program, as after an exploit',
    pattern: /^(?:w3wp|httpd|apache2|nginx|tomcat\d*|sqlservr|mysqld|php-cgi|java)(?:\.exe)?$/,
  },
  {
    weight: 2.2,
    reason: 'a shell was started by an Office program',
    pattern: /^(?:winword|excel|powerpnt|outlook|onenote|acrord32|msaccess)\.exe$/,
  },
  {
    weight: 2,
    reason: 'a shell was started by a script host',
    pattern: /^(?:mshta|wscript|cscript|hh|regsvr32|rundll32)\.exe$/,
  },
  {
    weight: 1,
    reason: 'a shell was started through WMI or WinRM',
    pattern: /^(?:wmiprvse|wsmprovhost)\.exe$/,
  },
  {
    weight: 0.6,
    reason: 'a shell was started from PowerShell',
    pattern: /^(?:powershell|pwsh|powershell_ise)(?:\.exe)?$/,
  },
]

/** What is strange, or ordinary, about a process and the one that started it. */
export function processSignals(view: AlertView): Signal[] {
  return [
    ...masquerade(view),
    ...parentage(view),
    ...place(view),
    ...ordinary(view),
    ...tampering(view),
    ...eventSignals(view),
  ]
}

function masquerade(view: AlertView): Signal[] {
  const { image, originalName } = view
  if (image === undefined) return []
  const name = baseName(image.text)
  if (systemPrograms.test(name) && image.text.includes('\\') && !windowsFolder.test(image.text)) {
    return [
      signalFrom('masquerade', 2.5, 'a program with the name of a Windows one, outside its folder', image),
    ]
  }
  const original = originalName === undefined ? '' : baseName(originalName.text)
  if (original !== '' && shells.test(original) && original !== name && !/^powershell_ise/.test(name)) {
    return [signalFrom('renamed-shell', 2, `a renamed copy of ${original}`, image)]
  }
  return []
}

function parentage(view: AlertView): Signal[] {
  const { image, parentImage } = view
  if (image === undefined || parentImage === undefined || !shells.test(baseName(image.text))) return []
  const parent = baseName(parentImage.text)
  const row = shellParents.find(({ pattern }) => pattern.test(parent))
  return row === undefined ? [] : [signalFrom('shell-parent', row.weight, row.reason, parentImage)]
}

/** Where a program lies says who could have put it there. */
function place(view: AlertView): Signal[] {
  const { image } = view
  if (image === undefined) return []
  if (
    /\\{1,4}users\\{1,4}public\\{1,4}|\\{1,4}perflogs\\{1,4}|\\{1,4}\$recycle|^[a-z]:\\{1,4}[^\\]+\.exe$|\/(?:tmp|dev\/shm|var\/tmp)\//i.test(
      image.text,
    )
  ) {
    return [
      signalFrom(
        'program-in-open-folder',
        1,
        'a program that runs from a folder where users may write',
        image,
      ),
    ]
  }
  if (/\\{1,4}temp\\{1,4}[^\\]+\.exe$/i.test(image.text)) {
    return [signalFrom('program-in-temp', 0.5, 'a program that runs from a temporary folder', image)]
  }
  return []
}

function ordinary(view: AlertView): Signal[] {
  const { image, parentImage, user } = view
  const opened = view.commands[0]
  if (
    parentImage !== undefined &&
    /\\explorer\.exe$/i.test(parentImage.text) &&
    opened !== undefined &&
    bareShell.test(opened.text)
  ) {
    return [signalFrom('opened-by-hand', -0.9, 'a shell that somebody opened at the desktop', opened)]
  }
  const system = user !== undefined && /(?:^|\\)(?:system|local service|network service)$/i.test(user.text)
  const command = view.commands[0]
  if (
    system &&
    command !== undefined &&
    /syswow64\\{1,4}net1?(?:\.exe)?\b|net1?\s+(?:user\s+guest|accounts)\b/i.test(
      `${image?.text} ${command.text}`,
    )
  ) {
    // Wazuh's Windows agent is a 32-bit service; its configuration assessment asks `net user guest`, `net accounts`.
    return [
      signalFrom(
        'agent-assessment',
        -3,
        'the question that the Wazuh agent itself asks in its configuration assessment',
        command,
      ),
    ]
  }
  if (parentImage !== undefined && productFolder.test(parentImage.text)) {
    return [signalFrom('product-parent', -1, 'started by an installed product', parentImage)]
  }
  if (image !== undefined && isUpdater(image.text)) {
    return [
      signalFrom('updater', -1.5, 'done by a program that installs updates or runs in the background', image),
    ]
  }
  if (command !== undefined && installedTrigger.test(command.text)) {
    return [signalFrom('product-task', -1.5, 'the task runs an installed product', command)]
  }
  if (image !== undefined && productFolder.test(image.text)) {
    return [signalFrom('product', -0.8, 'done by an installed product', image)]
  }
  if (image !== undefined && command !== undefined && isPlainStart(view, image.text, command.text)) {
    return [
      signalFrom('plain-start', -0.7, 'a program of Windows with arguments that do nothing special', command),
    ]
  }
  const fromTask =
    parentImage !== undefined && /\\{1,4}(?:svchost|services|taskeng|taskhostw)\.exe$/i.test(parentImage.text)
  if (
    system &&
    fromTask &&
    command !== undefined &&
    /[a-z]:\\{1,4}windows\\{1,4}system32\\{1,4}[\w.-]+\.(?:cmd|bat|vbs|ps1|exe)/i.test(
      command.text.replace(/^\S+\s/, ''),
    )
  ) {
    return [
      signalFrom('windows-task', -2, "one of Windows' own scheduled tasks, from its own folder", command),
    ]
  }
  return []
}

/** A task that an installer makes for its own program: `schtasks /create … /tr "C:\Program Files\…`. */
const installedTrigger =
  /schtasks(?:\.exe)?\\?"?\s.{0,200}\/tr\s+(?:\\?"){0,2}'?[a-z]:\\{1,4}program files(?: \(x86\))?\\(?!.{0,200}(?:powershell|cmd\.exe|mshta|\\temp\\|https?:))/i

/** No shell, nothing from the network, no path of a user, and nothing that the patterns for attacks know. */
function isPlainStart(view: AlertView, image: string, command: string): boolean {
  return (
    view.field('/data/win/system/eventID')?.text === '1' &&
    windowsFolder.test(image) &&
    !shells.test(baseName(image)) &&
    !/https?:|ftp:|\\\\\w|\\(?:users|temp|programdata|public)\\|%\w+%|[|^`]/i.test(
      command.replaceAll('\\\\', '\\'),
    ) &&
    matchPatterns(commandPatterns, { pointer: '', text: command }).length === 0 &&
    (view.parentCommand === undefined || matchPatterns(commandPatterns, view.parentCommand).length === 0)
  )
}

function tampering(view: AlertView): Signal[] {
  const target = view.field('/data/win/eventdata/targetImage')
  if (target === undefined) return []
  const opener = view.image
  const isOwn =
    opener !== undefined &&
    (windowsFolder.test(opener.text) || productFolder.test(opener.text) || isUpdater(opener.text))
  const canDump =
    opener !== undefined &&
    /\\(?:powershell|pwsh|cmd|rundll32|taskmgr|wscript|cscript)\.exe$/i.test(opener.text)
  if (/\\lsass\.exe$/i.test(target.text) && (!isOwn || canDump)) {
    return [signalFrom('lsass-access', 2.5, 'opens LSASS, where Windows keeps credentials', target)]
  }
  if (isOwn && !canDump && opener !== undefined) {
    return [
      signalFrom('own-access', -1.4, 'opened by a program of Windows or of an installed product', opener),
    ]
  }
  const access = view.field('/data/win/eventdata/grantedAccess')
  if (access !== undefined && /^0x(?:40|400|1000|1400|1410)$/i.test(access.text)) {
    return [
      signalFrom(
        'query-access',
        -1.2,
        'opens the other process only to query it or duplicate a handle',
        access,
      ),
    ]
  }
  return []
}

/** Where programs are put by whoever runs them, not by an installer. */
const openFolder =
  /\\{1,4}users\\{1,4}[^\\]{1,60}\\{1,4}(?:appdata\\{1,4}local\\{1,4}temp|downloads|desktop)\\|\\{1,4}users\\{1,4}public\\|\\{1,4}programdata\\{1,4}[^\\]+$|\\{1,4}windows\\{1,4}temp\\/i

/** A library that no installer put where it lies: also beside a copied program, in a folder of its own below ProgramData. */
function isLoose(path: string): boolean {
  return (
    openFolder.test(path) ||
    /^[a-z]:\\{1,4}programdata\\{1,4}(?!microsoft\\|package cache\\)[^\\]{1,60}\\{1,4}[^\\]{1,80}$/i.test(
      path,
    )
  )
}

/** What single events of Windows and Sysmon say by themselves: 4688 a start, 4698 a task, 7 a library, 8 a thread elsewhere. */
function eventSignals(view: AlertView): Signal[] {
  const event = view.field('/data/win/system/eventID')
  const isSysmon = /sysmon/i.test(view.field('/data/win/system/channel')?.text ?? '')
  switch (event?.text) {
    case '4688':
      return isSysmon || view.commands.some(command => matchPatterns(commandPatterns, command).length > 0)
        ? []
        : [signalFrom('process-start', -0.8, 'every start of a program is audited', event)]
    case '4698':
    case '4702':
      return taskSignals(view)
    case '7': {
      const library = view.field('/data/win/eventdata/imageLoaded')
      const signed = view.field('/data/win/eventdata/signed')
      return isSysmon && library !== undefined && signed?.text === 'false' && isLoose(library.text)
        ? [
            signalFrom(
              'side-loading',
              1.3,
              'an unsigned library from a folder where users may write',
              library,
            ),
          ]
        : []
    }
    case '8': {
      const source = view.field('/data/win/eventdata/sourceImage')
      if (!isSysmon || source === undefined) return []
      return windowsFolder.test(source.text) || productFolder.test(source.text)
        ? []
        : [signalFrom('remote-thread', 1.5, 'it started a thread inside another program', source)]
    }
    default:
      return []
  }
}

const installedTask =
  /(?:<|&(?:amp;)?lt;)Command(?:>|&(?:amp;)?gt;)"?(?:[a-z]:\\{1,4}|%)program ?files(?: \(x86\)|\(x86\))?[\\%]/i
const shellTask = /powershell|cmd(?:\.exe)?\b|mshta|rundll32|wscript|cscript|\\users\\|\\temp\\|https?:/i

/** Windows keeps its own tasks in its own folder; only they run programs of Windows from there. */
function taskSignals(view: AlertView): Signal[] {
  const name = view.field('/data/win/eventdata/taskName')
  const content = view.field('/data/win/eventdata/taskContent')
  if (name === undefined) return []
  const isOwn =
    /^\\{1,4}Microsoft\\{1,4}(?:Windows|Office|EdgeUpdate)\\/i.test(name.text) &&
    !/powershell|cmd\.exe|mshta|rundll32|wscript|cscript|\\users\\|\\temp\\|http/i.test(content?.text ?? '')
  if (content !== undefined && !isOwn && installedTask.test(content.text) && !shellTask.test(content.text)) {
    return [signalFrom('product-task', -1.3, 'the task runs an installed product', name)]
  }
  return [
    isOwn
      ? signalFrom('windows-task', -1.8, "a task among Windows' own, that runs a program of its own", name)
      : signalFrom('task-created', 0.3, 'a scheduled task was made', name),
  ]
}
