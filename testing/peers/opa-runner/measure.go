package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// workload is a prepared query and the inputs that one operation evaluates in turn. Inputs are parsed beforehand: what is
// measured is evaluation, with the conversion of results to Go values that every caller of the API pays for.
type workload struct {
	query  rego.PreparedEvalQuery
	inputs []ast.Value
}

// measurement is about one operation: the evaluation of all inputs, or one compilation.
type measurement struct {
	MedianNanos int64 `json:"medianNanos"`
	Rounds      int   `json:"rounds"`
	HeapBytes   int64 `json:"heapBytes"` // what preparing keeps alive
}

func prepareWorkload(req *request, prepared map[string]*workload) response {
	ctx := context.Background()
	before := liveHeap()
	c, err := req.compile(ctx)
	if err != nil {
		return failed("compile", err)
	}
	query, err := c.prepare(ctx, req.Query)
	if err != nil {
		return failed("compile", err)
	}
	after := liveHeap()
	load := &workload{query: query}
	var outputs []any
	for _, raw := range req.Inputs {
		input, err := parseInput(raw)
		if err != nil {
			return failed("request", err)
		}
		load.inputs = append(load.inputs, input)
		solutions, err := query.Eval(ctx, rego.EvalParsedInput(input))
		if err != nil {
			return failed("eval", err)
		}
		var output any
		if len(solutions) > 0 {
			output = solutions[0].Expressions[0].Value
		}
		outputs = append(outputs, output)
	}
	prepared[req.Name] = load
	return response{Outputs: outputs, Measured: &measurement{HeapBytes: after - before}}
}

func measureWorkload(req *request, prepared map[string]*workload) response {
	load, ok := prepared[req.Name]
	if !ok {
		return failed("request", fmt.Errorf("nothing prepared as %q", req.Name))
	}
	ctx := context.Background()
	return measured(req.Millis, func() error {
		for _, input := range load.inputs {
			if _, err := load.query.Eval(ctx, rego.EvalParsedInput(input)); err != nil {
				return err
			}
		}
		return nil
	})
}

// measureCompile goes from the modules' text to a prepared query, over and over.
func measureCompile(req *request) response {
	ctx := context.Background()
	return measured(req.Millis, func() error {
		c, err := req.compile(ctx)
		if err != nil {
			return err
		}
		_, err = c.prepare(ctx, req.Query)
		return err
	})
}

// measured repeats an operation for a time, but at least three times, and gives the median.
func measured(millis int, operation func() error) response {
	limit := time.Duration(millis) * time.Millisecond
	var nanos []int64
	for start := time.Now(); len(nanos) < 3 || time.Since(start) < limit; {
		before := time.Now()
		if err := operation(); err != nil {
			return failed("eval", err)
		}
		nanos = append(nanos, time.Since(before).Nanoseconds())
	}
	slices.Sort(nanos)
	return response{Measured: &measurement{MedianNanos: nanos[len(nanos)/2], Rounds: len(nanos)}}
}

func liveHeap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
