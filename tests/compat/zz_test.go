package compat

import (
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/siderolabs/talos/pkg/machinery/api/common"
	"google.golang.org/protobuf/types/known/emptypb"
)

func TestZZ(t *testing.T) {
	c := maintenanceClient(t)
	m, err := c.Memory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(m.Messages[0].Meminfo)
	p, err := c.MachineClient.Processes(t.Context(), &emptypb.Empty{})
	if err == nil {
		for _, x := range p.Messages[0].Processes {
			fmt.Printf("%6d %-14s cpu %.2f rss %d KiB thr %d\n", x.Pid, x.Command, x.CpuTime, x.ResidentMemory/1024, x.Threads)
		}
	} else {
		fmt.Println(err)
	}
	for _, id := range []string{"networkd", "udevd", "apid", "machined", "coldplug", "dashboard"} {
		s, err := c.Logs(t.Context(), "system", common.ContainerDriver_CONTAINERD, id, false, -1)
		if err != nil {
			fmt.Println(id, err)
			continue
		}
		fmt.Println("==", id)
		for {
			d, err := s.Recv()
			if err == io.EOF || err != nil {
				break
			}
			os.Stdout.Write(d.Bytes)
		}
	}
	d, err := c.Dmesg(t.Context(), false, false)
	fmt.Println("== dmesg", err)
	for {
		x, err := d.Recv()
		if err != nil {
			break
		}
		os.Stdout.Write(x.Bytes)
	}
}
