package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

// policy is what queries are evaluated over.
type policy struct {
	Modules      []module        `json:"modules"`
	Data         json.RawMessage `json:"data"`
	StrictErrors bool            `json:"strictErrors"` // errors of builtins end the evaluation
}

type module struct {
	Name    string `json:"name"`
	Text    string `json:"text"`
	Version string `json:"version"` // "v0" or "v1"
}

// result is one solution of a query, its values printed as Rego terms, which keeps sets apart from arrays.
type result struct {
	Bindings    map[string]any `json:"bindings"`
	Expressions []any          `json:"expressions"`
}

// answer is what became of one query.
type answer struct {
	Results []result  `json:"results"`
	Stage   string    `json:"stage,omitempty"` // where the errors arose: "compile" or "eval"
	Errors  []failure `json:"errors,omitempty"`
}

type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file"`
	Row     int    `json:"row"`
	Col     int    `json:"col"`
}

// compiled is a policy that queries can be prepared for.
type compiled struct {
	compiler     *ast.Compiler
	store        storage.Store
	strictErrors bool
}

func (p *policy) compile(ctx context.Context) (*compiled, error) {
	parsed := make(map[string]*ast.Module, len(p.Modules))
	for _, m := range p.Modules {
		version := ast.RegoV1
		if m.Version == "v0" {
			version = ast.RegoV0
		}
		mod, err := ast.ParseModuleWithOpts(m.Name, m.Text, ast.ParserOptions{RegoVersion: version})
		if err != nil {
			return nil, err
		}
		parsed[m.Name] = mod
	}
	data := map[string]any{}
	if len(p.Data) > 0 {
		if err := util.UnmarshalJSON(p.Data, &data); err != nil {
			return nil, err
		}
	}
	store := inmem.NewFromObjectWithOpts(data, inmem.OptRoundTripOnWrite(false))
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, err
	}
	defer store.Abort(ctx, txn)
	compiler := ast.NewCompiler().
		WithUseTypeCheckAnnotations(true).
		WithDefaultRegoVersion(ast.RegoV1).
		WithPathConflictsCheck(storage.NonEmpty(ctx, store, txn))
	if compiler.Compile(parsed); compiler.Failed() {
		return nil, compiler.Errors
	}
	return &compiled{compiler, store, p.StrictErrors}, nil
}

func (c *compiled) prepare(ctx context.Context, query string, options ...func(*rego.Rego)) (rego.PreparedEvalQuery, error) {
	options = append(options,
		rego.Compiler(c.compiler),
		rego.Store(c.store),
		rego.Query(query),
		rego.StrictBuiltinErrors(c.strictErrors),
		rego.SetRegoVersion(ast.RegoV1),
	)
	return rego.New(options...).PrepareForEval(ctx)
}

func parseInput(raw json.RawMessage) (ast.Value, error) {
	return ast.ValueFromReader(bytes.NewReader(raw))
}

func termText(term *ast.Term, _ *rego.EvalContext) (any, error) {
	return term.String(), nil
}

func evaluate(req *request) response {
	ctx := context.Background()
	c, err := req.compile(ctx)
	if err != nil {
		return failed("compile", err)
	}
	options := []rego.EvalOption{rego.EvalRuleIndexing(!req.Plain), rego.EvalEarlyExit(!req.Plain)}
	if len(req.Input) > 0 {
		input, err := parseInput(req.Input)
		if err != nil {
			return failed("request", err)
		}
		options = append(options, rego.EvalParsedInput(input))
	}
	var answers []answer
	for _, query := range req.Queries {
		answers = append(answers, c.answer(ctx, query, req.Millis, options))
	}
	return response{Answers: answers}
}

func (c *compiled) answer(ctx context.Context, query string, millis int, options []rego.EvalOption) (got answer) {
	defer func() {
		if reason := recover(); reason != nil {
			got = answer{Stage: "panic", Errors: []failure{{Message: fmt.Sprint(reason)}}}
		}
	}()
	limited, cancel := context.WithTimeout(ctx, time.Duration(millis)*time.Millisecond)
	defer cancel()
	prepared, err := c.prepare(limited, query, rego.GenerateJSON(termText))
	if err != nil {
		return answer{Stage: "compile", Errors: failuresOf(err)}
	}
	solutions, err := prepared.Eval(limited, options...)
	if err != nil {
		return answer{Stage: "eval", Errors: failuresOf(err)}
	}
	got.Results = make([]result, len(solutions))
	for i, solution := range solutions {
		got.Results[i].Bindings = solution.Bindings
		for _, expression := range solution.Expressions {
			got.Results[i].Expressions = append(got.Results[i].Expressions, expression.Value)
		}
	}
	return got
}

func failed(stage string, err error) response {
	return response{Stage: stage, Errors: failuresOf(err)}
}

func failuresOf(err error) []failure {
	// First, since it may wrap errors that a builtin met in what it was given.
	if one, ok := errors.AsType[*topdown.Error](err); ok {
		return []failure{located(one.Code, one.Message, one.Location)}
	}
	var many ast.Errors
	if errors.As(err, &many) {
		var failures []failure
		for _, one := range many {
			failures = append(failures, failuresOf(one)...)
		}
		return failures
	}
	var wrapped rego.Errors
	if errors.As(err, &wrapped) {
		var failures []failure
		for _, one := range wrapped {
			failures = append(failures, failuresOf(one)...)
		}
		return failures
	}
	if one, ok := errors.AsType[*ast.Error](err); ok {
		return []failure{located(one.Code, one.Message, one.Location)}
	}
	return []failure{{Message: err.Error()}}
}

func located(code, message string, at *ast.Location) failure {
	if at == nil {
		return failure{Code: code, Message: message}
	}
	return failure{Code: code, Message: message, File: at.File, Row: at.Row, Col: at.Col}
}
