# fish completion for azid, made from its tables by `azid completion fish`

# The command so far: its full name, a group's name, or nothing.
function __azid_command
    set -l command ''
    for word in (commandline -opc)[2..-1]
        switch "$command,$word"
            case ',sandbox'
                set command 'sandbox'
            case ',get-token' ',token'
                set command 'get-token'
            case ',whoami'
                set command 'whoami'
            case 'sandbox,run'
                set command 'sandbox run'
            case 'sandbox,start'
                set command 'sandbox start'
            case ',completion'
                set command 'completion'
            case ',help'
                set command 'help'
        end
    end
    echo $command
end

function __azid_at
    test (__azid_command) = "$argv"
end

# Words joined by commas: the last one is completed.
function __azid_list
    set -l before (string match -r '^.*,' -- (commandline -ct))
    for word in $argv
        echo "$before$word"
    end
end

# Another program's command line follows after --; it is completed as that program's own.
function __azid_is_program
    contains -- -- (commandline -opc)
end

function __azid_program
    set -l words (commandline -opc)
    set -l cut (contains -i -- -- $words)
    set -l own (string escape -- $words[(math $cut + 1)..-1])
    complete -C (string join ' ' -- $own (commandline -ct))
end

complete -c azid -f
complete -c azid -n '__azid_at' -a get-token -d 'get a token, in the shape you need'
complete -c azid -n '__azid_at' -a token -d 'get a token, in the shape you need'
complete -c azid -n '__azid_at' -a whoami -d 'say whose token it is: its claims in words'
complete -c azid -n '__azid_at' -a completion -d 'print a completion script for a shell'
complete -c azid -n '__azid_at' -a sandbox -d 'run a local Entra ID to try and test against'
complete -c azid -n '__azid_at' -a help -d 'show help for a command or a topic'
complete -c azid -n '__azid_at help' -a 'get-token whoami completion sandbox environment exit-codes'
complete -c azid -n '__azid_at sandbox' -a run -d 'run a command with a local Entra ID in place of the cloud'
complete -c azid -n '__azid_at sandbox' -a start -d 'start a local Entra ID and print how to use it'
complete -c azid -n '__azid_at' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at' -s V -l version -d 'show the version and end'
complete -c azid -n '__azid_at' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at get-token' -l scope -xa 'arm management graph aad-graph vault keyvault managedhsm storage disk openai cognitive ai-services ai foundry ml search sql postgres mysql oss-rdbms redis cosmos cosmos-inference servicebus eventhubs eventgrid relay appconfig acr aks devops databricks kusto adx loganalytics appinsights monitor monitor-ingestion metrics prometheus synapse batch purview maps webpubsub signalr communication iot-dps iothub digitaltwins deviceupdate devcenter loadtesting confidential-ledger attest deid easm powerbi fabric datalake appservice-scm vm-login' -d 'scope to ask for, for example https://vault.azure.net/.default'
complete -c azid -n '__azid_at get-token' -s r -l resource -l server-id -xa 'arm management graph aad-graph vault keyvault managedhsm storage disk openai cognitive ai-services ai foundry ml search sql postgres mysql oss-rdbms redis cosmos cosmos-inference servicebus eventhubs eventgrid relay appconfig acr aks devops databricks kusto adx loganalytics appinsights monitor monitor-ingestion metrics prometheus synapse batch purview maps webpubsub signalr communication iot-dps iothub digitaltwins deviceupdate devcenter loadtesting confidential-ledger attest deid easm powerbi fabric datalake appservice-scm vm-login' -d 'resource to ask for: a URI, an app id or a short name'
complete -c azid -n '__azid_at get-token' -s c -l credential -xa '(__azid_list default environment managed-identity client-secret client-certificate)' -d 'one credential, or a chain of your own in this order'
complete -c azid -n '__azid_at get-token' -l exclude -xa '(__azid_list environment workload-identity managed-identity shared-token-cache visual-studio-code azure-cli azure-powershell azure-developer-cli interactive-browser broker)' -d 'leave these credentials out of the default chain'
complete -c azid -n '__azid_at get-token' -l include -xa '(__azid_list environment workload-identity managed-identity shared-token-cache visual-studio-code azure-cli azure-powershell azure-developer-cli interactive-browser broker)' -d 'add credentials that the default chain leaves out'
complete -c azid -n '__azid_at get-token' -l require-envvar -d 'refuse to run unless AZURE_TOKEN_CREDENTIALS is set'
complete -c azid -n '__azid_at get-token' -l sdk -xa 'python' -d 'whose order, policy and wording to follow'
complete -c azid -n '__azid_at get-token' -s t -l tenant -l tenant-id -x -d 'tenant to ask in: its id or one of its domains'
complete -c azid -n '__azid_at get-token' -l client-id -x -d 'client id of the app or of the user-assigned managed identity'
complete -c azid -n '__azid_at get-token' -l object-id -x -d 'object id of the user-assigned managed identity'
complete -c azid -n '__azid_at get-token' -l resource-id -x -d 'Azure resource id of the user-assigned managed identity'
complete -c azid -n '__azid_at get-token' -l client-secret-file -rF -d 'file that holds the client secret; - reads stdin'
complete -c azid -n '__azid_at get-token' -l certificate -rF -d 'PEM or PKCS#12 file with the certificate and its key'
complete -c azid -n '__azid_at get-token' -l certificate-password-file -rF -d 'file that holds the password of the certificate; - reads stdin'
complete -c azid -n '__azid_at get-token' -l send-certificate-chain -d 'send the chain too, for subject name and issuer authentication'
complete -c azid -n '__azid_at get-token' -l additionally-allowed-tenants -x -d 'other tenants a credential may ask in; * allows any'
complete -c azid -n '__azid_at get-token' -l authority-host -x -d 'host to ask for tokens, when it is not the cloud\'s own'
complete -c azid -n '__azid_at get-token' -l cloud -xa 'public usgov china' -d 'cloud whose hosts and resources are meant'
complete -c azid -n '__azid_at get-token' -l disable-instance-discovery -d 'do not ask Microsoft whether the authority is genuine'
complete -c azid -n '__azid_at get-token' -l ca-file -rF -d 'PEM file of certificate authorities to trust as well'
complete -c azid -n '__azid_at get-token' -l claims -x -d 'claims challenge to answer, as JSON or base64'
complete -c azid -n '__azid_at get-token' -l cae -d 'ask for a token of continuous access evaluation'
complete -c azid -n '__azid_at get-token' -l no-cache -d 'neither read nor write the token cache'
complete -c azid -n '__azid_at get-token' -l force-refresh -d 'ask for a new token even where a cached one is good'
complete -c azid -n '__azid_at get-token' -l min-ttl -x -d 'least remaining life of a cached token'
complete -c azid -n '__azid_at get-token' -l timeout -x -d 'limit of the whole run; none unless given'
complete -c azid -n '__azid_at get-token' -l imds-timeout -x -d 'limit of the probe for a managed identity endpoint'
complete -c azid -n '__azid_at get-token' -l fast -d 'ask for no managed identity where nothing looks like Azure'
complete -c azid -n '__azid_at get-token' -l expect-tenant -x -d 'exit code 7 unless the token is of this tenant'
complete -c azid -n '__azid_at get-token' -l expect-user -x -d 'exit code 7 unless the token is of this user, app or object id'
complete -c azid -n '__azid_at get-token' -l expect-type -xa 'user service-principal managed-identity' -d 'exit code 7 unless the token is of this kind of identity'
complete -c azid -n '__azid_at get-token' -s o -l output -xa 'token json az azd header env' -d 'shape of the answer'
complete -c azid -n '__azid_at get-token' -l output-file -rF -d 'write to this file (mode 0600) instead of stdout'
complete -c azid -n '__azid_at get-token' -l shell -xa 'bash zsh sh' -d 'whose syntax --output env uses'
complete -c azid -n '__azid_at get-token' -l var -x -d 'name of the variable that --output env sets'
complete -c azid -n '__azid_at get-token' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at get-token' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at get-token' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at get-token' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at get-token' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at get-token' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at get-token' -a 'arm management graph aad-graph vault keyvault managedhsm storage disk openai cognitive ai-services ai foundry ml search sql postgres mysql oss-rdbms redis cosmos cosmos-inference servicebus eventhubs eventgrid relay appconfig acr aks devops databricks kusto adx loganalytics appinsights monitor monitor-ingestion metrics prometheus synapse batch purview maps webpubsub signalr communication iot-dps iothub digitaltwins deviceupdate devcenter loadtesting confidential-ledger attest deid easm powerbi fabric datalake appservice-scm vm-login'
complete -c azid -n '__azid_at whoami' -l scope -xa 'arm management graph aad-graph vault keyvault managedhsm storage disk openai cognitive ai-services ai foundry ml search sql postgres mysql oss-rdbms redis cosmos cosmos-inference servicebus eventhubs eventgrid relay appconfig acr aks devops databricks kusto adx loganalytics appinsights monitor monitor-ingestion metrics prometheus synapse batch purview maps webpubsub signalr communication iot-dps iothub digitaltwins deviceupdate devcenter loadtesting confidential-ledger attest deid easm powerbi fabric datalake appservice-scm vm-login' -d 'scope to ask for, for example https://vault.azure.net/.default'
complete -c azid -n '__azid_at whoami' -s r -l resource -l server-id -xa 'arm management graph aad-graph vault keyvault managedhsm storage disk openai cognitive ai-services ai foundry ml search sql postgres mysql oss-rdbms redis cosmos cosmos-inference servicebus eventhubs eventgrid relay appconfig acr aks devops databricks kusto adx loganalytics appinsights monitor monitor-ingestion metrics prometheus synapse batch purview maps webpubsub signalr communication iot-dps iothub digitaltwins deviceupdate devcenter loadtesting confidential-ledger attest deid easm powerbi fabric datalake appservice-scm vm-login' -d 'resource to ask for: a URI, an app id or a short name'
complete -c azid -n '__azid_at whoami' -s c -l credential -xa '(__azid_list default environment managed-identity client-secret client-certificate)' -d 'one credential, or a chain of your own in this order'
complete -c azid -n '__azid_at whoami' -l exclude -xa '(__azid_list environment workload-identity managed-identity shared-token-cache visual-studio-code azure-cli azure-powershell azure-developer-cli interactive-browser broker)' -d 'leave these credentials out of the default chain'
complete -c azid -n '__azid_at whoami' -l include -xa '(__azid_list environment workload-identity managed-identity shared-token-cache visual-studio-code azure-cli azure-powershell azure-developer-cli interactive-browser broker)' -d 'add credentials that the default chain leaves out'
complete -c azid -n '__azid_at whoami' -l require-envvar -d 'refuse to run unless AZURE_TOKEN_CREDENTIALS is set'
complete -c azid -n '__azid_at whoami' -l sdk -xa 'python' -d 'whose order, policy and wording to follow'
complete -c azid -n '__azid_at whoami' -s t -l tenant -l tenant-id -x -d 'tenant to ask in: its id or one of its domains'
complete -c azid -n '__azid_at whoami' -l client-id -x -d 'client id of the app or of the user-assigned managed identity'
complete -c azid -n '__azid_at whoami' -l object-id -x -d 'object id of the user-assigned managed identity'
complete -c azid -n '__azid_at whoami' -l resource-id -x -d 'Azure resource id of the user-assigned managed identity'
complete -c azid -n '__azid_at whoami' -l client-secret-file -rF -d 'file that holds the client secret; - reads stdin'
complete -c azid -n '__azid_at whoami' -l certificate -rF -d 'PEM or PKCS#12 file with the certificate and its key'
complete -c azid -n '__azid_at whoami' -l certificate-password-file -rF -d 'file that holds the password of the certificate; - reads stdin'
complete -c azid -n '__azid_at whoami' -l send-certificate-chain -d 'send the chain too, for subject name and issuer authentication'
complete -c azid -n '__azid_at whoami' -l additionally-allowed-tenants -x -d 'other tenants a credential may ask in; * allows any'
complete -c azid -n '__azid_at whoami' -l authority-host -x -d 'host to ask for tokens, when it is not the cloud\'s own'
complete -c azid -n '__azid_at whoami' -l cloud -xa 'public usgov china' -d 'cloud whose hosts and resources are meant'
complete -c azid -n '__azid_at whoami' -l disable-instance-discovery -d 'do not ask Microsoft whether the authority is genuine'
complete -c azid -n '__azid_at whoami' -l ca-file -rF -d 'PEM file of certificate authorities to trust as well'
complete -c azid -n '__azid_at whoami' -l claims -x -d 'claims challenge to answer, as JSON or base64'
complete -c azid -n '__azid_at whoami' -l cae -d 'ask for a token of continuous access evaluation'
complete -c azid -n '__azid_at whoami' -l no-cache -d 'neither read nor write the token cache'
complete -c azid -n '__azid_at whoami' -l force-refresh -d 'ask for a new token even where a cached one is good'
complete -c azid -n '__azid_at whoami' -l min-ttl -x -d 'least remaining life of a cached token'
complete -c azid -n '__azid_at whoami' -l timeout -x -d 'limit of the whole run; none unless given'
complete -c azid -n '__azid_at whoami' -l imds-timeout -x -d 'limit of the probe for a managed identity endpoint'
complete -c azid -n '__azid_at whoami' -l fast -d 'ask for no managed identity where nothing looks like Azure'
complete -c azid -n '__azid_at whoami' -l expect-tenant -x -d 'exit code 7 unless the token is of this tenant'
complete -c azid -n '__azid_at whoami' -l expect-user -x -d 'exit code 7 unless the token is of this user, app or object id'
complete -c azid -n '__azid_at whoami' -l expect-type -xa 'user service-principal managed-identity' -d 'exit code 7 unless the token is of this kind of identity'
complete -c azid -n '__azid_at whoami' -l token -rF -d 'decode this token instead of acquiring one'
complete -c azid -n '__azid_at whoami' -l verify -d 'check the signature against the keys of the authority'
complete -c azid -n '__azid_at whoami' -l all-claims -d 'list every claim with its meaning'
complete -c azid -n '__azid_at whoami' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at whoami' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at whoami' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at whoami' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at whoami' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at whoami' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at whoami' -a 'arm management graph aad-graph vault keyvault managedhsm storage disk openai cognitive ai-services ai foundry ml search sql postgres mysql oss-rdbms redis cosmos cosmos-inference servicebus eventhubs eventgrid relay appconfig acr aks devops databricks kusto adx loganalytics appinsights monitor monitor-ingestion metrics prometheus synapse batch purview maps webpubsub signalr communication iot-dps iothub digitaltwins deviceupdate devcenter loadtesting confidential-ledger attest deid easm powerbi fabric datalake appservice-scm vm-login'
complete -c azid -n '__azid_at sandbox run' -l as -xa 'service-principal service-principal-certificate workload-identity managed-identity managed-identity:imds managed-identity:app-service managed-identity:service-fabric managed-identity:azure-ml managed-identity:cloud-shell managed-identity:azure-arc wrong-secret expired-secret disabled-app unknown-app unknown-tenant' -d 'whom the sandbox lets the command be'
complete -c azid -n '__azid_at sandbox run' -l fault -x -d 'let the sandbox misbehave'
complete -c azid -n '__azid_at sandbox run' -l directory -rF -d 'tenants, apps and resources of the sandbox, as JSON'
complete -c azid -n '__azid_at sandbox run' -l log-requests -d 'say each request on stderr, redacted'
complete -c azid -n '__azid_at sandbox run' -l log-json -d 'say each request on stderr as a line of JSON, redacted'
complete -c azid -n '__azid_at sandbox run' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at sandbox run' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at sandbox run' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at sandbox run' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at sandbox run' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at sandbox run' -n __azid_is_program -xa '(__azid_program)'
complete -c azid -n '__azid_at sandbox start' -l as -xa 'service-principal service-principal-certificate workload-identity managed-identity managed-identity:imds managed-identity:app-service managed-identity:service-fabric managed-identity:azure-ml managed-identity:cloud-shell managed-identity:azure-arc wrong-secret expired-secret disabled-app unknown-app unknown-tenant' -d 'whom the sandbox lets the command be'
complete -c azid -n '__azid_at sandbox start' -l fault -x -d 'let the sandbox misbehave'
complete -c azid -n '__azid_at sandbox start' -l directory -rF -d 'tenants, apps and resources of the sandbox, as JSON'
complete -c azid -n '__azid_at sandbox start' -l port -x -d 'listen on this port of loopback; default any free one'
complete -c azid -n '__azid_at sandbox start' -l log-requests -d 'say each request on stderr, redacted'
complete -c azid -n '__azid_at sandbox start' -l log-json -d 'say each request on stderr as a line of JSON, redacted'
complete -c azid -n '__azid_at sandbox start' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at sandbox start' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at sandbox start' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at sandbox start' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at sandbox start' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at sandbox start' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at completion' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at completion' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at completion' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at completion' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at completion' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at completion' -a 'bash zsh fish powershell'
