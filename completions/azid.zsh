#compdef azid
# zsh completion for azid, made from its tables by `azid completion zsh`

# One of the words that the function $1 lists, or a variable that it goes into: VAR=WORD.
_azid_assignment() {
  local list=$1
  local -a variables=(${=2})
  shift 2
  if compset -P '*='; then
    $list
  else
    _alternative "targets:target:$list" 'variables:variable:compadd -S = -a variables'
  fi
}

_azid_words_or_files() {
  local -a words=("$@")
  _alternative 'words:name:compadd -a words' 'files:file:_files'
}

_azid() {
  local curcontext=$curcontext state line ret=1
  typeset -A opt_args
  _arguments -C -s -S \
    '(-h --help)'{-h,--help}'[show help and end]' \
    '(-V --version)'{-V,--version}'[show the version and end]' \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '1: :->command' \
    '*:: :->rest' && ret=0

  case $state in
    command)
      local -a commands=(
        'get-token:get a token, in the shape you need'
        'token:get a token, in the shape you need'
        'chain:run the chain: what each credential did, and why'
        'whoami:say whose token it is: its claims in words'
        'explain:say what a code, a name or a failure means, and what to do'
        'login:sign a person in, and remember the account'
        'logout:forget accounts that are signed in'
        'exec:run a command with tokens only in its environment'
        'serve:give tokens to local apps and containers, as App Service does'
        'completion:print a completion script for a shell'
        'cache:look at and clean up cached tokens'
        'sandbox:run a local Entra ID to try and test against'
        'help:show help for a command or a topic'
      )
      _describe -t commands 'azid command' commands && ret=0
      ;;
    rest)
      curcontext=${curcontext%:*:*}:azid-${line[1]}:
      case ${line[1]} in
        get-token|token) _azid_get_token && ret=0 ;;
        chain) _azid_chain && ret=0 ;;
        whoami) _azid_whoami && ret=0 ;;
        explain) _azid_explain && ret=0 ;;
        login) _azid_login && ret=0 ;;
        logout) _azid_logout && ret=0 ;;
        exec) _azid_exec && ret=0 ;;
        serve) _azid_serve && ret=0 ;;
        completion) _azid_completion && ret=0 ;;
        cache) _azid_group_cache && ret=0 ;;
        sandbox) _azid_group_sandbox && ret=0 ;;
        help) _azid_help && ret=0 ;;
      esac
      ;;
  esac
  return ret
}

_azid_help() {
  local curcontext=$curcontext state line ret=1
  _arguments -C '1: :->topic' '2: :->member' && ret=0
  local -a words
  case $state in
    topic)
      words=(
        'get-token:get a token, in the shape you need'
        'chain:run the chain: what each credential did, and why'
        'whoami:say whose token it is: its claims in words'
        'explain:say what a code, a name or a failure means, and what to do'
        'login:sign a person in, and remember the account'
        'logout:forget accounts that are signed in'
        'exec:run a command with tokens only in its environment'
        'serve:give tokens to local apps and containers, as App Service does'
        'completion:print a completion script for a shell'
        'cache:look at and clean up cached tokens'
        'sandbox:run a local Entra ID to try and test against'
        'environment'
        'exit-codes'
      )
      _describe -t commands 'command or topic' words && ret=0
      ;;
    member)
      case ${line[1]} in
        cache)
          words=(
            'list:list cached tokens, ours and those of other tools'
            'show:show one cached token: everything but its value'
            'status:say where the cache is, how it is protected and what is in it'
            'remove:remove cached tokens of an account, tenant, resource or credential'
            'clear:remove every cached token'
          )
          _describe -t commands 'azid cache command' words && ret=0
          ;;
        sandbox)
          words=(
            'run:run a command with a local Entra ID in place of the cloud'
            'start:start a local Entra ID and print how to use it'
          )
          _describe -t commands 'azid sandbox command' words && ret=0
          ;;
      esac
      ;;
  esac
  return ret
}

