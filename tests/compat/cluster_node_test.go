package compat

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cosi-project/runtime/pkg/safe"
	"github.com/siderolabs/talos/pkg/machinery/api/cluster"
	"github.com/siderolabs/talos/pkg/machinery/api/common"
	"github.com/siderolabs/talos/pkg/machinery/api/machine"
	"github.com/siderolabs/talos/pkg/machinery/client"
	clientconfig "github.com/siderolabs/talos/pkg/machinery/client/config"
	"github.com/siderolabs/talos/pkg/machinery/constants"
	"github.com/siderolabs/talos/pkg/machinery/resources/k8s"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	// talosconfigVariable names the client's file of a node that has a config, and whose cluster has not begun.
	talosconfigVariable = "ICHOR_CLUSTER_TALOSCONFIG"
	// kubernetesVariable is where its API server will be reached: 127.0.0.1:6443.
	kubernetesVariable = "ICHOR_CLUSTER_KUBERNETES"

	clusterPatience = 30 * time.Minute

	smallImage = "docker.io/library/busybox:1.37"
)

// What the commands of the official client about a cluster call, from its beginning on.
func TestClusterNode(t *testing.T) {
	path := os.Getenv(talosconfigVariable)
	if path == "" {
		t.Skip(talosconfigVariable + " is not set")
	}

	contexts, err := clientconfig.Open(path)
	require.NoError(t, err)

	c, err := client.New(t.Context(), client.WithConfig(contexts))
	require.NoError(t, err)
	defer c.Close() //nolint:errcheck

	t.Run("ItBegins", func(t *testing.T) { clusterBegins(t, c) })
	t.Run("ItIsHealthy", func(t *testing.T) { clusterIsHealthy(t, c) })
	t.Run("ItsAdministratorIsLetIn", func(t *testing.T) { administratorIsLetIn(t, c) })
	t.Run("EtcdAnswers", func(t *testing.T) { etcdAnswers(t, c) })
	t.Run("EtcdIsNotGivenAway", func(t *testing.T) { etcdIsNotGivenAway(t, c) })
	t.Run("ASnapshotIsWhole", func(t *testing.T) { snapshotIsWhole(t, c) })
	t.Run("ImagesComeAndGo", func(t *testing.T) { imagesComeAndGo(t, c) })
	t.Run("ArchivesAreImported", func(t *testing.T) { archivesAreImported(t, c) })
	t.Run("ContainersAreSeen", func(t *testing.T) { containersAreSeen(t, c) })
	t.Run("ServicesRun", func(t *testing.T) { servicesRun(t, c) })
	t.Run("StaticPodsRun", func(t *testing.T) { staticPodsRun(t, c) })
}

// A node that cannot begin yet says so; one that has begun does not begin again.
func clusterBegins(t *testing.T, c *client.Client) {
	require.Eventually(t, func() bool {
		err := c.Bootstrap(t.Context(), &machine.BootstrapRequest{})
		if err != nil && status.Code(err) != codes.FailedPrecondition && status.Code(err) != codes.Unavailable {
			require.NoError(t, err)
		}

		return err == nil
	}, ownPatience, time.Second)

	require.Eventually(t, func() bool {
		members, err := c.EtcdMemberList(t.Context(), &machine.EtcdMemberListRequest{QueryLocal: true})

		return err == nil && len(members.Messages[0].Members) == 1
	}, ownPatience, time.Second)

	assert.Equal(t, codes.AlreadyExists, status.Code(c.Bootstrap(t.Context(), &machine.BootstrapRequest{})))
}

// The stream ends without an error when all conditions are met.
// received is what a stream brings until its end.
func received[T any](t *testing.T, stream interface{ Recv() (T, error) }) []T {
	t.Helper()

	var messages []T

	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return messages
		}

		require.NoError(t, err, "after %v", messages)

		messages = append(messages, message)
	}
}

func clusterIsHealthy(t *testing.T, c *client.Client) {
	checks, err := c.ClusterHealthCheck(t.Context(), clusterPatience, &cluster.ClusterInfo{})
	require.NoError(t, err)
	require.NoError(t, checks.CloseSend())

	var lines []string

	for _, progress := range received(t, checks) {
		lines = append(lines, progress.GetMessage())
	}

	assert.Contains(t, lines, "waiting for all k8s nodes to report ready: OK")
}

// kubeconfig is what of it says how to reach an API server.
type kubeconfig struct {
	Clusters []struct {
		Cluster struct {
			CA string `yaml:"certificate-authority-data"`
		}
	}
	Users []struct {
		User struct {
			Certificate string `yaml:"client-certificate-data"`
			Key         string `yaml:"client-key-data"`
		}
	}
}

