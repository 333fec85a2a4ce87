#include "machined/containers/directory.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <format>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "containerd/containers.pb.h"
#include "containerd/images.pb.h"
#include "containerd/tasks.pb.h"
#include "cri/runtime.pb.h"
#include "google/protobuf/empty.pb.h"
#include "lib/base/status.h"
#include "machined/containers/image_archive.h"
#include "machined/containers/image_files.h"
#include "machined/containers/images.h"

namespace ichor {
namespace {

namespace containers = containerd::services::containers::v1;
namespace images = containerd::services::images::v1;
namespace tasks = containerd::services::tasks::v1;
namespace v1 = ::runtime::v1;
using google::protobuf::Empty;
using machine::ContainerInfo;
using machine::ImageServiceListResponse;
using machine::Stat;

constexpr size_t kShortId = 12;
constexpr const char* kContainersList = "/containerd.services.containers.v1.Containers/List";
constexpr const char* kTasksList = "/containerd.services.tasks.v1.Tasks/List";
constexpr const char* kPodsList = "/runtime.v1.RuntimeService/ListPodSandbox";
constexpr const char* kCriList = "/runtime.v1.RuntimeService/ListContainers";
constexpr const char* kCriStatus = "/runtime.v1.RuntimeService/ContainerStatus";
constexpr const char* kCriStats = "/runtime.v1.RuntimeService/ListContainerStats";

absl::Status NoContainerd() {
  return absl::UnavailableError("containerd does not run");
}

// One question: a connection, and what was learnt on it so far. Lives until it is answered.
template <class T>
class Question : public std::enable_shared_from_this<Question<T>> {
 public:
  using Done = api::ContainerDirectory::Done<T>;

  // Calls `begin` with a connection; where no containerd runs, `otherwise` is the answer.
  static void Ask(Loop& loop, const std::string& socket, const std::string& name_space, Done done,
                  absl::StatusOr<T> otherwise,
                  const std::function<void(const std::shared_ptr<Question>&)>& begin) {
    auto containerd = Containerd::Connect(loop, socket, name_space);
    if (!containerd.ok()) {
      done(std::move(otherwise));
      return;
    }
    const std::shared_ptr<Question> self(
        new Question(loop, *std::move(containerd), std::move(done)));
    begin(self);
  }

  // Goes on with `next` and the answer; an error is the answer to the question.
  template <class Reply, class Request, class Next>
  void Call(const char* path, const Request& request, Next&& next) {
    containerd_->template Call<Reply>(
        path, request,
        [self = this->shared_from_this(),
         next = std::forward<Next>(next)](const absl::StatusOr<Reply>& reply) {
          if (reply.ok()) {
            next(*self, *reply);
          } else {
            self->Answer(reply.status());
          }
        });
  }

  // The connection must not end within its own callback: the loop lets it go.
  void Answer(absl::StatusOr<T> answer) {
    loop_.Post([self = this->shared_from_this()] {});
    done_(std::move(answer));
  }

  Containerd& containerd() { return *containerd_; }
  std::map<std::string, std::uint32_t> pids;  // by containerd's ids
  T found;

 private:
  Question(Loop& loop, std::unique_ptr<Containerd> containerd, Done done)
      : loop_(loop), containerd_(std::move(containerd)), done_(std::move(done)) {}