_azid_targets() {
  local -a words=(
    'arm:Azure Resource Manager'
    'management:Azure Resource Manager'
    'graph:Microsoft Graph'
    'aad-graph:Azure AD Graph (retired)'
    'vault:Azure Key Vault'
    'keyvault:Azure Key Vault'
    'managedhsm:Azure Key Vault Managed HSM'
    'storage:Azure Storage'
    'disk:Azure Disks'
    'openai:Azure AI services'
    'cognitive:Azure AI services'
    'ai-services:Azure AI services'
    'ai:Azure AI Foundry'
    'foundry:Azure AI Foundry'
    'ml:Azure Machine Learning'
    'search:Azure AI Search'
    'sql:Azure SQL Database'
    'postgres:Azure Database for PostgreSQL and MySQL'
    'mysql:Azure Database for PostgreSQL and MySQL'
    'oss-rdbms:Azure Database for PostgreSQL and MySQL'
    'redis:Azure Cache for Redis'
    'cosmos:Azure Cosmos DB'
    'cosmos-inference:Azure Cosmos DB semantic reranker'
    'servicebus:Azure Service Bus'
    'eventhubs:Azure Event Hubs'
    'eventgrid:Azure Event Grid'
    'relay:Azure Relay'
    'appconfig:Azure App Configuration'
    'acr:Azure Container Registry'
    'aks:Azure Kubernetes Service'
    'devops:Azure DevOps'
    'databricks:Azure Databricks'
    'kusto:Azure Data Explorer'
    'adx:Azure Data Explorer'
    'loganalytics:Log Analytics'
    'appinsights:Application Insights'
    'monitor:Azure Monitor'
    'monitor-ingestion:Azure Monitor'
    'metrics:Azure Monitor metrics'
    'prometheus:Azure Monitor managed Prometheus'
    'synapse:Azure Synapse'
    'batch:Azure Batch'
    'purview:Microsoft Purview'
    'maps:Azure Maps'
    'webpubsub:Azure Web PubSub'
    'signalr:Azure SignalR'
    'communication:Azure Communication Services'
    'iot-dps:Azure IoT Hub Device Provisioning'
    'iothub:Azure IoT Hub'
    'digitaltwins:Azure Digital Twins'
    'deviceupdate:Device Update for IoT Hub'
    'devcenter:Microsoft Dev Center'
    'loadtesting:Azure Load Testing'
    'confidential-ledger:Azure Confidential Ledger'
    'attest:Azure Attestation'
    'deid:Azure Health Data de-identification'
    'easm:Defender External Attack Surface Management'
    'powerbi:Power BI'
    'fabric:Microsoft Fabric'
    'datalake:Azure Data Lake Storage Gen1 (retired)'
    'appservice-scm:Azure App Service deployment'
    'vm-login:sign-in to Linux virtual machines'
  )
  _describe -t targets target words "$@"
}

_azid_credentials() {
  local -a words=(
    'default:DefaultAzureCredential'
    'environment:EnvironmentCredential'
    'workload-identity:WorkloadIdentityCredential'
    'managed-identity:ManagedIdentityCredential'
    'shared-token-cache:SharedTokenCacheCredential'
    'visual-studio:VisualStudioCredential'
    'intellij:IntelliJCredential'
    'visual-studio-code:VisualStudioCodeCredential'
    'azure-cli:AzureCliCredential'
    'azure-powershell:AzurePowerShellCredential'
    'azure-developer-cli:AzureDeveloperCliCredential'
    'interactive-browser:InteractiveBrowserCredential'
    'broker:BrokerCredential'
    'device-code:DeviceCodeCredential'
    'authorization-code:AuthorizationCodeCredential'
    'client-secret:ClientSecretCredential'
    'client-certificate:ClientCertificateCredential'
    'client-assertion:ClientAssertionCredential'
    'azure-pipelines:AzurePipelinesCredential'
    'github-actions:GitHubActionsCredential'
    'on-behalf-of:OnBehalfOfCredential'
  )
  _describe -t credentials credential words "$@"
}

_azid_links() {
  local -a words=(
    'environment:EnvironmentCredential'
    'workload-identity:WorkloadIdentityCredential'
    'managed-identity:ManagedIdentityCredential'
    'shared-token-cache:SharedTokenCacheCredential'
    'visual-studio-code:VisualStudioCodeCredential'
    'azure-cli:AzureCliCredential'
    'azure-powershell:AzurePowerShellCredential'
    'azure-developer-cli:AzureDeveloperCliCredential'
    'interactive-browser:InteractiveBrowserCredential'
    'broker:BrokerCredential'
  )
  _describe -t links link words "$@"
}

_azid_group_cache() {
  local curcontext=$curcontext state line ret=1
  _arguments -C '1: :->command' '*:: :->rest' && ret=0
  case $state in
    command)
      local -a commands=(
        'list:list cached tokens, ours and those of other tools'
        'show:show one cached token: everything but its value'
        'status:say where the cache is, how it is protected and what is in it'
        'remove:remove cached tokens of an account, tenant, resource or credential'
        'clear:remove every cached token'
      )
      _describe -t commands 'azid cache command' commands && ret=0
      ;;
    rest)
      case ${line[1]} in
        list) _azid_cache_list && ret=0 ;;
        show) _azid_cache_show && ret=0 ;;
        status) _azid_cache_status && ret=0 ;;
        remove) _azid_cache_remove && ret=0 ;;
        clear) _azid_cache_clear && ret=0 ;;
      esac
      ;;
  esac
  return ret
}

_azid_group_sandbox() {
  local curcontext=$curcontext state line ret=1
  _arguments -C '1: :->command' '*:: :->rest' && ret=0
  case $state in
    command)
      local -a commands=(
        'run:run a command with a local Entra ID in place of the cloud'
        'start:start a local Entra ID and print how to use it'
      )
      _describe -t commands 'azid sandbox command' commands && ret=0
      ;;
    rest)
      case ${line[1]} in
        run) _azid_sandbox_run && ret=0 ;;
        start) _azid_sandbox_start && ret=0 ;;
      esac
      ;;
  esac
  return ret
}

