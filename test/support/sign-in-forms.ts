/** A person at the sandbox's sign-in pages without a browser: follows the pages by plain HTTP, one form post at a time. */
import https from 'node:https'
import { isIP } from 'node:net'
import { defaultPassword } from '../../src/sandbox/default-directory.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'

export interface PersonAtPages {
  readonly username?: string
  /** The built-in directory's by default. */
  readonly password?: string
  /** What the second factor shows. */
  readonly code?: string
  /** On the page of consent, and where a device is confirmed: no. */
  readonly declines?: boolean
  /** For the page of devices. */
  readonly userCode?: string
}

/** A page as the person sees it. */
export interface SeenPage {
  readonly status: number
  readonly title: string
  readonly html: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Of the page's first form. */
  readonly fields: Readonly<Record<string, string>>
  readonly action: string | undefined
}

/** Where the sandbox sent the answer to the app: the address, and the parameters, however they were sent. */
export interface Landing {
  readonly redirectUri: string
  readonly mode: 'query' | 'fragment' | 'form_post'
  readonly parameters: Readonly<Record<string, string>>
}

export interface Visit {
  /** Titles of the pages, in order. */
  readonly titles: readonly string[]
  /** The page at which it ended; none where it ended at the app. */
  readonly page: SeenPage | undefined
  readonly landing: Landing | undefined
}

/** A browser with its own cookies. */
export interface FormBrowser {
  open(url: string): Promise<SeenPage | Landing>
  /** Sends the fields of the page with these changed. */
  submit(page: SeenPage, changes: Readonly<Record<string, string>>): Promise<SeenPage | Landing>
  /** Answers each page until there is nothing to answer, a page comes twice, or the app has its answer. */
  signIn(url: string, person?: PersonAtPages): Promise<Visit>
}

export function formBrowser(sandbox: Pick<Sandbox, 'caPem' | 'port' | 'origin'>): FormBrowser {
  const cookies = new Map<string, string>()
  const request = async (url: string, body?: string): Promise<SeenPage | Landing> => {
    const reply = await send(sandbox, url, body, cookies)
    for (const line of reply.headers['set-cookie'] ?? []) keepCookie(line, cookies)
    const { location } = reply.headers
    return location === undefined ? readPage(reply) : readLocation(location)
  }
  const browser: FormBrowser = {
    open: (url) => request(url),
    submit: (page, changes) => {
      const url = new URL(page.action ?? '', sandbox.origin).href
      return request(url, new URLSearchParams({ ...page.fields, ...changes }).toString())
    },
    signIn: async (url, person = {}) => {
      const titles: string[] = []
      let seen = await request(url)
      while (!('parameters' in seen)) {
        const landing = readPostedReply(seen, sandbox.origin)
        if (landing !== undefined) return { titles, page: undefined, landing }
        const isAgain = titles.includes(seen.title)
        titles.push(seen.title)
        const answer = isAgain ? undefined : answerOf(seen, person)
        if (answer === undefined) return { titles, page: seen, landing: undefined }
        seen = await browser.submit(seen, answer)
      }
      return { titles, page: undefined, landing: seen }
    },
  }
  return browser
}

/** What the person types and presses; undefined: nothing to be done here. */
function answerOf({ fields, html }: SeenPage, person: PersonAtPages): Readonly<Record<string, string>> | undefined {
  switch (fields['step']) {
    case 'code':
      return { otc: person.userCode ?? '' }
    case 'account': {
      const row = html.split('<li>').find((each) => each.includes(`>${person.username}<`))
      const account = /name="account" value="([^"]+)"/.exec(row ?? '')?.[1]
      return account === undefined ? { do: 'other' } : { account }
    }
    case 'username':
      return { loginfmt: person.username ?? 'adele@contoso.onmicrosoft.com' }
    case 'password':
      return { passwd: person.password ?? defaultPassword }
    case 'second-factor':
      return { otc: person.code ?? '123456' }
    case 'consent':
      return { do: person.declines === true ? 'cancel' : 'accept' }
    case 'confirm':
      return { do: person.declines === true ? 'cancel' : 'continue' }
    default:
      return undefined
  }
}

interface RawReply {
  readonly status: number
  readonly headers: import('node:http').IncomingHttpHeaders
  readonly body: string
}

function send(
  sandbox: Pick<Sandbox, 'caPem' | 'port'>,
  url: string,
  body: string | undefined,
  cookies: ReadonlyMap<string, string>,
): Promise<RawReply> {
  const target = new URL(url)
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  return new Promise((resolve, reject) => {
    const request = https.request(
      {
        ...(isIP(target.hostname) === 0
          ? { host: '127.0.0.1', servername: target.hostname }
          : { host: target.hostname }),
        port: sandbox.port,
        path: `${target.pathname}${target.search}`,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          host: target.host,
          ...(cookie === '' ? {} : { cookie }),
          ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ca: sandbox.caPem,
        agent: false,
        timeout: 120_000,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
        })
      },
    )
    request.on('timeout', () => request.destroy(new Error(`no answer to ${url}`)))
    request.on('error', reject)
    request.end(body)
  })
}

function keepCookie(line: string, cookies: Map<string, string>): void {
  const [pair = ''] = line.split(';')
  const [name = '', ...value] = pair.split('=')
  if (/max-age=0/i.test(line)) cookies.delete(name)
  else cookies.set(name, value.join('='))
}

function readPage({ status, headers, body }: RawReply): SeenPage {
  const form = /<form[^>]*>[\s\S]*?<\/form>/.exec(body)?.[0] ?? ''
  const inputs = [...form.matchAll(/<input\b[^>]*>/g)].map(([tag]) => tag)
  const fields = inputs.flatMap((tag) => {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1]
    return name === undefined ? [] : [[name, unescapeHtml(/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '')] as const]
  })
  return {
    status,
    title: unescapeHtml(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(body)?.[1] ?? ''),
    html: body,
    headers,
    fields: Object.fromEntries(fields),
    action: unescapeHtml(/<form[^>]*\baction="([^"]*)"/.exec(form)?.[1] ?? ''),
  }
}

function unescapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '')
}

function readLocation(location: string): Landing {
  const url = new URL(location)
  const mode = url.hash === '' ? 'query' : 'fragment'
  const parameters = new URLSearchParams(mode === 'query' ? url.search : url.hash.slice(1))
  return { redirectUri: location.split(/[?#]/)[0] ?? '', mode, parameters: Object.fromEntries(parameters) }
}

/** The page that posts to the app; undefined for any other. */
function readPostedReply({ action, fields }: SeenPage, origin: string): Landing | undefined {
  if (action === undefined || action === '' || action.startsWith('/') || action.startsWith(origin)) return undefined
  return { redirectUri: action, mode: 'form_post', parameters: fields }
}
