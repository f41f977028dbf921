/** Folders that only administrators and installers write to: what lies there was installed, not dropped. */
export const vendorFolder =
  /(?:program files(?: \(x86\))?\\|windows\\{1,4}system32\\{1,4}(?:drivers|driverstore)\\|\\systemroot\\|system32\\{1,4}svchost\.exe -k|windows defender\\|microsoft\\{1,4}(?:onedrive|teams|edge)|windowsapps\\)/i

/** The folders of Windows itself. */
export const windowsFolder =
  /^"?(?:\\\?\?\\{1,4})?[a-z]:\\{1,4}windows\\{1,4}(?:(?:system32|syswow64|winsxs)\\{1,4}|explorer\.exe)/i

/** Where products are installed, for all users or for one. */
export const productFolder =
  /^"?[a-z]:\\{1,4}(?:program files(?: \(x86\))?|programdata\\{1,4}microsoft\\{1,4}windows defender|users\\{1,4}[^\\]{1,60}\\{1,4}appdata\\{1,4}local\\{1,4}(?:microsoft\\{1,4}(?:teams|onedrive|edge)|google\\{1,4}chrome|programs))\\{1,4}/i