_azid_get_token() {
  _arguments -s -S \
    '*''--scope=''[scope to ask for, for example https\://vault.azure.net/.default]:SCOPE:_azid_targets' \
    '(-r --resource --server-id)'{-r+,--resource=,--server-id=}'[resource to ask for\: a URI, an app id or a short name]:RESOURCE:_azid_targets' \
    '*'{-c+,--credential=}'[one credential, or a chain of your own in this order]:NAME,NAME...:_sequence _azid_credentials' \
    '*''--exclude=''[leave these credentials out of the default chain]:NAME,NAME...:_sequence _azid_links' \
    '*''--include=''[add credentials that the default chain leaves out]:NAME,NAME...:_sequence _azid_links' \
    '--require-envvar''[refuse to run unless AZURE_TOKEN_CREDENTIALS is set]' \
    '--sdk=''[whose order, policy and wording to follow; all compares (chain)]:SDK:(python js dotnet java go)' \
    '(-t --tenant --tenant-id)'{-t+,--tenant=,--tenant-id=}'[tenant to ask in\: its id or one of its domains]:TENANT: ' \
    '--client-id=''[client id of the app or of the user-assigned managed identity]:GUID: ' \
    '--object-id=''[object id of the user-assigned managed identity]:GUID: ' \
    '--resource-id=''[Azure resource id of the user-assigned managed identity]:ID: ' \
    '--subscription=''[subscription of az whose account is asked]:ID|NAME: ' \
    '--username=''[user to choose among the accounts that are signed in]:NAME: ' \
    '--client-secret-file=''[file that holds the client secret; - reads stdin]:FILE:_files' \
    '--certificate=''[PEM or PKCS#12 file with the certificate and its key; - reads stdin]:FILE:_files' \
    '--certificate-password-file=''[file that holds the password of the certificate; - reads stdin]:FILE:_files' \
    '--send-certificate-chain''[send the chain too, for subject name and issuer authentication]' \
    '--federated-token-file=''[file in which a platform keeps the token of a workload]:FILE:_files' \
    '--enable-azure-proxy''[ask through the token proxy of AKS (identity binding)]' \
    '--client-assertion-file=''[file that holds a client assertion (a JWT); - reads stdin]:FILE:_files' \
    '--client-assertion-command=''[program that prints a client assertion]:PROGRAM|JSON:_files' \
    '--user-assertion-file=''[file that holds the access token of the user to ask for; - reads stdin]:FILE:_files' \
    '--service-connection-id=''[id of the service connection of Azure Pipelines]:GUID: ' \
    '--authorization-code-file=''[file that holds an authorization code; - reads stdin]:FILE:_files' \
    '--code-verifier-file=''[file that holds the PKCE verifier of that code; - reads stdin]:FILE:_files' \
    '--redirect-uri=''[where the sign-in page sends the browser back to]:URI: ' \
    '--no-prompt''[never ask a person\: end with 4 and say what is needed]' \
    '*''--additionally-allowed-tenants=''[other tenants a credential may ask in; * allows any]:TENANT,TENANT...: ' \
    '--authority-host=''[host to ask for tokens, when it is not the cloud'\''s own]:URL: ' \
    '--cloud=''[cloud whose hosts and resources are meant]:CLOUD:(public usgov china)' \
    '--disable-instance-discovery''[do not ask Microsoft whether the authority is genuine]' \
    '--ca-file=''[PEM file of certificate authorities to trust as well; - reads stdin]:FILE:_files' \
    '--claims=''[claims challenge to answer, as JSON or base64]:JSON|BASE64: ' \
    '--cae''[ask for a token of continuous access evaluation]' \
    '--timeout=''[limit of the whole run; none unless given]:TIME: ' \
    '--process-timeout=''[limit of one run of az, azd, pwsh or a command for an assertion]:TIME: ' \
    '--imds-timeout=''[limit of the probe for a managed identity endpoint]:TIME: ' \
    '--fast''[ask for no managed identity where nothing looks like Azure]' \
    '--no-cache''[neither read nor write the token cache]' \
    '--force-refresh''[ask for a new token even where a cached one is good]' \
    '--min-ttl=''[least remaining life of a cached token]:TIME: ' \
    '--expect-tenant=''[exit code 7 unless the token is of this tenant]:TENANT: ' \
    '--expect-user=''[exit code 7 unless the token is of this user, app or object id]:NAME: ' \
    '--expect-type=''[exit code 7 unless the token is of this kind of identity]:TYPE:(user service-principal managed-identity)' \
    '(-o --output)'{-o+,--output=}'[shape of the answer]:FORMAT:(token json az azd header env dotenv github-actions azure-pipelines gitlab exec-credential managed-identity)' \
    '--output-file=''[write to this file (mode 0600) instead of stdout]:FILE:_files' \
    '--shell=''[whose syntax --output env uses; usually sh]:SHELL:(sh bash zsh fish powershell cmd nu)' \
    '*''--var=''[name of the variable to set; once for each target]:NAME:(AZURE_ACCESS_TOKEN GRAPH_TOKEN AZURE_OPENAI_AD_TOKEN PGPASSWORD MYSQL_PWD REDISCLI_AUTH AZURE_DEVOPS_EXT_PAT DATABRICKS_TOKEN)' \
    '--unset''[take the variables away again; asks for no token]' \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]' \
    '*:TARGET:_azid_targets'
}

