#include "machined/containers/container_start.h"

#include <csignal>
#include <cstdlib>
#include <format>
#include <utility>
#include <vector>

#include "containerd/containers.pb.h"
#include "containerd/runc.pb.h"
#include "containerd/snapshots.pb.h"
#include "containerd/tasks.pb.h"
#include "google/protobuf/empty.pb.h"
#include "lib/base/log.h"
#include "machined/containers/images.h"
#include "machined/containers/oci_spec.h"
#include "machined/containers/transfers.h"
#include "machined/services/fingerprint.h"

namespace ichor {
namespace {

namespace containers = containerd::services::containers::v1;
namespace snapshots = containerd::services::snapshots::v1;
namespace tasks = containerd::services::tasks::v1;
using google::protobuf::Empty;

constexpr const char* kFingerprint = "ichor.dev/fingerprint";
constexpr const char* kRuntime = "io.containerd.runc.v2";
// containerd starts it for each container, and gives it what the container writes.
constexpr const char* kLogger = "binary:///usr/bin/container-log";

containerd::runc::v1::Options RuntimeOptions() {
  containerd::runc::v1::Options options;
  options.set_binary_name("/usr/bin/crun");
  options.set_shim_cgroup("/podruntime/shim");
  return options;
}

std::uint64_t LabelledFingerprint(const containers::Container& container) {
  const auto label = container.labels().find(kFingerprint);
  return label == container.labels().end() ? 0 : std::strtoull(label->second.c_str(), nullptr, 10);
}

// Removes a container step by step. Owned by what waits for the next.
class Removal : public std::enable_shared_from_this<Removal> {
 public:
  Removal(Containerd& containerd, std::string id, Containerd::Done<bool> done)
      : containerd_(containerd), id_(std::move(id)), done_(std::move(done)) {}

  void Begin() {
    tasks::KillRequest kill;
    kill.set_container_id(id_);
    kill.set_signal(SIGKILL);
    kill.set_all(true);
    Call<Empty>("/containerd.services.tasks.v1.Tasks/Kill", kill, [](Removal& self) {
      tasks::DeleteTaskRequest request;
      request.set_container_id(self.id_);
      self.Call<tasks::DeleteResponse>("/containerd.services.tasks.v1.Tasks/Delete", request,
                                       [](Removal& next) { next.RemoveRest(); });
    });
  }

 private:
  // The next step follows whatever comes of this one: what is not there need not be removed.
  template <class Reply, class Request>
  void Call(const char* path, const Request& request, void (*next)(Removal&)) {
    containerd_.Call<Reply>(path, request,
                            [self = shared_from_this(), next](const absl::StatusOr<Reply>& reply) {
                              if (!reply.ok() && !absl::IsNotFound(reply.status())) {
                                self->failed_ = reply.status();
                              }
                              next(*self);
                            });
  }

  void RemoveRest() {
    containers::DeleteContainerRequest request;
    request.set_id(id_);
    failed_ = absl::OkStatus();  // a task that is not deleted keeps its container
    Call<Empty>("/containerd.services.containers.v1.Containers/Delete", request,
                [](Removal& self) { self.RemoveSnapshot(); });
  }

  void RemoveSnapshot() {
    snapshots::RemoveSnapshotRequest request;
    request.set_snapshotter(kSnapshotter);
    request.set_key(id_);
    Call<Empty>("/containerd.services.snapshots.v1.Snapshots/Remove", request, [](Removal& self) {
      self.done_(self.failed_.ok() ? absl::StatusOr<bool>(true) : self.failed_);
    });
  }

  Containerd& containerd_;
  const std::string id_;
  Containerd::Done<bool> done_;
  absl::Status failed_;
};

void FindTask(Containerd& containerd, const containers::Container& container,
              Containerd::Done<std::optional<RunningContainer>> done) {
  const RunningContainer known{.fingerprint = LabelledFingerprint(container),
                               .created_s = container.created_at().seconds()};
  tasks::GetRequest request;
  request.set_container_id(container.id());
  containerd.Call<tasks::GetResponse>(
      "/containerd.services.tasks.v1.Tasks/Get", request,
      [known, done = std::move(done)](const absl::StatusOr<tasks::GetResponse>& reply) mutable {
        std::optional<RunningContainer> found;
        if (reply.ok() && reply->process().status() == containerd::v1::types::RUNNING) {
          found = known;
          found->pid = static_cast<std::int32_t>(reply->process().pid());
        }
        if (reply.ok() || absl::IsNotFound(reply.status())) {
          done(found);
        } else {
          done(reply.status());
        }
      });
}

class Start : public ContainerStart, public std::enable_shared_from_this<Start> {
 public:
  Start(Containerd& containerd, std::string id, services::ProcessSpec::Spec process,
        RegistryLogins logins, OnProgress on_progress, Done done)
      : containerd_(containerd),
        id_(std::move(id)),
        process_(std::move(process)),
        logins_(std::move(logins)),
        on_progress_(std::move(on_progress)),
        done_(std::move(done)) {}

  void Begin() {
    on_progress_("makes its container");
    RemoveContainer(containerd_, id_, WhileAlive<bool>([](Start& self, const auto& removed) {
                      removed.ok() ? self.Read() : self.done_(removed.status());
                    }));
  }

 private:
  // A callback that does nothing once this is gone.
  template <class T, class Next>
  Containerd::Done<T> WhileAlive(Next next) {
    return [weak = weak_from_this(), next](const absl::StatusOr<T>& reply) {
      if (const std::shared_ptr<Start> self = weak.lock()) {
        next(*self, reply);
      }
    };
  }

