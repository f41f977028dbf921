// Runs before the first paint so that a chosen theme does not flash. A file, not inline: the CSP forbids inline scripts.
try {
  const theme = localStorage.getItem('tocsin.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage can be switched off; then the system's preference holds.
}