_azid_chain() {
  _arguments -s -S \
    '*''--scope=''[scope to ask for, for example https\://vault.azure.net/.default]:SCOPE:_azid_targets' \
    '(-r --resource --server-id)'{-r+,--resource=,--server-id=}'[resource to ask for\: a URI, an app id or a short name]:RESOURCE:_azid_targets' \
    '*'{-c+,--credential=}'[one credential, or a chain of your own in this order]:NAME,NAME...:_sequence _azid_credentials' \
    '*''--exclude=''[leave these credentials out of the default chain]:NAME,NAME...:_sequence _azid_links' \
    '*''--include=''[add credentials that the default chain leaves out]:NAME,NAME...:_sequence _azid_links' \
    '--require-envvar''[refuse to run unless AZURE_TOKEN_CREDENTIALS is set]' \
    '--sdk=''[whose order, policy and wording to follow; all compares (chain)]:SDK:(python js dotnet java go all)' \
    '(-t --tenant --tenant-id)'{-t+,--tenant=,--tenant-id=}'[tenant to ask in\: its id or one of its domains]:TENANT: ' \
    '--client-id=''[client id of the app or of the user-assigned managed identity]:GUID: ' \
    '--object-id=''[object id of the user-assigned managed identity]:GUID: ' \
    '--resource-id=''[Azure resource id of the user-assigned managed identity]:ID: ' \
    '--subscription=''[subscription of az whose account is asked]:ID|NAME: ' \
    '--username=''[user to choose among the accounts that are signed in]:NAME: ' \
    '--client-secret-file=''[file that holds the client secret; - reads stdin]:FILE:_files' \
    '--certificate=''[PEM or PKCS#12 file with the certificate and its key; - reads stdin]:FILE:_files' \
    '--certificate-password-file=''[file that holds the password of the certificate; - reads stdin]:FILE:_files' \
    '--send-certificate-chain''[send the chain too, for subject name and issuer authentication]' \
    '--federated-token-file=''[file in which a platform keeps the token of a workload]:FILE:_files' \
    '--enable-azure-proxy''[ask through the token proxy of AKS (identity binding)]' \
    '--client-assertion-file=''[file that holds a client assertion (a JWT); - reads stdin]:FILE:_files' \
    '--client-assertion-command=''[program that prints a client assertion]:PROGRAM|JSON:_files' \
    '--user-assertion-file=''[file that holds the access token of the user to ask for; - reads stdin]:FILE:_files' \
    '--service-connection-id=''[id of the service connection of Azure Pipelines]:GUID: ' \
    '--authorization-code-file=''[file that holds an authorization code; - reads stdin]:FILE:_files' \
    '--code-verifier-file=''[file that holds the PKCE verifier of that code; - reads stdin]:FILE:_files' \
    '--redirect-uri=''[where the sign-in page sends the browser back to]:URI: ' \
    '--no-prompt''[never ask a person\: end with 4 and say what is needed]' \
    '*''--additionally-allowed-tenants=''[other tenants a credential may ask in; * allows any]:TENANT,TENANT...: ' \
    '--authority-host=''[host to ask for tokens, when it is not the cloud'\''s own]:URL: ' \
    '--cloud=''[cloud whose hosts and resources are meant]:CLOUD:(public usgov china)' \
    '--disable-instance-discovery''[do not ask Microsoft whether the authority is genuine]' \
    '--ca-file=''[PEM file of certificate authorities to trust as well; - reads stdin]:FILE:_files' \
    '--claims=''[claims challenge to answer, as JSON or base64]:JSON|BASE64: ' \
    '--cae''[ask for a token of continuous access evaluation]' \
    '--timeout=''[limit of the whole run; none unless given]:TIME: ' \
    '--process-timeout=''[limit of one run of az, azd, pwsh or a command for an assertion]:TIME: ' \
    '--imds-timeout=''[limit of the probe for a managed identity endpoint]:TIME: ' \
    '--fast''[ask for no managed identity where nothing looks like Azure]' \
    '--all''[all of them\: every credential of the chain at once, or every account]' \
    '--dry-run''[look at variables and files only; send and start nothing]' \
    '(--env-file --environment-file)'{--env-file=,--environment-file=}'[take this file'\''s variables in place of the shell'\''s; - reads stdin]:FILE:_files' \
    '--service=''[whose variables\: the service of the Compose file behind --env-file]:NAME: ' \
    '--env-pid=''[take the variables of this running process in place of the shell'\''s]:PID: ' \
    '--report=''[also write a report that can be pasted into an issue (mode 0600)]:FILE:_files' \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]' \
    '1:TARGET:_azid_targets'
}

