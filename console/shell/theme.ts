import { useState } from 'react'

export type Theme = 'system' | 'light' | 'dark'

export const themeNames: Readonly<Record<Theme, string>> = {
  system: 'System theme',
  light: 'Light theme',
  dark: 'Dark theme',
}

const following: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }

/** The theme and a function that goes on to the next. Kept in this browser; public/theme.js reads it before the first paint. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const chosen = document.documentElement.dataset.theme
    return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
  })
  return [
    theme,
    () => {
      const next = following[theme]
      if (next === 'system') delete document.documentElement.dataset.theme
      else document.documentElement.dataset.theme = next
      try {
        if (next === 'system') localStorage.removeItem('tocsin.theme')
        else localStorage.setItem('tocsin.theme', next)
      } catch {
        // Storage can be switched off; the choice then lasts until the page is left.
      }
      setTheme(next)
    },
  ]
}
