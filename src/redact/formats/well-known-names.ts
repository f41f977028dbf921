/** Account names that every machine has: they say nothing about whose machine it is, and much about the event. */
export const wellKnownAccounts: ReadonlySet<string> = new Set(
  `administrator admin root guest system public default defaultuser defaultaccount defaultappool user users test all
  localservice networkservice systemprofile wdagutilityaccount trustedinstaller anonymous nobody daemon bin sys
  www-data apache nginx mysql postgres sshd ubuntu debian centos ec2-user vagrant pi runner jenkins git mail news
  operator uucp sync games man lp proxy backup list irc gnats messagebus syslog wazuh ossec ossecr ossecm everyone
  local service network iusr username <user> $user %username% appdata shared lost+found linuxbrew
  administrateur administrador oracle ftp tomcat elasticsearch docker`
    .trim()
    .split(/\s+/),
)

/** Words before a backslash that are no domain: authorities of Windows itself, and roots of the registry and of paths. */
export const notDomains: ReadonlySet<string> = new Set(
  `hklm hkcu hku hkcr hkcc hkey_local_machine hkey_current_user hkey_users hkey_classes_root registry machine user
  software system system32 syswow64 windows winnt program programdata users temp tmp microsoft currentversion
  currentcontrolset controlset001 services device devices harddiskvolume1 harddiskvolume2 harddiskvolume3 global
  globalroot basenamedobjects rpc pipe sysvol netlogon admin ipc builtin authority service root cimv2 default
  sam security hardware classes policies control explorer run runonce winlogon shell environment parameters
  winsxs drivers assembly fonts appdata roaming local locallow desktop downloads documents cbs wdi`
    .trim()
    .split(/\s+/),
)