func administratorIsLetIn(t *testing.T, c *client.Client) {
	text, err := c.Kubeconfig(t.Context())
	require.NoError(t, err)

	var config kubeconfig
	require.NoError(t, yaml.Unmarshal(text, &config))

	pem := func(text string) []byte {
		decoded, err := base64.StdEncoding.DecodeString(text)
		require.NoError(t, err)

		return decoded
	}

	cas := x509.NewCertPool()
	require.True(t, cas.AppendCertsFromPEM(pem(config.Clusters[0].Cluster.CA)))

	certificate, err := tls.X509KeyPair(pem(config.Users[0].User.Certificate), pem(config.Users[0].User.Key))
	require.NoError(t, err)

	kubernetes := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: cas, Certificates: []tls.Certificate{certificate},
	}}}

	answer, err := kubernetes.Get("https://" + os.Getenv(kubernetesVariable) + "/api/v1/nodes")
	require.NoError(t, err)
	defer answer.Body.Close() //nolint:errcheck
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

func etcdAnswers(t *testing.T, c *client.Client) {
	ctx := t.Context()

	members, err := c.EtcdMemberList(ctx, &machine.EtcdMemberListRequest{})
	require.NoError(t, err)
	require.Len(t, members.Messages[0].Members, 1)

	member := members.Messages[0].Members[0]
	assert.False(t, member.IsLearner)
	assert.NotEmpty(t, member.PeerUrls)
	assert.NotEmpty(t, member.ClientUrls)

	now, err := c.EtcdStatus(ctx)
	require.NoError(t, err)
	assert.Equal(t, member.Id, now.Messages[0].MemberStatus.MemberId)
	assert.Equal(t, member.Id, now.Messages[0].MemberStatus.Leader)
	assert.Positive(t, now.Messages[0].MemberStatus.DbSize)
	assert.Empty(t, now.Messages[0].MemberStatus.Errors)

	alarms, err := c.EtcdAlarmList(ctx)
	require.NoError(t, err)
	assert.Empty(t, alarms.Messages[0].MemberAlarms)

	_, err = c.EtcdAlarmDisarm(ctx)
	require.NoError(t, err)

	_, err = c.EtcdDefragment(ctx)
	require.NoError(t, err)
}

// What would be the cluster's end is refused, and changes nothing.
func etcdIsNotGivenAway(t *testing.T, c *client.Client) {
	ctx := t.Context()

	_, err := c.EtcdForfeitLeadership(ctx, &machine.EtcdForfeitLeadershipRequest{})
	assert.Equal(t, codes.FailedPrecondition, status.Code(err))

	assert.Equal(t, codes.FailedPrecondition, status.Code(c.EtcdLeaveCluster(ctx, &machine.EtcdLeaveClusterRequest{})))
	assert.Error(t, c.EtcdRemoveMemberByID(ctx, &machine.EtcdRemoveMemberByIDRequest{MemberId: 1}))

	members, err := c.EtcdMemberList(ctx, &machine.EtcdMemberListRequest{})
	require.NoError(t, err)
	assert.Len(t, members.Messages[0].Members, 1)
}

func snapshotIsWhole(t *testing.T, c *client.Client) {
	snapshot, err := c.EtcdSnapshot(t.Context(), &machine.EtcdSnapshotRequest{})
	require.NoError(t, err)
	defer snapshot.Close() //nolint:errcheck

	text, err := io.ReadAll(snapshot)
	require.NoError(t, err)
	assert.Equal(t, 32, len(text)%512, "a database, and its SHA-256")
	assert.True(t, bytes.Contains(text, []byte("/registry/namespaces/default")))
}

// imageNames are those that a node has for Kubernetes.
func imageNames(t *testing.T, c *client.Client) []string {
	t.Helper()

	list, err := c.ImageList(t.Context(), common.ContainerdNamespace_NS_CRI)
	require.NoError(t, err)

	var names []string

	for _, image := range received(t, list) {
		assert.Positive(t, image.Size, image.Name)
		names = append(names, image.Name)
	}

	return names
}

