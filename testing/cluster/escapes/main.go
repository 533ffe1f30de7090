// Command escapes takes the two ways out of a container that busybox has no applet for: opening a file of the node by its
// handle, and asking the container runtime through its socket. Tests run it inside pods.
package main

import (
	"fmt"
	"os"
)

func main() {
	var output []byte
	var err error
	switch {
	case len(os.Args) == 4 && os.Args[1] == "handle":
		output, err = readByHandle(os.Args[2], os.Args[3])
	case len(os.Args) >= 6 && os.Args[1] == "runtime":
		output, err = execThroughRuntime(os.Args[2], os.Args[3], os.Args[4], os.Args[5:])
	default:
		err = fmt.Errorf("usage: escapes handle MOUNT PATH | escapes runtime SOCKET NAMESPACE POD COMMAND...")
	}
	if err != nil {
		fmt.Println("refused:", err)
		return
	}
	os.Stdout.Write(output)
}
