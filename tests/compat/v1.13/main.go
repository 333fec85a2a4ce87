// Command v1.13 answers questions about configs with the official library's v1.13.9.
//
// Requests and answers are those of config-server. Operations: validate CONFIG, patch CONFIG PATCH, meaning CONFIG, view
// CONFIG (both as JSON), knows KIND.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"ichor.dev/tests/compat/official"
)

func main() {
	in := bufio.NewReader(os.Stdin)

	for {
		operation, texts, err := read(in)
		if err != nil {
			return
		}

		kind := "ok"

		text, err := answer(operation, texts)
		if err != nil {
			kind, text = "error", err.Error()
		}

		fmt.Printf("%s %d\n%s", kind, len(text), text)
	}
}

// read takes one request.
func read(in io.Reader) (string, []string, error) {
	var (
		operation string
		count     int
	)

	if _, err := fmt.Fscanf(in, "%s %d\n", &operation, &count); err != nil {
		return "", nil, err
	}

	texts := make([]string, count)

	for i := range texts {
		var size int
		if _, err := fmt.Fscanf(in, "%d\n", &size); err != nil {
			return "", nil, err
		}

		text := make([]byte, size)
		if _, err := io.ReadFull(in, text); err != nil {
			return "", nil, err
		}

		texts[i] = string(text)
	}

	return operation, texts, nil
}

// answer gives a panic of the library as an error: it has some.
func answer(operation string, texts []string) (text string, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()

	switch {
	case operation == "validate" && len(texts) == 1:
		warnings, err := official.Validate(texts[0])

		return strings.Join(warnings, "\n"), err
	case operation == "patch" && len(texts) == 2:
		return official.Patch(texts[0], texts[1])
	case operation == "meaning" && len(texts) == 1:
		return asJSON(official.Meaning(texts[0]))
	case operation == "view" && len(texts) == 1:
		return asJSON(official.View(texts[0]))
	case operation == "knows" && len(texts) == 1:
		return fmt.Sprint(official.Knows(texts[0])), nil
	}

	return "", fmt.Errorf("unknown operation %s of %d texts", operation, len(texts))
}

func asJSON[T any](value T, err error) (string, error) {
	if err != nil {
		return "", err
	}

	text, err := json.Marshal(value)

	return string(text), err
}