_azid_whoami() {
  _arguments -s -S \
    '*''--scope=''[scope to ask for, for example https\://vault.azure.net/.default]:SCOPE:_azid_targets' \
    '(-r --resource --server-id)'{-r+,--resource=,--server-id=}'[resource to ask for\: a URI, an app id or a short name]:RESOURCE:_azid_targets' \
    '*'{-c+,--credential=}'[one credential, or a chain of your own in this order]:NAME,NAME...:_sequence _azid_credentials' \
    '*''--exclude=''[leave these credentials out of the default chain]:NAME,NAME...:_sequence _azid_links' \
    '*''--include=''[add credentials that the default chain leaves out]:NAME,NAME...:_sequence _azid_links' \
    '--require-envvar''[refuse to run unless AZURE_TOKEN_CREDENTIALS is set]' \
    '--sdk=''[whose order, policy and wording to follow; all compares (chain)]:SDK:(python js dotnet java go)' \
    '(-t --tenant --tenant-id)'{-t+,--tenant=,--tenant-id=}'[tenant to ask in\: its id or one of its domains]:TENANT: ' \
    '--client-id=''[client id of the app or of the user-assigned managed identity]:GUID: ' \
    '--object-id=''[object id of the user-assigned managed identity]:GUID: ' \
    '--resource-id=''[Azure resource id of the user-assigned managed identity]:ID: ' \
    '--subscription=''[subscription of az whose account is asked]:ID|NAME: ' \
    '--username=''[user to choose among the accounts that are signed in]:NAME: ' \
    '--client-secret-file=''[file that holds the client secret; - reads stdin]:FILE:_files' \
    '--certificate=''[PEM or PKCS#12 file with the certificate and its key; - reads stdin]:FILE:_files' \
    '--certificate-password-file=''[file that holds the password of the certificate; - reads stdin]:FILE:_files' \
    '--send-certificate-chain''[send the chain too, for subject name and issuer authentication]' \
    '--federated-token-file=''[file in which a platform keeps the token of a workload]:FILE:_files' \
    '--enable-azure-proxy''[ask through the token proxy of AKS (identity binding)]' \
    '--client-assertion-file=''[file that holds a client assertion (a JWT); - reads stdin]:FILE:_files' \
    '--client-assertion-command=''[program that prints a client assertion]:PROGRAM|JSON:_files' \
    '--user-assertion-file=''[file that holds the access token of the user to ask for; - reads stdin]:FILE:_files' \
    '--service-connection-id=''[id of the service connection of Azure Pipelines]:GUID: ' \
    '--authorization-code-file=''[file that holds an authorization code; - reads stdin]:FILE:_files' \
    '--code-verifier-file=''[file that holds the PKCE verifier of that code; - reads stdin]:FILE:_files' \
    '--redirect-uri=''[where the sign-in page sends the browser back to]:URI: ' \
    '--no-prompt''[never ask a person\: end with 4 and say what is needed]' \
    '*''--additionally-allowed-tenants=''[other tenants a credential may ask in; * allows any]:TENANT,TENANT...: ' \
    '--authority-host=''[host to ask for tokens, when it is not the cloud'\''s own]:URL: ' \
    '--cloud=''[cloud whose hosts and resources are meant]:CLOUD:(public usgov china)' \
    '--disable-instance-discovery''[do not ask Microsoft whether the authority is genuine]' \
    '--ca-file=''[PEM file of certificate authorities to trust as well; - reads stdin]:FILE:_files' \
    '--claims=''[claims challenge to answer, as JSON or base64]:JSON|BASE64: ' \
    '--cae''[ask for a token of continuous access evaluation]' \
    '--timeout=''[limit of the whole run; none unless given]:TIME: ' \
    '--process-timeout=''[limit of one run of az, azd, pwsh or a command for an assertion]:TIME: ' \
    '--imds-timeout=''[limit of the probe for a managed identity endpoint]:TIME: ' \
    '--fast''[ask for no managed identity where nothing looks like Azure]' \
    '--no-cache''[neither read nor write the token cache]' \
    '--force-refresh''[ask for a new token even where a cached one is good]' \
    '--min-ttl=''[least remaining life of a cached token]:TIME: ' \
    '--expect-tenant=''[exit code 7 unless the token is of this tenant]:TENANT: ' \
    '--expect-user=''[exit code 7 unless the token is of this user, app or object id]:NAME: ' \
    '--expect-type=''[exit code 7 unless the token is of this kind of identity]:TYPE:(user service-principal managed-identity)' \
    '--token=''[decode this token instead of acquiring one]:-|FILE|JWT:_files' \
    '--verify''[check the signature against the keys of the authority]' \
    '--all-claims''[list every claim with its meaning]' \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]' \
    '1:TARGET:_azid_targets'
}

_azid_explain() {
  _arguments -s -S \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]' \
    '*:SUBJECT: _azid_words_or_files environment EnvironmentCredential WorkloadIdentityCredential ManagedIdentityCredential SharedTokenCacheCredential VisualStudioCredential IntelliJCredential VisualStudioCodeCredential AzureCliCredential AzurePowerShellCredential AzureDeveloperCliCredential InteractiveBrowserCredential BrokerCredential DeviceCodeCredential AuthorizationCodeCredential ClientSecretCredential ClientCertificateCredential ClientAssertionCredential AzurePipelinesCredential GitHubActionsCredential OnBehalfOfCredential'
}

