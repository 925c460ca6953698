/** The person's browser as a port; the one importer of `open`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { basename } from 'node:path'
import type { Browser, Env } from '../runtime.ts'

/** A command that cannot show a page says so at once; one that still runs then is a browser. */
const patienceMs = 1500

export function createNodeBrowser(env: Env): Browser {
  return {
    open: async (url) => {
      if (!/^https?:\/\//i.test(url)) return 'only http and https addresses are opened'
      const commands = readCommands(env.get('BROWSER') ?? '')
      try {
        if (commands.length === 0) {
          const { default: open } = await import('open')
          const child = await open(url)
          return await watch(child, `'${basename(child.spawnfile)}'`)
        }
        let reason = ''
        for (const command of commands) {
          const failed = await start(command, url)
          if (failed === null) return null
          reason = failed
        }
        return `${reason} (BROWSER)`
      } catch (error) {
        return wordFailure(error)
      }
    },
  }
}

/** What the system lacks, such as xdg-open, by its name. */
function wordFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, path } = error as NodeJS.ErrnoException
  return code === undefined || path === undefined ? error.message : `'${basename(path)}' cannot be started: ${code}`
}

/** As xdg-open and Python's `webbrowser` read it: commands one after the other until one works. Windows paths hold colons. */
function readCommands(variable: string): readonly (readonly string[])[] {
  const commands = process.platform === 'win32' ? [variable] : variable.split(':')
  return commands.map(splitWords).filter((words) => words.length > 0)
}

/** Words as a shell would part them by spaces and quotes; nothing is expanded. */
function splitWords(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) =>
    String(double ?? single ?? plain),
  )
}

/** Without a shell: the URL is one argument, whatever is in it. */
function start([file = '', ...args]: readonly string[], url: string): Promise<string | null> {
  const hasPlace = args.some((arg) => arg.includes('%s'))
  const words = hasPlace ? args.map((arg) => arg.replaceAll('%s', () => url)) : [...args, url]
  const child = spawn(file, words, { stdio: 'ignore', detached: true })
  child.unref()
  return watch(child, `'${file}'`)
}

/** Null: it runs, or ended well. Else why not. */
function watch(child: ChildProcess, name: string): Promise<string | null> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => resolve(null), patienceMs)
    patience.unref()
    const finish = (reason: string | null): void => {
      clearTimeout(patience)
      resolve(reason)
    }
    // Kept for as long as the child lives: a late error must not end this process.
    child.on('error', (error: NodeJS.ErrnoException) =>
      finish(`${name} cannot be started: ${error.code ?? error.message}`),
    )
    child.once('exit', (code) => finish(code === 0 || code === null ? null : `${name} ended with ${code}`))
    if (child.exitCode !== null) finish(child.exitCode === 0 ? null : `${name} ended with ${child.exitCode}`)
  })
}
