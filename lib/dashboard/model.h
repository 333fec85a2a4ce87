// What is known of one node, as rows of its state and figures of its kernel.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "lib/dashboard/figures.h"
#include "machine/machine.pb.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor::dashboard {

// Specs by id.
template <class T>
using RowsById = std::map<std::string, typename T::Spec>;

// The last lines of a log, oldest first.
struct LogLines {
  static constexpr size_t kLines = 200;

  // Adds a piece of the log, which may end within a line.
  void Add(std::string_view bytes);

  std::deque<std::string> lines;
  std::string begun;  // of a line without its end
};

struct Model {
  std::string name;   // by which the person knows the node
  std::string error;  // why nothing comes; empty while the node answers

  RowsById<runtime::MachineStatus> status;
  RowsById<runtime::SecurityState> security;
  RowsById<runtime::Version> versions;
  RowsById<runtime::Diagnostic> diagnostics;
  RowsById<config::MachineType> types;
  RowsById<hardware::SystemInformation> systems;
  RowsById<cluster::Info> clusters;
  RowsById<cluster::Member> members;
  RowsById<k8s::StaticPodStatus> static_pods;
  RowsById<network::HostnameStatus> hostnames;
  RowsById<network::NodeAddress> addresses;
  RowsById<network::RouteStatus> routes;
  RowsById<network::ResolverStatus> resolvers;
  RowsById<network::TimeServerStatus> time_servers;
  RowsById<network::NetworkStatus> network;
  RowsById<network::LinkStatus> links;
  RowsById<runtime::PlatformMetadata> platforms;
  RowsById<v1alpha1::Service> services;

  Figures figures;
  std::map<std::string, LogLines> logs;  // by service; "dmesg" is the kernel's
};

}  // namespace ichor::dashboard