_azid_login() {
  _arguments -s -S \
    '(--device-code --use-device-code)'{--device-code,--use-device-code}'[sign in with a code on any device, without a browser here]' \
    '*''--scope=''[scope to ask for, for example https\://vault.azure.net/.default]:SCOPE:_azid_targets' \
    '(-r --resource --server-id)'{-r+,--resource=,--server-id=}'[resource to ask for\: a URI, an app id or a short name]:RESOURCE:_azid_targets' \
    '(-t --tenant --tenant-id)'{-t+,--tenant=,--tenant-id=}'[tenant to ask in\: its id or one of its domains]:TENANT: ' \
    '--username=''[user to choose among the accounts that are signed in]:NAME: ' \
    '--client-id=''[client id of the app or of the user-assigned managed identity]:GUID: ' \
    '--redirect-uri=''[where the sign-in page sends the browser back to]:URI: ' \
    '--authority-host=''[host to ask for tokens, when it is not the cloud'\''s own]:URL: ' \
    '--cloud=''[cloud whose hosts and resources are meant]:CLOUD:(public usgov china)' \
    '--disable-instance-discovery''[do not ask Microsoft whether the authority is genuine]' \
    '--ca-file=''[PEM file of certificate authorities to trust as well; - reads stdin]:FILE:_files' \
    '--claims=''[claims challenge to answer, as JSON or base64]:JSON|BASE64: ' \
    '--cae''[ask for a token of continuous access evaluation]' \
    '--timeout=''[limit of the whole run; none unless given]:TIME: ' \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]' \
    '1:TARGET:_azid_targets'
}

_azid_logout() {
  _arguments -s -S \
    '--all''[all of them\: every credential of the chain at once, or every account]' \
    '--username=''[user to choose among the accounts that are signed in]:NAME: ' \
    '(-t --tenant --tenant-id)'{-t+,--tenant=,--tenant-id=}'[tenant to ask in\: its id or one of its domains]:TENANT: ' \
    '--client-id=''[client id of the app or of the user-assigned managed identity]:GUID: ' \
    '--authority-host=''[host to ask for tokens, when it is not the cloud'\''s own]:URL: ' \
    '--cloud=''[cloud whose hosts and resources are meant]:CLOUD:(public usgov china)' \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]'
}

_azid_exec() {
  _arguments -s -S \
    '*''--set=''[put the token for TARGET into this variable of the command]:VAR=TARGET: _azid_assignment _azid_targets "AZURE_ACCESS_TOKEN GRAPH_TOKEN AZURE_OPENAI_AD_TOKEN PGPASSWORD MYSQL_PWD REDISCLI_AUTH AZURE_DEVOPS_EXT_PAT DATABRICKS_TOKEN"' \
    '--identity-endpoint''[give the command a managed identity endpoint of its own]' \
    '*''--allow=''[give tokens for this target; again for others]:TARGET:_azid_targets' \
    '*'{-c+,--credential=}'[one credential, or a chain of your own in this order]:NAME,NAME...:_sequence _azid_credentials' \
    '*''--exclude=''[leave these credentials out of the default chain]:NAME,NAME...:_sequence _azid_links' \
    '*''--include=''[add credentials that the default chain leaves out]:NAME,NAME...:_sequence _azid_links' \
    '--require-envvar''[refuse to run unless AZURE_TOKEN_CREDENTIALS is set]' \
    '--sdk=''[whose order, policy and wording to follow; all compares (chain)]:SDK:(python js dotnet java go)' \
    '(-t --tenant --tenant-id)'{-t+,--tenant=,--tenant-id=}'[tenant to ask in\: its id or one of its domains]:TENANT: ' \
    '--client-id=''[client id of the app or of the user-assigned managed identity]:GUID: ' \
    '--object-id=''[object id of the user-assigned managed identity]:GUID: ' \
    '--resource-id=''[Azure resource id of the user-assigned managed identity]:ID: ' \
    '--subscription=''[subscription of az whose account is asked]:ID|NAME: ' \
    '--username=''[user to choose among the accounts that are signed in]:NAME: ' \
    '--client-secret-file=''[file that holds the client secret; - reads stdin]:FILE:_files' \
    '--certificate=''[PEM or PKCS#12 file with the certificate and its key; - reads stdin]:FILE:_files' \
    '--certificate-password-file=''[file that holds the password of the certificate; - reads stdin]:FILE:_files' \
    '--send-certificate-chain''[send the chain too, for subject name and issuer authentication]' \
    '--federated-token-file=''[file in which a platform keeps the token of a workload]:FILE:_files' \
    '--enable-azure-proxy''[ask through the token proxy of AKS (identity binding)]' \
    '--client-assertion-file=''[file that holds a client assertion (a JWT); - reads stdin]:FILE:_files' \
    '--client-assertion-command=''[program that prints a client assertion]:PROGRAM|JSON:_files' \
    '--user-assertion-file=''[file that holds the access token of the user to ask for; - reads stdin]:FILE:_files' \
    '--service-connection-id=''[id of the service connection of Azure Pipelines]:GUID: ' \
    '--authorization-code-file=''[file that holds an authorization code; - reads stdin]:FILE:_files' \
    '--code-verifier-file=''[file that holds the PKCE verifier of that code; - reads stdin]:FILE:_files' \
    '--redirect-uri=''[where the sign-in page sends the browser back to]:URI: ' \
    '--no-prompt''[never ask a person\: end with 4 and say what is needed]' \
    '*''--additionally-allowed-tenants=''[other tenants a credential may ask in; * allows any]:TENANT,TENANT...: ' \
    '--authority-host=''[host to ask for tokens, when it is not the cloud'\''s own]:URL: ' \
    '--cloud=''[cloud whose hosts and resources are meant]:CLOUD:(public usgov china)' \
    '--disable-instance-discovery''[do not ask Microsoft whether the authority is genuine]' \
    '--ca-file=''[PEM file of certificate authorities to trust as well; - reads stdin]:FILE:_files' \
    '--cae''[ask for a token of continuous access evaluation]' \
    '--timeout=''[limit of the whole run; none unless given]:TIME: ' \
    '--process-timeout=''[limit of one run of az, azd, pwsh or a command for an assertion]:TIME: ' \
    '--imds-timeout=''[limit of the probe for a managed identity endpoint]:TIME: ' \
    '--fast''[ask for no managed identity where nothing looks like Azure]' \
    '--no-cache''[neither read nor write the token cache]' \
    '--force-refresh''[ask for a new token even where a cached one is good]' \
    '--min-ttl=''[least remaining life of a cached token]:TIME: ' \
    '--expect-tenant=''[exit code 7 unless the token is of this tenant]:TENANT: ' \
    '--expect-user=''[exit code 7 unless the token is of this user, app or object id]:NAME: ' \
    '--expect-type=''[exit code 7 unless the token is of this kind of identity]:TYPE:(user service-principal managed-identity)' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]' \
    '*:::command:_normal'
}

