/** Scripts that unpack a payload in the browser, past every gateway (MITRE ATT&CK T1027.006). */
export function smuggles(script: string): boolean {
  const builds =
    /new\s+Blob|createObjectURL|msSaveOrOpenBlob|document\.write\s*\(|\.innerHTML\s*=|eval\s*\(|Function\s*\(|location(?:\.href)?\s*=|location\.replace/i
  const decodes =
    /atob\s*\(|unescape\s*\(|fromCharCode|decodeURIComponent\s*\(|[A-Za-z0-9+/]{400,}|(?:\\x[0-9a-f]{2}){40,}|(?:%[0-9a-f]{2}){40,}/i
  return builds.test(script) && decodes.test(script)
}
