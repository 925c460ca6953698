/** The person's browser as a port; the one importer of `open`. */
import type { Browser } from '../runtime.ts'

export function createNodeBrowser(): Browser {
  return {
    open: async (url) => {
      if (!/^https?:\/\//i.test(url)) return 'only http and https addresses are opened'
      try {
        const { default: open } = await import('open')
        const child = await open(url)
        // A browser command that cannot be started says so later; it must not end this process.
        child.on('error', () => {})
        return null
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    },
  }
}
