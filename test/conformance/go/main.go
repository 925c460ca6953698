// Command ask asks an unmodified DefaultAzureCredential of azidentity: a JSON question on stdin, a JSON answer on stdout.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"strings"
	"unsafe"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

type question struct {
	Scope   string `json:"scope"`
	Request struct {
		TenantID  string `json:"tenantId"`
		Claims    string `json:"claims"`
		EnableCAE bool   `json:"enableCae"`
	} `json:"request"`
	Options struct {
		RequireAzureTokenCredentials bool `json:"requireAzureTokenCredentials"`
	} `json:"options"`
}

type entry struct {
	Credential string  `json:"credential"`
	Outcome    string  `json:"outcome"`
	Message    *string `json:"message"`
}

type answer struct {
	Tried   []*entry `json:"tried"`
	Outcome string   `json:"outcome"`
	Winner  *string  `json:"winner"`
	Message *string  `json:"message"`
	Type    *string  `json:"type"`
}

// watched writes down what comes of a link; what the chain gets is what the link gave.
type watched struct {
	inner azcore.TokenCredential
	name  string
	tried *[]*entry
}

func (w *watched) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	e := &entry{Credential: w.name, Outcome: "succeeded"}
	*w.tried = append(*w.tried, e)
	token, err := w.inner.GetToken(ctx, options)
	if err != nil {
		e.Outcome = "failed"
		if isUnavailable(err) {
			e.Outcome = "unavailable"
		}
		message := err.Error()
		e.Message = &message
	}
	return token, err
}

// The type is not exported; its name is all that can be seen of it.
func isUnavailable(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if strings.HasSuffix(fmt.Sprintf("%T", err), "credentialUnavailableError") {
			return true
		}
	}
	return false
}

// links gives the chain's own list, which no method gives.
func links(dac *azidentity.DefaultAzureCredential) []azcore.TokenCredential {
	chain := (*azidentity.ChainedTokenCredential)(reflect.ValueOf(dac).Elem().FieldByName("chain").UnsafePointer())
	field := reflect.ValueOf(chain).Elem().FieldByName("sources")
	return *(*[]azcore.TokenCredential)(unsafe.Pointer(field.UnsafeAddr()))
}

func nameOf(link azcore.TokenCredential) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", link), "*azidentity.")
	if name == "defaultCredentialErrorReporter" {
		return reflect.ValueOf(link).Elem().FieldByName("credType").String()
	}
	return name
}

func ask(q question) answer {
	a := answer{Tried: []*entry{}}
	end := func(outcome string, err error) answer {
		message, kind := err.Error(), fmt.Sprintf("%T", err)
		a.Outcome, a.Message, a.Type = outcome, &message, &kind
		return a
	}
	dac, err := azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{
		RequireAzureTokenCredentials: q.Options.RequireAzureTokenCredentials,
	})
	if err != nil {
		return end("not-made", err)
	}
	sources := links(dac)
	for i, link := range sources {
		sources[i] = &watched{inner: link, name: nameOf(link), tried: &a.Tried}
	}
	options := policy.TokenRequestOptions{
		Scopes:    []string{q.Scope},
		TenantID:  q.Request.TenantID,
		Claims:    q.Request.Claims,
		EnableCAE: q.Request.EnableCAE,
	}
	if _, err := dac.GetToken(context.Background(), options); err != nil {
		for _, e := range a.Tried {
			if e.Outcome == "failed" {
				return end("failed", err)
			}
		}
		return end("unavailable", err)
	}
	a.Outcome, a.Winner = "succeeded", &a.Tried[len(a.Tried)-1].Credential
	return a
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "versions" {
		versions := map[string]string{}
		if info, ok := debug.ReadBuildInfo(); ok {
			for _, module := range info.Deps {
				versions[module.Path] = module.Version
			}
		}
		_ = json.NewEncoder(os.Stdout).Encode(versions)
		return
	}
	if len(os.Args) > 1 {
		if err := answerProxies(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	var q question
	if err := json.NewDecoder(os.Stdin).Decode(&q); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(ask(q))
}