  // Goes on with `next`; an error is the end.
  template <class Reply, class Request, class Next>
  void Call(const char* path, const Request& request, Next next) {
    containerd_.Call<Reply>(
        path, request, WhileAlive<Reply>([next](Start& self, const absl::StatusOr<Reply>& reply) {
          reply.ok() ? next(self, *reply) : self.done_(reply.status());
        }));
  }

  const std::string& image() const { return process_.parameters().container().image(); }

  void Read() {
    ReadImage(containerd_, image(),
              WhileAlive<ImageConfig>([](Start& self, const absl::StatusOr<ImageConfig>& config) {
                if (config.ok()) {
                  self.Prepare(*config);
                } else {
                  self.PullOnce(config.status());
                }
              }));
  }

  // `missing`: what the image is pulled for, which is the end if it was already.
  void PullOnce(const absl::Status& missing) {
    if (pulled_ || !absl::IsNotFound(missing)) {
      done_(missing);
      return;
    }
    pulled_ = true;
    on_progress_(std::format("pulls image {}", image()));
    PullImage(containerd_, image(), logins_,
              WhileAlive<bool>([](Start& self, const absl::StatusOr<bool>& pulled) {
                if (pulled.ok()) {
                  self.Read();
                  return;
                }
                base::Log(base::Severity::kWarning, "{}: {}", self.id_,
                          base::MessageOf(pulled.status()));
                self.done_(CannotPull(self.image(), pulled.status()));
              }));
  }

  void Prepare(const ImageConfig& image) {
    on_progress_("makes its container");
    environment_ = image.environment;
    snapshots::PrepareSnapshotRequest request;
    request.set_snapshotter(kSnapshotter);
    request.set_key(id_);
    request.set_parent(image.chain_id);
    // Else a garbage collection before Create takes it, as one follows each pull.
    (*request.mutable_labels())["containerd.io/gc.root"] = id_;
    using Reply = snapshots::PrepareSnapshotResponse;
    containerd_.Call<Reply>("/containerd.services.snapshots.v1.Snapshots/Prepare", request,
                            WhileAlive<Reply>([](Start& self, const absl::StatusOr<Reply>& reply) {
                              if (reply.ok()) {
                                self.Create(*reply);
                              } else {
                                self.PullOnce(reply.status());  // its layers are not unpacked
                              }
                            }));
  }

  void Create(const snapshots::PrepareSnapshotResponse& prepared) {
    *task_.mutable_rootfs() = prepared.mounts();
    containers::CreateContainerRequest request;
    containers::Container& container = *request.mutable_container();
    container.set_id(id_);
    container.set_image(image());
    (*container.mutable_labels())[kFingerprint] = std::format("{}", FingerprintOf(process_));
    container.mutable_runtime()->set_name(kRuntime);
    *container.mutable_runtime()->mutable_options() = Packed(RuntimeOptions());
    container.mutable_spec()->set_type_url(
        "types.containerd.io/opencontainers/runtime-spec/1/Spec");
    container.mutable_spec()->set_value(OciSpec(process_.parameters(), environment_));
    container.set_snapshotter(kSnapshotter);
    container.set_snapshot_key(id_);
    Call<containers::CreateContainerResponse>(
        "/containerd.services.containers.v1.Containers/Create", request,
        [](Start& self, const auto& reply) {
          self.created_s_ = reply.container().created_at().seconds();
          self.CreateTask();
        });
  }

  void CreateTask() {
    task_.set_container_id(id_);
    task_.set_stdout(kLogger);
    task_.set_stderr(kLogger);
    Call<tasks::CreateTaskResponse>("/containerd.services.tasks.v1.Tasks/Create", task_,
                                    [](Start& self, const auto&) { self.StartTask(); });
  }

  void StartTask() {
    tasks::StartRequest request;
    request.set_container_id(id_);
    Call<tasks::StartResponse>(
        "/containerd.services.tasks.v1.Tasks/Start", request,
        [](Start& self, const tasks::StartResponse& reply) {
          self.done_(RunningContainer{.pid = static_cast<std::int32_t>(reply.pid()),
                                      .fingerprint = FingerprintOf(self.process_),
                                      .created_s = self.created_s_});
        });
  }

  Containerd& containerd_;
  const std::string id_;
  const services::ProcessSpec::Spec process_;
  const RegistryLogins logins_;
  const OnProgress on_progress_;
  const Done done_;
  bool pulled_ = false;
  std::vector<std::string> environment_;  // the image's
  tasks::CreateTaskRequest task_;
  std::int64_t created_s_ = 0;
};

}  // namespace

std::shared_ptr<ContainerStart> StartContainer(Containerd& containerd, const std::string& id,
                                               const services::ProcessSpec::Spec& process,
                                               const RegistryLogins& logins,
                                               ContainerStart::OnProgress on_progress,
                                               ContainerStart::Done done) {
  auto start = std::make_shared<Start>(containerd, id, process, logins, std::move(on_progress),
                                       std::move(done));
  start->Begin();
  return start;
}

void FindContainer(Containerd& containerd, const std::string& id,
                   Containerd::Done<std::optional<RunningContainer>> done) {
  containers::GetContainerRequest request;
  request.set_id(id);
  using Reply = containers::GetContainerResponse;
  containerd.Call<Reply>(
      "/containerd.services.containers.v1.Containers/Get", request,
      [&containerd, done = std::move(done)](const absl::StatusOr<Reply>& reply) mutable {
        if (reply.ok()) {
          FindTask(containerd, reply->container(), std::move(done));
        } else if (absl::IsNotFound(reply.status())) {
          done(std::optional<RunningContainer>());
        } else {
          done(reply.status());
        }
      });
}

void RemoveContainer(Containerd& containerd, const std::string& id, Containerd::Done<bool> done) {
  std::make_shared<Removal>(containerd, id, std::move(done))->Begin();
}

}  // namespace ichor
