# bash completion for azid, made from its tables by `azid completion bash`

_azid_targets='arm management graph aad-graph vault keyvault managedhsm storage disk openai cognitive ai-services ai foundry ml search sql postgres mysql oss-rdbms redis cosmos cosmos-inference servicebus eventhubs eventgrid relay appconfig acr aks devops databricks kusto adx loganalytics appinsights monitor monitor-ingestion metrics prometheus synapse batch purview maps webpubsub signalr communication iot-dps iothub digitaltwins deviceupdate devcenter loadtesting confidential-ledger attest deid easm powerbi fabric datalake appservice-scm vm-login'
_azid_credentials='default environment workload-identity managed-identity shared-token-cache visual-studio intellij visual-studio-code azure-cli azure-powershell azure-developer-cli interactive-browser broker device-code authorization-code client-secret client-certificate client-assertion azure-pipelines github-actions on-behalf-of'
_azid_links='environment workload-identity managed-identity shared-token-cache visual-studio-code azure-cli azure-powershell azure-developer-cli interactive-browser broker'

# Words that begin as the current one; of a word with a colon, bash wants only what follows it.
_azid_words() {
  local IFS=$' \t\n'
  COMPREPLY=($(compgen -W "$1" -- "$colon$cur"))
  COMPREPLY=("${COMPREPLY[@]#"$colon"}")
}

# The same for a list with commas: only the part after the last comma is completed.
_azid_list() {
  local IFS=$' \t\n' before=''
  [[ $cur == *,* ]] && before=${cur%,*},
  COMPREPLY=($(compgen -P "$before" -W "$1" -- "${cur##*,}"))
  compopt -o nospace 2>/dev/null
}

# One of the words, or a variable that it goes into: VAR=WORD. What follows = comes here without VAR.
_azid_assignment() {
  _azid_words "$1 $2"
  if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}

_azid_words_or_files() {
  _azid_words "$1"
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen -f -- "$cur"))
}

_azid_files() {
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}

# Another program's command line, which begins at word $1.
_azid_program() {
  if type _comp_command_offset &>/dev/null; then
    _comp_command_offset "$1"
  elif type _command_offset &>/dev/null; then
    _command_offset "$1"
  elif ((COMP_CWORD == $1)); then
    local IFS=$'\n'
    COMPREPLY=($(compgen -c -- "$cur"))
  else
    _azid_files -f
  fi
}