func imagesComeAndGo(t *testing.T, c *client.Client) {
	ctx := t.Context()
	before := imageNames(t, c)
	assert.True(t, slices.ContainsFunc(before, func(name string) bool { return strings.Contains(name, "/kube-apiserver:") }))
	assert.NotContains(t, before, smallImage)

	require.NoError(t, c.ImagePull(ctx, common.ContainerdNamespace_NS_CRI, smallImage))
	assert.Contains(t, imageNames(t, c), smallImage)

	containerd := &common.ContainerdInstance{Driver: common.ContainerDriver_CRI, Namespace: common.ContainerdNamespace_NS_CRI}
	_, err := c.ImageClient.Remove(ctx, &machine.ImageServiceRemoveRequest{Containerd: containerd, ImageRef: smallImage})
	require.NoError(t, err)
	assert.NotContains(t, imageNames(t, c), smallImage)

	assert.NotEmpty(t, pull(t, c, containerd))
	assert.Contains(t, imageNames(t, c), smallImage)

	// Of the node's own containerd, which runs from the first pull on.
	memory := &common.ContainerdInstance{Driver: common.ContainerDriver_CONTAINERD, Namespace: common.ContainerdNamespace_NS_SYSTEM}
	assert.Empty(t, imagesOf(t, c, memory))
	assert.NotEmpty(t, pull(t, c, memory))
	assert.Equal(t, []string{smallImage}, imagesOf(t, c, memory))

	_, err = c.ImageClient.Remove(ctx, &machine.ImageServiceRemoveRequest{Containerd: memory, ImageRef: smallImage})
	require.NoError(t, err)
	assert.Empty(t, imagesOf(t, c, memory))
	assert.Contains(t, imageNames(t, c), smallImage)
}

func pull(t *testing.T, c *client.Client, containerd *common.ContainerdInstance) string {
	t.Helper()

	pulled, err := c.ImageClient.Pull(t.Context(), &machine.ImageServicePullRequest{Containerd: containerd, ImageRef: smallImage})
	require.NoError(t, err)

	name := ""

	for _, progress := range received(t, pulled) {
		name = progress.GetName()
	}

	return name
}

func imagesOf(t *testing.T, c *client.Client, containerd *common.ContainerdInstance) []string {
	t.Helper()

	list, err := c.ImageClient.List(t.Context(), &machine.ImageServiceListRequest{Containerd: containerd})
	require.NoError(t, err)

	var names []string

	for _, image := range received(t, list) {
		names = append(names, image.GetName())
	}

	return names
}

func containersAreSeen(t *testing.T, c *client.Client) {
	ctx := t.Context()

	pods, err := c.Containers(ctx, constants.K8sContainerdNamespace, common.ContainerDriver_CRI)
	require.NoError(t, err)

	server := slices.IndexFunc(pods.Messages[0].Containers, func(row *machine.ContainerInfo) bool { return row.Name == "kube-apiserver" })
	require.GreaterOrEqual(t, server, 0)

	row := pods.Messages[0].Containers[server]
	assert.Equal(t, "CONTAINER_RUNNING", row.Status)
	assert.Positive(t, row.Pid)

	own, err := c.Containers(ctx, constants.SystemContainerdNamespace, common.ContainerDriver_CONTAINERD)
	require.NoError(t, err)

	for _, id := range []string{"etcd", "kubelet"} {
		assert.True(t, slices.ContainsFunc(own.Messages[0].Containers, func(row *machine.ContainerInfo) bool { return row.Id == id }), id)
	}

	use, err := c.Stats(ctx, constants.K8sContainerdNamespace, common.ContainerDriver_CRI)
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(use.Messages[0].Stats, func(row *machine.Stat) bool {
		return row.Name == "kube-apiserver" && row.MemoryUsage > 0 && row.CpuUsage > 0
	}))

	log, err := c.Logs(ctx, constants.K8sContainerdNamespace, common.ContainerDriver_CRI, row.Id, false, 5)
	require.NoError(t, err)

	said, err := log.Recv()
	require.NoError(t, err, row.Id)
	assert.NotEmpty(t, said.Bytes)
}

func servicesRun(t *testing.T, c *client.Client) {
	for _, id := range []string{"apid", "cri", "etcd", "kubelet", "machined", "trustd"} {
		services, err := c.ServiceInfo(t.Context(), id)
		require.NoError(t, err)
		require.Len(t, services, 1, id)
		assert.Equal(t, "Running", services[0].Service.State, id)
		assert.True(t, services[0].Service.Health.Unknown || services[0].Service.Health.Healthy, id)
	}
}

func staticPodsRun(t *testing.T, c *client.Client) {
	rows, err := safe.StateListAll[*k8s.StaticPodStatus](t.Context(), c.COSI)
	require.NoError(t, err)

	for _, program := range []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler"} {
		found := false

		for row := range rows.All() {
			if strings.HasPrefix(row.Metadata().ID(), "kube-system/"+program+"-") {
				found = true
				assert.Equal(t, "Running", fmt.Sprint(row.TypedSpec().PodStatus["phase"]), program)
			}
		}

		assert.True(t, found, program)
	}

	nodes, err := safe.StateListAll[*k8s.NodeStatus](t.Context(), c.COSI)
	require.NoError(t, err)
	require.Equal(t, 1, nodes.Len())
	assert.True(t, nodes.Get(0).TypedSpec().NodeReady)
}
