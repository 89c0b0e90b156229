// Go's servers: `echo MODE CERTIFICATE KEY`. Prints its address, and ends with its input.
package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

const any = "127.0.0.1:0"

func main() {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	switch mode := os.Args[1]; mode {
	case "echo":
		accept(listen(), echo)
	case "lines":
		accept(listen(), lines)
	case "tls":
		pair, err := tls.LoadX509KeyPair(os.Args[2], os.Args[3])
		must(err)
		accept(tls.NewListener(listen(), &tls.Config{Certificates: []tls.Certificate{pair}}), echo)
	case "datagrams":
		datagrams()
	case "http":
		hello := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello, world\n") }
		must(http.Serve(listen(), http.HandlerFunc(hello)))
	default:
		must(fmt.Errorf("no such mode: %s", mode))
	}
}

// Go sets TCP_NODELAY by itself.
func listen() net.Listener {
	listener, err := net.Listen("tcp", any)
	must(err)
	fmt.Println(listener.Addr())
	return listener
}

func accept(listener net.Listener, handle func(net.Conn)) {
	for {
		conn, err := listener.Accept()
		must(err)
		go func() {
			defer conn.Close()
			handle(conn)
		}()
	}
}

func echo(conn net.Conn) {
	buffer := make([]byte, 4096)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		if _, err := conn.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func lines(conn net.Conn) {
	reader, writer := bufio.NewReader(conn), bufio.NewWriter(conn)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return
		}
		writer.WriteString(line)
		if writer.Flush() != nil {
			return
		}
	}
}

func datagrams() {
	socket, err := net.ListenPacket("udp", any)
	must(err)
	fmt.Println(socket.LocalAddr())
	buffer := make([]byte, 65536)
	for {
		n, peer, err := socket.ReadFrom(buffer)
		must(err)
		socket.WriteTo(buffer[:n], peer)
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
