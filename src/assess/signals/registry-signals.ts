import type { AlertView } from '../alert-view.ts'
import { matchPatterns, type Signal, type SignalPattern, signalFrom } from '../signal.ts'
import { vendorFolder } from './vendor-folder.ts'

/** Registry values by which attackers stay, hide or get more rights. */
const registryPatterns: readonly SignalPattern[] = [
  {
    id: 'rights-bypass-key',
    weight: 2,
    reason: 'a registry value through which programs get full rights without asking',
    pattern:
      /(?:mscfile|ms-settings|folder|exefile|runas)\\{1,4}shell\\{1,4}\w+\\{1,4}command|delegateexecute|\\environment\\{1,4}(?:windir|systemroot)$/i,
  },
  {
    id: 'defence-off-key',
    weight: 2,
    reason: 'a registry value that switches a defence off',
    pattern:
      /disableantispyware|disablerealtimemonitoring|windows defender\\{1,4}exclusions|enablefirewall|systemrestore\\{1,4}disable|vulnerabledriverblocklist|deviceguard\\|\\amsi\\{1,4}providers|autologger\\.{1,200}\\start|uselogoncredential|runasppl|enablelua|useactioncenterexperience|disabletaskmgr/i,
  },
  {
    id: 'remote-access-key',
    weight: 1.3,
    reason: 'a registry value that opens the host to remote control',
    pattern:
      /fdenytsconnections|fallowtogethelp|rdp-tcp\\{1,4}portnumber|localaccounttokenfilterpolicy|sysinternals\\{1,4}\w+\\{1,4}eulaaccepted|zonemap\\{1,4}domains/i,
  },
  {
    id: 'autostart-entry',
    weight: 1.3,
    reason: 'a registry value that starts a program by itself',
    pattern:
      /currentversion\\{1,4}(?:policies\\{1,4}explorer\\{1,4})?run(?:once|onceex)?(?:\\|$)|winlogon\\{1,4}(?:shell|userinit|notify)|image file execution options\\{1,4}.{1,200}\\(?:debugger|globalflag)|userinitmprlogonscript|appinit_dlls|print\\{1,4}monitors|clsid\\.{1,200}\\(?:inprocserver32|treatas|localserver32)|taskcache\\{1,4}tree|lsa\\{1,4}(?:notification|security|authentication) packages|active setup\\{1,4}installed components/i,
  },
]

/** What a registry change does. New services are read in `service-signals.ts`. */
export function registrySignals(view: AlertView): Signal[] {
  const target =
    view.field('/data/win/eventdata/targetObject') ??
    view.field('/registry/path') ??
    (view.groups.has('syscheck_registry') ? view.field('/syscheck/path') : undefined)
  const signals = matchPatterns(registryPatterns, target)
  const details = view.field('/data/win/eventdata/details')
  if (signals.length > 0 && details !== undefined && vendorFolder.test(details.text)) {
    return [signalFrom('vendor-autostart', -1.2, 'the registry value points into a vendor folder', details)]
  }
  return signals
}
