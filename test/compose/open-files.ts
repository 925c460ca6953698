/** A Compose project of files in memory; an override beside `compose.yaml` is laid over it. */
import { type ComposeFile, type ComposeProject, openProject } from '../../src/compose/project.ts'

export function openFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  shell: Readonly<Record<string, string>> = {},
): Promise<ComposeProject> {
  const file = (name: string): ComposeFile => ({ name, folder: '', bytes: bytesOf(files[name] ?? '') })
  const laidOver = Object.hasOwn(files, 'compose.override.yaml') ? [file('compose.override.yaml')] : []
  return openProject([file('compose.yaml'), ...laidOver], {
    read: async (path, maxBytes) => {
      const content = Object.hasOwn(files, path) ? files[path] : undefined
      if (content === undefined) return { ok: false, error: { code: 'not-found', path, detail: 'ENOENT' } }
      const value = bytesOf(content)
      return value.length > maxBytes
        ? { ok: false, error: { code: 'too-large', path, detail: '' } }
        : { ok: true, value }
    },
    describe: ({ code }) => code,
    shell: (name) => (Object.hasOwn(shell, name) ? shell[name] : undefined),
    homeFolder: '/home/me',
  })
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content
}