_azid_serve() {
  _arguments -s -S \
    '*''--allow=''[give tokens for this target; again for others]:TARGET:_azid_targets' \
    '*'{-c+,--credential=}'[one credential, or a chain of your own in this order]:NAME,NAME...:_sequence _azid_credentials' \
    '*''--exclude=''[leave these credentials out of the default chain]:NAME,NAME...:_sequence _azid_links' \
    '*''--include=''[add credentials that the default chain leaves out]:NAME,NAME...:_sequence _azid_links' \
    '--require-envvar''[refuse to run unless AZURE_TOKEN_CREDENTIALS is set]' \
    '--sdk=''[whose order, policy and wording to follow; all compares (chain)]:SDK:(python js dotnet java go)' \
    '(-t --tenant --tenant-id)'{-t+,--tenant=,--tenant-id=}'[tenant to ask in\: its id or one of its domains]:TENANT: ' \
    '--client-id=''[client id of the app or of the user-assigned managed identity]:GUID: ' \
    '--object-id=''[object id of the user-assigned managed identity]:GUID: ' \
    '--resource-id=''[Azure resource id of the user-assigned managed identity]:ID: ' \
    '--subscription=''[subscription of az whose account is asked]:ID|NAME: ' \
    '--username=''[user to choose among the accounts that are signed in]:NAME: ' \
    '--client-secret-file=''[file that holds the client secret; - reads stdin]:FILE:_files' \
    '--certificate=''[PEM or PKCS#12 file with the certificate and its key; - reads stdin]:FILE:_files' \
    '--certificate-password-file=''[file that holds the password of the certificate; - reads stdin]:FILE:_files' \
    '--send-certificate-chain''[send the chain too, for subject name and issuer authentication]' \
    '--federated-token-file=''[file in which a platform keeps the token of a workload]:FILE:_files' \
    '--enable-azure-proxy''[ask through the token proxy of AKS (identity binding)]' \
    '--client-assertion-file=''[file that holds a client assertion (a JWT); - reads stdin]:FILE:_files' \
    '--client-assertion-command=''[program that prints a client assertion]:PROGRAM|JSON:_files' \
    '--user-assertion-file=''[file that holds the access token of the user to ask for; - reads stdin]:FILE:_files' \
    '--service-connection-id=''[id of the service connection of Azure Pipelines]:GUID: ' \
    '--authorization-code-file=''[file that holds an authorization code; - reads stdin]:FILE:_files' \
    '--code-verifier-file=''[file that holds the PKCE verifier of that code; - reads stdin]:FILE:_files' \
    '--redirect-uri=''[where the sign-in page sends the browser back to]:URI: ' \
    '--no-prompt''[never ask a person\: end with 4 and say what is needed]' \
    '*''--additionally-allowed-tenants=''[other tenants a credential may ask in; * allows any]:TENANT,TENANT...: ' \
    '--authority-host=''[host to ask for tokens, when it is not the cloud'\''s own]:URL: ' \
    '--cloud=''[cloud whose hosts and resources are meant]:CLOUD:(public usgov china)' \
    '--disable-instance-discovery''[do not ask Microsoft whether the authority is genuine]' \
    '--ca-file=''[PEM file of certificate authorities to trust as well; - reads stdin]:FILE:_files' \
    '--cae''[ask for a token of continuous access evaluation]' \
    '--process-timeout=''[limit of one run of az, azd, pwsh or a command for an assertion]:TIME: ' \
    '--imds-timeout=''[limit of the probe for a managed identity endpoint]:TIME: ' \
    '--fast''[ask for no managed identity where nothing looks like Azure]' \
    '--no-cache''[neither read nor write the token cache]' \
    '--min-ttl=''[least remaining life of a cached token]:TIME: ' \
    '--listen=''[listen on this IP address]:ADDRESS: ' \
    '--port=''[listen on this port; default any free one]:PORT: ' \
    '--expose''[listen where other machines can ask]' \
    '*''--allow-host=''[another host name by which clients may ask]:NAME: ' \
    '--ttl=''[end after this time; without it, when interrupted]:TIME: ' \
    '--print=''[for whom the variables are printed]:FORM:(env docker)' \
    '--shell=''[whose syntax --output env uses; usually sh]:SHELL:(sh bash zsh fish powershell cmd nu)' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]'
}

