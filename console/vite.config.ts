import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** `npx vite build console` writes console/dist, which the server hands out. `npx vite console` serves it for development. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The CSP allows no data: URLs for scripts, styles or fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'embed.html'].map(name => `${import.meta.dirname}/${name}`) },
  },
  server: {
    port: 7412,
    proxy: { '/api': process.env.TOCSIN_DEV_SERVER ?? 'http://127.0.0.1:7411' },
  },
})
