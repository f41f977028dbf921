/** Folders that only administrators and installers write to: what lies there was installed, not dropped. */
export const vendorFolder =
  /(?:program files(?: \(x86\))?\\|windows\\+system32\\+(?:drivers|driverstore)\\|\\systemroot\\|system32\\+svchost\.exe -k|windows defender\\|microsoft\\+(?:onedrive|teams|edge)|windowsapps\\)/i
