/** Stars for whatever in a paste would let somebody sign in. Applied before anything is looked for, so nothing can be quoted. */

const STARS = '***'

const tellTales: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{8,}\.[\w-]*(?:\.[\w-]*){0,4}/g, STARS],
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, STARS],
  // Entra's client secrets: 40 characters with Q~ after the first four.
  [/(?<![\w.~-])[\w.~-]{3}\dQ~[\w.~-]{20,50}/g, STARS],
  // Refresh tokens and authorization codes of Entra and of personal accounts.
  [/(?<![\w.-])[01]\.A[\w-]{20,}(?:\.[\w-]+)*/g, STARS],
  [/(?<![\w.-])M\.[CR]\d{0,4}_[\w.!*$-]{20,}/g, STARS],
  [
    /\b(Authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:Bearer|Basic|SharedAccessSignature|PoP)\s{1,3})[^\s"'<>,]+/gi,
    `$1${STARS}`,
  ],
  [/\b(Bearer\s{1,3})(?!realm|error|authorization|resource|scope|token|claims)[\w.~+/=-]{20,}/gi, `$1${STARS}`],
  [
    // Not the cmdlet Get-AzAccessToken, whose name stands before its messages.
    /(?<!\bGet-Az)((?:client_?secret|client_?assertion|user_?assertion|password|passwd|refresh_?token|access_?token|id_?token|oidc_?token|identity_?header|msi_?secret|system_?access_?token|api[-_]?key|account_?key|shared_?access_?key|private_?key)["']?\s{0,3}[:=]\s{0,3}["']?)([^\s"'&<>,;{}[\]()]{8,})/gi,
    `$1${STARS}`,
  ],
  [/((?:^|\s)(?:-p|--password|--client-secret|--secret|--federated-token)[ =]["']?)[^\s"']{4,}/gim, `$1${STARS}`],
  [
    /([?&](?:sig|code|client_secret|access_token|assertion|client_assertion|refresh_token|password)=)[^&\s"'<>]{6,}/gi,
    `$1${STARS}`,
  ],
  [/\b(AccountKey|SharedAccessKey|SharedAccessSignature|sig|Pwd)=([^;&\s"'<>]{6,})/gi, `$1=${STARS}`],
  [
    /(\b(?:X-IDENTITY-HEADER|Ocp-Apim-Subscription-Key|api-key)\s{0,2}:\s{0,2}|^Secret:\s{0,2})(?!the\b|is\b|value\b|\$)[\w-]{16,}/gim,
    `$1${STARS}`,
  ],
  [/(https?:\/\/[^\s:@/]{1,100}:)[^\s@/]{1,200}(@)/gi, `$1${STARS}$2`],
]

/** No JWT, key, secret, password, code or signature is left; ids, codes and sentences are as they were. */
export function starSecrets(text: string): string {
  let clean = text
  for (const [pattern, stars] of tellTales) clean = clean.replace(pattern, stars)
  return clean
}
