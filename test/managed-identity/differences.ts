/** Where we do otherwise than azure-identity for Python, with the reason. What is not listed here has to agree. */

export interface Difference {
  readonly because: string
  /** What we do instead; members that are absent agree. */
  readonly ours: {
    readonly kind?: 'token' | 'unavailable' | 'failed'
    readonly message?: string | undefined
    readonly token?: unknown
    readonly sleeps?: readonly number[]
    readonly requests?: readonly []
  }
}

const asked = 1_795_226_400

const noWaiting: Difference = { because: 'waiting would mend nothing', ours: { sleeps: [] } }

const tokenUntil = (expiresOn: number, refreshOn: number | null): Difference['ours'] => ({
  kind: 'token',
  message: undefined,
  token: { tokenType: 'Bearer', expiresOn, refreshOn },
})

const date = (expiresOn: number, refreshOn: number | null): Difference => ({
  because: 'dates of api-version 2017-09-01 are read',
  ours: tokenUntil(expiresOn, refreshOn),
})

const hidden = (message: string): Difference => ({ because: 'a token is never shown', ours: { message } })

const otherIdentity: Difference = {
  because: 'Azure ML ignores this id and gives the token of another identity, so nobody is asked',
  ours: {
    kind: 'failed',
    message: 'Azure ML managed identity takes no id but a client id, and would give the token of another identity.',
    token: undefined,
    requests: [],
  },
}

export const differences: Readonly<Record<string, Difference>> = {
  'detect: an empty IDENTITY_ENDPOINT is not set': noWaiting,
  'detect: the agent of Arc is installed, nothing set': noWaiting,
  'ids: Azure ML object id': otherIdentity,
  'ids: Azure ML resource id': otherIdentity,
  'pod: refused': noWaiting,
  'pod: refused, in a chain': noWaiting,
  'pod: no scheme': noWaiting,
  'pod: another scheme': noWaiting,
  'pod: empty': noWaiting,
  'pod: IPv6': noWaiting,
  'App Service with a certificate that nobody signed': noWaiting,
  'App Service over TLS where none is spoken': noWaiting,
  'App Service endpoint without a scheme': noWaiting,
  'App Service endpoint of words': noWaiting,
  'App Service endpoint of another scheme': noWaiting,
  'App Service endpoint with a bad port': noWaiting,
  'App Service endpoint without a host': noWaiting,
  'Cloud Shell endpoint of words': noWaiting,

  'response: App Service expires_on as a date': date(asked + 3600, null),
  'response: Azure ML expires_on as a date of Linux': date(asked + 89_878, asked + 44_939),
  'response: Azure ML expires_on as a date of Windows': date(asked + 98_652, asked + 49_326),
  'response: Azure ML expires_on in ISO form': date(asked + 89_878, asked + 44_939),
  'response: Cloud Shell expires_on as a date': date(asked + 89_878, asked + 44_939),

  'response: IMDS refresh_in is not read': {
    because: 'the host knows best when to come back',
    ours: tokenUntil(asked + 86_399, asked + 600),
  },
  'response: Cloud Shell refresh_in is read': {
    because: 'a number in quotes is a number',
    ours: tokenUntil(asked + 86_399, asked + 600),
  },
  'response: IMDS expires_in absurdly large': {
    because: 'no date after the year 9999 can be printed',
    ours: tokenUntil(253_402_300_799, 253_402_300_799),
  },
  'response: IMDS expires_in number zero': {
    because: 'a life of 0 is no life, as a number and as everywhere else',
    ours: {
      kind: 'unavailable',
      message: 'ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.',
      token: undefined,
    },
  },

  'response: IMDS cut JSON': hidden(
    'JSON is invalid: Unterminated string starting at: line 1 column 17 (char 16)\nContent: {"access_token":"***',
  ),
  'response: App Service cut JSON': hidden(
    'JSON is invalid: Unterminated string starting at: line 1 column 17 (char 16)\nContent: {"access_token":"***',
  ),
  'response: Cloud Shell cut JSON': hidden('Failed to deserialize JSON from response\nContent: {"access_token":"***'),
  'response: Cloud Shell without expiry': hidden(
    `Unexpected response "{'access_token': '****', 'client_id': '6f4a2a7e-1f0c-4ab1-9e5b-0d5a4c3b2a19', 'ext_expires_in': '86399', 'not_before': '1795226100', 'resource': 'https://vault.azure.net'}"\nContent: {"access_token": "***", "client_id": "6f4a2a7e-1f0c-4ab1-9e5b-0d5a4c3b2a19", "ext_expires_in": "86399", "not_before": "1795226100", "resource": "https://vault.azure.net"}`,
  ),
  'App Service header with a newline': {
    because: 'the value of the header is a secret, and waiting would mend nothing',
    ours: {
      message: "Invalid leading whitespace, reserved character(s), or return character(s) in header value: '***'",
      sleeps: [],
    },
  },
  'App Service speaks no HTTP': {
    because: 'Node does not keep the line that is no HTTP',
    ours: { message: "('Connection aborted.', 'Parse Error: Expected HTTP/')" },
  },
}
