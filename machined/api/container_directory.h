// What the machine API asks of containers and images.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "machine/machine.pb.h"

namespace ichor::api {

// Where containers are looked for: one of containerd's namespaces, "system" or "k8s.io", and
// whether by pods, as the kubelet sees them.
struct ContainerScope {
  std::string name_space;
  bool by_pods = false;
};

// An archive of images on its way to where containers are. Destroying it breaks it off.
class ImageImport {
 public:
  virtual ~ImageImport() = default;

  // The archive's next bytes.
  virtual void Write(std::string bytes) = 0;
  // So much waits to be taken that the writer should wait too, until it is told to go on.
  virtual bool full() const = 0;
  // There are no more.
  virtual void End() = 0;
};

// Called on the loop's thread, and answers there, once. Where no containerd
// runs there are no containers and no images, and changes are Unavailable.
class ContainerDirectory {
 public:
  template <class T>
  using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;

  virtual ~ContainerDirectory() = default;

  // All containers, sorted by id. Pods have ids "namespace/pod", their containers
  // "namespace/pod:name:0123456789ab".
  virtual void List(const ContainerScope& scope,
                    Done<std::vector<machine::ContainerInfo>> done) = 0;

  // What those of the pods that run use.
  virtual void Stats(const ContainerScope& scope, Done<std::vector<machine::Stat>> done) = 0;

  // All images, sorted by name.
  virtual void Images(const std::string& name_space,
                      Done<std::vector<machine::ImageServiceListResponse>> done) = 0;

  // Pulls an image; answers with its name and digest. As PullImage, with CannotPull's error.
  virtual void Pull(const std::string& name_space, const std::string& image,
                    Done<std::string> done) = 0;

  // Takes in the images of an archive: an OCI layout or what `docker save` writes, compressed or
  // not. `on_room` is called when it is full no more; answers with the name of the first image.
  virtual std::unique_ptr<ImageImport> Import(const std::string& name_space,
                                              std::function<void()> on_room,
                                              Done<std::string> done) = 0;

  // Removes an image. NotFound if it is not there.
  virtual void Remove(const std::string& name_space, const std::string& image, Done<bool> done) = 0;

  // The path of the file that holds the log of a pod's container with this id, as List says it.
  // NotFound; InvalidArgument for a pod, which has no log itself.
  virtual void LogFile(const std::string& id, Done<std::string> done) = 0;

  // Ends the container with this id, as List says it; whoever wants it starts it anew. NotFound.
  virtual void Restart(const ContainerScope& scope, const std::string& id, Done<bool> done) = 0;
};

}  // namespace ichor::api