_azid_cache_list() {
  _arguments -s -S \
    '--read-foreign''[open what other tools keep in the keyring]' \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]'
}

_azid_cache_show() {
  _arguments -s -S \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]' \
    '1:ENTRY: '
}

_azid_cache_status() {
  _arguments -s -S \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]'
}

_azid_cache_remove() {
  _arguments -s -S \
    '--account=''[of this user, app or object id]:NAME: ' \
    '(-t --tenant --tenant-id)'{-t+,--tenant=,--tenant-id=}'[tenant to ask in\: its id or one of its domains]:TENANT: ' \
    '(-r --resource --server-id)'{-r+,--resource=,--server-id=}'[resource to ask for\: a URI, an app id or a short name]:RESOURCE:_azid_targets' \
    '*'{-c+,--credential=}'[one credential, or a chain of your own in this order]:NAME,NAME...:_sequence _azid_credentials' \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]' \
    '*:ENTRY: '
}

_azid_cache_clear() {
  _arguments -s -S \
    '(-y --yes)'{-y,--yes}'[do not ask]' \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]'
}

_azid_sandbox_run() {
  _arguments -s -S \
    '--as=''[whom the sandbox lets the command be]:PERSONA:(service-principal service-principal-certificate workload-identity azure-pipelines github-actions on-behalf-of managed-identity managed-identity\:imds managed-identity\:app-service managed-identity\:service-fabric managed-identity\:azure-ml managed-identity\:cloud-shell managed-identity\:azure-arc wrong-secret expired-secret disabled-app unknown-app unknown-tenant)' \
    '*''--fault=''[let the sandbox misbehave]:FAULT:((429\:too\ many\ requests 500\:internal\ error 502\:bad\ gateway 503\:not\ available 504\:gateway\ timeout hang\:never\ answers cut\:ends\ in\ the\ middle\ of\ an\ answer html\:a\ page\ in\ place\ of\ JSON slow=500ms\:answers\ late clock=+10m\:a\ wrong\ clock))' \
    '--directory=''[tenants, apps and resources of the sandbox, as JSON]:FILE:_files' \
    '--log-requests''[say each request on stderr, redacted]' \
    '--log-json''[say each request on stderr as a line of JSON, redacted]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]' \
    '*:::command:_normal'
}

_azid_sandbox_start() {
  _arguments -s -S \
    '--as=''[whom the sandbox lets the command be]:PERSONA:(service-principal service-principal-certificate workload-identity azure-pipelines github-actions on-behalf-of managed-identity managed-identity\:imds managed-identity\:app-service managed-identity\:service-fabric managed-identity\:azure-ml managed-identity\:cloud-shell managed-identity\:azure-arc wrong-secret expired-secret disabled-app unknown-app unknown-tenant)' \
    '*''--fault=''[let the sandbox misbehave]:FAULT:((429\:too\ many\ requests 500\:internal\ error 502\:bad\ gateway 503\:not\ available 504\:gateway\ timeout hang\:never\ answers cut\:ends\ in\ the\ middle\ of\ an\ answer html\:a\ page\ in\ place\ of\ JSON slow=500ms\:answers\ late clock=+10m\:a\ wrong\ clock))' \
    '--directory=''[tenants, apps and resources of the sandbox, as JSON]:FILE:_files' \
    '--port=''[listen on this port; default any free one]:PORT: ' \
    '--log-requests''[say each request on stderr, redacted]' \
    '--log-json''[say each request on stderr as a line of JSON, redacted]' \
    '--json''[print one JSON object, also when the command fails]' \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]'
}

_azid_completion() {
  _arguments -s -S \
    '(-q --quiet)'{-q,--quiet}'[say nothing on stderr but errors]' \
    '(-v --verbose)'{-v,--verbose}'[say on stderr what was resolved and tried]' \
    '--debug''[say on stderr all that is looked at, redacted]' \
    '--no-color''[no colours; NO_COLOR does the same]' \
    '(-h --help)'{-h,--help}'[show help and end]' \
    '1:SHELL:(bash zsh fish powershell)'
}

if [[ $funcstack[1] == _azid ]]; then
  _azid "$@"
else
  compdef _azid azid
fi
