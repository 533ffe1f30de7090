// Command opa-runner lets a test or a benchmark drive Open Policy Agent in one process. It reads requests from standard input
// and writes one response for each to standard output, both as JSON lines, in order, until its input ends.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
)

// maxStack is how deep evaluation may go. OPA cannot be stopped from overflowing the stack, which ends the process; the sooner the better.
const maxStack = 128 << 20

// request is one line of input: what to do, and the fields that it needs.
type request struct {
	ID int    `json:"id"`
	Op string `json:"op"` // "eval", "prepare", "measure" or "compile"
	policy
	Input   json.RawMessage   `json:"input"`   // eval: absent is an undefined input
	Plain   bool              `json:"plain"`   // eval: without rule indexing and early exit
	Queries []string          `json:"queries"` // eval
	Query   string            `json:"query"`   // prepare, compile
	Name    string            `json:"name"`    // prepare, measure
	Inputs  []json.RawMessage `json:"inputs"`  // prepare
	Millis  int               `json:"millis"`  // eval: time limit of a query; measure, compile: how long
}

type response struct {
	ID       int          `json:"id"`
	Answers  []answer     `json:"answers,omitempty"` // eval: one for each query
	Stage    string       `json:"stage,omitempty"`   // what failed, when errors are of no query: "compile", "eval", "request" or "panic"
	Errors   []failure    `json:"errors,omitempty"`
	Outputs  []any        `json:"outputs,omitempty"` // prepare: the value of the query's first expression for each input
	Measured *measurement `json:"measured,omitempty"`
}

func main() {
	debug.SetMaxStack(maxStack)
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	prepared := map[string]*workload{}
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var req request
		if err := json.Unmarshal(line, &req); err != nil {
			fmt.Fprintln(os.Stderr, "a request that is not JSON:", err)
			os.Exit(2)
		}
		answer := handle(&req, prepared)
		answer.ID = req.ID
		if err := encoder.Encode(answer); err != nil {
			return
		}
		if lines.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return
			}
		}
	}
}

func handle(req *request, prepared map[string]*workload) (answer response) {
	defer func() {
		if reason := recover(); reason != nil {
			answer = failed("panic", fmt.Errorf("%v", reason))
		}
	}()
	switch req.Op {
	case "eval":
		return evaluate(req)
	case "prepare":
		return prepareWorkload(req, prepared)
	case "measure":
		return measureWorkload(req, prepared)
	case "compile":
		return measureCompile(req)
	}
	return failed("request", fmt.Errorf("unknown op %q", req.Op))
}
