// Package udp stands in for flannel's backend of that name, whose C does not build without cgo on
// amd64. A network that asks for it is told that there is no such backend.
package udp
