// From a function's signature to the inputs and outputs of a controller, so that no list is kept in
// step by hand.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/status.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"

namespace ichor::signature {

// The call signature of a function, or of an object with one call operator that is no template.
template <class F>
struct Callable : Callable<decltype(&F::operator())> {};
template <class R, class... In>
struct Callable<R (*)(In...)> {
  using Result = R;
  using Inputs = std::tuple<std::remove_cvref_t<In>...>;
};
template <class R, class... In>
struct Callable<R(In...)> : Callable<R (*)(In...)> {};
template <class C, class R, class... In>
struct Callable<R (C::*)(In...)> : Callable<R (*)(In...)> {};
template <class C, class R, class... In>
struct Callable<R (C::*)(In...) const> : Callable<R (*)(In...)> {};

// The types T of a tuple of All<T>.
template <class Tuple>
struct TypesOf;
template <class... T>
struct TypesOf<std::tuple<All<T>...>> {
  static std::vector<TypeRef> Refs() { return {TypeRef::Of<T>()...}; }

  template <class F>
  static auto Call(F& function, const Inputs& inputs) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return function(All<T>(inputs[I])...);
    }(std::index_sequence_for<T...>());
  }
};

// A reconciler answers with StatusOr<Desired<T>> or StatusOr<std::tuple<Desired<T>…>>.
template <class Result>
struct ReconcilerResult;
template <class T>
struct ReconcilerResult<absl::StatusOr<Desired<T>>> {
  static std::vector<TypeRef> Refs() { return {TypeRef::Of<T>()}; }

  static absl::StatusOr<std::vector<Rows>> Erase(absl::StatusOr<Desired<T>> result) {
    RETURN_IF_ERROR(result.status());
    std::vector<Rows> outputs;
    outputs.push_back(std::move(*result).Take());
    return outputs;
  }
};
template <class... T>
struct ReconcilerResult<absl::StatusOr<std::tuple<Desired<T>...>>> {
  static std::vector<TypeRef> Refs() { return {TypeRef::Of<T>()...}; }

  static absl::StatusOr<std::vector<Rows>> Erase(absl::StatusOr<std::tuple<Desired<T>...>> result) {
    RETURN_IF_ERROR(result.status());
    std::vector<Rows> outputs;
    std::apply([&](auto&... desired) { (outputs.push_back(std::move(desired).Take()), ...); },
               *result);
    return outputs;
  }
};

// An actuator answers with a Status, or with a Report<T>.
template <class Result>
struct ActuatorResult;
template <>
struct ActuatorResult<absl::Status> {
  static std::vector<TypeRef> Refs() { return {}; }
  static Outcome Erase(absl::Status status) { return {.status = std::move(status), .report = {}}; }
};
template <class T>
struct ActuatorResult<Report<T>> {
  static std::vector<TypeRef> Refs() { return {TypeRef::Of<T>()}; }
  static Outcome Erase(Report<T> report) {
    absl::Status status = report.status();
    return {.status = std::move(status), .report = std::move(report).Take()};
  }
};

template <class F>
ReconcilerBody Reconciler(std::string_view name, F function) {
  using Signature = Callable<std::remove_pointer_t<std::decay_t<F>>>;
  using In = TypesOf<typename Signature::Inputs>;
  using Out = ReconcilerResult<typename Signature::Result>;
  return {.name = std::string(name),
          .inputs = In::Refs(),
          .outputs = Out::Refs(),
          .run = [function = std::move(function)](const Inputs& inputs) mutable {
            return Out::Erase(In::Call(function, inputs));
          }};
}

// `T` are the inputs, since the function may be a generic lambda.
template <class... T, class F>
ActuatorBody Actuator(std::string_view name, F function) {
  using In = TypesOf<std::tuple<All<T>...>>;
  using Out = ActuatorResult<std::invoke_result_t<F&, All<T>...>>;
  return {.name = std::string(name),
          .inputs = In::Refs(),
          .outputs = Out::Refs(),
          .run = [function = std::move(function)](const Inputs& inputs) mutable {
            return Out::Erase(In::Call(function, inputs));
          }};
}

}  // namespace ichor::signature
