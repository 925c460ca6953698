package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
)

// A URL and its variables a line on stdin, the proxy a line on stdout; or one URL, in this environment. The library reads
// the variables once, so each line has a process of its own.
func answerProxies(urls []string) error {
	if len(urls) > 0 {
		return answerProxy(urls[0])
	}
	encoder := json.NewEncoder(os.Stdout)
	if err := encoder.Encode(map[string]string{"go": runtime.Version()}); err != nil {
		return err
	}
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		var choice struct {
			URL string            `json:"url"`
			Env map[string]string `json:"env"`
		}
		if err := json.Unmarshal(scanner.Bytes(), &choice); err != nil {
			return err
		}
		self := exec.Command(os.Args[0], os.Args[1], choice.URL)
		self.Env = []string{}
		for name, value := range choice.Env {
			self.Env = append(self.Env, name+"="+value)
		}
		self.Stdout = os.Stdout
		if err := self.Run(); err != nil {
			return err
		}
	}
	return scanner.Err()
}

func answerProxy(text string) error {
	address, err := url.Parse(text)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(os.Stdout)
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: address})
	if err != nil {
		return encoder.Encode("error")
	}
	if proxy == nil {
		return encoder.Encode(nil)
	}
	return encoder.Encode(proxy.String())
}
