package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
)

// The messages of k8s.io/cri-api's runtime.v1 that are needed, by their field numbers.
const (
	listFilter, filterLabels        = 1, 4
	labelKey, labelValue            = 1, 2
	execContainer, execCommand      = 1, 2
	listedContainers, containerName = 1, 1
	execOutput                      = 1
)

// execThroughRuntime runs a command in the first container of a Pod, asking the container runtime behind socket.
func execThroughRuntime(socket, namespace, pod string, command []string) ([]byte, error) {
	filter := append(label("io.kubernetes.pod.namespace", namespace), label("io.kubernetes.pod.name", pod)...)
	listed, err := call(socket, "ListContainers", field(listFilter, filter))
	if err != nil {
		return nil, err
	}
	id := find(find(listed, listedContainers), containerName)
	if id == nil {
		return nil, fmt.Errorf("the runtime knows no container of Pod %s/%s", namespace, pod)
	}
	request := field(execContainer, id)
	for _, word := range command {
		request = append(request, field(execCommand, []byte(word))...)
	}
	answer, err := call(socket, "ExecSync", request)
	return find(answer, execOutput), err
}

func label(key, value string) []byte {
	return field(filterLabels, append(field(labelKey, []byte(key)), field(labelValue, []byte(value))...))
}

// call makes one gRPC call without a library: a length-prefixed message over HTTP/2.
func call(socket, method string, message []byte) ([]byte, error) {
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	client := http.Client{Transport: &http.Transport{
		Protocols: &protocols,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}
	framed := append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...)
	request, err := http.NewRequest("POST", "http://localhost/runtime.v1.RuntimeService/"+method, bytes.NewReader(framed))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("Te", "trailers")
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if len(body) < 5 {
		return nil, fmt.Errorf("%s: gRPC status %s: %s", method, response.Trailer.Get("Grpc-Status"), response.Trailer.Get("Grpc-Message"))
	}
	return body[5:], nil
}

// field is a length-delimited protobuf field.
func field(number int, value []byte) []byte {
	header := binary.AppendUvarint(nil, uint64(number)<<3|2)
	return append(binary.AppendUvarint(header, uint64(len(value))), value...)
}

// find returns the first length-delimited field with that number; nil when there is none.
func find(message []byte, number uint64) []byte {
	for len(message) > 0 {
		tag, size := binary.Uvarint(message)
		if size <= 0 {
			return nil
		}
		message = message[size:]
		value, size := binary.Uvarint(message)
		if size <= 0 {
			return nil
		}
		message = message[size:]
		if tag&7 != 2 {
			continue
		}
		if value > uint64(len(message)) {
			return nil
		}
		if tag>>3 == number {
			return message[:value]
		}
		message = message[value:]
	}
	return nil
}
