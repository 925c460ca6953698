// What Compose itself makes of the projects in recorded.jsonl. It is run by hand, in a folder of its own:
//
//	cp test/compose/judge.go /tmp/judge/main.go && cd /tmp/judge
//	go mod init judge && go get github.com/compose-spec/compose-go/v2@v2.16.2 && go mod tidy
//	go run . < recorded.jsonl > again.jsonl
//
// Reads a project a line (name, files, shell, service) and says it again with what came of it: the service's
// environment and its bind mounts, or that it was refused.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/sirupsen/logrus"
)

type project struct {
	Name        string            `json:"name"`
	Files       map[string]string `json:"files"`
	Shell       map[string]string `json:"shell,omitempty"`
	Service     string            `json:"service"`
	Refused     bool              `json:"refused,omitempty"`
	Environment map[string]string `json:"environment,omitempty"`
	Volumes     []string          `json:"volumes,omitempty"`
}

// The docker command brings this format along; the library does not.
func readRaw(r io.Reader, _ string, vars map[string]string, lookup func(string) (string, bool)) error {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := strings.TrimLeft(lines.Text(), " \t")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, hasValue := strings.Cut(line, "=")
		if name == "" || strings.ContainsAny(name, " \t") {
			return fmt.Errorf("no name in %q", line)
		}
		if hasValue {
			vars[name] = value
		} else if value, ok := lookup(name); ok {
			vars[name] = value
		}
	}
	return lines.Err()
}

func judge(p project) (project, error) {
	folder, err := os.MkdirTemp("", "judge")
	if err != nil {
		return p, err
	}
	defer os.RemoveAll(folder)
	for name, content := range p.Files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return p, err
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			return p, err
		}
	}
	var shell []string
	for name, value := range p.Shell {
		shell = append(shell, name+"="+value)
	}
	options, err := cli.NewProjectOptions(nil, cli.WithWorkingDirectory(folder), cli.WithEnv(shell), cli.WithEnvFiles(),
		cli.WithDotEnv, cli.WithDefaultConfigPath, cli.WithName("p"), cli.WithDefaultProfiles("*"))
	if err != nil {
		p.Refused = true
		return p, nil
	}
	loaded, err := options.LoadProject(context.Background())
	if err != nil {
		p.Refused = true
		return p, nil
	}
	service, err := loaded.GetService(p.Service)
	if err != nil {
		p.Refused = true
		return p, nil
	}
	p.Environment = map[string]string{}
	for name, value := range service.Environment {
		if value != nil {
			p.Environment[name] = *value
		}
	}
	for _, volume := range service.Volumes {
		if volume.Type == "bind" {
			p.Volumes = append(p.Volumes, strings.TrimPrefix(volume.Source, folder)+" -> "+volume.Target)
		}
	}
	return p, nil
}

func main() {
	logrus.SetOutput(io.Discard)
	dotenv.RegisterFormat("raw", readRaw)
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		var p project
		if err := in.Decode(&p); err != nil {
			if err == io.EOF {
				return
			}
			panic(err)
		}
		if p.Files == nil {
			continue
		}
		judged, err := judge(project{Name: p.Name, Files: p.Files, Shell: p.Shell, Service: p.Service})
		if err != nil {
			panic(err)
		}
		if err := out.Encode(judged); err != nil {
			panic(err)
		}
	}
}