  Loop& loop_;
  const std::unique_ptr<Containerd> containerd_;
  Done done_;
};

using ListQuestion = Question<std::vector<ContainerInfo>>;
using StatsQuestion = Question<std::vector<Stat>>;
using ImagesQuestion = Question<std::vector<ImageServiceListResponse>>;

std::string WordOf(containerd::v1::types::Status status) {
  return containerd::v1::types::Status_Name(status);
}

std::string LabelOf(const google::protobuf::Map<std::string, std::string>& labels,
                    const char* name) {
  const auto label = labels.find(name);
  return label == labels.end() ? "" : label->second;
}

std::string PodIdOf(const google::protobuf::Map<std::string, std::string>& labels) {
  return std::format("{}/{}", LabelOf(labels, "io.kubernetes.pod.namespace"),
                     LabelOf(labels, "io.kubernetes.pod.name"));
}

std::string ContainerIdOf(const std::string& pod, const std::string& name, const std::string& id) {
  return std::format("{}:{}:{}", pod, name, id.substr(0, kShortId));
}

void SortById(std::vector<ContainerInfo>& list) {
  std::ranges::sort(list, {}, [](const ContainerInfo& info) { return info.id(); });
}

void AddPlain(const containers::Container& container, const std::string& name_space,
              const tasks::ListTasksResponse& running, ListQuestion& question) {
  ContainerInfo& info = question.found.emplace_back();
  info.set_namespace_(name_space);
  info.set_id(container.id());
  info.set_pod_id(container.id());
  info.set_name(container.id());
  info.set_internal_id(container.id());
  info.set_image(container.image());
  info.set_status("STOPPED");
  for (const auto& task : running.tasks()) {
    if (task.id() == container.id()) {
      info.set_pid(task.pid());
      info.set_status(WordOf(task.status()));
    }
  }
}

void AnswerSorted(ListQuestion& question) {
  SortById(question.found);
  question.Answer(std::move(question.found));
}

void ListPlain(const std::shared_ptr<ListQuestion>& question, const std::string& name_space) {
  question->Call<tasks::ListTasksResponse>(
      kTasksList, tasks::ListTasksRequest(),
      [name_space](ListQuestion& self, const tasks::ListTasksResponse& running) {
        self.Call<containers::ListContainersResponse>(
            kContainersList, containers::ListContainersRequest(),
            [name_space, running](ListQuestion& next, const auto& reply) {
              for (const containers::Container& container : reply.containers()) {
                AddPlain(container, name_space, running, next);
              }
              AnswerSorted(next);
            });
      });
}

void AddPod(const v1::PodSandbox& pod, ListQuestion& question) {
  ContainerInfo& info = question.found.emplace_back();
  const std::string id = std::format("{}/{}", pod.metadata().namespace_(), pod.metadata().name());
  info.set_namespace_("k8s.io");
  info.set_id(id);
  info.set_pod_id(id);
  info.set_name(pod.metadata().name());
  info.set_uid(pod.metadata().uid());
  info.set_internal_id(pod.id());
  info.set_pid(question.pids[pod.id()]);
  info.set_status(v1::PodSandboxState_Name(pod.state()));
}

void AddOfPod(const v1::Container& container, ListQuestion& question) {
  ContainerInfo& info = question.found.emplace_back();
  const std::string pod = PodIdOf(container.labels());
  info.set_namespace_("k8s.io");
  info.set_id(ContainerIdOf(pod, container.metadata().name(), container.id()));
  info.set_pod_id(pod);
  info.set_name(container.metadata().name());
  info.set_uid(LabelOf(container.labels(), "io.kubernetes.pod.uid"));
  info.set_internal_id(container.id());
  info.set_image(container.image().user_specified_image().empty()
                     ? container.image().image()
                     : container.image().user_specified_image());
  info.set_pid(question.pids[container.id()]);
  info.set_status(v1::ContainerState_Name(container.state()));
}

void ListOfPods(ListQuestion& question) {
  question.Call<v1::ListContainersResponse>(
      kCriList, v1::ListContainersRequest(), [](ListQuestion& self, const auto& reply) {
        for (const v1::Container& container : reply.containers()) {
          AddOfPod(container, self);
        }
        AnswerSorted(self);
      });
}

void ListPods(const std::shared_ptr<ListQuestion>& question) {
  question->Call<tasks::ListTasksResponse>(
      kTasksList, tasks::ListTasksRequest(), [](ListQuestion& self, const auto& running) {
        for (const auto& task : running.tasks()) {
          self.pids[task.id()] = task.pid();
        }
        self.Call<v1::ListPodSandboxResponse>(kPodsList, v1::ListPodSandboxRequest(),
                                              [](ListQuestion& next, const auto& pods) {
                                                for (const v1::PodSandbox& pod : pods.items()) {
                                                  AddPod(pod, next);
                                                }
                                                ListOfPods(next);
                                              });
      });
}

void StatPods(const std::shared_ptr<StatsQuestion>& question) {
  question->Call<v1::ListContainerStatsResponse>(
      kCriStats, v1::ListContainerStatsRequest(), [](StatsQuestion& self, const auto& reply) {
        for (const v1::ContainerStats& stats : reply.stats()) {
          const v1::ContainerAttributes& of = stats.attributes();
          Stat& stat = self.found.emplace_back();
          const std::string pod = PodIdOf(of.labels());
          stat.set_namespace_("k8s.io");
          stat.set_id(ContainerIdOf(pod, of.metadata().name(), of.id()));
          stat.set_pod_id(pod);
          stat.set_name(of.metadata().name());
          stat.set_memory_usage(stats.memory().working_set_bytes().value());
          stat.set_cpu_usage(stats.cpu().usage_core_nano_seconds().value());
        }
        self.Answer(std::move(self.found));
      });
}

// The number after `key` and a blank at the beginning of a line, or at the beginning of `text`.
std::uint64_t NumberAfter(std::string_view text, std::string_view key) {
  const size_t at = text.find(key);
  std::uint64_t number = 0;
  if (at != std::string_view::npos) {
    const std::string_view rest = text.substr(at + key.size());
    std::from_chars(rest.data(), rest.data() + rest.size(), number);
  }
  return number;
}

// What the cgroup of `pid` uses, in cgroups(7)' second version.
void StatProcess(sys::FileView& files, std::uint32_t pid, Stat& stat) {
  constexpr size_t kLimit = 64 << 10;
  constexpr std::uint64_t kPerMicrosecond = 1000;
  const auto text = [&files](const std::string& path) {
    return files.Read(path, kLimit).value_or("");
  };
  std::string group = text(std::format("/proc/{}/cgroup", pid));
  const size_t start = group.find("0::");
  if (start == std::string::npos) {
    return;
  }
  group = group.substr(start + 3, group.find('\n', start) - start - 3);
  const std::string path = "/sys/fs/cgroup" + group;
  const std::uint64_t used = NumberAfter(text(path + "/memory.current"), "");
  const std::uint64_t inactive = NumberAfter(text(path + "/memory.stat"), "\ninactive_file ");
  stat.set_memory_usage(used > inactive ? used - inactive : 0);
  stat.set_cpu_usage(NumberAfter(text(path + "/cpu.stat"), "usage_usec ") * kPerMicrosecond);
}

// Adds the sizes of the images, one after the other.
void AddSizes(const std::shared_ptr<ImagesQuestion>& question, size_t index) {
  if (index == question->found.size()) {
    question->Answer(std::move(question->found));
    return;
  }
  ReadImageSize(question->containerd(), question->found[index].digest(),
                [question, index](const absl::StatusOr<std::int64_t>& size) {
                  question->found[index].set_size(size.value_or(0));
                  AddSizes(question, index + 1);
                });
}

}  // namespace

void ContainersOfNode::List(const api::ContainerScope& scope,
                            Done<std::vector<ContainerInfo>> done) {
  ListQuestion::Ask(loop_, socket_, scope.by_pods ? "k8s.io" : scope.name_space, std::move(done),
                    std::vector<ContainerInfo>(), [&scope](const auto& question) {
                      if (scope.by_pods) {
                        ListPods(question);
                      } else {
                        ListPlain(question, scope.name_space);
                      }
                    });
}

void ContainersOfNode::Stats(const api::ContainerScope& scope, Done<std::vector<Stat>> done) {
  if (scope.by_pods) {
    StatsQuestion::Ask(loop_, socket_, "k8s.io", std::move(done), std::vector<Stat>(),
                       [](const auto& question) { StatPods(question); });
    return;
  }
  List(scope, [this, done = std::move(done)](auto listed) mutable {
    if (!listed.ok()) {
      done(listed.status());
      return;
    }
    std::vector<Stat> stats;
    for (const ContainerInfo& info : *listed) {
      Stat& stat = stats.emplace_back();
      stat.set_namespace_(info.namespace_());
      stat.set_id(info.id());
      stat.set_pod_id(info.pod_id());
      stat.set_name(info.name());
      StatProcess(files_, info.pid(), stat);
    }
    done(std::move(stats));
  });
}

void ContainersOfNode::Images(const std::string& name_space,
                              Done<std::vector<ImageServiceListResponse>> done) {
  ImagesQuestion::Ask(
      loop_, socket_, name_space, std::move(done), std::vector<ImageServiceListResponse>(),
      [](const auto& question) {
        question->template Call<images::ListImagesResponse>(
            "/containerd.services.images.v1.Images/List", images::ListImagesRequest(),
            [](ImagesQuestion& self, const images::ListImagesResponse& reply) {
              for (const images::Image& image : reply.images()) {
                ImageServiceListResponse& row = self.found.emplace_back();
                row.set_name(image.name());
                row.set_digest(image.target().digest());
                *row.mutable_created_at() = image.created_at();
                *row.mutable_labels() = image.labels();
              }
              std::ranges::sort(self.found, {}, [](const auto& row) { return row.name(); });
              AddSizes(self.shared_from_this(), 0);
            });
      });
}

void ContainersOfNode::Pull(const std::string& name_space, const std::string& image,
                            Done<std::string> done) {
  BringUp([this, name_space, image, done = std::move(done)](absl::Status up) mutable {
    if (!up.ok()) {
      done(std::move(up));
      return;
    }
    PullNow(name_space, image, std::move(done));
  });
}

void ContainersOfNode::BringUp(absl::AnyInvocable<void(absl::Status)> then) {
  if (bring_up_ == nullptr) {
    then(absl::OkStatus());
  } else {
    bring_up_(std::move(then));
  }
}

void ContainersOfNode::PullNow(const std::string& name_space, const std::string& image,
                               Done<std::string> done) {
  using PullQuestion = Question<std::string>;
  PullQuestion::Ask(
      loop_, socket_, name_space, std::move(done), NoContainerd(),
      [&image, logins = logins_()](const auto& question) {
        PullImage(
            question->containerd(), image, logins,
            [question, image](const absl::StatusOr<bool>& pulled) {
              if (!pulled.ok()) {
                question->Answer(CannotPull(image, pulled.status()));
                return;
              }
              images::GetImageRequest request;
              request.set_name(image);
              question->template Call<images::GetImageResponse>(
                  "/containerd.services.images.v1.Images/Get", request,
                  [](PullQuestion& self, const images::GetImageResponse& reply) {
                    self.Answer(PinnedName(reply.image().name(), reply.image().target().digest()));
                  });
            });
      });
}

std::unique_ptr<api::ImageImport> ContainersOfNode::Import(const std::string& name_space,
                                                           std::function<void()> on_room,
                                                           Done<std::string> done) {
  auto archive = std::make_unique<ImageArchive>(
      loop_, ImageArchive::Listener{.on_room = std::move(on_room), .on_done = std::move(done)});
  BringUp([this, archive = archive.get(), alive = archive->alive(),
           name_space](const absl::Status& up) {
    if (alive.expired()) {
      return;
    }
    auto containerd = Containerd::Connect(loop_, socket_, name_space);
    if (!up.ok() || !containerd.ok()) {
      archive->Begin(up.ok() ? NoContainerd() : up);
    } else {
      archive->Begin(std::move(containerd));
    }
  });
  return archive;
}

void ContainersOfNode::Remove(const std::string& name_space, const std::string& image,
                              Done<bool> done) {
  Question<bool>::Ask(loop_, socket_, name_space, std::move(done), NoContainerd(),
                      [&image](const auto& question) {
                        images::DeleteImageRequest request;
                        request.set_name(image);
                        request.set_sync(true);
                        question->template Call<Empty>(
                            "/containerd.services.images.v1.Images/Delete", request,
                            [](Question<bool>& self, const Empty&) { self.Answer(true); });
                      });
}

void ContainersOfNode::Find(const api::ContainerScope& scope, const std::string& id,
                            Done<ContainerInfo> done) {
  List(scope, [id, done = std::move(done)](auto listed) mutable {
    if (!listed.ok()) {
      done(listed.status());
      return;
    }
    const auto found = std::ranges::find(*listed, id, [](const auto& info) { return info.id(); });
    if (found == listed->end()) {
      done(absl::NotFoundError(std::format("container \"{}\" not found", id)));
    } else {
      done(*found);
    }
  });
}

void ContainersOfNode::LogFile(const std::string& id, Done<std::string> done) {
  Find({.name_space = "k8s.io", .by_pods = true}, id,
       [this, done = std::move(done)](const absl::StatusOr<ContainerInfo>& found) mutable {
         if (!found.ok()) {
           done(found.status());
           return;
         }
         if (found->id() == found->pod_id()) {
           done(absl::InvalidArgumentError(std::format(
               "{} is a pod: its containers have logs, which containers -k lists", found->id())));
           return;
         }
         Question<std::string>::Ask(loop_, socket_, "k8s.io", std::move(done), NoContainerd(),
                                    [&found](const auto& question) {
                                      v1::ContainerStatusRequest request;
                                      request.set_container_id(found->internal_id());
                                      question->template Call<v1::ContainerStatusResponse>(
                                          kCriStatus, request,
                                          [](Question<std::string>& self, const auto& reply) {
                                            self.Answer(reply.status().log_path());
                                          });
                                    });
       });
}

// By its internal id, which `List` knows.
void ContainersOfNode::Restart(const api::ContainerScope& scope, const std::string& id,
                               Done<bool> done) {
  Find(scope, id,
       [this, scope, done = std::move(done)](const absl::StatusOr<ContainerInfo>& found) mutable {
         if (!found.ok()) {
           done(found.status());
           return;
         }
         Question<bool>::Ask(loop_, socket_, scope.by_pods ? "k8s.io" : scope.name_space,
                             std::move(done), NoContainerd(), [&found](const auto& question) {
                               constexpr std::uint32_t kTerm = 15;  // signal(7)
                               tasks::KillRequest request;
                               request.set_container_id(found->internal_id());
                               request.set_signal(kTerm);
                               question->template Call<Empty>(
                                   "/containerd.services.tasks.v1.Tasks/Kill", request,
                                   [](Question<bool>& self, const Empty&) { self.Answer(true); });
                             });
       });
}

}  // namespace ichor
