package compat

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"runtime"
	"testing"

	"github.com/siderolabs/talos/pkg/machinery/api/common"
	"github.com/siderolabs/talos/pkg/machinery/api/machine"
	"github.com/siderolabs/talos/pkg/machinery/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const importedImage = "example.org/imported:1"

// The client's chunks of an archive.
const chunkBytes = 32 << 10

// tarOf is an archive of files, by their names, in the order of names.
func tarOf(t *testing.T, names []string, files map[string][]byte) []byte {
	t.Helper()

	var archive bytes.Buffer

	writer := tar.NewWriter(&archive)

	for _, name := range names {
		require.NoError(t, writer.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name]))}))

		_, err := writer.Write(files[name])
		require.NoError(t, err)
	}

	require.NoError(t, writer.Close())

	return archive.Bytes()
}

// imageArchive is an OCI layout with one image of one layer, which has a file of size bytes.
func imageArchive(t *testing.T, size int) []byte {
	t.Helper()

	var names []string

	files := map[string][]byte{}
	blob := func(mediaType string, content []byte) map[string]any {
		sum := sha256.Sum256(content)
		digest := hex.EncodeToString(sum[:])
		names = append(names, "blobs/sha256/"+digest)
		files["blobs/sha256/"+digest] = content

		return map[string]any{"mediaType": mediaType, "digest": "sha256:" + digest, "size": len(content)}
	}
	object := func(value any) []byte {
		text, err := json.Marshal(value)
		require.NoError(t, err)

		return text
	}

	layer := blob("application/vnd.oci.image.layer.v1.tar", tarOf(t, []string{"data"}, map[string][]byte{"data": make([]byte, size)}))
	config := blob("application/vnd.oci.image.config.v1+json", object(map[string]any{
		"architecture": runtime.GOARCH, "os": "linux",
		"rootfs": map[string]any{"type": "layers", "diff_ids": []any{layer["digest"]}},
	}))
	manifest := blob("application/vnd.oci.image.manifest.v1+json", object(map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": []any{layer},
	}))
	manifest["annotations"] = map[string]any{"io.containerd.image.name": importedImage}

	files["oci-layout"] = []byte(`{"imageLayoutVersion":"1.0.0"}`)
	files["index.json"] = object(map[string]any{"schemaVersion": 2, "manifests": []any{manifest}})

	return tarOf(t, append(names, "oci-layout", "index.json"), files)
}

// importImage sends an archive as the client's command does.
func importImage(t *testing.T, c *client.Client, containerd *common.ContainerdInstance, archive []byte) (string, error) {
	t.Helper()

	stream, err := c.ImageClient.Import(t.Context())
	require.NoError(t, err)
	require.NoError(t, stream.Send(&machine.ImageServiceImportRequest{Request: &machine.ImageServiceImportRequest_Containerd{Containerd: containerd}}))

	for len(archive) > 0 {
		chunk := archive[:min(chunkBytes, len(archive))]
		archive = archive[len(chunk):]

		if err = stream.Send(&machine.ImageServiceImportRequest{Request: &machine.ImageServiceImportRequest_ImageChunk{ImageChunk: &common.Data{Bytes: chunk}}}); err != nil {
			break // CloseAndRecv says why
		}
	}

	reply, err := stream.CloseAndRecv()

	return reply.GetName(), err
}

func archivesAreImported(t *testing.T, c *client.Client) {
	for _, containerd := range []*common.ContainerdInstance{
		{Driver: common.ContainerDriver_CRI, Namespace: common.ContainerdNamespace_NS_CRI},
		{Driver: common.ContainerDriver_CONTAINERD, Namespace: common.ContainerdNamespace_NS_SYSTEM},
	} {
		name, err := importImage(t, c, containerd, imageArchive(t, 8<<20))
		require.NoError(t, err)
		assert.Equal(t, importedImage, name)
		assert.Contains(t, imagesOf(t, c, containerd), importedImage)

		_, err = c.ImageClient.Remove(t.Context(), &machine.ImageServiceRemoveRequest{Containerd: containerd, ImageRef: importedImage})
		require.NoError(t, err)
		assert.NotContains(t, imagesOf(t, c, containerd), importedImage)

		_, err = importImage(t, c, containerd, make([]byte, 1<<20))
		assert.ErrorContains(t, err, "the archive cannot be imported")
	}
}
