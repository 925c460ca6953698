/** Whether a text is about signing in to Azure at all: words that other systems say as well count only where it is. */

/** Names of Microsoft's services, libraries, tools and addresses. */
const microsoft =
  /azur|\bentra\b|\.windows\.net\b|aad_?auth|ossrdbms|access token\. Please acquire|token-identified|AADSTS|AADB2C|\bAAD\b|\bmsal|\bADAL|microsoft|\baz(?:d|cli|api)? [a-z]|\bAz[A-Z]\w|\baz['"`:]|169\.254\.169\.254|\bIMDS\b|\bMSI\b|managed.?identit|workload.?identit|\w{3,30}Credential\b|Credential(?:Unavailable|s unavailable)|kubelogin|\bARM_[A-Z]|login\.windows|\bWAM\b|\bIDX\d{5}|\bAKV\d{5}|\bTF\d{6}|Exchange ?Online|SharePoint|\bTeams\b|OneDrive|Power ?(?:BI|Shell|Platform)|\bsubscription\b|x-ms-|PrimaryRefreshToken|\bPRT\b/i

/** What any sign-in speaks of, whoever made it. */
const signIn =
  /token|credential|authenticat|unauthori[sz]ed|sign(?:ed|ing)?[- ]?(?:in|out)\b|log(?:ged|ging)?[- ]?(?:in|on)\b|oauth|openid|\bOIDC\b|\bJWT\b|\bSAML\b|tenant|consent|\bMFA\b|identity|service.?principal|federat|client.?(?:id|secret)|redirect.?ur|certificate|\bx509\b|\bPEM\b|pkcs ?#?12|\bpfx|\bissuer\b|\baudience\b|\bscopes?\b|permission|forbidden|privilege|\broles?\b|invalid_\w+|\b40[13]\b|\bSSL\b|\bTLS\b|proxy|claims?\b|broker\b|keyring|keychain|libsecret|localhost|resolve/i

/** Other clouds, registries and programs, which have sign-ins of their own. */
const others =
  /\bbotocore\b|\barn:aws:|amazonaws\.com|\baws-sdk\b|AWS_[A-Z]|\baws (?:s3|sts|configure|sso)\b|google\.auth|googleapis\.com|\bgcloud\b|GOOGLE_APPLICATION|npm (?:ERR!|error)|registry\.npmjs|yarnpkg|pypi\.org|pythonhosted|psycopg|PostgreSQL|\bmysql\b|\bmongodb?\b|\bredis\b|fatal: unable to access|remote: (?:Permission|Invalid username|Support for password)|index\.docker\.io|registry-1\.docker\.io|docker\.io\/|ghcr\.io|quay\.io|\bssh: connect|via ssh:|Permission denied \(publickey|hashicorp vault|VAULT_ADDR|okta\.com|auth0\.com|slack\.com|smtplib|\bapt(?:-get)?\b/i

/** False for what is plainly another system's failure. */
export function isAboutAzure(flat: string): boolean {
  return microsoft.test(flat) || !others.test(flat)
}

/** A single sentence says nothing of where it was met: who brings it here means a sign-in. */
const singleSentence = 200

/** Whether words that belong to many failures may be read as one of a sign-in. */
export function isAboutSignIn(flat: string): boolean {
  return flat.length <= singleSentence || microsoft.test(flat) || signIn.test(flat)
}