_azid() {
  local cur=${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD colon='' command='' word index previous prev variable=''
  COMPREPLY=()

  # bash cuts words at : and =, so --as=managed-identity:imds comes in five parts
  if [[ $cur == ':' ]] && ((at > 1)); then
    at=$((at - 1)) cur='' colon=${COMP_WORDS[at]}:
  elif ((at > 2)) && [[ ${COMP_WORDS[at - 1]} == ':' ]]; then
    at=$((at - 2)) colon=${COMP_WORDS[at]}:
  fi
  previous=$((at - 1))
  if [[ $cur == '=' ]]; then
    cur='' variable=${COMP_WORDS[previous]}
  elif ((previous > 1)) && [[ ${COMP_WORDS[previous]} == '=' ]]; then
    previous=$((previous - 1)) variable=${COMP_WORDS[previous]}
  fi
  # --set VAR=TARGET: the variable stands between the option and what is completed
  if [[ $variable == -* ]]; then
    variable=''
  elif [[ -n $variable ]]; then
    previous=$((previous - 1))
    if ((previous > 1)) && [[ ${COMP_WORDS[previous]} == '=' ]]; then previous=$((previous - 1)); fi
  fi
  prev=${COMP_WORDS[previous]}

  for ((index = 1; index < COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    case $command,$word in
      ',cache') command='cache' ;;
      'help,cache') command='help cache' ;;
      ',sandbox') command='sandbox' ;;
      'help,sandbox') command='help sandbox' ;;
      ',get-token' | ',token') command='get-token' ;;
      ',chain') command='chain' ;;
      ',whoami') command='whoami' ;;
      ',explain') command='explain' ;;
      ',login') command='login' ;;
      ',logout') command='logout' ;;
      ',exec') command='exec' ;;
      'exec,--') _azid_program $((index + 1)); return ;;
      ',serve') command='serve' ;;
      'cache,list') command='cache list' ;;
      'cache,show') command='cache show' ;;
      'cache,status') command='cache status' ;;
      'cache,remove') command='cache remove' ;;
      'cache,clear') command='cache clear' ;;
      'sandbox,run') command='sandbox run' ;;
      'sandbox run,--') _azid_program $((index + 1)); return ;;
      'sandbox,start') command='sandbox start' ;;
      ',completion') command='completion' ;;
      ',help') command='help' ;;
    esac
  done

  case $command,$prev in
    'chain',--sdk) _azid_words 'python js dotnet java go all'; return ;;
    *,--scope) _azid_words "$_azid_targets"; return ;;
    *,-r | *,--resource | *,--server-id) _azid_words "$_azid_targets"; return ;;
    *,-c | *,--credential) _azid_list "$_azid_credentials"; return ;;
    *,--exclude) _azid_list "$_azid_links"; return ;;
    *,--include) _azid_list "$_azid_links"; return ;;
    *,--sdk) _azid_words 'python js dotnet java go'; return ;;
    *,-t | *,--tenant | *,--tenant-id) return ;;
    *,--client-id) return ;;
    *,--object-id) return ;;
    *,--resource-id) return ;;
    *,--subscription) return ;;
    *,--username) return ;;
    *,--client-secret-file) _azid_files -f; return ;;
    *,--certificate) _azid_files -f; return ;;
    *,--certificate-password-file) _azid_files -f; return ;;
    *,--federated-token-file) _azid_files -f; return ;;
    *,--client-assertion-file) _azid_files -f; return ;;
    *,--client-assertion-command) _azid_files -f; return ;;
    *,--user-assertion-file) _azid_files -f; return ;;
    *,--service-connection-id) return ;;
    *,--authorization-code-file) _azid_files -f; return ;;
    *,--code-verifier-file) _azid_files -f; return ;;
    *,--redirect-uri) return ;;
    *,--additionally-allowed-tenants) return ;;
    *,--authority-host) return ;;
    *,--cloud) _azid_words 'public usgov china'; return ;;
    *,--ca-file) _azid_files -f; return ;;
    *,--claims) return ;;
    *,--timeout) return ;;
    *,--process-timeout) return ;;
    *,--imds-timeout) return ;;
    *,--min-ttl) return ;;
    *,--expect-tenant) return ;;
    *,--expect-user) return ;;
    *,--expect-type) _azid_words 'user service-principal managed-identity'; return ;;
    *,-o | *,--output) _azid_words 'token json az azd header env dotenv github-actions azure-pipelines gitlab exec-credential managed-identity'; return ;;
    *,--output-file) _azid_files -f; return ;;
    *,--shell) _azid_words 'sh bash zsh fish powershell cmd nu'; return ;;
    *,--var) _azid_words 'AZURE_ACCESS_TOKEN GRAPH_TOKEN AZURE_OPENAI_AD_TOKEN PGPASSWORD MYSQL_PWD REDISCLI_AUTH AZURE_DEVOPS_EXT_PAT DATABRICKS_TOKEN'; return ;;
    *,--env-file | *,--environment-file) _azid_files -f; return ;;
    *,--service) return ;;
    *,--env-pid) return ;;
    *,--report) _azid_files -f; return ;;
    *,--token) _azid_files -f; return ;;
    *,--set) if [[ -n $variable ]]; then _azid_words "$_azid_targets"; else _azid_assignment "$_azid_targets" 'AZURE_ACCESS_TOKEN= GRAPH_TOKEN= AZURE_OPENAI_AD_TOKEN= PGPASSWORD= MYSQL_PWD= REDISCLI_AUTH= AZURE_DEVOPS_EXT_PAT= DATABRICKS_TOKEN='; fi; return ;;
    *,--allow) _azid_words "$_azid_targets"; return ;;
    *,--listen) return ;;
    *,--port) return ;;
    *,--allow-host) return ;;
    *,--ttl) return ;;
    *,--print) _azid_words 'env docker'; return ;;
    *,--account) return ;;
    *,--as) _azid_words 'service-principal service-principal-certificate workload-identity azure-pipelines github-actions on-behalf-of managed-identity managed-identity:imds managed-identity:app-service managed-identity:service-fabric managed-identity:azure-ml managed-identity:cloud-shell managed-identity:azure-arc wrong-secret expired-secret disabled-app unknown-app unknown-tenant'; return ;;
    *,--fault) _azid_words '429 500 502 503 504 hang cut html slow=500ms clock=+10m'; return ;;
    *,--directory) _azid_files -f; return ;;
  esac

  if [[ $cur == -* ]]; then
    case $command in
      'get-token') _azid_words '--scope -r --resource --server-id -c --credential --exclude --include --require-envvar --sdk -t --tenant --tenant-id --client-id --object-id --resource-id --subscription --username --client-secret-file --certificate --certificate-password-file --send-certificate-chain --federated-token-file --enable-azure-proxy --client-assertion-file --client-assertion-command --user-assertion-file --service-connection-id --authorization-code-file --code-verifier-file --redirect-uri --no-prompt --additionally-allowed-tenants --authority-host --cloud --disable-instance-discovery --ca-file --claims --cae --timeout --process-timeout --imds-timeout --fast --no-cache --force-refresh --min-ttl --expect-tenant --expect-user --expect-type -o --output --output-file --shell --var --unset --json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'chain') _azid_words '--scope -r --resource --server-id -c --credential --exclude --include --require-envvar --sdk -t --tenant --tenant-id --client-id --object-id --resource-id --subscription --username --client-secret-file --certificate --certificate-password-file --send-certificate-chain --federated-token-file --enable-azure-proxy --client-assertion-file --client-assertion-command --user-assertion-file --service-connection-id --authorization-code-file --code-verifier-file --redirect-uri --no-prompt --additionally-allowed-tenants --authority-host --cloud --disable-instance-discovery --ca-file --claims --cae --timeout --process-timeout --imds-timeout --fast --all --dry-run --env-file --environment-file --service --env-pid --report --json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'whoami') _azid_words '--scope -r --resource --server-id -c --credential --exclude --include --require-envvar --sdk -t --tenant --tenant-id --client-id --object-id --resource-id --subscription --username --client-secret-file --certificate --certificate-password-file --send-certificate-chain --federated-token-file --enable-azure-proxy --client-assertion-file --client-assertion-command --user-assertion-file --service-connection-id --authorization-code-file --code-verifier-file --redirect-uri --no-prompt --additionally-allowed-tenants --authority-host --cloud --disable-instance-discovery --ca-file --claims --cae --timeout --process-timeout --imds-timeout --fast --no-cache --force-refresh --min-ttl --expect-tenant --expect-user --expect-type --token --verify --all-claims --json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'explain') _azid_words '--json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'login') _azid_words '--device-code --use-device-code --scope -r --resource --server-id -t --tenant --tenant-id --username --client-id --redirect-uri --authority-host --cloud --disable-instance-discovery --ca-file --claims --cae --timeout --json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'logout') _azid_words '--all --username -t --tenant --tenant-id --client-id --authority-host --cloud --json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'exec') _azid_words '--set --identity-endpoint --allow -c --credential --exclude --include --require-envvar --sdk -t --tenant --tenant-id --client-id --object-id --resource-id --subscription --username --client-secret-file --certificate --certificate-password-file --send-certificate-chain --federated-token-file --enable-azure-proxy --client-assertion-file --client-assertion-command --user-assertion-file --service-connection-id --authorization-code-file --code-verifier-file --redirect-uri --no-prompt --additionally-allowed-tenants --authority-host --cloud --disable-instance-discovery --ca-file --cae --timeout --process-timeout --imds-timeout --fast --no-cache --force-refresh --min-ttl --expect-tenant --expect-user --expect-type -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'serve') _azid_words '--allow -c --credential --exclude --include --require-envvar --sdk -t --tenant --tenant-id --client-id --object-id --resource-id --subscription --username --client-secret-file --certificate --certificate-password-file --send-certificate-chain --federated-token-file --enable-azure-proxy --client-assertion-file --client-assertion-command --user-assertion-file --service-connection-id --authorization-code-file --code-verifier-file --redirect-uri --no-prompt --additionally-allowed-tenants --authority-host --cloud --disable-instance-discovery --ca-file --cae --process-timeout --imds-timeout --fast --no-cache --min-ttl --listen --port --expose --allow-host --ttl --print --shell -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'cache list') _azid_words '--read-foreign --json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'cache show') _azid_words '--json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'cache status') _azid_words '--json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'cache remove') _azid_words '--account -t --tenant --tenant-id -r --resource --server-id -c --credential --json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'cache clear') _azid_words '-y --yes --json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'sandbox run') _azid_words '--as --fault --directory --log-requests --log-json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'sandbox start') _azid_words '--as --fault --directory --port --log-requests --log-json --json -q --quiet -v --verbose --debug --no-color -h --help' ;;
      'completion') _azid_words '-q --quiet -v --verbose --debug --no-color -h --help' ;;
      '') _azid_words '-h --help -V --version --json -q --quiet -v --verbose --debug --no-color' ;;
    esac
    return
  fi

  case $command in
    '') _azid_words 'get-token token chain whoami explain login logout exec serve completion cache sandbox help' ;;
    'help') _azid_words 'get-token chain whoami explain login logout exec serve completion cache sandbox environment exit-codes' ;;
    'cache' | 'help cache') _azid_words 'list show status remove clear' ;;
    'sandbox' | 'help sandbox') _azid_words 'run start' ;;
    'get-token') _azid_words "$_azid_targets" ;;
    'chain') _azid_words "$_azid_targets" ;;
    'whoami') _azid_words "$_azid_targets" ;;
    'explain') _azid_words_or_files 'environment EnvironmentCredential WorkloadIdentityCredential ManagedIdentityCredential SharedTokenCacheCredential VisualStudioCredential IntelliJCredential VisualStudioCodeCredential AzureCliCredential AzurePowerShellCredential AzureDeveloperCliCredential InteractiveBrowserCredential BrokerCredential DeviceCodeCredential AuthorizationCodeCredential ClientSecretCredential ClientCertificateCredential ClientAssertionCredential AzurePipelinesCredential GitHubActionsCredential OnBehalfOfCredential' ;;
    'login') _azid_words "$_azid_targets" ;;
    'completion') _azid_words 'bash zsh fish powershell' ;;
  esac
}

complete -F _azid azid
