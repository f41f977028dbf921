/** Folders that only administrators and installers write to: what lies there was installed, not dropped. */
export const vendorFolder =
  /(?:program files(?: \(x86\))?\\|windows\\{1,4}system32\\{1,4}(?:drivers|driverstore)\\|\\systemroot\\|system32\\{1,4}svchost\.exe -k|windows defender\\|microsoft\\{1,4}(?:onedrive|teams|edge)|windowsapps\\)/i
